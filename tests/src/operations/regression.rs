use ntk_core::dynamics::Training;
use ntk_core::kernel::gram;
use ntk_core::regression::bytes::{Contents, FileError, Flash};
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::{Cholesky, Dataset, Dynamics, Ntk, Regression, Relu, Rows, Scalar, largest_eigenvalue};

use crate::close::{close, rounded};
use crate::reference::{REGRESSION, RELU_CIRCLE_10};

type Model<T, const N: usize> = Regression<Ntk<Relu>, Fixed<T, 2, N>>;

/// A model without samples and with amplitude 1: deviations in units of the kernel, as the reference values
/// are.
fn empty<T: Scalar, const N: usize>() -> Model<T, N> {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::new());
    model.set_amplitude(Some(T::ONE)).unwrap();
    model
}

/// A small system with a known solution.
///
/// # Panics
/// If a value is too far from its reference.
pub fn cholesky<T: Scalar>() {
    let k = [[4.0, 2.0, 0.5], [2.0, 5.0, 1.0], [0.5, 1.0, 3.0]];
    let mut cholesky = Cholesky::<T, 4>::new();
    cholesky.factor(3, T::from_f64(0.25), |i, j| T::from_f64(k[i][j])).unwrap();
    // (K + 1/4) (1, -2, 4), exactly.
    let given = [2.25, -4.5, 11.5].map(T::from_f64);
    let mut b = given;
    cholesky.view().solve(&mut b).unwrap();
    b.iter().zip([1.0, -2.0, 4.0]).for_each(|(&b, x)| close(b, x, 4.0, 8.0));
    assert!(cholesky.view().original(0, 2) == Some(T::HALF));
    let mut at_once = given;
    cholesky.factor_and_solve(T::from_f64(0.25), |i, j| T::from_f64(k[i][j]), &mut at_once).unwrap();
    assert!(at_once == b && cholesky.view().len() == 3);
}

/// Fit, mean, error bar, leave-one-out, likelihood and the largest eigenvalue on 15 samples.
///
/// The condition number is about 2,000, and errors of rounding grow by it.
///
/// # Panics
/// If a value is too far from its reference.
pub fn regression<T: Scalar>() {
    let (x, y) = (rounded::<T, 30>(RELU_CIRCLE_10.x), rounded::<T, 15>(RELU_CIRCLE_10.y));
    let data = Dataset::new(Rows::new(&x, 2).unwrap(), Rows::new(&y, 1).unwrap()).unwrap();
    let mut model = empty::<T, 15>();
    model.fit(data.x(), data.y(), T::from_f64(REGRESSION.ridge)).unwrap();
    let expected = REGRESSION.means.iter().zip(REGRESSION.deviations);
    for (query, (&mean, &deviation)) in REGRESSION.queries.chunks_exact(2).zip(expected) {
        let query = rounded::<T, 2>(query);
        let prediction = model.predict(&query).unwrap();
        assert!(model.mean(&query).unwrap() == prediction.mean);
        close(prediction.mean, mean, 1.0, 2000.0);
        close(prediction.deviation, deviation, 1.0, 2000.0);
    }
    let expected = REGRESSION.left_out.iter().zip(REGRESSION.left_out_deviations);
    for (i, (&mean, &deviation)) in expected.enumerate() {
        let left_out = model.leave_one_out(i).unwrap();
        close(left_out.mean, mean, 1.0, 2000.0);
        close(left_out.deviation, deviation, 1.0, 2000.0);
    }
    let likelihood = model.log_marginal_likelihood(0).unwrap();
    close(likelihood, REGRESSION.log_marginal_likelihood, REGRESSION.log_marginal_likelihood.abs(), 2000.0);
    amplitude(model);
    let (mut matrix, mut work) = ([T::ZERO; 225], [T::ZERO; 30]);
    gram(&Ntk::new(Relu), data.x(), &mut matrix).unwrap();
    let largest = largest_eigenvalue(&matrix, 15, &mut work).unwrap();
    close(largest, REGRESSION.largest_eigenvalue, REGRESSION.largest_eigenvalue, 64.0);
}

