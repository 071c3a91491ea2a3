//! Leave-one-out predictions, computed from the factor of all samples without refitting (Rasmussen and
//! Williams 2006, equations 5.10 to 5.12).
//!
//! Let C = (K + ridge I)^-1. The model fitted without sample i predicts its label with mean y_i - (C y)_i /
//! C_ii and, in units of the kernel, variance 1 / C_ii. C_ii = |R^-T e_i|^2, whose vector is 0 before entry
//! i.

use super::storage::{ArrayStorage, Columns, Storage, View};
use super::{Regression, Row};
use crate::error::{Quantity, check_len};
use crate::slices::first_mut;
use crate::vector::dot;
use crate::{Error, Kernel, Scalar};

/// The prediction for a sample by the model fitted to all other samples.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LeaveOneOut<Y> {
    /// The mean of each output, in units of y.
    pub mean: Y,
    /// The standard deviation of an observation, its noise included, in units of y.
    pub deviation: Y,
}

impl<T: Scalar, K: Kernel<T>, M: Storage<Scalar = T>> Regression<K, M> {
    /// Writes the leave-one-out mean of each output of sample i to `mean`, and returns the standard deviation
    /// of an observation in units of the kernel.
    ///
    /// `work` is a buffer of n numbers. Cost: (n - i)^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::MeansOnly`] for a file of means, [`Error::OutOfBounds`] if there is no
    /// such sample, [`Error::Shape`] if `work` or `mean` has another length, [`Error::NotFinite`] if a mean
    /// or the variance overflows.
    pub fn leave_one_out_into(&self, i: usize, work: &mut [T], mean: &mut [T]) -> Result<T, Error> {
        let view = self.full_view()?;
        let [_, n, c] = view.shape();
        check_len("work", n, work.len())?;
        check_len("mean", c, mean.len())?;
        if i >= n {
            return Err(Error::OutOfBounds { what: "sample", count: n, index: i });
        }
        first_mut(work, i).fill(T::ZERO);
        view.forward_unit_from(i, work);
        let precision = dot(work, work);
        left_out_variance(precision, i)?;
        for (output, mean) in mean.iter_mut().enumerate() {
            let (label, coefficient) = view.label_and_coefficient(output, i).unwrap_or((T::NAN, T::NAN));
            *mean = label - coefficient / precision;
        }
        match mean.iter().position(|mean| !mean.is_finite()) {
            None => Ok(T::ONE / precision.sqrt()),
            Some(column) => Err(Error::NotFinite { what: Quantity::Prediction, row: i, column }),
        }
    }

    /// Returns the novelty of sample i: its leave-one-out variance divided by its prior variance, 1 / (C_ii
    /// (K_ii + ridge)) with C = (K + ridge I)^-1.
    ///
    /// A novelty of 0 means that the other samples determine this one, a novelty of 1 that they give no
    /// information about it. `work` is a buffer of n numbers. Cost: (n - i)^2/2 multiply-adds and one kernel
    /// value.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::MeansOnly`] for a file of means, [`Error::OutOfBounds`] if there is no
    /// such sample, [`Error::Shape`] if `work` has another length, [`Error::NotFinite`] if the variance
    /// overflows.
    pub fn novelty_of_into(&self, i: usize, work: &mut [T]) -> Result<T, Error> {
        let view = self.full_view()?;
        let [_, n, _] = view.shape();
        check_len("work", n, work.len())?;
        let Some(own) = view.own_kernel(&self.kernel, i) else {
            return Err(Error::OutOfBounds { what: "sample", count: n, index: i });
        };
        first_mut(work, i).fill(T::ZERO);
        view.forward_unit_from(i, work);
        let precision = dot(work, work);
        left_out_variance(precision, i)?;
        let novelty = T::ONE / (precision * (own + self.ridge));
        Ok(if novelty < T::ONE { novelty } else { T::ONE })
    }
}

/// Returns 1 / C_ii of sample i, and refuses a variance of 0 or infinity, which a factor from a file can
/// give.
#[inline(never)]
pub(super) fn left_out_variance<T: Scalar>(precision: T, i: usize) -> Result<T, Error> {
    let variance = T::ONE / precision;
    if precision > T::ZERO && precision.is_finite() && variance.is_finite() {
        return Ok(variance);
    }
    Err(Error::NotFinite { what: Quantity::Variance, row: i, column: 0 })
}

impl<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T>> Regression<K, M> {
    /// Returns the prediction for sample i by the model fitted to all other samples, without refitting. Cost:
    /// (n - i)^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::MeansOnly`] for a file of means, [`Error::OutOfBounds`] if there is no
    /// such sample, or [`Error::NotFinite`] if the mean or the deviation overflows.
    pub fn leave_one_out(&self, i: usize) -> Result<LeaveOneOut<M::Output>, Error> {
        let (mut mean, mut work) = (M::Output::ZEROS, <M::Work as Columns<T>>::ZERO);
        let work = first_mut(work.as_mut_slice(), self.len);
        let deviation = self.leave_one_out_into(i, work, mean.as_mut_slice())?;
        Ok(LeaveOneOut { mean, deviation: self.in_units_of_y(deviation)? })
    }

    /// Returns the novelty of sample i, from 0 (the other samples determine it) to 1 (they give no
    /// information about it); see [`Regression::novelty_of_into`].
    ///
    /// # Errors
    /// Those of [`Regression::novelty_of_into`].
    pub fn novelty_of(&self, i: usize) -> Result<T, Error> {
        let mut work = <M::Work as Columns<T>>::ZERO;
        self.novelty_of_into(i, first_mut(work.as_mut_slice(), self.len))
    }
}
