//! Kernel regression: training a linearised (or infinitely wide) network to the end, in closed form.
//!
//! mean(x) = k(x)^T (K + ridge I)^-1 y, with k(x)_i = K(x, x_i) and K_ij = K(x_i, x_j); with the NTK this is the network
//! after training all layers (lecture, Sections 2 and 4). Read as a Gaussian process with covariance K and noise
//! variance `ridge` it also has a standard deviation, a marginal likelihood and leave-one-out predictions.
//!
//! All c outputs share one factorisation ("multidimensional outputs"). Formulas: Rasmussen and Williams 2006, equations
//! 2.25, 2.26, 2.30 and 5.12.

use crate::error::check_len;
use crate::kernel::KernelGradient;
use crate::{Dataset, Error, Kernel, Rows, Scalar, cholesky};

pub mod bytes;
mod change;
mod ensemble;
mod fit;
mod fitted;
mod growing;
mod refit;
mod scaled;
mod search;
mod tune;

pub use ensemble::ensemble_deviation;
pub use fit::{Memory, fit};
pub use fitted::{Fitted, LeaveOneOut, Uncertainty};
pub use growing::WhenFull;
pub use scaled::{ScaledPrediction, ScaledRegression, Scaling};
pub use search::{MOST_FACTORISATIONS, Tuned, Variances, tune_variances};
pub use tune::{Criterion, tune_ridge};

/// Which labels the kernel is asked to explain (lecture, "Remarks on training a linearized network").
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Labels<'a, T> {
    /// y itself, as if f(w0; x) = 0. What the lecture's Figure 1 does.
    AsGiven,
    /// y - f(w0; x), given f(w0; x_i), n rows of c. To predict what the trained network gives, add f(w0; x) to the mean.
    Corrected(Rows<'a, T>),
}

/// A prediction with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Prediction<T, const C: usize> {
    /// The mean of each output, in units of y.
    pub mean: [T; C],
    /// Standard deviation of the latent function f(x), the same for each output; between 0 and sqrt(K(x, x)), in units of
    /// the square root of the kernel, which the ridge's root shares.
    pub deviation: T,
    /// Standard deviation of a new observation f(x) + noise, sqrt(deviation^2 + ridge).
    pub observation_deviation: T,
    /// deviation^2 / K(x, x): 0 where the samples leave nothing open, 1 where they say nothing.
    pub novelty: T,
}

/// Kernel regression in fixed arrays: up to N samples of D inputs and C outputs.
///
/// Whatever changes a model either succeeds or changes nothing: after an error it answers, and learns on, as before to the bit.
///
/// Memory: N (D + N + 2 C + 3) + 1 numbers and one length, no heap. `new` is `const`: a large model belongs in a `static`.
///
/// ```
/// use ntk_core::{Dataset, Regression, ReluNtk, regression::Labels};
/// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [[1.0], [2.0], [2.5]]);
/// let mut model = Regression::<f32, ReluNtk, 2, 15>::new(ReluNtk);
/// model.fit(&Dataset::new(&x, &y)?, 0.0, Labels::AsGiven)?;
/// let at_a_sample = model.predict(&[0.5, 1.0])?;
/// assert!((at_a_sample.mean[0] - 2.0).abs() < 1e-5 && at_a_sample.deviation < 2e-3);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Regression<T, K, const D: usize, const N: usize, const C: usize = 1> {
    kernel: K,
    x: [[T; D]; N],
    lengths: [[T; 2]; N],
    matrix: [[T; N]; N],
    inverse: [T; N],
    labels: [[T; N]; C],
    coefficients: [[T; N]; C],
    ridge: T,
    len: usize,
}

impl<T: Scalar, K: Kernel<T>, const D: usize, const N: usize, const C: usize> Regression<T, K, D, N, C> {
    /// An empty model. Does not compile for a [`Scalar::ROUGH`] type.
    pub const fn new(kernel: K) -> Self {
        const {
            assert!(
                !T::ROUGH,
                "a kernel matrix in Micro need not be positive definite: take f32, or Regression::rough"
            )
        }
        Self::rough(kernel)
    }

