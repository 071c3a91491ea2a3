//! C1, C2: the linearisation of Definition 1 and the kernel of Definition 2.

use ntk_core::{EmpiricalNtk, Kernel, Linearized, Network, Parameters, Shape};
use rayon::prelude::*;

use super::problem::{
    self, Net, STEP, activations, differences, gaussian, moved, normals, relative, smooth, zeros,
};
use super::rate;
use super::row::{Cell, Data, Row, Test, largest};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::files::weights::Weights;
use crate::kernels::activations::ActivationName;
use crate::statistics::{Levels, Mean};

/// Inputs, units and outputs of the networks; the width is no multiple of the core's eight lanes.
const SHAPE: [usize; 3] = [3, 11, 1];

/// C1.
///
/// # Errors
/// None.
pub(super) fn c1(options: &Options) -> Result<Vec<Row>, Failure> {
    let factor = options.factor();
    let line = |network: &Net, x: &[f64], v: Weights| Ok(factor * Linearized::new(network, v)?.value(x, 0)?);
    Ok(vec![remainder(options, line)?, slope(options, factor)?])
}

/// Returns the exponent of f(w0 + h v) - f~(w0 + h v) in h, for every smooth activation.
fn remainder(
    options: &Options,
    line: impl Fn(&Net, &[f64], Weights) -> Result<f64, Failure> + Sync,
) -> Result<Row, Failure> {
    let inverse_steps: Vec<usize> = (8..=15).map(|i| 1 << i).collect();
    let phis: Vec<ActivationName> = smooth().collect();
    let draws = options.choose(32, 128);
    let mut rates = Vec::new();
    for (case, phi) in phis.iter().enumerate() {
        let levels = Levels::measure(&inverse_steps, draws, |draw, inverse| {
            let mut rng = problem::rng(options.seed, 1, case, draw);
            let network = gaussian(*phi, SHAPE, &mut rng)?;
            let (x, v) = (normals(SHAPE[0], &mut rng), normals(network.shape().parameters(), &mut rng));
            let step = 1.0 / inverse as f64;
            let there = moved(&network, step, &v)?.value(&x, 0)?;
            let origin = Network::new(*phi, zeros(network.shape())?);
            Ok(there - line(&network, &x, moved(&origin, step, &v)?.weights)?)
        })?;
        let levels = Levels { x: levels.x.iter().map(|x| 1.0 / x).collect(), ..levels };
        rates.push((phi.to_string(), levels.rate(Mean::Square, ALPHA / phis.len() as f64)));
    }
    let statement = "f - f~ ~ step^p, smooth activations";
    Ok(rate::judge(statement, (Test::Confined, 2.0, 0.05), &rates, ["step", "remainder"]))
}

/// Compares the gradient, times a factor that should be 1, with differences of f, in units of its largest
/// entry.
fn slope(options: &Options, factor: f64) -> Result<Row, Failure> {
    let mut data = Data::new(&["activation", "relative error"]);
    for (case, phi) in activations().enumerate() {
        let error = |draw: u64| -> Result<f64, Failure> {
            let mut rng = problem::rng(options.seed, 1, 100 + case, draw);
            let network = gaussian(phi, SHAPE, &mut rng)?;
            let x = problem::on_sphere(SHAPE[0], &mut rng);
            if !problem::is_clear_of_kinks(&network, &x, 3.0 * STEP) {
                return Ok(0.0);
            }
            let mut gradient = zeros(network.shape())?;
            network.gradient(&x, 0, &mut gradient)?;
            let slow = differences(&network, STEP, |network| Ok(vec![network.value(&x, 0)?]))?;
            let size = gradient.values().iter().fold(0.0f64, |most, g| most.max(g.abs()));
            let errors =
                gradient.values().iter().zip(&slow).map(|(g, slow)| relative(factor * g - slow[0], size));
            Ok(largest(errors.map(|error| (String::new(), error))).1)
        };
        let errors = (0..options.choose(8, 32)).into_par_iter().map(error).collect::<Result<Vec<_>, _>>()?;
        let worst = largest(errors.into_iter().map(|error| (String::new(), error))).1;
        data.push([Cell::from(phi.to_string().as_str()), worst.into()]);
    }
    Ok(Row::error("gradient of f = differences of f", worst_of(&data), 1e-9, data))
}

