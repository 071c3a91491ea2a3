//! The table of groups: their patterns, their transports, and what they contribute to the outputs.
//!
//! As in `../circle/group.rs`, a unit in a group has stored coordinates u and weights w = P u, and a step is
//! P <- T P. The outputs need the corner M = sum of a b' of Q = P R P', where R is the sum of u u'. [`LANES`]
//! groups are moved side by side.

use super::block::{PatternBlock, Sizes, lane};
use super::free::{add_outer, products};
use super::inspect::StepView;
use super::transport::transport;
use crate::slices::set;
use crate::vector::{LANES, across_lanes};
use crate::{Dataset, Scalar, Shape};

/// The groups, in lent memory.
#[derive(Debug)]
pub(super) struct Table<'m, T> {
    samples: usize,
    inputs: usize,
    outputs: usize,
    /// The rows of all blocks.
    rows: &'m mut [[T; LANES]],
    /// Scratch memory of c rows.
    delta: &'m mut [[T; LANES]],
    /// The hash of each group's pattern.
    hashes: &'m mut [u32],
    /// The number of units in each group. An entry of the table is vacant if its group has none.
    pub(super) sizes: &'m mut [u32],
    /// The number of units in each block.
    pub(super) block_sizes: &'m mut [u32],
}

impl<'m, T: Scalar> Table<'m, T> {
    pub(super) fn new(
        samples: usize,
        shape: Shape,
        rows: &'m mut [[T; LANES]],
        delta: &'m mut [[T; LANES]],
        [hashes, sizes, block_sizes]: [&'m mut [u32]; 3],
    ) -> Self {
        let Shape { inputs, outputs, .. } = shape;
        Self { samples, inputs, outputs, rows, delta, hashes, sizes, block_sizes }
    }

    /// Empties all groups.
    pub(super) fn clear(&mut self) {
        self.rows.fill([T::ZERO; LANES]);
        self.hashes.fill(0);
        self.sizes.fill(0);
        self.block_sizes.fill(0);
        for group in 0..self.capacity() {
            self.restart(group);
        }
    }

    /// Returns the number of entries.
    pub(super) fn capacity(&self) -> usize {
        self.sizes.len()
    }

    /// Returns the number of units in a group.
    pub(super) fn size(&self, group: usize) -> u32 {
        self.sizes.get(group).copied().unwrap_or(0)
    }

    /// Returns the hash of a group's pattern.
    pub(super) fn hash(&self, group: usize) -> u32 {
        self.hashes.get(group).copied().unwrap_or(0)
    }

    /// Computes H of every group, and its path length after the next step. Returns whether some group is due
    /// for a recheck before it.
    #[inline(always)]
    pub(super) fn compute_h(&mut self, view: &StepView<'_, T>) -> bool {
        let (shape, mut due) = (self.shape(), false);
        for (rows, &size) in self.rows.chunks_exact_mut(shape.rows()).zip(&*self.block_sizes) {
            if size == 0 {
                continue;
            }
            let PatternBlock { slopes, h, path: path_rows, .. } = shape.divide(rows);
            h.fill([T::ZERO; LANES]);
            for ((z, residuals), slope) in view.rows().zip(&*slopes) {
                across_lanes();
                for (h, &r) in h.chunks_exact_mut(shape.inputs.max(1)).zip(residuals) {
                    add_outer(h, &slope.map(|s| s * r), z);
                }
            }
            let mut squares = [T::ZERO; LANES];
            for h in &mut *h {
                for l in 0..LANES {
                    h[l] *= view.factor;
                    squares[l] += h[l] * h[l];
                }
            }
            let [path, next, step_norm, due_at] = path_rows else { continue };
            for l in 0..LANES {
                step_norm[l] = squares[l].sqrt();
                // The factor makes the path length grow where single steps are below its resolution.
                next[l] = path[l] * (T::ONE + T::TWO * T::EPSILON) + step_norm[l];
                due |= !(next[l] < due_at[l]);
            }
        }
        due
    }

    /// Moves all groups by one step, and adds what they then contribute to the partial sums of the outputs.
    #[inline(always)]
    pub(super) fn advance(&mut self, data: &Dataset<'_, T>, sums: &mut [[T; LANES]]) {
        let shape = self.shape();
        let (inputs, outputs, m) = (shape.inputs.max(1), shape.outputs.max(1), shape.weights());
        for (rows, &size) in self.rows.chunks_exact_mut(shape.rows()).zip(&*self.block_sizes) {
            if size == 0 {
                continue;
            }
            let PatternBlock { slopes, p, r, h, moments, path: path_rows } = shape.divide(rows);
            if let [path, next, ..] = path_rows {
                *path = *next;
            }
            moments.fill([T::ZERO; LANES]);
            for column in p.chunks_exact_mut(m) {
                across_lanes();
                transport(column, h, inputs, outputs, self.delta);
            }
            for (column, r) in p.chunks_exact(m).zip(r.chunks_exact(m)) {
                let b = column.get(outputs..).unwrap_or(&[]);
                for (output, moments) in moments.chunks_exact_mut(inputs).enumerate() {
                    across_lanes();
                    let mut v = [T::ZERO; LANES];
                    for (p, r) in p.iter().skip(output).step_by(m).zip(r) {
                        for l in 0..LANES {
                            v[l] += p[l] * r[l];
                        }
                    }
                    for (moment, b) in moments.iter_mut().zip(b) {
                        for l in 0..LANES {
                            moment[l] += v[l] * b[l];
                        }
                    }
                }
            }
            for ((z, slope), sums) in data.x().iter().zip(&*slopes).zip(sums.chunks_exact_mut(outputs)) {
                across_lanes();
                for (moments, sums) in moments.chunks_exact(inputs).zip(sums) {
                    let h = products(moments, z);
                    for l in 0..LANES {
                        sums[l] += slope[l] * h[l];
                    }
                }
            }
        }
    }

    /// Returns the group of the pattern that a unit of weights w has.
    pub(super) fn find(&mut self, view: &StepView<'_, T>, hash: u32, w: &[T]) -> Option<usize> {
        let candidates = self.hashes.iter().zip(&*self.sizes).enumerate();
        let same =
            candidates.filter(|(_, (found, size))| **found == hash && **size > 0).map(|(group, _)| group);
        let (shape, rows) = (self.shape(), &*self.rows);
        let matches = |group: &usize| {
            let start = group / LANES * shape.rows();
            let slopes = rows.get(start..start + shape.samples).unwrap_or(&[]);
            slopes.iter().zip(view.pattern(w)).all(|(slope, s)| lane(slope, group % LANES) == s)
        };
        let mut same = same;
        same.find(matches)
    }

    /// Creates a group for the pattern of a unit of weights w. Returns none if the table is full.
    pub(super) fn create(&mut self, view: &StepView<'_, T>, hash: u32, w: &[T]) -> Option<usize> {
        let group = self.sizes.iter().position(|&size| size == 0)?;
        *self.hashes.get_mut(group)? = hash;
        let slopes = self.block(group).slopes;
        for (slope, s) in slopes.iter_mut().zip(view.pattern(w)) {
            set(slope, group % LANES, s);
        }
        self.restart(group);
        Some(group)
    }

    /// Returns the rows of a group's block.
    pub(super) fn block(&mut self, group: usize) -> PatternBlock<'_, T> {
        let shape = self.shape();
        let start = group / LANES * shape.rows();
        shape.divide(self.rows.get_mut(start..start + shape.rows()).unwrap_or(&mut []))
    }

    #[inline(always)]
    pub(super) fn shape(&self) -> Sizes {
        Sizes { samples: self.samples, inputs: self.inputs, outputs: self.outputs }
    }
}
