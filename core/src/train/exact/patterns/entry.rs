//! One group of the table: its path, its members, and the conversion of their coordinates.

use super::block::{DUE, NEXT, PATH, STEP_NORM, lane};
use super::table::Table;
use super::transport::solve;
use crate::Scalar;
use crate::slices::set;
use crate::train::exact::transport_limit;
use crate::vector::LANES;

impl<T: Scalar> Table<'_, T> {
    /// Returns the path length.
    pub(super) fn path(&mut self, group: usize) -> T {
        self.path_row(group, PATH)
    }

    /// Returns the path length after the next step.
    pub(super) fn next(&mut self, group: usize) -> T {
        self.path_row(group, NEXT)
    }

    /// Returns the norm of H, the length of the next step.
    pub(super) fn step_norm(&mut self, group: usize) -> T {
        self.path_row(group, STEP_NORM)
    }

    /// Returns whether a recheck is due before the next step.
    pub(super) fn is_due(&mut self, group: usize) -> bool {
        !(self.path_row(group, NEXT) < self.path_row(group, DUE))
    }

    /// Returns whether P would be too far from the identity after the next step.
    pub(super) fn needs_rewrite(&mut self, group: usize) -> bool {
        !(self.path_row(group, NEXT) < transport_limit())
    }

    /// Sets when a group is due for its next recheck: at the smallest key of its queue, or for rewriting.
    pub(super) fn set_due(&mut self, group: usize, first: Option<T>) {
        let limit = transport_limit();
        self.set_path_row(group, DUE, first.filter(|key| *key < limit).unwrap_or(limit));
    }

    /// Sets P to the identity, and R and the path length to zero. The pattern stays.
    pub(super) fn restart(&mut self, group: usize) {
        let (m, at) = (self.shape().weights(), group % LANES);
        let block = self.block(group);
        for (p, r) in block.p.iter_mut().zip(block.r) {
            set(p, at, T::ZERO);
            set(r, at, T::ZERO);
        }
        for p in block.p.iter_mut().step_by(m.saturating_add(1)) {
            set(p, at, T::ONE);
        }
        let step_norm = self.path_row(group, STEP_NORM);
        self.set_path_row(group, PATH, T::ZERO);
        self.set_path_row(group, NEXT, step_norm);
        self.set_due(group, None);
    }

    /// Adds u u', times 1 or -1, to R.
    pub(super) fn add(&mut self, group: usize, u: &[T], sign: T) {
        let at = group % LANES;
        for (column, &x) in self.block(group).r.chunks_exact_mut(u.len().max(1)).zip(u) {
            for (r, &y) in column.iter_mut().zip(u) {
                let sum = lane(r, at) + sign * (x * y);
                set(r, at, sum);
            }
        }
    }

    /// Adds a unit to the counts and to R.
    pub(super) fn enter(&mut self, group: usize, u: &[T]) {
        self.add(group, u, T::ONE);
        for (sizes, at) in [(&mut *self.sizes, group), (&mut *self.block_sizes, group / LANES)] {
            if let Some(size) = sizes.get_mut(at) {
                *size += 1;
            }
        }
    }

    /// Takes a unit out of the counts and of R. A group that is then empty is cleared, which discards
    /// rounding errors.
    pub(super) fn leave(&mut self, group: usize, u: &[T]) {
        self.add(group, u, -T::ONE);
        for (sizes, at) in [(&mut *self.sizes, group), (&mut *self.block_sizes, group / LANES)] {
            if let Some(size) = sizes.get_mut(at) {
                *size = size.saturating_sub(1);
            }
        }
        if self.size(group) == 0 {
            for slope in self.block(group).slopes {
                set(slope, group % LANES, T::ZERO);
            }
            self.set_path_row(group, STEP_NORM, T::ZERO);
            self.restart(group);
        }
    }

    /// Computes the weights w = P u.
    pub(super) fn weights(&mut self, group: usize, u: &[T], w: &mut [T]) {
        w.fill(T::ZERO);
        for (column, &u) in self.block(group).p.chunks_exact(w.len().max(1)).zip(u) {
            for (w, p) in w.iter_mut().zip(column) {
                *w += lane(p, group % LANES) * u;
            }
        }
    }

    /// Replaces w by the u with P u = w.
    ///
    /// Elimination without pivots will do, because P is close to the identity. `square` is scratch memory of
    /// m rows of m + 1 numbers.
    pub(super) fn stored(&mut self, group: usize, w: &mut [T], square: &mut [T]) {
        let m = self.shape().weights();
        for (i, (row, &w)) in square.chunks_exact_mut(m.saturating_add(1)).zip(&*w).enumerate() {
            let p = self.block(group).p.iter().skip(i).step_by(m).map(|p| lane(p, group % LANES));
            for (slot, value) in row.iter_mut().zip(p.chain([w])) {
                *slot = value;
            }
        }
        solve(square, w);
    }

    /// Reads one of the rows about the path.
    fn path_row(&mut self, group: usize, row: usize) -> T {
        self.block(group).path.get(row).map_or(T::ZERO, |row| lane(row, group % LANES))
    }

    fn set_path_row(&mut self, group: usize, row: usize, value: T) {
        if let Some(row) = self.block(group).path.get_mut(row) {
            set(row, group % LANES, value);
        }
    }
}
