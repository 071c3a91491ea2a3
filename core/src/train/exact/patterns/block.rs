//! The rows of a block of eight groups, one lane for each group.

use crate::train::exact::memory::cut;
use crate::vector::LANES;
use crate::{Scalar, Shape};

/// The number of rows about the path.
const PATH_ROWS: usize = 4;
/// Among them, the path length.
pub(super) const PATH: usize = 0;
/// The path length after the next step.
pub(super) const NEXT: usize = 1;
/// The norm of H, which is the length of the next step.
pub(super) const STEP_NORM: usize = 2;
/// The path length at which the next recheck is due.
pub(super) const DUE: usize = 3;

/// Returns the number of rows of a block.
pub(super) const fn rows(samples: usize, shape: Shape) -> usize {
    let m = shape.inputs.saturating_add(shape.outputs);
    let matrices = m.saturating_mul(m).saturating_add(shape.inputs.saturating_mul(shape.outputs));
    samples.saturating_add(matrices.saturating_mul(2)).saturating_add(PATH_ROWS)
}

/// The rows of [`LANES`] groups.
pub(super) struct PatternBlock<'b, T> {
    /// phi' at each sample, which is the pattern.
    pub(super) slopes: &'b mut [[T; LANES]],
    /// The transport P by columns.
    pub(super) p: &'b mut [[T; LANES]],
    /// R, the sum of u u', symmetric.
    pub(super) r: &'b mut [[T; LANES]],
    /// H by rows.
    pub(super) h: &'b mut [[T; LANES]],
    /// M, the sum of a b', by rows.
    pub(super) moments: &'b mut [[T; LANES]],
    /// The rows [`PATH`], [`NEXT`], [`STEP_NORM`] and [`DUE`].
    pub(super) path: &'b mut [[T; LANES]],
}

/// The sizes that divide the rows of a block.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) samples: usize,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}

impl Sizes {
    /// Returns the number of rows of a block.
    #[inline(always)]
    pub(super) fn rows(self) -> usize {
        rows(self.samples, Shape { inputs: self.inputs, width: 0, outputs: self.outputs }).max(1)
    }

    /// Returns the number of weights of a unit, m = c + d.
    #[inline(always)]
    pub(super) fn weights(self) -> usize {
        self.inputs.saturating_add(self.outputs).max(1)
    }

    /// Divides the rows of a block.
    #[inline(always)]
    pub(super) fn divide<T>(self, mut rows: &mut [[T; LANES]]) -> PatternBlock<'_, T> {
        let (m, corner) = (self.inputs + self.outputs, self.inputs * self.outputs);
        let rest = &mut rows;
        PatternBlock {
            slopes: cut(rest, self.samples),
            p: cut(rest, m * m),
            r: cut(rest, m * m),
            h: cut(rest, corner),
            moments: cut(rest, corner),
            path: cut(rest, PATH_ROWS),
        }
    }
}

/// Reads one lane.
#[inline(always)]
pub(super) fn lane<T: Scalar>(row: &[T; LANES], at: usize) -> T {
    row.get(at).copied().unwrap_or(T::ZERO)
}
