//! Calibration of a sensor: the entry point of the crate.
//!
//! A calibration takes raw readings and reference values, chooses every setting from them, and predicts a
//! value with an interval and a measure of how near the input is to the samples. The chosen settings are:
//!
//! * the scaling of inputs and labels to mean 0 and standard deviation 1,
//! * the bias variance, a parameter of the kernel,
//! * the ridge, the variance of the labels' noise in units of the kernel,
//! * the amplitude, which gives deviations the size of the labels.
//!
//! A calibration only combines public parts, which can be used one by one: [`crate::scaling`],
//! [`Regression`] and [`crate::regression::Intervals`].

use crate::error::{Error, Quantity};
use crate::kernel::{Architecture, Nngp, VariableKernel};
use crate::regression::{
    Answer, ArrayStorage, Columns, Common, Fixed, Interval, Intervals, LeaveOneOut, Noise, PerSample,
    Prediction, Regression, Row,
};
use crate::scaling::Scaling;
use crate::slices::{first, first_mut};
use crate::{Kernel, Relu, Scalar};

mod file;
mod learn;

/// A [`Calibration`] with the default kernel, of D inputs and with room for N samples, stored in arrays.
///
/// `T` is `f32` by default; `Y` is `T` for one output and `[T; C]` for C outputs. `V` is [`Common`], or
/// [`PerSample`] if some reference values are more precise than others: see [`Calibration::fit_with_noise`].
pub type Sensor<const D: usize, const N: usize, T = f32, Y = T, V = Common> =
    Calibration<Nngp<Relu, Architecture<T>>, Fixed<T, D, N, Y, V>>;

/// Kernel regression in the caller's units, with scaling, ridge, bias variance and amplitude chosen from the
/// samples.
///
/// The storage is [`Fixed`] for a model that learns, or [`crate::regression::bytes::Flash`] for one that is
/// read in place from the bytes of a file. The memory is that of the model, N + 2 (D + C) numbers and a flag.
/// Start with [`Sensor`].
///
/// ```
/// use ntk_core::Sensor;
/// let volts = [0.11, 0.32, 0.48, 0.70, 0.93, 1.08, 1.33, 1.52, 1.68, 1.91];
/// let degrees = [4.1, 12.8, 19.6, 29.4, 38.9, 45.6, 56.2, 63.4, 69.2, 77.0];
/// let mut sensor = Sensor::<1, 16>::new(); // `const`, so it can initialise a `static`
/// sensor.fit(&volts, &degrees)?;
/// let at = sensor.read(&[1.20], 0.9)?;
/// assert!(at.low < 50.6 && 50.6 < at.high && at.high - at.low < 3.0, "{at:?}");
/// assert!(at.familiarity > 0.1);
/// assert!(sensor.read(&[9.0], 0.9)?.familiarity < 0.1); // no sample is near 9 V
/// assert!(sensor.p_value(&[1.20], 80.0)? < 0.1); // at most one good reading in ten looks like this one
/// sensor.push(&[1.20], 50.7, ntk_core::regression::WhenFull::DropOldest)?; // learn one more sample
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Calibration<K, M: ArrayStorage> {
    model: Regression<K, M>,
    inputs: Scaling<M::Input>,
    labels: Scaling<M::Output>,
    /// Whether the inputs are scaled by a given range, not by the samples.
    ranged: bool,
    /// 1 / C_ii of each sample, with C = (K + ridge I)^-1, for the intervals.
    variances: M::Work,
}

