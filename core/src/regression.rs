//! Kernel regression: the closed form of training a linearised (or infinitely wide) network to convergence.
//!
//! The prediction is mean(x) = k(x)^T (K + ridge I)^-1 y, with k(x)_i = K(x, x_i) and K_ij = K(x_i, x_j).
//! With the NTK this is the network after training all layers (lecture, Sections 2 and 4). Read as a Gaussian
//! process with covariance s^2 K and noise variance s^2 ridge, the model also has standard deviations, a
//! marginal likelihood and leave-one-out predictions. Its intervals ([`Intervals`]) do not depend on that
//! reading.
//!
//! The amplitude s gives kernel and ridge the unit of the labels and does not change the mean. Unless it is
//! given, it maximises the marginal likelihood of each output: s^2 = y^T (K + ridge I)^-1 y / n.
//!
//! All c outputs share one factorisation. The formulas are equations 2.25, 2.26, 2.30 and 5.10 to 5.12 of
//! Rasmussen and Williams 2006.
//!
//! For the corrected labels of the lecture ("Remarks on training a linearized network"), the caller fits the
//! differences y - f(w0; x) and adds f(w0; x) to the mean.

use core::fmt::Debug;

use crate::error::{Quantity, Setting, check_len};
use crate::{Dataset, Error, Kernel, Rows, Scalar};

mod algebra;
pub mod bytes;
mod change;
mod ensemble;
mod evidence;
mod familiarity;
mod fit;
mod fit_by;
mod grid;
mod growing;
mod interval;
mod jitter;
mod leave_one_out;
mod parts;
mod prediction;
mod refit;
mod row;
mod search;
mod storage;
mod tune;
mod unit;

pub(crate) use fit::Amplitude;
pub(crate) use storage::{Memory, Scratch, View, kernel_row};

pub use algebra::Algebra;
pub use ensemble::ensemble_deviation;
pub use grid::bias_variances;
pub use growing::WhenFull;
pub(crate) use interval::Answer;
pub use interval::{Interval, Intervals, rank};
pub use leave_one_out::LeaveOneOut;
pub use prediction::{Prediction, Uncertainty};
pub(crate) use row::Columns;
pub use row::Row;
pub use search::{MOST_FACTORISATIONS, Tuned, Variances};
pub(crate) use storage::Numbers;
pub use storage::{ArrayStorage, Common, Fixed, Flat, Noise, PerSample, Storage, StorageMut};
pub use tune::Criterion;

/// Kernel regression with a kernel K, stored in M: arrays ([`Fixed`]), a borrowed slice ([`Flat`]), or the
/// bytes of a file ([`bytes::Flash`]).
///
/// Every method that changes a model either succeeds or leaves it as it was, to the bit.
///
/// ```
/// use ntk_core::{Ntk, Regression, Relu, regression::Fixed};
/// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [1.0, 2.0, 2.5]);
/// let mut model: Regression<_, Fixed<f32, 2, 15>> = Regression::new(Ntk::new(Relu), Fixed::new());
/// model.fit(&x, &y, 0.0)?;
/// let at_a_sample = model.predict(&[0.5, 1.0])?;
/// assert!((at_a_sample.mean - 2.0).abs() < 1e-5 && at_a_sample.deviation < 2e-3);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Regression<K, M: Storage> {
    pub(crate) kernel: K,
    pub(crate) storage: M,
    pub(crate) ridge: M::Scalar,
    pub(crate) amplitude: Amplitude<M::Scalar>,
    pub(crate) len: usize,
}

impl<T: Scalar, K, M: Storage<Scalar = T>> Regression<K, M> {
    /// Returns the number of samples.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there are no samples.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the kernel, with the settings from a search or a file.
    #[must_use]
    pub const fn kernel(&self) -> &K {
        &self.kernel
    }

    /// Returns the ridge, in units of the kernel.
    #[must_use]
    pub fn ridge(&self) -> T {
        self.ridge
    }

