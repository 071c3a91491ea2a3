//! C12: a non-linear output keeps its curvature however wide the network.

use ntk_core::Kernel;

use super::problem::{self, Net, STEP, gaussian, moved, normals, zeros};
use super::rate::{self, powers_of_two};
use super::row::{Cell, Data, Row, Test};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::kernels::Kind;
use crate::kernels::activations::ActivationName;
use crate::statistics::{Levels, Mean, mean};

const X: [f64; 2] = [0.6, 0.8];

/// C12, with the output s(f) = ln(1 + e^f), whose curvature is nowhere 0.
///
/// # Errors
/// None.
pub(super) fn c12(options: &Options) -> Result<Vec<Row>, Failure> {
    let softplus = ActivationName::Softplus;
    Ok(vec![vanishing(options, softplus, 0.0)?, limit_of_norm(options, softplus)?])
}

/// Returns the exponent of the norm of the Hessian of s(f) in the width.
fn vanishing(options: &Options, output: ActivationName, expected: f64) -> Result<Row, Failure> {
    let widths = powers_of_two(8, options.choose(12, 14));
    let levels = Levels::measure(&widths, options.choose(32, 64), |draw, width| {
        Ok(options.bend(width as f64) * norm(&network(options, draw, width)?, output)?.0)
    })?;
    let rates = [(output.to_string(), levels.rate(Mean::Square, ALPHA))];
    let statement = "Hessian of softplus(f) ~ k^p: it stays";
    Ok(rate::judge(statement, (Test::Confined, expected, 0.15), &rates, ["width", "rms norm"]))
}

/// |H(s(f))| / (|s''(f)| K(x, x)) tends to 1: what stays is s''(f) grad f grad f^T.
fn limit_of_norm(options: &Options, output: ActivationName) -> Result<Row, Failure> {
    use rayon::prelude::*;
    let kernel = problem::limit(ActivationName::Tanh, Kind::Ntk)?.value(&X, &X);
    let width = options.choose(1 << 12, 1 << 14);
    let ratio = |draw: u64| -> Result<f64, Failure> {
        let (norm, curvature) = norm(&network(options, draw, width)?, output)?;
        Ok(norm / (options.factor() * curvature.abs() * kernel))
    };
    let ratios = (0..options.choose(32, 64)).into_par_iter().map(ratio).collect::<Result<Vec<_>, _>>()?;
    let mut data = Data::new(&["draw", "ratio"]);
    for (draw, ratio) in ratios.iter().enumerate() {
        data.push([Cell::from(draw), (*ratio).into()]);
    }
    let mean = mean(&ratios, ALPHA);
    Ok(Row::judge("its norm / (s''(f) K(x, x)), widest", Test::Confined, 1.0, mean, Some(0.1), data))
}

fn network(options: &Options, draw: u64, width: usize) -> Result<Net, Failure> {
    gaussian(
        ActivationName::Tanh,
        [2, width, 1],
        &mut problem::rng(options.seed, 12, width.ilog2() as usize, draw),
    )
}

/// Returns the norm of the Hessian of s(f_x(w)) in w, and s''(f). The norm comes from power iteration; a
/// product with the Hessian is a difference of gradients, so that no chain rule for second derivatives
/// enters.
fn norm(network: &Net, output: ActivationName) -> Result<(f64, f64), Failure> {
    use ntk_core::Activation;
    let gradient = |network: &Net| -> Result<Vec<f64>, Failure> {
        let mut gradient = zeros(network.shape())?;
        network.gradient(&X, 0, &mut gradient)?;
        let slope = output.derivative(network.value(&X, 0)?);
        Ok(gradient.values().iter().map(|g| slope * g).collect())
    };
    let mut v = gradient(network)?; // the direction that the claim says will stay, and a random one
    let mut rng = problem::rng(0, 12, 0, 0);
    let noise = normals(v.len(), &mut rng);
    let size = problem::length(&v) / problem::length(&noise);
    v.iter_mut().zip(&noise).for_each(|(v, n)| *v += size * n);
    let mut norm = 0.0;
    for _ in 0..30 {
        let length = problem::length(&v);
        v.iter_mut().for_each(|v| *v /= length);
        let (ahead, behind) = (gradient(&moved(network, STEP, &v)?)?, gradient(&moved(network, -STEP, &v)?)?);
        v = ahead.iter().zip(&behind).map(|(a, b)| (a - b) / (2.0 * STEP)).collect();
        norm = problem::length(&v);
    }
    let f = network.value(&X, 0)?;
    Ok((norm, output.second_derivative(f)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_output_bends_less_and_less() {
        assert!(vanishing(&Options::quick(0), ActivationName::Identity, 0.0).unwrap().fails());
        assert!(!vanishing(&Options::quick(0), ActivationName::Identity, -0.5).unwrap().fails());
    }
}