/// A predicted value and its uncertainty. `Y` is `T` for one output and `[T; C]` for C outputs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Reading<T, Y = T> {
    /// The value of each output.
    pub value: Y,
    /// The lower end of the interval of each output; see [`Intervals`] for its guarantee.
    pub low: Y,
    /// The upper end of the interval of each output.
    pub high: Y,
    /// The standard deviation of the function, for each output.
    pub deviation: Y,
    /// The share of inputs that are at least as far from their nearest neighbour as this one. It is at least
    /// 1 / (n + 1), and small far from all samples; see [`Regression::familiarity_of`].
    pub familiarity: T,
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> Sensor<D, N, T, Y, V> {
    /// Creates a sensor without samples.
    #[must_use]
    pub const fn new() -> Self {
        Self::with(Nngp::with(Relu, Architecture::ONE_LAYER), Fixed::new())
    }
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> Default
    for Sensor<D, N, T, Y, V>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T>> Calibration<K, M> {
    /// Returns the value of each output. Cost: n kernel values and c n multiply-adds.
    ///
    /// # Errors
    /// Those of [`Regression::mean`], and [`Error::NotFinite`] if a value overflows in the labels' units.
    pub fn mean(&self, x: &M::Input) -> Result<M::Output, Error> {
        finite(self.labels.undo(&self.model.mean(&self.inputs.apply(x))?))
    }

    /// Returns the value and its standard deviations.
    ///
    /// # Errors
    /// Those of [`Regression::predict`], and [`Error::NotFinite`] if a result overflows in the labels' units.
    pub fn predict(&self, x: &M::Input) -> Result<Prediction<T, M::Output>, Error> {
        let Prediction { mean, deviation, observation_deviation, novelty } =
            self.model.predict(&self.inputs.apply(x))?;
        Ok(Prediction {
            mean: finite(self.labels.undo(&mean))?,
            deviation: finite(self.labels.undo_deviation(&deviation))?,
            observation_deviation: finite(self.labels.undo_deviation(&observation_deviation))?,
            novelty,
        })
    }

    /// Returns an interval that contains a new observation with probability `level`, for example 0.9.
    ///
    /// If all n labels are equal the interval has width 0 and keeps its guarantee: the probability that only
    /// the last of n + 1 exchangeable observations differs is at most 1 / (n + 1).
    ///
    /// # Errors
    /// Those of [`Intervals::at`]. A level of 0.9 needs nine samples. Every level needs two: the scaling
    /// takes a single label to 0, which leaves no information about the scatter of observations.
    pub fn interval(&self, x: &M::Input, level: T) -> Result<Interval<M::Output>, Error> {
        let Interval { low, high } = self.intervals()?.at(&self.inputs.apply(x), level)?;
        Ok(Interval { low: finite(self.labels.undo(&low))?, high: finite(self.labels.undo(&high))? })
    }

    /// Returns the value, the interval of this level, the deviation and the familiarity.
    ///
    /// # Errors
    /// Those of [`Self::predict`] and [`Self::interval`].
    pub fn read(&self, x: &M::Input, level: T) -> Result<Reading<T, M::Output>, Error> {
        let x = self.inputs.apply(x);
        let Answer { mean, deviation, interval: Interval { low, high } } =
            self.intervals()?.answer(&x, level)?;
        Ok(Reading {
            value: finite(self.labels.undo(&mean))?,
            low: finite(self.labels.undo(&low))?,
            high: finite(self.labels.undo(&high))?,
            deviation: finite(self.labels.undo_deviation(&deviation))?,
            familiarity: self.model.familiarity(&x)?,
        })
    }

    /// Returns the share of inputs that are at least as far from their nearest neighbour as x; see
    /// [`Regression::familiarity_of`].
    ///
    /// # Errors
    /// Those of [`Regression::familiarity`].
    pub fn familiarity(&self, x: &M::Input) -> Result<T, Error> {
        self.model.familiarity(&self.inputs.apply(x))
    }

    /// Returns the p-value of the observation (x, y), a test for outliers; see [`Intervals::p_value`].
    ///
    /// # Errors
    /// Those of [`Intervals::p_value`].
    pub fn p_value(&self, x: &M::Input, y: M::Output) -> Result<M::Output, Error> {
        self.intervals()?.p_value(&self.inputs.apply(x), self.labels.apply(&y))
    }

    /// Returns the prediction for sample i by the model fitted to all other samples, in the labels' units.
    ///
    /// # Errors
    /// Those of [`Regression::leave_one_out`].
    pub fn leave_one_out(&self, i: usize) -> Result<LeaveOneOut<M::Output>, Error> {
        let LeaveOneOut { mean, deviation } = self.model.leave_one_out(i)?;
        Ok(LeaveOneOut {
            mean: finite(self.labels.undo(&mean))?,
            deviation: finite(self.labels.undo_deviation(&deviation))?,
        })
    }

    /// Returns the number of samples.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.model.len()
    }

    /// Returns whether there are no samples.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.model.is_empty()
    }

    /// Returns the model of the scaled samples, with the chosen settings.
    #[must_use]
    pub const fn model(&self) -> &Regression<K, M> {
        &self.model
    }

    /// Returns the scalings of the inputs and of the labels.
    #[must_use]
    pub const fn scaling(&self) -> (&Scaling<M::Input>, &Scaling<M::Output>) {
        (&self.inputs, &self.labels)
    }

    /// Returns the intervals of the scaled model. A single sample is refused: its scaled label is 0, which
    /// says nothing about the scatter of observations. Several equal labels are accepted; see
    /// [`Self::interval`].
    fn intervals(&self) -> Result<Intervals<'_, K, M, &[T]>, Error> {
        if self.len() == 1 {
            return Err(Error::TooFewSamples { needed: 2, found: 1 });
        }
        Ok(Intervals::of_parts(&self.model, first(self.variances.as_ref(), self.model.len())))
    }

    /// Computes the variances that the intervals need, after a change of the model.
    fn set_variances(&mut self) -> Result<(), Error> {
        let n = self.model.len();
        self.model.leave_one_out_variances(first_mut(self.variances.as_mut_slice(), n))
    }
}

