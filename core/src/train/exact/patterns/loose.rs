//! Loose units: a list without gaps, and the plain engine's step of those on it, in lanes.

use super::survey::Seen;
use super::units::Units;
use crate::vector::{LANES, across_lanes};
use crate::{Activation, Scalar};

/// The loose units in any order.
#[derive(Debug)]
pub(super) struct Loose<'m> {
    units: &'m mut [u32],
    /// Where each loose unit stands.
    places: &'m mut [u32],
    count: usize,
}

impl<'m> Loose<'m> {
    pub(super) fn new(units: &'m mut [u32], places: &'m mut [u32]) -> Self {
        Self { units, places, count: 0 }
    }

    /// All units are loose.
    pub(super) fn fill(&mut self) {
        self.count = self.units.len();
        for (i, (unit, place)) in (0..).zip(self.units.iter_mut().zip(&mut *self.places)) {
            (*unit, *place) = (i, i);
        }
    }

    #[inline(always)]
    pub(super) fn units(&self) -> &[u32] {
        self.units.get(..self.count).unwrap_or(&[])
    }

    pub(super) fn push(&mut self, unit: u32) {
        self.write(self.count, unit);
        self.count += 1;
    }

    /// The last one takes the place of the one that leaves.
    pub(super) fn remove(&mut self, unit: u32) {
        let gap = self.places.get(unit as usize).copied();
        if let (Some(gap), Some(&last)) = (gap, self.units().last()) {
            self.write(gap as usize, last);
            self.count -= 1;
        }
    }

    fn write(&mut self, place: usize, unit: u32) {
        if let (Some(slot), Some(at)) = (self.units.get_mut(place), self.places.get_mut(unit as usize)) {
            *slot = unit;
            *at = u32::try_from(place).unwrap_or(u32::MAX);
        }
    }
}

/// One step of the listed units: their weights, and what the new ones add to the outputs' partial sums. Lends c + d lanes for weights
/// and as many for the gradient.
#[inline(always)]
pub(super) fn pass<T: Scalar, A: Activation<T>>(
    phi: A,
    seen: &Seen<'_, T>,
    loose: &[u32],
    units: &mut Units<'_, T>,
    (weights, gradient): (&mut [[T; LANES]], &mut [[T; LANES]]),
    sums: &mut [[T; LANES]],
) {
    let outputs = seen.data.y().columns().max(1);
    for block in loose.chunks(LANES) {
        units.load(block, weights);
        gradient.fill([T::ZERO; LANES]);
        let (Some((a, b)), Some((ga, gb))) =
            (weights.split_at_mut_checked(outputs), gradient.split_at_mut_checked(outputs))
        else {
            return;
        };
        for (z, residuals) in seen.rows() {
            across_lanes();
            let h = products(b, z);
            let (mut value, mut back) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            for (a, &r) in a.iter().zip(residuals) {
                for l in 0..LANES {
                    back[l] += a[l] * r;
                }
            }
            for l in 0..LANES {
                let slope = phi.slope(h[l]);
                value[l] = slope * h[l];
                back[l] *= slope;
            }
            add_outer(ga, &value, residuals);
            add_outer(gb, &back, z);
        }
        for (w, g) in a.iter_mut().zip(&*ga).chain(b.iter_mut().zip(&*gb)) {
            for l in 0..LANES {
                w[l] -= seen.factor * g[l];
            }
        }
        for (z, sums) in seen.data.x().iter().zip(sums.chunks_exact_mut(outputs)) {
            across_lanes();
            let h = products(b, z);
            let value: [T; LANES] = core::array::from_fn(|l| phi.value(h[l]));
            for (a, sums) in a.iter().zip(sums) {
                for l in 0..LANES {
                    sums[l] += a[l] * value[l];
                }
            }
        }
        units.store(block, weights);
    }
}

/// sum_d rows_d z_d.
#[inline(always)]
pub(super) fn products<T: Scalar>(rows: &[[T; LANES]], z: &[T]) -> [T; LANES] {
    let mut sum = [T::ZERO; LANES];
    for (row, &z) in rows.iter().zip(z) {
        for l in 0..LANES {
            sum[l] += row[l] * z;
        }
    }
    sum
}

/// rows_d <- rows_d + lanes z_d.
#[inline(always)]
pub(super) fn add_outer<T: Scalar>(rows: &mut [[T; LANES]], lanes: &[T; LANES], z: &[T]) {
    for (row, &z) in rows.iter_mut().zip(z) {
        for l in 0..LANES {
            row[l] += lanes[l] * z;
        }
    }
}
