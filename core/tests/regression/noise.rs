//! Noise that each sample has of its own, against dense solves with it and against refits.

use ntk_core::regression::{Criterion, Fixed, Flat, PerSample, Variances, WhenFull};
use ntk_core::{Architecture, Erf, Error, Kernel, Nngp, Ntk, Quantity, Regression, Relu, Setting};

use crate::support::dense::{inner, inverse_and_determinant, matrix, multiply};
use crate::support::{normal_points, rng};

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

/// Pushing gives the bits of a fit, removing and replacing its numbers. With the amplitude of the labels the
/// unit of the noise stays, and `refresh` finds that of a fit.
#[test]
fn changes_are_fits() {
    let of = samples(21);
    let part = |indices: &[usize]| Samples {
        x: indices.iter().map(|&i| of.x[i]).collect(),
        y: indices.iter().map(|&i| of.y[i]).collect(),
        noise: indices.iter().map(|&i| of.noise[i]).collect(),
    };
    let query = [0.4, 1.3];
    for amplitude in [Some(1.0), None] {
        let mut grown = fitted(&part(&[0, 1, 2, 3]), 0.1, amplitude);
        let unit = grown.noise_unit();
        for i in 4..N {
            grown.push_with_noise(&of.x[i], of.y[i], of.noise[i], WhenFull::Refuse).unwrap();
        }
        let whole = fitted(&of, 0.1, amplitude);
        if amplitude.is_some() {
            assert_eq!(grown.predict(&query), whole.predict(&query));
        } else {
            assert_eq!(grown.noise_unit(), unit);
            assert!((grown.amplitude(0).unwrap() / unit - 1.0).abs() > 1e-6);
        }
        grown.refresh().unwrap();
        assert_eq!(grown.predict(&query), whole.predict(&query));
        grown.remove(2).unwrap();
        grown.replace_with_noise(4, &[0.9, -0.2], 1.5, 0.3).unwrap();
        let mut rest = part(&[0, 1, 3, 4, 6, 7, 8]);
        rest.x.push([0.9, -0.2]);
        rest.y.push(1.5);
        rest.noise.push(0.3);
        for (i, noise) in rest.noise.iter().enumerate() {
            assert_eq!(grown.noise_of(i), Some(*noise));
        }
        if amplitude.is_none() {
            grown.refresh().unwrap();
        }
        let (found, expected) =
            (grown.predict(&query).unwrap(), fitted(&rest, 0.1, amplitude).predict(&query).unwrap());
        close(found.mean, expected.mean, "mean");
        close(found.deviation, expected.deviation, "deviation");
        // Another amplitude asks for another factorisation, the noise being in units of y.
        grown.set_amplitude(Some(0.7)).unwrap();
        assert_eq!(grown.predict(&query), fitted(&rest, 0.1, Some(0.7)).predict(&query));
    }
}

#[test]
fn what_is_refused_changes_nothing() {
    let of = samples(31);
    let mut model = fitted(&of, 0.1, None);
    let before = format!("{model:?}");
    let (x, y) = (of.x.as_slice(), of.y.as_slice());
    let with = |i: usize, v: f64| {
        let mut noise = of.noise.clone();
        noise[i] = v;
        noise
    };
    let infinite = |row| Err(Error::NotFinite { what: Quantity::Noise, row, column: 0 });
    let negative = Err(Error::OutOfRange(Setting::Noise));
    for (value, refusal) in [(f64::NAN, infinite(3)), (f64::INFINITY, infinite(3)), (-1e-300, negative)] {
        assert_eq!(model.fit_with_noise(x, y, &with(3, value), 0.1), refusal);
        let tuned = model.fit_tuned_only(x, y, &with(3, value));
        assert_eq!(tuned, refusal);
        let refusal = if value < 0.0 { negative } else { infinite(0) };
        let pushed = model.push_with_noise(&[1.0, 2.0], 0.5, value, WhenFull::Refuse);
        assert_eq!(pushed.map(drop), refusal);
        assert_eq!(model.replace_with_noise(0, &[1.0, 2.0], 0.5, value), refusal);
        assert_eq!(format!("{model:?}"), before);
    }
    let short = Err(Error::Shape { what: "noise", expected: N, found: N - 1 });
    assert_eq!(model.fit_with_noise(x, y, &of.noise[1..], 0.1), short);
    // Labels that are no larger than their noise leave nothing to an amplitude that they choose.
    let large: Vec<f64> = of.y.iter().map(|y| 1.001 * y.abs()).collect();
    let all = Err(Error::OutOfRange(Setting::NoiseOfAll));
    assert_eq!(model.fit_with_noise(x, y, &large, 0.1), all);
    assert_eq!(model.fit_tuned_only(x, y, &large), all);
    assert_eq!(format!("{model:?}"), before);
    let small: Vec<f64> = of.y.iter().map(|y| 0.999 * y.abs()).collect();
    model.fit_with_noise(x, y, &small, 0.1).unwrap();
    let given = model.set_amplitude(Some(1.0)).and_then(|()| model.fit_with_noise(x, y, &large, 0.1));
    given.unwrap();
}

