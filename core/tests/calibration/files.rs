//! A calibration goes into a file and comes back with its scaling and its intervals, to learn in memory or to
//! be read in place.

use ntk_core::regression::bytes::{Contents, FileError, Flash};
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::{Architecture, Calibration, Error, Nngp, Relu, Sensor};

type Kernel = Nngp<Relu, Architecture<f32>>;

fn sensor() -> Sensor<1, 16> {
    let x: [f32; 12] = core::array::from_fn(|i| 0.3 * i as f32 + 100.0);
    let mut sensor = Sensor::<1, 16>::new();
    sensor.fit(&x, &x.map(|x| 40.0 + x.sin())).unwrap();
    sensor
}

#[test]
fn there_and_back() {
    let mut sensor = sensor();
    let mut bytes = vec![0; sensor.written_len(Contents::Everything)];
    assert_eq!(sensor.write(Contents::Everything, &mut bytes), Ok(bytes.len()));
    let stored = Calibration::<Kernel, Flash<'_, f32, 1, 20>>::open(&bytes).unwrap();
    let mut loaded = Sensor::<1, 16>::new();
    loaded.load(&bytes).unwrap();
    for i in 0..60 {
        let x = [0.07 * i as f32 + 99.5];
        let expected = sensor.read(&x, 0.9).unwrap();
        assert_eq!((stored.read(&x, 0.9), loaded.read(&x, 0.9)), (Ok(expected), Ok(expected)));
        let p = sensor.p_value(&x, 40.3);
        assert_eq!((stored.p_value(&x, 40.3), loaded.p_value(&x, 40.3)), (p, p));
    }
    assert_eq!((stored.len(), loaded.len()), (12, 12));
    for model in [&mut sensor, &mut loaded] {
        model.push(&[101.23], 40.9, WhenFull::Refuse).unwrap();
    }
    assert_eq!(loaded.read(&[101.5], 0.9), sensor.read(&[101.5], 0.9));
}

#[test]
fn a_file_that_is_refused_leaves_everything() {
    let mut model = sensor();
    let other = {
        let mut other = Sensor::<1, 16>::new();
        other.fit(&[1.0, 2.0, 4.0], &[2.0, 3.0, 9.0]).unwrap();
        other
    };
    let before = format!("{model:?}");
    let mut bytes = vec![0; other.written_len(Contents::Everything)];
    other.write(Contents::Everything, &mut bytes).unwrap();
    for place in 0..bytes.len() {
        bytes[place] ^= 0x10;
        assert!(model.load(&bytes).is_err(), "{place}");
        bytes[place] ^= 0x10;
    }
    let mut means = vec![0; other.written_len(Contents::Means)];
    other.write(Contents::Means, &mut means).unwrap();
    assert_eq!(model.load(&means), Err(FileError::MeansOnly));
    assert_eq!(format!("{model:?}"), before); // the scaling and what intervals need included
    let means = Calibration::<Kernel, Flash<'_, f32, 1, 20>>::open(&means).unwrap();
    assert_eq!(means.mean(&[3.0]), other.mean(&[3.0]));
    assert_eq!(means.predict(&[3.0]).map(drop), Err(Error::MeansOnly));
    let mut narrow = Calibration::with(Nngp::with(Relu, Architecture::ONE_LAYER), Fixed::<f32, 1, 2>::new());
    assert_eq!(narrow.load(&bytes), Err(FileError::Model(Error::Capacity { capacity: 2, found: 3 })));
    model.load(&bytes).unwrap();
    assert_eq!(model.mean(&[3.0]), other.mean(&[3.0]));
}