    #[inline(always)]
    pub(crate) fn view(&self) -> Result<M::View<'_>, Error> {
        if self.len == 0 { Err(Error::NotFitted) } else { Ok(self.storage.view(self.len)) }
    }

    /// Returns the view for methods that need labels and factor.
    #[inline(always)]
    fn full_view(&self) -> Result<M::View<'_>, Error> {
        let view = self.view()?;
        if view.has_factor() { Ok(view) } else { Err(Error::MeansOnly) }
    }
}

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Creates an empty model. This does not compile for a [`Scalar::LOW_PRECISION`] type.
    pub const fn new(kernel: K, storage: M) -> Self {
        const {
            assert!(
                !T::LOW_PRECISION,
                "a kernel matrix in Micro need not be positive definite: take f32, or Regression::new_low_precision"
            )
        }
        Self::new_low_precision(kernel, storage)
    }

    /// Creates an empty model of any [`Scalar`] type. With a [`Scalar::LOW_PRECISION`] type the kernel matrix
    /// of samples closer than about 1e-3 of their length does not factor, and predictions have no more digits
    /// than the functions of the type.
    pub const fn new_low_precision(kernel: K, storage: M) -> Self {
        Self { kernel, storage, ridge: T::ZERO, amplitude: Amplitude::OfLabels, len: 0 }
    }

    /// Fits n samples, which replace all earlier ones: n rows of d inputs, and n labels of c outputs. Cost:
    /// n^2/2 kernel values and n^3/6 + c n^2 multiply-adds. A model that already has samples needs up to
    /// n^2/2 more kernel values and c n^2 more multiply-adds.
    ///
    /// The ridge is the variance of the labels' noise in units of the kernel. With 0 the mean passes through
    /// the labels.
    ///
    /// # Errors
    /// After an error the model is as it was, to the bit.
    ///
    /// * [`Error::Capacity`] for more samples than there is room for.
    /// * [`Error::Shape`] for another number of inputs or outputs, or unequal numbers of samples and labels.
    /// * [`Error::OutOfRange`] for a ridge that is negative or not finite, or for invalid kernel settings.
    /// * [`Error::RidgeTooSmall`] for a ridge that is lost in rounding.
    /// * [`Error::NotFinite`] for inputs or labels that are not finite, and if the kernel or a coefficient
    ///   overflows.
    /// * [`Error::Coincident`] for two samples that the kernel cannot distinguish while the ridge is 0.
    /// * [`Error::NotPositiveDefinite`] if the factorisation fails.
    pub fn fit<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        ridge: T,
    ) -> Result<(), Error> {
        let (data, none) = (Dataset::new(x, y)?, M::Noise::nothing());
        if self.is_empty() {
            self.fit_empty_data(&data, none, ridge)
        } else {
            self.fit_beside(&data, none, ridge)
        }
    }

    /// Fits an empty model. The result has the same bits as that of [`Regression::fit`]. A program that fits
    /// only this way needs two fifths less flash, because no earlier fit must be kept. See also
    /// [`Regression::clear`].
    ///
    /// # Errors
    /// [`Error::AlreadyFitted`] if there are samples; nothing has changed then. Otherwise those of
    /// [`Regression::fit`]; after them the model is empty.
    pub fn fit_empty<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        ridge: T,
    ) -> Result<(), Error> {
        let data = Dataset::new(x, y)?;
        if !self.is_empty() {
            return Err(Error::AlreadyFitted);
        }
        self.fit_empty_data(&data, M::Noise::nothing(), ridge)
    }

    fn fit_empty_data(
        &mut self,
        data: &Dataset<'_, T>,
        noise: <M::Noise as Noise>::Given<'_, T>,
        ridge: T,
    ) -> Result<(), Error> {
        self.check_shape(data)?;
        fit::check_ridge(ridge)?;
        fit::fit(&self.kernel, data, noise, ridge, self.amplitude, self.storage.memory())?;
        self.len = data.len();
        self.ridge = ridge;
        Ok(())
    }

    /// Fits a model that may have samples. Not inlined, so that a first fit does not reserve its stack.
    #[inline(never)]
    fn fit_beside(
        &mut self,
        data: &Dataset<'_, T>,
        noise: <M::Noise as Noise>::Given<'_, T>,
        ridge: T,
    ) -> Result<(), Error> {
        self.check_shape(data)?;
        fit::check_ridge(ridge)?;
        let (kernel, amplitude, old) = (&self.kernel, self.amplitude, self.len);
        self.storage.with_work(|memory, work| {
            refit::refit([kernel; 2], (data, noise), ridge, amplitude, memory, old, work)
        })?;
        self.len = data.len();
        self.ridge = ridge;
        Ok(())
    }

    /// Checks everything but the ridge before a fit writes anything.
    pub(crate) fn check_shape(&self, data: &Dataset<'_, T>) -> Result<(), Error> {
        let [d, capacity, c] = self.storage.shape();
        if data.len() > capacity {
            return Err(Error::Capacity { capacity, found: data.len() });
        }
        check_len("number of inputs", d, data.x().columns())?;
        check_len("number of outputs", c, data.y().columns())?;
        self.kernel.check()
    }

    /// Resets the model to a new one with this kernel, without samples, ridge and given amplitude. Only these
    /// settings are written, no array, so resetting a large model needs no second model on the stack.
    pub fn reset(&mut self, kernel: K) {
        (self.kernel, self.ridge) = (kernel, T::ZERO);
        (self.amplitude, self.len) = (Amplitude::OfLabels, 0);
    }

    /// Removes all samples. The kernel, the ridge and the choice of the amplitude stay.
    pub const fn clear(&mut self) {
        self.len = 0;
    }
}

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T, Noise = PerSample>> Regression<K, M> {
    /// Fits n samples that have noise of their own beside that of the ridge, given by n standard deviations
    /// in units of y; see [`PerSample`] for their meaning. Cost: with a given amplitude, that of
    /// [`Regression::fit`] and n^2/2 kernel values; with an amplitude from the labels, about five
    /// factorisations, at most 40.
    ///
    /// ```
    /// use ntk_core::{Ntk, Regression, Relu, regression::{Fixed, PerSample}};
    /// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [1.0, 2.0, 2.5]);
    /// let storage = Fixed::<f32, 2, 15, f32, PerSample>::new();
    /// let mut model = Regression::new(Ntk::new(Relu), storage);
    /// model.fit_with_noise(&x, &y, &[0.0, 0.5, 0.0], 0.0)?;
    /// let at_a_sample = model.predict(&[0.5, 1.0])?;
    /// assert!((at_a_sample.mean - 2.0).abs() > 1e-2); // only this label has noise
    /// assert!((model.predict(&[1.0, 1.0])?.mean - 2.5).abs() < 1e-5);
    /// # Ok::<(), ntk_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Regression::fit`]; [`Error::Shape`] for another number of deviations; [`Error::NotFinite`]
    /// or [`Error::OutOfRange`] for a deviation that is not finite or negative; [`Error::OutOfRange`] if the
    /// amplitude comes from the labels and their noise alone explains their size.
    pub fn fit_with_noise<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        noise: &[T],
        ridge: T,
    ) -> Result<(), Error> {
        let data = Dataset::new(x, y)?;
        check_noise(noise, data.len())?;
        if self.is_empty() {
            self.fit_empty_data(&data, noise, ridge)
        } else {
            self.fit_beside(&data, noise, ridge)
        }
    }
}

