//! The entry point: raw readings and truths in; a value, an interval and "has the like been seen" out;
//! nothing to choose.
//!
//! Everything that it does can be done by hand with the parts below it: [`crate::scaling`], [`Regression`],
//! [`crate::regression::Intervals`].

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

/// A calibration of D inputs with room for N samples, in arrays: [`Calibration`] with the defaults.
///
/// `T` is `f32` unless said otherwise; `Y` is `T` for one output and `[T; C]` for C of them. `V` is
/// [`Common`], or [`PerSample`] where references are better at some points than at others:
/// [`Calibration::fit_with_noise`].
pub type Sensor<const D: usize, const N: usize, T = f32, Y = T, V = Common> =
    Calibration<Nngp<Relu, Architecture<T>>, Fixed<T, D, N, Y, V>>;

/// Regression in the units of who calls it: scaling, kernel, ridge, bias variance and amplitude are chosen
/// from the samples.
///
/// The storage is [`Fixed`] to learn in, [`crate::regression::bytes::Flash`] to read a calibration where it
/// lies. Memory: that of the model, N + 2 (D + C) numbers and a flag. [`Sensor`] is the one to start with.
///
/// ```
/// use ntk_core::Sensor;
/// let volts = [0.11, 0.32, 0.48, 0.70, 0.93, 1.08, 1.33, 1.52, 1.68, 1.91];
/// let degrees = [4.1, 12.8, 19.6, 29.4, 38.9, 45.6, 56.2, 63.4, 69.2, 77.0];
/// let mut sensor = Sensor::<1, 16>::new(); // `const`: it may stand in a `static`
/// sensor.fit(&volts, &degrees)?;
/// let at = sensor.read(&[1.20], 0.9)?;
/// assert!(at.low < 50.6 && 50.6 < at.high && at.high - at.low < 3.0, "{at:?}");
/// assert!(at.familiarity > 0.1);
/// assert!(sensor.read(&[9.0], 0.9)?.familiarity < 0.1); // nothing like it was seen
/// assert!(sensor.p_value(&[1.20], 80.0)? < 0.1); // at most one good reading in ten looks like this one
/// sensor.push(&[1.20], 50.7, ntk_core::regression::WhenFull::DropOldest)?; // learn from one sample more
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Calibration<K, M: ArrayStorage> {
    model: Regression<K, M>,
    inputs: Scaling<M::Input>,
    labels: Scaling<M::Output>,
    /// The inputs' scaling is that of a range, not of the samples.
    ranged: bool,
    /// 1 / C_ii of each sample, for the intervals.
    variances: M::Work,
}

