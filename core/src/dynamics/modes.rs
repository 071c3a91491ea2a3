//! The decomposition of the NTK's Gram matrix into modes (an eigenvalue and its eigenvector), and predictions
//! from it, on borrowed slices. [`crate::Dynamics`] stores these slices in arrays, and a program in vectors.

use super::Training;
use crate::eigen::check_eigenvalue_bound;
use crate::error::{Quantity, check_len};
use crate::regression::ensemble_deviation;
use crate::slices::row;
use crate::vector::{axpy, dot};
use crate::{Dataset, Error, Kernel, Rows, Scalar, symmetric_eigen};

/// The slices that [`decompose`] writes, for n samples and c outputs.
#[derive(Debug)]
#[doc(hidden)]
pub struct ModeMemory<'m, T> {
    /// n^2 numbers: the Gram matrix, which the decomposition overwrites.
    pub gram: &'m mut [T],
    /// n numbers: the eigenvalues, the largest first.
    pub eigenvalues: &'m mut [T],
    /// n rows of n numbers: one eigenvector each.
    pub eigenvectors: &'m mut [T],
    /// c rows of n numbers: v . y for each eigenvector v.
    pub projected_labels: &'m mut [T],
    /// The distance between rows of `projected_labels`, n or more.
    pub stride: usize,
}

/// Computes the eigenvalues and eigenvectors of the NTK's Gram matrix of the samples, and the labels'
/// projections v . y.
///
/// Cost: n^2/2 kernel values, 5 to 10 sweeps of [`symmetric_eigen`], and c n^2 multiply-adds.
///
/// # Errors
/// [`Error::Shape`] if `gram`, `eigenvalues` or `eigenvectors` has another length. [`Error::NotFinite`] if a
/// kernel value, the sum of the magnitudes in a row of the Gram matrix, or that of the labels of one output
/// overflows. After an error only `gram` may have changed.
#[doc(hidden)]
pub fn decompose<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    data: &Dataset<'_, T>,
    memory: ModeMemory<'_, T>,
) -> Result<(), Error> {
    let ModeMemory { gram, eigenvalues, eigenvectors, projected_labels, stride } = memory;
    let n = data.len();
    check_len("eigenvalues", n, eigenvalues.len())?;
    check_len("eigenvectors", n.saturating_mul(n), eigenvectors.len())?;
    crate::kernel::gram(kernel, data.x(), gram)?;
    check_eigenvalue_bound(gram, n)?;
    // |v . y| is at most the sum of the labels' magnitudes, because no entry of v is above 1 in magnitude.
    for column in 0..data.y().columns() {
        let magnitudes = data.y().iter().filter_map(|y| y.get(column)).map(|y| y.abs());
        if !(T::TWO * magnitudes.fold(T::ZERO, |sum, y| sum + y)).is_finite() {
            return Err(Error::NotFinite { what: Quantity::Y, row: 0, column });
        }
    }
    symmetric_eigen(gram, n, eigenvalues, eigenvectors)?; // cannot fail after the checks above
    for (output, projections) in projected_labels.chunks_mut(stride.max(1)).enumerate() {
        for (projection, eigenvector) in projections.iter_mut().zip(eigenvectors.chunks_exact(n.max(1))) {
            let terms =
                eigenvector.iter().zip(data.y().iter()).filter_map(|(&v, y)| Some(v * *y.get(output)?));
            *projection = terms.fold(T::ZERO, |sum, term| sum + term);
        }
    }
    Ok(())
}

/// The samples and the slices that [`decompose`] has written.
#[derive(Debug)]
#[doc(hidden)]
pub struct Modes<'m, T, K> {
    /// The NTK.
    pub kernel: &'m K,
    /// The inputs of the n samples.
    pub x: Rows<'m, T>,
    /// n eigenvalues.
    pub eigenvalues: &'m [T],
    /// n rows of n numbers: the eigenvectors.
    pub eigenvectors: &'m [T],
    /// c rows of n numbers: the projections v . y of the labels.
    pub projected_labels: &'m [T],
    /// The distance between rows of `projected_labels`.
    pub stride: usize,
}

impl<T: Scalar, K: Kernel<T>> Modes<'_, T, K> {
    /// Writes the mean of each output at x after training; see [`crate::Dynamics::mean`].
    ///
    /// The two slices beside `mean` are buffers of n numbers each. Cost: n kernel values and (n + c) n
    /// multiply-adds.
    ///
    /// # Errors
    /// Those of [`crate::Dynamics::mean`], and [`Error::Shape`] if x or a buffer has another length.
    pub fn mean_into(
        &self,
        x: &[T],
        training: Training<T>,
        [kernel_values, coefficients]: [&mut [T]; 2],
        mean: &mut [T],
    ) -> Result<(), Error> {
        self.write_coefficients(x, training, kernel_values, coefficients)?;
        let n = coefficients.len();
        for (column, mean) in mean.iter_mut().enumerate() {
            *mean = dot(row(self.projected_labels, self.stride, column, n), coefficients);
            if !mean.is_finite() {
                return Err(Error::NotFinite { what: Quantity::Prediction, row: 0, column });
            }
        }
        Ok(())
    }

    /// Returns the standard deviation at x after training, over networks of different random weights; see
    /// [`crate::Dynamics::deviation`].
    ///
    /// The two slices are buffers of n numbers each. Cost: n values of the NTK, 2 n^2 multiply-adds, and that
    /// of [`crate::regression::ensemble_deviation`].
    ///
    /// # Errors
    /// Those of [`Self::mean_into`].
    pub fn deviation<S: Kernel<T>>(
        &self,
        nngp: &S,
        x: &[T],
        training: Training<T>,
        [kernel_values, coefficients]: [&mut [T]; 2],
    ) -> Result<T, Error> {
        self.write_coefficients(x, training, kernel_values, coefficients)?;
        let label_weights = kernel_values; // the buffer is free again
        label_weights.fill(T::ZERO);
        for (eigenvector, &coefficient) in self.eigenvectors().zip(&*coefficients) {
            axpy(label_weights, coefficient, eigenvector);
        }
        ensemble_deviation(nngp, x, self.x, label_weights)
    }

    fn eigenvectors(&self) -> impl Iterator<Item = &[T]> {
        let n = self.eigenvalues.len();
        self.eigenvectors.chunks_exact(n.max(1)).take(n)
    }

    /// Writes k(x), and the coefficient (v . k(x)) g(l) of each mode, which multiplies v . y in the mean.
    fn write_coefficients(
        &self,
        x: &[T],
        training: Training<T>,
        kernel_values: &mut [T],
        coefficients: &mut [T],
    ) -> Result<(), Error> {
        let n = self.eigenvalues.len();
        check_len("work", n, kernel_values.len())?;
        check_len("work", n, coefficients.len())?;
        check_len("samples", n, self.x.len())?;
        check_len("x", self.x.columns(), x.len())?;
        training.check_setting()?;
        if let Some(column) = x.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: Quantity::X, row: 0, column });
        }
        let query = self.kernel.prepare(x);
        for (value, sample) in kernel_values.iter_mut().zip(self.x.iter()) {
            *value = self.kernel.between(&query, &self.kernel.prepare(sample));
        }
        let modes = self.eigenvectors().zip(self.eigenvalues);
        for (coefficient, (eigenvector, &eigenvalue)) in coefficients.iter_mut().zip(modes) {
            *coefficient = dot(eigenvector, kernel_values) * training.spectral_filter(eigenvalue);
        }
        Ok(())
    }
}
