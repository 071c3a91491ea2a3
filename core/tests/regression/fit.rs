//! Cholesky and kernel regression against the inverse matrix, against refits.

use crate::support::dense::{
    Matrix, inner, inverse_and_determinant, matrix, multiply, symmetric_eigenvalues,
};
use crate::support::{assert_close, normal_points, rng};
use ntk_core::cholesky::{Factor, factor};
use ntk_core::kernel::Kernel;
use ntk_core::regression::Fixed;
use ntk_core::{Cholesky, Error, Ntk, Regression, Relu, Setting};

const N: usize = 7;
const RIDGE: f64 = 0.05;
type Model<const N: usize> = Regression<Ntk<Relu>, Fixed<f64, 3, N, [f64; 2]>>;

/// Seven points with two labels each.
fn problem() -> ([[f64; 3]; N], [[f64; 2]; N]) {
    (normal_points(&mut rng(1)), normal_points(&mut rng(2)))
}

/// K + RIDGE of these points.
fn with_ridge(x: &[[f64; 3]]) -> Matrix {
    matrix(x.len(), |i, j| Ntk::new(Relu).value(&x[i], &x[j]) + if i == j { RIDGE } else { 0.0 })
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
            array[i * stride + j] = Ntk::new(Relu).value(&x[i], &x[j]);
        }
    }
    let mut reciprocals = [0.0; N];
    factor(&mut array, stride, RIDGE, &mut reciprocals).unwrap();
    let r = matrix(N, |i, j| match i.cmp(&j) {
        core::cmp::Ordering::Less => array[i * stride + j],
        core::cmp::Ordering::Equal => 1.0 / reciprocals[i],
        core::cmp::Ordering::Greater => 0.0,
    });
    let expected = with_ridge(&x);
    let view = Factor::new(&array, stride, &reciprocals).unwrap();
    for i in 0..N {
        for j in 0..N {
            let product: f64 = (0..N).map(|l| r[l][i] * r[l][j]).sum();
            assert_close(product, expected[i][j], 4.0 * f64::EPSILON * expected[i][i].max(expected[j][j]));
            assert_eq!(view.original(i, j), Some(Ntk::new(Relu).value(&x[i], &x[j])));
        }
    }
    assert_eq!(view.original(N, 0), None);
}

#[test]
fn solutions_and_determinants() {
    let (x, y) = problem();
    let k = with_ridge(&x);
    let mut cholesky = Cholesky::<f64, 9>::new(); // with room to spare
    cholesky.factor(N, RIDGE, |i, j| Ntk::new(Relu).value(&x[i], &x[j])).unwrap();
    let b = column(&y, 0);
    let mut solution = b.clone();
    cholesky.solve(&mut solution).unwrap();
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
    let mut model = Model::<N>::new(Ntk::new(Relu), Fixed::new());
    model.set_amplitude(Some(1.0)).unwrap();
    model.fit(&x, &y, RIDGE).unwrap();
    for query in normal_points::<f64, 3, 20>(&mut rng(3)) {
        let k: Vec<_> = x.iter().map(|x| Ntk::new(Relu).value(&query, x)).collect();
        let weights = multiply(&inverse, &k);
        let prediction = model.predict(&query).unwrap();
        let variance = Ntk::new(Relu).value(&query, &query) - inner(&weights, &k);
        for output in 0..2 {
            assert_close(prediction.mean[output], inner(&weights, &column(&y, output)), 1e-12);
            assert_close(prediction.deviation[output].powi(2), variance, 1e-12);
            assert_close(prediction.observation_deviation[output].powi(2), variance + RIDGE, 1e-12);
        }
        assert_close(prediction.novelty, variance / Ntk::new(Relu).value(&query, &query), 1e-12);
        assert_eq!(model.mean(&query), Ok(prediction.mean));
    }
    for output in 0..2 {
        let y = column(&y, output);
        let fit = inner(&y, &multiply(&inverse, &y));
        let expected = -0.5 * (fit + determinant.ln() + N as f64 * (2.0 * core::f64::consts::PI).ln());
        assert_close(model.log_marginal_likelihood(output).unwrap(), expected, 1e-12);
    }
    amplitudes_by_the_inverse_matrix(model, &inverse, determinant);
}

