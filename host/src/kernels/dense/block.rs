//! What is done while sixteen or more sums stay in registers: products taken from a block, and a small
//! triangle solved.

use pulp::Simd;

use super::panel::{Corner, Own, Panel};
use crate::kernels::gram::Real;
use crate::kernels::vectors::{Vectors, Work};

/// Columns that go together: three of the widest vectors of `f32`, six of `f64`.
pub(super) const WIDTH: usize = 48;
/// Rows whose sums are in registers together.
pub(super) const ROWS: usize = 8;
/// Rows of a strip, which are finished together. Whole numbers of [`ROWS`] and [`WIDTH`] fill it.
pub(super) const STRIP: usize = 240;
/// Products that are taken before the next sums are fetched: three vectors of so many rows fit the first
/// cache.
pub(super) const DEPTH: usize = 120;

/// [`WIDTH`] columns of a row, at the start of a line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Row<T>(pub(super) [T; WIDTH]);

impl<T: Real> Row<T> {
    pub(super) const ZERO: Self = Self([T::ZERO; WIDTH]);
}

/// Where the rows before a strip are.
#[derive(Debug)]
pub(super) enum Above<'r, T> {
    /// In the same columns, row 0 first.
    Rows(&'r [Row<T>]),
    /// In a square array, from this column on.
    Matrix { matrix: &'r [T], stride: usize, column: usize, end: usize },
}

/// Takes from a strip of columns what the rows before it ask for.
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

/// Finishes the unknowns of a strip that the rows before it have left.
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

/// Three vectors are a group.
#[inline(always)]
fn groups<S: Simd, T: Vectors<S>>() -> usize {
    WIDTH * size_of::<T>() / size_of::<T::Vector>() / 3
}

/// c_i less a_li b_l for each l in turn, for [`ROWS`] rows i.
#[inline(always)]
pub(super) fn take<S: Simd, T: Vectors<S>>(simd: S, a: &[[T; ROWS]], b: &[Row<T>], c: &mut [Row<T>; ROWS]) {
    for group in 0..groups::<S, T>() {
        take_group(simd, a, b, c, group);
    }
}

/// As many sums as the registers hold: 24 of 32, or 12 of 16.
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

/// Each row less what those before it in the block take, times its reciprocal.
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
