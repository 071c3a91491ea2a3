//! The Cholesky factorisation K + ridge I = R^T R in a square array that keeps K.
//!
//! R, upper triangular, stands above the diagonal; K below and on it; the reciprocals 1/R_ii stand apart. Rows of R are
//! contiguous, so each step subtracts multiples of one row from the rows below it: the compiler vectorises that
//! without touching the order in which any single entry is formed, which is the textbook's.

use core::mem;

use crate::error::check_len;
use crate::vector::{axpy, dot};
use crate::{Error, Scalar};

/// Factors the leading n x n part of a square array, n = `inverse.len()`, rows `stride` apart.
///
/// In: K in the lower triangle and on the diagonal. Out: R strictly above the diagonal, 1/R_ii in `inverse`; K stays.
/// Cost: n^3/6 multiply-adds, n square roots and divisions.
///
/// # Errors
/// [`Error::NotPositiveDefinite`] when a pivot is not above [`Scalar::EPSILON`] times its diagonal element: zero, negative,
/// NaN, or so small that rounding decides its sign. [`Error::Shape`] if the array is too small.
pub fn factor<T: Scalar>(matrix: &mut [T], stride: usize, ridge: T, inverse: &mut [T]) -> Result<(), Error> {
    let n = inverse.len();
    check_square(matrix.len(), stride, n)?;
    mirror(matrix, stride, n);
    for ((i, row), pivot) in matrix.chunks_exact(stride.max(1)).enumerate().zip(&mut *inverse) {
        *pivot = row.get(i).map_or(T::NAN, |&diagonal| diagonal + ridge);
    }
    // `rows` and `pivots` shrink from above: row j is split off, scaled, and taken from all rows below it.
    let (mut rows, mut pivots) = (matrix, inverse);
    for j in 0..n {
        let Some((row, below)) = mem::take(&mut rows).split_at_mut_checked(stride) else { break };
        let Some((pivot, later)) = mem::take(&mut pivots).split_first_mut() else { break };
        let Some([diagonal, right @ ..]) = row.get_mut(j..n) else { break };
        if !(*pivot > T::EPSILON * (*diagonal + ridge) && pivot.is_finite()) {
            return Err(Error::NotPositiveDefinite { pivot: j, value: pivot.to_f32() });
        }
        *pivot = T::ONE / pivot.sqrt();
        for r in &mut *right {
            *r *= *pivot;
        }
        let mut right = &*right;
        for ((i, row), pivot) in below.chunks_exact_mut(stride.max(1)).enumerate().zip(&mut *later) {
            let (Some((&r, rest)), Some(target)) = (right.split_first(), row.get_mut(j + i + 2..n)) else {
                break;
            };
            *pivot -= r * r;
            axpy(target, -r, rest);
            right = rest;
        }
        (rows, pivots) = (below, later);
    }
    Ok(())
}

/// Copies the lower triangle to the upper one.
fn mirror<T: Scalar>(matrix: &mut [T], stride: usize, n: usize) {
    for i in 1..n {
        let Some((above, below)) = matrix.split_at_mut_checked(i * stride) else { return };
        for (row, &value) in above.chunks_exact_mut(stride.max(1)).zip(&*below) {
            if let Some(mirrored) = row.get_mut(i) {
                *mirrored = value;
            }
        }
    }
}

fn check_square(len: usize, stride: usize, n: usize) -> Result<(), Error> {
    if n > stride {
        return Err(Error::Shape { what: "matrix row", expected: n, found: stride });
    }
    match n.checked_mul(stride) {
        Some(needed) if needed <= len => Ok(()),
        needed => Err(Error::Shape { what: "matrix", expected: needed.unwrap_or(usize::MAX), found: len }),
    }
}

/// A finished factorisation, wherever it is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor<'m, T> {
    matrix: &'m [T],
    stride: usize,
    inverse: &'m [T],
}

impl<'m, T: Scalar> Factor<'m, T> {
    /// What [`factor`] left in `matrix` and `inverse`.
    ///
    /// # Errors
    /// [`Error::Shape`] if the array is too small.
    pub fn new(matrix: &'m [T], stride: usize, inverse: &'m [T]) -> Result<Self, Error> {
        check_square(matrix.len(), stride, inverse.len())?;
        Ok(Self { matrix, stride, inverse })
    }