    /// The same for any type, for those who know that with a [`Scalar::ROUGH`] one the kernel matrix of samples closer than about
    /// 1e-3 of their length does not factor, and that what is predicted has no more digits than its functions.
    pub const fn rough(kernel: K) -> Self {
        const { assert!(D > 0 && N > 0 && C > 0, "a model has inputs, samples and outputs") }
        Self {
            kernel,
            x: [[T::ZERO; D]; N],
            lengths: [[T::ZERO; 2]; N],
            matrix: [[T::ZERO; N]; N],
            inverse: [T::ZERO; N],
            labels: [[T::ZERO; N]; C],
            coefficients: [[T::ZERO; N]; C],
            ridge: T::ZERO,
            len: 0,
        }
    }

    /// Fits n <= N samples in place of all that the model knows; see [`fit`] for the meaning. Cost: that of [`fit`]; where there
    /// are samples already n^2/2 kernel values and c n^2 multiply-adds more, and N numbers of stack.
    ///
    /// # Errors
    /// [`Error::Capacity`] for more than N samples, [`Error::Shape`] for another number of inputs or outputs, otherwise as
    /// [`fit`]. Whatever the reason, what the model knew is there as before, to the bit.
    pub fn fit(&mut self, data: &Dataset<'_, T>, ridge: T, labels: Labels<'_, T>) -> Result<(), Error> {
        if self.is_empty() {
            self.fit_first(data, ridge, labels)
        } else {
            self.fit_beside(data, ridge, labels)
        }
    }

    /// [`Regression::fit`] into an empty model: the same bits, and two fifths less flash where nothing else fits, as there is nothing
    /// to be kept. See also [`Regression::clear`].
    ///
    /// # Errors
    /// [`Error::AlreadyFitted`] if there are samples, before anything is written; otherwise as [`Regression::fit`], the model then
    /// being empty.
    pub fn fit_first(&mut self, data: &Dataset<'_, T>, ridge: T, labels: Labels<'_, T>) -> Result<(), Error> {
        if !self.is_empty() {
            return Err(Error::AlreadyFitted);
        }
        self.check_fit(data, ridge, labels)?;
        let (kernel, memory) = self.memory();
        fit::fit_any(kernel, data, ridge, labels, memory)?;
        self.len = data.len();
        self.ridge = ridge;
        Ok(())
    }

    /// Forgets all samples; kernel and ridge stay.
    pub const fn clear(&mut self) {
        self.len = 0;
    }

    /// [`Regression::fit`] where there are samples; it does without them too. Out of line: a first fit has no use for its stack.
    #[inline(never)]
    fn fit_beside(&mut self, data: &Dataset<'_, T>, ridge: T, labels: Labels<'_, T>) -> Result<(), Error> {
        self.check_fit(data, ridge, labels)?;
        let (old, mut work) = (self.len, [T::ZERO; N]);
        let (kernel, memory) = self.memory();
        refit::refit(kernel, data, ridge, labels, memory, old, &mut work)?;
        self.len = data.len();
        self.ridge = ridge;
        Ok(())
    }

    /// What a fit refuses before anything is written.
    fn check_fit(&self, data: &Dataset<'_, T>, ridge: T, labels: Labels<'_, T>) -> Result<(), Error> {
        if data.len() > N {
            return Err(Error::Capacity { capacity: N, found: data.len() });
        }
        check_len("number of inputs", D, data.x().columns())?;
        check_len("number of outputs", C, data.y().columns())?;
        fit::check(data, ridge, labels)
    }

    /// The mean alone. Cost: n kernel values and n c multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::NotFinite`] for an input with NaN or infinity or one so far out that the kernel or
    /// the mean overflows.
    pub fn mean(&self, x: &[T; D]) -> Result<[T; C], Error> {
        let (mut mean, mut work) = ([T::ZERO; C], [T::ZERO; N]);
        self.fitted()?.mean(x, first_mut(&mut work, self.len), &mut mean)?;
        Ok(mean)
    }

    /// The mean and how far it may be off. Cost: that of the mean and n^2/2 multiply-adds.
    ///
    /// # Errors
    /// As [`Regression::mean`], and [`Error::NotFinite`] if the variance overflows.
    pub fn predict(&self, x: &[T; D]) -> Result<Prediction<T, C>, Error> {
        let (mut mean, mut work) = ([T::ZERO; C], [T::ZERO; N]);
        let Uncertainty { deviation, observation_deviation, novelty } =
            self.fitted()?.predict(x, first_mut(&mut work, self.len), &mut mean)?;
        Ok(Prediction { mean, deviation, observation_deviation, novelty })
    }

