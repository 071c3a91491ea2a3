//! Predictions of a fitted model: mean, deviation, novelty, and the gradient of the mean.

use super::storage::{ArrayStorage, Columns, Storage, View};
use super::{Regression, Row};
use crate::error::{Quantity, check_len};
use crate::kernel::KernelGradient;
use crate::slices::first_mut;
use crate::vector::dot;
use crate::{Error, Kernel, Prepared, Scalar};

/// A prediction with its uncertainty. `Y` is `T` for one output and `[T; C]` for C outputs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Prediction<T, Y = T> {
    /// The mean of each output, in units of y.
    pub mean: Y,
    /// The standard deviation of the function f(x), for each output, in units of y.
    pub deviation: Y,
    /// The standard deviation of a new observation f(x) + noise, for each output, in units of y.
    pub observation_deviation: Y,
    /// The share of the prior variance that remains given the samples, between 0 (known) and 1 (the samples
    /// give no information). It is 0 if the prior variance is 0.
    pub novelty: T,
}

/// The uncertainty of a prediction, in units of the kernel. Multiplied by the amplitude, a deviation is in
/// units of y.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Uncertainty<T> {
    /// The standard deviation of the function f(x), between 0 and that of the prior, sqrt(K(x, x)).
    pub deviation: T,
    /// The standard deviation of a new observation f(x) + noise, sqrt(deviation^2 + ridge).
    pub observation_deviation: T,
    /// See [`Prediction::novelty`].
    pub novelty: T,
}

impl<T: Scalar, K: Kernel<T>, M: Storage<Scalar = T>> Regression<K, M> {
    /// Writes mean(x) = k(x)^T (K + ridge I)^-1 y for each output. `work` is a buffer of n numbers. Cost: n
    /// kernel values and c n multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::Shape`] for an argument of the wrong length, [`Error::NotFinite`] if x
    /// holds NaN or infinity or lies so far out that the kernel or the mean overflows.
    pub fn mean_into(&self, x: &[T], work: &mut [T], mean: &mut [T]) -> Result<(), Error> {
        let view = self.view()?;
        let query = self.query(&view, x, work)?;
        view.kernel_row_inline(&self.kernel, &query, work);
        self.mean_of(&view, x, work, mean)
    }

    /// Writes the mean like [`Regression::mean_into`], and returns its uncertainty. Cost: that of the mean
    /// and n^2/2 multiply-adds.
    ///
    /// The variance is K(x, x) - |R^-T k(x)|^2, and at least [`Scalar::EPSILON`] K(x, x), because a smaller
    /// value is only rounding error.
    ///
    /// # Errors
    /// Those of [`Regression::mean_into`], [`Error::MeansOnly`] for a file of means, and
    /// [`Error::NotFinite`] if the variance overflows or is NaN.
    pub fn predict_into(&self, x: &[T], work: &mut [T], mean: &mut [T]) -> Result<Uncertainty<T>, Error> {
        let view = self.full_view()?;
        let prior = self.kernel_vector(&view, x, work)?;
        self.mean_of(&view, x, work, mean)?;
        view.forward(work);
        let variance = self.variance(x, prior, work)?;
        Ok(Uncertainty {
            deviation: variance.sqrt(),
            observation_deviation: (variance + self.ridge).sqrt(),
            novelty: if prior > T::ZERO { variance / prior } else { T::ZERO },
        })
    }

    /// Writes the gradient of the mean of one output at x, d numbers. Cost: n kernel gradients.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::Shape`] for an argument of the wrong length, [`Error::OutOfBounds`] if
    /// there is no such output, [`Error::NotFinite`] if x holds NaN or infinity or the gradient overflows.
    pub fn mean_gradient_into(&self, x: &[T], output: usize, gradient: &mut [T]) -> Result<(), Error>
    where
        K: KernelGradient<T>,
    {
        let view = self.view()?;
        let [d, ..] = view.shape();
        check_len("gradient", d, gradient.len())?;
        check_query(d, x)?;
        self.check_output(&view, output)?;
        gradient.fill(T::ZERO);
        let query = self.kernel.prepare(x);
        view.each_sample(output, |sample, weight| self.kernel.add_gradient(&query, sample, weight, gradient));
        match gradient.iter().position(|g| !g.is_finite()) {
            None => Ok(()),
            Some(column) => Err(Error::NotFinite { what: Quantity::Gradient, row: 0, column }),
        }
    }

    pub(super) fn check_output(&self, view: &M::View<'_>, output: usize) -> Result<(), Error> {
        let [.., count] = view.shape();
        if output < count { Ok(()) } else { Err(Error::OutOfBounds { what: "output", count, index: output }) }
    }

    /// Writes k(x) to `k` and returns K(x, x). The caller must check that they are finite; see
    /// [`Self::overflow_at`].
    #[inline(always)]
    pub(crate) fn kernel_vector(&self, view: &M::View<'_>, x: &[T], k: &mut [T]) -> Result<T, Error> {
        let query = self.query(view, x, k)?;
        view.kernel_row(&self.kernel, &query, k);
        Ok(self.kernel.diagonal(&query))
    }

