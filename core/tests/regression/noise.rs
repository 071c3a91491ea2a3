//! Noise that each sample has of its own, against dense solves with it and against refits.

use ntk_core::regression::{Criterion, Fixed, Flat, PerSample, Variances, WhenFull};
use ntk_core::{Architecture, Erf, Error, Kernel, Nngp, Ntk, Quantity, Regression, Relu, Setting};

use crate::support::dense::{inner, inverse_and_determinant, matrix, multiply};
use crate::support::{normal_points, rng};

mod answers;
mod changes;

const N: usize = 9;

type Noisy = Regression<Ntk<Relu>, Fixed<f64, 2, N, f64, PerSample>>;
type Plain = Regression<Ntk<Relu>, Fixed<f64, 2, N>>;

/// Inputs, labels, and deviations that differ by two orders of magnitude, one of them 0.
struct Samples {
    x: Vec<[f64; 2]>,
    y: Vec<f64>,
    noise: Vec<f64>,
}

fn samples(seed: u64) -> Samples {
    let (mut of_x, mut of_y) = (rng(seed), rng(seed + 100));
    let x = normal_points::<f64, 2, N>(&mut of_x).to_vec();
    let y = normal_points::<f64, 1, N>(&mut of_y).iter().map(|[y]| 3.0 * y).collect();
    let noise = normal_points::<f64, 1, N>(&mut of_y).iter().map(|[v]| 0.01 + v.abs()).collect();
    let mut samples = Samples { x, y, noise };
    samples.noise[4] = 0.0;
    samples.noise[6] *= 0.02;
    samples
}

fn empty(amplitude: Option<f64>) -> Noisy {
    let mut model = Noisy::new(Ntk::new(Relu), Fixed::new());
    model.set_amplitude(amplitude).unwrap();
    model
}

fn fitted(of: &Samples, ridge: f64, amplitude: Option<f64>) -> Noisy {
    let mut model = empty(amplitude);
    model.fit_with_noise(of.x.as_slice(), of.y.as_slice(), &of.noise, ridge).unwrap();
    model
}

/// Mean and variance of f(query), y^T C^-1 y and ln p(y), all for the covariance C = s^2 (K + ridge I) +
/// diag(noise^2), whose inverse comes from elimination.
fn dense(of: &Samples, query: &[f64; 2], ridge: f64, s: f64) -> [f64; 4] {
    let (kernel, n) = (Ntk::new(Relu), of.y.len());
    let own = |i: usize, j: usize| if i == j { s * s * ridge + of.noise[i].powi(2) } else { 0.0 };
    let c = matrix(n, |i, j| s * s * kernel.value(&of.x[i], &of.x[j]) + own(i, j));
    let (inverse, determinant) = inverse_and_determinant(&c);
    let k: Vec<f64> = of.x.iter().map(|x| s * s * kernel.value(query, x)).collect();
    let (weights, a) = (multiply(&inverse, &k), multiply(&inverse, &of.y));
    let fit = inner(&of.y, &a);
    let constant = n as f64 * (2.0 * core::f64::consts::PI).ln();
    let likelihood = -0.5 * (fit + determinant.ln() + constant);
    [inner(&weights, &of.y), s * s * kernel.value(query, query) - inner(&weights, &k), fit, likelihood]
}

fn close(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() <= 1e-10 * (1.0 + expected.abs()),
        "{what}: {found:e}, not {expected:e}"
    );
}

/// Deviations are in units of y, whatever the amplitude and whether it is given.
#[test]
fn a_fit_is_the_dense_solve_with_that_covariance() {
    for seed in 0..5 {
        let of = samples(seed);
        for (ridge, amplitude) in
            [(0.0, Some(1.0)), (0.1, Some(1.0)), (0.3, Some(0.4)), (0.02, None), (0.0, None)]
        {
            let model = fitted(&of, ridge, amplitude);
            let s = model.amplitude(0).unwrap();
            let what = format!("seed {seed}, ridge {ridge}, amplitude {amplitude:?}");
            for query in normal_points::<f64, 2, 4>(&mut rng(77)) {
                let [mean, variance, fit, likelihood] = dense(&of, &query, ridge, s);
                let found = model.predict(&query).unwrap();
                close(found.mean, mean, &what);
                close(found.deviation * found.deviation, variance, &what);
                let of_observation = found.observation_deviation * found.observation_deviation;
                close(of_observation, variance + s * s * ridge, &what);
                close(model.log_marginal_likelihood(0).unwrap(), likelihood, &what);
                if amplitude.is_none() {
                    close(fit, N as f64, &what); // what decides the amplitude
                    close(model.noise_unit(), s, &what);
                }
            }
            for (i, noise) in of.noise.iter().enumerate() {
                assert_eq!(model.noise_of(i), Some(*noise));
            }
            assert_eq!(model.noise_of(N), None);
        }
    }
}

