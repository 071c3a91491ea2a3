//! The amplitude of kernel and noise, and the marginal likelihood of the labels.

use super::Regression;
use super::fit::{Amplitude, solve_one};
use super::refit::refactorize;
use super::storage::{Lent, Memory, Noise, Storage, StorageMut, View};
use crate::cholesky::Factor;
use crate::error::{Quantity, Setting};
use crate::slices::{first, first_mut, row};
use crate::vector::{copy, sum_as_dot};
use crate::{Error, Kernel, Scalar};

impl<T: Scalar, K: Kernel<T>, M: Storage<Scalar = T>> Regression<K, M> {
    /// Returns the amplitude s of one output: the prior has covariance s^2 K and the noise has variance s^2
    /// ridge, in units of y squared.
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::OutOfBounds`] if there is no such output.
    pub fn amplitude(&self, output: usize) -> Result<T, Error> {
        let view = self.view()?;
        self.check_output(&view, output)?;
        Ok(view.amplitude_of(output))
    }

    /// Returns the log marginal likelihood of one output, ln p(y) = -y^T (s^2 (K + ridge I))^-1 y / 2 - ln
    /// det(s^2 (K + ridge I)) / 2 - n ln(2 pi) / 2, where s is its amplitude (Rasmussen and Williams 2006,
    /// equation 2.30). Cost: n multiply-adds and n logarithms.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::MeansOnly`] for a file of means, [`Error::OutOfBounds`] if there is no
    /// such output, [`Error::NotFinite`] if the result overflows. If no amplitude is given and all labels are
    /// 0, the likelihood has no maximum over amplitudes, which is also [`Error::NotFinite`].
    pub fn log_marginal_likelihood(&self, output: usize) -> Result<T, Error> {
        let view = self.full_view()?;
        self.check_output(&view, output)?;
        let [_, n, _] = view.shape();
        let product = |i| view.label_and_coefficient(output, i).map_or(T::NAN, |(label, a)| label * a);
        let quadratic_form = sum_as_dot(n, product);
        let logarithms = (0..n).map(|i| view.reciprocal(i).unwrap_or(T::NAN).ln());
        let log_reciprocals = logarithms.fold(T::ZERO, |sum, ln| sum + ln); // -1/2 ln det(K + ridge I)
        let (count, s) = (T::from_usize(n), view.amplitude_of(output));
        let fit = match self.amplitude {
            Amplitude::OfLabels => count,
            Amplitude::Given(s) => quadratic_form / (s * s),
        };
        let ln_two_pi = T::from_f64(1.837_877_066_409_345_3);
        let logarithm = -(T::HALF * (fit - T::TWO * log_reciprocals + count * (ln_two_pi + T::TWO * s.ln())));
        if logarithm.is_finite() {
            return Ok(logarithm);
        }
        Err(Error::NotFinite { what: Quantity::Likelihood, row: 0, column: output })
    }
}

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Sets the amplitude s of all outputs; the prior then has covariance s^2 K. With `None`, the default,
    /// each output has the amplitude of largest marginal likelihood. Cost: 2 c n^2 multiply-adds. If samples
    /// have noise of their own, which is in units of y, not of the kernel, the cost is that of
    /// [`Regression::refresh`].
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an amplitude that is not above 0 and finite; if samples have noise of their
    /// own, also those of a fit. After an error nothing has changed.
    pub fn set_amplitude(&mut self, amplitude: Option<T>) -> Result<(), Error> {
        let amplitude = match amplitude {
            None => Amplitude::OfLabels,
            Some(s) if s > T::ZERO && s.is_finite() => Amplitude::Given(s),
            Some(_) => return Err(Setting::Amplitude.out_of_range()),
        };
        let (n, kernel, ridge) = (self.len, &self.kernel, self.ridge);
        self.storage.with_work(|memory, work| -> Result<(), Error> {
            if M::Noise::OWN && memory.noise.any(n) {
                return refactorize(kernel, ridge, amplitude, n, memory, work);
            }
            let Memory { matrix, stride, reciprocals, labels, amplitudes, .. } = memory;
            let (factor, work) =
                (Factor::of_parts(matrix, stride, first(reciprocals, n)), first_mut(work, n));
            for (output, s) in amplitudes.iter_mut().enumerate() {
                copy(work, row(labels, stride, output, n));
                *s = solve_one(&factor, amplitude, work)?;
            }
            Ok(())
        })?;
        self.amplitude = amplitude;
        Ok(())
    }
}
