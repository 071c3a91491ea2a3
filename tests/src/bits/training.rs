use ntk_core::train::{Exact, StopRule, Trainable, descend, workspace_len};
use ntk_core::{Dataset, Linearized, Parameters, Params, Relu, Scalar, Shape, Sin, Tanh};

use crate::fnv::Fnv;
use crate::samples::{example_3, network, normals};

/// Every loss of the run and how it ended.
fn run<T: Scalar>(
    model: &mut impl Trainable<T>,
    data: &Dataset<'_, T>,
    rate: f64,
    steps: u32,
    memory: &mut [T],
) -> Fnv {
    let rule = StopRule { target_mse: None, patience: None, max_steps: steps };
    let mut fnv = Fnv::new();
    let observe = |_, loss| {
        fnv.number(loss);
        true
    };
    let outcome = descend(model, data, T::from_f64(rate), &rule, memory, observe).unwrap();
    fnv.word(u64::from(outcome.steps));
    fnv.number(outcome.mse);
    fnv
}

fn with_weights<T: Scalar>(mut fnv: Fnv, weights: &impl Parameters<Scalar = T>) -> u64 {
    fnv.numbers(weights.a());
    fnv.numbers(weights.b());
    fnv.finish()
}

pub(super) fn relu<T: Scalar>() -> u64 {
    let (x, y) = example_3::<T, 15>(40);
    let mut network = network::<T, _, 2, 20, 1>(Relu, 41);
    let data = Dataset::new(&x, &y).unwrap();
    let fnv = run(&mut network, &data, 0.02, 1000, &mut [T::ZERO; workspace_len(15, 2, 1)]);
    with_weights(fnv, &network.weights)
}

pub(super) fn tanh<T: Scalar>() -> u64 {
    let (x, y) = (normals::<T, 3, 6>(42), normals::<T, 1, 6>(43));
    let mut network = network::<T, _, 3, 9, 1>(Tanh, 44);
    let data = Dataset::new(&x, &y).unwrap();
    let fnv = run(&mut network, &data, 0.02, 200, &mut [T::ZERO; workspace_len(6, 3, 1)]);
    with_weights(fnv, &network.weights)
}

/// Two outputs and five inputs take the general pass.
pub(super) fn two_outputs<T: Scalar>() -> u64 {
    let (x, y) = (normals::<T, 5, 6>(45), normals::<T, 2, 6>(46));
    let mut network = network::<T, _, 5, 9, 2>(Sin, 47);
    let data = Dataset::new(&x, &y).unwrap();
    let fnv = run(&mut network, &data, 0.02, 200, &mut [T::ZERO; workspace_len(6, 5, 2)]);
    with_weights(fnv, &network.weights)
}

pub(super) fn linearized<T: Scalar>() -> u64 {
    let (x, y) = example_3::<T, 8>(48);
    let network = network::<T, _, 2, 12, 1>(Relu, 49);
    let mut line = Linearized::new(&network, Params::<T, 2, 12>::zero()).unwrap();
    let data = Dataset::new(&x, &y).unwrap();
    let fnv = run(&mut line, &data, 0.02, 200, &mut [T::ZERO; workspace_len(8, 2, 1)]);
    with_weights(fnv, &line.displacement)
}

/// The exact engine: groups of units, and single ones near a kink.
pub(super) fn by_groups<T: Scalar>() -> u64 {
    let (x, y) = example_3::<T, 5>(50);
    let mut network = network::<T, _, 2, 12, 1>(Relu, 51);
    let data = Dataset::new(&x, &y).unwrap();
    const SHAPE: Shape = Shape { inputs: 2, width: 12, outputs: 1 };
    let mut floats = [T::ZERO; Exact::floats_len(5, SHAPE, 0)];
    let mut indices = [0; Exact::indices_len(5, SHAPE, 0)];
    let mut exact = Exact::new(&mut network, 5, 0, &mut floats, &mut indices).unwrap();
    let fnv = run(&mut exact, &data, 0.02, 1000, &mut [T::ZERO; workspace_len(5, 2, 1)]);
    with_weights(fnv, &network.weights)
}
