//! Groups: all units of an arc that keep clear of its kinks, moved together.
//!
//! The weights of a unit in a group are w = P u. The transport P belongs to the group. The stored coordinates
//! u belong to the unit: they are set when it joins the group and when the group is rewritten. A step
//! multiplies P by T(h) from the left and touches no unit. The outputs need the sum of a b over the group,
//! which is the corner of
//!
//! ```text
//! Q = sum of w w' = P R P',    R = sum of u u'.
//! ```
//!
//! R is kept in place of Q because a step does not change it: R can drift by rounding only when units come
//! and go.
//!
//! The path length of a group is the sum of ||h|| over its steps since the last rewriting, rounded up.

use super::transport::transport;
use crate::Scalar;
use crate::train::exact::transport_limit;
use crate::vector::{LANES, across_lanes, any};

/// Numbers for each arc: P by rows, the upper triangle of R by rows, the path length, and the path length at
/// which the group is due for a recheck.
pub(super) const ROWS: usize = 9 + 6 + 2;
/// The row at which R begins.
pub(super) const R: usize = 9;
/// The row of the path length.
pub(super) const PATH: usize = 15;
/// The row of the path length at which a recheck is due.
pub(super) const DUE: usize = 16;

/// The groups of [`LANES`] neighbouring arcs.
pub(super) type GroupLanes<T> = [[T; LANES]; ROWS];

/// Returns which groups are due for a recheck, of the first unit in their queues or for rewriting.
#[inline(always)]
pub(super) fn due<T: Scalar>(block: &GroupLanes<T>) -> [bool; LANES] {
    core::array::from_fn(|l| block[PATH][l] >= block[DUE][l])
}

/// One group for each arc, in lent memory.
#[derive(Debug)]
pub(super) struct Groups<'m, T> {
    blocks: &'m mut [GroupLanes<T>],
    /// The sum of a b over each group, by coordinates of b.
    moments: [&'m mut [T]; 2],
    /// The number of units in each group.
    sizes: &'m mut [u32],
    /// The number of units in each block of groups.
    block_sizes: &'m mut [u32],
}

