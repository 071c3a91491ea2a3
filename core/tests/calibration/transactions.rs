//! Whatever changes a calibration either succeeds or changes nothing, the scaling and what its intervals need
//! included.

use ntk_core::regression::WhenFull;
use ntk_core::regression::bytes::Contents;
use ntk_core::{Error, Quantity, Sensor, Setting};

use crate::support::growing::{Sample, held, random_samples};
use crate::support::rng;

type Model = Sensor<2, 6, f64, [f64; 2]>;

/// All that it holds for its samples, as text that tells any two apart.
fn parts(model: &Model) -> [String; 2] {
    let text = format!("{model:?}");
    let (_, rest) = text.rsplit_once(", inputs: Scaling").unwrap();
    [held(model.model()), rest.into()]
}

fn samples(n: usize, seed: u64) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let samples: Vec<Sample<f64>> = random_samples(n, &mut rng(seed));
    samples.into_iter().map(|(x, y)| (x.map(|v| 30.0 * v + 7.0), y)).unzip()
}

fn learned() -> Model {
    let (x, y) = samples(5, 7);
    let mut model = Model::new();
    model.fit(x.as_slice(), y.as_slice()).unwrap();
    model.remove(1).unwrap(); // no fresh fit has its bits
    model
}

#[test]
fn a_fit_that_fails_leaves_everything() {
    let mut model = learned();
    let (before, answer) = (parts(&model), model.predict(&[3.0, 4.0]));
    let (x, y) = samples(7, 8);
    let refused = model.fit(x.as_slice(), y.as_slice());
    assert_eq!(refused.map(drop), Err(Error::Capacity { capacity: 6, found: 7 }));
    let not_finite = |what, column| Err(Error::NotFinite { what, row: 0, column });
    let (one, far) = (vec![[1.0, 2.0]; 2], vec![[1e308, 0.0], [-1e308, 1.0]]);
    let spread = vec![[0.0, 1.0], [1.0, 2.0]];
    for (x, y, why) in [
        (vec![[f64::NAN, 0.0], [1.0, 2.0]], one.clone(), not_finite(Quantity::X, 0)),
        (spread.clone(), vec![[1.0, f64::INFINITY], [1.0, 2.0]], not_finite(Quantity::Y, 1)),
        (far.clone(), one.clone(), not_finite(Quantity::Shift, 0)),
        (spread.clone(), far, not_finite(Quantity::Shift, 0)),
    ] {
        let refused = model.fit(x.as_slice(), y.as_slice()).map(drop);
        let scale = not_finite(Quantity::Scale, 0); // the one or the other overflows first
        assert!(refused == why || refused == scale, "{refused:?}, {why:?}");
        assert_eq!(parts(&model), before, "{why:?}");
    }
    assert!(matches!(model.fit(&[1.0, 2.0], &[1.0, 2.0]), Err(Error::Shape { .. })));
    assert!(matches!(model.fit(x.as_slice(), &y[..2]), Err(Error::Shape { .. })));
    assert_eq!(model.set_range(&[0.0; 2], &[1.0; 2]), Err(Error::AlreadyFitted));
    assert_eq!(parts(&model), before);
    assert_eq!(model.predict(&[3.0, 4.0]), answer);
}

/// Scaled by a range that is far too narrow, inputs are so far out that the kernel overflows.
#[test]
fn a_range_and_a_kernel_that_overflows() {
    let mut model = Model::new();
    let no_width = Err(Error::OutOfRange(Setting::Scale));
    for [low, high] in [[[0.0, 0.0], [1.0, 0.0]], [[2.0, 0.0], [1.0, 1.0]], [[0.0, f64::NAN], [1.0, 1.0]]] {
        assert_eq!(model.set_range(&low, &high), no_width);
    }
    model.set_range(&[0.0; 2], &[1e-160; 2]).unwrap();
    let (x, y) = samples(4, 9);
    let refused = model.fit(x.as_slice(), y.as_slice());
    assert!(matches!(refused, Err(Error::NotFinite { what: Quantity::KernelMatrix, .. })), "{refused:?}");
    assert!(model.is_empty());
    model.set_range(&[-100.0; 2], &[100.0; 2]).unwrap();
    model.fit(x.as_slice(), y.as_slice()).unwrap();
    let half_width = 100.0 / 3f64.sqrt();
    assert_eq!(model.scaling().0.shift, [0.0; 2]);
    assert!((model.scaling().0.scale[1] / half_width - 1.0).abs() < 1e-15);
    let scaling = *model.scaling().0;
    let (x, y) = samples(5, 10);
    model.fit(x.as_slice(), y.as_slice()).unwrap(); // the range stays
    assert_eq!(*model.scaling().0, scaling);
}

