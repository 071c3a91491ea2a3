//! The eigenvalues and eigenvectors of the NTK on the samples, and what training does along each of them, in
//! memory of any kind.

use super::Training;
use crate::eigen::check_range;
use crate::error::{Quantity, check_len};
use crate::regression::ensemble_deviation;
use crate::slices::row;
use crate::vector::dot;
use crate::{Dataset, Error, Kernel, Rows, Scalar, eigen};

/// What [`decompose`] works in and writes, for n samples and c outputs.
#[derive(Debug)]
#[doc(hidden)]
pub struct ModeMemory<'m, T> {
    /// n^2 numbers, of no use afterwards.
    pub matrix: &'m mut [T],
    /// n: the eigenvalues, largest first.
    pub values: &'m mut [T],
    /// n rows of n: one eigenvector each.
    pub vectors: &'m mut [T],
    /// c rows of n: v . y of each eigenvector.
    pub labels: &'m mut [T],
    /// The distance of the rows of `labels`, n or more.
    pub stride: usize,
}

/// Writes eigenvalues and eigenvectors of the NTK on the samples, and the labels along them. Cost: n^2/2
/// kernel values, and 15 to 30 n^3 multiply-adds.
///
/// # Errors
/// [`Error::Shape`] for memory of another size, [`Error::NotFinite`] if the kernel, the sum of its magnitudes
/// in a row or that of the labels' overflows; then values, vectors and labels are as they were.
#[doc(hidden)]
pub fn decompose<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    data: &Dataset<'_, T>,
    memory: ModeMemory<'_, T>,
) -> Result<(), Error> {
    let (n, ModeMemory { matrix, values, vectors, labels, stride }) = (data.len(), memory);
    check_len("eigenvalues", n, values.len())?;
    check_len("eigenvectors", n.saturating_mul(n), vectors.len())?;
    crate::kernel::gram(kernel, data.x(), matrix)?;
    check_range(matrix, n)?;
    for column in 0..data.y().columns() {
        let magnitudes = data.y().iter().filter_map(|y| y.get(column)).map(|y| y.abs());
        if !(T::TWO * magnitudes.fold(T::ZERO, |sum, y| sum + y)).is_finite() {
            return Err(Error::NotFinite { what: Quantity::Y, row: 0, column });
        }
    }
    eigen(matrix, n, values, vectors)?; // refuses nothing that was let pass above
    for (output, labels) in labels.chunks_mut(stride.max(1)).enumerate() {
        for (label, vector) in labels.iter_mut().zip(vectors.chunks_exact(n.max(1))) {
            let terms = vector.iter().zip(data.y().iter()).filter_map(|(&v, y)| Some(v * *y.get(output)?));
            *label = terms.fold(T::ZERO, |sum, term| sum + term);
        }
    }
    Ok(())
}

/// What [`decompose`] left, with the samples: the training of an infinitely wide network, in memory of any
/// kind.
#[derive(Debug)]
#[doc(hidden)]
pub struct Modes<'m, T, K> {
    /// The NTK.
    pub kernel: &'m K,
    /// The samples.
    pub x: Rows<'m, T>,
    /// n: the eigenvalues.
    pub values: &'m [T],
    /// n rows of n: the eigenvectors.
    pub vectors: &'m [T],
    /// c rows of n: the labels along them.
    pub labels: &'m [T],
    /// The distance of the rows of `labels`.
    pub stride: usize,
}

impl<T: Scalar, K: Kernel<T>> Modes<'_, T, K> {
    /// The mean of each output at x after training; see [`crate::Dynamics::mean`]. The two slices beside
    /// `mean` lend n numbers each. Cost: n kernel values and n^2 multiply-adds.
    ///
    /// # Errors
    /// As there, and [`Error::Shape`] for an argument of the wrong length.
    pub fn mean_into(
        &self,
        x: &[T],
        training: Training<T>,
        [k, projections]: [&mut [T]; 2],
        mean: &mut [T],
    ) -> Result<(), Error> {
        self.learned(x, training, k, projections)?;
        let n = projections.len();
        for (column, mean) in mean.iter_mut().enumerate() {
            *mean = dot(row(self.labels, self.stride, column, n), projections);
            if !mean.is_finite() {
                return Err(Error::NotFinite { what: Quantity::Prediction, row: 0, column });
            }
        }
        Ok(())
    }

    /// The standard deviation at x after training, over networks of different random weights; see
    /// [`crate::Dynamics::deviation`]. The two slices lend n numbers each. Cost: n values of the NTK, 2 n^2
    /// multiply-adds, and that of [`crate::regression::ensemble_deviation`].
    ///
    /// # Errors
    /// As [`Self::mean_into`].
    pub fn deviation_into<S: Kernel<T>>(
        &self,
        nngp: &S,
        x: &[T],
        training: Training<T>,
        [k, projections]: [&mut [T]; 2],
    ) -> Result<T, Error> {
        self.learned(x, training, k, projections)?;
        let weights = k; // the kernel's values have served
        weights.fill(T::ZERO);
        for (vector, &projection) in self.rows().zip(&*projections) {
            crate::vector::axpy(weights, projection, vector);
        }
        ensemble_deviation(nngp, x, self.x, weights)
    }

    fn rows(&self) -> impl Iterator<Item = &[T]> {
        let n = self.values.len();
        self.vectors.chunks_exact(n.max(1)).take(n)
    }

    /// (v . k(x)) g(l) for each eigenvector, and k(x).
    fn learned(
        &self,
        x: &[T],
        training: Training<T>,
        k: &mut [T],
        projections: &mut [T],
    ) -> Result<(), Error> {
        let n = self.values.len();
        check_len("work", n, k.len())?;
        check_len("work", n, projections.len())?;
        check_len("samples", n, self.x.len())?;
        check_len("x", self.x.columns(), x.len())?;
        training.check()?;
        if let Some(column) = x.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: Quantity::X, row: 0, column });
        }
        let query = self.kernel.prepare(x);
        for (k, x) in k.iter_mut().zip(self.x.iter()) {
            *k = self.kernel.between(&query, &self.kernel.prepare(x));
        }
        for ((projection, vector), &value) in projections.iter_mut().zip(self.rows()).zip(self.values) {
            *projection = dot(vector, k) * training.learned(value);
        }
        Ok(())
    }
}
