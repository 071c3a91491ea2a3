//! Both sides of every threshold: learning rate, definiteness, coincidence, capacity; and the limit of
//! infinite width.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::kernel::gram;
use ntk_core::regression::Fixed;
use ntk_core::train::{Outcome, StopReason, StopRule, descend, workspace_len};
use ntk_core::{
    Architecture, Cholesky, Dataset, EmpiricalNtk, Erf, Error, Kernel, Linearized, Nngp, Ntk, Regression,
    Relu, largest_eigenvalue,
};
use support::dense::{matrix, symmetric_eigenvalues};
use support::{assert_close, fitted_exponent, network, normal_points, rms, rng, zeros};

const X: [[f64; 2]; 3] = [[1.0, 0.2], [0.3, -0.9], [-0.8, 0.5]];
const Y: [[f64; 1]; 3] = [[0.5], [-0.3], [1.0]];

/// Descent on the linearisation at `share` of the largest stable rate 2 / lambda_max.
fn descend_at(share: f64) -> Outcome<f64> {
    let network = network(Erf, (2, 50, 1), &mut rng(1));
    let data = Dataset::new(&X, &Y).unwrap();
    let mut k = [0.0; 9];
    gram(&EmpiricalNtk::new(&network, 0).unwrap(), data.x(), &mut k).unwrap();
    let largest = largest_eigenvalue(&k, 3, &mut [0.0; 6]).unwrap();
    assert_close(largest, *symmetric_eigenvalues(&matrix(3, |i, j| k[3 * i + j])).last().unwrap(), 1e-13);
    let mut line = Linearized::new(&network, zeros(network.shape())).unwrap();
    let rule = StopRule { target_mse: Some(1e-12), patience: None, max_steps: 10_000 };
    let mut memory = [0.0; workspace_len(3, 2, 1)];
    descend(&mut line, &data, share * 2.0 / largest, &rule, &mut memory, |_, _| true).unwrap()
}

#[test]
fn the_largest_stable_learning_rate() {
    assert_eq!(descend_at(0.9).reason, StopReason::Target);
    let diverged = descend_at(1.1);
    assert_eq!(diverged.reason, StopReason::Diverged);
    assert!(!diverged.loss.is_finite());
}

/// [[1, c], [c, 1]] is definite for |c| < 1. It is refused if its last pivot, 1 - c^2, is due to rounding
/// alone.
#[test]
fn definite_and_not() {
    let pair =
        |c: f64, ridge: f64| Cholesky::<f64, 2>::new().factor(2, ridge, |i, j| if i == j { 1.0 } else { c });
    assert_eq!(pair(1.0 - 1e-15, 0.0), Ok(()));
    assert_eq!(pair(1.0, 0.0), Err(Error::NotPositiveDefinite { pivot: 1, value: 0.0 }));
    assert!(
        matches!(pair(1.0 + 1e-3, 0.0), Err(Error::NotPositiveDefinite { pivot: 1, value }) if value < 0.0)
    );
    assert_eq!(pair(1.0 + 1e-3, 1.01e-3), Ok(()));
    assert!(pair(1.0 + 1e-3, 0.99e-3).is_err());
    let single = |value: f64| Cholesky::<f64, 1>::new().factor(1, 0.0, |_, _| value);
    assert_eq!(single(f64::MIN_POSITIVE), Ok(()));
    for bad in [0.0, -1.0, f64::INFINITY, f64::NAN] {
        assert!(matches!(single(bad), Err(Error::NotPositiveDefinite { pivot: 0, .. })));
    }
}

/// A sample that occurs twice is refused without a ridge; with a ridge its labels are averaged.
#[test]
fn the_same_sample_twice() {
    let x = [X[0], X[1], X[2], X[1]];
    let y = [[0.0], [1.0], [0.0], [3.0]];
    let data = Dataset::new(&x, &y).unwrap();
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, 4>::new());
    assert_eq!(model.fit(data.x(), data.y(), 0.0), Err(Error::Coincident { first: 1, second: 3 }));
    assert_eq!(model.fit(data.x(), data.y(), 1e-6), Ok(()));
    assert_close(model.mean(&X[1]).unwrap(), 2.0, 1e-5);
    // Opposite samples of the same length do not coincide.
    let opposite = [X[0], X[0].map(|v| -v)];
    assert_eq!(model.fit(&opposite, &y[..2], 0.0), Ok(()));
}

/// At ridge 0 the mean passes through the labels and the deviation is 0; at a large ridge the prediction is
/// the prior.
#[test]
fn the_ridge_between_interpolation_and_the_prior() {
    let data = Dataset::new(&X, &Y).unwrap();
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, 3>::new());
    model.set_amplitude(Some(1.0)).unwrap();
    model.fit(data.x(), data.y(), 0.0).unwrap();
    for (x, y) in X.iter().zip(&Y) {
        let prediction = model.predict(x).unwrap();
        assert_close(prediction.mean, y[0], 1e-14);
        assert_close(prediction.deviation, 0.0, 1e-7);
    }
    model.fit(data.x(), data.y(), 1e12).unwrap();
    let prediction = model.predict(&X[0]).unwrap();
    assert_close(prediction.mean, 0.0, 1e-11);
    assert_close(prediction.deviation, Ntk::new(Relu).value(&X[0], &X[0]).sqrt(), 1e-11);
}