#[test]
fn a_change_that_fails_leaves_everything() {
    let mut model = learned();
    for _ in 0..2 {
        model.push(&[3.0, -8.0], [0.1, 0.2], WhenFull::Refuse).unwrap();
    }
    let before = parts(&model);
    let full = Err(Error::Capacity { capacity: 6, found: 7 });
    assert_eq!(model.push(&[1.0, 1.0], [0.0; 2], WhenFull::Refuse), full);
    let no_number = |what, column| Err(Error::NotFinite { what, row: 0, column });
    assert_eq!(model.push(&[1.0, f64::NAN], [0.0; 2], WhenFull::DropOldest), no_number(Quantity::X, 1));
    assert_eq!(model.replace(2, &[1.0, 1.0], [f64::INFINITY, 0.0]).map(|()| None), no_number(Quantity::Y, 0));
    assert!(model.push(&[1e200, 1.0], [0.0; 2], WhenFull::DropRedundant).is_err());
    assert!(model.remove(6).is_err() && model.replace(6, &[1.0, 1.0], [0.0; 2]).is_err());
    assert!(model.predict(&[f64::INFINITY, 0.0]).is_err());
    assert_eq!(parts(&model), before);
}

/// The intervals are those of the samples that there are now, whatever the way to them.
#[test]
fn intervals_follow_every_change() {
    let mut model = learned();
    let (x, y) = samples(12, 11);
    for (i, (x, &y)) in x.iter().zip(&y).enumerate() {
        match i % 4 {
            0 if model.len() == 6 => model.remove(2).unwrap(),
            1 => model.replace(0, x, y).unwrap(),
            _ => model.push(x, y, WhenFull::DropRedundant).map(drop).unwrap(),
        }
        let scaled = model.scaling().0.apply(&[1.0, -2.0]);
        let expected = model.model().intervals().unwrap().at(&scaled, 0.7).unwrap();
        let found = model.interval(&[1.0, -2.0], 0.7).unwrap();
        assert_eq!(found.low, model.scaling().1.undo(&expected.low));
        assert_eq!(found.high, model.scaling().1.undo(&expected.high));
        let (x, y) = model.sample(1).unwrap();
        let p = model.p_value(&x, y).unwrap();
        let scaled = (model.scaling().0.apply(&x), model.scaling().1.apply(&y));
        assert_eq!(Ok(p), model.model().intervals().unwrap().p_value(&scaled.0, scaled.1));
    }
    for _ in 0..model.len() {
        model.remove(0).unwrap();
    }
    assert!(model.is_empty());
    assert_eq!(model.predict(&[1.0, 1.0]), Err(Error::NotFitted));
    assert_eq!(model.p_value(&[1.0, 1.0], [0.0; 2]), Err(Error::NotFitted));
    assert_eq!(model.read(&[1.0, 1.0], 0.9).err(), Some(Error::NotFitted));
    assert_eq!(model.interval(&[1.0, 1.0], 0.9).err(), Some(Error::NotFitted));
    assert_eq!(model.familiarity(&[1.0, 1.0]), Err(Error::NotFitted));
}

/// `reset` leaves nothing of what was: bytes of the next fit, and refusals before it, are those of a new one.
#[test]
fn a_calibration_that_is_reset_is_as_new() {
    let (x, y) = ([0.1f32, 0.5, 0.9, 1.4, 2.0], [1.0f32, 2.5, 2.0, 3.5, 5.0]);
    let kernel = *Sensor::<1, 8>::new().model().kernel();
    let mut used = Sensor::<1, 8>::new();
    used.set_range(&[-1.0], &[5.0]).unwrap();
    used.fit(&y, &x).unwrap();
    used.reset(kernel);
    assert!(used.is_empty() && used.model().ridge() == 0.0);
    assert_eq!(used.mean(&[0.3]), Err(Error::NotFitted));
    let mut new = Sensor::<1, 8>::new();
    for sensor in [&mut used, &mut new] {
        sensor.push(&[0.3], 1.0, WhenFull::Refuse).unwrap(); // the scaling and the settings are those of a new one
    }
    assert_eq!(format!("{:?}", used.mean(&[0.7])), format!("{:?}", new.mean(&[0.7])));
    assert_eq!(used.scaling(), new.scaling());
    for sensor in [&mut used, &mut new] {
        sensor.fit(&x, &y).unwrap();
    }
    let written = [&used, &new].map(|sensor| {
        let mut bytes = [0; 1024];
        let length = sensor.write(Contents::Everything, &mut bytes).unwrap();
        (bytes, length)
    });
    assert_eq!(written[0], written[1]);
}
