//! Intervals and p-values against what they save: fits without each sample, and fits with each candidate
//! label.

use ntk_core::regression::{Fixed, Interval};
use ntk_core::{Architecture, Erf, Error, Kernel, Nngp, Ntk, Quantity, Regression, Relu, Setting};

use crate::support::dense::{inverse_and_determinant, matrix, multiply};
use crate::support::{assert_close, normal_points, rng, uniforms};

const MOST: usize = 25;
type Model<K> = Regression<K, Fixed<f64, 2, MOST, [f64; 2]>>;
type Samples = Vec<([f64; 2], [f64; 2])>;

/// n samples of two functions, with noise; inputs with a constant column.
fn problem(n: usize, seed: u64) -> Samples {
    let rng = &mut rng(seed);
    let x = uniforms::<f64>(n, rng);
    let noise = normal_points::<f64, 2, MOST>(rng);
    let labels = |x: f64, [a, b]: [f64; 2]| [(3.0 * x).sin() + 0.1 * a, x * x + 0.3 * b];
    x.into_iter().zip(noise).map(|(x, noise)| ([x, 1.0], labels(x, noise))).collect()
}

/// Of amplitude 1, so that deviations are in units of the kernel.
fn fitted<K: Kernel<f64> + Copy>(kernel: K, samples: &Samples, ridge: f64) -> Model<K> {
    let (x, y): (Vec<_>, Vec<_>) = samples.iter().copied().unzip();
    let mut model = Model::new(kernel, Fixed::new());
    model.set_amplitude(Some(1.0)).unwrap();
    model.fit(x.as_slice(), y.as_slice(), ridge).unwrap();
    model
}

/// How many of the samples are at least as strange as (x, t): both fitted, each judged by its deleted
/// residual over its deviation.
fn as_strange<K: Kernel<f64> + Copy>(
    kernel: K,
    samples: &Samples,
    ridge: f64,
    (x, t): ([f64; 2], f64),
    output: usize,
) -> usize {
    let mut all = samples.clone();
    all.push((x, [t; 2]));
    let model = fitted(kernel, &all, ridge);
    let strangeness = |i: usize| {
        let left_out = model.leave_one_out(i).unwrap();
        ((all[i].1[output] - left_out.mean[output]) / left_out.deviation[output]).abs()
    };
    let new = strangeness(samples.len());
    (0..samples.len()).filter(|&i| strangeness(i) >= new).count()
}

fn rank(level: f64, n: usize) -> usize {
    ((1.0 - level) * (n + 1) as f64 + 1e-9) as usize
}

/// The ends are where the number of samples at least as strange falls below f, and p-values are those of the
/// same count.
fn against_full_conformal_prediction<K: Kernel<f64> + Copy + core::fmt::Debug>(kernel: K) {
    for (n, ridge, seed) in [(9, 1e-3, 1), (12, 0.1, 2), (19, 1e-2, 3), (24, 3.0, 4)] {
        let samples = problem(n, seed);
        let model = fitted(kernel, &samples, ridge);
        let intervals = model.intervals().unwrap();
        for x in [[0.1, 1.0], [-0.83, 1.0], [1.7, 1.0], samples[4].0] {
            for level in [0.3, 0.5, 0.8, 0.9] {
                let Interval { low, high } = intervals.at(&x, level).unwrap();
                let f = rank(level, n);
                for output in 0..2 {
                    let step = 1e-9 * (high[output] - low[output]);
                    let count = |t| as_strange(kernel, &samples, ridge, (x, t), output);
                    let what = format!("{kernel:?}, n {n}, ridge {ridge}, level {level}, x {x:?}");
                    assert!(count(low[output] - step) < f && count(low[output] + step) >= f, "{what}");
                    assert!(count(high[output] + step) < f && count(high[output] - step) >= f, "{what}");
                }
            }
            for t in [-2.0, -0.4, 0.05, 0.3, 0.9, 5.0] {
                let p = intervals.p_value(&x, [t; 2]).unwrap();
                for output in 0..2 {
                    let count = as_strange(kernel, &samples, ridge, (x, t), output);
                    assert_eq!(p[output], (1 + count) as f64 / (n + 1) as f64);
                }
            }
        }
    }
}

#[test]
fn the_ends_of_full_conformal_prediction() {
    against_full_conformal_prediction(Ntk::new(Relu));
    against_full_conformal_prediction(Ntk::with(Erf, Architecture::ONE_LAYER.weights(4.0).bias(1.0)));
    against_full_conformal_prediction(Nngp::with(Relu, Architecture::ONE_LAYER.depth(4).weights(0.1)));
}

