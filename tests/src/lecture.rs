//! The lecture's main job at device size: 15 samples, kernel regression with an error bar, networks of width
//! 1 to 128 trained to the stop rule of Example 3, the NTK of each trained network, and the norm of its
//! Hessian.

use ntk_core::kernel::gram;
use ntk_core::regression::Fixed;
use ntk_core::train::{Outcome, StopRule, descend, workspace_len};
use ntk_core::{
    Dataset, EmpiricalNtk, FlatParams, Lift, Network, Ntk, Regression, Relu, Scalar, Shape, hessian,
};

use crate::samples::{example_3, generator};

/// Samples.
pub const N: usize = 15;
/// Widths to train and the mean squared error to reach: the lecture's, and one that is reached before the
/// cap.
pub const RUNS: [(usize, f64); 9] = [
    (1, 2e-3),
    (2, 2e-3),
    (4, 2e-3),
    (8, 2e-3),
    (16, 2e-3),
    (32, 2e-3),
    (64, 2e-3),
    (128, 2e-3),
    (128, 5e-2),
];
/// Steps without improvement that narrow networks may take, the lecture's.
pub const PATIENCE: u32 = 50;
/// Steps are capped, so that the widest network takes seconds on a part without FPU.
pub const MAX_STEPS: u32 = 1000;
/// Points to predict at, evenly spaced on [-1, 1].
pub const POINTS: usize = 9;

const SEED: u64 = 47;
const RATE: f64 = 0.08;
const RIDGE: f64 = 1e-3;

/// A network after training.
#[derive(Clone, Copy, Debug)]
pub struct Trained<T> {
    /// How training ended.
    pub outcome: Outcome<T>,
    /// Trace of its NTK's Gram matrix.
    pub ntk_trace: T,
    /// Largest spectral norm of its Hessian over the samples.
    pub hessian_norm: T,
}

/// Trains a network of one width on Example 3.
///
/// # Panics
/// If the core refuses any of it.
pub fn train<T: Scalar>(width: usize, target_mse: f64) -> Trained<T> {
    let (x, y) = example_3::<T, N>(SEED);
    let data = Dataset::new(&x, &y).unwrap();
    let shape = Shape { inputs: 2, width, outputs: 1 };
    let mut weights = [T::ZERO; 128 * 3];
    let weights = FlatParams::new(shape, &mut weights[..shape.parameters()]).unwrap();
    let mut network = Network::new(Relu, weights);
    network.initialize(&mut generator(SEED + width as u64));
    let rule = StopRule::example_3(width, N, T::from_f64(target_mse), PATIENCE, MAX_STEPS);
    let mut memory = [T::ZERO; workspace_len(N, 2, 1)];
    let outcome = descend(&mut network, &data, T::from_f64(RATE), &rule, &mut memory, |_, _| true).unwrap();
    let mut matrix = [T::ZERO; N * N];
    gram(&EmpiricalNtk::new(&network, 0).unwrap(), data.x(), &mut matrix).unwrap();
    let ntk_trace = matrix.iter().step_by(N + 1).fold(T::ZERO, |sum, &k| sum + k);
    let norms = data.x().iter().map(|x| hessian::spectral_norm(&network, x, 0).unwrap());
    let hessian_norm = norms.fold(T::ZERO, |largest, norm| if norm > largest { norm } else { largest });
    Trained { outcome, ntk_trace, hessian_norm }
}

/// Fits the infinitely wide network to the same samples; mean and standard deviation at the points.
///
/// # Panics
/// If the core refuses any of it.
pub fn predict<T: Scalar>() -> [[T; 2]; POINTS] {
    let (x, y) = example_3::<T, N>(SEED);
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<T, 2, N>::new());
    model.fit(&x, &y, T::from_f64(RIDGE)).unwrap();
    core::array::from_fn(|i| {
        let mut z = [T::ZERO; 2];
        Lift::Circle.apply(T::from_f64(i as f64 / 4.0 - 1.0), &mut z).unwrap();
        let prediction = model.predict(&z).unwrap();
        [prediction.mean, prediction.deviation]
    })
}
