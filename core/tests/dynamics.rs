//! Training in closed form against training step by step, and against the matrix exponential.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::dynamics::Training;
use ntk_core::regression::Fixed;
use ntk_core::{
    Dataset, Dynamics, Error, Kernel, Nngp, Ntk, Quantity, Regression, Relu, Setting, largest_eigenvalue,
};
use support::dense::{Matrix, inner, inverse_and_determinant, matrix, multiply};
use support::{assert_close, normal_points, rng};

const N: usize = 6;
type Network = Dynamics<f64, Ntk<Relu>, 3, 8, 2>;

fn problem() -> ([[f64; 3]; N], [[f64; 2]; N]) {
    (normal_points(&mut rng(1)), normal_points(&mut rng(2)))
}

fn network() -> Network {
    let (x, y) = problem();
    let mut network = Network::new(Ntk::new(Relu));
    network.fit(&Dataset::new(&x, &y).unwrap()).unwrap();
    network
}

fn gram(kernel: impl Kernel<f64>) -> Matrix {
    let (x, _) = problem();
    matrix(N, |i, j| kernel.value(&x[i], &x[j]))
}

/// exp(-K t) by a Taylor series of a part of it, squared up again.
fn decay(k: &Matrix, time: f64) -> Matrix {
    let product = |a: &Matrix, b: &Matrix| matrix(N, |i, j| (0..N).map(|l| a[i][l] * b[l][j]).sum());
    let identity = matrix(N, |i, j| if i == j { 1.0 } else { 0.0 });
    let part = matrix(N, |i, j| -k[i][j] * time / 1024.0);
    let (mut sum, mut term) = (identity.clone(), identity);
    for power in 1..30 {
        let next = product(&term, &part);
        term = matrix(N, |i, j| next[i][j] / f64::from(power));
        sum = matrix(N, |i, j| sum[i][j] + term[i][j]);
    }
    (0..10).fold(sum, |squared, _| product(&squared, &squared))
}

/// w = K^-1 (I - E) k(x), for both ways of training and both answers.
fn weights(decayed: &Matrix, query: &[f64; 3]) -> Vec<f64> {
    let (x, _) = problem();
    let k: Vec<_> = x.iter().map(|x| Ntk::new(Relu).value(query, x)).collect();
    let rest: Vec<_> = multiply(decayed, &k).iter().zip(&k).map(|(e, k)| k - e).collect();
    multiply(&inverse_and_determinant(&gram(Ntk::new(Relu))).0, &rest)
}

fn compare(training: Training<f64>, decayed: &Matrix, tolerance: f64) {
    let (x, y) = problem();
    let network = network();
    for query in normal_points::<f64, 3, 5>(&mut rng(3)).iter().chain(&x) {
        let w = weights(decayed, query);
        let mean = network.mean(query, training).unwrap();
        for output in 0..2 {
            let labels: Vec<_> = y.iter().map(|y| y[output]).collect();
            assert_close(mean[output], inner(&w, &labels), tolerance);
        }
        let s: Vec<_> = x.iter().map(|x| Nngp::new(Relu).value(query, x)).collect();
        let variance = Nngp::new(Relu).value(query, query) - 2.0 * inner(&w, &s)
            + inner(&w, &multiply(&gram(Nngp::new(Relu)), &w));
        let deviation = network.deviation(&Nngp::new(Relu), query, training).unwrap();
        assert_close(deviation.powi(2), variance, tolerance);
    }
}

#[test]
fn gradient_flow_is_the_matrix_exponential() {
    for time in [0.0, 1e-9, 0.01, 0.3, 2.0, 20.0] {
        compare(Training::Flow(time), &decay(&gram(Ntk::new(Relu)), time), 1e-11);
    }
}

/// Step by step: E <- (I - rate K) E, which is what descent on the outputs does to the errors.
#[test]
fn gradient_descent_is_its_own_steps() {
    let (k, rate) = (gram(Ntk::new(Relu)), 0.9 * network().largest_learning_rate().unwrap());
    let mut errors = matrix(N, |i, j| if i == j { 1.0 } else { 0.0 });
    for steps in 0..=1000 {
        if [0, 1, 2, 3, 7, 64, 100, 1000].contains(&steps) {
            compare(Training::Descent { rate, steps }, &errors, 1e-11);
        }
        let moved = matrix(N, |i, j| (0..N).map(|l| k[i][l] * errors[l][j]).sum());
        errors = matrix(N, |i, j| errors[i][j] - rate * moved[i][j]);
    }
}

