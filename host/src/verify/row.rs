//! A row of the ledger: what the lecture says, what was measured, and whether the two agree.

use serde::Serialize;

pub use super::data::{Cell, Data};
use crate::statistics::Estimate;

/// How expected and measured are compared. Every comparison with NaN fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// The measured number is no farther from the expected one than the tolerance.
    Near,
    /// The interval holds the expected number, and half its length is no longer than the tolerance, so that a
    /// false claim is seen.
    Covers,
    /// The whole interval is within the tolerance of the expected number.
    Confined,
    /// The whole interval is above the expected number.
    Above,
    /// The whole interval is below the expected number.
    Below,
}

/// The verdict of a row on its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The statement is true as far as measured.
    Holds,
    /// The lecture's own sentence is false, as the statement says, and the counterexample shows it.
    Refuted,
    /// The statement is false.
    Fails,
}

/// One statement that belongs to a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The id of its claim, C1 to C23.
    pub id: &'static str,
    /// The place in the lecture.
    #[serde(rename = "where")]
    pub place: &'static str,
    /// The statement.
    pub statement: String,
    /// The number that the statement predicts.
    pub expected: f64,
    /// The number measured; for a statement about several cases, that of the worst one.
    pub measured: f64,
    /// The name of the worst case; empty if there is only one case.
    pub worst: String,
    /// Lower end of the interval, if there is chance in it.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// The tolerance of the [`Test`], if it has one.
    pub tolerance: Option<f64>,
    /// How the two numbers are compared.
    pub test: Test,
    /// The result of the comparison.
    pub verdict: Verdict,
    /// The numbers behind the row.
    pub data: Data,
}

impl Row {
    /// Returns a row about a number without chance, which must be within `tolerance` of `expected`.
    #[must_use]
    pub fn near(statement: &str, expected: f64, measured: f64, tolerance: f64, data: Data) -> Self {
        let estimate = Estimate { value: measured, low: measured, high: measured };
        let row = Self::judge(statement, Test::Near, expected, estimate, Some(tolerance), data);
        Self { low: None, high: None, ..row }
    }

    /// Returns a row about the largest of errors that should be 0.
    #[must_use]
    pub fn error(statement: &str, (worst, measured): (String, f64), tolerance: f64, data: Data) -> Self {
        Self { worst, ..Self::near(statement, 0.0, measured, tolerance, data) }
    }

    /// Returns a row about an estimate, compared by any test.
    #[must_use]
    pub fn judge(
        statement: &str,
        test: Test,
        expected: f64,
        estimate: Estimate,
        tolerance: Option<f64>,
        data: Data,
    ) -> Self {
        let Estimate { value, low, high } = estimate;
        let within = |number: f64| tolerance.is_some_and(|tolerance| (number - expected).abs() <= tolerance);
        let holds = match test {
            Test::Near => within(value),
            Test::Covers => {
                low <= expected
                    && expected <= high
                    && tolerance.is_some_and(|most| 0.5 * (high - low) <= most)
            }
            Test::Confined => within(low) && within(high),
            Test::Above => low > expected,
            Test::Below => high < expected,
        };
        Self {
            id: "",
            place: "",
            statement: statement.to_owned(),
            expected,
            measured: value,
            worst: String::new(),
            low: Some(low),
            high: Some(high),
            tolerance,
            test,
            verdict: if holds { Verdict::Holds } else { Verdict::Fails },
            data,
        }
    }

