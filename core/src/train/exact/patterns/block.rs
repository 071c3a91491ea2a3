//! What stands in the rows of lanes of a block of groups.

use crate::train::exact::memory::cut;
use crate::vector::LANES;
use crate::{Scalar, Shape};

/// Path length; that after the next step; the norm of H; the path length of the next look.
const CLOCK: usize = 4;

/// Rows of lanes for a block of groups.
pub(super) const fn rows(samples: usize, shape: Shape) -> usize {
    let m = shape.inputs.saturating_add(shape.outputs);
    let matrices = m.saturating_mul(m).saturating_add(shape.inputs.saturating_mul(shape.outputs));
    samples.saturating_add(matrices.saturating_mul(2)).saturating_add(CLOCK)
}

/// [`LANES`] groups.
pub(super) struct Block<'b, T> {
    /// phi' at each sample.
    pub(super) slopes: &'b mut [[T; LANES]],
    /// P by columns.
    pub(super) p: &'b mut [[T; LANES]],
    /// R, symmetric.
    pub(super) r: &'b mut [[T; LANES]],
    /// H by rows.
    pub(super) h: &'b mut [[T; LANES]],
    /// M by rows.
    pub(super) moments: &'b mut [[T; LANES]],
    pub(super) clock: &'b mut [[T; LANES]],
}

/// What the rows of a block are.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) samples: usize,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}

impl Sizes {
    #[inline(always)]
    pub(super) fn rows(self) -> usize {
        rows(self.samples, Shape { inputs: self.inputs, width: 0, outputs: self.outputs }).max(1)
    }

    /// Weights of a unit.
    #[inline(always)]
    pub(super) fn weights(self) -> usize {
        self.inputs.saturating_add(self.outputs).max(1)
    }

    #[inline(always)]
    pub(super) fn divide<T>(self, mut rows: &mut [[T; LANES]]) -> Block<'_, T> {
        let (m, corner) = (self.inputs + self.outputs, self.inputs * self.outputs);
        let rest = &mut rows;
        Block {
            slopes: cut(rest, self.samples),
            p: cut(rest, m * m),
            r: cut(rest, m * m),
            h: cut(rest, corner),
            moments: cut(rest, corner),
            clock: cut(rest, CLOCK),
        }
    }
}

#[inline(always)]
pub(super) fn lane<T: Scalar>(row: &[T; LANES], at: usize) -> T {
    row.get(at).copied().unwrap_or(T::ZERO)
}

#[inline(always)]
pub(super) fn set<T>(row: &mut [T; LANES], at: usize, value: T) {
    if let Some(slot) = row.get_mut(at) {
        *slot = value;
    }
}
