use ntk_core::regression::WhenFull;
use ntk_core::regression::bytes::Contents;
use ntk_core::{Scalar, Sensor};

use crate::fnv::Fnv;
use crate::samples::{example_3, normals};

const N: usize = 12;

/// Example 3 in the units of a sensor: ten units of x for 1, an offset of 300; labels around 20.
fn samples<T: Scalar, const N: usize>(seed: u64) -> ([[T; 1]; N], [T; N]) {
    let (x, y) = example_3::<T, N>(seed);
    (x.map(|[x, _]| [T::from_f64(10.0) * x + T::from_f64(300.0)]), y.map(|[y]| T::from_f64(20.0) + y))
}

fn fitted<T: Scalar>(f: impl FnOnce(&mut Sensor<1, N, T>, &mut Fnv)) -> u64 {
    let ((x, y), mut sensor, mut fnv) = (samples::<T, N>(60), Sensor::new(), Fnv::new());
    let tuned = sensor.fit(&x, &y).unwrap();
    fnv.numbers(&[tuned.bias_variance, tuned.ridge]);
    f(&mut sensor, &mut fnv);
    fnv.finish()
}

fn read<T: Scalar>(sensor: &Sensor<1, N, T>, fnv: &mut Fnv) {
    for [x] in normals::<T, 1, 5>(61) {
        let x = [T::from_f64(300.0) + T::from_f64(5.0) * x];
        let reading = sensor.read(&x, T::from_f64(0.9)).unwrap();
        fnv.numbers(&[reading.value, reading.low, reading.high, reading.deviation, reading.familiarity]);
        fnv.result(sensor.p_value(&x, T::from_f64(20.5)));
    }
}

pub(super) fn fit_and_read<T: Scalar>() -> u64 {
    fitted::<T>(|sensor, fnv| read(sensor, fnv))
}

pub(super) fn push_and_read<T: Scalar>() -> u64 {
    fitted::<T>(|sensor, fnv| {
        let (x, y) = samples::<T, 3>(62);
        for (x, &y) in x.iter().zip(&y) {
            sensor.push(x, y, WhenFull::DropOldest).unwrap();
        }
        sensor.remove(4).unwrap();
        read(sensor, fnv);
        fnv.result(sensor.leave_one_out(2).map(|left_out| left_out.deviation));
    })
}

/// Two inputs and two outputs, one constant input.
pub(super) fn two_outputs<T: Scalar>() -> u64 {
    let (x, y) = (normals::<T, 2, 9>(63).map(|[x, _]| [x, T::from_f64(1013.25)]), normals::<T, 2, 9>(64));
    let (mut sensor, mut fnv) = (Sensor::<2, 9, T, [T; 2]>::new(), Fnv::new());
    sensor.fit(&x, &y).unwrap();
    let reading = sensor.read(&x[3].map(|x| x + T::from_f64(0.01)), T::HALF).unwrap();
    [reading.value, reading.low, reading.high, reading.deviation].iter().for_each(|pair| fnv.numbers(pair));
    fnv.finish()
}

pub(super) fn file<T: Scalar>() -> u64 {
    fitted::<T>(|sensor, fnv| {
        let mut bytes = [0; 28 + 8 * (4 + 4 + 1 + N * 4 + N + N * (N + 1) / 2)];
        let length = sensor.write(Contents::Everything, &mut bytes).unwrap();
        bytes[..length].iter().for_each(|&byte| fnv.word(u64::from(byte)));
    })
}
