//! The weights of single units, c + d numbers each, in the network's own memory.

use crate::vector::LANES;
use crate::{ParametersMut, Scalar};

/// The weights of all units. For a unit in a group they are its stored coordinates u.
pub(super) struct Units<'w, T> {
    a: &'w mut [T],
    b: &'w mut [T],
    width: usize,
}

impl<'w, T: Scalar> Units<'w, T> {
    #[inline(always)]
    pub(super) fn of<W: ParametersMut<Scalar = T>>(weights: &'w mut W) -> Self {
        let width = weights.shape().width;
        let (a, b) = weights.parts_mut();
        Self { a, b, width }
    }

    /// Reads a, then b, of one unit.
    pub(super) fn get(&self, unit: u32, w: &mut [T]) {
        let rows = self.a.chunks_exact(self.width.max(1)).chain(self.b.chunks_exact(self.width.max(1)));
        for (w, row) in w.iter_mut().zip(rows) {
            *w = row.get(unit as usize).copied().unwrap_or(T::ZERO);
        }
    }

    /// Writes a, then b, of one unit.
    pub(super) fn put(&mut self, unit: u32, w: &[T]) {
        let rows =
            self.a.chunks_exact_mut(self.width.max(1)).chain(self.b.chunks_exact_mut(self.width.max(1)));
        for (row, &w) in rows.zip(w) {
            if let Some(slot) = row.get_mut(unit as usize) {
                *slot = w;
            }
        }
    }

    /// Reads the weights of up to [`LANES`] units side by side. Lanes without a unit get zeros.
    #[inline(always)]
    pub(super) fn load(&self, units: &[u32], w: &mut [[T; LANES]]) {
        let rows = self.a.chunks_exact(self.width.max(1)).chain(self.b.chunks_exact(self.width.max(1)));
        for (lanes, row) in w.iter_mut().zip(rows) {
            *lanes = [T::ZERO; LANES];
            for (lane, &unit) in lanes.iter_mut().zip(units) {
                *lane = row.get(unit as usize).copied().unwrap_or(T::ZERO);
            }
        }
    }

    /// Writes the weights of up to [`LANES`] units.
    #[inline(always)]
    pub(super) fn store(&mut self, units: &[u32], w: &[[T; LANES]]) {
        let rows =
            self.a.chunks_exact_mut(self.width.max(1)).chain(self.b.chunks_exact_mut(self.width.max(1)));
        for (row, lanes) in rows.zip(w) {
            for (&lane, &unit) in lanes.iter().zip(units) {
                if let Some(slot) = row.get_mut(unit as usize) {
                    *slot = lane;
                }
            }
        }
    }
}