/// mean_i = mean - v_i e_i and s2_i = s2 + v_i^2 h_i, by n fits without a sample; the ends are order
/// statistics of theirs.
fn against_refits<K: Kernel<f64> + Copy + core::fmt::Debug>(kernel: K) {
    for (n, ridge, seed) in [(9, 1e-3, 5), (14, 0.1, 6), (23, 2.0, 7)] {
        let samples = problem(n, seed);
        let model = fitted(kernel, &samples, ridge);
        let k = |i: usize, j: usize| kernel.value(&samples[i].0, &samples[j].0);
        let (inverse, _) =
            inverse_and_determinant(&matrix(n, |i, j| k(i, j) + if i == j { ridge } else { 0.0 }));
        for x in [[0.1, 1.0], [-0.83, 1.0], [1.7, 1.0]] {
            let own: Vec<_> = samples.iter().map(|(other, _)| kernel.value(&x, other)).collect();
            let v = multiply(&inverse, &own);
            let whole = model.predict(&x).unwrap();
            let mut ends = vec![Vec::new(); 2];
            for i in 0..n {
                let mut others = samples.clone();
                let (_, y) = others.remove(i);
                let without = fitted(kernel, &others, ridge).predict(&x).unwrap();
                let left_out = model.leave_one_out(i).unwrap();
                for output in 0..2 {
                    let (e, h) = (y[output] - left_out.mean[output], left_out.deviation[output].powi(2));
                    assert_close(whole.mean[output] - v[i] * e, without.mean[output], 1e-10);
                    let s2 = without.observation_deviation[output].powi(2);
                    let expected = whole.observation_deviation[output].powi(2) + v[i] * v[i] * h;
                    assert_close(expected, s2, 1e-10);
                    let half = e.abs() * (s2 / h).sqrt();
                    ends[output].push([without.mean[output] - half, without.mean[output] + half]);
                }
            }
            for level in [0.2, 0.55, 0.9] {
                let found = model.intervals().unwrap().at(&x, level).unwrap();
                for (output, ends) in ends.iter().enumerate() {
                    let sorted = |end: usize| {
                        let mut ends: Vec<f64> = ends.iter().map(|ends| ends[end]).collect();
                        ends.sort_by(f64::total_cmp);
                        ends
                    };
                    let f = rank(level, n);
                    assert_close(found.low[output], sorted(0)[f - 1], 1e-9);
                    assert_close(found.high[output], sorted(1)[n - f], 1e-9);
                }
            }
        }
    }
}

#[test]
fn the_models_that_have_not_seen_a_sample() {
    against_refits(Ntk::new(Relu));
    against_refits(Ntk::with(Erf, Architecture::ONE_LAYER.weights(4.0).bias(1.0)));
    against_refits(Nngp::with(Relu, Architecture::ONE_LAYER.depth(4).weights(0.1)));
}

/// With fewer samples than a level needs no interval is given, and with as many one is.
#[test]
fn how_many_samples_a_level_needs() {
    for (level, needed) in [(0.9, 9), (0.95, 19), (0.8, 4), (0.5, 1), (0.75, 3)] {
        for n in 1..=24 {
            let model = fitted(Ntk::new(Relu), &problem(n, 1), 0.1);
            let found = model.intervals().unwrap().at(&[0.2, 1.0], level);
            if n < needed {
                assert_eq!(found, Err(Error::TooFewSamples { needed, found: n }));
                let text = found.unwrap_err().to_string();
                assert!(text.contains(&format!("needs {needed} samples and the model has {n}")), "{text}");
            } else {
                assert!(found.is_ok(), "{level}, {n}: {found:?}");
            }
        }
    }
    let model = fitted(Ntk::new(Relu), &problem(9, 1), 0.1);
    assert_eq!(
        model.intervals().unwrap().at(&[0.2, 1.0], 0.99),
        Err(Error::TooFewSamples { needed: 99, found: 9 })
    );
    // The same in single precision, where 1 - 0.9 is not 0.1.
    let (x, y): ([f32; 9], [f32; 9]) =
        (core::array::from_fn(|i| i as f32), core::array::from_fn(|i| i as f32));
    let mut single = Regression::new(Ntk::new(Relu), Fixed::<f32, 1, 9>::new());
    single.fit(&x, &y, 0.1).unwrap();
    assert!(single.intervals().unwrap().at(&[1.5], 0.9).is_ok());
    assert_eq!(
        single.intervals().unwrap().at(&[1.5], 0.95),
        Err(Error::TooFewSamples { needed: 19, found: 9 })
    );
}

#[test]
fn what_is_no_level_no_input_and_no_label() {
    let model = fitted(Ntk::new(Relu), &problem(9, 1), 0.1);
    let intervals = model.intervals().unwrap();
    for level in [0.0, 1.0, f64::NAN, -0.1, 1.1, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(intervals.at(&[0.2, 1.0], level), Err(Error::OutOfRange(Setting::Level)), "{level}");
    }
    for bad in [f64::NAN, f64::INFINITY] {
        let refused = Error::NotFinite { what: Quantity::X, row: 0, column: 1 };
        assert_eq!(intervals.at(&[0.2, bad], 0.9), Err(refused));
        assert_eq!(intervals.p_value(&[0.2, bad], [0.0; 2]), Err(refused));
        let refused = Error::NotFinite { what: Quantity::Y, row: 0, column: 1 };
        assert_eq!(intervals.p_value(&[0.2, 1.0], [0.0, bad]), Err(refused));
    }
    assert!(matches!(intervals.at(&[1e200, 1.0], 0.9), Err(Error::NotFinite { .. })));
    let empty = Model::new(Ntk::new(Relu), Fixed::new());
    assert_eq!(empty.intervals().map(drop), Err(Error::NotFitted));
}

/// The amplitude, which multiplies every deviation, has no part in an interval.
#[test]
fn the_amplitude_does_not_matter() {
    let mut model = fitted(Ntk::new(Relu), &problem(12, 3), 0.1);
    let of = |model: &Model<Ntk<Relu>>| {
        let intervals = model.intervals().unwrap();
        (intervals.at(&[0.3, 1.0], 0.9), intervals.p_value(&[0.3, 1.0], [0.1, 0.2]))
    };
    let before = of(&model);
    for amplitude in [None, Some(7.0)] {
        model.set_amplitude(amplitude).unwrap();
        assert_eq!(of(&model), before);
    }
}