impl<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T, Output = T, Noise = PerSample>> Calibration<K, M> {
    /// Returns the interval of an observation whose own noise has this standard deviation, in units of y.
    /// [`Self::interval`] assumes the noise of the ridge alone.
    ///
    /// # Errors
    /// Those of [`Self::interval`], and [`Error::NotFinite`] or [`Error::OutOfRange`] if `noise` is not
    /// finite or negative.
    pub fn interval_with_noise(&self, x: &M::Input, noise: T, level: T) -> Result<Interval<T>, Error> {
        let intervals = self.intervals()?.with_noise(noise / self.labels.scale)?;
        let Interval { low, high } = intervals.at(&self.inputs.apply(x), level)?;
        Ok(Interval { low: finite(self.labels.undo(&low))?, high: finite(self.labels.undo(&high))? })
    }

    /// Returns the p-value of an observation whose own noise has this standard deviation; see
    /// [`Self::p_value`].
    ///
    /// # Errors
    /// Those of [`Self::p_value`] and [`Self::interval_with_noise`].
    pub fn p_value_with_noise(&self, x: &M::Input, y: T, noise: T) -> Result<T, Error> {
        let intervals = self.intervals()?.with_noise(noise / self.labels.scale)?;
        intervals.p_value(&self.inputs.apply(x), self.labels.apply(&y))
    }

    /// Returns the standard deviation of the own noise of sample i, in units of y, up to rounding. Samples
    /// are numbered from the oldest.
    #[must_use]
    pub fn noise_of(&self, i: usize) -> Option<T> {
        Some(self.model.noise_of(i)? * self.labels.scale)
    }
}

/// Refuses values that have overflowed when the scaling was undone.
fn finite<V: Row>(values: V) -> Result<V, Error> {
    match values.as_slice().iter().position(|v| !v.is_finite()) {
        None => Ok(values),
        Some(column) => Err(Error::NotFinite { what: Quantity::Prediction, row: 0, column }),
    }
}

impl<T, K, const D: usize, const N: usize, Y, V: Noise> Calibration<K, Fixed<T, D, N, Y, V>>
where
    T: Scalar,
    K: VariableKernel<T>,
    Y: Row<Scalar = T>,
{
    /// Creates a calibration without samples, with a given kernel.
    #[must_use]
    pub const fn with(kernel: K, storage: Fixed<T, D, N, Y, V>) -> Self {
        Self {
            model: Regression::new(kernel, storage),
            inputs: Scaling::none(),
            labels: Scaling::none(),
            ranged: false,
            variances: [T::ZERO; N],
        }
    }
}
