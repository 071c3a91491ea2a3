//! The factorisation, one strip of rows after the other.
//!
//! A strip is copied in groups of [`WIDTH`] columns. The products with the finished rows are subtracted from
//! each group on a thread of its own. Then the triangle on the diagonal is factored, a block of [`ROWS`] rows
//! at a time. Then the other columns are solved, and the strip is written to its place above the diagonal. K,
//! on and below the diagonal, is not overwritten.

use ntk_core::Error;
use ntk_core::cholesky::{self, Factor};
use pulp::{Arch, Simd};
use rayon::prelude::*;

use super::block::{Above, SolveOwn, TakeAbove, solve, take};
use super::panel::Corner;
use super::{Panel, ROWS, Row, STRIP, Triangle, WIDTH, count};
use crate::error::Failure;
use crate::kernels::gram::Real;
use crate::kernels::vectors::{self, Vectors, Work};
use crate::memory;

/// The number of rows up to which the core is as fast.
const SMALL: usize = 64;

/// The working memory of a factorisation, for matrices of up to n rows.
#[derive(Debug)]
pub struct Factoring<T> {
    strip: Vec<Row<T>>,
    arch: Arch,
}

impl<T: Real> Factoring<T> {
    /// Allocates memory for up to n rows: 240 n numbers. A factorisation takes as many again while it runs.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn new(n: usize) -> Result<Self, Failure> {
        Self::on(Arch::new(), n)
    }

    pub(super) fn on(arch: Arch, n: usize) -> Result<Self, Failure> {
        let rows = STRIP.min(n.next_multiple_of(ROWS));
        let strip = memory::room(n.div_ceil(WIDTH) * rows, "a factorisation")?;
        memory::check::<T>(rows.saturating_mul(n), "a factorisation")?; // the panels, while it works
        Ok(Self { strip, arch })
    }

    /// Factors a matrix as [`cholesky::factor`] does, with the same bits, on all threads of the current pool.
    ///
    /// # Errors
    /// As [`cholesky::factor`].
    pub fn factor(
        &mut self,
        matrix: &mut [T],
        stride: usize,
        ridge: T,
        reciprocals: &mut [T],
    ) -> Result<(), Error> {
        let n = reciprocals.len();
        if n <= SMALL {
            return cholesky::factor(matrix, stride, ridge, reciprocals);
        }
        Factor::new(matrix, stride, reciprocals)?; // checks the shapes
        for start in (0..n).step_by(STRIP) {
            self.strip(matrix, stride, ridge, reciprocals, start)?;
            count(STRIP.min(n - start), start, n - start);
        }
        Ok(())
    }

    fn strip(
        &mut self,
        matrix: &mut [T],
        stride: usize,
        ridge: T,
        reciprocals: &mut [T],
        start: usize,
    ) -> Result<(), Error> {
        let (n, arch) = (reciprocals.len(), self.arch);
        let end = n.min(start + STRIP);
        let factor = Factor::new(matrix, stride, reciprocals)?;
        let mut panel = Panel::above(Triangle { factor, turned: false }, start, end - start, 0);
        let height = panel.blocks * ROWS;
        self.strip.clear();
        self.strip.resize((n - start).div_ceil(WIDTH) * height, Row::ZERO);
        let columns = || (start..n).step_by(WIDTH);
        self.strip.par_chunks_mut(height).zip(columns().collect::<Vec<_>>()).for_each(|(strip, column)| {
            copy_below(matrix, stride, [start, end], column, n, strip);
            for i in column..end.min(column + WIDTH) {
                strip[i - start].0[i - column] += ridge;
            }
            let above = Above::Matrix { matrix, stride, column, end: n.min(column + WIDTH) };
            vectors::run(arch, TakeAbove { panel: &panel, above, strip });
        });
        let (diagonal, others) = self.strip.split_at_mut((end - start).div_ceil(WIDTH) * height);
        let own = (start..end).map(|i| matrix[i * stride + i] + ridge).collect();
        let strips = diagonal.chunks_mut(height).collect();
        vectors::run(arch, Diagonal { panel: &mut panel, strips, own, start })?;
        let corners = panel.own.corners.iter().flat_map(|corner| corner.reciprocals);
        for (place, reciprocal) in reciprocals[start..end].iter_mut().zip(corners) {
            *place = reciprocal;
        }
        others.par_chunks_mut(height).for_each(|strip| {
            vectors::run(arch, SolveOwn { own: &panel.own, strip });
        });
        let strips = &self.strip;
        matrix[start * stride..].par_chunks_mut(stride).take(end - start).enumerate().for_each(|(i, row)| {
            for (strip, column) in strips.chunks(height).zip(columns()) {
                let from = column.max(start + i + 1);
                let Some(place) = row.get_mut(from..n.min(column + WIDTH)) else { continue };
                place.copy_from_slice(&strip[i].0[from - column..][..place.len()]);
            }
        });
        Ok(())
    }
}

