//! The factorisation from the start.

use crate::vector::{axpy, axpy4};
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
    for i in 0..n {
        let Some((above, rest)) = matrix.split_at_mut_checked(i * stride) else { break };
        let (Some([diagonal, right @ ..]), Some(inverse)) = (rest.get_mut(i..n), inverse.get_mut(i)) else {
            break;
        };
        let diagonal = *diagonal + ridge;
        let pivot = subtract_rows(above, stride, i, diagonal, right);
        *inverse = reciprocal_root(pivot, diagonal, i)?;
        for r in right {
            *r *= *inverse;
        }
    }
    Ok(())
}

/// Takes the rows above from the rest of row i, each times its element in column i, one after the other; and their squares
/// from the pivot.
fn subtract_rows<T: Scalar>(above: &[T], stride: usize, i: usize, mut pivot: T, right: &mut [T]) -> T {
    let end = i + 1 + right.len();
    let mut rows = above.chunks_exact(stride.max(1)).map_while(|row| row.get(i..end)?.split_first());
    loop {
        match (rows.next(), rows.next(), rows.next(), rows.next()) {
            (Some(a), Some(b), Some(c), Some(d)) => {
                pivot = pivot - *a.0 * *a.0 - *b.0 * *b.0 - *c.0 * *c.0 - *d.0 * *d.0;
                axpy4(right, [-*a.0, -*b.0, -*c.0, -*d.0], [a.1, b.1, c.1, d.1]);
            }
            (a, b, c, _) => {
                for (&r, rest) in [a, b, c].into_iter().flatten() {
                    pivot -= r * r;
                    axpy(right, -r, rest);
                }
                return pivot;
            }
        }
    }
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
