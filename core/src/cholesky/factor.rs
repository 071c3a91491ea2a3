//! The factorisation from the start.

use core::mem;

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
        *pivot = reciprocal_root(*pivot, *diagonal + ridge, j)?;
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
