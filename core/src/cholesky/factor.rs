//! The factorisation of a whole matrix.
//!
//! Rows of R are computed in blocks (`block.rs`). Each entry uses the order of Golub and Van Loan, Matrix
//! Computations, Section 4.2: subtract R_li R_lj from K_ij for l = 0, 1, .. in turn, then multiply by 1/R_ii.
//! So the result has the same bits as without blocks.

use super::block::factor_four;
use crate::vector::axpy;
use crate::{Error, Scalar};

/// Computes the upper-triangular R with R^T R = K + ridge I for the leading n x n part of a square array.
///
/// n is `reciprocals.len()`, and rows are `stride` apart. The function reads K from the lower triangle and
/// the diagonal, which do not change. It writes R strictly above the diagonal and 1/R_ii to `reciprocals`.
/// Cost: n^3/6 multiply-adds, n square roots and divisions.
///
/// # Errors
/// [`Error::NotPositiveDefinite`] if a pivot R_ii^2, which is K_ii + ridge less the squares above it in R, is
/// not above [`Scalar::EPSILON`] times K_ii + ridge: zero, negative, NaN, or so small that rounding decides
/// its sign. R and the reciprocals are unspecified then, and K is unchanged. [`Error::Shape`] if n is above
/// the stride or the array is too small.
pub fn factor<T: Scalar>(
    matrix: &mut [T],
    stride: usize,
    ridge: T,
    reciprocals: &mut [T],
) -> Result<(), Error> {
    check_storage(matrix.len(), stride, reciprocals.len())?;
    factor_from(Source::Below, matrix, stride, ridge, reciprocals, &mut [])
}

/// Computes the same R as [`factor`], bit for bit, but reads K from above the diagonal and K_ii from
/// `reciprocals`. R overwrites K, and the lower triangle is not touched.
///
/// # Errors
/// Those of [`factor`], but K is lost after [`Error::NotPositiveDefinite`].
pub(crate) fn factor_above<T: Scalar>(
    matrix: &mut [T],
    stride: usize,
    ridge: T,
    reciprocals: &mut [T],
) -> Result<(), Error> {
    check_storage(matrix.len(), stride, reciprocals.len())?;
    factor_from(Source::Above, matrix, stride, ridge, reciprocals, &mut [])
}

/// Where K is stored.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Source {
    /// Below the diagonal and on it.
    Below,
    /// Above the diagonal and in the place of the reciprocals.
    Above,
}

/// Computes the factorisation and, unless b is empty, R^-T b. A b that is not empty has as many elements as
/// there are rows.
#[inline(always)] // so that each caller has a copy for its source, with b or without
pub(super) fn factor_from<T: Scalar>(
    source: Source,
    matrix: &mut [T],
    stride: usize,
    ridge: T,
    reciprocals: &mut [T],
    b: &mut [T],
) -> Result<(), Error> {
    let (n, stride) = (reciprocals.len(), stride.max(1));
    // The n % 4 rows that remain are computed one at a time, which is slower. They are the first ones, which
    // have almost no rows above to subtract.
    let left_over = n % 4;
    for i in 0..left_over {
        factor_row(source, matrix, stride, ridge, reciprocals, b, i)?;
    }
    for i in (left_over..n).step_by(4) {
        factor_four(source, matrix, stride, ridge, reciprocals, b, i)?;
    }
    Ok(())
}

/// Computes row i of R, and element i of R^-T b unless b is empty.
#[inline(always)] // so that each caller has a copy for its source
fn factor_row<T: Scalar>(
    source: Source,
    matrix: &mut [T],
    stride: usize,
    ridge: T,
    reciprocals: &mut [T],
    b: &mut [T],
    i: usize,
) -> Result<(), Error> {
    let n = reciprocals.len();
    let Some((above, below)) = matrix.split_at_mut_checked(i * stride) else { return Ok(()) };
    let Some((row, below)) = below.split_at_mut_checked(stride) else { return Ok(()) };
    let (Some([diagonal, right @ ..]), Some(reciprocal)) = (row.get_mut(i..n), reciprocals.get_mut(i)) else {
        return Ok(());
    };
    if source == Source::Below {
        let column = below.get(i..).unwrap_or(&[]).iter().step_by(stride);
        for (r, &lower) in right.iter_mut().zip(column) {
            *r = lower;
        }
        *reciprocal = *diagonal;
    }
    let shifted_diagonal = *reciprocal + ridge;
    let mut pivot = shifted_diagonal;
    for row in above.chunks_exact(stride) {
        let Some([a, row @ ..]) = row.get(i..) else { break };
        axpy(right, -*a, row);
        pivot -= *a * *a;
    }
    *reciprocal = reciprocal_root(pivot, shifted_diagonal, i)?;
    for r in right {
        *r *= *reciprocal;
    }
    // b is updated like a later column.
    if let Some((known, [own, ..])) = b.split_at_mut_checked(i) {
        for (row, &b) in above.chunks_exact(stride).zip(&*known) {
            let Some(&r) = row.get(i) else { break };
            *own -= b * r;
        }
        *own *= *reciprocal;
    }
    Ok(())
}

