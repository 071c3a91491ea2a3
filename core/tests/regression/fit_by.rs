//! A fit whose matrix and factor come from outside.

use ntk_core::kernel::gram;
use ntk_core::regression::{Fixed, Flat};
use ntk_core::{Error, Ntk, Quantity, Regression, Relu, Rows, cholesky};

const X: [[f64; 2]; 4] = [[1.0, 0.2], [0.3, -0.9], [-0.8, 0.5], [0.1, 0.4]];
const Y: [[f64; 2]; 4] = [[0.5, 1.0], [-0.3, 0.0], [1.0, -2.0], [0.25, 0.5]];
type Model = Regression<Ntk<Relu>, Fixed<f64, 2, 4, [f64; 2]>>;

fn empty() -> Model {
    Regression::new(Ntk::new(Relu), Fixed::new())
}

fn fill(kernel: &Ntk<Relu>, x: Rows<'_, f64>, matrix: &mut [f64], _: usize) -> Result<(), Error> {
    gram(kernel, x, matrix)
}

#[test]
fn it_is_the_fit_to_the_bit() {
    for ridge in [0.0, 0.1] {
        for amplitude in [None, Some(0.3)] {
            let (mut found, mut expected) = (empty(), empty());
            found.set_amplitude(amplitude).unwrap();
            expected.set_amplitude(amplitude).unwrap();
            found.fit_empty_by(&X, &Y, ridge, fill, cholesky::factor).unwrap();
            expected.fit(&X, &Y, ridge).unwrap();
            assert_eq!((found.len(), found.ridge()), (4, ridge));
            assert_eq!(found.factor(), expected.factor());
            for output in 0..2 {
                assert_eq!(found.coefficients(output), expected.coefficients(output));
                assert_eq!(found.labels(output), expected.labels(output));
                assert_eq!(found.amplitude(output), expected.amplitude(output));
            }
            assert_eq!(found.predict(&[0.4, 0.4]), expected.predict(&[0.4, 0.4]));
        }
    }
}

/// The rows of the room may be further apart than there are samples.
#[test]
fn fewer_samples_than_there_is_room_for() {
    let mut memory = [0.0; Flat::<f64>::len(2, 6, 2)];
    let mut found = Regression::new(Ntk::new(Relu), Flat::new(2, 6, 2, memory.as_mut_slice()).unwrap());
    let wide = |kernel: &Ntk<Relu>, x: Rows<'_, f64>, matrix: &mut [f64], stride: usize| {
        assert_eq!(stride, 6);
        let mut square = [0.0; 16];
        gram(kernel, x, &mut square)?;
        for (row, values) in matrix.chunks_mut(stride).zip(square.chunks(4)) {
            row[..4].copy_from_slice(values);
        }
        Ok(())
    };
    found.fit_empty_by(&X, &Y, 0.1, wide, cholesky::factor).unwrap();
    let mut expected = empty();
    expected.fit(&X, &Y, 0.1).unwrap();
    assert_eq!(found.coefficients(1), expected.coefficients(1));
}

#[test]
fn what_is_no_matrix_and_no_factor_is_refused_and_the_model_stays_empty() {
    let mut model = empty();
    let not_finite = |kernel: &Ntk<Relu>, x: Rows<'_, f64>, matrix: &mut [f64], stride: usize| {
        gram(kernel, x, matrix)?;
        matrix[2 * stride + 1] = f64::NAN;
        Ok(())
    };
    let refused = model.fit_empty_by(&X, &Y, 0.1, not_finite, cholesky::factor);
    assert_eq!(refused, Err(Error::NotFinite { what: Quantity::KernelMatrix, row: 2, column: 1 }));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let factor = |matrix: &mut [f64], stride: usize, ridge: f64, reciprocals: &mut [f64]| {
            cholesky::factor(matrix, stride, ridge, reciprocals)?;
            reciprocals[3] = bad;
            Ok(())
        };
        let refused = model.fit_empty_by(&X, &Y, 0.1, fill, factor);
        assert_eq!(refused, Err(Error::NotFinite { what: Quantity::Factor, row: 3, column: 3 }));
    }
    let twins = [X[0], X[1], X[0], X[2]];
    let mut other = empty();
    for ridge in [0.0, 1e-300, -1.0, f64::NAN] {
        let refused = model.fit_empty_by(&twins, &Y, ridge, fill, cholesky::factor);
        assert!(refused.is_err() && refused == other.fit(&twins, &Y, ridge), "{ridge}");
        assert!(model.is_empty());
    }
    model.fit_empty_by(&X, &Y, 0.1, fill, cholesky::factor).unwrap();
    let before = model.predict(&[0.4, 0.4]);
    assert_eq!(model.fit_empty_by(&X, &Y, 0.2, fill, cholesky::factor), Err(Error::AlreadyFitted));
    assert_eq!((model.ridge(), model.predict(&[0.4, 0.4])), (0.1, before));
}
