//! What can be asked of a fitted model, wherever it is stored.

use super::fit::{kernel_row, kernel_row_inline, row};
use crate::cholesky::Factor;
use crate::error::check_len;
use crate::kernel::KernelGradient;
use crate::vector::dot;
use crate::{Error, Kernel, Point, Rows, Scalar};

/// A fitted model: samples, factorisation and coefficients, borrowed.
#[derive(Debug)]
pub struct Fitted<'m, T, K> {
    kernel: &'m K,
    pub(super) x: Rows<'m, T>,
    pub(super) lengths: &'m [[T; 2]],
    pub(super) factor: Factor<'m, T>,
    pub(super) ridge: T,
    labels: &'m [T],
    coefficients: &'m [T],
}

/// How far a prediction may be off, as a Gaussian process with covariance K and noise variance `ridge` sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Uncertainty<T> {
    /// Standard deviation of the latent function f(x), between 0 and the prior's sqrt(K(x, x)).
    pub deviation: T,
    /// Standard deviation of a new observation f(x) + noise, sqrt(deviation^2 + ridge).
    pub observation_deviation: T,
    /// The part of the prior's variance that the samples leave, deviation^2 / K(x, x), between 0 (known) and 1 (nothing like
    /// it was seen); 0 where the prior has no variance.
    pub novelty: T,
}

/// The prediction for a sample by a model that has not seen it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LeaveOneOut<T> {
    /// Its mean, in units of y.
    pub mean: T,
    /// Its standard deviation, observation noise (the ridge) included, in units of the square root of the kernel.
    pub deviation: T,
}

impl<'m, T: Scalar, K: Kernel<T>> Fitted<'m, T, K> {
    /// The parts of [`super::Memory`] that [`super::fit`] has filled: of `x`, `lengths` and the factorisation the first n, of
    /// `labels` and `coefficients` all, c rows as far apart as the factorisation's.
    ///
    /// # Errors
    /// [`Error::NotFitted`] if there are no samples, [`Error::Shape`] if the parts do not belong together.
    #[inline]
    pub fn new(
        kernel: &'m K,
        x: Rows<'m, T>,
        lengths: &'m [[T; 2]],
        factor: Factor<'m, T>,
        ridge: T,
        labels: &'m [T],
        coefficients: &'m [T],
    ) -> Result<Self, Error> {
        let n = x.len();
        if n == 0 {
            return Err(Error::NotFitted);
        }
        check_len("lengths", n, lengths.len())?;
        check_len("rows of the factorisation", n, factor.len())?;
        check_len("labels", coefficients.len(), labels.len())?;
        let stride = factor.stride().max(1);
        check_len("coefficients", coefficients.len() / stride * stride, coefficients.len())?;
        Ok(Self { kernel, x, lengths, factor, ridge, labels, coefficients })
    }

