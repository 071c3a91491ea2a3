//! Fits a calibration, and adds, removes and replaces single samples, in the units of the samples.

use super::Calibration;
use crate::kernel::VariableKernel;
use crate::regression::{
    Columns, Criterion, Fixed, Noise, Numbers, PerSample, Row, Tuned, WhenFull, check_noise,
};
use crate::scaling::{self, Constants, Scaling};
use crate::slices::first;
use crate::{Dataset, Error, Kernel, Rows, Scalar};

impl<T, K, const D: usize, const N: usize, Y, V: Noise> Calibration<K, Fixed<T, D, N, Y, V>>
where
    T: Scalar,
    K: VariableKernel<T>,
    Y: Row<Scalar = T>,
{
    /// Resets the calibration to a new one with this kernel, without samples, scaling and range; see
    /// [`crate::Regression::reset`].
    pub fn reset(&mut self, kernel: K) {
        self.model.reset(kernel);
        (self.inputs, self.labels, self.ranged) = (Scaling::none(), Scaling::none(), false);
    }

    /// Sets the range of the sensor, by which the next fit scales inputs instead of by the samples.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a range of width 0, [`Error::AlreadyFitted`] if there are samples. After an
    /// error nothing has changed.
    pub fn set_range(&mut self, low: &[T; D], high: &[T; D]) -> Result<(), Error> {
        if !self.is_empty() {
            return Err(Error::AlreadyFitted);
        }
        (self.inputs, self.ranged) = (Scaling::of_range(low, high)?, true);
        Ok(())
    }

    /// Fits n samples, which replace all earlier ones: n rows of inputs and n labels, in any units.
    ///
    /// The samples are scaled, then fitted by [`crate::Regression::fit_tuned`] with the ridge and the bias
    /// variance of largest marginal likelihood. Cost: that of `fit_tuned`, and n^3/6 multiply-adds for the
    /// diagonal of the inverse, which the intervals need. The fit uses N (D + 2 C + 5) numbers of stack.
    ///
    /// # Errors
    /// Those of [`crate::Regression::fit`], and [`Error::NotFinite`] if a column's mean or deviation
    /// overflows. After an error nothing has changed.
    pub fn fit<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
    ) -> Result<Tuned<T>, Error> {
        self.fit_data(&Dataset::new(x, y)?, V::nothing())
    }

    #[inline(always)] // it has one caller, as a rule
    fn fit_data(&mut self, data: &Dataset<'_, T>, noise: V::Given<'_, T>) -> Result<Tuned<T>, Error> {
        self.model.check_shape(data)?;
        let inputs = if self.ranged { self.inputs } else { Scaling::standard(data.x(), Constants::ToOne)? };
        let labels = Scaling::<Y>::standard(data.y(), Constants::ToZero)?;
        let (mut x, mut y) = ([[T::ZERO; D]; N], <Y::Columns<N> as Columns<T>>::ZERO);
        for (scaled, row) in x.iter_mut().zip(data.x().iter()) {
            *scaled = row.first_chunk().map_or(*scaled, |row| inputs.apply(row));
        }
        for (scaled, row) in y.as_mut_slice().chunks_exact_mut(Y::LEN.max(1)).zip(data.y().iter()) {
            crate::vector::copy(scaled, row);
            scaling::apply(labels.shift.as_slice(), labels.scale.as_slice(), scaled);
        }
        let (x, y) = (first(&x, data.len()), first(y.as_slice(), data.len().saturating_mul(Y::LEN)));
        let mut own = <V::Numbers<T, N> as Numbers<T>>::ZERO;
        let scale = labels.scale.as_slice().first().copied().unwrap_or(T::ONE);
        V::scaled(noise, scale, &mut own);
        let noise = V::given(&own, data.len());
        let data = Dataset::new(x, Rows::new(y, Y::LEN)?)?;
        let found = self.model.fit_tuned_data(&data, noise, Criterion::MarginalLikelihood)?;
        (self.inputs, self.labels) = (inputs, labels);
        self.set_variances()?;
        Ok(found)
    }
}

