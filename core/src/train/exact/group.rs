//! Groups: all units of an arc that stay clear of its kinks, moved together.
//!
//! A unit in a group has stored coordinates u, its weights when it came in (or when the group was last rewritten) seen through
//! the group's transport P: w = P u. A step multiplies P by T(h) from the left and touches no unit. What the outputs need is
//! the sum of a b over the group, the corner of
//!
//! ```text
//! Q = sum of w w' = P R P',    R = sum of u u',
//! ```
//!
//! so R, which a step does not change, is kept in place of Q: it can only drift when units come and go.
//!
//! The path length of a group is the sum of ||h|| over its steps since the last rewriting, never less than the true one.

use super::units::length_bound;
use crate::Scalar;
use crate::vector::{LANES, across_lanes};

/// Numbers for each arc: P by rows, the upper triangle of R by rows, path length, the path length of the next look.
pub(super) const ROWS: usize = 9 + 6 + 2;
const R: usize = 9;
const PATH: usize = 15;
const DUE: usize = 16;

/// At this path length a group is rewritten: P's condition number is then below (3/2) / (1/2) e or so.
const REWRITE_PATH: f64 = 0.5;

/// The groups of [`LANES`] neighbouring arcs.
pub(super) type Block<T> = [[T; LANES]; ROWS];

/// One group for each arc, in lent memory.
#[derive(Debug)]
pub(super) struct Groups<'m, T> {
    blocks: &'m mut [Block<T>],
    /// Sum of a b over each group.
    moments: [&'m mut [T]; 2],
    /// Units in each group.
    sizes: &'m mut [u32],
    /// Units in each block of groups.
    block_sizes: &'m mut [u32],
}

impl<'m, T: Scalar> Groups<'m, T> {
    pub(super) fn new(
        blocks: &'m mut [Block<T>],
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

    /// Sum of a b over each group, one slice for each coordinate of b.
    #[inline(always)]
    pub(super) fn moments(&self) -> [&[T]; 2] {
        let [x, y] = &self.moments;
        [x, y]
    }

    pub(super) fn is_empty(&self, arc: usize) -> bool {
        self.sizes.get(arc).is_none_or(|&size| size == 0)
    }

    /// One step of all groups, given h of every arc. True if some group is due for a look.
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

    /// The sums of a b of all groups, from P and R.
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
                m0[l] = v[0] * p(1, 0) + v[1] * p(1, 1) + v[2] * p(1, 2);
                m1[l] = v[0] * p(2, 0) + v[1] * p(2, 1) + v[2] * p(2, 2);
            }
        }
    }

    /// P of a group, by rows.
    pub(super) fn transport(&self, arc: usize) -> [[T; 3]; 3] {
        core::array::from_fn(|i| core::array::from_fn(|j| self.number(arc, 3 * i + j)))
    }

    /// The path length of a group.
    pub(super) fn path(&self, arc: usize) -> T {
        self.number(arc, PATH)
    }

    /// The path length has come to that of the first unit in the queue, or to where P is too far from the identity.
    pub(super) fn is_due(&self, arc: usize) -> bool {
        self.number(arc, PATH) >= self.number(arc, DUE)
    }

    /// P is too far from the identity to take units in.
    pub(super) fn is_worn(&self, arc: usize) -> bool {
        !(self.number(arc, PATH) < T::from_f64(REWRITE_PATH))
    }

    /// Says when a group needs its next look: at the smallest key of its queue, or for rewriting.
    pub(super) fn set_due(&mut self, arc: usize, first: Option<T>) {
        let limit = T::from_f64(REWRITE_PATH);
        self.set(arc, DUE, first.filter(|key| *key < limit).unwrap_or(limit));
    }

    /// An empty group at the start: P the identity, R zero, path length zero.
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

    /// Counts a unit in.
    pub(super) fn enter(&mut self, arc: usize, u: [T; 3]) {
        self.add(arc, u);
        for (sizes, at) in [(&mut *self.sizes, arc), (&mut *self.block_sizes, arc / LANES)] {
            if let Some(size) = sizes.get_mut(at) {
                *size += 1;
            }
        }
    }

    /// Counts a unit out. An empty group starts again, so that nothing is left of rounding.
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