/// [`Regression::fit_tuned_with_noise`] needs a kernel whose variances can be moved.
trait Tune {
    fn fit_tuned_only(&mut self, x: &[[f64; 2]], y: &[f64], noise: &[f64]) -> Result<(), Error>;
}

impl Tune for Noisy {
    /// The same checks, of a model with such a kernel that holds what this one does; nothing comes back but
    /// why it was refused.
    fn fit_tuned_only(&mut self, x: &[[f64; 2]], y: &[f64], noise: &[f64]) -> Result<(), Error> {
        let kernel = Nngp::with(Erf, Architecture::ONE_LAYER.bias(0.5));
        let mut model = Regression::new(kernel, Fixed::<f64, 2, N, f64, PerSample>::new());
        model.fit(x, y, 0.3)?;
        let before = format!("{model:?}");
        let result = model.fit_tuned_with_noise(x, y, noise, Criterion::MarginalLikelihood);
        assert!(result.is_ok() || format!("{model:?}") == before);
        result.map(drop)
    }
}

/// What a search finds is as likely as any of a grid of fits, by likelihoods that dense solves confirm.
#[test]
fn searches_see_the_noise() {
    let of = samples(41);
    let kernel = |w: f64, b: f64| Nngp::with(Erf, Architecture::ONE_LAYER.weights(w).bias(b));
    let model = |w, b, ridge, amplitude| {
        let mut model = Regression::new(kernel(w, b), Fixed::<f64, 2, N, f64, PerSample>::new());
        model.set_amplitude(amplitude).unwrap();
        model.fit_with_noise(of.x.as_slice(), of.y.as_slice(), &of.noise, ridge).map(|()| model)
    };
    for amplitude in [None, Some(1.5)] {
        let mut tuned = model(1.0, 0.25, 0.1, amplitude).unwrap();
        let criterion = Criterion::MarginalLikelihood;
        tuned.tune_ridge(criterion).unwrap();
        let found = tuned.log_marginal_likelihood(0).unwrap();
        for i in 0..60 {
            let ridge = 1e-4 * 10f64.powf(f64::from(i) / 10.0);
            let other = model(1.0, 0.25, ridge, amplitude).unwrap().log_marginal_likelihood(0).unwrap();
            assert!(other <= found + 1e-7, "{ridge}, {amplitude:?}: {other} and {found}");
        }
        let again = model(1.0, 0.25, tuned.ridge(), amplitude).unwrap();
        assert_eq!(again.predict(&[0.3, 0.1]), tuned.predict(&[0.3, 0.1])); // to the bit
        let by_grid = {
            let mut tuned = model(1.0, 0.25, 0.1, amplitude).unwrap();
            tuned.fit_tuned_with_noise(of.x.as_slice(), of.y.as_slice(), &of.noise, criterion).unwrap();
            tuned.log_marginal_likelihood(0).unwrap()
        };
        for which in [Variances::Bias, Variances::Weight, Variances::Both] {
            let mut tuned = model(1.0, 0.25, 0.1, amplitude).unwrap();
            let settings = tuned.tune_variances(criterion, which).unwrap();
            let by_steps = tuned.log_marginal_likelihood(0).unwrap();
            assert!(by_steps > found - 1e-2, "{settings:?}, {amplitude:?}: {by_steps} and {found}");
            if which != Variances::Weight {
                assert!(by_steps > by_grid - 1e-6, "{which:?}, {amplitude:?}: {by_steps} and {by_grid}");
            }
            let (w, b) = (settings.weight_variance, settings.bias_variance);
            let again = model(w, b, settings.ridge, amplitude).unwrap();
            assert_eq!(again.predict(&[0.3, 0.1]), tuned.predict(&[0.3, 0.1]));
        }
    }
}

