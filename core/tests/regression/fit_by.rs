//! Fits and searches whose matrix and factor come from outside.

use ntk_core::cholesky::{self, Factor};
use ntk_core::kernel::gram;
use ntk_core::regression::{Algebra, Criterion, Fixed, Flat, PerSample, Variances};
use ntk_core::vector::dot;
use ntk_core::{Architecture, Error, Ntk, Quantity, Regression, Relu, Rows};

const X: [[f64; 2]; 4] = [[1.0, 0.2], [0.3, -0.9], [-0.8, 0.5], [0.1, 0.4]];
const Y: [[f64; 2]; 4] = [[0.5, 1.0], [-0.3, 0.0], [1.0, -2.0], [0.25, 0.5]];
const NOISE: [f64; 4] = [0.0, 0.2, 0.0, 0.1];
const CRITERIA: [Criterion; 3] =
    [Criterion::LeaveOneOut, Criterion::LeaveOneOutDensity, Criterion::MarginalLikelihood];

type Kernel = Ntk<Relu, Architecture<f64>>;
type Model = Regression<Kernel, Fixed<f64, 2, 4, [f64; 2], PerSample>>;

fn empty() -> Model {
    Regression::new(Ntk::with(Relu, Architecture::ONE_LAYER), Fixed::new())
}

/// The textbook's, with what a test wants to go wrong.
#[derive(Default)]
struct Plain {
    /// Of K.
    not_finite: Option<[usize; 2]>,
    /// In the place of the last reciprocal.
    reciprocal: Option<f64>,
    refuses_precisions: bool,
}

impl Algebra<f64, Kernel> for Plain {
    fn fill(&mut self, kernel: &Kernel, x: Rows<'_, f64>, k: &mut [f64], stride: usize) -> Result<(), Error> {
        let mut square = [0.0; 16];
        gram(kernel, x, &mut square)?;
        for (row, values) in k.chunks_mut(stride).zip(square.chunks(4)) {
            row[..4].copy_from_slice(values);
        }
        if let Some([row, column]) = self.not_finite {
            k[row * stride + column] = f64::NAN;
        }
        Ok(())
    }

    fn factor(&mut self, k: &mut [f64], stride: usize, ridge: f64, r: &mut [f64]) -> Result<(), Error> {
        cholesky::factor(k, stride, ridge, r)?;
        r[3] = self.reciprocal.unwrap_or(r[3]);
        Ok(())
    }

    fn precisions(&mut self, factor: Factor<'_, f64>, precisions: &mut [f64]) -> Result<(), Error> {
        if self.refuses_precisions {
            return Err(Error::NotFitted);
        }
        for (i, precision) in precisions.iter_mut().enumerate() {
            let mut column = [0.0; 4];
            column[i] = 1.0;
            factor.forward(&mut column)?;
            *precision = dot(&column, &column);
        }
        Ok(())
    }
}

fn assert_same(found: &Model, expected: &Model) {
    assert_eq!((found.len(), found.ridge()), (4, expected.ridge()));
    assert_eq!(found.kernel().layers(), expected.kernel().layers());
    assert_eq!(found.factor(), expected.factor());
    for output in 0..2 {
        assert_eq!(found.coefficients(output), expected.coefficients(output));
        assert_eq!(found.labels(output), expected.labels(output));
        assert_eq!(found.amplitude(output), expected.amplitude(output));
    }
    assert_eq!(found.predict(&[0.4, 0.4]), expected.predict(&[0.4, 0.4]));
}

#[test]
fn a_fit_is_that_of_the_core_to_the_bit() {
    for ridge in [0.0, 0.1] {
        for amplitude in [None, Some(0.3)] {
            for noise in [None, Some(NOISE)] {
                let (mut found, mut expected) = (empty(), empty());
                found.set_amplitude(amplitude).unwrap();
                expected.set_amplitude(amplitude).unwrap();
                match noise {
                    None => {
                        found.fit_empty_by(&X, &Y, ridge, &mut Plain::default()).unwrap();
                        expected.fit(&X, &Y, ridge).unwrap();
                    }
                    Some(noise) => {
                        let plain = &mut Plain::default();
                        found.fit_empty_with_noise_by(&X, &Y, &noise, ridge, plain).unwrap();
                        expected.fit_with_noise(&X, &Y, &noise, ridge).unwrap();
                    }
                }
                assert_same(&found, &expected);
            }
        }
    }
}

