//! C20: networks of several hidden layers (announced in the lecture's Section 6).
//!
//! Two roads beside the library's recursion: the same expectations by quadrature, and networks of two hidden
//! layers of finite width that are drawn and differentiated.

use ntk_core::{Activation, Kernel, Rows};
use rayon::prelude::*;

use super::problem::{self, activations, normals};
use super::quadrature::expectation;
use super::row::{Cell, Data, Row, Test, largest};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::kernels::{ActivationName, KernelSpec, Kind};
use crate::statistics::{Estimate, jackknife};

/// Variances of the weights and of the biases of the deterministic rows.
const VARIANCES: [f64; 2] = [0.8, 0.2];
const PAIR: [[f64; 2]; 2] = [[0.9, 0.3], [-0.4, 0.7]];
/// The inputs of the networks that are drawn.
const ON_SPHERE: [[f64; 2]; 2] = [[1.0, 0.0], [0.6, 0.8]];

/// C20.
///
/// # Errors
/// None.
pub(super) fn c20(options: &Options) -> Result<Vec<Row>, Failure> {
    let factor = options.factor();
    let mut rows = recursion(options, |kernel| factor * kernel)?;
    rows.push(sampled(options, 2, factor)?);
    Ok(rows)
}

fn spec(kind: Kind, activation: ActivationName, depth: u16) -> KernelSpec {
    let [weight_variance, bias_variance] = VARIANCES;
    KernelSpec { kind, activation, depth, weight_variance, bias_variance }
}

/// NNGP and NTK of each depth up to `deepest` by the recursion as textbooks write it (Jacot, Gabriel and
/// Hongler 2018, Theorem 1), each expectation by quadrature.
fn by_integrals(phi: ActivationName, deepest: usize) -> Vec<[f64; 2]> {
    let [w, b] = VARIANCES;
    let [x, y] = PAIR;
    let inner = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let [mut xx, mut xy, mut yy] = [inner(&x, &x), inner(&x, &y), inner(&y, &y)].map(|s| w * s + b);
    let mut ntk = xy;
    let mut all = Vec::new();
    for _ in 0..deepest {
        let (p, q) = (xx.sqrt(), yy.sqrt());
        let angle = libm::acos(xy / (p * q));
        let slopes = expectation([p, q, angle], |z| phi.derivative(z));
        let value = |pair: [f64; 3]| w * expectation(pair, |z| phi.value(z)) + b;
        xy = value([p, q, angle]);
        (xx, yy) = (value([p, p, 0.0]), value([q, q, 0.0]));
        ntk = xy + ntk * w * slopes;
        all.push([xy, ntk]);
    }
    all
}

/// `change` is applied to what the library says, and is the identity in the claim.
fn recursion(options: &Options, change: impl Fn(f64) -> f64 + Sync) -> Result<Vec<Row>, Failure> {
    let deepest = options.choose(2, 4);
    // The exponential's moments double from layer to layer.
    let phis: Vec<ActivationName> = activations().filter(|phi| *phi != ActivationName::Exp).collect();
    let one = |phi: &ActivationName| -> Result<Vec<[f64; 2]>, Failure> {
        let mut errors = Vec::new();
        for (layer, [nngp, ntk]) in by_integrals(*phi, deepest).into_iter().enumerate() {
            let [x, y] = PAIR;
            let error = |kind: Kind, exact: f64| -> Result<f64, Failure> {
                let kernel = spec(kind, *phi, layer as u16 + 1).build::<f64>()?;
                let size = (kernel.value(&x, &x) * kernel.value(&y, &y)).sqrt();
                // By itself and as an entry of a Gram matrix, which is computed by other loops.
                let mut matrix = [0.0; 4];
                kernel.gram(Rows::from(&PAIR), &mut matrix)?;
                let error = |found: f64| (change(found) - exact).abs() / size;
                Ok(error(kernel.value(&x, &y)).max(error(matrix[1])))
            };
            errors.push([error(Kind::Nngp, nngp)?, error(Kind::Ntk, ntk)?]);
        }
        Ok(errors)
    };
    let found = phis.par_iter().map(one).collect::<Result<Vec<_>, _>>()?;
    let mut data = Data::new(&["activation", "hidden layers", "NNGP", "NTK"]);
    let mut errors = [Vec::new(), Vec::new()];
    for (phi, layers) in phis.iter().zip(&found) {
        for (layer, pair) in layers.iter().enumerate() {
            let name = phi.to_string();
            data.push([Cell::from(name.as_str()), (layer + 1).into(), pair[0].into(), pair[1].into()]);
            errors.iter_mut().zip(pair).for_each(|(all, error)| all.push((name.clone(), *error)));
        }
    }
    let [of_nngp, of_ntk] = errors.map(largest);
    Ok(vec![
        Row::error("NNGP of several layers = its integrals", of_nngp, 1e-11, data.clone()),
        Row::error("NTK of several layers = its integrals", of_ntk, 1e-11, data),
    ])
}

