//! The table of groups: patterns, transports, and what groups add to the outputs.
//!
//! As in `../group.rs`, a unit in a group has stored coordinates u and weights w = P u, a step is P <- T P, and the outputs need the
//! corner M = sum of a b' of Q = P R P', where R is the sum of u u'. [`LANES`] groups go side by side.

use super::loose::{add_outer, products};
use super::survey::Seen;
use crate::train::exact::memory::cut;
use crate::train::exact::transport_limit;
use crate::vector::{LANES, across_lanes};
use crate::{Dataset, Scalar, Shape};

/// Path length; that after the next step; the norm of H; the path length of the next look.
const CLOCK: usize = 4;

/// Rows of lanes for a block of groups.
pub(super) const fn rows(samples: usize, shape: Shape) -> usize {
    let m = shape.inputs.saturating_add(shape.outputs);
    let matrices = m.saturating_mul(m).saturating_add(shape.inputs.saturating_mul(shape.outputs));
    samples.saturating_add(matrices.saturating_mul(2)).saturating_add(CLOCK)
}

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

/// [`LANES`] groups.
struct Block<'b, T> {
    /// phi' at each sample.
    slopes: &'b mut [[T; LANES]],
    /// P by columns.
    p: &'b mut [[T; LANES]],
    /// R, symmetric.
    r: &'b mut [[T; LANES]],
    /// H by rows.
    h: &'b mut [[T; LANES]],
    /// M by rows.
    moments: &'b mut [[T; LANES]],
    clock: &'b mut [[T; LANES]],
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

/// What the rows of a block are.
#[derive(Clone, Copy)]
struct Sizes {
    samples: usize,
    inputs: usize,
    outputs: usize,
}

impl Sizes {
    #[inline(always)]
    fn rows(self) -> usize {
        rows(self.samples, Shape { inputs: self.inputs, width: 0, outputs: self.outputs }).max(1)
    }

    /// Weights of a unit.
    #[inline(always)]
    fn weights(self) -> usize {
        self.inputs.saturating_add(self.outputs).max(1)
    }

    #[inline(always)]
    fn divide<T>(self, mut rows: &mut [[T; LANES]]) -> Block<'_, T> {
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

/// One column of P <- T P.
#[inline(always)]
fn transport<T: Scalar>(
    column: &mut [[T; LANES]],
    h: &[[T; LANES]],
    inputs: usize,
    outputs: usize,
    delta: &mut [[T; LANES]],
) {
    let Some((a, b)) = column.split_at_mut_checked(outputs) else { return };
    for (delta, h) in delta.iter_mut().zip(h.chunks_exact(inputs)) {
        *delta = [T::ZERO; LANES];
        for (h, b) in h.iter().zip(&*b) {
            for l in 0..LANES {
                delta[l] += h[l] * b[l];
            }
        }
    }
    for (h, a) in h.chunks_exact(inputs).zip(&*a) {
        for (h, b) in h.iter().zip(&mut *b) {
            for l in 0..LANES {
                b[l] -= h[l] * a[l];
            }
        }
    }
    for (a, delta) in a.iter_mut().zip(&*delta) {
        for l in 0..LANES {
            a[l] -= delta[l];
        }
    }
}

/// Solves m equations, rows of m coefficients and the right side, by elimination without pivots.
fn solve<T: Scalar>(square: &mut [T], x: &mut [T]) {
    let columns = x.len().saturating_add(1);
    for k in 0..x.len() {
        let Some((top, below)) = square.split_at_mut_checked((k + 1) * columns) else { return };
        let pivots = top.get(k * columns + k..).unwrap_or(&[]);
        let Some(&pivot) = pivots.first() else { return };
        for row in below.chunks_exact_mut(columns) {
            let row = row.get_mut(k..).unwrap_or(&mut []);
            let factor = row.first().map_or(T::ZERO, |&first| first / pivot);
            for (value, &p) in row.iter_mut().zip(pivots) {
                *value -= factor * p;
            }
        }
    }
    for (k, row) in square.chunks_exact(columns).enumerate().rev() {
        let Some(([pivot, coefficients @ ..], right)) =
            row.get(k..).and_then(|row| row.split_last()).map(|(right, rest)| (rest, *right))
        else {
            return;
        };
        let Some((first, solved)) = x.get_mut(k..).and_then(|x| x.split_first_mut()) else { return };
        let sum = coefficients.iter().zip(&*solved).fold(right, |sum, (&c, &x)| sum - c * x);
        *first = sum / *pivot;
    }
}

#[inline(always)]
fn lane<T: Scalar>(row: &[T; LANES], at: usize) -> T {
    row.get(at).copied().unwrap_or(T::ZERO)
}

#[inline(always)]
fn set<T>(row: &mut [T; LANES], at: usize, value: T) {
    if let Some(slot) = row.get_mut(at) {
        *slot = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_solves() {
        let matrix = [[1.2, -0.3, 0.1], [-0.2, 0.9, 0.05], [0.15, 0.02, 1.1]];
        let x = [0.7, -1.3, 0.4];
        let mut square = [0.0; 12];
        for (row, coefficients) in square.chunks_exact_mut(4).zip(&matrix) {
            row[..3].copy_from_slice(coefficients);
            row[3] = coefficients.iter().zip(&x).map(|(c, x)| c * x).sum();
        }
        let mut found = [0.0f64; 3];
        solve(&mut square, &mut found);
        assert!(found.iter().zip(x).all(|(a, b)| (a - b).abs() < 1e-15), "{found:?}");
    }
}
