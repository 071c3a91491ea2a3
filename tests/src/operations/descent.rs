use ntk_core::train::{Exact, StopRule, Trainable, descend, workspace_len};
use ntk_core::{Dataset, FlatParams, Network, Relu, Rows, Scalar, Shape};

use crate::close::{close, rounded};
use crate::reference::Trace;

/// The losses of a recorded run, up to the given step.
///
/// # Panics
/// If a value is too far from its reference.
pub fn descent<T: Scalar>(trace: &Trace, steps: u32) {
    let shape = Shape { inputs: 2, width: trace.width, outputs: 1 };
    let mut weights = rounded::<T, 192>(trace.weights);
    let weights = FlatParams::new(shape, &mut weights[..shape.parameters()]).unwrap();
    follow(&mut Network::new(Relu, weights), trace, steps);
}

/// The same for a run of ten units, by the exact engine.
///
/// # Panics
/// If a value is too far from its reference.
pub fn exact_descent<T: Scalar>(trace: &Trace, steps: u32) {
    const SHAPE: Shape = Shape { inputs: 2, width: 10, outputs: 1 };
    let mut weights = rounded::<T, 30>(trace.weights);
    let mut network = Network::new(Relu, FlatParams::new(SHAPE, weights.as_mut_slice()).unwrap());
    let mut floats = [T::ZERO; Exact::floats_len(15, SHAPE, 0)];
    let mut indices = [0; Exact::indices_len(15, SHAPE, 0)];
    follow(&mut Exact::new(&mut network, 15, 0, &mut floats, &mut indices).unwrap(), trace, steps);
}

fn follow<T: Scalar>(model: &mut impl Trainable<T>, trace: &Trace, steps: u32) {
    let (x, y) = (rounded::<T, 30>(trace.x), rounded::<T, 15>(trace.y));
    let data = Dataset::new(Rows::new(&x, 2).unwrap(), Rows::new(&y, 1).unwrap()).unwrap();
    let rule = StopRule { target_mse: None, patience: None, max_steps: steps };
    let mut memory = [T::ZERO; workspace_len(15, 2, 1)];
    let mut recorded = trace.losses.iter().filter(|(step, _)| *step <= steps).peekable();
    let outcome = descend(model, &data, T::from_f64(trace.rate), &rule, &mut memory, |step, loss| {
        if let Some((_, expected)) = recorded.next_if(|(at, _)| *at == step) {
            close(loss, *expected, *expected, 500.0);
        }
        true
    });
    assert_eq!(outcome.unwrap().steps, steps);
    assert!(recorded.peek().is_none());
}
