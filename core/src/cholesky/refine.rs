//! Iterative refinement with residuals in twice the precision, computed by error-free additions and products.
//!
//! The sum of products is algorithm Dot2 of Ogita, Rump and Oishi 2005. It is as accurate as if computed in
//! twice the precision and rounded once.

use super::Factor;
use crate::error::{Quantity, check_len};
use crate::scalar::exact::{two_product, two_sum};
use crate::{Error, Scalar};

/// A number as the unevaluated sum of two.
#[derive(Clone, Copy)]
struct DoubleWord<T> {
    high: T,
    low: T,
}

impl<T: Scalar> DoubleWord<T> {
    /// Subtracts a product.
    fn subtract(self, a: T, b: T) -> Self {
        let (product, error) = two_product(-a, b);
        let (high, rounding) = two_sum(self.high, product);
        Self { high, low: self.low + (error + rounding) }
    }
}

impl<T: Scalar> Factor<'_, T> {
    /// Writes b - (K + ridge I) x, computed in twice the precision and rounded once. Cost: n^2 products of 25
    /// operations each.
    ///
    /// # Errors
    /// [`Error::Shape`] for a length other than n.
    pub fn residual(&self, ridge: T, x: &[T], b: &[T], residual: &mut [T]) -> Result<(), Error> {
        for (what, len) in [("solution", x.len()), ("right-hand side", b.len()), ("residual", residual.len())]
        {
            check_len(what, self.len(), len)?;
        }
        for ((i, residual), (&b, &own)) in residual.iter_mut().enumerate().zip(b.iter().zip(x)) {
            let mut sum = DoubleWord { high: b, low: T::ZERO }.subtract(ridge, own);
            for (j, &x) in x.iter().enumerate() {
                sum = sum.subtract(self.original(i, j).unwrap_or(T::ZERO), x);
            }
            *residual = sum.high + sum.low;
        }
        Ok(())
    }

    /// Refines a solution x of (K + ridge I) x = b until it changes by no more than rounding, in at most four
    /// rounds.
    ///
    /// Returns the size of the last correction relative to x. If the condition number is below 1 /
    /// [`Scalar::EPSILON`], the result is accurate to the last digit of x for the stored K. A round is not
    /// applied unless its correction is at most half as large as that of the round before. `work` is a buffer
    /// of n numbers. Cost per round: 26 n^2 operations.
    ///
    /// # Errors
    /// [`Error::Shape`] for a length other than n; [`Error::NotFinite`] if a correction overflows; x then
    /// keeps its last finite value.
    pub fn refine(&self, ridge: T, b: &[T], x: &mut [T], work: &mut [T]) -> Result<T, Error> {
        let largest = |v: &[T]| v.iter().fold(T::ZERO, |most, v| if v.abs() > most { v.abs() } else { most });
        let mut last = None;
        for _ in 0..4 {
            self.residual(ridge, x, b, work)?;
            self.solve(work)?;
            if let Some(row) = work.iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what: Quantity::Correction, row, column: 0 });
            }
            let size = largest(x);
            let relative = if size > T::ZERO { largest(work) / size } else { T::ZERO };
            if last.is_some_and(|last| relative > T::HALF * last) {
                break;
            }
            last = Some(relative);
            for (x, &correction) in x.iter_mut().zip(&*work) {
                *x += correction;
            }
            if relative <= T::HALF * T::EPSILON {
                break;
            }
        }
        match x.iter().position(|v| !v.is_finite()) {
            None => Ok(last.unwrap_or(T::ZERO)),
            Some(row) => Err(Error::NotFinite { what: Quantity::Correction, row, column: 0 }),
        }
    }
}

#[cfg(test)]
mod tests {

    /// A Hilbert matrix with condition number 5e5: seven digits in the residual are not enough, fourteen are.
    #[test]
    fn refinement_gives_the_digits_that_the_condition_took() {
        const N: usize = 5;
        let mut cholesky = crate::Cholesky::<f32, N>::new();
        let k = |i: usize, j: usize| 1.0 / (1.0 + (i + j) as f32);
        cholesky.factor(N, 0.0, k).unwrap();
        let mut exact = crate::Cholesky::<f64, N>::new();
        exact.factor(N, 0.0, |i, j| f64::from(k(i, j))).unwrap();
        let b = [1.0f32, -2.0, 0.5, 3.0, 1.0];
        let mut expected = b.map(f64::from);
        exact.solve(&mut expected).unwrap();
        let error = |x: &[f32]| {
            let size = expected.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            x.iter().zip(&expected).fold(0.0f64, |m, (x, e)| m.max((f64::from(*x) - e).abs())) / size
        };
        let (mut x, mut work) = (b, [0.0; N]);
        cholesky.solve(&mut x).unwrap();
        let before = error(&x);
        let last = cholesky.view().refine(0.0, &b, &mut x, &mut work).unwrap();
        assert!(before > 1e-4 && error(&x) < 6e-8 && last < 1e-5, "{before:e} {:e} {last:e}", error(&x));
        assert!(cholesky.view().refine(0.0, &b, &mut x[..4], &mut work).is_err());
        let mut x = [0.0; N];
        assert_eq!((cholesky.view().refine(0.0, &[0.0; N], &mut x, &mut work), x), (Ok(0.0), [0.0; N]));
    }
}
