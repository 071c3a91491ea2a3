//! The linear algebra of a fit or a search, computed by the core or by the caller.

use super::fit::{Amplitude, check_matrix, prepare, refill, root_mean_square, solve};
use super::storage::{Lent, Memory, Noise, in_units};
use super::tune::{Criterion, losses, precision};
use crate::cholesky::Factor;
use crate::error::Quantity;
use crate::slices::{first, first_mut, row, row_mut};
use crate::vector::copy;
use crate::{Error, Kernel, Rows, Scalar};

/// The operations of a fit or a search whose cost grows with n^2 and n^3, implemented by the caller, for
/// example with blocks and threads on a host with many processors. [`crate::Regression::fit_empty_by`] and
/// similar functions take it.
///
/// If all three methods give the bits of the core, so do fits and searches.
#[doc(hidden)]
pub trait Algebra<T: Scalar, K> {
    /// Writes K(x_i, x_j) for j <= i into a square array whose rows are `stride` apart. Cost: n^2/2 kernel
    /// values.
    ///
    /// # Errors
    /// Any error ends the fit or the search.
    fn fill(&mut self, kernel: &K, x: Rows<'_, T>, matrix: &mut [T], stride: usize) -> Result<(), Error>;

    /// Factors K + ridge I like [`crate::cholesky::factor`]. Cost: n^3/6 multiply-adds.
    ///
    /// # Errors
    /// Those of [`crate::cholesky::factor`].
    fn factor(
        &mut self,
        matrix: &mut [T],
        stride: usize,
        ridge: T,
        reciprocals: &mut [T],
    ) -> Result<(), Error>;

    /// Writes the diagonal of (K + ridge I)^-1, |R^-T e_i|^2 for each i, which are the reciprocals of the
    /// leave-one-out variances. Cost: n^3/6 multiply-adds.
    ///
    /// # Errors
    /// Any error ends the search, or makes it skip the setting.
    fn precisions(&mut self, factor: Factor<'_, T>, precisions: &mut [T]) -> Result<(), Error>;
}

/// The steps of a fit or a search, each applied to the memory of a model.
pub(super) trait Engine<T: Scalar, K, V: Noise> {
    /// Computes K of the n samples in the memory, with their own noise on the diagonal.
    fn refill(&mut self, kernel: &K, n: usize, memory: &mut Memory<'_, T, V>) -> Result<(), Error>;

    /// Computes factorisation, coefficients and amplitudes from K and the labels.
    fn solve(
        &mut self,
        ridge: T,
        n: usize,
        amplitude: Amplitude<T>,
        memory: Memory<'_, T, V>,
    ) -> Result<(), Error>;

    /// Returns the criterion, summed over all outputs. `work` is a buffer of n numbers.
    fn losses(
        &mut self,
        criterion: Criterion,
        amplitude: Amplitude<T>,
        n: usize,
        memory: &Memory<'_, T, V>,
        work: &mut [T],
    ) -> Result<T, Error>;
}

/// The engine that computes with the functions of this crate.
pub(super) struct Own;

impl<T: Scalar, K: Kernel<T>, V: Noise> Engine<T, K, V> for Own {
    #[inline(always)]
    fn refill(&mut self, kernel: &K, n: usize, memory: &mut Memory<'_, T, V>) -> Result<(), Error> {
        refill(kernel, n, memory)
    }

    #[inline(always)]
    fn solve(
        &mut self,
        ridge: T,
        n: usize,
        amplitude: Amplitude<T>,
        memory: Memory<'_, T, V>,
    ) -> Result<(), Error> {
        solve(ridge, n, amplitude, memory)
    }

    #[inline(always)]
    fn losses(
        &mut self,
        criterion: Criterion,
        amplitude: Amplitude<T>,
        n: usize,
        memory: &Memory<'_, T, V>,
        work: &mut [T],
    ) -> Result<T, Error> {
        losses(criterion, amplitude, n, memory, |factor, i| precision(factor, i, work))
    }
}

/// The engine that computes with an [`Algebra`] of the caller. It checks results where that is cheap: K and
/// the reciprocals must be finite, and the reciprocals positive.
pub(super) struct By<'a, A>(pub(super) &'a mut A);

impl<T: Scalar, K: Kernel<T>, V: Noise, A: Algebra<T, K>> Engine<T, K, V> for By<'_, A> {
    fn refill(&mut self, kernel: &K, n: usize, memory: &mut Memory<'_, T, V>) -> Result<(), Error> {
        let (d, stride) = (memory.inputs(), memory.stride);
        let x = Rows::new(first(memory.x, n * d), d)?;
        prepare(kernel, x, memory.lengths);
        self.0.fill(kernel, x, memory.matrix, stride)?;
        for (row, values) in memory.matrix.chunks_exact_mut(stride.max(1)).enumerate().take(n) {
            let values = first_mut(values, row + 1);
            if let Some(column) = values.iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what: Quantity::KernelMatrix, row, column });
            }
            if let (true, Some(own)) = (V::OWN, values.last_mut()) {
                *own += in_units(memory.noise.deviation(row), memory.noise.unit());
            }
        }
        Ok(())
    }

    fn solve(
        &mut self,
        ridge: T,
        n: usize,
        amplitude: Amplitude<T>,
        memory: Memory<'_, T, V>,
    ) -> Result<(), Error> {
        let Memory { matrix, stride, reciprocals, labels, coefficients, amplitudes, noise, .. } = memory;
        check_matrix::<T, V>(ridge, n, matrix, stride, noise)?;
        let reciprocals = first_mut(reciprocals, n);
        self.0.factor(matrix, stride, ridge, reciprocals)?;
        if let Some(row) = reciprocals.iter().position(|&v| !(v > T::ZERO && v.is_finite())) {
            return Err(Error::NotFinite { what: Quantity::Factor, row, column: row });
        }
        let factor = Factor::of_parts(matrix, stride, reciprocals);
        for (output, s) in amplitudes.iter_mut().enumerate() {
            let place = row_mut(coefficients, stride, output, n);
            copy(place, row(labels, stride, output, n));
            factor.forward(place)?;
            *s = match amplitude {
                Amplitude::OfLabels => root_mean_square(place),
                Amplitude::Given(s) => s,
            };
            factor.backward_by_rows(place)?;
            if let Some(row) = place.iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what: Quantity::Coefficients, row, column: output });
            }
        }
        Ok(())
    }

    fn losses(
        &mut self,
        criterion: Criterion,
        amplitude: Amplitude<T>,
        n: usize,
        memory: &Memory<'_, T, V>,
        work: &mut [T],
    ) -> Result<T, Error> {
        if criterion != Criterion::MarginalLikelihood {
            let factor = Factor::of_parts(memory.matrix, memory.stride, first(memory.reciprocals, n));
            self.0.precisions(factor, work)?;
        }
        losses(criterion, amplitude, n, memory, |_, i| Ok(work.get(i).copied().unwrap_or(T::NAN)))
    }
}
