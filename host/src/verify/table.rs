//! The ledger as text, and as JSON.

use std::fmt::Write;

use serde::Serialize;

use super::Options;
use super::row::{Row, Test, Verdict};
use crate::error::Failure;

/// Widths of the columns; 120 characters in all.
const STATEMENT: usize = 50;

/// Returns one line for each row; an id and its place stand on the first of its lines.
#[must_use]
pub fn text(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<4} {:<14} {:<STATEMENT$} {:>8} {:>9}  {:<20} {}\n",
        "", "where", "statement", "expected", "measured", "interval, tolerance", "verdict"
    );
    let mut last = "";
    for row in rows {
        let (id, place) = if row.id == last { ("", "") } else { (row.id, row.place) };
        last = row.id;
        let verdict = match row.verdict {
            Verdict::Holds => "holds",
            Verdict::Refuted => "refuted",
            Verdict::Fails => "FAILS",
        };
        let _ = writeln!(
            text,
            "{id:<4} {place:<14} {:<STATEMENT$} {:>8} {:>9}  {:<20} {verdict}",
            row.statement,
            expected(row),
            number(row.measured),
            range(row)
        ); // writing to a String cannot fail
    }
    text
}

fn expected(row: &Row) -> String {
    match row.test {
        Test::Above => format!("> {}", number(row.expected)),
        Test::Below => format!("< {}", number(row.expected)),
        Test::Near | Test::Covers | Test::Confined => number(row.expected),
    }
}

fn range(row: &Row) -> String {
    match (row.low, row.high, row.tolerance) {
        (Some(low), Some(high), _) => format!("{} .. {}", number(low), number(high)),
        (_, _, Some(tolerance)) => format!("+- {}", number(tolerance)),
        _ => String::new(),
    }
}

/// Returns a number with three digits behind the point, or as a power of ten.
fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if (1e-2..1e4).contains(&size) {
        let text = format!("{value:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.1e}")
    }
}

/// What a reader of the JSON needs to reproduce it.
#[derive(Serialize)]
struct Report<'r> {
    version: &'static str,
    seed: u64,
    quick: bool,
    confidence: f64,
    error: f64,
    claims: &'r [Row],
}

/// Returns all rows with the numbers behind them. Numbers that are not finite become null.
///
/// # Errors
/// None for rows that can be printed.
pub fn json(rows: &[Row], options: &Options) -> Result<String, Failure> {
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        seed: options.seed,
        quick: options.quick,
        confidence: 1.0 - super::ALPHA,
        error: options.error,
        claims: rows,
    };
    serde_json::to_string(&report).map(|text| text + "\n").map_err(|e| Failure::new(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (-0.5, "-0.5"),
            (0.0625, "0.062"),
            (1.0, "1"),
            (64.0, "64"),
            (1e-9, "1.0e-9"),
            (12_345.0, "1.2e4"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
