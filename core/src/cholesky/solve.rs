//! Solving with a finished factorisation.

use super::factor::check_square;
use crate::error::check_len;
use crate::vector::{axpy, axpy4, dot};
use crate::{Error, Scalar};

/// A finished factorisation, wherever it is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor<'m, T> {
    pub(super) matrix: &'m [T],
    pub(super) stride: usize,
    pub(super) inverse: &'m [T],
}

impl<'m, T: Scalar> Factor<'m, T> {
    /// What [`super::factor`] left in `matrix` and `inverse`.
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

    /// Distance of the rows, and so the number of rows there is room for.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// 1/R_ii, n numbers.
    pub(crate) fn inverse(&self) -> &'m [T] {
        self.inverse
    }

    /// R_{ij} for j > i, row i from column i + 1 on.
    pub(crate) fn row(&self, i: usize) -> &'m [T] {
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
        self.forward_from(0, b);
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

    /// Column i of C = (K + ridge I)^-1 after the first half of its solve, R^-T e_i; |R^-T e_i|^2 = C_ii.
    ///
    /// Cost: (n - i)^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub(crate) fn forward_unit(&self, i: usize, b: &mut [T]) -> Result<(), Error> {
        check_len("right-hand side", self.len(), b.len())?;
        for (j, b) in b.iter_mut().enumerate() {
            *b = if j == i { T::ONE } else { T::ZERO };
        }
        self.forward_from(i, b);
        Ok(())
    }

    /// The rest of a forward substitution whose first entries are 0.
    fn forward_from(&self, start: usize, b: &mut [T]) {
        let mut i = start;
        // Four unknowns at a time: what they take from the others is one passage through those.
        while let Some(([b0, b1, b2, b3], tail)) =
            b.get_mut(i..).and_then(|rest| rest.split_first_chunk_mut())
            && let Some(&[r0, r1, r2, r3]) = self.inverse.get(i..).and_then(|inverse| inverse.first_chunk())
            && let Some(([u01, u02, u03], row0)) = self.row(i).split_first_chunk()
            && let Some(([u12, u13], row1)) = self.row(i + 1).split_first_chunk()
            && let Some(([u23], row2)) = self.row(i + 2).split_first_chunk()
        {
            *b0 *= r0;
            *b1 = (*b1 - *b0 * *u01) * r1;
            *b2 = (*b2 - *b0 * *u02 - *b1 * *u12) * r2;
            *b3 = (*b3 - *b0 * *u03 - *b1 * *u13 - *b2 * *u23) * r3;
            axpy4(tail, [-*b0, -*b1, -*b2, -*b3], [row0, row1, row2, self.row(i + 3)]);
            i += 4;
        }
        let Some(mut rest) = b.get_mut(i..) else { return };
        for (i, &inverse) in self.inverse.iter().enumerate().skip(i) {
            let Some((first, tail)) = rest.split_first_mut() else { break };
            *first *= inverse;
            axpy(tail, -*first, self.row(i));
            rest = tail;
        }
    }

    /// ln det(K + ridge I) = -2 sum ln(1/R_ii).
    #[must_use]
    pub fn log_determinant(&self) -> T {
        -(T::TWO * self.inverse.iter().fold(T::ZERO, |sum, r| sum + r.ln()))
    }
}
