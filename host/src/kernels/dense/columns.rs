//! Many right-hand sides at once, and the diagonal of the inverse.

use ntk_core::cholesky::Factor;
use ntk_core::vector::dot;
use pulp::Arch;
use rayon::prelude::*;

use super::block::{Above, SolveOwn, TakeAbove};
use super::{DEPTH, Panel, ROWS, Row, STRIP, Triangle, WIDTH, count};
use crate::error::Failure;
use crate::kernels::gram::Real;
use crate::kernels::vectors;
use crate::memory;

/// Right-hand sides of a system of n equations, in strips of `WIDTH` columns.
#[derive(Debug)]
pub struct Columns<T> {
    n: usize,
    count: usize,
    strips: Vec<Strip<T>>,
}

/// [`WIDTH`] columns.
#[derive(Debug)]
struct Strip<T> {
    /// The first row that may differ from 0: all rows before it are 0.
    first: usize,
    /// One row for each equation, padded to a multiple of [`ROWS`].
    rows: Vec<Row<T>>,
    /// Whether the rows are in reverse order, the last one first.
    turned: bool,
}

impl<T: Real> Strip<T> {
    /// Returns the columns one after the other, n numbers each.
    fn columns(&self, n: usize) -> Vec<T> {
        let mut columns = vec![T::ZERO; WIDTH * n];
        let rows: &mut dyn Iterator<Item = &Row<T>> =
            if self.turned { &mut self.rows[..n].iter().rev() } else { &mut self.rows[..n].iter() };
        for (i, row) in rows.enumerate() {
            for (column, &value) in row.0.iter().enumerate() {
                columns[column * n + i] = value;
            }
        }
        columns
    }
}

impl<T: Real> Columns<T> {
    /// The largest number of columns that is worth solving together.
    pub const MANY: usize = 24 * WIDTH;

