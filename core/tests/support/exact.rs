//! Problems for the exact engine, and runs of both engines on them.

use ntk_core::train::{Exact, Outcome, StopRule, Trainable, descend, workspace_len};
use ntk_core::{Activation, Dataset, Lift, Rows, Scalar, random};
use rand_chacha::ChaCha8Rng;

use super::AnyWidth;

/// phi(z) = z for z > 0, c z below: c = -1 is |z|, c = 1/8 a leaky rectifier.
#[derive(Clone, Copy)]
pub struct Leaky(pub f64);

impl<T: Scalar> Activation<T> for Leaky {
    const HOMOGENEOUS: bool = true;

    fn value(self, z: T) -> T {
        if z < T::ZERO { T::from_f64(self.0) * z } else { z }
    }
    fn derivative(self, z: T) -> T {
        if z > T::ZERO { T::ONE } else { T::from_f64(self.0) }
    }
    fn second_derivative(self, _: T) -> T {
        T::ZERO
    }
}

/// Samples and their labels.
#[derive(Clone)]
pub struct Problem<T = f64> {
    pub z: Vec<T>,
    pub y: Vec<T>,
    pub inputs: usize,
    pub outputs: usize,
}

impl<T: Scalar> Problem<T> {
    /// n samples of x + sin 10 x under a lift.
    pub fn lifted(lift: Lift, n: usize, rng: &mut ChaCha8Rng) -> Self {
        let x: Vec<T> = (0..n).map(|_| random::uniform(rng)).collect();
        let mut z = vec![T::ZERO; n * lift.dimension()];
        for (z, &x) in z.chunks_exact_mut(lift.dimension()).zip(&x) {
            lift.apply(x, z).unwrap();
        }
        let y = x.iter().map(|&x| x + (T::from_f64(10.0) * x).sin()).collect();
        Self { z, y, inputs: lift.dimension(), outputs: 1 }
    }

    /// n normal samples of d inputs, c uniform labels each.
    pub fn normal(n: usize, (inputs, outputs): (usize, usize), rng: &mut ChaCha8Rng) -> Self {
        let z = (0..n * inputs).map(|_| random::standard_normal(rng)).collect();
        let y = (0..n * outputs).map(|_| random::uniform(rng)).collect();
        Self { z, y, inputs, outputs }
    }

    pub fn data(&self) -> Dataset<'_, T> {
        Dataset::new(Rows::new(&self.z, self.inputs).unwrap(), Rows::new(&self.y, self.outputs).unwrap())
            .unwrap()
    }
}

/// A rule that stops after this many steps, whatever the loss.
pub fn steps<T: Scalar>(max_steps: u32) -> StopRule<T> {
    StopRule { target_mse: None, patience: None, max_steps }
}

/// Trains a model. Returns the losses before every step and after the last, and how the training ended.
pub fn train<T: Scalar>(
    model: &mut impl Trainable<T>,
    data: &Dataset<'_, T>,
    rate: f64,
    rule: &StopRule<T>,
) -> (Vec<T>, Outcome<T>) {
    let mut memory = vec![T::ZERO; workspace_len(data.len(), data.x().columns(), data.y().columns())];
    let mut losses = Vec::new();
    let rate = T::from_f64(rate);
    let outcome = descend(model, data, rate, rule, &mut memory, |_, loss| {
        losses.push(loss);
        true
    })
    .unwrap();
    (losses, outcome)
}

/// The same by the exact engine, for one output and one or two inputs.
pub fn train_exactly<T: Scalar, A: Activation<T>>(
    network: &mut AnyWidth<A, T>,
    data: &Dataset<'_, T>,
    rate: f64,
    rule: &StopRule<T>,
) -> (Vec<T>, Outcome<T>) {
    train_in_groups(network, 0, data, rate, rule)
}

/// The same by the exact engine, for any number of inputs and outputs, with at most so many groups.
pub fn train_in_groups<T: Scalar, A: Activation<T>>(
    network: &mut AnyWidth<A, T>,
    groups: usize,
    data: &Dataset<'_, T>,
    rate: f64,
    rule: &StopRule<T>,
) -> (Vec<T>, Outcome<T>) {
    let (n, shape) = (data.len(), network.shape());
    // What the memory holds must not matter.
    let mut floats = vec![T::NAN; Exact::floats_len(n, shape, groups)];
    let mut indices = vec![7; Exact::indices_len(n, shape, groups)];
    let mut engine = Exact::new(network, n, groups, &mut floats, &mut indices).unwrap();
    train(&mut engine, data, rate, rule)
}

/// The first step at which two series of losses differ by more than a relative tolerance; their length if
/// they never do.
///
/// A loss that has become tiny consists of the rounding of the outputs, some 1e-15 of the root of the first
/// loss.
pub fn agree(a: &[f64], b: &[f64], tolerance: f64) -> usize {
    let first = a.first().copied().unwrap_or(0.0);
    let differ = |(a, b): (&f64, &f64)| !((a - b).abs() <= tolerance * a.abs() + 1e-14 * (a * first).sqrt());
    a.iter().zip(b).position(differ).unwrap_or(a.len().min(b.len()))
}