#[test]
fn training_without_end_is_kernel_regression() {
    let (x, y) = problem();
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 3, 8, [f64; 2]>::new());
    model.fit(&x, &y, 0.0).unwrap();
    let network = network();
    let rate = 0.5 * network.largest_learning_rate().unwrap();
    for query in normal_points::<f64, 3, 5>(&mut rng(4)) {
        for training in [Training::Flow(1e9), Training::Descent { rate, steps: u64::MAX }] {
            let (got, expected) = (network.mean(&query, training).unwrap(), model.mean(&query).unwrap());
            got.iter().zip(&expected).for_each(|(&got, &expected)| assert_close(got, expected, 1e-11));
            let deviation = network.deviation(&Nngp::new(Relu), &query, training).unwrap();
            assert_close(deviation, model.ensemble_deviation(&Nngp::new(Relu), &query).unwrap(), 1e-11);
        }
    }
}

/// Both sides of the largest learning rate.
#[test]
fn a_little_more_than_the_largest_rate_diverges() {
    let (network, k) = (network(), gram(Ntk::new(Relu)));
    let largest = largest_eigenvalue(&k.concat(), N, &mut [0.0; 2 * N]).unwrap();
    let rate = network.largest_learning_rate().unwrap();
    assert!(rate * largest < 2.0 && rate * largest > 2.0 - 1e-12);
    assert_close(network.eigenvalues()[0], largest, 1e-13 * largest);
    let size =
        |rate, steps| network.mean(&problem().0[0], Training::Descent { rate, steps }).map(|m| m[0].abs());
    assert!(size(rate, 1 << 40).unwrap() < 10.0);
    let diverged = Err(Error::NotFinite { what: Quantity::Prediction, row: 0, column: 0 });
    assert_eq!(size(rate * (1.0 + 1e-9), 1 << 40), diverged);
}

#[test]
fn samples_that_coincide_and_samples_at_zero() {
    let (x, y) = ([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]], [[1.0], [2.0], [5.0]]);
    let mut network = Dynamics::<f64, Ntk<Relu>, 2, 3>::new(Ntk::new(Relu));
    network.fit(&Dataset::new(&x, &y).unwrap()).unwrap();
    let trained = network.mean(&[1.0, 0.0], Training::Flow(1e6)).unwrap();
    assert_close(trained[0], 1.5, 1e-9);
    assert_eq!(network.mean(&[0.0, 0.0], Training::Flow(1e6)), Ok([0.0]));
    network.fit(&Dataset::new(&[[0.0, 0.0]], &[[1.0]]).unwrap()).unwrap();
    assert!(matches!(network.largest_learning_rate(), Err(Error::OutOfRange(_))));
}

#[test]
fn what_has_no_answer() {
    let mut network = network();
    let (query, flow) = ([0.1, 0.2, 0.3], Training::Flow(1.0));
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let refused = network.mean(&query, Training::Flow(bad));
        assert!(matches!(refused, Err(Error::OutOfRange(Setting::Time))));
        let refused = network.deviation(&Nngp::new(Relu), &query, Training::Descent { rate: bad, steps: 1 });
        assert!(matches!(refused, Err(Error::OutOfRange(Setting::LearningRate))));
    }
    let refused = network.mean(&[0.0, f64::NAN, 0.0], flow);
    assert_eq!(refused, Err(Error::NotFinite { what: Quantity::X, row: 0, column: 1 }));
    assert!(network.mean(&[1e200; 3], flow).is_err());
    let before = format!("{network:?}");
    let nine = [[1.0; 3]; 9];
    let refused = network.fit(&Dataset::new(&nine, &[[0.0; 2]; 9]).unwrap());
    assert_eq!(refused, Err(Error::Capacity { capacity: 8, found: 9 }));
    assert!(network.fit(&Dataset::new(&[[0.0; 2]], &[[0.0; 2]]).unwrap()).is_err());
    assert!(network.fit(&Dataset::new(&[[0.0; 3]], &[[0.0; 3]]).unwrap()).is_err());
    assert_eq!(format!("{network:?}"), before);
    let answers = |network: &Network| {
        let rate = network.largest_learning_rate();
        (network.mean(&query, flow), rate, network.deviation(&Nngp::new(Relu), &query, flow))
    };
    let before = answers(&network);
    assert!(before.0.is_ok() && before.1.is_ok() && before.2.is_ok());
    for far in [&[[1e200; 3]][..], &[[0.5; 3], [1e200; 3]]] {
        let refused = network.fit(&Dataset::new(far, &[[0.0; 2]; 2][..far.len()]).unwrap());
        assert!(matches!(refused, Err(Error::NotFinite { .. })));
        assert_eq!(answers(&network), before);
    }
    let empty = Network::new(Ntk::new(Relu));
    assert_eq!(answers(&empty), (Err(Error::NotFitted), Err(Error::NotFitted), Err(Error::NotFitted)));
    assert!(empty.eigenvalues().is_empty());
    let bytes = 8 * 8 * (3 + 2 * 8 + 2 + 1) + size_of::<usize>();
    assert_eq!(size_of::<Network>(), bytes);
}
