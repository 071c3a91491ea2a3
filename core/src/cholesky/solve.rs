//! Solves linear systems with a finished factorisation.

use super::block::forward_corner;
use super::factor::check_storage;
use crate::error::check_len;
use crate::vector::{axpy, axpy4};
use crate::{Error, Scalar};

/// A borrowed factorisation K + ridge I = R^T R, for solving systems with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor<'m, T> {
    pub(super) matrix: &'m [T],
    pub(super) stride: usize,
    pub(super) reciprocals: &'m [T],
}

/// Four rows of R from row i on.
struct RowBlock<'m, T> {
    /// 1/R_ii of each row.
    reciprocals: [T; 4],
    /// The entries [R_01, R_02, R_03, R_12, R_13, R_23], counted from row i and column i.
    corner: [T; 6],
    /// The array from column i + 4 of each row on. The slices run into later rows, so the length of the
    /// right-hand side limits them.
    rows: [&'m [T]; 4],
}

impl<'m, T: Scalar> Factor<'m, T> {
    /// Creates a view of the factorisation that [`super::factor`] wrote to `matrix` and `reciprocals`.
    ///
    /// # Errors
    /// [`Error::Shape`] if n is above the stride or the array is too small.
    pub fn new(matrix: &'m [T], stride: usize, reciprocals: &'m [T]) -> Result<Self, Error> {
        check_storage(matrix.len(), stride, reciprocals.len())?;
        Ok(Self { matrix, stride, reciprocals })
    }

    /// Creates a view without checks. The caller must know that the parts belong to one factorisation;
    /// otherwise results are meaningless.
    #[inline(always)]
    pub(crate) fn of_parts(matrix: &'m [T], stride: usize, reciprocals: &'m [T]) -> Self {
        Self { matrix, stride, reciprocals }
    }

    /// Returns the size n.
    #[must_use]
    pub fn len(&self) -> usize {
        self.reciprocals.len()
    }