    /// The number of outputs c.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.coefficients.len().checked_div(self.factor.stride()).unwrap_or(0)
    }

    /// mean(x) = k(x)^T (K + ridge I)^-1 y for each output. `work` lends n numbers.
    ///
    /// # Errors
    /// [`Error::Shape`] for an argument of the wrong length, [`Error::NotFinite`] if x holds NaN or infinity or lies so far
    /// out that the kernel or the mean overflows.
    pub fn mean(&self, x: &[T], work: &mut [T], mean: &mut [T]) -> Result<(), Error> {
        let query = self.query(x, work)?;
        kernel_row_inline(self.kernel, &query, (self.x.values(), self.lengths), work);
        self.mean_from(x, work, mean)
    }

    /// The mean as above, and its uncertainty as the return value.
    ///
    /// The variance is K(x, x) - |R^-T k(x)|^2, kept from below 0. `work` lends n numbers.
    ///
    /// # Errors
    /// As [`Fitted::mean`], and [`Error::NotFinite`] if the variance overflows: that it is not known never reads as 0.
    pub fn predict(&self, x: &[T], work: &mut [T], mean: &mut [T]) -> Result<Uncertainty<T>, Error> {
        let query = self.kernel_vector(x, work)?;
        self.mean_from(x, work, mean)?;
        self.factor.forward(work)?;
        let prior = self.kernel.diagonal(&query);
        let variance = prior - dot(work, work);
        if !variance.is_finite() {
            return Err(self.overflow_at(x, "variance", 0));
        }
        let variance = if variance > T::ZERO { variance } else { T::ZERO };
        Ok(Uncertainty {
            deviation: variance.sqrt(),
            observation_deviation: (variance + self.ridge).sqrt(),
            novelty: if prior > T::ZERO { variance / prior } else { T::ZERO },
        })
    }

    /// Prediction for sample i from all others, without refitting: with C = (K + ridge I)^-1, mean y_i - (C y)_i / C_ii
    /// and variance 1 / C_ii. `work` lends n numbers. Cost: n^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there is no such sample or output, [`Error::Shape`] if `work` has another length.
    pub fn leave_one_out(&self, i: usize, output: usize, work: &mut [T]) -> Result<LeaveOneOut<T>, Error> {
        let n = self.x.len();
        check_len("work", n, work.len())?;
        let (labels, coefficients) = self.rows(output)?;
        let (Some(&label), Some(&coefficient)) = (labels.get(i), coefficients.get(i)) else {
            return Err(Error::NoSuch { what: "sample", count: n, index: i });
        };
        self.factor.forward_unit(i, work)?;
        let precision = dot(work, work);
        Ok(LeaveOneOut { mean: label - coefficient / precision, deviation: T::ONE / precision.sqrt() })
    }

    /// 1 / (C_ii (K_ii + ridge)), see [`super::Regression::novelty_of`]. `work` lends n numbers.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there is no such sample, [`Error::Shape`] if `work` has another length.
    pub fn novelty_of(&self, i: usize, work: &mut [T]) -> Result<T, Error> {
        let Some(own) = self.factor.original(i, i) else {
            return Err(Error::NoSuch { what: "sample", count: self.x.len(), index: i });
        };
        self.factor.forward_unit(i, work)?;
        let novelty = T::ONE / (dot(work, work) * (own + self.ridge));
        Ok(if novelty < T::ONE { novelty } else { T::ONE })
    }

    /// ln p(y) = -y^T (K + ridge I)^-1 y / 2 - ln det(K + ridge I) / 2 - n ln(2 pi) / 2 of one output (Rasmussen and
    /// Williams 2006, equation 2.30). Cost: n multiply-adds and n logarithms.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there is no such output.
    pub fn log_marginal_likelihood(&self, output: usize) -> Result<T, Error> {
        let n = self.x.len();
        let (labels, coefficients) = self.rows(output)?;
        let fit = dot(labels, coefficients);
        let ln_two_pi = T::from_f64(1.837_877_066_409_345_3);
        Ok(-(T::HALF * (fit + self.factor.log_determinant() + T::from_usize(n) * ln_two_pi)))
    }

    /// The derivative of the log marginal likelihood in the ridge, (a^T a - trace C) / 2 with a = C y and
    /// C = (K + ridge I)^-1 (the same, equation 5.9). `work` lends n numbers. Cost: n^3/6 multiply-adds.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there is no such output, [`Error::Shape`] if `work` has another length.
    pub fn likelihood_slope(&self, output: usize, work: &mut [T]) -> Result<T, Error> {
        let (_, coefficients) = self.rows(output)?;
        let mut trace = T::ZERO;
        for i in 0..self.x.len() {
            self.factor.forward_unit(i, work)?;
            trace += dot(work, work);
        }
        Ok(T::HALF * (dot(coefficients, coefficients) - trace))
    }

    /// d mean(x) / dx of one output, d numbers. Cost: n kernel gradients.
    ///
    /// # Errors
    /// [`Error::Shape`] for an argument of the wrong length, [`Error::NoSuch`] if there is no such output, [`Error::NotFinite`] if x
    /// holds NaN or infinity or the gradient overflows.
    pub fn mean_gradient(&self, x: &[T], output: usize, gradient: &mut [T]) -> Result<(), Error>
    where
        K: KernelGradient<T>,
    {
        check_len("gradient", self.x.columns(), gradient.len())?;
        self.check_query(x)?;
        let (_, coefficients) = self.rows(output)?;
        gradient.fill(T::ZERO);
        let query = self.kernel.prepare(x);
        for ((x, &[norm, rest]), &weight) in self.x.iter().zip(self.lengths).zip(coefficients) {
            self.kernel.add_gradient(&query, &Point { x, norm, rest }, weight, gradient);
        }
        match gradient.iter().position(|g| !g.is_finite()) {
            None => Ok(()),
            Some(column) => Err(Error::NotFinite { what: "gradient", row: 0, column }),
        }
    }

    /// Labels and coefficients of one output.
    pub(super) fn rows(&self, output: usize) -> Result<(&'m [T], &'m [T]), Error> {
        if output >= self.outputs() {
            return Err(Error::NoSuch { what: "output", count: self.outputs(), index: output });
        }
        let (stride, n) = (self.factor.stride(), self.x.len());
        Ok((row(self.labels, stride, output, n), row(self.coefficients, stride, output, n)))
    }

    /// k(x) into `k`. What is not finite in it is for the caller to notice: see [`Fitted::overflow_at`].
    #[inline(always)]
    pub(super) fn kernel_vector<'x>(&self, x: &'x [T], k: &mut [T]) -> Result<Point<'x, T>, Error> {
        let query = self.query(x, k)?;
        kernel_row(self.kernel, &query, (self.x.values(), self.lengths), k);
        Ok(query)
    }

    #[inline(always)]
    fn query<'x>(&self, x: &'x [T], k: &[T]) -> Result<Point<'x, T>, Error> {
        check_len("x", self.x.columns(), x.len())?;
        check_len("work", self.x.len(), k.len())?;
        Ok(self.kernel.prepare(x))
    }

    pub(super) fn check_query(&self, x: &[T]) -> Result<(), Error> {
        check_len("x", self.x.columns(), x.len())?;
        match x.iter().position(|v| !v.is_finite()) {
            None => Ok(()),
            Some(column) => Err(Error::NotFinite { what: "x", row: 0, column }),
        }
    }

    #[inline(always)]
    fn mean_from(&self, x: &[T], k: &[T], mean: &mut [T]) -> Result<(), Error> {
        check_len("mean", self.outputs(), mean.len())?;
        for (output, mean) in mean.iter_mut().enumerate() {
            *mean = dot(k, row(self.coefficients, self.factor.stride(), output, self.x.len()));
        }
        match mean.iter().position(|mean| !mean.is_finite()) {
            None => Ok(()),
            Some(column) => Err(self.overflow_at(x, "prediction", column)),
        }
    }

    /// Why a result at x is not finite: x itself, the kernel there, or no more than the result.
    #[cold]
    #[inline(never)]
    fn overflow_at(&self, x: &[T], what: &'static str, column: usize) -> Error {
        match self.check_query(x) {
            Err(error) => error,
            Ok(()) if !self.kernel.diagonal(&self.kernel.prepare(x)).is_finite() => {
                Error::NotFinite { what: "kernel at x", row: 0, column: 0 }
            }
            Ok(()) => Error::NotFinite { what, row: 0, column },
        }
    }
}