/// Copies rows `start` to `end` of K, [`WIDTH`] columns from `column` on, as far as they are on the diagonal
/// or to the right of it. K is symmetric, and its entries are read on and below the diagonal.
fn copy_below<T: Real>(
    matrix: &[T],
    stride: usize,
    [start, end]: [usize; 2],
    column: usize,
    n: usize,
    strip: &mut [Row<T>],
) {
    for j in column..n.min(column + WIDTH) {
        let row = &matrix[j * stride + start..j * stride + end.min(j + 1).max(start)];
        for (place, &k) in strip.iter_mut().zip(row) {
            place.0[j - column] = k;
        }
    }
}

/// Factors the triangle of a strip, and solves the other columns of the groups that contain it.
struct Diagonal<'r, T> {
    panel: &'r mut Panel<T>,
    strips: Vec<&'r mut [Row<T>]>,
    /// K_ii + ridge.
    own: Vec<T>,
    start: usize,
}

impl<T: Real> Work<T> for Diagonal<'_, T> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Result<(), Error>
    where
        T: Vectors<S>,
    {
        let Self { panel, mut strips, own, start } = self;
        for (block, own) in own.chunks(ROWS).enumerate() {
            let at = block * ROWS;
            let (first, column) = (at / WIDTH, at % WIDTH);
            let eight = |row: &Row<T>| -> [T; ROWS] { std::array::from_fn(|i| row.0[column + i]) };
            let before: Vec<_> = strips[first][..at].iter().map(eight).collect();
            for strip in &mut strips[first..] {
                let (known, rest) = strip.split_at_mut(at);
                let Some(c) = rest.first_chunk_mut() else { continue };
                take(simd, &before, known, c);
            }
            let left: [_; ROWS] = std::array::from_fn(|i| eight(&strips[first][at + i]));
            let corner = factor_corner(&left, own, start + at)?;
            for strip in &mut strips[first..] {
                let Some(c) = strip[at..].first_chunk_mut() else { continue };
                solve(simd, &corner, c);
            }
            panel.own.before.extend(before);
            panel.own.corners.push(corner);
        }
        Ok(())
    }
}

/// Factors the triangle of a block. `left` is the block of K after the products with the rows above it were
/// subtracted; `own` are the K_ii + ridge of its rows.
#[inline(always)]
fn factor_corner<T: Real>(left: &[[T; ROWS]; ROWS], own: &[T], start: usize) -> Result<Corner<T>, Error> {
    let mut corner = Corner { entries: [[T::ZERO; ROWS]; ROWS], reciprocals: [T::ZERO; ROWS] };
    for (i, &own) in own.iter().enumerate() {
        let entries = &mut corner.entries;
        let pivot = (0..i).fold(left[i][i], |pivot, l| pivot - entries[l][i] * entries[l][i]);
        if !(pivot > T::EPSILON * own) {
            return Err(Error::NotPositiveDefinite { pivot: start + i, value: pivot.to_f32() });
        }
        corner.reciprocals[i] = T::ONE / pivot.sqrt();
        for j in i + 1..ROWS {
            let rest = (0..i).fold(left[i][j], |rest, l| rest - entries[l][i] * entries[l][j]);
            entries[i][j] = rest * corner.reciprocals[i];
        }
    }
    Ok(corner)
}
