//! Seeded problems and comparisons shared by the test files.

#![allow(dead_code)] // every test file uses its own part

pub mod dense;
pub mod exact;
pub mod growing;

use ntk_core::random::{standard_normal, uniform};
use ntk_core::{Activation, FlatParams, Network, Scalar, Shape};
use proptest::test_runner::{Config as ProptestConfig, RngSeed};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// A network of any width; the arrays of `Params` would need one function for each width.
pub type AnyWidth<A, T = f64> = Network<A, FlatParams<Vec<T>>>;

/// The same cases on every machine, and no files of old failures; `NTK_FUZZ_CASES` asks for another number.
pub fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("NTK_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(usual),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..Default::default()
    }
}

/// The generator of every random test.
pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// `n` numbers from the uniform distribution on (-1, 1).
pub fn uniforms<T: Scalar>(n: usize, rng: &mut ChaCha8Rng) -> Vec<T> {
    (0..n).map(|_| uniform(rng)).collect()
}

/// N points of R^D, normal in every coordinate.
pub fn normal_points<T: Scalar, const D: usize, const N: usize>(rng: &mut ChaCha8Rng) -> [[T; D]; N] {
    core::array::from_fn(|_| core::array::from_fn(|_| standard_normal(rng)))
}

/// Parameters of any shape, all zero.
pub fn zeros<T: Scalar>(shape: Shape) -> FlatParams<Vec<T>> {
    FlatParams::new(shape, vec![T::ZERO; shape.parameters()]).unwrap()
}

/// A network of (inputs, width, outputs), initialised as Theorem 1 asks.
pub fn network<T: Scalar, A: Activation<T>>(
    activation: A,
    (inputs, width, outputs): (usize, usize, usize),
    rng: &mut ChaCha8Rng,
) -> AnyWidth<A, T> {
    let mut network = Network::new(activation, zeros(Shape { inputs, width, outputs }));
    network.initialize(rng);
    network
}

/// The same network with its weights moved by `change(position, weight)`.
pub fn moved<A: Copy>(network: &AnyWidth<A>, change: impl Fn(usize, f64) -> f64) -> AnyWidth<A> {
    use ntk_core::Parameters;
    let weights = network.weights.values().iter().enumerate().map(|(i, &w)| change(i, w)).collect();
    Network::new(network.activation, FlatParams::new(network.weights.shape(), weights).unwrap())
}

/// |got - expected| <= tolerance, and a NaN fails.
#[track_caller]
pub fn assert_close(got: f64, expected: f64, tolerance: f64) {
    let difference = (got - expected).abs();
    assert!(
        difference <= tolerance,
        "{got:e} against {expected:e}: {difference:e} apart, {tolerance:e} allowed"
    );
}

/// The slope of the least-squares line through (ln x, ln y).
pub fn fitted_exponent(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let logs: Vec<_> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let mean_x = logs.iter().map(|p| p.0).sum::<f64>() / n;
    let mean_y = logs.iter().map(|p| p.1).sum::<f64>() / n;
    let covariance: f64 = logs.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    let variance: f64 = logs.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    covariance / variance
}

/// The root of the mean square.
pub fn rms(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values.into_iter().fold((0.0, 0), |(sum, count), v| (sum + v * v, count + 1));
    (sum / f64::from(count)).sqrt()
}
