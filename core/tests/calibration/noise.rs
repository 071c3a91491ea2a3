//! Calibrations whose samples have noise of their own, in the units of the labels.

use ntk_core::regression::bytes::{Contents, FileError, Flash};
use ntk_core::regression::{Fixed, PerSample, WhenFull};
use ntk_core::{Architecture, Calibration, Error, Nngp, Quantity, Relu, Sensor, Setting};

const N: usize = 12;

type Noisy = Sensor<1, N, f64, f64, PerSample>;

const X: [f64; N] = [0.1, 0.5, 0.9, 1.2, 1.7, 2.1, 2.4, 2.8, 3.1, 3.5, 3.8, 4.2];

/// A curve, with a label that is far off where the reference says that it is bad.
fn labels() -> ([f64; N], [f64; N]) {
    let (mut y, mut noise) = (X.map(|x| 20.0 + 3.0 * x + 0.8 * x * x), [0.05; N]);
    y[6] += 9.0;
    noise[6] = 10.0;
    (y, noise)
}

fn fitted() -> Noisy {
    let (y, noise) = labels();
    let mut model = Noisy::new();
    model.fit_with_noise(&X, &y, &noise).unwrap();
    model
}

/// The noise in the model is what was given, in the labels' units: amplitude times scale times noise over
/// unit.
#[test]
fn deviations_are_in_the_units_of_the_labels() {
    let (model, (_, noise)) = (fitted(), labels());
    let (_, scaling) = model.scaling();
    for (i, noise) in noise.into_iter().enumerate() {
        assert!((model.noise_of(i).unwrap() / noise - 1.0).abs() < 1e-15);
        let own = model.model().noise_of(i).unwrap() / model.model().noise_unit();
        let in_units_of_y = own * model.model().amplitude(0).unwrap() * scaling.scale;
        assert!((in_units_of_y / noise - 1.0).abs() < 1e-9, "{in_units_of_y} and {noise}");
    }
    assert_eq!(model.noise_of(N), None);
}

/// A label that is known to be bad moves nothing; in a model that does not know it does.
#[test]
fn a_bad_reference_is_passed_over() {
    let (model, (y, _)) = (fitted(), labels());
    let truth = |x: f64| 20.0 + 3.0 * x + 0.8 * x * x;
    assert!((model.mean(&[2.4]).unwrap() - truth(2.4)).abs() < 0.2);
    let mut plain = Sensor::<1, N, f64>::new();
    plain.fit(&X, &y).unwrap();
    assert!((plain.mean(&[2.4]).unwrap() - truth(2.4)).abs() > 0.5);
    // An observation that the same reference makes may be as far off, one of another may not.
    let [good, bad] = [0.0, 10.0].map(|noise| model.interval_with_noise(&[2.4], noise, 0.9).unwrap());
    assert!(bad.high - bad.low > 5.0 * (good.high - good.low), "{good:?} {bad:?}");
    assert_eq!(model.interval(&[2.4], 0.9), Ok(good));
    let [good, bad] =
        [0.0, 10.0].map(|noise| model.p_value_with_noise(&[2.4], truth(2.4) + 9.0, noise).unwrap());
    assert!(good <= 1.0 / 13.0 && bad > 0.1, "{good} {bad}");
    assert_eq!(model.p_value(&[2.4], 30.0), model.p_value_with_noise(&[2.4], 30.0, 0.0));
}

/// In other units everything is what it was, in those.
#[test]
fn other_units_of_the_labels() {
    let (y, noise) = labels();
    let (mut here, mut there) = (Noisy::new(), Noisy::new());
    here.fit_with_noise(&X, &y, &noise).unwrap();
    there.fit_with_noise(&X, &y.map(|y| 1024.0 * y), &noise.map(|v| 1024.0 * v)).unwrap();
    for x in [-1.0, 0.3, 2.2, 5.0] {
        let (here, there) = (here.read(&[x], 0.9).unwrap(), there.read(&[x], 0.9).unwrap());
        for (a, b) in [(here.value, there.value), (here.high, there.high), (here.deviation, there.deviation)]
        {
            assert!((1024.0 * a - b).abs() <= 1e-9 * b.abs(), "{a} and {b}");
        }
    }
}

