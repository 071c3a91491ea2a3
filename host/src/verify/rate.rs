//! Rows about fitted exponents.

use super::row::{Cell, Data, Row, Test, largest};
use crate::statistics::{Estimate, Rate};

/// Returns a row about the rates of several cases, judged by the one that does worst. The last argument names
/// x and y of the points.
#[must_use]
pub(super) fn judge(
    statement: &str,
    (test, expected, tolerance): (Test, f64, f64),
    rates: &[(String, Rate)],
    [x, y]: [&'static str; 2],
) -> Row {
    let mut data = Data::new(&["case", x, y]);
    for (name, rate) in rates {
        for &(x, y) in &rate.points {
            data.push([Cell::from(name.as_str()), x.into(), y.into()]);
        }
    }
    let distance = |Estimate { value, low, high }: Estimate| match test {
        Test::Covers => (value - expected).abs() / (high - low),
        _ => (low - expected).abs().max((high - expected).abs()),
    };
    let worst = largest(rates.iter().map(|(name, rate)| (name.clone(), distance(rate.exponent)))).0;
    let none = Estimate { value: f64::NAN, low: f64::NAN, high: f64::NAN };
    let exponent = rates.iter().find(|(name, _)| *name == worst).map_or(none, |(_, rate)| rate.exponent);
    let row = Row::judge(statement, test, expected, exponent, Some(tolerance), data);
    if rates.len() > 1 { row.of(worst) } else { row }
}

/// Returns 2^first, 2^(first + 1), .., 2^last.
#[must_use]
pub(super) fn powers_of_two(first: u32, last: u32) -> Vec<usize> {
    (first..=last).map(|i| 1 << i).collect()
}
