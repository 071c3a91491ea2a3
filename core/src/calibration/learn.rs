//! How a calibration learns and forgets, in the units of its samples.

use super::Calibration;
use crate::kernel::VariableKernel;
use crate::regression::{Columns, Criterion, Fixed, Row, Tuned, WhenFull};
use crate::scaling::{self, Constants, Scaling};
use crate::slices::first;
use crate::{Dataset, Error, Kernel, Rows, Scalar};

impl<T, K, const D: usize, const N: usize, Y> Calibration<K, Fixed<T, D, N, Y>>
where
    T: Scalar,
    K: VariableKernel<T>,
    Y: Row<Scalar = T>,
{
    /// As new, with this kernel: forgets samples, scaling and range; see
    /// [`crate::Regression::reset`].
    pub fn reset(&mut self, kernel: K) {
        self.model.reset(kernel);
        (self.inputs, self.labels, self.ranged) = (Scaling::none(), Scaling::none(), false);
    }

    /// Scales inputs by the range of the sensor instead of by the samples, from the next fit on.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a range without a width, [`Error::AlreadyFitted`] if there are samples; then
    /// nothing has changed.
    pub fn set_range(&mut self, low: &[T; D], high: &[T; D]) -> Result<(), Error> {
        if !self.is_empty() {
            return Err(Error::AlreadyFitted);
        }
        (self.inputs, self.ranged) = (Scaling::of_range(low, high)?, true);
        Ok(())
    }

    /// Learns n samples in place of all that is known: n rows of inputs, n labels, in whatever units they
    /// have.
    ///
    /// Scales them, then fits by [`Regression::fit_tuned`], with the pair of ridge and bias variance of
    /// largest marginal likelihood. Cost: as there, and an inverse diagonal of n^3/6 multiply-adds for the
    /// intervals. Uses N (D + 2 C + 5) numbers of stack.
    ///
    /// # Errors
    /// As [`Regression::fit`], and [`Error::NotFinite`] if a column's mean or deviation overflows; whatever
    /// the reason, nothing has changed.
    pub fn fit<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
    ) -> Result<Tuned<T>, Error> {
        let data = Dataset::new(x, y)?;
        self.model.check_shape(&data)?;
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
        let found = self.model.fit_tuned(x, Rows::new(y, Y::LEN)?, Criterion::MarginalLikelihood)?;
        (self.inputs, self.labels) = (inputs, labels);
        self.set_variances()?;
        Ok(found)
    }
}

impl<T, K, const D: usize, const N: usize, Y> Calibration<K, Fixed<T, D, N, Y>>
where
    T: Scalar,
    K: Kernel<T>,
    Y: Row<Scalar = T>,
{
    /// Learns one sample more, with the scaling and the settings of the last fit. Cost: that of
    /// [`Regression::push`] and n^3/6 multiply-adds for the intervals.
    ///
    /// # Errors
    /// As [`Regression::push`]; then nothing has changed.
    pub fn push(&mut self, x: &[T; D], y: Y, when_full: WhenFull) -> Result<Option<usize>, Error> {
        let dropped = self.model.push(&self.inputs.apply(x), self.labels.apply(&y), when_full)?;
        self.set_variances()?;
        Ok(dropped)
    }

    /// Forgets sample i. Cost: that of [`Regression::remove`] and n^3/6 multiply-adds.
    ///
    /// # Errors
    /// As [`Regression::remove`]; then nothing has changed.
    pub fn remove(&mut self, i: usize) -> Result<(), Error> {
        self.model.remove(i)?;
        if self.is_empty() { Ok(()) } else { self.set_variances() }
    }

    /// Forgets sample i and learns another, which is then the youngest. Cost: that of [`Regression::replace`]
    /// and n^3/6 multiply-adds.
    ///
    /// # Errors
    /// As [`Regression::replace`]; then nothing has changed.
    pub fn replace(&mut self, i: usize, x: &[T; D], y: Y) -> Result<(), Error> {
        self.model.replace(i, &self.inputs.apply(x), self.labels.apply(&y))?;
        self.set_variances()
    }

    /// Sample i, by age, in its own units, to a rounding.
    #[must_use]
    pub fn sample(&self, i: usize) -> Option<([T; D], Y)> {
        let (x, y) = self.model.sample(i)?;
        Some((self.inputs.undo(&x), self.labels.undo(&y)))
    }
}
