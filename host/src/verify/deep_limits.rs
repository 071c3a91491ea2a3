//! C23: what the kernels of very deep networks tend to (announced in the lecture's Section 6).
//!
//! With the ReLU on the sphere the correlation of an input pair tends to 1 and T_L(x, x) = L + 1; between two
//! inputs T_L / L tends to 1/4 (Hayou, Doucet and Rousseau 2019, Proposition 1; Arora et al. 2019 have the
//! diagonal). With erf what matters is chi = w E[phi'(u)^2] where S(x, x) no longer changes: below 1
//! the correlation tends to 1 and its distance falls by chi from layer to layer (order), above 1 it tends to
//! a smaller number (chaos; Poole et al. 2016, Schoenholz et al. 2017).

use std::f64::consts::PI;

use ntk_core::Kernel;

use super::Options;
use super::row::{Cell, Data, Row, largest};
use crate::error::Failure;
use crate::kernels::{ActivationName, KernelSpec, Kind};

const X: [f64; 2] = [1.0, 0.0];
const Y: [f64; 2] = [0.6, 0.8];

/// C23.
///
/// # Errors
/// None.
pub(super) fn c23(options: &Options) -> Result<Vec<Row>, Failure> {
    let mut rows = relu(options.factor())?;
    rows.extend(erf(options.factor())?);
    Ok(rows)
}

/// Returns the ReLU's limits; `factor` multiplies K(x, x) in the first row and the ratio in the second.
fn relu(factor: f64) -> Result<Vec<Row>, Failure> {
    let of = |depth: u16| -> Result<[f64; 2], Failure> {
        let kernel = KernelSpec { depth, ..KernelSpec::one_layer(Kind::Ntk, ActivationName::Relu) };
        let kernel = kernel.build::<f64>()?;
        Ok([kernel.diagonal(&kernel.prepare(&X)), kernel.value(&X, &Y)])
    };
    let (mut data, mut errors) = (Data::new(&["hidden layers", "K(x, x)", "K(x, y) / K(x, x)"]), Vec::new());
    for depth in [1u16, 2, 3, 5, 10, 100, 1000] {
        let [own, cross] = of(depth)?;
        data.push([f64::from(depth), own, cross / own].map(Cell::from));
        let expected = f64::from(depth) + 1.0;
        errors.push((format!("{depth} layers"), (factor * own / expected - 1.0).abs()));
    }
    // The ratio is 1/4 + c ln L / L + ..: from three depths that double, both terms of order 1/L fall out.
    let ratio = |depth: u16| -> Result<f64, Failure> {
        let [own, cross] = of(depth)?;
        Ok(cross / own)
    };
    let [first, second, third] = [ratio(256)?, ratio(512)?, ratio(1024)?];
    let limit = 4.0 * third - 4.0 * second + first;
    Ok(vec![
        Row::error("ReLU: T_L(x, x) = L + 1, error", largest(errors), 1e-11, data),
        Row::near("ReLU: T_L(x, y) / T_L(x, x), L to infinity", 0.25, factor * limit, 1e-4, Data::default()),
    ])
}

/// Returns E[phi(u) phi(v)] and E[phi'(u)^2] for phi = erf, u and v of variance q and covariance s (Williams
/// 1997).
fn duals(q: f64, s: f64) -> (f64, f64) {
    (2.0 / PI * libm::asin(2.0 * s / (1.0 + 2.0 * q)), 4.0 / PI / (1.0 + 4.0 * q).sqrt())
}

/// Order and chaos of erf; `factor` multiplies what the library's kernel says about the correlation.
fn erf(factor: f64) -> Result<Vec<Row>, Failure> {
    const BIAS: f64 = 0.05;
    let correlation = |w: f64, depth: u16| -> Result<f64, Failure> {
        let spec = KernelSpec::one_layer(Kind::Nngp, ActivationName::Erf);
        let kernel = KernelSpec { depth, weight_variance: w, bias_variance: BIAS, ..spec }.build::<f64>()?;
        Ok(kernel.value(&X, &Y) / kernel.value(&X, &X))
    };
    // The fixed points of the variance and of the covariance, by iteration of the closed forms.
    let fixed = |w: f64| {
        let mut q = 1.0;
        (0..10_000).for_each(|_| q = w * duals(q, q).0 + BIAS);
        let mut s = 0.5 * q;
        (0..10_000).for_each(|_| s = w * duals(q, s).0 + BIAS);
        (q, s / q, w * duals(q, q).1)
    };
    let (ordered, chaotic) = (0.6, 4.0);
    let (_, _, rate) = fixed(ordered);
    let [before, after] = [correlation(ordered, 16)?, correlation(ordered, 17)?];
    let (_, limit, steepness) = fixed(chaotic);
    let mut data = Data::new(&["weight variance", "chi", "measured", "expected"]);
    let (falls, stays) = ((1.0 - after) / (1.0 - before), correlation(chaotic, 400)?);
    data.push([ordered, rate, falls, rate].map(Cell::from));
    data.push([chaotic, steepness, stays, limit].map(Cell::from));
    let order = f64::from(rate < 1.0 && steepness > 1.0 && limit < 0.99);
    Ok(vec![
        Row::near(
            "erf in order: (1 - c') / (1 - c) = chi < 1",
            1.0,
            factor * order * falls / rate,
            1e-3,
            data,
        ),
        Row::near(
            "erf in chaos: c tends to c* < 1",
            1.0,
            factor * order * stays / limit,
            1e-9,
            Data::default(),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_are_wrong_by_a_hundredth_are_seen() {
        assert!(!c23(&Options::quick(0)).unwrap().iter().any(Row::fails), "{:?}", c23(&Options::quick(0)));
        assert!(c23(&Options { error: 0.01, ..Options::quick(0) }).unwrap().iter().all(Row::fails));
    }
}
