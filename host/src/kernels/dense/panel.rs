//! A strip of R in the order in which the blocks read it.

use ntk_core::cholesky::Factor;
use rayon::prelude::*;

use super::block::{DEPTH, ROWS, STRIP};
use crate::kernels::gram::Real;

/// The factor R as a forward substitution reads it. If `turned`, the entry in row l and column i is
/// R_{n-1-i,n-1-l}: with the unknowns in reverse order a backward substitution becomes a forward one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triangle<'m, T> {
    pub(super) factor: Factor<'m, T>,
    pub(super) turned: bool,
}

impl<T: Real> Triangle<'_, T> {
    pub(super) fn len(&self) -> usize {
        self.factor.len()
    }

    /// Returns the entry in row l and column i, where l < i.
    fn entry(&self, l: usize, i: usize) -> T {
        let n = self.len();
        let (l, i) = if self.turned { (n - 1 - i, n - 1 - l) } else { (l, i) };
        self.factor.row(l)[i - l - 1]
    }

    /// Returns the entries of row l in columns i to i + 7. Entries past the last column are 0.
    fn eight(&self, l: usize, i: usize) -> [T; ROWS] {
        let n = self.len();
        if self.turned {
            let place = n - 1 - l;
            return std::array::from_fn(|r| match (n - 1).checked_sub(i + r) {
                Some(row) => self.factor.row(row)[place - row - 1],
                None => T::ZERO,
            });
        }
        let row = &self.factor.row(l)[i - l - 1..];
        match row.first_chunk() {
            Some(eight) => *eight,
            None => std::array::from_fn(|r| row.get(r).copied().unwrap_or(T::ZERO)),
        }
    }

    fn reciprocal(&self, i: usize) -> T {
        let n = self.len();
        self.factor.reciprocals()[if self.turned { n - 1 - i } else { i }]
    }
}

/// The coefficients with which the rows above a strip, and those of the strip itself, enter its unknowns, in
/// the order in which they are read.
#[derive(Debug)]
pub(super) struct Panel<T> {
    /// The first row l that is used, a multiple of [`DEPTH`].
    pub(super) from: usize,
    /// Blocks of [`ROWS`] columns in the strip.
    pub(super) blocks: usize,
    /// For each [`DEPTH`] rows l, for each block, for each l: R_li of the block.
    pub(super) above: Vec<[T; ROWS]>,
    pub(super) own: Own<T>,
}

/// The triangle of a strip.
#[derive(Debug)]
pub(super) struct Own<T> {
    /// For each block, for each row l of the strip before it: R_li.
    pub(super) before: Vec<[T; ROWS]>,
    /// For each block its own triangle, R_li with l < i, and its reciprocals.
    pub(super) corners: Vec<Corner<T>>,
}

/// The triangle of a block: R_li for l < i, and 1/R_ii.
#[derive(Clone, Copy, Debug)]
pub(super) struct Corner<T> {
    pub(super) entries: [[T; ROWS]; ROWS],
    pub(super) reciprocals: [T; ROWS],
}

impl<T> Own<T> {
    /// Returns the R_li of a block for the rows l of the strip that lie above it.
    pub(super) fn before(&self, block: usize) -> &[[T; ROWS]] {
        let start = ROWS * block * block.saturating_sub(1) / 2;
        &self.before[start..start + ROWS * block]
    }
}

impl<T: Real> Panel<T> {
    /// Creates the panel of a strip of `len` rows whose triangle is not known yet.
    pub(super) fn above(triangle: Triangle<'_, T>, start: usize, len: usize, from: usize) -> Self {
        let blocks = len.div_ceil(ROWS);
        let mut above = vec![[T::ZERO; ROWS]; (start - from) * blocks];
        above.par_chunks_mut(DEPTH * blocks).enumerate().for_each(|(part, places)| {
            let (first, depth) = (from + part * DEPTH, places.len() / blocks);
            for (block, places) in places.chunks_mut(depth).enumerate() {
                for (l, place) in (first..).zip(places) {
                    *place = triangle.eight(l, start + block * ROWS);
                }
            }
        });
        Self { from, blocks, above, own: Own { before: Vec::new(), corners: Vec::new() } }
    }

    /// Creates the panel of a strip of a finished factor.
    pub(super) fn of(triangle: Triangle<'_, T>, start: usize, from: usize) -> Self {
        let end = triangle.len().min(start + STRIP);
        let mut panel = Self::above(triangle, start, end - start, from);
        for first in (start..end).step_by(ROWS) {
            panel.own.before.extend((start..first).map(|l| triangle.eight(l, first)));
            let mut corner = Corner { entries: [[T::ZERO; ROWS]; ROWS], reciprocals: [T::ZERO; ROWS] };
            for i in 0..ROWS.min(end - first) {
                corner.reciprocals[i] = triangle.reciprocal(first + i);
                for l in 0..i {
                    corner.entries[l][i] = triangle.entry(first + l, first + i);
                }
            }
            panel.own.corners.push(corner);
        }
        panel
    }
}
