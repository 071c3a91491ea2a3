//! The Cholesky factorisation K + ridge I = R^T R in a square array that keeps K.
//!
//! R, upper triangular, stands above the diagonal; K below and on it; the reciprocals 1/R_ii stand apart. Rows of R are
//! contiguous, and each is formed from the rows above it, four at a time: the compiler vectorises along the row
//! without touching the order in which any single entry is formed, which is the textbook's (Golub and Van Loan, Matrix
//! Computations, Section 4.2).

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
    let stride = stride.max(1);
    for (i, inverse) in inverse.iter_mut().enumerate() {
        let Some((above, below)) = matrix.split_at_mut_checked(i * stride) else { break };
        let Some((row, below)) = below.split_at_mut_checked(stride) else { break };
        let Some([diagonal, right @ ..]) = row.get_mut(i..n) else { break };
        let column = below.get(i..).unwrap_or(&[]).iter().step_by(stride);
        for (r, &lower) in right.iter_mut().zip(column) {
            *r = lower;
        }
        let diagonal = *diagonal + ridge;
        let pivot = take_rows(diagonal, right, above.get(i..).unwrap_or(&[]), stride, i);
        if !(pivot > T::EPSILON * diagonal && pivot.is_finite()) {
            return Err(Error::NotPositiveDefinite { pivot: i, value: pivot.to_f32() });
        }
        *inverse = T::ONE / pivot.sqrt();
        for r in right {
            *r *= *inverse;
        }
    }
    Ok(())
}

/// Takes R_li R_lj from the entries (i, j) of row i, and R_li^2 from its pivot, for the i rows l above, in order.
///
/// `rows` starts at R_0i. Four rows at a time, so that an entry is read and written once for four multiply-adds.
fn take_rows<T: Scalar>(mut pivot: T, right: &mut [T], mut rows: &[T], stride: usize, i: usize) -> T {
    for _ in 0..i / 4 {
        pivot = take_four(pivot, right, rows, stride);
        rows = rows.get(4 * stride..).unwrap_or(&[]);
    }
    for _ in 0..i % 4 {
        pivot = take_one(pivot, right, rows);
        rows = rows.get(stride..).unwrap_or(&[]);
    }
    pivot
}

// Out of line: in the loop above its many pointers would not fit in a small processor's registers.
#[inline(never)]
fn take_four<T: Scalar>(pivot: T, right: &mut [T], rows: &[T], stride: usize) -> T {
    let n = right.len();
    let (Some((a, a_row)), Some((b, b_row))) = (row_from(rows, 0, n), row_from(rows, stride, n)) else {
        return T::NAN; // never; a pivot that is NaN is refused
    };
    let (Some((c, c_row)), Some((d, d_row))) = (row_from(rows, 2 * stride, n), row_from(rows, 3 * stride, n))
    else {
        return T::NAN;
    };
    let rows = a_row.iter().zip(b_row).zip(c_row.iter().zip(d_row));
    for (r, ((&a_j, &b_j), (&c_j, &d_j))) in right.iter_mut().zip(rows) {
        *r = *r - a * a_j - b * b_j - c * c_j - d * d_j;
    }
    pivot - a * a - b * b - c * c - d * d
}

#[inline(never)]
fn take_one<T: Scalar>(pivot: T, right: &mut [T], rows: &[T]) -> T {
    let Some((&a, row)) = rows.split_first() else { return T::NAN };
    axpy(right, -a, row);
    pivot - a * a
}

/// R_li and the n entries to its right.
fn row_from<T: Scalar>(rows: &[T], start: usize, n: usize) -> Option<(T, &[T])> {
    let (&first, right) = rows.get(start..)?.split_first()?;
    Some((first, right.get(..n)?))
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