#[test]
fn the_last_place_and_one_more() {
    let y = [[0.5], [-0.3], [1.0], [0.0]];
    let x: [[f64; 2]; 4] = normal_points(&mut rng(2));
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, 3>::new());
    assert_eq!(model.fit(&x[..3], &y[..3], 0.1), Ok(()));
    assert_eq!(model.len(), 3);
    let full = model.fit(&x, &y, 0.1);
    assert_eq!(full, Err(Error::Capacity { capacity: 3, found: 4 }));
    let mut cholesky = Cholesky::<f64, 3>::new();
    assert_eq!(cholesky.factor(3, 0.1, |i, j| Ntk::new(Relu).value(&x[i], &x[j])), Ok(()));
    let full = cholesky.factor(4, 0.1, |i, j| Ntk::new(Relu).value(&x[i], &x[j]));
    assert_eq!(full, Err(Error::Capacity { capacity: 3, found: 4 }));
}

/// Theorem 1: the NTK of 64 random networks is off the limit by an error that falls as 1/sqrt k.
#[test]
fn the_kernel_of_a_wide_network() {
    let (x, y) = ([0.6, 0.8], [-0.28, 0.96]);
    let limit = Ntk::new(Relu).value(&x, &y);
    let mut rng = rng(3);
    let mut error_at = |width: usize| {
        rms((0..64).map(|_| {
            let network = network(Relu, (2, width, 1), &mut rng);
            EmpiricalNtk::new(&network, 0).unwrap().value(&x, &y) - limit
        }))
    };
    let errors: Vec<_> = [16, 64, 256, 1024, 4096].map(|k| (k as f64, error_at(k))).to_vec();
    assert_close(fitted_exponent(&errors), -0.5, 0.08);
    assert!(errors[4].1 < 0.06, "{errors:?}");
}

/// "Multidimensional outputs": the block of the outputs tends to K times the identity, again as 1/sqrt k.
#[test]
fn the_outputs_of_a_wide_network_decouple() {
    let (x, y) = ([0.6, 0.8], [-0.28, 0.96]);
    let limit = Ntk::new(Relu).value(&x, &y);
    let mut rng = rng(4);
    let mut error_at = |width: usize| {
        rms((0..64).flat_map(|_| {
            let mut block = [0.0; 9];
            network(Relu, (2, width, 3), &mut rng).ntk_block(&x, &y, &mut block).unwrap();
            (0..9).map(move |i| block[i] - if i % 4 == 0 { limit } else { 0.0 })
        }))
    };
    let errors: Vec<_> = [64, 256, 1024, 4096].map(|k| (k as f64, error_at(k))).to_vec();
    assert_close(fitted_exponent(&errors), -0.5, 0.08);
}

/// The outputs of 4,000 random networks at two inputs have the NNGP as their covariance.
#[test]
fn the_outputs_of_random_networks_have_the_nngp_as_covariance() {
    let (x, y) = ([0.6, 0.8], [-0.28, 0.96]);
    let mut rng = rng(5);
    let draws = 4000;
    let mut products = [0.0; 3];
    for _ in 0..draws {
        let network = network(Relu, (2, 64, 1), &mut rng);
        let (fx, fy) = (network.value(&x, 0).unwrap(), network.value(&y, 0).unwrap());
        products[0] += fx * fx;
        products[1] += fx * fy;
        products[2] += fy * fy;
    }
    let expected =
        [Nngp::new(Relu).value(&x, &x), Nngp::new(Relu).value(&x, &y), Nngp::new(Relu).value(&y, &y)];
    for (product, expected) in products.iter().zip(expected) {
        assert_close(product / f64::from(draws), expected, 0.1); // four standard errors, sqrt(2 / 4000) each
    }
}

/// K is exact at angles 0, pi/2 and pi, and continuous there: it changes by about as much as the angle.
#[test]
fn the_ends_of_the_angle() {
    let at = |t: f64| Ntk::new(Relu).value(&[1.0, 0.0], &[t.cos(), t.sin()]);
    assert_eq!(at(0.0), 2.0);
    assert_close(Ntk::new(Relu).value(&[1.0, 0.0], &[0.0, 1.0]), core::f64::consts::FRAC_1_PI, 2e-16);
    assert_eq!(Ntk::new(Relu).value(&[1.0, 0.0], &[-1.0, 0.0]), 0.0);
    for t in [1e-9, core::f64::consts::FRAC_PI_2, core::f64::consts::PI - 1e-9] {
        assert_close(at(t + 1e-9), at(t - 1e-9), 4e-9);
    }
    // The deeper the network, the closer all inputs: the normalised NNGP tends to 1.
    let cosine = |depth| {
        let deep = Nngp::with(Relu, Architecture::ONE_LAYER.depth(depth));
        1.0 - deep.value(&[1.0, 0.0], &[-0.6, 0.8])
    };
    assert!(cosine(10) < cosine(3) && cosine(100) < 5e-3 && cosine(1000) < 5e-5);
    assert!(cosine(1000) > 0.0);
}

/// The model of one sample has K = 2 x^2, a straight line on each side of 0.
#[test]
fn one_sample() {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 1, 1>::new());
    let (x, y) = ([[2.0f32]], [[3.0]]);
    model.fit(&x, &y, 0.0).unwrap();
    // The model is homogeneous: half the input gives half the label.
    assert_close(model.mean(&[1.0]).unwrap().into(), 1.5, 4.0 * f64::from(f32::EPSILON));
}
