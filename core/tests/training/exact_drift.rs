//! A million steps of the exact engine: the rounding error between its sums and its units.

use crate::support::exact::{Problem, steps, train_exactly};
use crate::support::{network, rng};
use ntk_core::{Lift, Relu, Scalar, loss};

/// The relative difference between the loss by the engine's own sums, after its last step, and that of the
/// weights which it writes back.
fn drift<T: Scalar>(k: usize, count: u32) -> f64 {
    let mut rng = rng(11);
    let mut problem = Problem::<T>::lifted(Lift::Circle, 8, &mut rng);
    // Labels that the network cannot meet keep it moving.
    problem.z.extend_from_within(..2);
    problem.y.push(T::ONE - problem.y[0]);
    let mut model = network::<T, _>(Relu, (2, k, 1), &mut rng);
    let (_, outcome) = train_exactly(&mut model, &problem.data(), 0.01, &steps(count));
    let fresh = loss(&model, &problem.data()).unwrap();
    let drift = ((outcome.loss - fresh) / fresh).abs().to_f64();
    println!("k {k}: loss {:e}, drift {drift:.1e} after {count} steps", fresh.to_f64());
    drift
}

#[test]
fn a_million_steps() {
    assert!(drift::<f64>(40, 1_000_000) < 1e-13);
}

#[test]
fn single_precision() {
    assert!(drift::<f32>(40, 200_000) < 1e-5);
}
