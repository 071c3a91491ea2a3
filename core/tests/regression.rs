//! Cholesky and kernel regression against the inverse matrix, against refits, and lent memory against fixed arrays.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::cholesky::{Factor, factor};
use ntk_core::kernel::Kernel;
use ntk_core::regression::{Fitted, Labels, Memory, fit};
use ntk_core::{Cholesky, Dataset, DeepRelu, Regression, ReluNtk, Rows};
use support::dense::{Matrix, inner, inverse_and_determinant, matrix, multiply, symmetric_eigenvalues};
use support::{assert_close, normal_points, rng};

const N: usize = 7;
const RIDGE: f64 = 0.05;
type Model<const N: usize> = Regression<f64, ReluNtk, 3, N, 2>;

/// Seven points with two labels each.
fn problem() -> ([[f64; 3]; N], [[f64; 2]; N]) {
    (normal_points(&mut rng(1)), normal_points(&mut rng(2)))
}

/// K + RIDGE of these points.
fn with_ridge(x: &[[f64; 3]]) -> Matrix {
    matrix(x.len(), |i, j| ReluNtk.value(&x[i], &x[j]) + if i == j { RIDGE } else { 0.0 })
}

fn column(y: &[[f64; 2]], output: usize) -> Vec<f64> {
    y.iter().map(|y| y[output]).collect()
}

/// R^T R = K + ridge, read from the array itself; and K is still there.
#[test]
fn the_factor_multiplies_back_to_the_matrix() {
    let (x, _) = problem();
    let stride = N + 2; // rows may lie farther apart than they are long
    let mut array = vec![f64::NAN; N * stride];
    for i in 0..N {
        for j in 0..=i {
            array[i * stride + j] = ReluNtk.value(&x[i], &x[j]);
        }
    }
    let mut inverse = [0.0; N];
    factor(&mut array, stride, RIDGE, &mut inverse).unwrap();
    let r = matrix(N, |i, j| match i.cmp(&j) {
        core::cmp::Ordering::Less => array[i * stride + j],
        core::cmp::Ordering::Equal => 1.0 / inverse[i],
        core::cmp::Ordering::Greater => 0.0,
    });
    let expected = with_ridge(&x);
    let view = Factor::new(&array, stride, &inverse).unwrap();
    for i in 0..N {
        for j in 0..N {
            let product: f64 = (0..N).map(|l| r[l][i] * r[l][j]).sum();
            assert_close(product, expected[i][j], 4.0 * f64::EPSILON * expected[i][i].max(expected[j][j]));
            assert_eq!(view.original(i, j), Some(ReluNtk.value(&x[i], &x[j])));
        }
    }
    assert_eq!(view.original(N, 0), None);
}

#[test]
fn solutions_and_determinants() {
    let (x, y) = problem();
    let k = with_ridge(&x);
    let mut cholesky = Cholesky::<f64, 9>::new(); // with room to spare
    cholesky.factor(N, RIDGE, |i, j| ReluNtk.value(&x[i], &x[j])).unwrap();
    let b = column(&y, 0);
    let mut solution = b.clone();
    cholesky.view().solve(&mut solution).unwrap();
    multiply(&k, &solution).iter().zip(&b).for_each(|(&got, &b)| assert_close(got, b, 1e-13));

    let mut half = b.clone();
    cholesky.view().forward(&mut half).unwrap();
    assert_close(inner(&half, &half), inner(&b, &solution), 1e-13); // b^T (K + ridge)^-1 b
    cholesky.view().backward(&mut half).unwrap();
    assert_eq!(half, solution);

    let (_, determinant) = inverse_and_determinant(&k);
    assert_close(cholesky.view().log_determinant(), determinant.ln(), 1e-13);
    let from_eigenvalues: f64 = symmetric_eigenvalues(&k).iter().map(|e| e.ln()).sum();
    assert_close(cholesky.view().log_determinant(), from_eigenvalues, 1e-13);
}

/// Rasmussen and Williams 2.25, 2.26 and 2.30, with the inverse written out.
#[test]
fn predictions_and_likelihood_by_the_inverse_matrix() {
    let (x, y) = problem();
    let (inverse, determinant) = inverse_and_determinant(&with_ridge(&x));
    let mut model = Model::<N>::new(ReluNtk);
    model.fit(&Dataset::new(&x, &y).unwrap(), RIDGE, Labels::AsGiven).unwrap();
    for query in normal_points::<f64, 3, 20>(&mut rng(3)) {
        let k: Vec<_> = x.iter().map(|x| ReluNtk.value(&query, x)).collect();
        let weights = multiply(&inverse, &k);
        let prediction = model.predict(&query).unwrap();
        for output in 0..2 {
            assert_close(prediction.mean[output], inner(&weights, &column(&y, output)), 1e-12);
        }
        let variance = ReluNtk.value(&query, &query) - inner(&weights, &k);
        assert_close(prediction.deviation.powi(2), variance, 1e-12);
        assert_close(prediction.observation_deviation.powi(2), variance + RIDGE, 1e-12);
        assert_close(prediction.novelty, variance / ReluNtk.value(&query, &query), 1e-12);
        assert_eq!(model.mean(&query), Ok(prediction.mean));
    }
    for output in 0..2 {
        let y = column(&y, output);
        let fit = inner(&y, &multiply(&inverse, &y));
        let expected = -0.5 * (fit + determinant.ln() + N as f64 * (2.0 * core::f64::consts::PI).ln());
        assert_close(model.log_marginal_likelihood(output).unwrap(), expected, 1e-12);
    }
}

