//! The Cholesky factorisation K + ridge I = R^T R in a square array that keeps K.
//!
//! The ridge is a number that is added to each diagonal element of K, such as the variance of noise; 0 adds
//! nothing. R is upper triangular. The method is that of Golub and Van Loan, Matrix Computations, Section
//! 4.2. The strictly upper triangle of the array stores R, and the lower triangle with the diagonal stores K.
//! The reciprocals 1/R_ii are stored in a separate slice. Rows of R are contiguous, and the inner loops of
//! the factorisation and of the forward substitution run along them.
//!
//! A row can be appended in place with n^2/2 multiply-adds, and any row removed with at most 2 n^2
//! multiplications. Because K is kept, the factorisation can be repeated without a second matrix, with
//! another ridge or to remove accumulated rounding errors.

use crate::{Error, Scalar};

mod block;
mod change;
mod factor;
mod refine;
mod solve;
mod system;

pub(crate) use change::{append, append_pivot, remove, remove_from_factor, shift};
pub use factor::factor;
pub(crate) use factor::factor_above;
pub use solve::Factor;
pub use system::factor_and_solve;

/// A symmetric matrix K of up to N rows and its factor R, with R^T R = K + ridge I. The type stores N (N + 1)
/// numbers and a length.
///
/// ```
/// use ntk_core::Cholesky;
/// let mut cholesky = Cholesky::<f64, 3>::new();
/// let k = [[4.0, 2.0], [2.0, 5.0]];
/// cholesky.factor(2, 0.0, |i, j| k[i][j])?;
/// let mut b = [10.0, 17.0];
/// cholesky.solve(&mut b)?;
/// assert_eq!(b, [1.0, 3.0]);
/// assert!((cholesky.view().log_determinant() - 16f64.ln()).abs() < 1e-15);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Cholesky<T, const N: usize> {
    matrix: [[T; N]; N],
    reciprocals: [T; N],
    len: usize,
}

impl<T: Scalar, const N: usize> Cholesky<T, N> {
    /// Creates an empty factorisation. The function is `const`, so it can initialise a `static`.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(N > 0, "a factorisation holds at least one row") }
        Self { matrix: [[T::ZERO; N]; N], reciprocals: [T::ZERO; N], len: 0 }
    }

    /// Computes R with R^T R = K + ridge I for the n x n matrix K; `entry(i, j)` returns K_ij and is called
    /// for j <= i < n. Cost: n^3/6 multiply-adds and n (n + 1) / 2 calls of `entry`.
    ///
    /// # Errors
    /// [`Error::Capacity`] if n > N; nothing has changed then. [`Error::NotPositiveDefinite`] as in
    /// [`factor`]; the factorisation is empty then.
    pub fn factor(&mut self, n: usize, ridge: T, entry: impl FnMut(usize, usize) -> T) -> Result<(), Error> {
        self.fill(n, entry)?;
        let reciprocals = self.reciprocals.get_mut(..n).unwrap_or(&mut []);
        factor(self.matrix.as_flattened_mut(), N, ridge, reciprocals)?;
        self.len = n;
        Ok(())
    }

    /// Factors K + ridge I for as many rows as b has, and replaces b by (K + ridge I)^-1 b; see the function
    /// [`factor_and_solve`].
    ///
    /// # Errors
    /// Those of [`Self::factor`]. If the matrix is not positive definite, the contents of b are unspecified.
    pub fn factor_and_solve(
        &mut self,
        ridge: T,
        entry: impl FnMut(usize, usize) -> T,
        b: &mut [T],
    ) -> Result<(), Error> {
        let n = b.len();
        self.fill(n, entry)?;
        let reciprocals = self.reciprocals.get_mut(..n).unwrap_or(&mut []);
        factor_and_solve(self.matrix.as_flattened_mut(), N, ridge, reciprocals, b)?;
        self.len = n;
        Ok(())
    }

    /// Writes the lower triangle of K, and sets the length to 0.
    fn fill(&mut self, n: usize, mut entry: impl FnMut(usize, usize) -> T) -> Result<(), Error> {
        if n > N {
            return Err(Error::Capacity { capacity: N, found: n });
        }
        self.len = 0;
        for (i, row) in self.matrix.iter_mut().enumerate().take(n) {
            for (j, value) in row.iter_mut().enumerate().take(i + 1) {
                *value = entry(i, j);
            }
        }
        Ok(())
    }

    /// Appends row n: K_nj = `entry(j)` for j = 0 to n. The result has the same bits as factoring all n + 1
    /// rows at once.
    ///
    /// `ridge` must be the one with which the other rows were factored. Cost: n^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::Capacity`] if there are N rows already, [`Error::NotPositiveDefinite`] as in [`factor`].
    /// After an error nothing has changed.
    pub fn push(&mut self, ridge: T, mut entry: impl FnMut(usize) -> T) -> Result<(), Error> {
        let n = self.len;
        if n >= N {
            return Err(Error::Capacity { capacity: N, found: n.saturating_add(1) });
        }
        let (mut row, mut column) = ([T::ZERO; N], [T::ZERO; N]);
        for (j, (k, r)) in row.iter_mut().zip(&mut column).enumerate().take(n) {
            *k = entry(j);
            *r = *k;
        }
        let diagonal = entry(n);
        let column = column.get_mut(..n).unwrap_or(&mut []);
        self.view().forward(column)?;
        let reciprocal = append_pivot(column, diagonal + ridge)?;
        append(self.matrix.as_flattened_mut(), N, &row, diagonal, column);
        if let Some(place) = self.reciprocals.get_mut(n) {
            *place = reciprocal;
        }
        self.len = n + 1;
        Ok(())
    }

    /// Removes row and column i; later rows and columns move up. Cost: at most 2 n^2 multiplications.
    ///
    /// # Errors
    /// [`Error::OutOfBounds`] if there is no row i; nothing has changed then.
    pub fn remove(&mut self, i: usize) -> Result<(), Error> {
        let reciprocals = self.reciprocals.get_mut(..self.len).unwrap_or(&mut []);
        remove(self.matrix.as_flattened_mut(), N, reciprocals, i)?;
        self.len -= 1;
        Ok(())
    }

    /// Replaces b by (K + ridge I)^-1 b. Cost: n^2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::Shape`] if b does not have n elements.
    pub fn solve(&self, b: &mut [T]) -> Result<(), Error> {
        self.view().solve(b)
    }

    /// Returns a borrowed view, which has the other methods that read the factorisation.
    #[must_use]
    pub fn view(&self) -> Factor<'_, T> {
        let reciprocals = self.reciprocals.get(..self.len).unwrap_or(&[]);
        Factor { matrix: self.matrix.as_flattened(), stride: N, reciprocals }
    }
}

impl<T: Scalar, const N: usize> Default for Cholesky<T, N> {
    fn default() -> Self {
        Self::new()
    }
}
