//! Kernel regression among hostile data: what is refused for its arguments writes nothing at all, and no
//! answer is false certainty.

use crate::support::{network, rng};
use ntk_core::regression::{Fixed, Flat, WhenFull};
use ntk_core::{Dataset, EmpiricalNtk, Error, Nngp, Ntk, Quantity, Regression, Relu, Setting, Tanh};

const X: [[f64; 2]; 3] = [[1.0, 0.2], [0.3, -0.9], [-0.8, 0.5]];
const Y: [[f64; 1]; 3] = [[0.5], [-0.3], [1.0]];
const QUERY: [f64; 2] = [0.4, 0.4];
const BAD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

fn fitted() -> Regression<Ntk<Relu>, Fixed<f64, 2, 3>> {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::new());
    model.fit(&X, &Y, 0.1).unwrap();
    model
}

#[track_caller]
fn refuses_index<V>(result: Result<V, Error>) {
    assert!(matches!(result, Err(Error::OutOfBounds { .. })), "{:?}", result.err());
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
        let refused = model.fit(data.x(), data.y(), ridge);
        assert!(matches!(refused, Err(Error::OutOfRange(Setting::Ridge))));
    }
    let four = [X[0], X[1], X[2], [2.0, 2.0]];
    let refused = model.fit(&four, &[[0.0]; 4], 0.1);
    assert_eq!(refused, Err(Error::Capacity { capacity: 3, found: 4 }));
    refuses_shape(model.fit(&Y, &Y, 0.1));
    refuses_shape(model.fit(&X, &X, 0.1));
    assert_eq!(format!("{model:?}"), format!("{before:?}")); // every field
    assert_eq!(model.predict(&QUERY), before.predict(&QUERY));
}

#[test]
fn questions_that_have_no_answer() {
    let model = fitted();
    for bad in BAD {
        assert_eq!(model.mean(&[bad, 0.0]), Err(Error::NotFinite { what: Quantity::X, row: 0, column: 0 }));
        assert_eq!(
            model.predict(&[0.0, bad]),
            Err(Error::NotFinite { what: Quantity::X, row: 0, column: 1 })
        );
    }
    refuses_index(model.leave_one_out(3));
    refuses_index(model.leave_one_out(usize::MAX));
    refuses_index(model.log_marginal_likelihood(1));
    refuses_index(model.amplitude(1));
    refuses_index(model.mean_gradient(&QUERY, usize::MAX));
    refuses_index(model.novelty_of(3));
    refuses_index(model.log_marginal_likelihood(usize::MAX));
}

#[test]
fn a_kernel_of_another_dimension() {
    let of_three_inputs = network(Tanh, (3, 5, 1), &mut rng(1));
    let mut model =
        Regression::new(EmpiricalNtk::new(&of_three_inputs, 0).unwrap(), Fixed::<f64, 2, 3>::new());
    let failed = model.fit(&X, &Y, 0.1);
    assert_eq!(failed, Err(Error::NotFinite { what: Quantity::KernelMatrix, row: 0, column: 0 }));
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
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, 3>::new());
    if model.fit(&near, &large, 0.0).is_ok() {
        let mean = model.mean(&QUERY).unwrap();
        assert!(mean.is_finite(), "{mean:?}");
    }
}

/// The lent memory one number short or too long, and shapes of nothing.
#[test]
fn lent_memory_of_the_wrong_size() {
    let right = Flat::<f64>::len(2, 3, 1);
    assert_eq!(right, 3 * (2 + 3 + 3 + 7) + 1);
    for wrong in [0, right - 1, right + 1] {
        let mut memory = vec![7.0; wrong];
        refuses_shape(Flat::new(2, 3, 1, &mut memory));
        assert!(memory.iter().all(|&v| v == 7.0));
    }
    for [d, n, c] in [[0, 3, 1], [2, 0, 1], [2, 3, 0]] {
        let mut memory = vec![7.0; Flat::<f64>::len(d, n, c)];
        refuses_shape(Flat::new(d, n, c, &mut memory));
    }
    assert_eq!(Flat::<f64>::len(usize::MAX, 2, 1), usize::MAX);
    refuses_shape(Flat::new(usize::MAX, 2, 1, [0.0f64; 3].as_slice()));
}

