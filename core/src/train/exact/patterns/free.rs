//! FreeList units: a list without gaps, and the plain engine's step of those on it, in lanes.

use super::inspect::StepView;
use super::units::Units;
use crate::vector::{LANES, across_lanes};
use crate::{Activation, Scalar};

/// The free units, in any order.
#[derive(Debug)]
pub(super) struct FreeList<'m> {
    units: &'m mut [u32],
    /// The position of each free unit in the list.
    positions: &'m mut [u32],
    count: usize,
}

impl<'m> FreeList<'m> {
    pub(super) fn new(units: &'m mut [u32], positions: &'m mut [u32]) -> Self {
        Self { units, positions, count: 0 }
    }

    /// Puts all units on the list.
    pub(super) fn fill(&mut self) {
        self.count = self.units.len();
        for (i, (unit, position)) in (0..).zip(self.units.iter_mut().zip(&mut *self.positions)) {
            (*unit, *position) = (i, i);
        }
    }

    /// Returns the units on the list.
    #[inline(always)]
    pub(super) fn units(&self) -> &[u32] {
        self.units.get(..self.count).unwrap_or(&[])
    }

    pub(super) fn push(&mut self, unit: u32) {
        self.write(self.count, unit);
        self.count += 1;
    }

    /// Removes a unit. The last unit takes its position.
    pub(super) fn remove(&mut self, unit: u32) {
        let gap = self.positions.get(unit as usize).copied();
        if let (Some(gap), Some(&last)) = (gap, self.units().last()) {
            self.write(gap as usize, last);
            self.count -= 1;
        }
    }

    fn write(&mut self, position: usize, unit: u32) {
        if let (Some(slot), Some(at)) = (self.units.get_mut(position), self.positions.get_mut(unit as usize))
        {
            *slot = unit;
            *at = u32::try_from(position).unwrap_or(u32::MAX);
        }
    }
}

/// Moves the listed units by one step, and adds what they then contribute to the partial sums of the outputs.
///
/// It borrows c + d rows for weights and as many for the gradient.
#[inline(always)]
pub(super) fn step<T: Scalar, A: Activation<T>>(
    phi: A,
    view: &StepView<'_, T>,
    free: &[u32],
    units: &mut Units<'_, T>,
    (weights, gradient): (&mut [[T; LANES]], &mut [[T; LANES]]),
    sums: &mut [[T; LANES]],
) {
    let outputs = view.data.y().columns().max(1);
    for block in free.chunks(LANES) {
        units.load(block, weights);
        gradient.fill([T::ZERO; LANES]);
        let (Some((a, b)), Some((ga, gb))) =
            (weights.split_at_mut_checked(outputs), gradient.split_at_mut_checked(outputs))
        else {
            return;
        };
        for (z, residuals) in view.rows() {
            across_lanes();
            let h = products(b, z);
            let (mut value, mut back) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            for (a, &r) in a.iter().zip(residuals) {
                for l in 0..LANES {
                    back[l] += a[l] * r;
                }
            }
            for l in 0..LANES {
                let slope = phi.derivative(h[l]);
                value[l] = slope * h[l];
                back[l] *= slope;
            }
            add_outer(ga, &value, residuals);
            add_outer(gb, &back, z);
        }
        for (w, g) in a.iter_mut().zip(&*ga).chain(b.iter_mut().zip(&*gb)) {
            for l in 0..LANES {
                w[l] -= view.factor * g[l];
            }
        }
        for (z, sums) in view.data.x().iter().zip(sums.chunks_exact_mut(outputs)) {
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

/// Returns sum_d rows_d z_d.
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

/// Adds lanes z_d to rows_d.
#[inline(always)]
pub(super) fn add_outer<T: Scalar>(rows: &mut [[T; LANES]], lanes: &[T; LANES], z: &[T]) {
    for (row, &z) in rows.iter_mut().zip(z) {
        for l in 0..LANES {
            row[l] += lanes[l] * z;
        }
    }
}