impl<K, M: Storage<Noise = PerSample>> Regression<K, M> {
    /// Returns the standard deviation of the own noise of sample i, in units of y. Samples are numbered from
    /// the oldest.
    #[must_use]
    pub fn noise_of(&self, i: usize) -> Option<M::Scalar> {
        if i < self.len { self.storage.deviation(i) } else { None }
    }

    /// Returns the amplitude a by which the deviations are divided; see [`PerSample`].
    #[must_use]
    #[doc(hidden)]
    pub fn noise_unit(&self) -> M::Scalar {
        self.storage.unit()
    }
}

/// Checks that there are n deviations, all finite and none negative.
pub(crate) fn check_noise<T: Scalar>(noise: &[T], n: usize) -> Result<(), Error> {
    check_len("noise", n, noise.len())?;
    if let Some(row) = noise.iter().position(|v| !v.is_finite()) {
        return Err(Error::NotFinite { what: Quantity::Noise, row, column: 0 });
    }
    if noise.iter().all(|&v| v >= T::ZERO) { Ok(()) } else { Err(Setting::Noise.out_of_range()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ntk, Relu};

    fn documented(bytes: usize, [d, n, c]: [usize; 3]) -> usize {
        (n * (d + n + 2 * c + 3) + c) * bytes
    }

    #[test]
    fn memory_is_as_documented() {
        assert_eq!(size_of::<Fixed<f64, 2, 15>>(), documented(8, [2, 15, 1]));
        assert_eq!(size_of::<Fixed<f32, 3, 31, [f32; 2]>>(), documented(4, [3, 31, 2]));
        let own = size_of::<Fixed<f32, 3, 31, [f32; 2], PerSample>>();
        assert_eq!(own, documented(4, [3, 31, 2]) + 4 * 32);
        let settings = size_of::<Regression<Ntk<Relu>, Fixed<f32, 1, 15>>>() - size_of::<Fixed<f32, 1, 15>>();
        assert!(settings <= 3 * 4 + size_of::<usize>() + 4, "{settings}");
    }

    #[test]
    fn a_static_model_costs_no_stack() {
        static MODEL: Regression<Ntk<Relu>, Fixed<f32, 1, 4>> = Regression::new(Ntk::new(Relu), Fixed::new());
        assert!(MODEL.is_empty());
        assert_eq!(MODEL.mean(&[1.0]), Err(Error::NotFitted));
    }
}
