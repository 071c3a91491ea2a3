//! Kernel regression: training a linearised (or infinitely wide) network to the end, in closed form.
//!
//! mean(x) = k(x)^T (K + ridge I)^-1 y, with k(x)_i = K(x, x_i) and K_ij = K(x_i, x_j); with the NTK this is
//! the network after training all layers (lecture, Sections 2 and 4). Read as a Gaussian process with
//! covariance s^2 K and noise variance s^2 ridge it also has a standard deviation, a marginal likelihood and
//! leave-one-out predictions, and with no reading at all intervals that hold ([`Intervals`]).
//!
//! The amplitude s gives kernel and ridge the unit of the labels; it changes no mean. Unless it is given, it
//! is the one of largest marginal likelihood, s^2 = y^T (K + ridge I)^-1 y / n, for each output.
//!
//! All c outputs share one factorisation ("multidimensional outputs"). Formulas: Rasmussen and Williams 2006,
//! equations 2.25, 2.26, 2.30 and 5.10 to 5.12.
//!
//! What the lecture's "Remarks on training a linearized network" call corrected labels, y - f(w0; x), is a
//! subtraction by the caller: fit the differences, and add f(w0; x) to the mean.

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

/// Kernel regression with kernel K, its numbers in a storage M: arrays ([`Fixed`]), a lent slice ([`Flat`]),
/// or the bytes of a file ([`bytes::Flash`]).
///
/// Whatever changes a model either succeeds or changes nothing: after an error it answers, and learns on, as
/// before to the bit.
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
    /// The number of samples.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// There are no samples.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The kernel, with the settings that a search or a file has given it.
    #[must_use]
    pub const fn kernel(&self) -> &K {
        &self.kernel
    }

    /// The ridge, in units of the kernel.
    #[must_use]
    pub fn ridge(&self) -> T {
        self.ridge
    }

    #[inline(always)]
    pub(crate) fn view(&self) -> Result<M::View<'_>, Error> {
        if self.len == 0 { Err(Error::NotFitted) } else { Ok(self.storage.view(self.len)) }
    }

    /// The same for what needs labels and factor.
    #[inline(always)]
    fn full_view(&self) -> Result<M::View<'_>, Error> {
        let view = self.view()?;
        if view.has_factor() { Ok(view) } else { Err(Error::MeansOnly) }
    }
}

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// An empty model. Does not compile for a [`Scalar::LOW_PRECISION`] type.
    pub const fn new(kernel: K, storage: M) -> Self {
        const {
            assert!(
                !T::LOW_PRECISION,
                "a kernel matrix in Micro need not be positive definite: take f32, or Regression::new_low_precision"
            )
        }
        Self::new_low_precision(kernel, storage)
    }

    /// [`Regression::new`] for any type, for those who know that with a [`Scalar::LOW_PRECISION`] one the
    /// kernel matrix of samples closer than about 1e-3 of their length does not factor, and that what is
    /// predicted has no more digits than the type's functions.
    pub const fn new_low_precision(kernel: K, storage: M) -> Self {
        Self { kernel, storage, ridge: T::ZERO, amplitude: Amplitude::OfLabels, len: 0 }
    }

    /// Fits n samples in place of all that the model knows: n rows of inputs, n labels. Cost: n^2/2 kernel
    /// values, n^3/6 + c n^2 multiply-adds; where there are samples already, as much as n^2/2 kernel values
    /// and c n^2 multiply-adds more.
    ///
    /// The ridge is the variance of the labels' noise in units of the kernel; 0 lets the mean pass through
    /// the labels.
    ///
    /// # Errors
    /// [`Error::Capacity`] for more samples than there is room for, [`Error::Shape`] for another number of
    /// inputs or outputs or for unequal numbers of samples and labels, [`Error::OutOfRange`] for a ridge that
    /// is negative or not finite or a kernel that does not exist, [`Error::RidgeTooSmall`] for a ridge that
    /// rounding would swallow, [`Error::NotFinite`] for inputs or labels that are not finite and for a kernel
    /// or coefficients that overflow, [`Error::Coincident`] for two samples that are the same to the kernel
    /// while the ridge is 0, [`Error::NotPositiveDefinite`] if the factorisation fails. Whatever the reason,
    /// what the model knew is there as before, to the bit.
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

    /// [`Regression::fit`] into an empty model: the same bits, and two fifths less flash where nothing else
    /// fits, as there is nothing to be kept. See also [`Regression::clear`].
    ///
    /// # Errors
    /// [`Error::AlreadyFitted`] if there are samples, before anything is written; otherwise as
    /// [`Regression::fit`], the model then being empty.
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

    /// [`Regression::fit`] where there are samples; it does without them too. Out of line: a first fit has no
    /// use for its stack.
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

    /// What a fit refuses before anything is written, but for the ridge.
    pub(crate) fn check_shape(&self, data: &Dataset<'_, T>) -> Result<(), Error> {
        let [d, capacity, c] = self.storage.shape();
        if data.len() > capacity {
            return Err(Error::Capacity { capacity, found: data.len() });
        }
        check_len("number of inputs", d, data.x().columns())?;
        check_len("number of outputs", c, data.y().columns())?;
        self.kernel.check()
    }

    /// As new, with this kernel: forgets samples, ridge and a given amplitude. It writes these settings and
    /// no array, so that a large model is begun again without another one on the stack.
    pub fn reset(&mut self, kernel: K) {
        (self.kernel, self.ridge) = (kernel, T::ZERO);
        (self.amplitude, self.len) = (Amplitude::OfLabels, 0);
    }

    /// Forgets all samples; kernel, ridge and amplitude's choice stay.
    pub const fn clear(&mut self) {
        self.len = 0;
    }
}

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T, Noise = PerSample>> Regression<K, M> {
    /// [`Regression::fit`] with noise of its own for each sample, beside that of the ridge: n standard
    /// deviations in units of y; see [`PerSample`] for what they mean. Cost: with a given amplitude that of
    /// [`Regression::fit`] and n^2/2 kernel values; with that of the labels about five factorisations, 40 at
    /// most.
    ///
    /// ```
    /// use ntk_core::{Ntk, Regression, Relu, regression::{Fixed, PerSample}};
    /// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [1.0, 2.0, 2.5]);
    /// let storage = Fixed::<f32, 2, 15, f32, PerSample>::new();
    /// let mut model = Regression::new(Ntk::new(Relu), storage);
    /// model.fit_with_noise(&x, &y, &[0.0, 0.5, 0.0], 0.0)?;
    /// let at_a_sample = model.predict(&[0.5, 1.0])?;
    /// assert!((at_a_sample.mean - 2.0).abs() > 1e-2); // this label has noise, those beside it have none
    /// assert!((model.predict(&[1.0, 1.0])?.mean - 2.5).abs() < 1e-5);
    /// # Ok::<(), ntk_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there; [`Error::Shape`] for another number of deviations, [`Error::NotFinite`] and
    /// [`Error::OutOfRange`] for one that is not finite or negative; [`Error::OutOfRange`] too if the
    /// amplitude is that of the labels and these are no larger than their noise alone would make them.
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
    /// The standard deviation of sample i's own noise, by age, in units of y.
    #[must_use]
    pub fn noise_of(&self, i: usize) -> Option<M::Scalar> {
        if i < self.len { self.storage.deviation(i) } else { None }
    }

    /// What deviations are divided by, a: an amplitude, see [`PerSample`].
    #[must_use]
    pub fn noise_unit(&self) -> M::Scalar {
        self.storage.unit()
    }
}

/// That there are n deviations, none of them negative.
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
