//! What a calibration makes of samples as they come: constant columns, few samples, the same twice, raw
//! counts.

use ntk_core::regression::WhenFull;
use ntk_core::{Error, Scalar, Sensor};

use crate::support::{assert_close, normal_points, rng};

/// Other units, other zero: the same function. And constant columns are no division by zero.
#[test]
fn units_do_not_matter() {
    let x = normal_points::<f64, 2, 8>(&mut rng(1)).map(|[a, b]| [a, b, 1.0]);
    let y = normal_points::<f64, 1, 8>(&mut rng(2)).map(|[a]| [a, 4.0]);
    let other_x = x.map(|[a, b, one]| [1e6 * a + 3e6, 1e-4 * b - 5.0, one]);
    let other_y = y.map(|[a, four]| [1e3 * a - 2e4, four]);
    let fit = |x: &[[f64; 3]], y: &[[f64; 2]]| {
        let mut model = Sensor::<3, 9, f64, [f64; 2]>::new();
        model.fit(x, y).unwrap();
        model
    };
    let (mut model, mut other) = (fit(&x, &y), fit(&other_x, &other_y));
    for round in 0..2 {
        for [a, b] in normal_points::<f64, 2, 10>(&mut rng(3)) {
            let here = model.predict(&[a, b, 1.0]).unwrap();
            let query = [1e6 * a + 3e6, 1e-4 * b - 5.0, 1.0];
            let there = other.predict(&query).unwrap();
            assert_close(there.mean[0], 1e3 * here.mean[0] - 2e4, 1e-5);
            assert_eq!((here.mean[1], there.mean[1]), (4.0, 4.0)); // a constant is known
            assert_close(there.deviation[0], 1e3 * here.deviation[0], 1e-5);
            assert_close(there.observation_deviation[0], 1e3 * here.observation_deviation[0], 1e-5);
            assert_close(there.novelty, here.novelty, 1e-9);
            assert_eq!(other.mean(&query), Ok(there.mean));
            let (here, there) = (model.interval(&[a, b, 1.0], 0.8), other.interval(&query, 0.8));
            let (here, there) = (here.unwrap(), there.unwrap());
            assert_close(there.low[0], 1e3 * here.low[0] - 2e4, 1e-5);
            assert_close(there.high[0], 1e3 * here.high[0] - 2e4, 1e-5);
            assert_eq!((there.low[1], there.high[1]), (4.0, 4.0));
        }
        if round == 0 {
            let scaling = *model.scaling().0;
            model.push(&[0.3, 0.4, 1.0], [5.0, 4.0], WhenFull::Refuse).unwrap();
            other
                .push(&[1e6 * 0.3 + 3e6, 1e-4 * 0.4 - 5.0, 1.0], [1e3 * 5.0 - 2e4, 4.0], WhenFull::Refuse)
                .unwrap();
            assert_eq!((model.len(), *model.scaling().0), (9, scaling));
        }
    }
    model.remove(0).unwrap();
    assert_eq!(model.len(), 8);
}

/// A column that is constant says nothing, whatever its size: the fit is the one without it or with ones.
#[test]
fn constant_inputs() {
    let values: [f64; 10] = core::array::from_fn(|i| 0.37 * i as f64 - 1.0);
    let y = values.map(|v| (2.0 * v).sin() + 5.0);
    let with = |constant: f64| {
        let mut model = Sensor::<2, 10, f64>::new();
        model.fit(&values.map(|v| [v, constant]), &y).unwrap();
        core::array::from_fn::<_, 20, _>(|i| model.read(&[0.17 * i as f64 - 1.0, constant], 0.9).unwrap())
    };
    let ones = with(1.0);
    for constant in [1013.25, 1e-10, -7e8] {
        assert_eq!(with(constant).map(|read| read.value), ones.map(|read| read.value), "{constant}");
        assert_eq!(with(constant), ones);
    }
    let zeros = with(0.0);
    for (read, other) in zeros.iter().zip(&ones) {
        assert_close(read.value, other.value, 0.05);
    }
}

#[test]
fn constant_labels() {
    for constant in [4.0f32, 0.0, -1013.25, 1e-30] {
        let mut model = Sensor::<1, 12>::new();
        model.fit(&core::array::from_fn::<_, 12, _>(|i| i as f32), &[constant; 12]).unwrap();
        let read = model.read(&[3.3], 0.9).unwrap();
        // An interval without a width, and it holds: an observation that differs is the only one of 13.
        assert_eq!((read.value, read.low, read.high, read.deviation), (constant, constant, constant, 0.0));
        assert_eq!(model.p_value(&[3.3], constant), Ok(1.0));
        assert_eq!(model.p_value(&[3.3], constant + 1.0), Ok(1.0 / 13.0));
    }
}

