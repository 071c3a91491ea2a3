//! Fits that increase the ridge until the matrix factors.

use super::Regression;
use super::algebra::Algebra;
use super::storage::StorageMut;
use crate::{Dataset, Error, Kernel, Rows, Scalar};

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Fits, and if the matrix does not factor adds 1, 10, 100, ... times [`Scalar::EPSILON`] of the mean
    /// diagonal of K to the ridge, in at most `attempts` attempts. Returns the number added, 0 if none;
    /// [`Regression::ridge`] is then the sum.
    ///
    /// A larger ridge changes the model, so [`Regression::fit`] never does this. Cost: that of a fit for each
    /// attempt.
    ///
    /// # Errors
    /// Those of [`Regression::fit`] if the last attempt fails; the model is then as it was.
    pub fn fit_with_jitter<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        ridge: T,
        attempts: u32,
    ) -> Result<T, Error> {
        let data = Dataset::new(x, y)?;
        self.with_jitter(&data, attempts, |model, jitter| model.fit(data.x(), data.y(), ridge + jitter))
    }

    /// Does the same for an empty model, where the caller does what grows with n^2 and n^3.
    ///
    /// # Errors
    /// As [`Regression::fit_empty_by`], if the last attempt fails too.
    #[doc(hidden)]
    pub fn fit_empty_with_jitter_by<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        ridge: T,
        attempts: u32,
        algebra: &mut impl Algebra<T, K>,
    ) -> Result<T, Error> {
        let data = Dataset::new(x, y)?;
        self.with_jitter(&data, attempts, |model, jitter| {
            model.fit_empty_by(data.x(), data.y(), ridge + jitter, algebra)
        })
    }

    fn with_jitter(
        &mut self,
        data: &Dataset<'_, T>,
        attempts: u32,
        mut fit: impl FnMut(&mut Self, T) -> Result<(), Error>,
    ) -> Result<T, Error> {
        let mut jitter = T::ZERO;
        let mut result = fit(self, jitter);
        for attempt in 0..attempts {
            if !matches!(
                result,
                Err(Error::NotPositiveDefinite { .. }
                    | Error::Coincident { .. }
                    | Error::RidgeTooSmall { .. })
            ) {
                break;
            }
            if attempt == 0 {
                let diagonal = data.x().iter().map(|x| self.kernel.diagonal(&self.kernel.prepare(x)));
                let sum = diagonal.fold(T::ZERO, |sum, k| sum + k);
                jitter = T::EPSILON * (sum / T::from_usize(data.len()));
            } else {
                jitter *= T::from_f64(10.0);
            }
            result = fit(self, jitter);
        }
        result.map(|()| jitter)
    }
}