    /// The prediction for sample i by a model that has not seen it; see [`Fitted::leave_one_out`].
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::NoSuch`] if there is no such sample or output.
    pub fn leave_one_out(&self, i: usize, output: usize) -> Result<LeaveOneOut<T>, Error> {
        let mut work = [T::ZERO; N];
        self.fitted()?.leave_one_out(i, output, first_mut(&mut work, self.len))
    }

    /// The log marginal likelihood of one output; see [`Fitted::log_marginal_likelihood`].
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::NoSuch`] if there is no such output.
    pub fn log_marginal_likelihood(&self, output: usize) -> Result<T, Error> {
        self.fitted()?.log_marginal_likelihood(output)
    }

    /// The derivative of that in the ridge; see [`Fitted::likelihood_slope`].
    ///
    /// # Errors
    /// As [`Regression::log_marginal_likelihood`].
    pub fn likelihood_slope(&self, output: usize) -> Result<T, Error> {
        let mut work = [T::ZERO; N];
        self.fitted()?.likelihood_slope(output, first_mut(&mut work, self.len))
    }

    /// The slope of the mean at x; see [`Fitted::mean_gradient`].
    ///
    /// # Errors
    /// As [`Fitted::mean_gradient`], and [`Error::NotFitted`].
    pub fn mean_gradient(&self, x: &[T; D], output: usize) -> Result<[T; D], Error>
    where
        K: KernelGradient<T>,
    {
        let mut gradient = [T::ZERO; D];
        self.fitted()?.mean_gradient(x, output, &mut gradient)?;
        Ok(gradient)
    }

    /// The standard deviation over an ensemble of trained wide networks; see [`Fitted::ensemble_deviation`].
    ///
    /// # Errors
    /// As [`Regression::predict`].
    pub fn ensemble_deviation<S: Kernel<T>>(&self, nngp: &S, x: &[T; D]) -> Result<T, Error> {
        let mut work = [T::ZERO; N];
        self.fitted()?.ensemble_deviation(nngp, x, first_mut(&mut work, self.len))
    }

    /// The number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// There are no samples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)] // what a call does not ask of it is then never put together
    fn fitted(&self) -> Result<Fitted<'_, T, K>, Error> {
        let n = self.len;
        Fitted::new(
            &self.kernel,
            Rows::from(first(&self.x, n)),
            first(&self.lengths, n),
            cholesky::Factor::new(self.matrix.as_flattened(), N, first(&self.inverse, n))?,
            self.ridge,
            self.labels.as_flattened(),
            self.coefficients.as_flattened(),
        )
    }

    /// The kernel, and the arrays as [`fit`] takes them.
    fn memory(&mut self) -> (&K, Memory<'_, T>) {
        let memory = Memory {
            x: self.x.as_flattened_mut(),
            lengths: &mut self.lengths,
            matrix: self.matrix.as_flattened_mut(),
            stride: N,
            inverse: &mut self.inverse,
            labels: self.labels.as_flattened_mut(),
            coefficients: self.coefficients.as_flattened_mut(),
        };
        (&self.kernel, memory)
    }
}

/// The first n elements; empty if there are fewer, which the lengths kept here rule out.
fn first<T>(values: &[T], n: usize) -> &[T] {
    values.get(..n).unwrap_or(&[])
}

fn first_mut<T>(values: &mut [T], n: usize) -> &mut [T] {
    values.get_mut(..n).unwrap_or(&mut [])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReluNtk;

    fn documented(bytes: usize, [d, n, c]: [usize; 3]) -> usize {
        (n * (d + n + 2 * c + 3) + 1) * bytes + size_of::<usize>()
    }

    #[test]
    fn memory_is_as_documented() {
        assert_eq!(size_of::<Regression<f64, ReluNtk, 2, 15>>(), documented(8, [2, 15, 1]));
        assert_eq!(size_of::<Regression<f32, ReluNtk, 3, 31, 1>>(), documented(4, [3, 31, 1]));
    }

    #[test]
    fn a_static_model_costs_no_stack() {
        static MODEL: Regression<f32, ReluNtk, 1, 4> = Regression::new(ReluNtk);
        assert!(MODEL.is_empty());
        assert_eq!(MODEL.mean(&[1.0]), Err(Error::NotFitted));
    }
}