#[test]
fn it_learns_and_forgets() {
    let (mut model, (y, noise)) = (fitted(), labels());
    let before = model.predict(&[1.0]).unwrap();
    let dropped = model.push_with_noise(&[2.4], y[6], 10.0, WhenFull::DropOldest).unwrap();
    assert_eq!((dropped, model.len()), (Some(0), N));
    assert!((model.noise_of(N - 1).unwrap() - 10.0).abs() < 1e-12);
    model.replace_with_noise(N - 1, &[X[0]], y[0], noise[0]).unwrap();
    let after = model.predict(&[1.0]).unwrap(); // the same samples, in another order
    assert!((after.mean - before.mean).abs() < 1e-9 && (after.deviation - before.deviation).abs() < 1e-9);
    assert!((model.sample(N - 1).unwrap().0[0] - X[0]).abs() < 1e-12);
    model.remove(3).unwrap();
    assert_eq!(model.len(), N - 1);
    assert!((model.noise_of(4).unwrap() - 10.0).abs() < 1e-12);
}

#[test]
fn what_is_refused_changes_nothing() {
    let (mut model, (y, noise)) = (fitted(), labels());
    let before = format!("{model:?}");
    let infinite = |row| Error::NotFinite { what: Quantity::Noise, row, column: 0 };
    let with = |i: usize, v: f64| {
        let mut noise = noise;
        noise[i] = v;
        noise
    };
    let negative = Error::OutOfRange(Setting::Noise);
    for (value, row, refusal) in
        [(f64::NAN, 2, infinite(2)), (f64::INFINITY, 2, infinite(2)), (-0.1, 2, negative)]
    {
        assert_eq!(model.fit_with_noise(&X, &y, &with(row, value)).map(drop), Err(refusal));
        let refusal = if refusal == negative { negative } else { infinite(0) };
        assert_eq!(model.push_with_noise(&[1.0], 2.0, value, WhenFull::DropOldest).map(drop), Err(refusal));
        assert_eq!(model.replace_with_noise(0, &[1.0], 2.0, value), Err(refusal));
        assert_eq!(model.interval_with_noise(&[1.0], value, 0.9).map(drop), Err(refusal));
        assert_eq!(model.p_value_with_noise(&[1.0], 2.0, value), Err(refusal));
    }
    let refused = model.fit_with_noise(&X, &y, &[1e3; N]).map(drop);
    assert_eq!(refused, Err(Error::OutOfRange(Setting::NoiseOfAll)));
    let refused = model.fit_with_noise(&X, &y, &noise[1..]).map(drop);
    assert_eq!(refused, Err(Error::Shape { what: "noise", expected: N, found: N - 1 }));
    assert_eq!(format!("{model:?}"), before);
}

