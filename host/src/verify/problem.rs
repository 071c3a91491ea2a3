//! Networks, inputs and Hessians that several checks share.

use ntk_core::random::{standard_normal, uniform};
use ntk_core::{Activation, FlatParams, Lift, Network, Parameters, ParametersMut, Shape, symmetric_eigen};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::error::Failure;
use crate::experiment::example3::truth;
use crate::files::weights::Weights;
use crate::kernels::activations::{ActivationName, Entry, Smoothness, TABLE};
use crate::kernels::{AnyKernel, KernelSpec, Kind};

/// A network of any width and activation.
pub(super) type Net<A = ActivationName> = Network<A, Weights>;

/// Returns the generator of one draw: `ChaCha8`, the user's seed, and a stream for each claim, case and draw.
#[must_use]
pub(super) fn rng(seed: u64, claim: u64, case: usize, draw: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(claim << 56 | (case as u64) << 32 | draw);
    rng
}

/// Returns all activations that have an NTK.
pub(super) fn activations() -> impl Iterator<Item = ActivationName> {
    with_ntk(TABLE.len())
}

/// So many activations, from the head of the table, are those for which statements about random networks are
/// tested. Each more would widen the intervals of all, and the statements do not depend on phi.
const DRAWN: usize = 16;

/// Returns those activations in the first rows of the table that have an NTK.
fn with_ntk(rows: usize) -> impl Iterator<Item = ActivationName> {
    let jumps = |entry: &&Entry| entry.smoothness == Smoothness::Jump;
    TABLE.iter().take(rows).filter(move |entry| !jumps(entry)).map(|entry| entry.activation)
}

/// Returns the activations with a second derivative everywhere, as Proposition 1 asks, for drawn networks.
pub(super) fn smooth() -> impl Iterator<Item = ActivationName> {
    let smooth = |entry: &&Entry| matches!(entry.smoothness, Smoothness::Smooth | Smoothness::Linear);
    TABLE.iter().take(DRAWN).filter(smooth).map(|entry| entry.activation)
}

/// Returns the activations whose NTK at finite width has moments that a few hundred draws can measure. The
/// exponential and the square have tails that are too heavy for that.
pub(super) fn tame() -> impl Iterator<Item = ActivationName> {
    with_ntk(DRAWN).filter(|phi| !matches!(phi, ActivationName::Exp | ActivationName::Quadratic))
}

/// Weights that are all zero.
///
/// # Errors
/// For an empty shape.
pub(super) fn zeros(shape: Shape) -> Result<Weights, Failure> {
    Ok(FlatParams::new(shape, vec![0.0; shape.parameters()])?)
}

/// Returns a network with weights from N(0, 1), as Theorem 1 asks.
///
/// # Errors
/// For an empty shape.
pub(super) fn gaussian<A: Activation<f64>>(
    phi: A,
    shape: [usize; 3],
    rng: &mut ChaCha8Rng,
) -> Result<Net<A>, Failure> {
    let [inputs, width, outputs] = shape;
    let mut network = Network::new(phi, zeros(Shape { inputs, width, outputs })?);
    network.initialize(rng);
    Ok(network)
}

/// Returns a network with bounded weights, as Proposition 1 asks: uniform on (-sqrt 3, sqrt 3), so that their
/// variance is 1.
///
/// # Errors
/// For an empty shape.
pub(super) fn bounded<A: Activation<f64>>(
    phi: A,
    shape: [usize; 3],
    rng: &mut ChaCha8Rng,
) -> Result<Net<A>, Failure> {
    let mut network = gaussian(phi, shape, &mut rng.clone())?;
    let (a, b) = network.weights.parts_mut();
    a.iter_mut().chain(b).for_each(|w| *w = 3f64.sqrt() * uniform::<f64, _>(rng));
    Ok(network)
}

/// Returns n standard normal numbers.
pub(super) fn normals(n: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..n).map(|_| standard_normal(rng)).collect()
}

/// Returns a point of the unit sphere, evenly distributed.
pub(super) fn on_sphere(d: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let x = normals(d, rng);
    let length = length(&x);
    x.into_iter().map(|v| v / length).collect()
}

