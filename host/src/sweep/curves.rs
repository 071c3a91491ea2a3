//! The functions that panel (c) of Figure 1 shows, kept beside the rows: a sweep that is complete trains
//! nothing.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::Width;
use crate::error::Failure;
use crate::experiment::example3::{Draw, KernelPredictor, Settings, TEST_POINTS, Trained, test_points};
use crate::experiment::interrupt::Interrupt;
use crate::files::{ordinary, output};

/// The widths of the lecture's figure.
const SHOWN: [Width; 4] = [Width::Finite(1), Width::Finite(10), Width::Finite(128), Width::Infinite];

/// One draw and the functions learned from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// The seed of the draw.
    pub seed: u64,
    /// The samples.
    pub samples: Vec<(f64, f64)>,
    /// A value for each test point, by width.
    pub learned: Vec<(Width, Vec<f64>)>,
}

impl Curves {
    /// Returns the curves that a folder keeps, of any draw.
    #[must_use]
    pub fn kept(folder: &Path, settings: &Settings) -> Option<Self> {
        let text = Self::text_of(&folder.join("curves.csv"))?;
        let seed = text.lines().nth(1)?.split(',').next()?.parse().ok()?;
        let (learned, draw) = (parse(&text, seed)?, Draw::new(seed, settings).ok()?);
        Some(Self { seed, samples: draw.x.iter().copied().zip(draw.y.iter().copied()).collect(), learned })
    }

    fn text_of(path: &Path) -> Option<String> {
        ordinary(path).ok().and_then(|()| fs::read_to_string(path).ok())
    }

    /// Returns the text of `curves.csv`.
    #[must_use]
    pub fn csv(&self) -> String {
        text(&self.learned, self.seed)
    }

    /// Returns what was learned from the draw of a seed: from `curves.csv` in the folder if it is of that
    /// seed, else trained and written there. The folder must be that of a [`super::Store`] with the same
    /// settings.
    ///
    /// # Errors
    /// If the settings are out of range or the file cannot be written. A file that is damaged is made anew.
    pub fn of(folder: &Path, seed: u64, settings: &Settings, interrupt: &Interrupt) -> Result<Self, Failure> {
        let path = folder.join("curves.csv");
        let draw = Draw::new(seed, settings)?;
        let learned = match Self::text_of(&path).and_then(|text| parse(&text, seed)) {
            Some(kept) => kept,
            None => {
                let new = SHOWN.map(|width| Ok((width, learn(&draw, settings, width, interrupt)?)));
                let new = new.into_iter().collect::<Result<Vec<_>, Failure>>()?;
                output::replace_file(&path, text(&new, seed).as_bytes())?;
                new
            }
        };
        Ok(Self { seed, samples: draw.x.iter().copied().zip(draw.y.iter().copied()).collect(), learned })
    }
}

fn learn(draw: &Draw, settings: &Settings, width: Width, interrupt: &Interrupt) -> Result<Vec<f64>, Failure> {
    match width {
        Width::Finite(k) => Trained::new(draw, settings, k, interrupt)?.values(),
        Width::Infinite => KernelPredictor::new(draw)?.values(),
    }
}

/// Returns `seed,x` and a column for each width, named by it.
fn header() -> String {
    SHOWN.iter().fold("seed,x".to_owned(), |header, width| format!("{header},{width}"))
}

fn text(learned: &[(Width, Vec<f64>)], seed: u64) -> String {
    let mut text = header() + "\n";
    for (i, x) in test_points().enumerate() {
        let _ = write!(text, "{seed},{x:?}"); // writing to a String cannot fail
        for value in learned.iter().filter_map(|(_, values)| values.get(i)) {
            let _ = write!(text, ",{value:?}");
        }
        text.push('\n');
    }
    text
}

/// Returns the curves of a file; `None` if the file is of another draw, cut off or damaged.
fn parse(text: &str, seed: u64) -> Option<Vec<(Width, Vec<f64>)>> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let mut learned = SHOWN.map(|width| (width, Vec::with_capacity(TEST_POINTS)));
    if lines.next()? != header() {
        return None;
    }
    for x in test_points() {
        let mut cells = lines.next()?.split(',');
        if cells.next()?.parse() != Ok(seed) || cells.next()?.parse() != Ok(x) {
            return None;
        }
        for (_, values) in &mut learned {
            values.push(cells.next()?.parse().ok()?);
        }
        if cells.next().is_some() {
            return None;
        }
    }
    lines.next().is_none().then(|| learned.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let values = |i: usize| {
            (0..TEST_POINTS).map(move |j| if j == 7 { f64::INFINITY } else { (i * j) as f64 / 7.0 })
        };
        let learned: Vec<_> =
            SHOWN.iter().enumerate().map(|(i, w)| (*w, values(i).collect::<Vec<_>>())).collect();
        let whole = text(&learned, 3);
        assert_eq!(parse(&whole, 3), Some(learned));
        assert_eq!(parse(&whole, 4), None);
        let ends = whole.match_indices('\n').map(|(i, _)| i + 1).filter(|end| *end < whole.len());
        for end in ends.chain([0, 5, whole.len() - 1, whole.len() - 9]) {
            assert_eq!(parse(&whole[..end], 3), None, "the first {end} bytes");
        }
        for damaged in
            [whole.replacen("3,", "3,3,", 1), whole.replacen("inf\n", "inf,1\n", 1), whole.clone() + "\n"]
        {
            assert_eq!(parse(&damaged, 3), None);
        }
        assert_eq!(parse(&whole.replacen("3,-1.0", "3,-1.1", 1), 3), None);
    }
}
