//! Factors and solves a system of equations in one call.
//!
//! The factorisation can treat a right-hand side as one more column of K, because forward substitution
//! applies the same operations to b as to each later column. So b is processed together with the blocks of K,
//! partly while square roots are computed, and only the backward substitution remains.

use super::Factor;
use super::factor::{Source, check_storage, factor_from};
use crate::error::check_len;
use crate::{Error, Scalar};

/// Factors K + ridge I and replaces b by (K + ridge I)^-1 b. The result has the bits of
/// [`factor`](super::factor) followed by [`Factor::solve`], in less time.
///
/// Cost: n^3/6 + n^2 multiply-adds, n square roots and divisions. The function is inlined: a caller with a
/// constant n and stride, as with arrays, avoids divisions and bounds checks, which cost as much as the
/// arithmetic if n is small.
///
/// ```
/// use ntk_core::cholesky::factor_and_solve;
/// let mut matrix = [[4.0, f64::NAN], [2.0, 5.0]]; // the upper triangle is not read
/// let (mut reciprocals, mut b) = ([0.0; 2], [10.0, 17.0]);
/// factor_and_solve(matrix.as_flattened_mut(), 2, 0.0, &mut reciprocals, &mut b)?;
/// assert_eq!(b, [1.0, 3.0]);
/// assert_eq!((matrix[0][1], reciprocals), (1.0, [0.5, 0.5]));
/// # Ok::<(), ntk_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Shape`] if the array is too small or b does not have as many elements as `reciprocals`; nothing
/// has changed then. [`Error::NotPositiveDefinite`] as in [`factor`](super::factor); the contents of b are
/// unspecified then.
#[inline(always)]
pub fn factor_and_solve<T: Scalar>(
    matrix: &mut [T],
    stride: usize,
    ridge: T,
    reciprocals: &mut [T],
    b: &mut [T],
) -> Result<(), Error> {
    check_storage(matrix.len(), stride, reciprocals.len())?;
    check_len("right-hand side", reciprocals.len(), b.len())?;
    factor_from(Source::Below, matrix, stride, ridge, reciprocals, b)?;
    Factor { matrix, stride, reciprocals }.backward(b)
}

impl<T: Scalar> Factor<'_, T> {
    /// Replaces b by R^-1 b, row by row, with the bits of [`Factor::backward`]. This is faster if the factor
    /// is larger than the cache. Cost: n^2/2 multiply-adds, each of which depends on the one before.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub(crate) fn backward_by_rows(&self, b: &mut [T]) -> Result<(), Error> {
        check_len("right-hand side", self.len(), b.len())?;
        for (i, &reciprocal) in self.reciprocals.iter().enumerate().rev() {
            let Some([own, known @ ..]) = b.get_mut(i..) else { break };
            for (b, r) in known.iter().zip(self.row(i)).rev() {
                *own -= *b * *r;
            }
            *own *= reciprocal;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::cholesky::factor;

    /// Large enough for three blocks and any rest.
    const LARGEST: usize = 15;
    const LENGTH: usize = LARGEST * (LARGEST + 2);

    /// Returns K below the diagonal and on it, in rows `stride` apart, and NaN where nothing may be read.
    fn given<T: Scalar>(n: usize, stride: usize) -> [T; LENGTH] {
        core::array::from_fn(|at| {
            let (i, j) = (at / stride, at % stride);
            let distance = i as f64 - j as f64;
            T::from_f64(if i < n && j <= i { (-0.01 * distance * distance).exp() } else { f64::NAN })
        })
    }

    fn right_hand_side<T: Scalar>() -> [T; LARGEST] {
        core::array::from_fn(|i| T::from_f64((0.5 + i as f64).sqrt() * if i % 3 == 0 { -1.0 } else { 1.0 }))
    }

    /// Checks that every number that `factor_and_solve` leaves is the one that `factor` and `solve` leave.
    fn same_as_one_after_the_other<T: Scalar>(n: usize, stride: usize, bits: fn(T) -> u64) {
        let ridge = T::from_f64(1e-3);
        let (mut matrix, mut reciprocals, mut b) =
            (given::<T>(n, stride), [T::NAN; LARGEST], right_hand_side::<T>());
        let (mut at_once, mut its_inverse, mut its_b) = (matrix, reciprocals, b);
        factor(&mut matrix, stride, ridge, &mut reciprocals[..n]).unwrap();
        Factor::new(&matrix, stride, &reciprocals[..n]).unwrap().solve(&mut b[..n]).unwrap();
        factor_and_solve(&mut at_once, stride, ridge, &mut its_inverse[..n], &mut its_b[..n]).unwrap();
        assert_eq!(its_b.map(bits), b.map(bits), "{n} unknowns, {stride} apart");
        assert_eq!(its_inverse.map(bits), reciprocals.map(bits), "{n} rows, {stride} apart");
        assert_eq!(at_once.map(bits), matrix.map(bits), "{n} rows, {stride} apart");
        let factor = Factor::new(&matrix, stride, &reciprocals[..n]).unwrap();
        let (mut by_columns, mut by_rows) = (right_hand_side::<T>(), right_hand_side::<T>());
        factor.backward(&mut by_columns[..n]).unwrap();
        factor.backward_by_rows(&mut by_rows[..n]).unwrap();
        assert_eq!(by_rows.map(bits), by_columns.map(bits), "{n} rows");
        assert!(factor.backward_by_rows(&mut by_rows[..n - n.min(1)]).is_err() || n == 0);
    }

    #[test]
    fn every_size_has_the_bits_of_one_after_the_other() {
        for n in 0..=LARGEST {
            for stride in n.max(1)..=n + 2 {
                same_as_one_after_the_other::<f64>(n, stride, f64::to_bits);
                same_as_one_after_the_other::<f32>(n, stride, |v| v.to_bits().into());
            }
        }
    }

    /// Without a ridge this matrix is not positive definite to rounding from some row on.
    #[test]
    fn the_same_pivot_fails() {
        for n in 1..=LARGEST {
            let (mut matrix, mut reciprocals, mut b) =
                (given::<f64>(n, n), [f64::NAN; LARGEST], right_hand_side());
            let mut at_once = matrix;
            let expected = factor(&mut matrix, n, 0.0, &mut reciprocals[..n]);
            let found = factor_and_solve(&mut at_once, n, 0.0, &mut reciprocals[..n], &mut b[..n]);
            assert_eq!(found, expected);
            assert_eq!(at_once.map(f64::to_bits), matrix.map(f64::to_bits)); // K stays
            assert!(n < LARGEST || found.is_err());
        }
    }

    #[test]
    fn other_lengths_are_refused_untouched() {
        let before = (given::<f64>(3, 4), [7.0; 3], right_hand_side::<f64>());
        for (stride, len) in [(4, 0), (4, 2), (4, 4), (2, 3), (LENGTH, 3), (usize::MAX, 3)] {
            let (mut matrix, mut reciprocals, mut b) = before;
            let refused = factor_and_solve(&mut matrix, stride, 0.0, &mut reciprocals, &mut b[..len]);
            assert!(matches!(refused, Err(Error::Shape { .. })), "{stride}, {len}");
            assert_eq!((reciprocals, b), (before.1, before.2));
            assert_eq!(matrix.map(f64::to_bits), before.0.map(f64::to_bits));
        }
        assert_eq!(factor_and_solve::<f64>(&mut [], 0, 0.0, &mut [], &mut []), Ok(()));
    }
}
