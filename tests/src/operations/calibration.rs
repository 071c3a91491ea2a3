use ntk_core::regression::WhenFull;
use ntk_core::regression::bytes::{Contents, Flash};
use ntk_core::{Architecture, Calibration, Nngp, Relu, Scalar, Sensor};

const N: usize = 12;

/// What the sensor measures: millivolts to degrees, bent by a tenth.
fn truth(millivolts: f64) -> f64 {
    25.0 * millivolts - 0.01 * millivolts * millivolts
}

/// A calibration: values near the truth, intervals around them, outliers and far readings noticed; the same
/// from a file.
///
/// # Panics
/// If an answer is not as promised.
pub fn calibration<T: Scalar>() {
    let level = T::from_f64(0.9);
    let x: [T; N] = core::array::from_fn(|i| T::from_f64(200.0 + 4.0 * i as f64));
    // Noise of a quarter of a degree, up and down by turns of three.
    let noise = |i: usize| [0.25, -0.25, 0.0][i % 3];
    let y: [T; N] = core::array::from_fn(|i| T::from_f64(truth(x[i].to_f64()) + noise(i)));
    let mut sensor = Sensor::<1, N, T>::new();
    sensor.fit(&x, &y).unwrap();
    for at in [202.0, 217.0, 241.0] {
        let reading = sensor.read(&[T::from_f64(at)], level).unwrap();
        let [value, low, high] = [reading.value, reading.low, reading.high].map(Scalar::to_f64);
        assert!((value - truth(at)).abs() < 0.5 && low < truth(at) && truth(at) < high && high - low < 5.0);
        assert!(reading.familiarity.to_f64() > 0.1);
    }
    let middle = [T::from_f64(222.0)];
    assert!(sensor.p_value(&middle, T::from_f64(truth(222.0))).unwrap().to_f64() > 0.2);
    assert!(sensor.p_value(&middle, T::from_f64(truth(222.0) + 9.0)).unwrap().to_f64() < 0.1);
    let far = sensor.read(&[T::from_f64(500.0)], level).unwrap();
    assert!(far.familiarity.to_f64() < 0.1 && sensor.familiarity(&middle).unwrap().to_f64() > 0.9);

    let mut flash = [0; 28 + 8 * (4 + 4 + 1 + N * 4 + N + N * (N + 1) / 2)];
    let length = sensor.write(Contents::Everything, &mut flash).unwrap();
    assert_eq!(length, sensor.written_len(Contents::Everything));
    let expected = sensor.read(&middle, level);
    let stored =
        Calibration::<Nngp<Relu, Architecture<T>>, Flash<'_, T, 1, N>>::open(&flash[..length]).unwrap();
    assert!(stored.read(&middle, level) == expected);
    let mut loaded = Sensor::<1, N, T>::new();
    loaded.load(&flash[..length]).unwrap();
    assert!(loaded.read(&middle, level) == expected);
    assert_eq!(sensor.push(&middle, T::from_f64(truth(222.0)), WhenFull::DropOldest), Ok(Some(0)));
    assert!((sensor.mean(&middle).unwrap().to_f64() - truth(222.0)).abs() < 0.3);
}
