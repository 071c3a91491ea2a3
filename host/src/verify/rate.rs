//! Rates: the exponent p of y ~ x^p, fitted over levels of x with many draws at each.

use rayon::prelude::*;

use super::interval::{Estimate, jackknife};
use super::row::{Cell, Data, Row, Test, largest};
use crate::error::Failure;

/// What was measured at each level of x (a width, a step), one value for each draw. Draw i is the same at all levels or
/// independent of the rest; draws among each other are independent.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    /// The levels.
    pub x: Vec<f64>,
    /// For each draw its values at the levels.
    pub draws: Vec<Vec<f64>>,
}

/// What stands for all draws at a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mean {
    /// The root of the mean square, of which Theorem 1 speaks: it is known at every width.
    Square,
    /// The geometric mean. A few networks that train badly do not decide it.
    Geometric,
}

impl Mean {
    fn of(self, values: impl ExactSizeIterator<Item = f64>) -> f64 {
        let n = values.len() as f64;
        match self {
            Self::Square => (values.map(|v| v * v).sum::<f64>() / n).sqrt(),
            Self::Geometric => libm::exp(values.map(|v| libm::log(v.abs())).sum::<f64>() / n),
        }
    }
}

/// A fitted exponent and the points behind it.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    /// The exponent.
    pub exponent: Estimate,
    /// (x, mean over the draws).
    pub points: Vec<(f64, f64)>,
}

impl Levels {
    /// Measures `draws` draws, in parallel, in the order of their numbers.
    ///
    /// # Errors
    /// The first failure of a measurement.
    pub(super) fn measure(
        x: &[usize],
        draws: u64,
        measure: impl Fn(u64, usize) -> Result<f64, Failure> + Sync,
    ) -> Result<Self, Failure> {
        let one = |draw: u64| x.iter().map(|&x| measure(draw, x)).collect::<Result<Vec<_>, _>>();
        let draws = (0..draws).into_par_iter().map(one).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { x: x.iter().map(|&x| x as f64).collect(), draws })
    }

    /// The exponent of a mean over the draws in x, and its interval by [`jackknife`].
    #[must_use]
    pub(super) fn rate(&self, mean: Mean, alpha: f64) -> Rate {
        let points = |kept: &[usize]| -> Vec<(f64, f64)> {
            let of = |level: usize| mean.of(kept.iter().map(|&draw| self.draws[draw][level]));
            self.x.iter().enumerate().map(|(level, &x)| (x, of(level))).collect()
        };
        let exponent = jackknife(self.draws.len(), alpha, |kept| exponent(&points(kept)));
        Rate { exponent, points: points(&(0..self.draws.len()).collect::<Vec<_>>()) }
    }

    /// The same in ln x: the exponent q of y ~ (ln x)^q.
    #[must_use]
    pub(super) fn rate_in_logarithm(&self, mean: Mean, alpha: f64) -> Rate {
        Self { x: self.x.iter().map(|&x| libm::log(x)).collect(), draws: self.draws.clone() }
            .rate(mean, alpha)
    }
}

/// The slope of the least-squares line through (ln x, ln y). NaN if a y is not above 0.
#[must_use]
pub(super) fn exponent(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let logs: Vec<(f64, f64)> = points.iter().map(|&(x, y)| (libm::log(x), libm::log(y))).collect();
    let x = logs.iter().map(|p| p.0).sum::<f64>() / n;
    let y = logs.iter().map(|p| p.1).sum::<f64>() / n;
    let covariance: f64 = logs.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let variance: f64 = logs.iter().map(|p| (p.0 - x) * (p.0 - x)).sum();
    covariance / variance
}

/// A row about the rates of several cases, judged by the one that does worst. `columns` names x and y of the points.
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

/// 2^first, 2^(first + 1), .., 2^last.
#[must_use]
pub(super) fn powers_of_two(first: u32, last: u32) -> Vec<usize> {
    (first..=last).map(|i| 1 << i).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_is_found_and_its_noise_is_covered() {
        let draws = (0..64u64).map(|draw| {
            let noise = |x: usize| 1.0 + 0.3 * libm::sin((draw * 7919 + x as u64 * 104_729) as f64);
            [4, 16, 64, 256].iter().map(|&x| noise(x) / (x as f64).sqrt()).collect()
        });
        let levels = Levels { x: vec![4.0, 16.0, 64.0, 256.0], draws: draws.collect() };
        for mean in [Mean::Square, Mean::Geometric] {
            let Rate { exponent, points } = levels.rate(mean, 1e-3);
            assert!(exponent.low < -0.5 && -0.5 < exponent.high && exponent.high - exponent.low < 0.2);
            assert_eq!(points.len(), 4);
        }
    }

    #[test]
    fn nothing_positive_has_no_exponent() {
        assert!(exponent(&[(1.0, 0.0), (2.0, 1.0)]).is_nan());
    }
}
