//! The factorisation from the start.
//!
//! A row of R is formed from the rows above it, four at a time: a compiler vectorises along the row without touching the
//! order in which any single entry is formed, which is the textbook's (Golub and Van Loan, Matrix Computations, 4.2).

use crate::vector::axpy;
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
        *inverse = factor_row(*diagonal + ridge, right, above.get(i..).unwrap_or(&[]), stride, i)?;
    }
    Ok(())
}

/// The same bits from a K that stands above the diagonal itself, K_ii in `inverse`; what is below the diagonal stays.
pub(crate) fn factor_above<T: Scalar>(
    matrix: &mut [T],
    stride: usize,
    ridge: T,
    inverse: &mut [T],
) -> Result<(), Error> {
    let (n, stride) = (inverse.len(), stride.max(1));
    for (i, inverse) in inverse.iter_mut().enumerate() {
        let Some((above, below)) = matrix.split_at_mut_checked(i * stride) else { break };
        let Some([_, right @ ..]) = below.get_mut(i..n) else { break };
        *inverse = factor_row(*inverse + ridge, right, above.get(i..).unwrap_or(&[]), stride, i)?;
    }
    Ok(())
}

/// Row i of R from K_ij in `right`; returns 1/R_ii.
#[inline(always)]
fn factor_row<T: Scalar>(
    diagonal: T,
    right: &mut [T],
    above: &[T],
    stride: usize,
    i: usize,
) -> Result<T, Error> {
    let pivot = take_rows(diagonal, right, above, stride, i);
    let inverse = reciprocal_root(pivot, diagonal, i)?;
    for r in right {
        *r *= inverse;
    }
    Ok(inverse)
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

/// 1 / sqrt(pivot), unless rounding decides the pivot's sign; NaN fails.
pub(super) fn reciprocal_root<T: Scalar>(pivot: T, diagonal: T, index: usize) -> Result<T, Error> {
    if !(pivot > T::EPSILON * diagonal && pivot.is_finite()) {
        return Err(Error::NotPositiveDefinite { pivot: index, value: pivot.to_f32() });
    }
    Ok(T::ONE / pivot.sqrt())
}

pub(super) fn check_square(len: usize, stride: usize, n: usize) -> Result<(), Error> {
    if n > stride {
        return Err(Error::Shape { what: "matrix row", expected: n, found: stride });
    }
    match n.checked_mul(stride) {
        Some(needed) if needed <= len => Ok(()),
        needed => Err(Error::Shape { what: "matrix", expected: needed.unwrap_or(usize::MAX), found: len }),
    }
}
