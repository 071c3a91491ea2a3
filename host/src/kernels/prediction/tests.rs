//! Blocks of inputs against the core, one input after the other.

use ntk_core::regression::Uncertainty;

use super::*;
use crate::kernels::{ActivationName, KernelSpec, Kind, regression};

fn kernel<T: Real>(kind: Kind) -> AnyKernel<T> {
    let activation = ActivationName::Relu;
    KernelSpec { kind, activation, depth: 1, weight_variance: 1.0, bias_variance: 0.25 }.build().unwrap()
}

fn numbers<T: Real>(count: usize, step: f64) -> Vec<T> {
    (0..count).map(|i| T::from_f64(((i * i) as f64 * step).sin() * 1.5)).collect()
}

fn compare<T: Real>(kind: Kind, n: usize, m: usize, level: f64) {
    let (x, y, at) = (numbers::<T>(2 * n, 0.37), numbers::<T>(2 * n, 0.11), numbers::<T>(2 * m, 0.71));
    let (x, y) = (Rows::new(&x, 2).unwrap(), Rows::new(&y, 2).unwrap());
    let model = regression::fit(kernel::<T>(kind), x, y, T::from_f64(0.1)).unwrap();
    let predictor = Predictor::new(&model, 2).unwrap();
    let level = T::from_f64(level);
    let found = predictor.answers(Rows::new(&at, 2).unwrap(), Some(level)).unwrap();
    assert_eq!(found.len(), m);
    let (mut variances, mut work) = (vec![T::ZERO; n], vec![T::ZERO; 3 * n]);
    let intervals = model.intervals_into(&mut variances).unwrap();
    for (i, (x, found)) in at.chunks(2).zip(found).enumerate() {
        let mut mean = vec![T::ZERO; 2];
        let Uncertainty { deviation, observation_deviation, .. } =
            model.predict_into(x, &mut work[..n], &mut mean).unwrap();
        let (mut low, mut high) = (vec![T::ZERO; 2], vec![T::ZERO; 2]);
        let expected = intervals.at_into(x, level, &mut work, &mut low, &mut high);
        let expected = expected.map(|()| Answer { mean, deviation, observation_deviation, low, high });
        assert_eq!(found, expected, "input {i} of {m}, {n} samples");
    }
}

#[test]
fn a_block_answers_as_the_core_does() {
    for (n, m) in [(12, 1), (64, 50), (65, 49), (300, 97)] {
        compare::<f64>(Kind::Nngp, n, m, 0.9);
        compare::<f32>(Kind::Nngp, n, m, 0.5);
    }
    compare::<f64>(Kind::Ntk, 70, 30, 0.8);
    compare::<f64>(Kind::Nngp, 30, Columns::<f64>::MANY + 3, 0.9); // more than go together
    compare::<f64>(Kind::Nngp, 8, 5, 0.9); // too few samples for this level
    compare::<f64>(Kind::Nngp, 9, 5, 0.9);
    compare::<f64>(Kind::Nngp, 9, 5, 1.0);
}

#[test]
fn an_input_too_far_out_spoils_no_other() {
    let (x, y) = (numbers::<f64>(140, 0.37), numbers::<f64>(70, 0.11));
    let (x, y) = (Rows::new(&x, 2).unwrap(), Rows::new(&y, 1).unwrap());
    let model = regression::fit(kernel::<f64>(Kind::Nngp), x, y, 0.1).unwrap();
    let predictor = Predictor::new(&model, 1).unwrap();
    let alone = predictor.answers(Rows::new(&[0.3, 0.4], 2).unwrap(), Some(0.9)).unwrap().remove(0);
    for out in [1e300, f64::NAN, f64::INFINITY] {
        let at = [0.3, 0.4, out, 1.0, 0.3, 0.4];
        let found = predictor.answers(Rows::new(&at, 2).unwrap(), Some(0.9)).unwrap();
        let expected = model.predict_into(&at[2..4], &mut vec![0.0; 70], &mut [0.0]).unwrap_err();
        assert_eq!(found, [alone.clone(), Err(expected), alone.clone()]);
    }
    assert!(predictor.answers(Rows::new(&[], 2).unwrap(), Some(0.9)).unwrap().is_empty());
}

#[test]
fn a_selection_is_the_core_s_where_the_order_says_nothing() {
    assert_eq!(smallest(&mut [3.0, 1.0, 2.0], 2), 2.0);
    assert!(
        smallest(&mut [1.0, 0.0, -0.0f64], 1).is_sign_positive() && smallest(&mut [1.0, -0.0, 0.0], 1) == 0.0
    );
    assert!(smallest(&mut [-0.0f64, 1.0, 0.0], 1).is_sign_negative());
    assert_eq!(smallest(&mut [2.0, f64::NAN, 1.0], 1), 1.0);
    assert!(smallest::<f64>(&mut [], 1).is_nan() && smallest(&mut [1.0f64], 0).is_nan());
}
