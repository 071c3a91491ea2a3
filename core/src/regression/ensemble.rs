//! The spread of trained wide networks, a second measure of uncertainty.
//!
//! A Gaussian process with the NTK as covariance has variance K(x, x) - k^T C k. An ensemble of infinitely
//! wide networks with independent random initial weights, trained on the same labels, has another variance.
//! Each network predicts f(x) - w^T (f(X) - y), where w = C k(x) and f is its initial function. f is a
//! Gaussian process whose covariance S is the NNGP (Lee et al. 2019, equation 16). Over the ensemble the mean
//! is k^T C y, as for the first process, and the variance is
//!
//! ```text
//! S(x, x) - 2 w^T S(X, x) + w^T S(X, X) w.
//! ```

use super::prediction::check_query;
use super::storage::{ArrayStorage, Columns, StorageMut, View};
use super::{Regression, Row};
use crate::error::Quantity;
use crate::slices::first_mut;
use crate::{Error, Kernel, Prepared, Rows, Scalar};

/// Returns the standard deviation of f(x) - w^T f(X), the square root of S(x, x) - 2 w^T S(X, x) + w^T S(X,
/// X) w. S is the NNGP, and w are the weights of the samples' labels in a prediction at x. Cost: n^2/2 kernel
/// values.
///
/// # Errors
/// [`Error::NotFinite`] if it overflows.
pub fn ensemble_deviation<T: Scalar, S: Kernel<T>>(
    nngp: &S,
    x: &[T],
    samples: Rows<'_, T>,
    weights: &[T],
) -> Result<T, Error> {
    let query = nngp.prepare(x);
    let mut variance = nngp.between(&query, &query);
    for (i, (sample, &weight)) in samples.iter().zip(weights).enumerate() {
        let sample: Prepared<'_, T> = nngp.prepare(sample);
        let mut sum = weight * nngp.between(&sample, &sample) - T::TWO * nngp.between(&query, &sample);
        for (other, &other_weight) in samples.iter().zip(weights).take(i) {
            sum += T::TWO * other_weight * nngp.between(&sample, &nngp.prepare(other));
        }
        variance += weight * sum;
    }
    if !variance.is_finite() {
        return Err(Error::NotFinite { what: Quantity::Variance, row: 0, column: 0 });
    }
    Ok(if variance > T::ZERO { variance.sqrt() } else { T::ZERO })
}

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Returns the standard deviation at x over an ensemble of infinitely wide networks trained to
    /// convergence.
    ///
    /// The model's kernel must be the NTK and `nngp` the NNGP of the same network, whose outputs start with
    /// mean 0. The result is in units of y and does not depend on the amplitude. `work` is a buffer of n
    /// numbers. Cost: n kernel values, n^2/2 of the NNGP, n^2 multiply-adds.
    ///
    /// # Errors
    /// As [`Regression::predict_into`].
    pub fn ensemble_deviation_into<S: Kernel<T>>(
        &self,
        nngp: &S,
        x: &[T],
        work: &mut [T],
    ) -> Result<T, Error> {
        let view = self.full_view()?;
        let [d, ..] = view.shape();
        check_query(d, x)?;
        self.kernel_vector(&view, x, work)?;
        view.forward(work);
        view.backward(work);
        ensemble_deviation(nngp, x, Rows::new(self.storage.samples(self.len), d)?, work)
    }
}

impl<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T>> Regression<K, M> {
    /// Returns the standard deviation over an ensemble of trained wide networks; see
    /// [`Regression::ensemble_deviation_into`].
    ///
    /// # Errors
    /// As [`Regression::predict_into`].
    pub fn ensemble_deviation<S: Kernel<T>>(&self, nngp: &S, x: &M::Input) -> Result<T, Error>
    where
        M: StorageMut,
    {
        let mut work = <M::Work as Columns<T>>::ZERO;
        self.ensemble_deviation_into(nngp, x.as_slice(), first_mut(work.as_mut_slice(), self.len))
    }
}
