//! Kernel regression among hostile data: what is refused for its arguments writes nothing at all, and no answer is false certainty.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::cholesky::Factor;
use ntk_core::regression::{Fitted, Labels, Memory, fit};
use ntk_core::{Dataset, EmpiricalNtk, Error, Regression, ReluNtk, Rows, Tanh};
use support::{network, rng};

const X: [[f64; 2]; 3] = [[1.0, 0.2], [0.3, -0.9], [-0.8, 0.5]];
const Y: [[f64; 1]; 3] = [[0.5], [-0.3], [1.0]];
const QUERY: [f64; 2] = [0.4, 0.4];
const BAD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

fn fitted() -> Regression<f64, ReluNtk, 2, 3> {
    let mut model = Regression::new(ReluNtk);
    model.fit(&Dataset::new(&X, &Y).unwrap(), 0.1, Labels::AsGiven).unwrap();
    model
}

#[track_caller]
fn refuses_index<V>(result: Result<V, Error>) {
    assert!(matches!(result, Err(Error::NoSuch { .. })), "{:?}", result.err());
}

#[track_caller]
fn refuses_shape<V>(result: Result<V, Error>) {
    assert!(matches!(result, Err(Error::Shape { .. })), "{:?}", result.err());
}

#[test]
fn a_refused_fit_leaves_the_model_as_it_was() {
    let (mut model, before) = (fitted(), fitted());
    let data = Dataset::new(&X, &Y).unwrap();
    for ridge in [-1e-300, f64::NAN, f64::INFINITY] {
        let refused = model.fit(&data, ridge, Labels::AsGiven);
        assert!(matches!(refused, Err(Error::OutOfRange { what: "ridge", .. })));
    }
    let four = [X[0], X[1], X[2], [2.0, 2.0]];
    let refused = model.fit(&Dataset::new(&four, &[[0.0]; 4]).unwrap(), 0.1, Labels::AsGiven);
    assert_eq!(refused, Err(Error::Capacity { capacity: 3, found: 4 }));
    refuses_shape(model.fit(&Dataset::new(&Y, &Y).unwrap(), 0.1, Labels::AsGiven));
    refuses_shape(model.fit(&Dataset::new(&X, &X).unwrap(), 0.1, Labels::AsGiven));
    refuses_shape(model.fit(&data, 0.1, Labels::Corrected(Rows::from(&Y[..2]))));
    refuses_shape(model.fit(&data, 0.1, Labels::Corrected(Rows::from(&X))));
    for bad in BAD {
        let refused = model.fit(&data, 0.1, Labels::Corrected(Rows::from(&[[0.0], [bad], [0.0]])));
        assert_eq!(refused, Err(Error::NotFinite { what: "initial outputs", row: 1, column: 0 }));
    }
    assert_eq!(format!("{model:?}"), format!("{before:?}")); // every field
    assert_eq!(model.predict(&QUERY), before.predict(&QUERY));
}

#[test]
fn questions_that_have_no_answer() {
    let model = fitted();
    for bad in BAD {
        assert_eq!(model.mean(&[bad, 0.0]), Err(Error::NotFinite { what: "x", row: 0, column: 0 }));
        assert_eq!(model.predict(&[0.0, bad]), Err(Error::NotFinite { what: "x", row: 0, column: 1 }));
    }
    refuses_index(model.leave_one_out(3, 0));
    refuses_index(model.leave_one_out(usize::MAX, 0));
    refuses_index(model.leave_one_out(0, 1));
    refuses_index(model.log_marginal_likelihood(1));
    refuses_index(model.log_marginal_likelihood(usize::MAX));
}

#[test]
fn leaving_one_out_of_an_output_far_out_of_range() {
    refuses_index(fitted().leave_one_out(0, usize::MAX));
}

#[test]
fn a_kernel_of_another_dimension() {
    let of_three_inputs = network(Tanh, (3, 5, 1), &mut rng(1));
    let mut model = Regression::<f64, _, 2, 3>::new(EmpiricalNtk::new(&of_three_inputs, 0).unwrap());
    let failed = model.fit(&Dataset::new(&X, &Y).unwrap(), 0.1, Labels::AsGiven);
    assert_eq!(failed, Err(Error::NotFinite { what: "kernel matrix", row: 0, column: 0 }));
}

