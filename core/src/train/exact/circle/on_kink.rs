//! Units without an arc, because they are exactly on a kink or have b = 0.
//!
//! There are hardly ever any. They move as the plain engine moves them, sample by sample.

use super::kinks::vector;
use super::units::{PlaneUnits, dot2};
use crate::train::exact::list::List;
use crate::{Activation, Dataset, Scalar};

/// Moves every unit of the list by one step; `factor` is the rate over sqrt k.
#[cold]
#[inline(never)]
pub(super) fn step<T: Scalar, A: Activation<T>>(
    phi: A,
    data: &Dataset<'_, T>,
    residuals: &[T],
    factor: T,
    list: &List<'_>,
    units: &mut PlaneUnits<'_, T>,
) {
    for unit in list.iter() {
        let [a, b0, b1] = units.get(unit);
        let (mut ga, mut gb) = (T::ZERO, [T::ZERO; 2]);
        // By index: see `Dataset::samples`.
        for (i, &r) in residuals.iter().enumerate() {
            let z = vector(data.x().row(i));
            let (value, slope) = phi.value_and_derivative(dot2(&z, &[b0, b1]));
            ga += r * value;
            for d in 0..2 {
                gb[d] += r * slope * z[d];
            }
        }
        units.put(unit, [a - factor * ga, b0 - factor * (a * gb[0]), b1 - factor * (a * gb[1])]);
    }
}

/// Adds what the units of the list contribute to the outputs.
#[cold]
#[inline(never)]
pub(super) fn add_outputs<T: Scalar, A: Activation<T>>(
    phi: A,
    data: &Dataset<'_, T>,
    residuals: &mut [T],
    scale: T,
    list: &List<'_>,
    units: &PlaneUnits<'_, T>,
) {
    for unit in list.iter() {
        let [a, b0, b1] = units.get(unit);
        for (i, r) in residuals.iter_mut().enumerate() {
            *r += scale * (a * phi.value(dot2(&vector(data.x().row(i)), &[b0, b1])));
        }
    }
}