    /// Returns whether the size is 0.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reciprocals.is_empty()
    }

    /// Returns the distance between the starts of consecutive rows, n or more.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Returns the n numbers 1/R_ii.
    #[must_use]
    pub fn reciprocals(&self) -> &'m [T] {
        self.reciprocals
    }

    /// Returns row i of R to the right of the diagonal: R_ij for j > i.
    #[must_use]
    pub fn row(&self, i: usize) -> &'m [T] {
        let start = i.saturating_mul(self.stride);
        self.matrix
            .get(start.saturating_add(i).saturating_add(1)..start.saturating_add(self.len()))
            .unwrap_or(&[])
    }

    /// Returns the element (i, j) of K, without the ridge, or `None` if there is no such element. The array
    /// must still store K below its diagonal.
    #[must_use]
    pub fn original(&self, i: usize, j: usize) -> Option<T> {
        let (row, column) = (i.max(j), i.min(j));
        if row >= self.len() { None } else { self.matrix.get(row * self.stride + column).copied() }
    }

    /// Returns row i of the array up to the diagonal: K, or whatever is stored in its place.
    pub(crate) fn lower_row(&self, i: usize) -> &'m [T] {
        let start = i.saturating_mul(self.stride);
        self.matrix.get(start..start.saturating_add(i).saturating_add(1)).unwrap_or(&[])
    }

    /// Solves R^T z = b, the first half of a solve, and overwrites b with z. Then |z|^2 = b^T (K + ridge
    /// I)^-1 b. Cost: n^2/2 multiply-adds.
    ///
    /// To get element i, subtract R_li b_l from b_i for l = 0, 1, .. in turn, then multiply by 1/R_ii.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub fn forward(&self, b: &mut [T]) -> Result<(), Error> {
        check_len("right-hand side", self.len(), b.len())?;
        self.forward_from(0, b);
        Ok(())
    }

    /// Solves R z = b, the second half of a solve, and overwrites b with z. Cost: n^2/2 multiply-adds.
    ///
    /// To get element i, subtract R_il b_l from b_i for l = n - 1, n - 2, .. in turn, then multiply by
    /// 1/R_ii.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub fn backward(&self, b: &mut [T]) -> Result<(), Error> {
        check_len("right-hand side", self.len(), b.len())?;
        let mut end = self.len();
        // Four unknowns at a time, so that one pass over the unknowns above subtracts all four.
        while let Some(i) = end.checked_sub(4)
            && let Some((above, rest)) = b.split_at_mut_checked(i)
            && let Some(place) = rest.first_chunk_mut()
            && let Some(RowBlock { reciprocals, corner, .. }) = self.row_block(i)
        {
            let [b0, b1, b2, b3] = *place;
            let b3 = b3 * reciprocals[3];
            let b2 = (b2 - b3 * corner[5]) * reciprocals[2];
            let b1 = (b1 - b3 * corner[4] - b2 * corner[3]) * reciprocals[1];
            let b0 = (b0 - b3 * corner[2] - b2 * corner[1] - b1 * corner[0]) * reciprocals[0];
            *place = [b0, b1, b2, b3];
            for (b, row) in above.iter_mut().zip(self.matrix.chunks_exact(self.stride.max(1))) {
                let Some([r0, r1, r2, r3]) = row.get(i..).and_then(|rest| rest.first_chunk()) else { break };
                *b = *b - b3 * *r3 - b2 * *r2 - b1 * *r1 - b0 * *r0;
            }
            end = i;
        }
        for (i, &reciprocal) in self.reciprocals.iter().enumerate().take(end).rev() {
            let Some([first, below @ ..]) = b.get_mut(i..end) else { break };
            for (b, r) in below.iter().zip(self.row(i)).rev() {
                *first -= *b * *r;
            }
            *first *= reciprocal;
        }
        Ok(())
    }

    /// Returns rows i to i + 3, or `None` if there are fewer than four rows from i on.
    #[inline(always)]
    fn row_block(&self, i: usize) -> Option<RowBlock<'m, T>> {
        let &reciprocals = self.reciprocals.get(i..)?.first_chunk()?;
        let row = self.matrix.get(i * (self.stride + 1)..)?;
        let (&[_, r01, r02, r03], first) = row.split_first_chunk()?;
        let row = row.get(self.stride..)?;
        let (&[_, _, r12, r13], second) = row.split_first_chunk()?;
        let row = row.get(self.stride..)?;
        let (&[_, _, _, r23], third) = row.split_first_chunk()?;
        let (_, fourth) = row.get(self.stride..)?.split_first_chunk::<4>()?;
        Some(RowBlock {
            reciprocals,
            corner: [r01, r02, r03, r12, r13, r23],
            rows: [first, second, third, fourth],
        })
    }

    /// Replaces b by (K + ridge I)^-1 b. Cost: n^2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub fn solve(&self, b: &mut [T]) -> Result<(), Error> {
        self.forward(b)?;
        self.backward(b)
    }

    /// Writes R^-T e_i to b, with e_i the unit vector; |R^-T e_i|^2 = C_ii for C = (K + ridge I)^-1.
    ///
    /// Cost: (n - i)^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub(crate) fn forward_unit(&self, i: usize, b: &mut [T]) -> Result<(), Error> {
        check_len("right-hand side", self.len(), b.len())?;
        b.get_mut(..i).unwrap_or(&mut []).fill(T::ZERO);
        self.forward_unit_from(i, b);
        Ok(())
    }

    /// Writes R^-T e_i to b from entry i on; the entries before i must be 0 already. b has n elements.
    #[inline]
    pub(crate) fn forward_unit_from(&self, i: usize, b: &mut [T]) {
        if let Some((first, rest)) = b.get_mut(i..).and_then(|b| b.split_first_mut()) {
            *first = T::ONE;
            rest.fill(T::ZERO);
        }
        self.forward_from(i, b);
    }

    /// Continues a forward substitution from entry `start`, given that all entries before are 0.
    fn forward_from(&self, start: usize, b: &mut [T]) {
        let mut i = start;
        // Four unknowns at a time, so that one pass over the later unknowns subtracts all four.
        while let Some((place, tail)) = b.get_mut(i..).and_then(|rest| rest.split_first_chunk_mut())
            && let Some(RowBlock { reciprocals, corner, rows }) = self.row_block(i)
        {
            let [b0, b1, b2, b3] = forward_corner(&corner, &reciprocals, *place);
            *place = [b0, b1, b2, b3];
            axpy4(tail, [-b0, -b1, -b2, -b3], rows);
            i += 4;
        }
        let Some(mut rest) = b.get_mut(i..) else { return };
        for (i, &reciprocal) in self.reciprocals.iter().enumerate().skip(i) {
            let Some((first, tail)) = rest.split_first_mut() else { break };
            *first *= reciprocal;
            axpy(tail, -*first, self.row(i));
            rest = tail;
        }
    }

    /// Returns ln det(K + ridge I) = -2 sum ln(1/R_ii).
    #[must_use]
    pub fn log_determinant(&self) -> T {
        -(T::TWO * self.reciprocals.iter().fold(T::ZERO, |sum, r| sum + r.ln()))
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    const LARGEST: usize = 15;
    const STRIDE: usize = LARGEST + 1;

    /// Returns R above the diagonal, and NaN where nothing may be read.
    fn triangle() -> ([f64; LARGEST * STRIDE], [f64; LARGEST]) {
        let entry = |i: usize, j: usize| if j > i { 1.0 / (1 + i + 2 * j) as f64 - 0.1 } else { f64::NAN };
        let matrix = core::array::from_fn(|at| entry(at / STRIDE, at % STRIDE));
        (matrix, core::array::from_fn(|i| 1.0 / (0.3 + 0.1 * i as f64)))
    }

    #[test]
    fn every_size_has_the_bits_of_the_textbook() {
        let (matrix, reciprocals) = triangle();
        let r = |i: usize, j: usize| matrix[i * STRIDE + j];
        for n in 0..=LARGEST {
            let factor = Factor::new(&matrix, STRIDE, &reciprocals[..n]).unwrap();
            let mut b: [f64; LARGEST] = core::array::from_fn(|i| (0.5 + i as f64).sqrt());
            let mut expected = b;
            for i in 0..n {
                expected[i] = (0..i).fold(expected[i], |sum, l| sum - expected[l] * r(l, i)) * reciprocals[i];
            }
            factor.forward(&mut b[..n]).unwrap();
            assert_eq!(b.map(f64::to_bits), expected.map(f64::to_bits), "forward, {n}");
            for i in (0..n).rev() {
                expected[i] =
                    (i + 1..n).rev().fold(expected[i], |sum, l| sum - expected[l] * r(i, l)) * reciprocals[i];
            }
            factor.backward(&mut b[..n]).unwrap();
            assert_eq!(b.map(f64::to_bits), expected.map(f64::to_bits), "backward, {n}");
        }
    }

    #[test]
    fn without_unknowns_there_is_nothing_to_do() {
        let factor = Factor::<f64>::new(&[], 0, &[]).unwrap();
        assert!(factor.is_empty() && factor.solve(&mut []).is_ok() && factor.solve(&mut [1.0]).is_err());
    }
}