/// P <- T(h) P and the new path length. True if a group of the block is due for a look.
#[inline(always)]
fn transport<T: Scalar>(block: &mut Block<T>, h0: &[T; LANES], h1: &[T; LANES]) -> bool {
    let mut due = [false; LANES];
    across_lanes();
    for column in 0..3 {
        for l in 0..LANES {
            let (a, b0, b1) = (block[column][l], block[3 + column][l], block[6 + column][l]);
            block[column][l] = a - (h0[l] * b0 + h1[l] * b1);
            block[3 + column][l] = b0 - a * h0[l];
            block[6 + column][l] = b1 - a * h1[l];
        }
    }
    for l in 0..LANES {
        // The first term keeps the clock going where single steps are below its resolution.
        let path = block[PATH][l] * (T::ONE + T::TWO * T::EPSILON) + length_bound([h0[l], h1[l]]);
        block[PATH][l] = path;
        due[l] = path >= block[DUE][l];
    }
    due.iter().fold(false, |any, &one| any | one)
}

/// P u.
pub(super) fn moved<T: Scalar>(p: &[[T; 3]; 3], u: [T; 3]) -> [T; 3] {
    core::array::from_fn(|i| p[i][0] * u[0] + p[i][1] * u[1] + p[i][2] * u[2])
}

/// The u with P u = w, by Cramer's rule.
pub(super) fn unmoved<T: Scalar>(p: &[[T; 3]; 3], w: [T; 3]) -> [T; 3] {
    let cross = |x: [T; 3], y: [T; 3]| {
        [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]]
    };
    let column = |j: usize| [p[0][j], p[1][j], p[2][j]];
    let dot = |x: [T; 3], y: [T; 3]| x[0] * y[0] + x[1] * y[1] + x[2] * y[2];
    let (c0, c1, c2) = (column(0), column(1), column(2));
    let cofactors = [cross(c1, c2), cross(c2, c0), cross(c0, c1)];
    let determinant = dot(c0, cofactors[0]);
    cofactors.map(|c| dot(c, w) / determinant)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One block whose lanes take steps of lengths 0, s, 2 s, .. in turning directions.
    fn steps<T: Scalar>(count: u32, s: f64) -> Block<T> {
        let mut block = [[T::ZERO; LANES]; ROWS];
        for row in [0, 4, 8, DUE] {
            block[row] = [T::ONE; LANES];
        }
        for i in 0..count {
            let angle = T::from_f64(f64::from(i % 4_096) / 652.0);
            let length = |l: usize| T::from_f64(s) * T::from_usize(l);
            let h0 = core::array::from_fn(|l| length(l) * angle.cos());
            let h1 = core::array::from_fn(|l| length(l) * angle.sin());
            transport(&mut block, &h0, &h1);
        }
        block
    }

    /// The same steps in both precisions: after as many as lie between two rewritings at most, P in `f32` is off by some
    /// 500 units in its last place, as weights are that take as many steps one by one.
    #[test]
    fn rounding_in_the_transport_grows_slowly() {
        let (exact, rounded) = (steps::<f64>(16_384, 4e-6), steps::<f32>(16_384, 4e-6));
        let mut drift = 0.0f64;
        for row in 0..R {
            for l in 0..LANES {
                drift = drift.max((exact[row][l] - f64::from(rounded[row][l])).abs());
            }
        }
        assert!(
            drift > 0.0 && drift < 1_000.0 * f64::from(f32::EPSILON),
            "{:?}",
            drift / f64::from(f32::EPSILON)
        );
    }

    /// The path length is never below the sum of ||h||, and at most 8 % above; in `f32` too, where 4e-8 is lost beside 1.
    #[test]
    fn the_path_is_never_shorter_than_the_way() {
        let block = steps::<f64>(10_000, 1e-5);
        let mut far = [[0.0f32; LANES]; ROWS];
        far[PATH] = [1.0; LANES];
        for l in 0..LANES {
            let way = 10_000.0 * 1e-5 * l as f64;
            assert!(block[PATH][l] >= way && block[PATH][l] <= 1.09 * way, "{l}: {} {way}", block[PATH][l]);
        }
        for _ in 0..1_000 {
            transport(&mut far, &[4e-8; LANES], &[0.0; LANES]);
        }
        assert!(far[PATH][0] >= 1.0 + 1_000.0 * 4e-8);
    }

    #[test]
    fn coordinates_there_and_back() {
        let p: [[f64; 3]; 3] = [[1.2, -0.3, 0.1], [-0.2, 0.9, 0.05], [0.15, 0.02, 1.1]];
        let w = [0.7, -1.3, 0.4];
        let back = moved(&p, unmoved(&p, w));
        assert!(back.iter().zip(w).all(|(a, b)| (a - b).abs() < 1e-15), "{back:?}");
    }
}
