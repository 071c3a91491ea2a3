//! Gradient, tangent, linearisation, NTK and Hessian of a network against slow references.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::{
    Activation, Dataset, EmpiricalNtk, Erf, Identity, Kernel, Linearized, Parameters, ParametersMut, Relu,
    Rows, Sin, Tanh, hessian, loss, loss_gradient,
};
use support::dense::{Matrix, symmetric_eigenvalues};
use support::{AnyWidth, assert_close, fitted_exponent, moved, network, rng, uniforms, zeros};

const X: [f64; 3] = [0.4, -1.1, 0.7];
const Y: [f64; 3] = [-0.2, 0.5, 1.3];

/// Three inputs, two outputs, and a width that is no multiple of the eight lanes.
const SHAPE: (usize, usize, usize) = (3, 11, 2);

/// The gradient of any function of the weights, by central differences.
fn differences<A: Copy>(at: &AnyWidth<A>, f: impl Fn(&AnyWidth<A>) -> f64) -> Vec<f64> {
    let step = 1e-5; // no ReLU unit of these seeds comes as near to its kink
    let shifted = |place: usize, by: f64| f(&moved(at, |i, w| if i == place { w + by } else { w }));
    (0..at.weights.values().len())
        .map(|place| (shifted(place, step) - shifted(place, -step)) / (2.0 * step))
        .collect()
}

fn assert_all_close(got: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expected.len());
    got.iter().zip(expected).for_each(|(&got, &expected)| assert_close(got, expected, tolerance));
}

fn gradient_of<A: Activation<f64>>(network: &AnyWidth<A>, x: &[f64], output: usize) -> Vec<f64> {
    let mut gradient = zeros(network.shape());
    network.gradient(x, output, &mut gradient).unwrap();
    gradient.values().to_vec()
}

fn gradients<A: Activation<f64>>(phi: A) {
    let network = network(phi, SHAPE, &mut rng(1));
    for output in 0..2 {
        let slow = differences(&network, |network| network.value(&X, output).unwrap());
        assert_all_close(&gradient_of(&network, &X, output), &slow, 1e-9);
    }
    let labels = [[0.3, -0.4], [1.0, 0.2]];
    let (x, y) = ([X, Y], labels);
    let data = Dataset::new(&x, &y).unwrap();
    let mut gradient = zeros(network.shape());
    loss_gradient(&network, &data, &mut gradient).unwrap();
    let slow = differences(&network, |network| loss(network, &data).unwrap());
    assert_all_close(gradient.values(), &slow, 1e-8);
}

#[test]
fn gradients_are_slopes() {
    gradients(Relu);
    gradients(Erf);
    gradients(Tanh);
    gradients(Sin);
    gradients(Identity);
}

/// The loss by the formula of Example 3.
#[test]
fn the_loss_is_half_the_sum_of_squares() {
    let network = network(Tanh, SHAPE, &mut rng(2));
    let (x, y) = ([X, Y], [[0.3, -0.4], [1.0, 0.2]]);
    let mut sum = 0.0;
    for (x, y) in x.iter().zip(&y) {
        let mut f = [0.0; 2];
        network.output(x, &mut f).unwrap();
        sum += (f[0] - y[0]).powi(2) + (f[1] - y[1]).powi(2);
    }
    assert_close(loss(&network, &Dataset::new(&x, &y).unwrap()).unwrap(), sum / 2.0, 1e-15 * sum);
}

fn inner_products<A: Activation<f64>>(phi: A) {
    let mut rng = rng(3);
    let network = network(phi, SHAPE, &mut rng);
    let mut direction = zeros(network.shape());
    direction.parts_mut().0.copy_from_slice(&uniforms(22, &mut rng));
    direction.parts_mut().1.copy_from_slice(&uniforms(33, &mut rng));
    let mut block = [0.0; 4];
    network.ntk_block(&X, &Y, &mut block).unwrap();
    for output in 0..2 {
        let (mut at_x, mut at_y) = (zeros(network.shape()), zeros(network.shape()));
        network.gradient(&X, output, &mut at_x).unwrap();
        let tangent = network.tangent(&X, &direction, output).unwrap();
        assert_close(tangent, at_x.inner(&direction).unwrap(), 1e-14);
        let kernel = EmpiricalNtk::new(&network, output).unwrap();
        assert_close(kernel.value(&X, &X), at_x.norm2(), 1e-14 * at_x.norm2());
        for other in 0..2 {
            network.gradient(&Y, other, &mut at_y).unwrap();
            assert_close(block[2 * output + other], at_x.inner(&at_y).unwrap(), 2e-14);
        }
        assert_eq!(kernel.value(&X, &Y), block[3 * output]);
    }
}

/// The kernel of Definition 2, computed without storing gradients and for several outputs, and the
/// directional derivative are inner products of gradients.
#[test]
fn the_kernel_is_the_inner_product_of_gradients() {
    inner_products(Relu);
    inner_products(Erf);
    inner_products(Tanh);
    inner_products(Sin);
    inner_products(Identity);
}