/// Equation 5.12 against what it saves: fitting again without the sample.
#[test]
fn leave_one_out_is_a_refit() {
    let (x, y) = problem();
    let mut model = Model::<N>::new(ReluNtk);
    model.fit(&Dataset::new(&x, &y).unwrap(), RIDGE, Labels::AsGiven).unwrap();
    for i in 0..N {
        let others = |j: &usize| *j != i;
        let x_rest: Vec<_> = (0..N).filter(others).map(|j| x[j]).collect();
        let y_rest: Vec<_> = (0..N).filter(others).map(|j| y[j]).collect();
        let rest = Dataset::new(x_rest.as_slice(), y_rest.as_slice()).unwrap();
        let mut refit = Model::<N>::new(ReluNtk);
        refit.fit(&rest, RIDGE, Labels::AsGiven).unwrap();
        let expected = refit.predict(&x[i]).unwrap();
        for output in 0..2 {
            let left_out = model.leave_one_out(i, output).unwrap();
            assert_close(left_out.mean, expected.mean[output], 1e-12);
            assert_close(left_out.deviation.powi(2), expected.deviation.powi(2) + RIDGE, 1e-12);
        }
    }
}

/// Corrected labels are labels from which the initial outputs were taken away before.
#[test]
fn corrected_labels_are_differences() {
    let (x, y) = problem();
    let initial: [[f64; 2]; N] = normal_points(&mut rng(4));
    let difference: [[f64; 2]; N] =
        core::array::from_fn(|i| core::array::from_fn(|o| y[i][o] - initial[i][o]));
    let (mut corrected, mut subtracted) = (Model::<N>::new(ReluNtk), Model::<N>::new(ReluNtk));
    corrected.fit(&Dataset::new(&x, &y).unwrap(), RIDGE, Labels::Corrected(Rows::from(&initial))).unwrap();
    subtracted.fit(&Dataset::new(&x, &difference).unwrap(), RIDGE, Labels::AsGiven).unwrap();
    let query = [0.3, -0.2, 1.1];
    assert_eq!(corrected.predict(&query), subtracted.predict(&query));
    assert_eq!(corrected.log_marginal_likelihood(1), subtracted.log_marginal_likelihood(1));
}

/// A model over lent memory and one in arrays with room to spare give the same bits, for any kernel.
#[test]
fn lent_memory_and_fixed_arrays_agree() {
    let (x, y) = problem();
    let kernel = DeepRelu::ntk(3, 1.0f64, 0.1).unwrap();
    let data = Dataset::new(&x, &y).unwrap();
    let mut model = Regression::<f64, _, 3, 12, 2>::new(kernel);
    model.fit(&data, RIDGE, Labels::AsGiven).unwrap();

    let (mut samples, mut lengths, mut array) = ([0.0; 3 * N], [[0.0; 2]; N], [0.0; N * N]);
    let (mut inverse, mut labels, mut coefficients) = ([0.0; N], [0.0; 2 * N], [0.0; 2 * N]);
    let memory = Memory {
        x: &mut samples,
        lengths: &mut lengths,
        matrix: &mut array,
        stride: N,
        inverse: &mut inverse,
        labels: &mut labels,
        coefficients: &mut coefficients,
    };
    fit(&kernel, &data, RIDGE, Labels::AsGiven, memory).unwrap();
    let factor = Factor::new(&array, N, &inverse).unwrap();
    let rows = Rows::new(&samples, 3).unwrap();
    let fitted = Fitted::new(&kernel, rows, &lengths, factor, RIDGE, &labels, &coefficients).unwrap();
    assert_eq!(fitted.outputs(), 2);
    let (mut work, mut mean) = ([0.0; N], [0.0; 2]);
    for query in normal_points::<f64, 3, 5>(&mut rng(5)) {
        let uncertainty = fitted.predict(&query, &mut work, &mut mean).unwrap();
        let expected = model.predict(&query).unwrap();
        assert_eq!((mean, uncertainty.deviation), (expected.mean, expected.deviation));
        assert_eq!(uncertainty.observation_deviation, expected.observation_deviation);
        assert_eq!(uncertainty.novelty, expected.novelty);
    }
    assert_eq!(fitted.leave_one_out(3, 1, &mut work), model.leave_one_out(3, 1));
    assert_eq!(fitted.log_marginal_likelihood(0), model.log_marginal_likelihood(0));
}