    #[inline(always)]
    fn query<'x>(&self, view: &M::View<'_>, x: &'x [T], k: &[T]) -> Result<Prepared<'x, T>, Error> {
        let [d, n, _] = view.shape();
        check_len("x", d, x.len())?;
        check_len("work", n, k.len())?;
        Ok(self.kernel.prepare(x))
    }

    #[inline(always)]
    pub(super) fn mean_of(&self, view: &M::View<'_>, x: &[T], k: &[T], mean: &mut [T]) -> Result<(), Error> {
        let [.., c] = view.shape();
        check_len("mean", c, mean.len())?;
        for (output, mean) in mean.iter_mut().enumerate() {
            *mean = view.dot_coefficients(output, k);
        }
        match mean.iter().position(|mean| !mean.is_finite()) {
            None => Ok(()),
            Some(column) => Err(self.overflow_at(x, Quantity::Prediction, column)),
        }
    }

    /// Returns the variance of f(x) in units of the kernel, from K(x, x) and R^-T k(x).
    #[inline(always)]
    pub(super) fn variance(&self, x: &[T], prior: T, k: &[T]) -> Result<T, Error> {
        let (variance, least) = (prior - dot(k, k), T::EPSILON * prior);
        // The variance of an observation must be finite, too.
        if !(variance + self.ridge).is_finite() {
            return Err(self.overflow_at(x, Quantity::Variance, 0));
        }
        Ok(if variance > least { variance } else { least })
    }

    /// Returns the reason why a result at x is not finite: x itself, the kernel at x, or only the result.
    #[cold]
    #[inline(never)]
    pub(crate) fn overflow_at(&self, x: &[T], what: Quantity, column: usize) -> Error {
        match check_query(x.len(), x) {
            Err(error) => error,
            Ok(()) if !self.kernel.diagonal(&self.kernel.prepare(x)).is_finite() => {
                Error::NotFinite { what: Quantity::KernelAtX, row: 0, column: 0 }
            }
            Ok(()) => Error::NotFinite { what, row: 0, column },
        }
    }
}

pub(crate) fn check_query<T: Scalar>(d: usize, x: &[T]) -> Result<(), Error> {
    check_len("x", d, x.len())?;
    match x.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(column) => Err(Error::NotFinite { what: Quantity::X, row: 0, column }),
    }
}

impl<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T>> Regression<K, M> {
    /// Returns the mean of each output. Cost: n kernel values and c n multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::NotFinite`] for an input with NaN or infinity or one so far out that
    /// the kernel or the mean overflows.
    pub fn mean(&self, x: &M::Input) -> Result<M::Output, Error> {
        let (mut mean, mut work) = (M::Output::ZEROS, <M::Work as Columns<T>>::ZERO);
        self.mean_into(x.as_slice(), first_mut(work.as_mut_slice(), self.len), mean.as_mut_slice())?;
        Ok(mean)
    }

    /// Returns the mean of each output with its uncertainty. Cost: that of the mean and n^2/2 multiply-adds.
    ///
    /// # Errors
    /// Those of [`Regression::mean`], [`Error::MeansOnly`] for a file of means, and [`Error::NotFinite`] if
    /// the variance overflows or is NaN.
    pub fn predict(&self, x: &M::Input) -> Result<Prediction<T, M::Output>, Error> {
        let (mut mean, mut work) = (M::Output::ZEROS, <M::Work as Columns<T>>::ZERO);
        let Uncertainty { deviation, observation_deviation, novelty } =
            self.predict_into(x.as_slice(), first_mut(work.as_mut_slice(), self.len), mean.as_mut_slice())?;
        let (mut of_function, mut of_observation) = (M::Output::ZEROS, M::Output::ZEROS);
        let view = self.storage.view(self.len);
        let outputs = of_function.as_mut_slice().iter_mut().zip(of_observation.as_mut_slice());
        for (column, (of_function, of_observation)) in outputs.enumerate() {
            let s = view.amplitude_of(column);
            (*of_function, *of_observation) = (deviation * s, observation_deviation * s);
            if !of_observation.is_finite() {
                return Err(Error::NotFinite { what: Quantity::Variance, row: 0, column });
            }
        }
        Ok(Prediction { mean, deviation: of_function, observation_deviation: of_observation, novelty })
    }

    /// Returns a deviation times the amplitude of each output.
    pub(super) fn in_units_of_y(&self, deviation: T) -> Result<M::Output, Error> {
        let (view, mut all) = (self.storage.view(self.len), M::Output::ZEROS); // something was predicted
        for (output, own) in all.as_mut_slice().iter_mut().enumerate() {
            *own = deviation * view.amplitude_of(output);
            if !own.is_finite() {
                return Err(Error::NotFinite { what: Quantity::Variance, row: 0, column: output });
            }
        }
        Ok(all)
    }

    /// Returns the gradient of the mean at x; see [`Regression::mean_gradient_into`].
    ///
    /// # Errors
    /// Those of [`Regression::mean_gradient_into`].
    pub fn mean_gradient(&self, x: &M::Input, output: usize) -> Result<M::Input, Error>
    where
        K: KernelGradient<T>,
    {
        let mut gradient = M::Input::ZEROS;
        self.mean_gradient_into(x.as_slice(), output, gradient.as_mut_slice())?;
        Ok(gradient)
    }
}