    /// Returns how far the row is from failing: a number for each threshold of its test, below 0 on the
    /// failing side, NaN if what was measured is. Scales are such that their spread over seeds is close to a
    /// normal one: an error that should be 0 counts by its logarithm, the distance from the middle of an
    /// interval that covers by its length.
    #[must_use]
    pub fn slacks(&self) -> Vec<f64> {
        let (value, tolerance) = (self.measured, self.tolerance.unwrap_or(f64::NAN));
        let (low, high) = (self.low.unwrap_or(value), self.high.unwrap_or(value));
        let (above, below, half) = (low - self.expected, self.expected - high, 0.5 * (high - low));
        match self.test {
            Test::Near if self.expected == 0.0 && tolerance == 0.0 => {
                vec![if value == 0.0 { 1.0 } else { -1.0 }]
            }
            Test::Near if self.expected == 0.0 => {
                let least = 1e-6 * tolerance;
                vec![libm::log((tolerance + least) / (value.abs() + least))]
            }
            Test::Near | Test::Confined => vec![tolerance + above, tolerance + below],
            Test::Covers => vec![1.0 - 0.5 * (above - below).abs() / half, tolerance - half],
            Test::Above => vec![above],
            Test::Below => vec![below],
        }
    }

    /// Says which case was the worst.
    #[must_use]
    pub fn of(self, worst: impl Into<String>) -> Self {
        Self { worst: worst.into(), ..self }
    }

    /// Returns the row as one whose statement says that a sentence of the lecture is false: if it holds, that
    /// sentence is refuted.
    #[must_use]
    pub fn refuting(self) -> Self {
        let verdict = if self.verdict == Verdict::Holds { Verdict::Refuted } else { self.verdict };
        Self { verdict, ..self }
    }

    /// Returns whether the program must end in failure.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.verdict == Verdict::Fails
    }
}

/// Returns the name and value of the largest; NaN counts as larger than anything.
#[must_use]
pub(super) fn largest(errors: impl IntoIterator<Item = (String, f64)>) -> (String, f64) {
    let none = (String::new(), 0.0);
    errors.into_iter().fold(none, |most, next| if most.1.is_nan() || next.1 <= most.1 { most } else { next })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(test: Test, [value, low, high]: [f64; 3]) -> Verdict {
        let estimate = Estimate { value, low, high };
        let row = Row::judge("", test, 1.0, estimate, Some(0.5), Data::default());
        let strict = matches!(test, Test::Above | Test::Below);
        let on_the_good_side = |slack: f64| if strict { slack > 0.0 } else { slack >= 0.0 };
        assert_eq!(row.slacks().into_iter().all(on_the_good_side), !row.fails(), "{row:?}");
        row.verdict
    }

    #[test]
    fn both_sides_of_every_test() {
        for (test, good, bad) in [
            (Test::Near, [1.5, 1.5, 1.5], [1.51, 1.51, 1.51]),
            (Test::Covers, [1.3, 0.9, 1.7], [1.3, 1.1, 1.7]),
            (Test::Covers, [1.0, 0.5, 1.5], [1.0, 0.4, 1.6]), // too wide to see anything
            (Test::Confined, [1.1, 0.5, 1.5], [1.1, 0.4, 1.2]),
            (Test::Above, [1.5, 1.1, 3.0], [1.5, 1.0, 3.0]),
            (Test::Below, [0.5, 0.1, 0.9], [0.5, 0.1, 1.0]),
        ] {
            assert_eq!(verdict(test, good), Verdict::Holds, "{test:?}");
            assert_eq!(verdict(test, bad), Verdict::Fails, "{test:?}");
            assert_eq!(verdict(test, [f64::NAN; 3]), Verdict::Fails, "{test:?}");
        }
        assert!(Row::near("", 0.0, f64::NAN, 1.0, Data::default()).fails());
        assert_eq!(Row::near("", 0.0, 0.5, 1.0, Data::default()).refuting().verdict, Verdict::Refuted);
        assert_eq!(Row::near("", 0.0, 1.5, 1.0, Data::default()).refuting().verdict, Verdict::Fails);
    }

    #[test]
    fn nan_is_the_largest_error() {
        let errors = [("a", 1.0), ("b", f64::NAN), ("c", 2.0)].map(|(name, error)| (name.to_owned(), error));
        assert_eq!(largest(errors).0, "b");
    }
}