#[test]
fn a_search_is_that_of_the_core_to_the_bit() {
    let plain = &mut Plain::default();
    for criterion in CRITERIA {
        for noise in [[0.0; 4], NOISE] {
            let start = || {
                let mut model = empty();
                model.fit_with_noise(&X, &Y, &noise, 1.0).unwrap();
                model
            };
            let (mut found, mut expected) = (start(), start());
            assert_eq!(found.criterion_by(criterion, plain), expected.criterion(criterion));
            assert_eq!(found.tune_ridge_by(criterion, plain), expected.tune_ridge(criterion));
            assert_same(&found, &expected);
            for which in [Variances::Bias, Variances::Weight, Variances::Both] {
                let result = found.tune_variances_by(criterion, which, plain);
                assert_eq!(result, expected.tune_variances(criterion, which));
                assert_same(&found, &expected);
            }
            let (mut found, mut expected) = (start(), empty());
            let result = found.tune_grid_by(criterion, plain);
            assert_eq!(result, expected.fit_tuned_with_noise(&X, &Y, &noise, criterion));
            assert_same(&found, &expected);
        }
    }
}

/// Twins have no factor without a ridge: the rungs are those of the core.
#[test]
fn a_fit_with_jitter_is_that_of_the_core_to_the_bit() {
    for x in [X, [X[0], X[1], X[0], X[2]]] {
        let (mut found, mut expected) = (empty(), empty());
        let result = found.fit_empty_with_jitter_by(&x, &Y, 0.0, 9, &mut Plain::default());
        assert_eq!(result, expected.fit_with_jitter(&x, &Y, 0.0, 9));
        assert_same(&found, &expected);
    }
}

/// The rows of the room may be further apart than there are samples.
#[test]
fn fewer_samples_than_there_is_room_for() {
    let mut memory = [0.0; Flat::<f64>::len(2, 6, 2)];
    let kernel = Ntk::with(Relu, Architecture::ONE_LAYER);
    let mut found = Regression::new(kernel, Flat::new(2, 6, 2, memory.as_mut_slice()).unwrap());
    found.fit_empty_by(&X, &Y, 0.1, &mut Plain::default()).unwrap();
    found.tune_ridge_by(Criterion::LeaveOneOut, &mut Plain::default()).unwrap();
    let mut expected = empty();
    expected.fit(&X, &Y, 0.1).unwrap();
    expected.tune_ridge(Criterion::LeaveOneOut).unwrap();
    assert_eq!(found.coefficients(1), expected.coefficients(1));
}

#[test]
fn what_is_no_matrix_and_no_factor_is_refused_and_the_model_is_empty() {
    let mut model = empty();
    let not_finite = Error::NotFinite { what: Quantity::KernelMatrix, row: 2, column: 1 };
    let wrong = || Plain { not_finite: Some([2, 1]), ..Plain::default() };
    assert_eq!(model.fit_empty_by(&X, &Y, 0.1, &mut wrong()), Err(not_finite));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let plain = &mut Plain { reciprocal: Some(bad), ..Plain::default() };
        let no_factor = Error::NotFinite { what: Quantity::Factor, row: 3, column: 3 };
        assert_eq!(model.fit_empty_by(&X, &Y, 0.1, plain), Err(no_factor));
    }
    let twins = [X[0], X[1], X[0], X[2]];
    let mut other = empty();
    for ridge in [0.0, 1e-300, -1.0, f64::NAN] {
        let refused = model.fit_empty_by(&twins, &Y, ridge, &mut Plain::default());
        assert!(refused.is_err() && refused == other.fit(&twins, &Y, ridge), "{ridge}");
        assert!(model.is_empty());
    }
    assert_eq!(model.tune_ridge_by(Criterion::LeaveOneOut, &mut wrong()), Err(Error::NotFitted));
    assert_eq!(model.criterion_by(Criterion::LeaveOneOut, &mut wrong()), Err(Error::NotFitted));
    let mut fitted = || {
        model.clear();
        model.fit_empty_by(&X, &Y, 0.1, &mut Plain::default()).unwrap();
        let before = model.predict(&[0.4, 0.4]);
        assert_eq!(model.fit_empty_by(&X, &Y, 0.2, &mut wrong()), Err(Error::AlreadyFitted));
        assert_eq!((model.ridge(), model.predict(&[0.4, 0.4])), (0.1, before));
        model.clone()
    };
    let mut model = fitted();
    assert_eq!(model.tune_ridge_by(Criterion::LeaveOneOut, &mut wrong()), Err(not_finite));
    assert!(model.is_empty());
    let mut model = fitted();
    assert_eq!(model.tune_grid_by(Criterion::LeaveOneOut, &mut wrong()), Err(not_finite));
    assert!(model.is_empty());
    let mut model = fitted();
    let refuses = &mut Plain { refuses_precisions: true, ..Plain::default() };
    let refused = model.tune_variances_by(Criterion::LeaveOneOut, Variances::Both, refuses);
    assert_eq!(refused, Err(Error::NotFitted));
    assert!(model.is_empty());
}