/// Full conformal prediction by refits: the observation takes part with its own noise.
#[test]
fn p_values_are_those_of_refits() {
    let of = samples(51);
    let model = fitted(&of, 0.05, Some(1.0));
    let (x, kernel) = ([0.2, 0.7], Ntk::new(Relu));
    for noise in [0.0, 0.4, 3.0] {
        let intervals = model.intervals().unwrap().with_noise(noise).unwrap();
        for t in [-4.0, -1.0, 0.1, 0.9, 2.0, 6.0] {
            let (mut inputs, mut labels, mut own) = (of.x.clone(), of.y.clone(), of.noise.clone());
            inputs.push(x);
            labels.push(t);
            own.push(noise);
            let c = matrix(N + 1, |i, j| {
                let diagonal = if i == j { 0.05 + own[i] * own[i] } else { 0.0 };
                kernel.value(&inputs[i], &inputs[j]) + diagonal
            });
            let (inverse, _) = inverse_and_determinant(&c);
            let a = multiply(&inverse, &labels);
            let strangeness = |i: usize| a[i].abs() / inverse[i][i].sqrt();
            let count = (0..=N).filter(|&i| strangeness(i) >= strangeness(N)).count();
            let p = intervals.p_value(&x, t).unwrap();
            assert_eq!(p, count as f64 / (N + 1) as f64, "{t}, noise {noise}");
            let Ok(at) = intervals.at(&x, 0.7) else { panic!("too few samples") };
            assert_eq!(at.low <= t && t <= at.high, p > 0.3 + 1e-9, "{t}, noise {noise}: {at:?}");
        }
    }
    let width = |noise: f64| {
        let at = model.intervals().unwrap().with_noise(noise).unwrap().at(&x, 0.8).unwrap();
        at.high - at.low
    };
    assert!(width(0.0) < width(0.5) && width(0.5) < width(2.0));
    for value in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(model.intervals().unwrap().with_noise(value).is_err());
    }
}

/// The same bits in a lent slice, whatever stood in it.
#[test]
fn a_slice_gives_the_bits_of_arrays() {
    let of = samples(61);
    let mut memory = vec![f64::NAN; Flat::<f64>::len_with_noise(2, N, 1)];
    let mut slice =
        Regression::new(Ntk::new(Relu), Flat::with_noise(2, N, 1, memory.as_mut_slice()).unwrap());
    let mut arrays = empty(None);
    slice.fit_with_noise(of.x.as_slice(), of.y.as_slice(), &of.noise, 0.01).unwrap();
    arrays.fit_with_noise(of.x.as_slice(), of.y.as_slice(), &of.noise, 0.01).unwrap();
    slice.remove(1).unwrap();
    arrays.remove(1).unwrap();
    slice.push_with_noise(&[0.5, 0.5], &[1.0], 0.2, WhenFull::Refuse).unwrap();
    arrays.push_with_noise(&[0.5, 0.5], 1.0, 0.2, WhenFull::Refuse).unwrap();
    let (mut work, mut mean) = ([0.0; N], [0.0]);
    let found = slice.predict_into(&[0.1, -2.0], &mut work, &mut mean).unwrap();
    let expected = arrays.predict(&[0.1, -2.0]).unwrap();
    assert_eq!((mean[0], found.novelty), (expected.mean, expected.novelty));
    for i in 0..N {
        assert_eq!(slice.noise_of(i), arrays.noise_of(i));
    }
    let few = Flat::<f64>::len(2, N, 1);
    assert!(Flat::with_noise(2, N, 1, vec![0.0f64; few]).is_err());
}

/// Several outputs share a factorisation: the unit is the root mean square of their amplitudes.
#[test]
fn several_outputs_share_the_noise() {
    let of = samples(71);
    let y: Vec<[f64; 2]> = of.y.iter().map(|&y| [y, 0.5 * y + 1.0]).collect();
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, N, [f64; 2], PerSample>::new());
    model.fit_with_noise(of.x.as_slice(), y.as_slice(), &of.noise, 0.1).unwrap();
    let [a, b] = [0, 1].map(|output| model.amplitude(output).unwrap());
    close(model.noise_unit(), (0.5 * (a * a + b * b)).sqrt(), "unit");
}

/// In single precision too; labels and noise of any size have answers of that size.
#[test]
fn noise_of_any_size() {
    let of = samples(81);
    let x: Vec<[f32; 2]> = of.x.iter().map(|x| x.map(|v| v as f32)).collect();
    let answer = |scale: f32| {
        let y: Vec<f32> = of.y.iter().map(|&y| y as f32 * scale).collect();
        let noise: Vec<f32> = of.noise.iter().map(|&v| v as f32 * scale).collect();
        let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, N, f32, PerSample>::new());
        model.fit_with_noise(x.as_slice(), y.as_slice(), &noise, 0.01).unwrap();
        model.predict(&[0.3, 0.4]).unwrap()
    };
    let usual = answer(1.0);
    for scale in [2f32.powi(90), 2f32.powi(-90)] {
        let found = answer(scale);
        assert!((found.mean / scale - usual.mean).abs() < 1e-4, "{found:?} and {usual:?}");
        assert!((found.deviation / scale / usual.deviation - 1.0).abs() < 1e-3, "{found:?} and {usual:?}");
    }
}
