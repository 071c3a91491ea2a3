//! Leave-one-out predictions in closed form, from the factor of all samples (Rasmussen and Williams 2006,
//! equations 5.10 to 5.12).

use super::storage::{ArrayStorage, Columns, Storage, View};
use super::{Regression, Row};
use crate::error::{Quantity, check_len};
use crate::slices::first_mut;
use crate::vector::dot;
use crate::{Error, Kernel, Scalar};

/// The prediction for a sample by a model that has not seen it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LeaveOneOut<Y> {
    /// The mean of each output, in units of y.
    pub mean: Y,
    /// The standard deviation of an observation, its noise included, in units of y.
    pub deviation: Y,
}

impl<T: Scalar, K: Kernel<T>, M: Storage<Scalar = T>> Regression<K, M> {
    /// Prediction for sample i from all others, without refitting; returns the deviation of an observation in
    /// units of the kernel. `work` lends n numbers. Cost: (n - i)^2/2 multiply-adds.
    ///
    /// With C = (K + ridge I)^-1 the mean is y_i - (C y)_i / C_ii and the variance 1 / C_ii.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::OutOfBounds`] if there is no such sample, [`Error::Shape`] if `work` or
    /// `mean` has another length, [`Error::NotFinite`] if a mean or the variance overflows.
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

    /// What sample i adds to the others: its leave-one-out variance over its prior one, 1 / (C_ii (K_ii +
    /// ridge)) with C = (K + ridge I)^-1, from 0 (the others predict it fully) to 1 (they say nothing about
    /// it). `work` lends n numbers. Cost: (n - i)^2/2 multiply-adds and a kernel value.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::OutOfBounds`] if there is no such sample, [`Error::Shape`] if `work`
    /// has another length, [`Error::NotFinite`] if the variance overflows.
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

/// 1 / C_ii of sample i: neither 0 nor infinite, whatever the factor in a file is.
#[inline(never)]
pub(super) fn left_out_variance<T: Scalar>(precision: T, i: usize) -> Result<T, Error> {
    let variance = T::ONE / precision;
    if precision > T::ZERO && precision.is_finite() && variance.is_finite() {
        return Ok(variance);
    }
    Err(Error::NotFinite { what: Quantity::Variance, row: i, column: 0 })
}

impl<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T>> Regression<K, M> {
    /// The prediction for sample i by a model that has not seen it, without refitting. Cost: (n - i)^2/2
    /// multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::OutOfBounds`] if there is no such sample, or [`Error::NotFinite`] if
    /// the mean or the deviation overflows.
    pub fn leave_one_out(&self, i: usize) -> Result<LeaveOneOut<M::Output>, Error> {
        let (mut mean, mut work) = (M::Output::ZEROS, <M::Work as Columns<T>>::ZERO);
        let work = first_mut(work.as_mut_slice(), self.len);
        let deviation = self.leave_one_out_into(i, work, mean.as_mut_slice())?;
        Ok(LeaveOneOut { mean, deviation: self.in_units_of_y(deviation)? })
    }

    /// What sample i adds to the others, from 0 (they predict it fully) to 1 (they say nothing about it); see
    /// [`Regression::novelty_of_into`].
    ///
    /// # Errors
    /// As there.
    pub fn novelty_of(&self, i: usize) -> Result<T, Error> {
        let mut work = <M::Work as Columns<T>>::ZERO;
        self.novelty_of_into(i, first_mut(work.as_mut_slice(), self.len))
    }
}
