//! Power laws y = c x^p, by least squares of ln y on ln x.

use ntk_core::Scalar;

/// A power law c x^p.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLaw {
    /// The exponent p.
    pub exponent: f64,
    /// ln c.
    pub intercept: f64,
}

impl PowerLaw {
    /// Returns the least-squares line through (ln x, ln y). Both numbers are NaN if a y is not above 0, or
    /// without two different x.
    #[must_use]
    pub fn fit(points: &[(f64, f64)]) -> Self {
        let n = points.len() as f64;
        let logs: Vec<(f64, f64)> = points.iter().map(|&(x, y)| (Scalar::ln(x), Scalar::ln(y))).collect();
        let x = logs.iter().map(|p| p.0).sum::<f64>() / n;
        let y = logs.iter().map(|p| p.1).sum::<f64>() / n;
        let covariance: f64 = logs.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
        let variance: f64 = logs.iter().map(|p| (p.0 - x) * (p.0 - x)).sum();
        let exponent = covariance / variance;
        Self { exponent, intercept: y - exponent * x }
    }
}

/// The mean of the power laws of independent draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanLaw {
    /// Means of exponent and intercept.
    pub mean: PowerLaw,
    /// 1.96 standard errors of the exponent; `None` for fewer than 20 draws.
    pub half_width: Option<f64>,
}

impl MeanLaw {
    /// Fits the points of each draw apart, so that the scatter between draws gives the error. Draws without a
    /// power law are left out; `None` if no draw has one.
    #[must_use]
    pub fn of<'d>(draws: impl IntoIterator<Item = &'d [(f64, f64)]>) -> Option<Self> {
        let fitted = draws.into_iter().map(PowerLaw::fit);
        let laws: Vec<PowerLaw> = fitted.filter(|law| law.exponent.is_finite()).collect();
        let n = laws.len() as f64;
        let average = |of: fn(&PowerLaw) -> f64| laws.iter().map(of).sum::<f64>() / n;
        let mean =
            PowerLaw { exponent: average(|law| law.exponent), intercept: average(|law| law.intercept) };
        let square = |one: &PowerLaw| (one.exponent - mean.exponent) * (one.exponent - mean.exponent);
        let variance = laws.iter().map(square).sum::<f64>() / (n - 1.0);
        let half_width = (laws.len() >= 20).then(|| 1.96 * Scalar::sqrt(variance / n));
        (!laws.is_empty()).then_some(Self { mean, half_width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_law_is_found_again() {
        let PowerLaw { exponent, intercept } =
            PowerLaw::fit(&[4.0, 16.0, 64.0].map(|x: f64| (x, 3.0 / x.sqrt())));
        assert!((exponent + 0.5).abs() < 1e-12 && (intercept - 3f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn what_has_no_power_law_has_no_exponent() {
        assert!(PowerLaw::fit(&[(1.0, 0.0), (2.0, 1.0)]).exponent.is_nan());
        assert!(PowerLaw::fit(&[(2.0, 1.0)]).exponent.is_nan());
        assert!(PowerLaw::fit(&[]).exponent.is_nan());
        assert_eq!(MeanLaw::of([&[][..], &[(2.0, 1.0)]]), None);
    }
}