/// s^2 = y^T (K + ridge)^-1 y / n, and with it the deviations and the likelihood, which no other amplitude
/// exceeds.
fn amplitudes_by_the_inverse_matrix(mut model: Model<N>, inverse: &Matrix, determinant: f64) {
    let (_, y) = problem();
    let query = [0.3, -0.2, 1.1];
    let (unit, left_out) = (model.predict(&query).unwrap(), model.leave_one_out(2).unwrap());
    model.set_amplitude(None).unwrap();
    let (found, without) = (model.predict(&query).unwrap(), model.leave_one_out(2).unwrap());
    assert_eq!((found.mean, without.mean), (unit.mean, left_out.mean));
    let n = N as f64;
    for output in 0..2 {
        let y = column(&y, output);
        let square = inner(&y, &multiply(inverse, &y)) / n;
        assert_close(model.amplitude(output).unwrap().powi(2), square, 1e-12);
        assert_close(found.deviation[output], unit.deviation[output] * square.sqrt(), 1e-12);
        let observed = unit.observation_deviation[output] * square.sqrt();
        assert_close(found.observation_deviation[output], observed, 1e-12);
        assert_close(without.deviation[output], left_out.deviation[output] * square.sqrt(), 1e-12);
        let likelihood = |square: f64| {
            let fit = inner(&y, &multiply(inverse, &y)) / square;
            let log_determinant = determinant.ln() + n * square.ln();
            -0.5 * (fit + log_determinant + n * (2.0 * core::f64::consts::PI).ln())
        };
        let best = model.log_marginal_likelihood(output).unwrap();
        assert_close(best, likelihood(square), 1e-12);
        assert!(best > likelihood(1.01 * square) && best > likelihood(0.99 * square));
    }
    let given = model.amplitude(1).unwrap();
    for (bad, before) in [(0.0, given), (-1.0, given), (f64::NAN, given), (f64::INFINITY, given)] {
        assert_eq!(model.set_amplitude(Some(bad)), Err(Error::OutOfRange(Setting::Amplitude)), "{bad}");
        assert_eq!(model.amplitude(1), Ok(before));
    }
    for size in [1e200, 1e-200] {
        assert_eq!(model.set_amplitude(Some(size)), Ok(()));
        assert_eq!(model.amplitude(1), Ok(size));
    }
    assert_eq!(model.amplitude(2), Err(Error::OutOfBounds { what: "output", count: 2, index: 2 }));
}

/// Equation 5.12 against what it saves: fitting again without the sample.
#[test]
fn leave_one_out_is_a_refit() {
    let (x, y) = problem();
    let mut model = Model::<N>::new(Ntk::new(Relu), Fixed::new());
    model.set_amplitude(Some(1.0)).unwrap();
    model.fit(&x, &y, RIDGE).unwrap();
    for i in 0..N {
        let others = |j: &usize| *j != i;
        let x_rest: Vec<_> = (0..N).filter(others).map(|j| x[j]).collect();
        let y_rest: Vec<_> = (0..N).filter(others).map(|j| y[j]).collect();
        let mut refit = Model::<N>::new(Ntk::new(Relu), Fixed::new());
        refit.set_amplitude(Some(1.0)).unwrap();
        refit.fit(x_rest.as_slice(), y_rest.as_slice(), RIDGE).unwrap();
        let (expected, left_out) = (refit.predict(&x[i]).unwrap(), model.leave_one_out(i).unwrap());
        for output in 0..2 {
            assert_close(left_out.mean[output], expected.mean[output], 1e-12);
            let variance = expected.deviation[output].powi(2) + RIDGE;
            assert_close(left_out.deviation[output].powi(2), variance, 1e-12);
        }
    }
}