/// Returns 1 / sqrt(pivot), or an error if rounding decides the sign of the pivot.
///
/// NaN is an error because every comparison with it is false. An infinite pivot is one because it comes from
/// an infinite K_ii + ridge, and infinity is not above [`Scalar::EPSILON`] times infinity.
pub(super) fn reciprocal_root<T: Scalar>(pivot: T, shifted_diagonal: T, index: usize) -> Result<T, Error> {
    if pivot > T::EPSILON * shifted_diagonal {
        Ok(T::ONE / pivot.sqrt())
    } else {
        Err(Error::NotPositiveDefinite { pivot: index, value: pivot.to_f32() })
    }
}

/// Checks that n rows, `stride` apart, fit into an array of `len` numbers.
pub(super) fn check_storage(len: usize, stride: usize, n: usize) -> Result<(), Error> {
    if n > stride {
        return Err(Error::Shape { what: "matrix row", expected: n, found: stride });
    }
    match n.checked_mul(stride) {
        Some(needed) if needed <= len => Ok(()),
        needed => Err(Error::Shape { what: "matrix", expected: needed.unwrap_or(usize::MAX), found: len }),
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// Large enough for three blocks and any rest.
    const LARGEST: usize = 15;
    /// Nothing may be read from it, and nothing written to it.
    const NOTHING: f64 = f64::NAN;

    fn entry(i: usize, j: usize) -> f64 {
        (-0.01 * (i as f64 - j as f64).powi(2)).exp()
    }

    /// Computes R, with its diagonal inverted, entry by entry.
    fn textbook(n: usize, ridge: f64) -> Result<[[f64; LARGEST]; LARGEST], usize> {
        let mut r = [[0.0; LARGEST]; LARGEST];
        for i in 0..n {
            let pivot = (0..i).fold(entry(i, i) + ridge, |sum, l| sum - r[l][i] * r[l][i]);
            if pivot <= f64::EPSILON * (entry(i, i) + ridge) {
                return Err(i);
            }
            r[i][i] = 1.0 / pivot.sqrt();
            for j in i + 1..n {
                r[i][j] = (0..i).fold(entry(i, j), |sum, l| sum - r[l][i] * r[l][j]) * r[i][i];
            }
        }
        Ok(r)
    }

    /// Returns K in a square array of n rows, each a little longer, below the diagonal or above it.
    fn given(source: Source, n: usize, stride: usize) -> ([f64; (LARGEST + 2) * LARGEST], [f64; LARGEST]) {
        let mut matrix = [NOTHING; _];
        for i in 0..n {
            for j in 0..n {
                let stands = if source == Source::Below { j <= i } else { j > i };
                matrix[i * stride + j] = if stands { entry(i, j) } else { NOTHING };
            }
        }
        let own = |i| if source == Source::Below { NOTHING } else { entry(i, i) };
        (matrix, core::array::from_fn(own))
    }

    fn check(source: Source, n: usize, stride: usize) {
        let (before, mut reciprocals) = given(source, n, stride);
        let mut matrix = before;
        factor_from(source, &mut matrix[..n * stride], stride, 1e-3, &mut reciprocals[..n], &mut []).unwrap();
        let r = textbook(n, 1e-3).unwrap();
        for i in 0..n {
            assert_eq!(reciprocals[i].to_bits(), r[i][i].to_bits(), "row {i} of {n}");
            for j in 0..stride {
                let at = i * stride + j;
                let expected = if j > i && j < n { r[i][j] } else { before[at] };
                assert_eq!(matrix[at].to_bits(), expected.to_bits(), "({i}, {j}) of {n}, {stride} apart");
            }
        }
    }

    #[test]
    fn every_size_has_the_bits_of_the_textbook() {
        for n in 0..=LARGEST {
            for stride in n.max(1)..=n + 2 {
                check(Source::Below, n, stride);
                check(Source::Above, n, stride);
            }
        }
    }

    /// Without a ridge this matrix is not positive definite to rounding from some row on, whatever block that
    /// row is in.
    #[test]
    fn the_pivot_that_fails_is_named() {
        let row = textbook(LARGEST, 0.0).unwrap_err();
        assert!((4..LARGEST).contains(&row));
        for n in 1..=LARGEST {
            for source in [Source::Below, Source::Above] {
                let (mut matrix, mut reciprocals) = given(source, n, n);
                let found = factor_from(source, &mut matrix[..n * n], n, 0.0, &mut reciprocals[..n], &mut []);
                match found {
                    Ok(()) => assert!(n <= row),
                    Err(Error::NotPositiveDefinite { pivot, .. }) => assert!(n > row && pivot == row),
                    Err(other) => unreachable!("{other}"),
                }
            }
        }
    }

    #[test]
    fn a_pivot_is_refused_from_the_threshold_down_and_beyond_all_numbers() {
        let fails = |pivot: f64, diagonal| reciprocal_root(pivot, diagonal, 0).is_err();
        assert!(fails(f64::EPSILON * 3.0, 3.0) && !fails(f64::EPSILON * 3.000_001, 3.0));
        assert!(fails(0.0, 0.0) && fails(-1.0, -1.0) && fails(f64::NAN, 1.0) && fails(1.0, f64::NAN));
        assert!(fails(f64::INFINITY, f64::INFINITY) && fails(f64::NEG_INFINITY, f64::NEG_INFINITY));
    }
}