/// A file has the noise, is read in place and into memory with the same bits, and is refused by who has no
/// place for it.
#[test]
fn files_have_the_noise() {
    type Kernel = Nngp<Relu, Architecture<f64>>;
    let mut model = fitted();
    model.remove(2).unwrap();
    let mut bytes = vec![0; model.written_len(Contents::Everything)];
    assert_eq!(model.write(Contents::Everything, &mut bytes), Ok(bytes.len()));
    let without = Sensor::<1, N, f64>::new();
    assert_eq!(bytes[6], 1 | 2 | 8);
    type Stored<'b> = Calibration<Kernel, Flash<'b, f64, 1, N, f64, PerSample>>;
    let stored = Stored::open(&bytes).unwrap();
    let mut loaded = Noisy::new();
    loaded.load(&bytes).unwrap();
    for i in 0..N {
        assert_eq!(stored.noise_of(i), model.noise_of(i));
        assert_eq!(loaded.noise_of(i), model.noise_of(i));
        assert_eq!(stored.model().novelty_of(i), model.model().novelty_of(i));
        assert_eq!(stored.leave_one_out(i), model.leave_one_out(i));
    }
    for x in [-1.0, 0.3, 2.2, 5.0] {
        assert_eq!(stored.read(&[x], 0.9), model.read(&[x], 0.9));
        assert_eq!(stored.interval_with_noise(&[x], 1.0, 0.9), model.interval_with_noise(&[x], 1.0, 0.9));
        assert_eq!(loaded.read(&[x], 0.9), model.read(&[x], 0.9));
    }
    loaded.push_with_noise(&[0.7], 23.0, 0.3, WhenFull::Refuse).unwrap();
    model.push_with_noise(&[0.7], 23.0, 0.3, WhenFull::Refuse).unwrap();
    assert_eq!(format!("{:?}", loaded.read(&[1.0], 0.9)), format!("{:?}", model.read(&[1.0], 0.9)));
    let head = FileError::Head { what: "contents", found: 11 };
    let mut plain = without;
    assert_eq!(plain.load(&bytes), Err(head));
    assert!(head.to_string().contains("PerSample"), "{head}");
    assert_eq!(Calibration::<Kernel, Flash<'_, f64, 1, N>>::open(&bytes).map(drop), Err(head));
    // Means need no noise, and a file without is read by both.
    let mut means = vec![0; loaded.written_len(Contents::Means)];
    loaded.write(Contents::Means, &mut means).unwrap();
    let of_means = Calibration::<Kernel, Flash<'_, f64, 1, N>>::open(&means).unwrap();
    assert_eq!(of_means.mean(&[1.0]), loaded.mean(&[1.0]));
    let (y, _) = labels();
    plain.fit(&X, &y).unwrap();
    let mut bytes = vec![0; plain.written_len(Contents::Everything)];
    plain.write(Contents::Everything, &mut bytes).unwrap();
    loaded.load(&bytes).unwrap();
    assert_eq!((loaded.noise_of(6), loaded.read(&[1.0], 0.9)), (Some(0.0), plain.read(&[1.0], 0.9)));
    let mut noisy = Noisy::new();
    noisy.fit(&X, &y).unwrap();
    let mut same = vec![0; noisy.written_len(Contents::Everything)];
    noisy.write(Contents::Everything, &mut same).unwrap();
    assert_eq!(same, bytes); // where no sample has noise a file has none
}

/// Bytes of the noise that mean nothing are refused, and the model stays.
#[test]
fn files_whose_noise_means_nothing() {
    let mut model = Noisy::new();
    let good = fitted();
    model.load(&file(&good)).unwrap();
    let (bytes, before) = (file(&good), format!("{model:?}"));
    let end = bytes.len() - 4;
    for (at, value) in
        [(1, -1.0), (1, f64::NAN), (5, f64::INFINITY), (N + 1, 0.0), (N + 1, -1.0), (N + 1, f64::NAN)]
    {
        let mut other = bytes.clone();
        other[end - 8 * at..end - 8 * (at - 1)].copy_from_slice(&value.to_le_bytes());
        let sum = crc(&other[..end]);
        other[end..].copy_from_slice(&sum.to_le_bytes());
        assert!(matches!(model.load(&other), Err(FileError::Model(_))), "{at}, {value}");
        assert_eq!(format!("{model:?}"), before);
    }
    let mut cut = bytes.clone();
    cut.truncate(end - 8);
    assert!(model.load(&cut).is_err());
}

fn file(model: &Noisy) -> Vec<u8> {
    let mut bytes = vec![0; model.written_len(Contents::Everything)];
    model.write(Contents::Everything, &mut bytes).unwrap();
    bytes
}

/// CRC-32, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// The calibration's parts are those of a regression by hand.
#[test]
fn by_hand_it_is_the_same() {
    let ((y, noise), model) = (labels(), fitted());
    let (inputs, labels) = model.scaling();
    let x: Vec<[f64; 1]> = X.iter().map(|x| inputs.apply(&[*x])).collect();
    let y: Vec<f64> = y.iter().map(|y| labels.apply(y)).collect();
    let noise: Vec<f64> = noise.iter().map(|v| v / labels.scale).collect();
    let storage = Fixed::<f64, 1, N, f64, PerSample>::new();
    let mut by_hand = ntk_core::Regression::new(*model.model().kernel(), storage);
    by_hand.fit_with_noise(x.as_slice(), y.as_slice(), &noise, model.model().ridge()).unwrap();
    assert_eq!(by_hand.predict(&[0.3]), model.model().predict(&[0.3]));
}