/// C2.
///
/// # Errors
/// None.
pub(super) fn c2(options: &Options) -> Result<Vec<Row>, Failure> {
    let factor = options.factor();
    let streamed =
        |network: &Net, x: &[f64], y: &[f64]| Ok(factor * EmpiricalNtk::new(network, 0)?.value(x, y));
    Ok(vec![inner_product(options, streamed)?, example_1(factor)?])
}

/// Compares a formula for K(x, y) at finite width with the inner product of gradients, in roundings of
/// sqrt(K(x, x) K(y, y)).
fn inner_product(
    options: &Options,
    formula: impl Fn(&Net, &[f64], &[f64]) -> Result<f64, Failure> + Sync,
) -> Result<Row, Failure> {
    let mut data = Data::new(&["activation", "error in roundings"]);
    for (case, phi) in activations().enumerate() {
        let error = |draw: u64| -> Result<f64, Failure> {
            let mut rng = problem::rng(options.seed, 2, case, draw);
            let network = gaussian(phi, [3, 37, 1], &mut rng)?;
            let (x, y) = (normals(3, &mut rng), normals(3, &mut rng));
            let (mut at_x, mut at_y) = (zeros(network.shape())?, zeros(network.shape())?);
            network.gradient(&x, 0, &mut at_x)?;
            network.gradient(&y, 0, &mut at_y)?;
            let unit = 0.5 * f64::EPSILON * (at_x.norm2() * at_y.norm2()).sqrt();
            Ok(relative(formula(&network, &x, &y)? - at_x.inner(&at_y)?, unit))
        };
        let errors =
            (0..options.choose(32, 256)).into_par_iter().map(error).collect::<Result<Vec<_>, _>>()?;
        let worst = largest(errors.into_iter().map(|error| (String::new(), error))).1;
        data.push([Cell::from(phi.to_string().as_str()), worst.into()]);
    }
    Ok(Row::error("K = <grad f, grad f>, in roundings", worst_of(&data), 64.0, data))
}

/// Example 1 as it is written, without the 1/k of Theorem 1: two units of one input. `square` multiplies the
/// term of B.
fn example_1(square: f64) -> Result<Row, Failure> {
    let (a, b, x, y) = ([1.5, -0.7], [0.3, -0.8], 0.9, -1.4);
    let mut data = Data::new(&["activation", "Example 1", "2 K of the core"]);
    let mut errors = Vec::new();
    for phi in activations() {
        use ntk_core::Activation;
        let unit = |i: usize| {
            let slopes = phi.derivative(b[i] * x) * phi.derivative(b[i] * y);
            phi.value(b[i] * x) * phi.value(b[i] * y) + square * a[i] * a[i] * slopes * x * y
        };
        let written = unit(0) + unit(1);
        let shape = Shape { inputs: 1, width: 2, outputs: 1 };
        let weights = Weights::new(shape, vec![a[0], a[1], b[0], b[1]])?;
        let network = Network::new(phi, weights);
        let computed = 2.0 * EmpiricalNtk::new(&network, 0)?.value(&[x], &[y]);
        data.push([Cell::from(phi.to_string().as_str()), written.into(), computed.into()]);
        errors.push((phi.to_string(), (written - computed).abs() / (1.0 + written.abs())));
    }
    Ok(Row::error("Example 1, two units = 2 K", largest(errors), 1e-14, data))
}

/// Returns the name in the first column of the row whose second column has the largest number.
fn worst_of(data: &Data) -> (String, f64) {
    largest(data.rows.iter().filter_map(|row| match &row[..] {
        [Cell::Text(name), Cell::Number(error)] => Some((name.clone(), *error)),
        _ => None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_another_slope_is_seen() {
        let half = |network: &Net, x: &[f64], mut v: Weights| {
            ntk_core::ParametersMut::parts_mut(&mut v).0.iter_mut().for_each(|v| *v *= 0.5);
            Ok(Linearized::new(network, v)?.value(x, 0)?)
        };
        assert!(remainder(&Options::quick(0), half).unwrap().fails());
        assert!(slope(&Options::quick(0), 1.0 + 1e-8).unwrap().fails());
    }

    #[test]
    fn a_kernel_of_the_last_layer_alone_is_no_ntk() {
        let nngp = |network: &Net, x: &[f64], y: &[f64]| {
            let mut last = network.clone();
            ntk_core::ParametersMut::parts_mut(&mut last.weights).0.fill(0.0);
            Ok(EmpiricalNtk::new(&last, 0)?.value(x, y))
        };
        assert!(inner_product(&Options::quick(0), nngp).unwrap().fails());
        assert!(example_1(0.5).unwrap().fails());
    }
}
