//! `plan.json`: the seeds and widths that a folder is to hold. A shard's folder has the plan of the whole, so
//! that `ntk merge` can tell what is missing.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::{Key, Rows, Width};
use crate::error::{Failure, message};
use crate::files::ordinary;

/// The name of the file.
pub(super) const FILE: &str = "plan.json";

/// The most units of a network.
pub(super) const MOST_UNITS: usize = 1 << 24;

/// The most numbers that a list in the file may stand for.
const LONGEST: u64 = 1 << 24;

/// The seeds and widths of a sweep: every seed is run at every width and with the NTK.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Seeds of the draws.
    pub seeds: BTreeSet<u64>,
    /// Finite widths.
    pub widths: BTreeSet<usize>,
}

impl Plan {
    /// Returns the plan of a file; an empty one if there is none.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        ordinary(path)?;
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => return Err(Failure::file("read", path, &cause)),
        };
        let wrong = |why| {
            let path = path.display();
            Failure::new(format!("{path}: not the plan of a sweep{why}; remove it, a sweep writes it anew"))
        };
        let saved: Value = serde_json::from_slice(&text).map_err(|e| wrong(format!(" ({})", message(&e))))?;
        let numbers = |name: &str| saved[name].as_str().and_then(parse);
        let unit = |w: u64| usize::try_from(w).ok().filter(|k| (1..=MOST_UNITS).contains(k));
        let widths = numbers("widths").and_then(|w| w.into_iter().map(unit).collect::<Option<_>>());
        match (numbers("seeds"), widths) {
            (Some(seeds), Some(widths)) => Ok(Self { seeds, widths }),
            _ => Err(wrong(String::new())),
        }
    }

    pub(super) fn text(&self) -> String {
        let widths = self.widths.iter().map(|&k| k as u64).collect();
        json!({ "seeds": ranges(&self.seeds), "widths": ranges(&widths) }).to_string() + "\n"
    }

    /// Adds another plan.
    pub(super) fn extend(&mut self, other: &Self) {
        self.seeds.extend(&other.seeds);
        self.widths.extend(&other.widths);
    }

    /// Returns the plan of rows that exist.
    pub(super) fn of(rows: &Rows) -> Self {
        let widths = super::widths(rows).into_iter().collect();
        Self { seeds: rows.keys().map(|(seed, _)| *seed).collect(), widths }
    }

    /// Returns how many rows are to be run.
    pub(super) fn len(&self) -> usize {
        self.seeds.len().saturating_mul(self.widths.len() + 1)
    }

    /// Returns everything that is to be run.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        let widths = || self.widths.iter().map(|&k| Width::Finite(k)).chain([Width::Infinite]);
        self.seeds.iter().flat_map(move |&seed| widths().map(move |width| (seed, width)))
    }
}

/// Returns "0-7,9".
#[must_use]
pub fn ranges(numbers: &BTreeSet<u64>) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for &n in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(n) => *last = n,
            _ => runs.push((n, n)),
        }
    }
    let run = |(first, last)| if first == last { format!("{first}") } else { format!("{first}-{last}") };
    runs.into_iter().map(run).collect::<Vec<_>>().join(",")
}

fn parse(text: &str) -> Option<BTreeSet<u64>> {
    let (mut numbers, mut left) = (BTreeSet::new(), LONGEST);
    for run in text.split(',').filter(|_| !text.is_empty()) {
        let (first, last) = run.split_once('-').unwrap_or((run, run));
        let (first, last) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?);
        left = left.checked_sub(last.checked_sub(first)?.checked_add(1)?)?;
        numbers.extend(first..=last);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let of = |numbers: &[u64]| ranges(&numbers.iter().copied().collect());
        assert_eq!(
            (of(&[]), of(&[7]), of(&[0, 1, 2, 4, 6, 7])),
            (String::new(), "7".to_owned(), "0-2,4,6-7".to_owned())
        );
        assert_eq!(of(&[u64::MAX, u64::MAX - 1, 0]), "0,18446744073709551614-18446744073709551615");
        for numbers in [&[][..], &[3], &[0, 1, 2, 9], &[u64::MAX]] {
            assert_eq!(parse(&of(numbers)), Some(numbers.iter().copied().collect()));
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in [
            "-",
            "1-",
            "-1",
            "2-1",
            "1,,2",
            "1-2-3",
            "x",
            "0-18446744073709551615",
            "0-9000000,10000000-19000000",
            "1, 2",
            "1.5",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
