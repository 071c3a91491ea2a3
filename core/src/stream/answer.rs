//! The predictions of a stream.

use super::room::{Extra, Room};
use super::{Stream, tail};
use crate::error::{Quantity, Setting, check_len};
use crate::regression::{ArrayStorage, Columns, Row, View};
use crate::slices::first_mut;
use crate::vector::{copy, dot};
use crate::{Error, Kernel, Scalar, scaling};

/// A prediction of a stream, with its uncertainty. `Y` is `T` for one output and `[T; C]` for C outputs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Answer<T, Y = T> {
    /// The mean of each output, in units of y.
    pub mean: Y,
    /// The standard deviation of the function, for each output, in units of y.
    pub deviation: Y,
    /// The lower end of the interval of a new observation, for each output; see [`Stream::answer`].
    pub low: Y,
    /// The upper end of the interval.
    pub high: Y,
    /// The share of the prior variance that remains, between 0 (known) and 1 (far from all samples).
    pub novelty: T,
}

/// Variances at an input, in units of the kernel.
#[derive(Clone, Copy)]
pub(super) struct Variances<T> {
    /// The variance of the function.
    pub(super) function: T,
    /// The variance of an observation.
    pub(super) observation: T,
    /// K(x, x).
    prior: T,
}

impl<T: Scalar> Variances<T> {
    pub(super) fn novelty(&self) -> T {
        if self.prior > T::ZERO { self.function / self.prior } else { T::ZERO }
    }
}

impl<T: Scalar, K: Kernel<T>, M: Room<Scalar = T>> Stream<K, M> {
    /// Writes the scaled means at a scaled input, and returns the variances. `phi` is a buffer of n numbers.
    pub(super) fn at_scaled(&self, x: &[T], phi: &mut [T], mean: &mut [T]) -> Result<Variances<T>, Error> {
        let view = self.basis.view()?;
        let [.., c] = view.shape();
        check_len("mean", c, mean.len())?;
        let prior = self.basis.kernel_vector(&view, x, phi)?;
        view.forward(phi);
        for (output, mean) in mean.iter_mut().enumerate() {
            *mean = view.dot_coefficients(output, phi);
        }
        let missed = prior - dot(phi, phi);
        let known = self.basis.storage.quadratic(&self.extra, phi);
        let (mut function, least) = (T::ZERO, T::EPSILON * prior);
        for part in [missed, known] {
            function += if part < T::ZERO { T::ZERO } else { part };
        }
        if let Some(column) = mean.iter().position(|mean| !mean.is_finite()) {
            return Err(self.basis.overflow_at(x, Quantity::Prediction, column));
        }
        if !function.is_finite() {
            return Err(self.basis.overflow_at(x, Quantity::Variance, 0));
        }
        function = if function > least { function } else { least };
        function = if function < prior { function } else { prior };
        Ok(Variances { function, observation: function + self.noise(), prior })
    }

    /// Returns the tail of an output's errors.
    pub(super) fn tail(&self, output: usize) -> &[T] {
        self.extra.tails().get(tail::ANCHORS * output..).unwrap_or(&[])
    }
}

impl<T: Scalar, K: Kernel<T>, M: Room<Scalar = T>> Stream<K, M> {
    /// Writes mean, deviation, low and high of each output and returns the novelty, for a shape known only at
    /// run time; see [`Stream::answer`]. `work` is a buffer of d + n numbers.
    ///
    /// # Errors
    /// Those of [`Stream::answer`], and [`Error::Shape`] for other lengths.
    pub fn answer_into(&self, x: &[T], level: T, work: &mut [T], answer: [&mut [T]; 4]) -> Result<T, Error> {
        let [shift, _, label_shift, _] = self.extra.scaling();
        let (d, c) = (shift.len(), label_shift.len());
        check_len("x", d, x.len())?;
        check_len("work", d.saturating_add(self.len()), work.len())?;
        for column in &answer {
            check_len("answer", c, column.len())?;
        }
        let (input, phi) = work.split_at_mut_checked(d).unwrap_or((&mut [], &mut []));
        copy(input, x);
        self.answer_parts(input, level, phi, answer)
    }

    /// Returns mean and standard deviation of a new observation of one output, its noise included. `work` is
    /// a buffer of d + n + c numbers.
    ///
    /// # Errors
    /// Those of [`Stream::answer`], [`Error::Shape`] for other lengths, [`Error::OutOfBounds`] if there is no
    /// such output.
    pub fn observation_into(&self, x: &[T], work: &mut [T], output: usize) -> Result<(T, T), Error> {
        let [shift, scale, label_shift, label_scale] = self.extra.scaling();
        let (d, c, n) = (shift.len(), label_shift.len(), self.len());
        check_len("x", d, x.len())?;
        check_len("work", d.saturating_add(n).saturating_add(c), work.len())?;
        let (Some(&label_shift), Some(&label_scale)) = (label_shift.get(output), label_scale.get(output))
        else {
            return Err(Error::OutOfBounds { what: "output", count: c, index: output });
        };
        let (input, rest) = work.split_at_mut_checked(d).unwrap_or((&mut [], &mut []));
        let (phi, mean) = rest.split_at_mut_checked(n).unwrap_or((&mut [], &mut []));
        copy(input, x);
        scaling::apply(shift, scale, input);
        let variances = self.at_scaled(input, phi, mean)?;
        let mean = mean.get(output).copied().unwrap_or(T::NAN) * label_scale + label_shift;
        let deviation = variances.observation.sqrt() * self.basis.view()?.amplitude_of(output) * label_scale;
        for (what, value) in [(Quantity::Prediction, mean), (Quantity::Variance, deviation)] {
            if !value.is_finite() {
                return Err(Error::NotFinite { what, row: 0, column: output });
            }
        }
        Ok((mean, deviation))
    }

