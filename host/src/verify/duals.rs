//! C4: differentiation and the dual commute, for every activation.

use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::{DerivativeDual, Dual};
use rayon::prelude::*;

use super::Options;
use super::problem::activations;
use super::quadrature::expectation;
use super::row::{Cell, Data, Row, largest};
use crate::error::Failure;
use crate::kernels::activations::Visitor;

/// The cosines at which the duals are compared.
const COSINES: [f64; 7] = [-0.8, -0.5, -0.1, 0.0, 0.3, 0.6, 0.8];

/// C4.
///
/// # Errors
/// None.
pub(super) fn c4(options: &Options) -> Result<Vec<Row>, Failure> {
    Ok(rows(options.factor(), |_, derivative_dual| options.factor() * derivative_dual))
}

/// `factor` multiplies the dual of phi, 1 in the claim. `derivative` takes the duals of phi and phi'
/// and returns what is claimed to be the derivative of the first.
fn rows(factor: f64, derivative: impl Fn(f64, f64) -> f64 + Sync) -> Vec<Row> {
    let phis: Vec<_> = activations().collect();
    let found: Vec<Vec<[f64; 3]>> =
        phis.par_iter().map(|phi| phi.visit(Compare(factor, &derivative))).collect();
    let columns =
        ["value dual against quadrature", "slope dual against quadrature", "slope dual against differences"];
    let mut data = Data::new(&["activation", "cosine", columns[0], columns[1], columns[2]]);
    for (phi, errors) in phis.iter().zip(&found) {
        for (cosine, [value, slope, difference]) in COSINES.iter().zip(errors) {
            let cells = [*cosine, *value, *slope, *difference].map(Cell::from);
            data.push([Cell::from(phi.to_string().as_str())].into_iter().chain(cells));
        }
    }
    let worst = |column: usize| {
        let errors =
            phis.iter().zip(&found).flat_map(|(phi, errors)| errors.iter().map(move |e| (phi, e[column])));
        largest(errors.map(|(phi, error)| (phi.to_string(), error)))
    };
    vec![
        Row::error("dual of phi = E[phi phi] by quadrature", worst(0), 1e-12, data.clone()),
        Row::error("dual of phi' = E[phi' phi'] by quadrature", worst(1), 1e-12, data.clone()),
        Row::error("dual of phi' = (dual of phi)' by differences", worst(2), 1e-10, data),
    ]
}

struct Compare<'f, F>(f64, &'f F);

impl<F: Fn(f64, f64) -> f64> Visitor<f64> for Compare<'_, F> {
    /// The three errors at each cosine, relative to the size at cosine 1.
    type Output = Vec<[f64; 3]>;

    fn smooth<A: DerivativeDual<f64> + Send + Sync + 'static>(self, phi: A) -> Self::Output {
        let dual = |cosine: f64| phi.dual(&pair(cosine));
        let (size, slope_size) = (dual(1.0), phi.derivative_dual(&pair(1.0)));
        let errors = |&cosine: &f64| {
            let t = libm::acos(cosine);
            let claimed = (self.1)(dual(cosine), phi.derivative_dual(&pair(cosine)));
            let value = self.0 * dual(cosine) - expectation([1.0, 1.0, t], |z| phi.value(z));
            let slope = claimed - expectation([1.0, 1.0, t], |z| phi.derivative(z));
            let difference = claimed - differentiate(dual, cosine);
            [value.abs() / size, slope.abs() / slope_size, difference.abs() / slope_size]
        };
        COSINES.iter().map(errors).collect()
    }

    fn jump<A: Dual<f64>>(self, _: A) -> Self::Output {
        Vec::new() // it has no slope, and is not asked
    }
}

/// Returns a pair of standard normal variables with this correlation.
fn pair(cosine: f64) -> GaussianPair<f64> {
    GaussianPair::at_angle(1.0, 1.0, HalfAngle { square: 0.5 * (1.0 - cosine.abs()), obtuse: cosine < 0.0 })
}

/// Returns the derivative by differences of eighth order (Fornberg 1988).
fn differentiate(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let step = 1.0 / 256.0;
    let weights = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];
    let term = |(i, weight): (i32, &f64)| {
        let reach = f64::from(i) * step;
        weight * (f(x + reach) - f(x - reach))
    };
    (1..).zip(&weights).map(term).sum::<f64>() / step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_derivative_is_seen() {
        assert!(!rows(1.0, |_, slope| slope).iter().any(Row::fails));
        assert!(rows(1.0, |value, _| value)[2].fails());
        assert!(rows(1.0, |_, slope| 0.5 * slope)[1].fails(), "the gain sqrt 2 forgotten");
        assert!(rows(1.0 + 1e-9, |_, slope| slope)[0].fails());
    }
}