    /// Creates `count` columns of n zeros.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn new(n: usize, count: usize) -> Result<Self, Failure> {
        let mut strips = Vec::new();
        let height = n.next_multiple_of(ROWS);
        for _ in 0..count.div_ceil(WIDTH) {
            let mut rows = memory::room(height, "a block of right-hand sides")?;
            rows.resize(height, Row::ZERO);
            strips.push(Strip { first: 0, rows, turned: false });
        }
        // The columns that each thread copies out in [`Self::map`], and the panels of a substitution.
        let working = (rayon::current_num_threads() * WIDTH + STRIP).saturating_mul(n);
        memory::check::<T>(working, "a block of right-hand sides")?;
        Ok(Self { n, count, strips })
    }

    /// Sets the first columns to the rows of an array, n numbers each. Further columns are not written.
    pub fn set(&mut self, array: &[T]) {
        let n = self.n;
        self.strips.par_iter_mut().zip(array.par_chunks((WIDTH * n).max(1))).for_each(|(strip, rows)| {
            (strip.first, strip.turned) = (0, false);
            for (column, values) in rows.chunks_exact(n.max(1)).enumerate() {
                for (row, &value) in strip.rows.iter_mut().zip(values) {
                    row.0[column] = value;
                }
            }
        });
    }

    /// Sets the columns to the unit vectors from e_start on. Columns past the last unit vector are 0.
    fn set_units(&mut self, start: usize) {
        let n = self.n;
        self.strips.par_iter_mut().enumerate().for_each(|(s, strip)| {
            strip.rows.fill(Row::ZERO);
            strip.first = start + s * WIDTH;
            for i in strip.first..n.min(strip.first + WIDTH) {
                strip.rows[i].0[i - strip.first] = T::ONE;
            }
        });
    }

    /// Calls `f` in parallel with the index and the n numbers of each column. Returns the results in the
    /// order of the columns.
    pub fn map<R: Send>(&self, f: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
        let (n, count) = (self.n, self.count);
        let of = |(s, strip): (usize, &Strip<T>)| -> Vec<R> {
            let columns = strip.columns(n);
            let known = WIDTH.min(count - s * WIDTH);
            (0..known).map(|column| f(s * WIDTH + column, &columns[column * n..][..n])).collect()
        };
        self.strips.par_iter().enumerate().flat_map_iter(of).collect()
    }

    /// Does the same as [`Self::map`] for the first columns, one for each group of `each` numbers in
    /// `numbers`. `f` also writes the group of its column, so that a result needs no memory of its own.
    pub fn map_into<R: Send>(
        &self,
        numbers: &mut [T],
        each: usize,
        f: impl Fn(usize, &[T], &mut [T]) -> R + Sync,
    ) -> Vec<R> {
        let (n, each) = (self.n, each.max(1));
        let of = |(s, (strip, numbers)): (usize, (&Strip<T>, &mut [T]))| -> Vec<R> {
            let columns = strip.columns(n);
            let groups = numbers.chunks_exact_mut(each).enumerate();
            groups.map(|(i, numbers)| f(s * WIDTH + i, &columns[i * n..][..n], numbers)).collect()
        };
        self.strips
            .par_iter()
            .zip(numbers.par_chunks_mut(WIDTH * each))
            .enumerate()
            .flat_map_iter(of)
            .collect()
    }

    /// Replaces each column b by R^-T b, with the bits of [`Factor::forward`].
    pub fn forward(&mut self, factor: Factor<'_, T>) {
        self.substitute(Arch::new(), Triangle { factor, turned: false });
    }

    /// Replaces each column b by R^-1 b, with the bits of [`Factor::backward`].
    pub fn backward(&mut self, factor: Factor<'_, T>) {
        self.substitute(Arch::new(), Triangle { factor, turned: true });
    }

    pub(super) fn substitute(&mut self, arch: Arch, triangle: Triangle<'_, T>) {
        let n = self.n;
        for strip in &mut self.strips {
            if strip.turned != triangle.turned {
                strip.rows[..n].reverse();
                (strip.turned, strip.first) = (triangle.turned, 0);
            }
        }
        let first = self.strips.iter().map(|strip| strip.first).min().unwrap_or(0);
        let from = first / DEPTH * DEPTH;
        for start in (first / STRIP * STRIP..n).step_by(STRIP) {
            let panel = Panel::of(triangle, start, from.min(start));
            self.strips.par_iter_mut().filter(|strip| strip.first < start + STRIP).for_each(|strip| {
                let (above, rest) = strip.rows.split_at_mut(start);
                let own = &mut rest[..panel.blocks * ROWS];
                vectors::run(arch, TakeAbove { panel: &panel, above: Above::Rows(above), strip: own });
                vectors::run(arch, SolveOwn { own: &panel.own, strip: own });
                count(STRIP.min(n - start), start.saturating_sub(strip.first), WIDTH);
            });
        }
    }
}

/// Calls `f` with each i and the column R^-T e_i, whose numbers before i are 0. Returns the results in the
/// order of i.
///
/// The squared length of this column is C_ii, where C = (K + ridge I)^-1.
///
/// # Errors
/// If there is no memory.
pub fn units<T: Real, R: Send>(
    factor: Factor<'_, T>,
    f: impl Fn(usize, &[T]) -> R + Sync,
) -> Result<Vec<R>, Failure> {
    let n = factor.len();
    let mut columns = Columns::new(n, n.min(Columns::<T>::MANY))?;
    let mut found = Vec::with_capacity(n);
    for start in (0..n).step_by(Columns::<T>::MANY) {
        columns.set_units(start);
        columns.forward(factor);
        let known = columns.map(|column, values| (start + column < n).then(|| f(start + column, values)));
        found.extend(known.into_iter().flatten());
    }
    Ok(found)
}

/// Returns C_ii of each sample, where C = (K + ridge I)^-1. Leave-one-out predictions of the core use these
/// numbers, with the same bits.
///
/// # Errors
/// If there is no memory.
pub fn precisions<T: Real>(factor: Factor<'_, T>) -> Result<Vec<T>, Failure> {
    units(factor, |_, column| dot(column, column))
}
