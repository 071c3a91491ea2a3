//! The two errors of every row, from runs with many seeds: how often a true claim fails, and how often a
//! claim passes whose formula is wrong.

use std::fmt::Write;

use super::{ALPHA, Options, Row, Test, run};
use crate::error::Failure;
use crate::statistics::student_tail;

/// The distances of a row from its thresholds ([`Row::slacks`]) over many seeds, one inner vector for each.
type Slacks = Vec<Vec<f64>>;

/// What many seeds have shown of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Power {
    /// The id of its claim.
    pub id: &'static str,
    /// The statement.
    pub statement: String,
    /// Runs.
    pub runs: usize,
    /// Runs in which the row has failed.
    pub failures: usize,
    /// The probability that the row fails, the claim being true.
    pub false_alarm: f64,
    /// The probability that it passes with [`Options::error`] in its formula; none if no error was asked for.
    pub miss: Option<f64>,
}

/// Runs the ledger with `runs` seeds from the one of the options upwards, two or more. If the options have an
/// error each seed is run twice, without it and with it. `done` is called after each claim.
///
/// # Errors
/// As [`run`].
pub fn repeat(options: &Options, runs: usize, done: impl Fn() + Sync) -> Result<Vec<Power>, Failure> {
    let with_error = |error: f64, run_number: usize| {
        run(&Options { seed: options.seed + run_number as u64, error, ..options.clone() }, &done)
    };
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    let (mut right, mut wrong): (Vec<Slacks>, Vec<Slacks>) = (Vec::new(), Vec::new());
    for run_number in 0..runs {
        rows = with_error(0.0, run_number)?;
        gather(&mut right, &rows);
        failures.resize(rows.len(), 0);
        failures.iter_mut().zip(&rows).for_each(|(count, row)| *count += usize::from(row.fails()));
        if options.error != 0.0 {
            gather(&mut wrong, &with_error(options.error, run_number)?);
        }
    }
    let power = |(place, row): (usize, &Row)| Power {
        id: row.id,
        statement: row.statement.clone(),
        runs,
        failures: failures[place],
        // At most the sum over the thresholds; an interval that must cover also misses by what it is.
        false_alarm: (misses(row) + beyond(&right[place]).iter().sum::<f64>()).min(1.0),
        // At most what the hardest threshold lets pass.
        miss: wrong
            .get(place)
            .map(|slacks| beyond(slacks).iter().fold(1.0, |least, p| 1f64.min(least).min(1.0 - p))),
    };
    Ok(rows.iter().enumerate().map(power).collect())
}

/// Returns the chance that the interval of a row misses the true number, if the row asks that it does not.
fn misses(row: &Row) -> f64 {
    if row.test == Test::Covers { ALPHA } else { 0.0 }
}

fn gather(all: &mut Vec<Slacks>, rows: &[Row]) {
    all.resize(rows.len(), Vec::new());
    for (slacks, row) in all.iter_mut().zip(rows) {
        let now = row.slacks();
        slacks.resize(now.len(), Vec::new());
        slacks.iter_mut().zip(now).for_each(|(all, slack)| all.push(slack));
    }
}

/// For each threshold the probability that the next run is on its failing side: that of a Student variable
/// with the mean and the spread of the runs so far (n - 1 degrees of freedom, scale s sqrt(1 + 1/n)). NaN
/// counts as failing.
fn beyond(slacks: &Slacks) -> Vec<f64> {
    let one = |slacks: &Vec<f64>| {
        let n = slacks.len() as f64;
        let mean = slacks.iter().sum::<f64>() / n;
        let scatter: f64 = slacks.iter().map(|s| (s - mean) * (s - mean)).sum();
        let scale = (scatter / (n - 1.0) * (1.0 + 1.0 / n)).sqrt();
        if !mean.is_finite() {
            1.0
        } else if scale <= 1e-9 * mean.abs() {
            f64::from(mean < 0.0) // no chance in it, or none that matters
        } else {
            student_tail(mean / scale, n - 1.0)
        }
    };
    slacks.iter().map(one).collect()
}

/// Returns a table with a line for each row of the ledger, and the probability that a whole run fails.
#[must_use]
pub fn powers(rows: &[Power], error: f64) -> String {
    let wrong = format!("passes {} % wrong", 100.0 * error);
    let mut text = format!("{:<4} {:<50} {:>10} {:>10} {wrong:>18}\n", "", "statement", "failed", "fails");
    let mut last = "";
    for row in rows {
        let id = if row.id == last { "" } else { row.id };
        last = row.id;
        let failed = format!("{}/{}", row.failures, row.runs);
        let miss = row.miss.map_or(String::new(), probability);
        let _ = writeln!(
            text,
            "{id:<4} {:<50} {failed:>10} {:>10} {miss:>18}",
            row.statement,
            probability(row.false_alarm)
        ); // writing to a String cannot fail
    }
    let all: f64 = rows.iter().map(|row| row.false_alarm).sum();
    let _ = writeln!(text, "{:<4} {:<50} {:>10} {:>10}", "", "any of them", "", probability(all.min(1.0)));
    text
}

fn probability(p: f64) -> String {
    if p < 1e-9 {
        "0".to_owned()
    } else if p < 0.01 {
        format!("{p:.0e}")
    } else {
        format!("{p:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slacks of mean 4 and spread 1 are below 0 as often as Student's tail says, those of mean -4 nearly
    /// always; without spread there is no chance.
    #[test]
    fn what_is_beyond_a_threshold() {
        let spread: Vec<f64> = (0..100).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let around = |mean: f64| spread.iter().map(|s| mean + s).collect::<Vec<_>>();
        let found = beyond(&vec![
            around(4.0),
            around(0.0),
            around(-4.0),
            vec![1.0; 9],
            vec![-1.0; 9],
            vec![f64::NAN; 3],
        ]);
        let scale = (100.0f64 / 99.0 * 1.01).sqrt();
        assert!((found[0] / student_tail(4.0 / scale, 99.0) - 1.0).abs() < 1e-12 && found[0] < 1e-3);
        assert!((found[1] - 0.5).abs() < 1e-12 && (found[0] + found[2] - 1.0).abs() < 1e-12);
        assert_eq!(found[3..], [0.0, 1.0, 1.0]);
    }

    #[test]
    fn a_row_without_chance_never_fails_and_never_passes_a_wrong_formula() {
        let options = Options { only: vec!["C2", "C4"], error: 0.01, ..Options::quick(3) };
        let found = repeat(&options, 3, || ()).unwrap();
        assert_eq!(found.len(), 5);
        for row in &found {
            assert!(row.failures == 0 && row.false_alarm < 1e-2 && row.miss.unwrap() < 1e-2, "{row:?}");
        }
        let without = repeat(&Options { error: 0.0, ..options }, 2, || ()).unwrap();
        assert!(without.iter().all(|row| row.miss.is_none()));
        let text = powers(&found, 0.01);
        assert_eq!(text.lines().count(), 1 + 5 + 1, "{text}");
        assert!(text.contains("passes 1 % wrong") && text.lines().all(|line| line.len() <= 120), "{text}");
    }
}