/// The amplitude of largest likelihood is s^2 = y^T (K + ridge I)^-1 y / n; it multiplies all deviations.
fn amplitude<T: Scalar>(mut model: Model<T, 15>) {
    let query = rounded::<T, 2>(&REGRESSION.queries[..2]);
    let (kernel, of_one) = (model.predict(&query).unwrap(), model.log_marginal_likelihood(0).unwrap());
    model.set_amplitude(None).unwrap();
    let (s, labels) = (model.amplitude(0).unwrap(), model.predict(&query).unwrap());
    assert!(labels.mean == kernel.mean && labels.deviation == kernel.deviation * s);
    // ln p of amplitude 1 less that of s, from the two likelihoods and from s itself.
    let (square, most) = ((s * s).to_f64(), model.log_marginal_likelihood(0).unwrap());
    let gained = 7.5 * (square - 1.0 - Scalar::ln(square));
    assert!(gained >= 0.0);
    close(most, of_one.to_f64() + gained, most.to_f64().abs() + gained, 2000.0);
}

/// Eight samples, one by one: the bits of a fit. One of them out and in again: its answers. Trained to the
/// end: the same.
///
/// # Panics
/// If an answer is another one.
pub fn growing<T: Scalar>() {
    let (x, y) = (rounded::<T, 16>(&RELU_CIRCLE_10.x[..16]), rounded::<T, 8>(&RELU_CIRCLE_10.y[..8]));
    let (x, y) = (x.as_chunks::<2>().0, y.as_chunks::<1>().0);
    let query = rounded::<T, 2>(&REGRESSION.queries[..2]);
    let mut fitted = empty::<T, 8>();
    fitted.fit(x, y, T::from_f64(REGRESSION.ridge)).unwrap();
    let expected = fitted.predict(&query).unwrap();

    let mut grown = empty::<T, 8>();
    grown.set_ridge(T::from_f64(REGRESSION.ridge)).unwrap();
    for (x, y) in x.iter().zip(y) {
        assert_eq!(grown.push(x, y[0], WhenFull::Refuse), Ok(None));
    }
    assert!(grown.predict(&query) == Ok(expected));
    grown.remove(3).unwrap();
    assert_eq!(grown.push(&x[3], y[3][0], WhenFull::DropOldest), Ok(None));
    let again = grown.predict(&query).unwrap();
    close(again.mean, expected.mean.to_f64(), 1.0, 2000.0);
    close(again.deviation, expected.deviation.to_f64(), 1.0, 2000.0);
    assert_eq!(grown.push(&x[3], y[3][0], WhenFull::DropOldest), Ok(Some(0)));

    fitted.fit(x, y, T::ZERO).unwrap();
    let mut network = Dynamics::<T, _, 2, 8>::new(Ntk::new(Relu));
    network.fit(&Dataset::new(x, y).unwrap()).unwrap();
    let [start] = network.mean(&query, Training::Flow(T::ZERO)).unwrap();
    let [end] = network.mean(&query, Training::Flow(T::from_f64(1e9))).unwrap();
    assert!(start == T::ZERO);
    close(end, fitted.mean(&query).unwrap().to_f64(), 1.0, 20_000.0);
}

/// A model in a file predicts where it lies, at any address, and after loading; a file with a changed bit
/// does not.
///
/// # Panics
/// If an answer has other bits, or the change is not found.
pub fn stored<T: Scalar>() {
    let (x, y) = (rounded::<T, 16>(&RELU_CIRCLE_10.x[..16]), rounded::<T, 8>(&RELU_CIRCLE_10.y[..8]));
    let (x, y) = (x.as_chunks::<2>().0, y.as_chunks::<1>().0);
    let query = rounded::<T, 2>(&REGRESSION.queries[..2]);
    let mut model: Model<T, 8> = Regression::new(Ntk::new(Relu), Fixed::new());
    model.fit(x, y, T::from_f64(REGRESSION.ridge)).unwrap();
    let expected = model.predict(&query).unwrap();
    let mut flash = [0; 28 + 8 * (4 + 1 + 8 * 6 + 36) + 1];
    for start in [0, 1] {
        let length = model.write(Contents::Everything, &mut flash[start..]).unwrap();
        let file = &flash[start..start + length];
        let stored = Regression::<Ntk<Relu>, Flash<'_, T, 2, 8>>::open(file).unwrap();
        assert!(stored.mean(&query) == Ok(expected.mean) && stored.predict(&query) == Ok(expected));
        let (own, found) = (model.intervals().unwrap(), stored.intervals().unwrap());
        assert!(own.at(&query, T::HALF) == found.at(&query, T::HALF));
        let mut loaded = empty::<T, 8>();
        loaded.load(file).unwrap();
        assert!(loaded.predict(&query) == Ok(expected) && loaded.drift() == model.drift());
        flash[start + length / 2] ^= 4;
        let file = &flash[start..start + length];
        assert!(matches!(loaded.load(file), Err(FileError::Checksum { .. })));
        assert!(loaded.predict(&query) == Ok(expected));
    }
}
