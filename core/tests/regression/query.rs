//! What a fitted model answers: uncertainties of two meanings, and the slope of the mean.

use crate::support::dense::{inner, inverse_and_determinant, matrix, multiply};
use crate::support::{assert_close, normal_points, rng};
use ntk_core::regression::Fixed;
use ntk_core::{Architecture, Erf, Error, Kernel, Nngp, Ntk, Prepared, Quantity, Regression, Relu, Tanh};

const N: usize = 7;

fn fitted<K: Kernel<f64>>(kernel: K, ridge: f64) -> Regression<K, Fixed<f64, 3, N, [f64; 2]>> {
    let (x, y) = (normal_points::<f64, 3, N>(&mut rng(1)), normal_points::<f64, 2, N>(&mut rng(2)));
    let mut model = Regression::new(kernel, Fixed::new());
    model.set_amplitude(Some(1.0)).unwrap();
    model.fit(&x, &y, ridge).unwrap();
    model
}

#[test]
fn a_variance_lies_between_none_and_the_priors() {
    let model = fitted(Ntk::new(Relu), 0.0);
    for scale in [1.0, 1e-6, 1e6] {
        for query in normal_points::<f64, 3, 50>(&mut rng(3)) {
            let query = query.map(|v| scale * v);
            let answer = model.predict(&query).unwrap();
            let prior = Ntk::new(Relu).value(&query, &query);
            assert!(answer.novelty >= f64::EPSILON && answer.novelty <= 1.0);
            assert!(answer.deviation[0] > 0.0 && answer.deviation[0] <= prior.sqrt());
            assert_eq!(answer.deviation[0], answer.deviation[1]);
            assert_eq!(answer.observation_deviation, answer.deviation); // no noise
        }
    }
    let known = model.predict(&[0.0; 3]).unwrap(); // the kernel is 0 there
    assert_eq!((known.deviation, known.novelty, known.mean), ([0.0; 2], 0.0, [0.0; 2]));
    let (at_a_sample, _) = model.sample(4).unwrap();
    assert!(model.predict(&at_a_sample).unwrap().novelty < 1e-12);
    let noisy = fitted(Ntk::new(Relu), 0.3);
    let answer = noisy.predict(&at_a_sample).unwrap();
    assert_close(answer.observation_deviation[0], (answer.deviation[0].powi(2) + 0.3).sqrt(), 1e-15);
}

/// A kernel whose diagonal is fine and whose other values are enormous at one place: the variance overflows
/// or is NaN.
#[test]
fn a_variance_that_is_not_known_is_not_zero() {
    struct Spike(f64);
    impl Kernel<f64> for Spike {
        fn between(&self, x: &Prepared<'_, f64>, y: &Prepared<'_, f64>) -> f64 {
            let (spike_x, spike_y) = (x.x[0] == 9.0, y.x[0] == 9.0);
            if spike_x == spike_y { Ntk::new(Relu).between(x, y) } else { self.0 }
        }
    }
    let overflow = Error::NotFinite { what: Quantity::Variance, row: 0, column: 0 };
    let model = fitted(Spike(1e200), 0.1);
    assert_eq!(model.predict(&[9.0, 0.0, 0.0]), Err(overflow));
    let model = fitted(Spike(f64::NAN), 0.1);
    assert!(matches!(model.predict(&[9.0, 0.0, 0.0]), Err(Error::NotFinite { .. })));
}

/// Lee et al. 2019, with the inverse written out; at a sample without ridge all networks agree.
#[test]
fn the_ensembles_variance_by_the_inverse_matrix() {
    for ridge in [0.0, 0.2] {
        let model = fitted(Ntk::new(Relu), ridge);
        let x: Vec<[f64; 3]> = (0..N).map(|i| model.sample(i).unwrap().0).collect();
        let (inverse, _) = inverse_and_determinant(&matrix(N, |i, j| {
            Ntk::new(Relu).value(&x[i], &x[j]) + if i == j { ridge } else { 0.0 }
        }));
        let covariance = matrix(N, |i, j| Nngp::new(Relu).value(&x[i], &x[j]));
        for query in normal_points::<f64, 3, 20>(&mut rng(4)) {
            let k: Vec<_> = x.iter().map(|x| Ntk::new(Relu).value(&query, x)).collect();
            let s: Vec<_> = x.iter().map(|x| Nngp::new(Relu).value(&query, x)).collect();
            let w = multiply(&inverse, &k);
            let expected = Nngp::new(Relu).value(&query, &query) - 2.0 * inner(&w, &s)
                + inner(&w, &multiply(&covariance, &w));
            let got = model.ensemble_deviation(&Nngp::new(Relu), &query).unwrap();
            assert_close(got.powi(2), expected, 1e-12);
            let process = model.predict(&query).unwrap().deviation[0];
            assert!((got - process).abs() > 1e-3, "two meanings, two values");
        }
        let at_a_sample = model.ensemble_deviation(&Nngp::new(Relu), &x[2]).unwrap();
        assert!(if ridge == 0.0 { at_a_sample < 1e-6 } else { at_a_sample > 1e-2 });
    }
    let model = fitted(Ntk::new(Relu), 0.1);
    assert!(matches!(
        model.ensemble_deviation(&Nngp::new(Relu), &[f64::NAN; 3]),
        Err(Error::NotFinite { what: Quantity::X, .. })
    ));
}

#[test]
fn the_slope_of_the_mean() {
    fn check<K: ntk_core::kernel::KernelGradient<f64>>(kernel: K) {
        let model = fitted(kernel, 0.1);
        for query in normal_points::<f64, 3, 20>(&mut rng(5)) {
            for output in 0..2 {
                let gradient = model.mean_gradient(&query, output).unwrap();
                for i in 0..3 {
                    let moved = |step: f64| {
                        let mut x = query;
                        x[i] += step;
                        model.mean(&x).unwrap()[output]
                    };
                    assert_close(gradient[i], (moved(1e-6) - moved(-1e-6)) / 2e-6, 1e-7);
                }
            }
        }
        assert!(matches!(model.mean_gradient(&[1.0; 3], 2), Err(Error::OutOfBounds { what: "output", .. })));
        let bad = model.mean_gradient(&[0.0, f64::NAN, 0.0], 0);
        assert_eq!(bad, Err(Error::NotFinite { what: Quantity::X, row: 0, column: 1 }));
    }
    check(Ntk::new(Relu));
    check(Nngp::new(Relu));
    check(Ntk::with(Relu, Architecture::<f64>::ONE_LAYER.depth(3).weights(1.2).bias(0.1)));
    check(Ntk::with(Erf, Architecture::<f64>::ONE_LAYER.depth(2).weights(1.2).bias(0.1)));
    check(Nngp::with(Erf, Architecture::<f64>::ONE_LAYER.depth(2).weights(1.2).bias(0.1)));
    check(Ntk::with(Tanh, Architecture::<f64>::ONE_LAYER.weights(1.2).bias(0.1)));
}
