//! Rates: the exponent p of y ~ x^p, fitted over levels of x with many draws at each.

use rayon::prelude::*;

use super::interval::{Estimate, jackknife};
use super::power_law::PowerLaw;
use crate::error::Failure;

/// What was measured at each level of x (a width, a step), one value for each draw.
///
/// Different draws are independent. Within one draw the levels may share their random input or not.
#[derive(Clone, Debug)]
pub struct Levels {
    /// The levels.
    pub x: Vec<f64>,
    /// For each draw, its values at the levels.
    pub draws: Vec<Vec<f64>>,
}

/// Which mean over the draws is taken at a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mean {
    /// The root of the mean square; Theorem 1 gives its value at every width.
    Square,
    /// The geometric mean, on which a few networks that train badly have little influence.
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
pub struct Rate {
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
    pub fn measure(
        x: &[usize],
        draws: u64,
        measure: impl Fn(u64, usize) -> Result<f64, Failure> + Sync,
    ) -> Result<Self, Failure> {
        let one = |draw: u64| x.iter().map(|&x| measure(draw, x)).collect::<Result<Vec<_>, _>>();
        let draws = (0..draws).into_par_iter().map(one).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { x: x.iter().map(|&x| x as f64).collect(), draws })
    }

    /// Returns the exponent of a mean over the draws in x, and its interval by [`jackknife`].
    #[must_use]
    pub fn rate(&self, mean: Mean, alpha: f64) -> Rate {
        let points = |kept: &[usize]| -> Vec<(f64, f64)> {
            let of = |level: usize| mean.of(kept.iter().map(|&draw| self.draws[draw][level]));
            self.x.iter().enumerate().map(|(level, &x)| (x, of(level))).collect()
        };
        let exponent = jackknife(self.draws.len(), alpha, |kept| PowerLaw::fit(&points(kept)).exponent);
        Rate { exponent, points: points(&(0..self.draws.len()).collect::<Vec<_>>()) }
    }

    /// Returns the exponent q of y ~ (ln x)^q, and its interval by [`jackknife`].
    #[must_use]
    pub fn rate_in_logarithm(&self, mean: Mean, alpha: f64) -> Rate {
        Self { x: self.x.iter().map(|&x| libm::log(x)).collect(), draws: self.draws.clone() }
            .rate(mean, alpha)
    }
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
}