    /// The size n.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inverse.len()
    }

    /// The size is 0.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inverse.is_empty()
    }

    /// R_{ij} for j > i, row i from column i + 1 on.
    fn row(&self, i: usize) -> &'m [T] {
        let start = i * self.stride;
        self.matrix.get(start + i + 1..start + self.len()).unwrap_or(&[])
    }

    /// The element (i, j) of the original K, without the ridge; `None` outside of it.
    #[must_use]
    pub fn original(&self, i: usize, j: usize) -> Option<T> {
        let (row, column) = (i.max(j), i.min(j));
        if row >= self.len() { None } else { self.matrix.get(row * self.stride + column).copied() }
    }

    /// b <- R^-T b, the first half of a solve; |R^-T b|^2 = b^T (K + ridge I)^-1 b. Cost: n^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub fn forward(&self, b: &mut [T]) -> Result<(), Error> {
        check_len("right-hand side", self.len(), b.len())?;
        let mut rest = b;
        for (i, &inverse) in self.inverse.iter().enumerate() {
            let Some((first, tail)) = rest.split_first_mut() else { break };
            *first *= inverse;
            axpy(tail, -*first, self.row(i));
            rest = tail;
        }
        Ok(())
    }

    /// b <- R^-1 b, the second half of a solve. Cost: n^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub fn backward(&self, b: &mut [T]) -> Result<(), Error> {
        check_len("right-hand side", self.len(), b.len())?;
        for (i, &inverse) in self.inverse.iter().enumerate().rev() {
            let Some([first, tail @ ..]) = b.get_mut(i..) else { break };
            *first = (*first - dot(self.row(i), tail)) * inverse;
        }
        Ok(())
    }

    /// b <- (K + ridge I)^-1 b. Cost: n^2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub fn solve(&self, b: &mut [T]) -> Result<(), Error> {
        self.forward(b)?;
        self.backward(b)
    }

    /// ln det(K + ridge I) = -2 sum ln(1/R_ii).
    #[must_use]
    pub fn log_determinant(&self) -> T {
        -(T::TWO * self.inverse.iter().fold(T::ZERO, |sum, r| sum + r.ln()))
    }
}

/// A factorisation in fixed arrays, for up to N rows; `size_of` is N (N + 1) numbers and a length.
///
/// ```
/// use ntk_core::Cholesky;
/// let mut cholesky = Cholesky::<f64, 3>::new();
/// let k = [[4.0, 2.0], [2.0, 5.0]];
/// cholesky.factor(2, 0.0, |i, j| k[i][j])?;
/// let mut b = [10.0, 17.0];
/// cholesky.view().solve(&mut b)?;
/// assert_eq!(b, [1.0, 3.0]);
/// assert!((cholesky.view().log_determinant() - 16f64.ln()).abs() < 1e-15);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Cholesky<T, const N: usize> {
    matrix: [[T; N]; N],
    inverse: [T; N],
    len: usize,
}

impl<T: Scalar, const N: usize> Cholesky<T, N> {
    /// Empty; `const`, so that it can stand in a `static`.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(N > 0, "a factorisation holds at least one row") }
        Self { matrix: [[T::ZERO; N]; N], inverse: [T::ZERO; N], len: 0 }
    }

    /// Factors K + ridge I for the n x n matrix K that `entry(i, j)` gives for i >= j.
    ///
    /// # Errors
    /// [`Error::Capacity`] if n > N, and then nothing has changed; [`Error::NotPositiveDefinite`] as in [`factor`], and
    /// then the factorisation is empty.
    pub fn factor(
        &mut self,
        n: usize,
        ridge: T,
        mut entry: impl FnMut(usize, usize) -> T,
    ) -> Result<(), Error> {
        if n > N {
            return Err(Error::Capacity { capacity: N, found: n });
        }
        self.len = 0;
        for (i, row) in self.matrix.iter_mut().enumerate().take(n) {
            for (j, value) in row.iter_mut().enumerate().take(i + 1) {
                *value = entry(i, j);
            }
        }
        let inverse = self.inverse.get_mut(..n).unwrap_or(&mut []);
        factor(self.matrix.as_flattened_mut(), N, ridge, inverse)?;
        self.len = n;
        Ok(())
    }

    /// The factorisation, for solving.
    #[must_use]
    pub fn view(&self) -> Factor<'_, T> {
        let inverse = self.inverse.get(..self.len).unwrap_or(&[]);
        Factor { matrix: self.matrix.as_flattened(), stride: N, inverse }
    }
}

impl<T: Scalar, const N: usize> Default for Cholesky<T, N> {
    fn default() -> Self {
        Self::new()
    }
}