fn linearization<A: Activation<f64>>(phi: A) {
    let mut rng = rng(4);
    let network = network(phi, SHAPE, &mut rng);
    let direction: Vec<f64> = uniforms(network.shape().parameters(), &mut rng);
    let remainder = |step: f64| {
        let mut v = zeros(network.shape());
        v.parts_mut().0.iter_mut().zip(&direction).for_each(|(v, d)| *v = step * d);
        v.parts_mut().1.iter_mut().zip(&direction[22..]).for_each(|(v, d)| *v = step * d);
        let line = Linearized::new(&network, v).unwrap();
        let there = moved(&network, |i, w| w + step * direction[i]);
        there.value(&X, 1).unwrap() - line.value(&X, 1).unwrap()
    };
    assert_eq!(remainder(0.0), 0.0);
    let points: Vec<_> = (6..14).map(|i| 0.5f64.powi(i)).map(|step| (step, remainder(step).abs())).collect();
    assert_close(fitted_exponent(&points), 2.0, 0.05);
}

/// Definition 1 is a Taylor series of first order. (ReLU is left out: a unit that crosses its kink leaves a
/// remainder of first order.)
#[test]
fn the_remainder_of_the_linearization_falls_as_the_square_of_the_step() {
    linearization(Erf);
    linearization(Tanh);
    linearization(Sin);
    linearization(Identity);
}

/// The Hessian of f_x in all k (c + d) parameters, by central differences of the gradient.
fn dense_hessian<A: Activation<f64>>(network: &AnyWidth<A>, x: &[f64], output: usize) -> Matrix {
    let p = network.shape().parameters();
    let rows: Matrix = (0..p).map(|i| differences(network, |n| gradient_of(n, x, output)[i])).collect();
    (0..p).map(|i| (0..p).map(|j| 0.5 * (rows[i][j] + rows[j][i])).collect()).collect()
}

fn spectrum<A: Activation<f64>>(phi: A) {
    let (inputs, width) = (3, 7);
    for seed in 0..3 {
        let network = network(phi, (inputs, width, 1), &mut rng(seed));
        let dense = symmetric_eigenvalues(&dense_hessian(&network, &X, 0));
        let mut blocks = vec![0.0; 2 * width];
        hessian::eigenvalues(&network, &X, 0, &mut blocks).unwrap();
        for (unit, pair) in blocks.chunks(2).enumerate() {
            let (larger, smaller) = hessian::block(&network, &X, unit, 0).unwrap().eigenvalues();
            assert_eq!(pair, [larger, smaller]);
            assert!(larger >= 0.0 && smaller <= 0.0);
        }
        let largest = dense.iter().fold(0.0f64, |largest, e| largest.max(e.abs()));
        assert_close(hessian::spectral_norm(&network, &X, 0).unwrap(), largest, 1e-8);
        let exact = blocks.iter().fold(0.0f64, |largest, e| largest.max(e.abs()));
        assert_eq!(hessian::spectral_norm(&network, &X, 0).unwrap(), exact);
        blocks.resize(dense.len(), 0.0); // the directions across x
        blocks.sort_by(f64::total_cmp);
        assert_all_close(&blocks, &dense, 1e-8);
    }
}

/// Appendix A, with the factor 1/sqrt k and both signs of phi''.
#[test]
fn block_eigenvalues_are_those_of_the_whole_hessian() {
    spectrum(Relu);
    spectrum(Erf);
    spectrum(Tanh);
    spectrum(Sin);
    spectrum(Identity);
}

/// With several outputs, the weights of the other outputs only add eigenvalues 0.
#[test]
fn the_hessian_of_one_output_of_several() {
    let network = network(Tanh, (2, 5, 3), &mut rng(7));
    let dense = symmetric_eigenvalues(&dense_hessian(&network, &X[..2], 1));
    let mut blocks = vec![0.0; 10];
    hessian::eigenvalues(&network, &X[..2], 1, &mut blocks).unwrap();
    blocks.resize(25, 0.0);
    blocks.sort_by(f64::total_cmp);
    assert_all_close(&blocks, &dense, 1e-8);
}

/// Example 1 of the lecture with its own formula, the 1/sqrt k of Theorem 1 squared in front.
#[test]
fn example_1() {
    let mut network = network(Tanh, (1, 2, 1), &mut rng(0));
    network.weights.parts_mut().0.copy_from_slice(&[1.5, -0.7]);
    network.weights.parts_mut().1.copy_from_slice(&[0.3, -0.8]);
    let (x, y) = (0.9f64, -1.4f64);
    let slope = |z: f64| 1.0 - z.tanh() * z.tanh();
    let unit = |a: f64, b: f64| (b * x).tanh() * (b * y).tanh() + a * a * slope(b * x) * slope(b * y) * x * y;
    let expected = 0.5 * (unit(1.5, 0.3) + unit(-0.7, -0.8));
    assert_close(EmpiricalNtk::new(&network, 0).unwrap().value(&[x], &[y]), expected, 1e-15);
    let rows = [[x], [y]];
    let mut gram = [0.0; 4];
    ntk_core::kernel::gram(&EmpiricalNtk::new(&network, 0).unwrap(), Rows::from(&rows), &mut gram).unwrap();
    assert_close(gram[1], expected, 1e-15);
}
