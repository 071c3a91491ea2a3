//! What intervals promise, counted: coverage and false alarms for noise of infinite variance, with kernels
//! right and wrong.

use ntk_core::random::{standard_normal, uniform};
use ntk_core::regression::Fixed;
use ntk_core::{Architecture, Erf, Kernel, Ntk, Regression, Relu};
use rand_chacha::ChaCha8Rng;

use crate::support::rng;

const REPLICATES: u64 = 20;
const DRAWS: usize = 250;

/// Student's distribution with two degrees of freedom: it has no variance.
fn student(rng: &mut ChaCha8Rng) -> f64 {
    let [z, a, b]: [f64; 3] = core::array::from_fn(|_| standard_normal(rng));
    z / (0.5 * (a * a + b * b)).sqrt()
}

/// An observation of a function at an input drawn at random.
fn observation(rng: &mut ChaCha8Rng) -> ([f64; 1], f64) {
    let x: f64 = uniform(rng);
    ([x], (3.0 * x).sin() + 0.1 * student(rng))
}

/// The shares, in one replicate, of new observations inside of the interval and of those that are no false
/// alarms.
fn replicate<K: Kernel<f64> + Copy>(kernel: K, n: usize, (ridge, level): (f64, f64), seed: u64) -> [f64; 2] {
    let rng = &mut rng(seed);
    let mut model = Regression::new(kernel, Fixed::<f64, 1, 24>::new());
    let (mut inside, mut accepted) = (0, 0);
    for _ in 0..DRAWS {
        let (x, y): (Vec<_>, Vec<_>) = (0..n).map(|_| observation(rng)).unzip();
        model.clear();
        model.fit(x.as_slice(), y.as_slice(), ridge).unwrap();
        let (x, y) = observation(rng);
        let intervals = model.intervals().unwrap();
        let at = intervals.at(&x, level).unwrap();
        let p = intervals.p_value(&x, y).unwrap();
        inside += usize::from(at.low <= y && y <= at.high);
        accepted += usize::from(p > (1.0 - level) * (1.0 + 1e-12));
    }
    [inside, accepted].map(|count| count as f64 / DRAWS as f64)
}

/// Within four standard errors, which the spread between replicates gives, of 1 - f / (n + 1): neither too
/// low nor too high.
fn covers<K: Kernel<f64> + Copy + core::fmt::Debug>(kernel: K, ridge: f64) {
    for (n, level, f) in [(9, 0.9, 1), (14, 0.9, 1), (19, 0.9, 2), (24, 0.5, 12)] {
        let expected = 1.0 - f64::from(f) / (n + 1) as f64;
        let all: Vec<_> =
            (0..REPLICATES).map(|seed| replicate(kernel, n, (ridge, level), 100 + seed)).collect();
        for (what, which) in [("inside", 0), ("not alarmed", 1)] {
            let shares = || all.iter().map(|shares| shares[which]);
            let count = REPLICATES as f64;
            let mean = shares().sum::<f64>() / count;
            let variance = shares().map(|share| (share - mean).powi(2)).sum::<f64>() / (count - 1.0);
            let error = (variance / count).sqrt();
            assert!(error > 0.0 && error < 0.02, "{error}");
            assert!(
                (mean - expected).abs() < 4.0 * error,
                "{kernel:?}, ridge {ridge}, n {n}, level {level}: {mean} +- {error} {what}, {expected} expected"
            );
        }
    }
}

#[test]
fn a_kernel_that_suits() {
    covers(Ntk::with(Erf, Architecture::ONE_LAYER.weights(4.0).bias(1.0)), 0.03);
}

/// Straight lines through the origin, one on each side of it.
#[test]
fn a_wrong_kernel() {
    covers(Ntk::new(Relu), 0.03);
}

#[test]
fn a_wrong_ridge() {
    covers(Ntk::with(Erf, Architecture::ONE_LAYER.weights(4.0).bias(1.0)), 1e-6);
    covers(Ntk::with(Erf, Architecture::ONE_LAYER.weights(4.0).bias(1.0)), 100.0);
}