/// Returns the NTK of one network f = a . phi(C phi(B x) / sqrt k) / sqrt k of two hidden layers of width k
/// between both inputs: the inner product of its gradients in a, C and B, formed by back-propagation.
fn of_network(phi: ActivationName, k: usize, rng: &mut rand_chacha::ChaCha8Rng) -> f64 {
    let root = (k as f64).sqrt();
    let (b, c, a) = (normals(2 * k, rng), normals(k * k, rng), normals(k, rng));
    let inner = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    // For an input: its first activations, its second ones, and the gradients in both preactivations.
    let pass = |x: &[f64; 2]| {
        let first: Vec<f64> = b.chunks_exact(2).map(|row| inner(row, x)).collect();
        let values: Vec<f64> = first.iter().map(|h| phi.value(*h)).collect();
        let second: Vec<f64> = c.chunks_exact(k).map(|row| inner(row, &values) / root).collect();
        let top: Vec<f64> = second.iter().zip(&a).map(|(h, a)| a * phi.derivative(*h) / root).collect();
        let mut back = vec![0.0; k];
        for (row, top) in c.chunks_exact(k).zip(&top) {
            back.iter_mut().zip(row).for_each(|(back, c)| *back += top * c / root);
        }
        back.iter_mut().zip(&first).for_each(|(back, h)| *back *= phi.derivative(*h));
        let outputs: Vec<f64> = second.iter().map(|h| phi.value(*h) / root).collect();
        (values.iter().map(|v| v / root).collect::<Vec<f64>>(), outputs, top, back)
    };
    let [x, y] = ON_SPHERE;
    let (at_x, at_y) = (pass(&x), pass(&y));
    inner(&at_x.1, &at_y.1)
        + inner(&at_x.2, &at_y.2) * inner(&at_x.0, &at_y.0)
        + inner(&at_x.3, &at_y.3) * inner(&x, &y)
}

/// Returns the mean over drawn networks of K_k / K, for networks of two hidden layers and the kernel of
/// `depth` layers, 2 in the claim. `factor` multiplies the kernel, 1 in the claim. The mean is off by O(1 /
/// k).
fn sampled(options: &Options, depth: u16, factor: f64) -> Result<Row, Failure> {
    let phis = [ActivationName::Relu, ActivationName::Erf, ActivationName::Tanh];
    let (width, draws) = (options.choose(64, 128), options.choose(512, 2048));
    let mut data = Data::new(&["activation", "mean of K_k / K", "from", "to"]);
    let mut worst: Option<(f64, String, Estimate)> = None;
    for (case, phi) in phis.into_iter().enumerate() {
        let kernel = KernelSpec { depth, ..KernelSpec::one_layer(Kind::Ntk, phi) }.build::<f64>()?;
        let [x, y] = ON_SPHERE;
        let limit = factor * kernel.value(&x, &y);
        let ratio = |draw: u64| {
            let mut rng = problem::rng(options.seed, 20, case, draw);
            of_network(phi, width, &mut rng) / limit
        };
        let ratios: Vec<f64> = (0..draws).into_par_iter().map(ratio).collect();
        let mean = |kept: &[usize]| kept.iter().map(|&draw| ratios[draw]).sum::<f64>() / kept.len() as f64;
        let found = jackknife(ratios.len(), ALPHA / phis.len() as f64, mean);
        let name = phi.to_string();
        data.push([Cell::from(name.as_str()), found.value.into(), found.low.into(), found.high.into()]);
        let distance = (found.low - 1.0).abs().max((found.high - 1.0).abs());
        if worst.as_ref().is_none_or(|(most, ..)| !(distance <= *most)) {
            worst = Some((distance, name, found));
        }
    }
    let (_, name, found) = worst.ok_or_else(|| Failure::new("no activation"))?;
    let (statement, tolerance) = ("two hidden layers, drawn: mean of K_k / K", options.choose(0.25, 0.08));
    Ok(Row::judge(statement, Test::Confined, 1.0, found, Some(tolerance), data).of(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recursion_that_is_wrong_by_a_thousandth_is_seen() {
        assert!(!recursion(&Options::quick(0), |kernel| kernel).unwrap().iter().any(Row::fails));
        assert!(recursion(&Options::quick(0), |kernel| 1.001 * kernel).unwrap().iter().all(Row::fails));
    }

    #[test]
    fn networks_of_two_layers_do_not_tend_to_the_kernel_of_one() {
        assert!(!sampled(&Options::quick(0), 2, 1.0).unwrap().fails());
        assert!(sampled(&Options::quick(0), 1, 1.0).unwrap().fails());
        assert!(sampled(&Options::quick(0), 2, 1.5).unwrap().fails());
    }
}