/// A finite query whose squared length overflows: whatever the answer, it is not certainty.
#[test]
fn a_query_beyond_the_range_of_numbers() {
    if let Ok(prediction) = fitted().predict(&[1e200, 1e200]) {
        assert!(prediction.deviation != 0.0, "{prediction:?}");
    }
}

/// Coefficients that overflow are a failure of the fit, not a model that predicts NaN.
#[test]
fn labels_beyond_the_range_of_numbers() {
    let near = X.map(|x| x.map(|v| 1e-3 * v));
    let large = [[1e308], [-1e308], [1e308]];
    let mut model = Regression::<f64, _, 2, 3>::new(ReluNtk);
    if model.fit(&Dataset::new(&near, &large).unwrap(), 0.0, Labels::AsGiven).is_ok() {
        let mean = model.mean(&QUERY).unwrap();
        assert!(mean[0].is_finite(), "{mean:?}");
    }
}

/// Each part of the lent memory one number short, and the matrix with rows too near to each other.
#[test]
fn lent_memory_of_the_wrong_size() {
    let data = Dataset::new(&X, &Y).unwrap();
    for short in 0..8 {
        let len = |part: usize, needed: usize| if part == short { needed - 1 } else { needed };
        let (mut x, mut matrix) = (vec![7.0; len(0, 6)], vec![7.0; len(1, 9)]);
        let (mut lengths, mut inverse) = (vec![[7.0; 2]; len(2, 3)], vec![7.0; len(3, 3)]);
        let (mut labels, mut coefficients) = (vec![7.0; len(4, 3)], vec![7.0; len(5, 3)]);
        let memory = Memory {
            x: &mut x,
            lengths: &mut lengths,
            matrix: &mut matrix,
            stride: if short == 7 { usize::MAX } else { len(6, 3) },
            inverse: &mut inverse,
            labels: &mut labels,
            coefficients: &mut coefficients,
        };
        refuses_shape(fit(&ReluNtk, &data, 0.1, Labels::AsGiven, memory));
        let numbers = [&x, &matrix, &inverse, &labels, &coefficients].into_iter().flatten();
        assert!(numbers.chain(lengths.as_flattened()).all(|&v| v == 7.0));
    }
}

#[test]
fn parts_that_do_not_belong_together() {
    let (matrix, inverse) = ([1.0; 9], [1.0; 3]);
    let factor = |n: usize| Factor::new(&matrix, 3, &inverse[..n]).unwrap();
    let x = |n: usize| Rows::from(&X[..n]);
    let (lengths, numbers) = ([[1.0; 2]; 3], [1.0; 4]);
    let new = |rows, lengths, factor, labels, coefficients| {
        Fitted::new(&ReluNtk, rows, lengths, factor, 0.1, labels, coefficients)
    };
    assert!(matches!(new(x(0), &lengths[..0], factor(0), &[], &[]), Err(Error::NotFitted)));
    refuses_shape(new(x(3), &lengths[..2], factor(3), &numbers[..3], &numbers[..3]));
    refuses_shape(new(x(3), &lengths, factor(2), &numbers[..3], &numbers[..3]));
    refuses_shape(new(x(3), &lengths, factor(3), &numbers[..2], &numbers[..3]));
    refuses_shape(new(x(3), &lengths, factor(3), &numbers, &numbers));
    let fitted = new(x(3), &lengths, factor(3), &numbers[..3], &numbers[..3]).unwrap();
    let (mut work, mut mean) = ([0.0; 4], [0.0; 2]);
    refuses_shape(fitted.mean(&QUERY[..1], &mut work[..3], &mut mean[..1]));
    refuses_shape(fitted.mean(&QUERY, &mut work, &mut mean[..1]));
    refuses_shape(fitted.mean(&QUERY, &mut work[..3], &mut mean));
    refuses_shape(fitted.predict(&QUERY, &mut work[..2], &mut mean[..1]));
    refuses_shape(fitted.leave_one_out(0, 0, &mut work));
}