#[test]
fn one_sample_and_two() {
    let mut model = Sensor::<1, 9>::new();
    model.fit(&[3.0], &[7.0]).unwrap();
    assert_eq!(model.mean(&[3.0]), Ok(7.0));
    assert_eq!(model.mean(&[8.0]), Ok(7.0));
    assert_eq!(model.interval(&[3.0], 0.9), Err(Error::TooFewSamples { needed: 2, found: 1 }));
    assert_eq!(model.read(&[3.0], 0.9), Err(Error::TooFewSamples { needed: 2, found: 1 }));
    // Nor has it one of any level: it is scaled by itself, and its error is 0 whatever it is.
    let too_few = Error::TooFewSamples { needed: 2, found: 1 };
    assert_eq!(model.interval(&[3.0], 0.4), Err(too_few));
    assert_eq!(model.read(&[3.0], 0.4), Err(too_few));
    assert_eq!(model.p_value(&[3.0], 8.0), Err(too_few));
    model.fit(&[3.0, 5.0], &[7.0, 9.0]).unwrap();
    let [low, middle, high] = [3.0, 4.0, 5.0].map(|x| model.mean(&[x]).unwrap());
    assert!(low >= 6.9 && low <= middle && middle <= high && high <= 9.1, "{low} {middle} {high}");
    assert_close(middle.into(), 8.0, 1e-5); // by symmetry
    assert!(model.predict(&[4.0]).unwrap().deviation.is_finite());
}

#[test]
fn the_same_sample_twice() {
    let mut model = Sensor::<1, 8>::new();
    let (x, y) = ([1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0], [1.0, 1.2, 2.1, 1.9, 3.0, 3.1, 2.9, 4.0]);
    model.fit(&x, &y).unwrap();
    for (x, mean) in [(1.0, 1.1), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0)] {
        assert_close(model.mean(&[x]).unwrap().into(), mean, 0.1);
    }
    model.fit(&[5.0; 4], &[1.0, 2.0, 3.0, 4.0]).unwrap(); // one input alone: the mean
    assert_close(model.mean(&[5.0]).unwrap().into(), 2.5, 1e-3);
}

/// A sensor read with so many bits, in single precision as in double: within 1e-3 of the labels' spread.
fn counts(bits: u32, offset: f64) {
    let most = f64::from(2u32.pow(bits) - 1);
    let at = |share: f64| (share * most).round() + offset;
    let truth = |share: f64| 20.0 + 80.0 * share + 6.0 * (4.0 * share).sin();
    let shares: [f64; 16] = core::array::from_fn(|i| (i as f64 + 0.3 * (7.0 * i as f64).sin()) / 15.0);
    let (x, y) = (shares.map(at), shares.map(truth));
    let (mut single, mut double) = (Sensor::<1, 16>::new(), Sensor::<1, 16, f64>::new());
    let found = [
        single.fit(&x.map(|x| x as f32), &y.map(|y| y as f32)).unwrap().ridge.to_f64(),
        double.fit(&x, &y).unwrap().ridge,
    ];
    for i in 0..=100 {
        let query = at(f64::from(i) / 100.0);
        let (one, other) = (single.read(&[query as f32], 0.9).unwrap(), double.read(&[query], 0.9).unwrap());
        assert_close(one.value.into(), other.value, 1e-3 * 80.0);
        assert_close(one.value.into(), truth(f64::from(i) / 100.0), 2.0);
        println!("{bits} bits: {found:?}, {one:?}, {other:?}");
    }
}

#[test]
fn raw_counts_in_single_precision() {
    counts(10, 0.0);
    counts(12, 0.0);
    counts(16, 0.0);
}

/// 24 bits, of which the signal moves the last seven: 8,388,000 +- 60.
#[test]
fn counts_far_from_zero() {
    let offset = 8_388_000.0;
    let steps: [f64; 16] = core::array::from_fn(|i| 8.0 * i as f64 - 60.0);
    let truth = |step: f64| 25.0 + step / 12.0 + 2.0 * (step / 20.0).sin();
    let (mut single, mut double) = (Sensor::<1, 16>::new(), Sensor::<1, 16, f64>::new());
    single.fit(&steps.map(|s| (s + offset) as f32), &steps.map(|s| truth(s) as f32)).unwrap();
    double.fit(&steps.map(|s| s + offset), &steps.map(truth)).unwrap();
    for step in -60..=60 {
        let query = f64::from(step) + offset;
        let (one, other) = (single.mean(&[query as f32]).unwrap(), double.mean(&[query]).unwrap());
        assert_close(one.into(), other, 1e-3 * 10.0);
        assert_close(one.into(), truth(f64::from(step)), 0.3);
    }
}
