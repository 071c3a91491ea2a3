//! Learns samples in their own units, by scaling them.

use super::Stream;
use super::hear::{Learned, Occasion};
use super::room::{Extra, Room};
use crate::error::{Setting, check_len};
use crate::regression::{Fixed, Flat, Row, StorageMut, View};
use crate::scaling::{self, Constants, Scaling};
use crate::vector::copy;
use crate::{Dataset, Error, Kernel, Rows, Scalar};

impl<T: Scalar, K: Kernel<T>, const D: usize, const M: usize, Y: Row<Scalar = T>>
    Stream<K, Fixed<T, D, M, Y>>
{
    /// Sets the range of the sensor, by which inputs are scaled; see [`Scaling::of_range`].
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a range of width 0, [`Error::AlreadyFitted`] if a sample was learned. After
    /// an error nothing has changed.
    pub fn set_range(&mut self, low: &[T; D], high: &[T; D]) -> Result<(), Error> {
        self.check_empty()?;
        self.extra.inputs = Scaling::of_range(low, high)?;
        Ok(())
    }

    /// Sets the usual range of the labels, by which they are scaled. Labels outside of it are accepted.
    ///
    /// # Errors
    /// Those of [`Self::set_range`].
    pub fn set_labels(&mut self, low: &Y, high: &Y) -> Result<(), Error> {
        self.check_empty()?;
        self.extra.labels = Scaling::of_range(low, high)?;
        Ok(())
    }

    /// Sets the scaling from these first samples, as [`crate::Calibration::fit`] does, and learns each of
    /// them.
    ///
    /// # Errors
    /// [`Error::AlreadyFitted`] if a sample was learned, [`Error::Shape`] for another number of inputs or
    /// outputs or unequal numbers of samples and labels, [`Error::NotFinite`]. After an error nothing has
    /// changed.
    pub fn begin<'d>(&mut self, x: impl Into<Rows<'d, T>>, y: impl Into<Rows<'d, T>>) -> Result<(), Error> {
        self.check_empty()?;
        let data = Dataset::new(x, y)?;
        check_len("number of inputs", D, data.x().columns())?;
        check_len("number of outputs", Y::LEN, data.y().columns())?;
        let inputs = Scaling::standard(data.x(), Constants::ToOne)?;
        let labels = Scaling::<Y>::standard(data.y(), Constants::ToZero)?;
        let old = (self.extra.inputs, self.extra.labels);
        (self.extra.inputs, self.extra.labels) = (inputs, labels);
        for (i, x) in data.x().iter().enumerate() {
            let (mut input, mut label) = ([T::ZERO; D], Y::ZEROS);
            copy(&mut input, x);
            copy(label.as_mut_slice(), data.y().row(i));
            if let Err(error) = self.hear(&input, label) {
                self.clear();
                (self.extra.inputs, self.extra.labels) = old;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Learns a sample, one unit of time after the last. Cost: n kernel values and (3 + c) n^2 multiply-adds,
    /// and another n^3/6 for an input that is new to a full basis.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a NaN or infinity, or if the kernel or the coefficients overflow;
    /// [`Error::OutOfRange`] for invalid kernel settings. After an error nothing has changed.
    pub fn hear(&mut self, x: &[T; D], y: Y) -> Result<Learned, Error> {
        self.hear_on(x, y, Occasion::USUAL)
    }

    /// Learns a sample with its own noise or after its own elapsed time; see [`Self::hear`].
    ///
    /// # Errors
    /// Those of [`Self::hear`], and [`Error::OutOfRange`] for a noise that is not above 0 and finite or an
    /// elapsed time that is negative or not finite.
    pub fn hear_on(&mut self, x: &[T; D], y: Y, occasion: Occasion<T>) -> Result<Learned, Error> {
        let (x, y) = (self.extra.inputs.apply(x), self.extra.labels.apply(&y));
        self.hear_scaled(&x, y.as_slice(), occasion)
    }
}

impl<T: Scalar, K: Kernel<T>, B> Stream<K, Flat<T, B>>
where
    B: AsRef<[T]> + AsMut<[T]> + core::fmt::Debug,
{
    /// Sets shifts and scales of inputs and labels, as computed by [`scaling::standardize`].
    ///
    /// # Errors
    /// [`Error::AlreadyFitted`] if a sample was learned, [`Error::Shape`] for other lengths. After an error
    /// nothing has changed.
    pub fn set_scaling(&mut self, columns: [&[T]; 4]) -> Result<(), Error> {
        self.check_empty()?;
        for (place, column) in self.extra.scaling_mut().into_iter().zip(columns) {
            check_len("scaling", place.len(), column.len())?;
        }
        for (place, column) in self.extra.scaling_mut().into_iter().zip(columns) {
            copy(place, column);
        }
        Ok(())
    }

    /// Learns a sample of a shape known only at run time; see [`Stream::hear_on`]. `work` is a buffer of d +
    /// c numbers.
    ///
    /// # Errors
    /// Those of [`Stream::hear_on`], and [`Error::Shape`] for another length.
    pub fn hear_into(
        &mut self,
        x: &[T],
        y: &[T],
        occasion: Occasion<T>,
        work: &mut [T],
    ) -> Result<Learned, Error> {
        let [d, _, c] = self.basis.storage.shape();
        check_len("number of inputs", d, x.len())?;
        check_len("number of outputs", c, y.len())?;
        check_len("work", d + c, work.len())?;
        let (input, label) = work.split_at_mut_checked(d).unwrap_or((&mut [], &mut []));
        copy(input, x);
        copy(label, y);
        let [shift, scale, label_shift, label_scale] = self.extra.scaling();
        scaling::apply(shift, scale, input);
        scaling::apply(label_shift, label_scale, label);
        self.hear_scaled(input, label, occasion)
    }
}

impl<T: Scalar, K: Kernel<T>, M: Room<Scalar = T>> Stream<K, M> {
    /// Returns the noise of a sample for [`Occasion::noise`], from the c standard deviations of its labels in
    /// their own units: the mean over outputs of (deviation / (scale amplitude))^2.
    ///
    /// # Errors
    /// [`Error::NotFitted`] before the first sample, [`Error::Shape`] for another length,
    /// [`Error::OutOfRange`] for a deviation that is not above 0 and finite, or if all errors so far are 0.
    pub fn noise_of(&self, deviations: &[T]) -> Result<T, Error> {
        let (view, [.., scale]) = (self.basis.view()?, self.extra.scaling());
        check_len("deviations", scale.len(), deviations.len())?;
        let mut sum = T::ZERO;
        for (output, (&own, &scale)) in deviations.iter().zip(scale).enumerate() {
            if !(own > T::ZERO) {
                return Err(Setting::StreamNoise.out_of_range());
            }
            let part = own / (scale * view.amplitude_of(output));
            sum += part * part;
        }
        let noise = sum / T::from_usize(scale.len());
        super::check_noise(noise).map(|()| noise)
    }

    fn check_empty(&self) -> Result<(), Error> {
        if self.is_empty() && self.heard() == 0 { Ok(()) } else { Err(Error::AlreadyFitted) }
    }
}
