//! Searches, the test for outliers and other memory, with noise of the samples' own.

use super::*;

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
