//! The table of groups: patterns, transports, and what groups add to the outputs.
//!
//! As in `../group.rs`, a unit in a group has stored coordinates u and weights w = P u, a step is P <- T P, and the outputs need the
//! corner M = sum of a b' of Q = P R P', where R is the sum of u u'. [`LANES`] groups go side by side.

use super::block::{Block, Sizes, lane, set};
use super::loose::{add_outer, products};
use super::survey::Seen;
use super::transport::{solve, transport};
use crate::train::exact::transport_limit;
use crate::vector::{LANES, across_lanes};
use crate::{Dataset, Scalar, Shape};

/// Groups in lent memory.
#[derive(Debug)]
pub(super) struct Table<'m, T> {
    samples: usize,
    inputs: usize,
    outputs: usize,
    rows: &'m mut [[T; LANES]],
    /// c rows of scratch.
    delta: &'m mut [[T; LANES]],
    hashes: &'m mut [u32],
    /// Units in each group; none: the place is free.
    sizes: &'m mut [u32],
    /// Units in each block.
    block_sizes: &'m mut [u32],
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

    pub(super) fn capacity(&self) -> usize {
        self.sizes.len()
    }

    pub(super) fn size(&self, group: usize) -> u32 {
        self.sizes.get(group).copied().unwrap_or(0)
    }

    pub(super) fn hash(&self, group: usize) -> u32 {
        self.hashes.get(group).copied().unwrap_or(0)
    }

    /// H of every group, and its path length after the next step. True if some group needs a look first.
    #[inline(always)]
    pub(super) fn directions(&mut self, seen: &Seen<'_, T>) -> bool {
        let (shape, mut due) = (self.shape(), false);
        for (rows, &size) in self.rows.chunks_exact_mut(shape.rows()).zip(&*self.block_sizes) {
            if size == 0 {
                continue;
            }
            let Block { slopes, h, clock, .. } = shape.divide(rows);
            h.fill([T::ZERO; LANES]);
            for ((z, residuals), slope) in seen.rows().zip(&*slopes) {
                across_lanes();
                for (h, &r) in h.chunks_exact_mut(shape.inputs.max(1)).zip(residuals) {
                    add_outer(h, &slope.map(|s| s * r), z);
                }
            }
            let mut squares = [T::ZERO; LANES];
            for h in &mut *h {
                for l in 0..LANES {
                    h[l] *= seen.factor;
                    squares[l] += h[l] * h[l];
                }
            }
            let [path, next, pull, look] = clock else { continue };
            for l in 0..LANES {
                pull[l] = squares[l].sqrt();
                // The first term keeps the clock going where single steps are below its resolution.
                next[l] = path[l] * (T::ONE + T::TWO * T::EPSILON) + pull[l];
                due |= !(next[l] < look[l]);
            }
        }
        due
    }

    /// One step of all groups; adds what the moved ones contribute to the outputs' partial sums.
    #[inline(always)]
    pub(super) fn advance(&mut self, data: &Dataset<'_, T>, sums: &mut [[T; LANES]]) {
        let shape = self.shape();
        let (inputs, outputs, m) = (shape.inputs.max(1), shape.outputs.max(1), shape.weights());
        for (rows, &size) in self.rows.chunks_exact_mut(shape.rows()).zip(&*self.block_sizes) {
            if size == 0 {
                continue;
            }
            let Block { slopes, p, r, h, moments, clock } = shape.divide(rows);
            if let [path, next, ..] = clock {
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

    /// The group of a pattern, that of the unit of weights w.
    pub(super) fn find(&mut self, seen: &Seen<'_, T>, hash: u32, w: &[T]) -> Option<usize> {
        let candidates = self.hashes.iter().zip(&*self.sizes).enumerate();
        let same =
            candidates.filter(|(_, (found, size))| **found == hash && **size > 0).map(|(group, _)| group);
        let (shape, rows) = (self.shape(), &*self.rows);
        let matches = |group: &usize| {
            let start = group / LANES * shape.rows();
            let slopes = rows.get(start..start + shape.samples).unwrap_or(&[]);
            slopes.iter().zip(seen.pattern(w)).all(|(slope, s)| lane(slope, group % LANES) == s)
        };
        let mut same = same;
        same.find(matches)
    }

    /// A new group for the pattern of the unit of weights w; none if the table is full.
    pub(super) fn found(&mut self, seen: &Seen<'_, T>, hash: u32, w: &[T]) -> Option<usize> {
        let group = self.sizes.iter().position(|&size| size == 0)?;
        *self.hashes.get_mut(group)? = hash;
        let slopes = self.block(group).slopes;
        for (slope, s) in slopes.iter_mut().zip(seen.pattern(w)) {
            set(slope, group % LANES, s);
        }
        self.restart(group);
        Some(group)
    }

    pub(super) fn path(&mut self, group: usize) -> T {
        self.clock(group, 0)
    }

    /// The path length after the next step.
    pub(super) fn next(&mut self, group: usize) -> T {
        self.clock(group, 1)
    }

    /// The norm of H.
    pub(super) fn pull(&mut self, group: usize) -> T {
        self.clock(group, 2)
    }

    pub(super) fn is_due(&mut self, group: usize) -> bool {
        !(self.clock(group, 1) < self.clock(group, 3))
    }

    /// P would be too far from the identity.
    pub(super) fn is_worn(&mut self, group: usize) -> bool {
        !(self.clock(group, 1) < transport_limit())
    }

    /// Says when a group needs its next look: at the smallest key of its queue, or for rewriting.
    pub(super) fn set_due(&mut self, group: usize, first: Option<T>) {
        let limit = transport_limit();
        self.set_clock(group, 3, first.filter(|key| *key < limit).unwrap_or(limit));
    }

    /// P the identity, R zero, path length zero; the pattern stays.
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
        let pull = self.clock(group, 2);
        self.set_clock(group, 0, T::ZERO);
        self.set_clock(group, 1, pull);
        self.set_due(group, None);
    }

    /// Adds u u', times 1 or -1, to R.
    pub(super) fn add(&mut self, group: usize, u: &[T], sign: T) {
        let at = group % LANES;
        for (column, &x) in self.block(group).r.chunks_exact_mut(u.len().max(1)).zip(u) {
            for (r, &y) in column.iter_mut().zip(u) {
                set(r, at, lane(r, at) + sign * (x * y));
            }
        }
    }

    /// Counts a unit in.
    pub(super) fn enter(&mut self, group: usize, u: &[T]) {
        self.add(group, u, T::ONE);
        for (sizes, at) in [(&mut *self.sizes, group), (&mut *self.block_sizes, group / LANES)] {
            if let Some(size) = sizes.get_mut(at) {
                *size += 1;
            }
        }
    }

    /// Counts a unit out. Of an empty group nothing is left, no rounding either.
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
            self.set_clock(group, 2, T::ZERO);
            self.restart(group);
        }
    }

    /// w = P u.
    pub(super) fn moved(&mut self, group: usize, u: &[T], w: &mut [T]) {
        w.fill(T::ZERO);
        for (column, &u) in self.block(group).p.chunks_exact(w.len().max(1)).zip(u) {
            for (w, p) in w.iter_mut().zip(column) {
                *w += lane(p, group % LANES) * u;
            }
        }
    }

    /// w <- the u with P u = w, by elimination without pivots: P is close enough to the identity. `square` is scratch for
    /// m rows of m + 1.
    pub(super) fn unmoved(&mut self, group: usize, w: &mut [T], square: &mut [T]) {
        let m = self.shape().weights();
        for (i, (row, &w)) in square.chunks_exact_mut(m.saturating_add(1)).zip(&*w).enumerate() {
            let p = self.block(group).p.iter().skip(i).step_by(m).map(|p| lane(p, group % LANES));
            for (slot, value) in row.iter_mut().zip(p.chain([w])) {
                *slot = value;
            }
        }
        solve(square, w);
    }

    fn clock(&mut self, group: usize, row: usize) -> T {
        self.block(group).clock.get(row).map_or(T::ZERO, |row| lane(row, group % LANES))
    }

    fn set_clock(&mut self, group: usize, row: usize, value: T) {
        if let Some(row) = self.block(group).clock.get_mut(row) {
            set(row, group % LANES, value);
        }
    }

    fn block(&mut self, group: usize) -> Block<'_, T> {
        let shape = self.shape();
        let start = group / LANES * shape.rows();
        shape.divide(self.rows.get_mut(start..start + shape.rows()).unwrap_or(&mut []))
    }

    #[inline(always)]
    fn shape(&self) -> Sizes {
        Sizes { samples: self.samples, inputs: self.inputs, outputs: self.outputs }
    }
}