/// A value with all that is known about it. `Y` is `T` for one output, `[T; C]` for C of them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Reading<T, Y = T> {
    /// The value of each output.
    pub value: Y,
    /// Lower end of the interval of each output; see [`Intervals`] for its promise.
    pub low: Y,
    /// Upper end of the interval of each output.
    pub high: Y,
    /// Standard deviation of the function, output by output.
    pub deviation: Y,
    /// The share of good readings that are at least as far from the others as this one, from 1 / (n + 1):
    /// small where nothing like it was seen; see [`Regression::familiarity_of`].
    pub familiarity: T,
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> Sensor<D, N, T, Y, V> {
    /// Without samples.
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
    /// The value of each output. Cost: n kernel values and c n multiply-adds.
    ///
    /// # Errors
    /// As [`Regression::mean`]; a value that overflows in the labels' units is refused too.
    pub fn mean(&self, x: &M::Input) -> Result<M::Output, Error> {
        finite(self.labels.undo(&self.model.mean(&self.inputs.apply(x))?))
    }

    /// The value and its standard deviations.
    ///
    /// # Errors
    /// As [`Regression::predict`]; a result that overflows in the labels' units is refused too.
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

    /// The interval that a new observation falls into with this probability, 0.9 for nine in ten. It has no
    /// width if all labels are alike, and holds: an observation that differs from n that do not is the only
    /// such one of n + 1, which has a probability of 1 / (n + 1) at most.
    ///
    /// # Errors
    /// As [`Intervals::at`]; nine samples are needed for a level of 0.9, and two for any: one sample is
    /// scaled by itself and says nothing of the others.
    pub fn interval(&self, x: &M::Input, level: T) -> Result<Interval<M::Output>, Error> {
        let Interval { low, high } = self.intervals()?.at(&self.inputs.apply(x), level)?;
        Ok(Interval { low: finite(self.labels.undo(&low))?, high: finite(self.labels.undo(&high))? })
    }

    /// Value, interval of this level, deviation and familiarity.
    ///
    /// # Errors
    /// As [`Self::predict`] and [`Self::interval`].
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

    /// The share of good readings that are at least as far from the others as x is; see
    /// [`Regression::familiarity_of`].
    ///
    /// # Errors
    /// As [`Regression::familiarity`].
    pub fn familiarity(&self, x: &M::Input) -> Result<T, Error> {
        self.model.familiarity(&self.inputs.apply(x))
    }

    /// The share of good observations that look as strange as (x, y): the test for outliers of
    /// [`Intervals::p_value`].
    ///
    /// # Errors
    /// As [`Intervals::p_value`].
    pub fn p_value(&self, x: &M::Input, y: M::Output) -> Result<M::Output, Error> {
        self.intervals()?.p_value(&self.inputs.apply(x), self.labels.apply(&y))
    }

    /// The prediction for sample i by a model that has not seen it, in the labels' units.
    ///
    /// # Errors
    /// As [`Regression::leave_one_out`].
    pub fn leave_one_out(&self, i: usize) -> Result<LeaveOneOut<M::Output>, Error> {
        let LeaveOneOut { mean, deviation } = self.model.leave_one_out(i)?;
        Ok(LeaveOneOut {
            mean: finite(self.labels.undo(&mean))?,
            deviation: finite(self.labels.undo_deviation(&deviation))?,
        })
    }

    /// The number of samples.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.model.len()
    }

    /// There are no samples.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.model.is_empty()
    }

    /// The model of the scaled numbers, with the settings that were chosen.
    #[must_use]
    pub const fn model(&self) -> &Regression<K, M> {
        &self.model
    }

    /// The scaling of inputs and of labels.
    #[must_use]
    pub const fn scaling(&self) -> (&Scaling<M::Input>, &Scaling<M::Output>) {
        (&self.inputs, &self.labels)
    }

    /// One sample is scaled by itself, to 0: it says nothing of how far observations scatter. Of several that
    /// are alike an observation differs with a probability of 1 / (n + 1) at most, being then the only one of
    /// n + 1 that does; so an interval without a width holds what it promises.
    fn intervals(&self) -> Result<Intervals<'_, K, M, &[T]>, Error> {
        if self.len() == 1 {
            return Err(Error::TooFewSamples { needed: 2, found: 1 });
        }
        Ok(Intervals::of_parts(&self.model, first(self.variances.as_ref(), self.model.len())))
    }

    /// What the intervals need of the model as it is now.
    fn set_variances(&mut self) -> Result<(), Error> {
        let n = self.model.len();
        self.model.leave_one_out_variances(first_mut(self.variances.as_mut_slice(), n))
    }
}

impl<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T, Output = T, Noise = PerSample>> Calibration<K, M> {
    /// [`Self::interval`] of an observation with noise of its own, of this standard deviation in units of y;
    /// without it an observation has none but the ridge's.
    ///
    /// # Errors
    /// As there, and [`Error::NotFinite`] or [`Error::OutOfRange`] for a deviation that is not finite or
    /// negative.
    pub fn interval_with_noise(&self, x: &M::Input, noise: T, level: T) -> Result<Interval<T>, Error> {
        let intervals = self.intervals()?.with_noise(noise / self.labels.scale)?;
        let Interval { low, high } = intervals.at(&self.inputs.apply(x), level)?;
        Ok(Interval { low: finite(self.labels.undo(&low))?, high: finite(self.labels.undo(&high))? })
    }

    /// [`Self::p_value`] of an observation with noise of its own.
    ///
    /// # Errors
    /// As there and for [`Self::interval_with_noise`].
    pub fn p_value_with_noise(&self, x: &M::Input, y: T, noise: T) -> Result<T, Error> {
        let intervals = self.intervals()?.with_noise(noise / self.labels.scale)?;
        intervals.p_value(&self.inputs.apply(x), self.labels.apply(&y))
    }

    /// The standard deviation of sample i's own noise, by age, in units of y, to a rounding.
    #[must_use]
    pub fn noise_of(&self, i: usize) -> Option<T> {
        Some(self.model.noise_of(i)? * self.labels.scale)
    }
}

/// What undoing the scaling may have taken out of range.
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
    /// Without samples, with a kernel of one's own.
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
