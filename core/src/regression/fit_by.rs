//! A fit whose kernel matrix and factor are computed by the caller: what a host with many processors needs.

use super::Regression;
use super::fit::{
    Amplitude, check_distinct, check_ridge, check_visible, prepare, root_mean_square, set_labels, set_noise,
};
use super::storage::{Lent, Noise, StorageMut, in_units};
use crate::cholesky::Factor;
use crate::error::Quantity;
use crate::slices::{first_mut, row, row_mut};
use crate::vector::copy;
use crate::{Dataset, Error, Kernel, Rows, Scalar};

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// [`Regression::fit_empty`], in which the caller does what grows with n^2 and n^3, by blocks and in
    /// threads perhaps.
    ///
    /// `fill(kernel, x, matrix, stride)` writes K(x_i, x_j) for j <= i into a square array whose rows are
    /// `stride` apart; `factor(matrix, stride, ridge, reciprocals)` does what [`crate::cholesky::factor`]
    /// does. Where both give the bits of the core, so does the fit. They are checked as far as that is cheap:
    /// that K and the reciprocals are finite, and the latter positive. Cost beside theirs: n^2/2 comparisons
    /// and c n^2 multiply-adds.
    ///
    /// ```
    /// use ntk_core::{Ntk, Regression, Relu, cholesky, kernel::gram, regression::Fixed};
    /// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [1.0, 2.0, 2.5]);
    /// let mut model: Regression<_, Fixed<f64, 2, 3>> = Regression::new(Ntk::new(Relu), Fixed::new());
    /// let fill = |kernel: &_, x: ntk_core::Rows<'_, _>, matrix: &mut [_], _| gram(kernel, x, matrix);
    /// model.fit_empty_by(&x, &y, 0.0, fill, cholesky::factor)?;
    /// let mut other: Regression<_, Fixed<f64, 2, 3>> = Regression::new(Ntk::new(Relu), Fixed::new());
    /// other.fit(&x, &y, 0.0)?;
    /// assert_eq!(model.predict(&[0.3, 1.0])?, other.predict(&[0.3, 1.0])?);
    /// # Ok::<(), ntk_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Regression::fit_empty`], the errors of `fill` and `factor`, and [`Error::NotFinite`] for a factor
    /// that is none. Unless there are samples already, the model is then empty.
    pub fn fit_empty_by<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        ridge: T,
        fill: impl FnOnce(&K, Rows<'_, T>, &mut [T], usize) -> Result<(), Error>,
        factor: impl FnOnce(&mut [T], usize, T, &mut [T]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let data = Dataset::new(x, y)?;
        if !self.is_empty() {
            return Err(Error::AlreadyFitted);
        }
        self.check_shape(&data)?;
        check_ridge(ridge)?;
        let (n, x) = (data.len(), data.x());
        let mut memory = self.storage.memory();
        copy(memory.x, x.values());
        prepare(&self.kernel, x, memory.lengths);
        set_noise::<T, M::Noise>(M::Noise::nothing(), n, memory.noise);
        set_labels(&data, &mut memory);
        let (matrix, stride) = (&mut *memory.matrix, memory.stride);
        fill(&self.kernel, x, matrix, stride)?;
        for (row, values) in matrix.chunks_exact(stride.max(1)).enumerate().take(n) {
            if let Some(column) = values.iter().take(row + 1).position(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what: Quantity::KernelMatrix, row, column });
            }
        }
        let shared = |i: usize, j: usize| matrix.get(i * stride + j).copied();
        if ridge == T::ZERO {
            check_distinct(n, |i| shared(i, i), shared)?;
        } else {
            check_visible::<T, M::Noise>(ridge, (0..n).filter_map(|i| shared(i, i)), |_| T::ZERO)?;
        }
        let reciprocals = first_mut(memory.reciprocals, n);
        factor(matrix, stride, ridge, reciprocals)?;
        if let Some(row) = reciprocals.iter().position(|&v| !(v > T::ZERO && v.is_finite())) {
            return Err(Error::NotFinite { what: Quantity::Factor, row, column: row });
        }
        let factor = Factor::of_parts(matrix, stride, reciprocals);
        for (output, s) in memory.amplitudes.iter_mut().enumerate() {
            let place = row_mut(memory.coefficients, stride, output, n);
            copy(place, row(memory.labels, stride, output, n));
            factor.forward(place)?;
            *s = match self.amplitude {
                Amplitude::OfLabels => root_mean_square(place),
                Amplitude::Given(s) => s,
            };
            factor.backward_by_rows(place)?;
            if let Some(row) = place.iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what: Quantity::Coefficients, row, column: output });
            }
        }
        // What deviations of samples that come later are divided by: see `PerSample`.
        let outputs = T::from_usize(memory.amplitudes.len());
        let unit = memory.amplitudes.iter().fold(T::ZERO, |sum, &s| sum + in_units(s, T::ONE)) / outputs;
        memory.noise.set_unit(if unit > T::ZERO && unit.is_finite() { unit.sqrt() } else { T::ONE });
        (self.len, self.ridge) = (n, ridge);
        Ok(())
    }
}
