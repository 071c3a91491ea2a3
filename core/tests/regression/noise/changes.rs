//! Pushed, removed and replaced samples with noise of their own, and what is refused.

use super::*;

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

/// A model that was never fitted has its noise in units of the given amplitude, or of 1.
#[test]
fn a_model_grows_from_nothing() {
    let of = samples(31);
    for amplitude in [Some(2.5), None] {
        let mut grown = empty(amplitude);
        grown.set_ridge(0.1).unwrap();
        for i in 0..N {
            grown.push_with_noise(&of.x[i], of.y[i], of.noise[i], WhenFull::Refuse).unwrap();
        }
        assert_eq!(grown.noise_unit(), amplitude.unwrap_or(1.0));
        grown.refresh().unwrap();
        assert_eq!(grown.predict(&[0.4, 1.3]), fitted(&of, 0.1, amplitude).predict(&[0.4, 1.3]));
    }
}

/// A ridge may be lost beside a sample's own noise, and nowhere else.
#[test]
fn a_ridge_that_rounding_takes_away_is_refused_where_there_is_no_noise() {
    let mut of = samples(32);
    let tiny = 1e-30;
    let fit = |of: &Samples| {
        let mut model = empty(Some(1.0));
        model.fit_with_noise(of.x.as_slice(), of.y.as_slice(), &of.noise, tiny)
    };
    assert_eq!(fit(&of), Err(Error::RidgeTooSmall { sample: 4 }), "the one without noise");
    of.noise[4] = 0.1;
    assert_eq!(fit(&of), Ok(()));
    // A noise whose variance is itself lost beside the ridge.
    of.noise[2] = 1e-30;
    assert_eq!(fit(&of), Err(Error::RidgeTooSmall { sample: 2 }));
}
