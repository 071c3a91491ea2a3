//! Calibrations of one and of two outputs.

use ntk_core::kernel::VariableKernel;
use ntk_core::regression::{ArrayStorage, Fixed, PerSample, Row, WhenFull};
use ntk_core::{Calibration, Kernel, Ntk, Relu, Rows, Scalar, Sensor};

use super::kernels::architecture;
use crate::opaque::{keep, slice, value};

pub(super) fn all<T: Scalar>() {
    in_units::<T, _, _>(Sensor::<2, 6, T>::new(), value(T::ONE));
    in_units::<T, _, _>(Sensor::<2, 6, T, [T; 2]>::default(), value([T::ONE; 2]));
    with_noise::<T>();
    in_units::<T, _, _>(Calibration::with(Ntk::with(Relu, architecture::<T>()), Fixed::new()), value(T::ONE));
}

#[inline(never)]
fn with_noise<T: Scalar>() {
    let (x, y, noise) = (value([[T::ONE; 2]; 6]), value([T::ONE; 6]), value([T::HALF; 6]));
    let mut calibration = Sensor::<2, 6, T, T, PerSample>::new();
    keep(calibration.fit_with_noise(slice(&x), slice(&y), slice(&noise)));
    let (query, label, own, level) = (value([T::ONE; 2]), value(T::ONE), value(T::HALF), value(T::HALF));
    keep(calibration.push_with_noise(&query, label, own, value(WhenFull::DropOldest)));
    keep(calibration.replace_with_noise(value(2), &query, label, own));
    keep((calibration.noise_of(value(1)), calibration.interval_with_noise(&query, own, level)));
    keep(calibration.p_value_with_noise(&query, label, own));
}

#[inline(never)]
fn in_units<T: Scalar, K: VariableKernel<T>, Y: Row<Scalar = T>>(
    mut calibration: Calibration<K, Fixed<T, 2, 6, Y>>,
    y: Y,
) {
    let (x, labels, query) = (value([T::ONE; 16]), value([T::ONE; 16]), value([T::ONE; 2]));
    keep(calibration.set_range(&query, &value([T::TWO; 2])));
    let rows = (Rows::new(slice(&x), value(2)), Rows::new(slice(&labels), value(2)));
    let (Ok(x), Ok(labels)) = rows else { return };
    keep(calibration.fit(x, labels));
    ask(&calibration, &query, y);
    for when_full in [WhenFull::Refuse, WhenFull::DropOldest, WhenFull::DropRedundant] {
        keep(calibration.push(&query, y, value(when_full)));
    }
    keep(calibration.remove(value(2)));
    keep(calibration.replace(value(2), &query, y));
    keep(calibration.sample(value(2)));
    ask(&calibration, &query, y);
    let (inputs, labels) = calibration.scaling();
    keep((inputs.undo(&query), labels.apply(&y)));
    let kernel = calibration.model().kernel().with_architecture(super::kernels::architecture::<T>());
    calibration.reset(kernel);
}

#[inline(never)]
pub(super) fn ask<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T>>(
    calibration: &Calibration<K, M>,
    query: &M::Input,
    y: M::Output,
) {
    let level = value(T::HALF);
    keep((calibration.len(), calibration.is_empty(), calibration.model().ridge()));
    keep((calibration.mean(query), calibration.predict(query), calibration.interval(query, level)));
    keep((
        calibration.read(query, level),
        calibration.p_value(query, y),
        calibration.leave_one_out(value(2)),
        calibration.familiarity(query),
    ));
}