impl<'m, T: Scalar> Groups<'m, T> {
    pub(super) fn new(
        blocks: &'m mut [GroupLanes<T>],
        moments: [&'m mut [T]; 2],
        [sizes, block_sizes]: [&'m mut [u32]; 2],
    ) -> Self {
        Self { blocks, moments, sizes, block_sizes }
    }

    /// Empties all groups.
    pub(super) fn clear(&mut self) {
        self.sizes.fill(0);
        self.block_sizes.fill(0);
        for moments in &mut self.moments {
            moments.fill(T::ZERO);
        }
        for arc in 0..self.blocks.len() * LANES {
            self.restart(arc);
        }
    }

    /// Returns the sum of a b over each group, one slice for each coordinate of b.
    #[inline(always)]
    pub(super) fn moments(&self) -> [&[T]; 2] {
        let [x, y] = &self.moments;
        [x, y]
    }

    pub(super) fn is_empty(&self, arc: usize) -> bool {
        self.sizes.get(arc).is_none_or(|&size| size == 0)
    }

    /// Moves all groups by one step, given h of every arc. Returns whether some group is due for a recheck.
    #[inline(always)]
    pub(super) fn advance(&mut self, (h0, h1): (&[T], &[T])) -> bool {
        let (h0, _) = h0.as_chunks::<LANES>();
        let (h1, _) = h1.as_chunks::<LANES>();
        let mut due = false;
        for (((block, size), h0), h1) in self.blocks.iter_mut().zip(&*self.block_sizes).zip(h0).zip(h1) {
            if *size > 0 {
                due |= transport(block, h0, h1);
            }
        }
        due
    }

    /// Forms the sums of a b of all groups from P and R.
    #[inline(always)]
    pub(super) fn sum_moments(&mut self) {
        let [m0, m1] = &mut self.moments;
        let (m0, _) = m0.as_chunks_mut::<LANES>();
        let (m1, _) = m1.as_chunks_mut::<LANES>();
        for (((block, size), m0), m1) in self.blocks.iter().zip(&*self.block_sizes).zip(m0).zip(m1) {
            if *size == 0 {
                (*m0, *m1) = ([T::ZERO; LANES], [T::ZERO; LANES]);
                continue;
            }
            let (mut sum0, mut sum1) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            across_lanes();
            for l in 0..LANES {
                let r = |i: usize| block[R + i][l];
                let p = |row: usize, i: usize| block[3 * row + i][l];
                let a = [p(0, 0), p(0, 1), p(0, 2)];
                let v = [
                    a[0] * r(0) + a[1] * r(1) + a[2] * r(2),
                    a[0] * r(1) + a[1] * r(3) + a[2] * r(4),
                    a[0] * r(2) + a[1] * r(4) + a[2] * r(5),
                ];
                sum0[l] = v[0] * p(1, 0) + v[1] * p(1, 1) + v[2] * p(1, 2);
                sum1[l] = v[0] * p(2, 0) + v[1] * p(2, 1) + v[2] * p(2, 2);
            }
            (*m0, *m1) = (sum0, sum1);
        }
    }

    /// Returns P of a group, by rows.
    pub(super) fn transport(&self, arc: usize) -> [[T; 3]; 3] {
        core::array::from_fn(|i| core::array::from_fn(|j| self.number(arc, 3 * i + j)))
    }

    /// Returns the path length of a group.
    pub(super) fn path(&self, arc: usize) -> T {
        self.number(arc, PATH)
    }

    /// Returns which of the groups of [`LANES`] arcs from `first` are due for a recheck.
    #[inline(always)]
    pub(super) fn due(&self, first: usize) -> [bool; LANES] {
        self.blocks.get(first / LANES).map_or([false; LANES], due)
    }

    /// Returns whether some P is too far from the identity for its inverse to be accurate.
    pub(super) fn any_needs_rewrite(&self) -> bool {
        let far = |block: &GroupLanes<T>| any(block[PATH].map(|path| !(path < transport_limit())));
        self.blocks.iter().zip(&*self.block_sizes).any(|(block, &size)| size > 0 && far(block))
    }

    /// Sets when a group is due for its next recheck: at the smallest key of its queue, or for rewriting.
    pub(super) fn set_due(&mut self, arc: usize, first: Option<T>) {
        let limit = transport_limit();
        self.set(arc, DUE, first.filter(|key| *key < limit).unwrap_or(limit));
    }

    /// Sets P to the identity, and R and the path length to zero.
    pub(super) fn restart(&mut self, arc: usize) {
        for row in 0..ROWS {
            let diagonal = row < R && row % 4 == 0;
            self.set(arc, row, if diagonal { T::ONE } else { T::ZERO });
        }
        self.set_due(arc, None);
    }

    /// Adds u u' to R.
    pub(super) fn add(&mut self, arc: usize, u: [T; 3]) {
        self.change(arc, u, T::ONE);
    }

    /// Adds a unit to the counts and to R.
    pub(super) fn enter(&mut self, arc: usize, u: [T; 3]) {
        self.add(arc, u);
        for (sizes, at) in [(&mut *self.sizes, arc), (&mut *self.block_sizes, arc / LANES)] {
            if let Some(size) = sizes.get_mut(at) {
                *size += 1;
            }
        }
    }

    /// Takes a unit out of the counts and of R. A group that is then empty restarts, which discards rounding
    /// errors.
    pub(super) fn leave(&mut self, arc: usize, u: [T; 3]) {
        self.change(arc, u, -T::ONE);
        for (sizes, at) in [(&mut *self.sizes, arc), (&mut *self.block_sizes, arc / LANES)] {
            if let Some(size) = sizes.get_mut(at) {
                *size = size.saturating_sub(1);
            }
        }
        if self.is_empty(arc) {
            self.restart(arc);
        }
    }

    /// Adds u u', times 1 or -1, to R.
    fn change(&mut self, arc: usize, u: [T; 3], sign: T) {
        let mut row = R;
        for i in 0..3 {
            for j in i..3 {
                let r = self.number(arc, row);
                self.set(arc, row, r + sign * (u[i] * u[j]));
                row += 1;
            }
        }
    }

    fn number(&self, arc: usize, row: usize) -> T {
        let block = self.blocks.get(arc / LANES);
        block.and_then(|block| block.get(row)?.get(arc % LANES)).copied().unwrap_or(T::ZERO)
    }

    fn set(&mut self, arc: usize, row: usize, value: T) {
        let block = self.blocks.get_mut(arc / LANES);
        if let Some(slot) = block.and_then(|block| block.get_mut(row)?.get_mut(arc % LANES)) {
            *slot = value;
        }
    }
}
