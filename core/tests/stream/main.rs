//! The streaming model: against regression, against a dense Gaussian update, and at its limits.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs, unreachable_pub)]

#[path = "../support/dense.rs"]
#[allow(dead_code)]
mod dense;
mod exact;
mod files;
mod found;
mod hostile;
mod shapes;

use ntk_core::random::{standard_normal, uniform};
use ntk_core::{Architecture, Erf, Ntk, Scalar};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The kernel of a `Listener`.
pub(crate) fn kernel<T: Scalar>() -> Ntk<Erf, Architecture<T>> {
    Ntk::with(Erf, Architecture::ONE_LAYER.bias(T::ONE))
}

/// Samples of a truth that turns by this phase with each of them.
pub(crate) fn samples(count: usize, noise: f64, phase: f64, seed: u64) -> Vec<([f64; 2], f64)> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|i| {
            let x = [(); 2].map(|()| 1.7 * uniform::<f64, _>(&mut rng));
            let label = truth(&x, phase * i as f64) + noise * standard_normal::<f64, _>(&mut rng);
            (x, label)
        })
        .collect()
}

pub(crate) fn truth(x: &[f64; 2], phase: f64) -> f64 {
    (2.0 * x[0] + phase).sin() + 0.5 * x[1]
}

pub(crate) fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + b.abs())
}