    /// Writes the answer at an input, which is scaled in place, and returns the novelty.
    fn answer_parts(
        &self,
        input: &mut [T],
        level: T,
        phi: &mut [T],
        [mean, deviation, low, high]: [&mut [T]; 4],
    ) -> Result<T, Error> {
        if !(level > T::ZERO && level < T::ONE) {
            return Err(Setting::Level.out_of_range());
        }
        let [shift, scale, label_shift, label_scale] = self.extra.scaling();
        scaling::apply(shift, scale, input);
        let variances = self.at_scaled(input, phi, mean)?;
        let view = self.basis.view()?;
        let outputs = mean.iter_mut().zip(deviation).zip(low.iter_mut().zip(high));
        for (output, ((mean, deviation), (low, high))) in outputs.enumerate() {
            let column = |values: &[T]| values.get(output).copied().unwrap_or(T::NAN);
            let unit = view.amplitude_of(output) * column(label_scale);
            *mean = *mean * column(label_scale) + column(label_shift);
            *deviation = variances.function.sqrt() * unit;
            let half =
                tail::quantile(self.tail(output), T::ONE - level) * variances.observation.sqrt() * unit;
            (*low, *high) = (*mean - half, *mean + half);
            if !(mean.is_finite() && low.is_finite() && high.is_finite()) {
                return Err(Error::NotFinite { what: Quantity::Prediction, row: 0, column: output });
            }
        }
        Ok(variances.novelty())
    }
}

impl<T: Scalar, K: Kernel<T>, M: Room<Scalar = T> + ArrayStorage> Stream<K, M> {
    /// Returns mean, deviation, novelty, and an interval that contains a new observation with probability
    /// `level`, for example 0.9. Cost: n kernel values and (1 + c) n^2 multiply-adds.
    ///
    /// **Guarantee.** The half-width in deviations is a running quantile of the stream's own one-step-ahead
    /// errors (`stream/tail.rs`). At levels 0.5, 0.9, 0.95 and 0.99, the share of samples inside the interval
    /// that was predicted just before each tends to the level, for any sequence of samples, drifting or not
    /// (Gibbs and Candes 2021). Between these levels the half-width is interpolated. The guarantee is an
    /// average over the stream, not a probability at a single input.
    ///
    /// # Errors
    /// [`Error::NotFitted`] before the first sample, [`Error::OutOfRange`] for a level that is not above 0
    /// and below 1, [`Error::NotFinite`] for an input with NaN or infinity or one so far out that a result
    /// overflows.
    pub fn answer(&self, x: &M::Input, level: T) -> Result<Answer<T, M::Output>, Error> {
        let [mut mean, mut deviation, mut low, mut high] = [M::Output::ZEROS; 4];
        let (mut input, mut phi) = (*x, <M::Work as Columns<T>>::ZERO);
        let answer = [&mut mean, &mut deviation, &mut low, &mut high].map(|column| column.as_mut_slice());
        let novelty = self.answer_parts(
            input.as_mut_slice(),
            level,
            first_mut(phi.as_mut_slice(), self.len()),
            answer,
        )?;
        Ok(Answer { mean, deviation, low, high, novelty })
    }

    /// Returns a p-value of the observation (x, y) for each output: the share of the stream's errors that are
    /// at least as large as that of the observation, each in units of its own deviation. Call this test for
    /// outliers before the sample is learned. Over a stream, a share of about 0.01 of the samples has a
    /// p-value of at most 0.01; see [`Self::answer`].
    ///
    /// # Errors
    /// As [`Self::answer`], and [`Error::NotFinite`] for a label that is not finite.
    pub fn p_value(&self, x: &M::Input, y: M::Output) -> Result<M::Output, Error> {
        if let Some(column) = y.as_slice().iter().position(|y| !y.is_finite()) {
            return Err(Error::NotFinite { what: Quantity::Y, row: 0, column });
        }
        let (mut input, mut label) = (*x, y);
        let [shift, scale, label_shift, label_scale] = self.extra.scaling();
        scaling::apply(shift, scale, input.as_mut_slice());
        scaling::apply(label_shift, label_scale, label.as_mut_slice());
        let (mut p, mut phi) = (M::Output::ZEROS, <M::Work as Columns<T>>::ZERO);
        let phi = first_mut(phi.as_mut_slice(), self.len());
        let variances = self.at_scaled(input.as_slice(), phi, p.as_mut_slice())?;
        let view = self.basis.view()?;
        for (output, (p, &y)) in p.as_mut_slice().iter_mut().zip(label.as_slice()).enumerate() {
            let unit = view.amplitude_of(output) * variances.observation.sqrt();
            let error = (y - *p).abs();
            *p = if unit > T::ZERO {
                tail::share(self.tail(output), error / unit)
            } else if error > T::ZERO {
                T::ZERO
            } else {
                T::ONE
            };
        }
        Ok(p)
    }

    /// Returns the familiarity of x, a p-value that compares its distance to the nearest basis input with
    /// their distances from each other; see [`crate::Regression::familiarity_of`].
    ///
    /// # Errors
    /// Those of [`crate::Regression::familiarity_of`].
    pub fn familiarity(&self, x: &M::Input) -> Result<T, Error> {
        let mut input = *x;
        let [shift, scale, ..] = self.extra.scaling();
        scaling::apply(shift, scale, input.as_mut_slice());
        self.basis.familiarity(&input)
    }
}
