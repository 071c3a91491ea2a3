//! What can be asked of a fitted model, wherever it is stored.

use crate::cholesky::Factor;
use crate::error::check_len;
use crate::vector::dot;
use crate::{Error, Kernel, Point, Rows, Scalar};

/// A fitted model: samples, factorisation and coefficients, borrowed.
#[derive(Debug)]
pub struct Fitted<'m, T, K> {
    kernel: &'m K,
    x: Rows<'m, T>,
    lengths: &'m [[T; 2]],
    factor: Factor<'m, T>,
    labels: &'m [T],
    coefficients: &'m [T],
}

/// The prediction for a sample by a model that has not seen it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeaveOneOut<T> {
    /// Its mean.
    pub mean: T,
    /// Its standard deviation, observation noise (the ridge) included.
    pub deviation: T,
}

impl<'m, T: Scalar, K: Kernel<T>> Fitted<'m, T, K> {
    /// The parts of [`super::Memory`] that [`super::fit`] has filled.
    ///
    /// # Errors
    /// [`Error::NotFitted`] if there are no samples, [`Error::Shape`] if the parts do not belong together.
    pub fn new(
        kernel: &'m K,
        x: Rows<'m, T>,
        lengths: &'m [[T; 2]],
        factor: Factor<'m, T>,
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
        check_len("coefficients", coefficients.len() / n * n, coefficients.len())?;
        Ok(Self { kernel, x, lengths, factor, labels, coefficients })
    }

    /// The number of outputs c.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.coefficients.len().checked_div(self.x.len()).unwrap_or(0)
    }

    /// mean(x) = k(x)^T (K + ridge I)^-1 y for each output. `work` lends n numbers.
    ///
    /// # Errors
    /// [`Error::Shape`] for an argument of the wrong length, [`Error::NotFinite`] if x holds NaN or infinity or lies so far
    /// out that the kernel or the mean overflows.
    pub fn mean(&self, x: &[T], work: &mut [T], mean: &mut [T]) -> Result<(), Error> {
        self.kernel_vector(x, work)?;
        self.mean_from(work, mean)
    }

    /// The mean as above, and the standard deviation of the latent function as the return value.
    ///
    /// Its square is K(x, x) - |R^-T k(x)|^2, kept between 0 and the prior's K(x, x). `work` lends n numbers.
    ///
    /// # Errors
    /// As [`Fitted::mean`].
    pub fn predict(&self, x: &[T], work: &mut [T], mean: &mut [T]) -> Result<T, Error> {
        let prior = self.kernel_vector(x, work)?;
        self.mean_from(work, mean)?;
        self.factor.forward(work)?;
        let variance = prior - dot(work, work);
        Ok(if variance > T::ZERO { variance.sqrt() } else { T::ZERO })
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
        for (j, w) in work.iter_mut().enumerate() {
            *w = if j == i { T::ONE } else { T::ZERO };
        }
        self.factor.forward(work)?;
        let precision = dot(work, work);
        Ok(LeaveOneOut { mean: label - coefficient / precision, deviation: T::ONE / precision.sqrt() })
    }

    /// ln p(y) = -y^T (K + ridge I)^-1 y / 2 - ln det(K + ridge I) / 2 - n ln(2 pi) / 2 of one output.
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

    /// Labels and coefficients of one output.
    fn rows(&self, output: usize) -> Result<(&'m [T], &'m [T]), Error> {
        let n = self.x.len().max(1);
        let row = |values: &'m [T]| values.chunks_exact(n).nth(output);
        row(self.labels).zip(row(self.coefficients)).ok_or(Error::NoSuch {
            what: "output",
            count: self.outputs(),
            index: output,
        })
    }

    /// k(x) into `k`; returns K(x, x).
    fn kernel_vector(&self, x: &[T], k: &mut [T]) -> Result<T, Error> {
        check_len("x", self.x.columns(), x.len())?;
        check_len("work", self.x.len(), k.len())?;
        if let Some(column) = x.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: "x", row: 0, column });
        }
        let query = self.kernel.prepare(x);
        for ((k, x), &[norm, rest]) in k.iter_mut().zip(self.x.iter()).zip(self.lengths) {
            *k = self.kernel.between(&query, &Point { x, norm, rest });
        }
        let prior = self.kernel.between(&query, &query);
        if prior.is_finite() {
            Ok(prior)
        } else {
            Err(Error::NotFinite { what: "kernel at x", row: 0, column: 0 })
        }
    }

    fn mean_from(&self, k: &[T], mean: &mut [T]) -> Result<(), Error> {
        check_len("mean", self.outputs(), mean.len())?;
        for (mean, row) in mean.iter_mut().zip(self.coefficients.chunks_exact(self.x.len().max(1))) {
            *mean = dot(k, row);
        }
        match mean.iter().position(|mean| !mean.is_finite()) {
            None => Ok(()),
            Some(column) => Err(Error::NotFinite { what: "prediction", row: 0, column }),
        }
    }
}