/// Returns |x|.
#[must_use]
pub(super) fn length(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Returns an error in units of a size. An error of 0 is 0 even if the size is 0, as for a network whose
/// units are all off.
#[must_use]
pub(super) fn relative(error: f64, size: f64) -> f64 {
    if error == 0.0 { 0.0 } else { error.abs() / size }
}

/// Returns the network with its weights moved by `step` times a direction, in the order of [`FlatParams`].
///
/// # Errors
/// None for a direction of the network's size.
pub(super) fn moved<A: Activation<f64>>(
    network: &Net<A>,
    step: f64,
    direction: &[f64],
) -> Result<Net<A>, Failure> {
    let weights = network.weights.values().iter().zip(direction).map(|(w, v)| w + step * v).collect();
    Ok(Network::new(network.activation, FlatParams::new(network.shape(), weights)?))
}

/// Returns whether every unit has its kink farther from the input than this, so that finite differences do
/// not step over a kink.
#[must_use]
pub(super) fn is_clear_of_kinks<A: Activation<f64>>(network: &Net<A>, x: &[f64], distance: f64) -> bool {
    (0..network.shape().width).all(|unit| {
        let h: f64 = x.iter().enumerate().map(|(input, x)| network.weights.b_row(input)[unit] * x).sum();
        h.abs() > distance
    })
}

/// Returns the kernel of Theorem 1 for any activation: one hidden layer, weights of variance 1, no biases.
///
/// # Errors
/// If the activation has no such kernel.
pub(super) fn limit(activation: ActivationName, kind: Kind) -> Result<AnyKernel<f64>, Failure> {
    KernelSpec::one_layer(kind, activation).build()
}

/// Returns the gradient in w by its definition: differences of the output, of fourth order.
///
/// # Errors
/// None for an input of the network's dimension.
pub(super) fn differences<A: Activation<f64>>(
    network: &Net<A>,
    step: f64,
    f: impl Fn(&Net<A>) -> Result<Vec<f64>, Failure>,
) -> Result<Vec<Vec<f64>>, Failure> {
    let parameters = network.shape().parameters();
    let mut direction = vec![0.0; parameters];
    let mut slopes = Vec::with_capacity(parameters);
    for place in 0..parameters {
        direction[place] = 1.0;
        let at = |steps: f64| f(&moved(network, steps * step, &direction)?);
        let (near, far) = ((at(1.0)?, at(-1.0)?), (at(2.0)?, at(-2.0)?));
        let slope = |i: usize| (8.0 * (near.0[i] - near.1[i]) - (far.0[i] - far.1[i])) / (12.0 * step);
        slopes.push((0..near.0.len()).map(slope).collect());
        direction[place] = 0.0;
    }
    Ok(slopes)
}

/// Returns all eigenvalues of the Hessian of f_x(w) in all parameters, largest first. The whole matrix comes
/// from differences of the gradient, its eigenvalues from a dense eigensolver; Appendix A is not used.
///
/// # Errors
/// None for an input of the network's dimension.
pub(super) fn dense_spectrum<A: Activation<f64>>(network: &Net<A>, x: &[f64]) -> Result<Vec<f64>, Failure> {
    let rows = differences(network, STEP, |network| {
        let mut gradient = zeros(network.shape())?;
        network.gradient(x, 0, &mut gradient)?;
        Ok(gradient.values().to_vec())
    })?;
    let n = rows.len();
    let mut matrix: Vec<f64> =
        (0..n * n).map(|place| 0.5 * (rows[place / n][place % n] + rows[place % n][place / n])).collect();
    let (mut values, mut vectors) = (vec![0.0; n], vec![0.0; n * n]);
    symmetric_eigen(&mut matrix, n, &mut values, &mut vectors)?;
    Ok(values)
}

/// Step of the differences. Its fourth power, and a rounding divided by it, are both below 1e-12.
pub(super) const STEP: f64 = 1e-3;

/// Inputs and labels.
pub(super) type Samples<const N: usize> = ([[f64; 2]; N], [[f64; 1]; N]);

/// Returns n evenly spaced samples of Example 3's function on [-0.9, 0.9] by the circle lift, where Theorem 1
/// is stated.
///
/// # Errors
/// None for a lift that exists.
pub(super) fn samples<const N: usize>() -> Result<Samples<N>, Failure> {
    let (mut z, mut y) = ([[0.0; 2]; N], [[0.0; 1]; N]);
    for (i, (z, y)) in z.iter_mut().zip(&mut y).enumerate() {
        let x = 1.8 * i as f64 / (N - 1) as f64 - 0.9;
        Lift::Circle.apply(x, z)?;
        *y = [truth(x)];
    }
    Ok((z, y))
}