impl<T, K, const D: usize, const N: usize, Y, V: Noise> Calibration<K, Fixed<T, D, N, Y, V>>
where
    T: Scalar,
    K: Kernel<T>,
    Y: Row<Scalar = T>,
{
    /// Adds one sample, with the scaling and the settings of the last fit. Cost: that of
    /// [`crate::Regression::push`] and n^3/6 multiply-adds for the intervals.
    ///
    /// # Errors
    /// Those of [`crate::Regression::push`]. After an error nothing has changed.
    pub fn push(&mut self, x: &[T; D], y: Y, when_full: WhenFull) -> Result<Option<usize>, Error> {
        let dropped = self.model.push(&self.inputs.apply(x), self.labels.apply(&y), when_full)?;
        self.set_variances()?;
        Ok(dropped)
    }

    /// Removes sample i. Cost: that of [`crate::Regression::remove`] and n^3/6 multiply-adds.
    ///
    /// # Errors
    /// Those of [`crate::Regression::remove`]. After an error nothing has changed.
    pub fn remove(&mut self, i: usize) -> Result<(), Error> {
        self.model.remove(i)?;
        if self.is_empty() { Ok(()) } else { self.set_variances() }
    }

    /// Removes sample i and adds another, which becomes the youngest. Cost: that of
    /// [`crate::Regression::replace`] and n^3/6 multiply-adds.
    ///
    /// # Errors
    /// Those of [`crate::Regression::replace`]. After an error nothing has changed.
    pub fn replace(&mut self, i: usize, x: &[T; D], y: Y) -> Result<(), Error> {
        self.model.replace(i, &self.inputs.apply(x), self.labels.apply(&y))?;
        self.set_variances()
    }

    /// Returns sample i in its own units, up to rounding. Samples are numbered from the oldest.
    #[must_use]
    pub fn sample(&self, i: usize) -> Option<([T; D], Y)> {
        let (x, y) = self.model.sample(i)?;
        Some((self.inputs.undo(&x), self.labels.undo(&y)))
    }
}

impl<T, K, const D: usize, const N: usize> Calibration<K, Fixed<T, D, N, T, PerSample>>
where
    T: Scalar,
    K: VariableKernel<T>,
{
    /// Fits n samples that have noise of their own, given by n standard deviations in the labels' units; see
    /// [`PerSample`] for their meaning. The chosen ridge is the noise that all samples share in addition.
    /// Cost: about five times that of [`Self::fit`].
    ///
    /// ```
    /// use ntk_core::{Sensor, regression::PerSample};
    /// let volts = [0.11, 0.32, 0.48, 0.70, 0.93, 1.08, 1.33, 1.52, 1.68, 1.91];
    /// let degrees = [4.1, 12.8, 19.6, 29.4, 41.9, 45.6, 56.2, 63.4, 69.2, 77.0];
    /// let mut noise = [0.1; 10];
    /// noise[4] = 5.0; // the reference had not settled yet
    /// let mut sensor = Sensor::<1, 16, f32, f32, PerSample>::new();
    /// sensor.fit_with_noise(&volts, &degrees, &noise)?;
    /// assert!((sensor.mean(&[0.93])? - 38.9).abs() < 1.0); // its label says 41.9
    /// # Ok::<(), ntk_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Self::fit`] and of [`crate::Regression::fit_with_noise`]. After an error nothing has
    /// changed.
    pub fn fit_with_noise<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        noise: &[T],
    ) -> Result<Tuned<T>, Error> {
        let data = Dataset::new(x, y)?;
        check_noise(noise, data.len())?;
        self.fit_data(&data, noise)
    }

    /// Adds one sample whose own noise has this standard deviation, in the labels' units; see [`Self::push`].
    ///
    /// # Errors
    /// Those of [`Self::push`], and [`Error::NotFinite`] or [`Error::OutOfRange`] if `noise` is not finite or
    /// negative. After an error nothing has changed.
    pub fn push_with_noise(
        &mut self,
        x: &[T; D],
        y: T,
        noise: T,
        when_full: WhenFull,
    ) -> Result<Option<usize>, Error> {
        let noise = noise / self.labels.scale;
        let dropped =
            self.model.push_with_noise(&self.inputs.apply(x), self.labels.apply(&y), noise, when_full)?;
        self.set_variances()?;
        Ok(dropped)
    }

    /// Replaces sample i by one whose own noise has this standard deviation, in the labels' units; see
    /// [`Self::replace`].
    ///
    /// # Errors
    /// Those of [`Self::replace`] and [`Self::push_with_noise`]. After an error nothing has changed.
    pub fn replace_with_noise(&mut self, i: usize, x: &[T; D], y: T, noise: T) -> Result<(), Error> {
        let (x, y, noise) = (self.inputs.apply(x), self.labels.apply(&y), noise / self.labels.scale);
        self.model.replace_with_noise(i, &x, y, noise)?;
        self.set_variances()
    }
}