/// Every question to a model whose shape is known at run time only, with each lent slice one number short or
/// too long.
#[test]
fn questions_with_lent_memory_of_the_wrong_size() {
    let mut memory = vec![f64::NAN; Flat::<f64>::len(2, 3, 1)]; // whatever was there
    let mut model = Regression::new(Ntk::new(Relu), Flat::new(2, 3, 1, &mut memory).unwrap());
    assert_eq!(model.mean_into(&QUERY, &mut [], &mut [0.0]), Err(Error::NotFitted));
    refuses_shape(model.fit(&Y, &Y, 0.1));
    refuses_shape(model.fit(&X, &X, 0.1));
    refuses_shape(model.push(&QUERY[..1], &[0.0], WhenFull::Refuse));
    refuses_shape(model.push(&QUERY, &[0.0, 1.0], WhenFull::Refuse));
    assert!(model.is_empty());
    model.fit(&X, &Y, 0.1).unwrap();
    let (mut work, mut mean) = ([0.0; 9], [0.0; 2]);
    for wrong in [2, 4] {
        refuses_shape(model.mean_into(&QUERY, &mut work[..wrong], &mut mean[..1]));
        refuses_shape(model.predict_into(&QUERY, &mut work[..wrong], &mut mean[..1]));
        refuses_shape(model.leave_one_out_into(0, &mut work[..wrong], &mut mean[..1]));
        refuses_shape(model.novelty_of_into(0, &mut work[..wrong]));
        refuses_shape(model.ensemble_deviation_into(&Nngp::new(Relu), &QUERY, &mut work[..wrong]));
        refuses_shape(model.intervals_into(&mut work[..wrong]));
    }
    for wrong in [0, 2] {
        refuses_shape(model.mean_into(&QUERY, &mut work[..3], &mut mean[..wrong]));
        refuses_shape(model.predict_into(&QUERY, &mut work[..3], &mut mean[..wrong]));
        refuses_shape(model.leave_one_out_into(0, &mut work[..3], &mut mean[..wrong]));
    }
    for wrong in [&QUERY[..1], &[0.1, 0.2, 0.3]] {
        refuses_shape(model.mean_into(wrong, &mut work[..3], &mut mean[..1]));
        refuses_shape(model.predict_into(wrong, &mut work[..3], &mut mean[..1]));
        refuses_shape(model.mean_gradient_into(wrong, 0, &mut work[..2]));
        refuses_shape(model.ensemble_deviation_into(&Nngp::new(Relu), wrong, &mut work[..3]));
    }
    refuses_shape(model.mean_gradient_into(&QUERY, 0, &mut work[..3]));
    refuses_index(model.mean_gradient_into(&QUERY, 1, &mut work[..2]));
    let mut variances = [0.0; 3];
    let intervals = model.intervals_into(&mut variances).unwrap();
    let (mut low, mut high) = ([0.0; 2], [0.0; 2]);
    refuses_shape(intervals.at_into(&QUERY, 0.5, &mut work[..8], &mut low[..1], &mut high[..1]));
    refuses_shape(intervals.at_into(&QUERY, 0.5, &mut work, &mut low, &mut high[..1]));
    refuses_shape(intervals.at_into(&QUERY, 0.5, &mut work, &mut low[..1], &mut high));
    refuses_shape(intervals.at_into(&QUERY[..1], 0.5, &mut work, &mut low[..1], &mut high[..1]));
    refuses_shape(intervals.p_value_into(&QUERY, &[0.0, 1.0], &mut work[..3], &mut low[..1]));
    refuses_shape(intervals.p_value_into(&QUERY, &[0.0], &mut work[..3], &mut low));
    refuses_shape(intervals.p_value_into(&QUERY, &[0.0], &mut work[..4], &mut low[..1]));
    refuses_shape(intervals.p_value_into(&QUERY[..1], &[0.0], &mut work[..3], &mut low[..1]));
    assert_eq!(intervals.at_into(&QUERY, 0.5, &mut work, &mut low[..1], &mut high[..1]), Ok(()));
}