/// A sample whose noise is boundless might as well not be there; without noise it is as in a plain model.
#[test]
fn noise_takes_a_sample_out() {
    let mut of = samples(3);
    of.noise = vec![0.0; N];
    of.noise[2] = 1e9;
    let model = fitted(&of, 0.1, Some(1.0));
    let mut without = Plain::new(Ntk::new(Relu), Fixed::new());
    without.set_amplitude(Some(1.0)).unwrap();
    without.fit(of.x.as_slice(), of.y.as_slice(), 0.1).unwrap();
    without.remove(2).unwrap();
    for query in normal_points::<f64, 2, 4>(&mut rng(77)) {
        let (found, expected) = (model.predict(&query).unwrap(), without.predict(&query).unwrap());
        close(found.mean, expected.mean, "mean");
        close(found.deviation, expected.deviation, "deviation");
    }
}

/// Noise of one size is the ridge of that size, to the bit; no noise is a plain model, to the bit.
#[test]
fn equal_noise_is_a_ridge() {
    let of = samples(5);
    let plain = |ridge, amplitude| {
        let mut model = Plain::new(Ntk::new(Relu), Fixed::new());
        model.set_amplitude(amplitude).unwrap();
        model.fit(of.x.as_slice(), of.y.as_slice(), ridge).unwrap();
        model
    };
    let of_noise = |noise: f64| Samples { x: of.x.clone(), y: of.y.clone(), noise: vec![noise; N] };
    let query = [0.3, -0.8];
    let (a, b) = (fitted(&of_noise(0.5), 0.0, Some(1.0)), plain(0.25, Some(1.0)));
    let (found, expected) = (a.predict(&query).unwrap(), b.predict(&query).unwrap());
    assert_eq!((found.mean, found.deviation), (expected.mean, expected.deviation));
    assert_eq!(a.leave_one_out(3), b.leave_one_out(3));
    assert_eq!(a.log_marginal_likelihood(0), b.log_marginal_likelihood(0));
    for amplitude in [None, Some(0.6)] {
        for criterion in [Criterion::LeaveOneOut, Criterion::MarginalLikelihood] {
            let (mut a, mut b) = (fitted(&of_noise(0.0), 0.1, amplitude), plain(0.1, amplitude));
            assert_eq!(a.predict(&query), b.predict(&query));
            assert_eq!(a.tune_ridge(criterion), b.tune_ridge(criterion));
            assert_eq!(a.predict(&query), b.predict(&query));
            a.push(&[0.1, 0.2], 0.5, WhenFull::DropOldest).unwrap();
            b.push(&[0.1, 0.2], 0.5, WhenFull::DropOldest).unwrap();
            assert_eq!(a.predict(&query), b.predict(&query));
        }
    }
}

/// Two samples at one place, of which one has noise, are no contradiction; without noise they are.
#[test]
fn coincident_samples_fit_if_one_of_them_has_noise() {
    let (x, y) = ([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [1.0, 2.0, 0.5]);
    let mut model = empty(Some(1.0));
    let refused = model.fit_with_noise(&x, &y, &[0.0; 3], 0.0);
    assert_eq!(refused, Err(Error::Coincident { first: 0, second: 1 }));
    model.fit_with_noise(&x, &y, &[0.0, 0.5, 0.0], 0.0).unwrap();
    close(model.mean(&[1.0, 0.0]).unwrap(), 1.0, "the one without noise is believed");
}

#[test]
fn what_is_left_out_is_what_a_refit_without_it_says() {
    let of = samples(11);
    for amplitude in [Some(1.0), Some(2.5)] {
        let (model, s) = (fitted(&of, 0.05, amplitude), amplitude.unwrap());
        for i in 0..N {
            let mut rest = Samples { x: of.x.clone(), y: of.y.clone(), noise: of.noise.clone() };
            let (x, _, noise) = (rest.x.remove(i), rest.y.remove(i), rest.noise.remove(i));
            let expected = fitted(&rest, 0.05, amplitude).predict(&x).unwrap();
            let found = model.leave_one_out(i).unwrap();
            close(found.mean, expected.mean, "mean");
            let variance = expected.deviation.powi(2) + s * s * 0.05 + noise * noise;
            close(found.deviation, variance.sqrt(), "deviation");
        }
    }
}
