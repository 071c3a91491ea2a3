//! The inner loops, which keep sixteen or more sums in registers: they subtract products from a block and
//! solve a small triangular system.

use pulp::Simd;

use super::panel::{Corner, Own, Panel};
use crate::kernels::gram::Real;
use crate::kernels::vectors::{Vectors, Work};

/// Columns that are processed together: three of the widest vectors of `f32`, six of `f64`.
pub(super) const WIDTH: usize = 48;
/// Rows whose sums are in registers at the same time.
pub(super) const ROWS: usize = 8;
/// Rows of a strip, which are finished together; a multiple of both [`ROWS`] and [`WIDTH`].
pub(super) const STRIP: usize = 240;
/// Products that are subtracted from the sums in registers before the next sums are loaded. Three vectors of
/// this many rows fit into the first-level cache.
pub(super) const DEPTH: usize = 120;

/// [`WIDTH`] columns of a row, aligned to a cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Row<T>(pub(super) [T; WIDTH]);

impl<T: Real> Row<T> {
    pub(super) const ZERO: Self = Self([T::ZERO; WIDTH]);
}

/// The place of the rows above a strip.
#[derive(Debug)]
pub(super) enum Above<'r, T> {
    /// In the same columns, row 0 first.
    Rows(&'r [Row<T>]),
    /// In a square array, from this column on.
    Matrix { matrix: &'r [T], stride: usize, column: usize, end: usize },
}

/// Subtracts from a strip the products of its coefficients with the rows above it.
#[derive(Debug)]
pub(super) struct TakeAbove<'r, T> {
    pub(super) panel: &'r Panel<T>,
    pub(super) above: Above<'r, T>,
    pub(super) strip: &'r mut [Row<T>],
}

impl<T: Real> Work<T> for TakeAbove<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S)
    where
        T: Vectors<S>,
    {
        let Self { panel, above, strip } = self;
        let mut copied = [Row::ZERO; DEPTH];
        let parts = panel.above.chunks(DEPTH * panel.blocks);
        for (first, part) in (panel.from..).step_by(DEPTH).zip(parts) {
            let depth = part.len() / panel.blocks;
            let rows = match above {
                Above::Rows(rows) => &rows[first..first + depth],
                Above::Matrix { matrix, stride, column, end } => {
                    for (l, copy) in (first..first + depth).zip(&mut copied) {
                        let row = &matrix[l * stride + column..l * stride + end];
                        copy.0[..row.len()].copy_from_slice(row);
                    }
                    &copied[..depth]
                }
            };
            for group in 0..groups::<S, T>() {
                for (a, c) in part.chunks(depth).zip(strip.as_chunks_mut().0) {
                    take_group(simd, a, rows, c, group);
                }
            }
        }
    }
}

/// Solves for the unknowns of a strip, after the products with the rows above it have been subtracted.
#[derive(Debug)]
pub(super) struct SolveOwn<'r, T> {
    pub(super) own: &'r Own<T>,
    pub(super) strip: &'r mut [Row<T>],
}

impl<T: Real> Work<T> for SolveOwn<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S)
    where
        T: Vectors<S>,
    {
        let Self { own, strip } = self;
        for (block, corner) in own.corners.iter().enumerate() {
            let (known, rest) = strip.split_at_mut(block * ROWS);
            let Some(c) = rest.first_chunk_mut() else { return };
            take(simd, own.before(block), known, c);
            solve(simd, corner, c);
        }
    }
}

/// Returns the number of groups of three vectors in a [`Row`].
#[inline(always)]
fn groups<S: Simd, T: Vectors<S>>() -> usize {
    WIDTH * size_of::<T>() / size_of::<T::Vector>() / 3
}

/// Subtracts a_li b_l from c_i for each l in turn, for [`ROWS`] rows i.
#[inline(always)]
pub(super) fn take<S: Simd, T: Vectors<S>>(simd: S, a: &[[T; ROWS]], b: &[Row<T>], c: &mut [Row<T>; ROWS]) {
    for group in 0..groups::<S, T>() {
        take_group(simd, a, b, c, group);
    }
}

/// Does the work of [`take`] for one group of three vectors, with as many sums as the registers hold: 24 of
/// 32, or 12 of 16.
#[inline(always)]
fn take_group<S: Simd, T: Vectors<S>>(
    simd: S,
    a: &[[T; ROWS]],
    b: &[Row<T>],
    c: &mut [Row<T>; ROWS],
    group: usize,
) {
    if S::REGISTER_COUNT >= 32 {
        take_rows::<S, T, ROWS>(simd, a, b, c, [0, group]);
    } else {
        take_rows::<S, T, { ROWS / 2 }>(simd, a, b, c, [0, group]);
        take_rows::<S, T, { ROWS / 2 }>(simd, a, b, c, [ROWS / 2, group]);
    }
}

#[inline(always)]
fn take_rows<S: Simd, T: Vectors<S>, const R: usize>(
    simd: S,
    a: &[[T; ROWS]],
    b: &[Row<T>],
    c: &mut [Row<T>; ROWS],
    [first, group]: [usize; 2],
) {
    let of = |row: &Row<T>| -> [T::Vector; 3] { T::of(&row.0).as_chunks::<3>().0[group] };
    let mut sums: [[T::Vector; 3]; R] = std::array::from_fn(|i| of(&c[first + i]));
    for (a, b) in a.iter().zip(b) {
        let b = of(b);
        for i in 0..R {
            let a = T::splat(simd, a[first + i]);
            for v in 0..3 {
                sums[i][v] = T::minus(simd, sums[i][v], T::times(simd, a, b[v]));
            }
        }
    }
    for i in 0..R {
        T::of_mut(&mut c[first + i].0).as_chunks_mut::<3>().0[group] = sums[i];
    }
}

/// Solves the triangular system of a block: subtracts from each row its products with the rows above it in
/// the block, then multiplies it by its reciprocal.
#[inline(always)]
pub(super) fn solve<S: Simd, T: Vectors<S>>(simd: S, corner: &Corner<T>, c: &mut [Row<T>; ROWS]) {
    for v in 0..3 * groups::<S, T>() {
        let mut known = [T::splat(simd, T::ZERO); ROWS];
        for i in 0..ROWS {
            let mut own = T::of(&c[i].0)[v];
            for l in 0..i {
                let r = T::splat(simd, corner.entries[l][i]);
                own = T::minus(simd, own, T::times(simd, r, known[l]));
            }
            known[i] = T::times(simd, own, T::splat(simd, corner.reciprocals[i]));
            T::of_mut(&mut c[i].0)[v] = known[i];
        }
    }
}
