//! Scaling of inputs and labels inside the model, so that units do not matter.

use super::{Labels, Prediction, Regression, WhenFull, first};
use crate::{Dataset, Error, Kernel, Rows, Scalar};

/// Shift and scale of each column: stored value = (value - shift) / scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling<T, const D: usize> {
    pub(super) shift: [T; D],
    pub(super) scale: [T; D],
}

impl<T: Scalar, const D: usize> Scaling<T, D> {
    /// Leaves numbers as they are.
    #[must_use]
    pub const fn none() -> Self {
        Self { shift: [T::ZERO; D], scale: [T::ONE; D] }
    }

    /// Columns to mean 0 and standard deviation 1. A constant column, one whose deviation is rounding noise, has no scale: it
    /// stays as it is (a column of ones is a bias), or is shifted to 0 if `shift_constants`.
    ///
    /// # Errors
    /// [`Error::Shape`] for rows of another length, [`Error::NotFinite`] if a mean or deviation overflows.
    pub fn of(rows: Rows<'_, T>, shift_constants: bool) -> Result<Self, Error> {
        crate::error::check_len("columns to scale", D, rows.columns())?;
        let n = T::from_usize(rows.len().max(1));
        let mut scaling = Self::none();
        for (column, (shift, scale)) in scaling.shift.iter_mut().zip(&mut scaling.scale).enumerate() {
            let values = || rows.iter().filter_map(|row| row.get(column).copied());
            let mean = values().fold(T::ZERO, |sum, v| sum + v) / n;
            let deviation = (values().fold(T::ZERO, |sum, v| sum + (v - mean) * (v - mean)) / n).sqrt();
            let largest = values().fold(T::ZERO, |most, v| if v.abs() > most { v.abs() } else { most });
            if !(mean.is_finite() && deviation.is_finite()) {
                return Err(Error::NotFinite { what: "deviation", row: 0, column });
            }
            if deviation > T::from_f64(64.0) * T::EPSILON * largest {
                (*shift, *scale) = (mean, deviation);
            } else if shift_constants {
                *shift = mean;
            }
        }
        Ok(scaling)
    }

    /// A row scaled.
    #[must_use]
    pub fn apply(&self, row: &[T; D]) -> [T; D] {
        let mut scaled = *row;
        for ((v, &shift), &scale) in scaled.iter_mut().zip(&self.shift).zip(&self.scale) {
            *v = (*v - shift) / scale;
        }
        scaled
    }

    /// A row in its own units again.
    #[must_use]
    pub fn undo(&self, row: &[T; D]) -> [T; D] {
        let mut own = *row;
        for ((v, &shift), &scale) in own.iter_mut().zip(&self.shift).zip(&self.scale) {
            *v = *v * scale + shift;
        }
        own
    }

    /// A standard deviation of scaled numbers in the units of each column.
    #[must_use]
    pub fn undo_deviation(&self, deviation: T) -> [T; D] {
        self.scale.map(|scale| scale * deviation)
    }
}

/// A prediction in the labels' own units, where each output has its own.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ScaledPrediction<T, const C: usize> {
    /// The mean of each output.
    pub mean: [T; C],
    /// Standard deviation of the latent function, output by output.
    pub deviation: [T; C],
    /// Standard deviation of a new observation, output by output.
    pub observation_deviation: [T; C],
    /// As in [`Prediction`]: 0 known, 1 never seen.
    pub novelty: T,
}

/// What undoing the scaling may have taken out of range.
pub(super) fn finite<T: Scalar, const C: usize>(values: [T; C]) -> Result<[T; C], Error> {
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(values),
        Some(column) => Err(Error::NotFinite { what: "prediction", row: 0, column }),
    }
}

/// [`Regression`] on scaled inputs and labels; the ridge is relative to labels of variance 1.
///
/// [`ScaledRegression::fit`] chooses the scaling; samples that come later are scaled in the same way, so that nothing already learned
/// changes. Memory: that of the model and 2 (D + C) numbers. `new` is `const`.
#[derive(Clone, Debug)]
pub struct ScaledRegression<T, K, const D: usize, const N: usize, const C: usize = 1> {
    pub(super) model: Regression<T, K, D, N, C>,
    pub(super) inputs: Scaling<T, D>,
    pub(super) labels: Scaling<T, C>,
}

impl<T: Scalar, K: Kernel<T>, const D: usize, const N: usize, const C: usize>
    ScaledRegression<T, K, D, N, C>
{
    /// An empty model that does not scale.
    pub const fn new(kernel: K) -> Self {
        Self { model: Regression::new(kernel), inputs: Scaling::none(), labels: Scaling::none() }
    }

    /// Chooses the scaling and fits, as [`Regression::fit`]. Uses N (D + C + 1) numbers of stack.
    ///
    /// # Errors
    /// As [`Regression::fit`], and [`Error::NotFinite`] if a column's deviation overflows; whatever the reason, nothing has changed.
    pub fn fit(&mut self, data: &Dataset<'_, T>, ridge: T) -> Result<(), Error> {
        let n = data.len();
        if n > N {
            return Err(Error::Capacity { capacity: N, found: n });
        }
        let (inputs, labels) = (Scaling::of(data.x(), false)?, Scaling::of(data.y(), true)?);
        let (mut x, mut y) = ([[T::ZERO; D]; N], [[T::ZERO; C]; N]);
        for (scaled, row) in x.iter_mut().zip(data.x().iter()) {
            *scaled = row.first_chunk().map_or(*scaled, |row| inputs.apply(row));
        }
        for (scaled, row) in y.iter_mut().zip(data.y().iter()) {
            *scaled = row.first_chunk().map_or(*scaled, |row| labels.apply(row));
        }
        self.model.fit_beside(&Dataset::new(first(&x, n), first(&y, n))?, ridge, Labels::AsGiven)?;
        (self.inputs, self.labels) = (inputs, labels);
        Ok(())
    }

    /// As [`Regression::push`], with the scaling of the last fit.
    ///
    /// # Errors
    /// As [`Regression::push`].
    pub fn push(&mut self, x: &[T; D], y: &[T; C], when_full: WhenFull) -> Result<Option<usize>, Error> {
        self.model.push(&self.inputs.apply(x), &self.labels.apply(y), when_full)
    }

    /// The mean in the labels' units.
    ///
    /// # Errors
    /// As [`Regression::mean`]; a result that overflows in the labels' units is refused too.
    pub fn mean(&self, x: &[T; D]) -> Result<[T; C], Error> {
        finite(self.labels.undo(&self.model.mean(&self.inputs.apply(x))?))
    }

    /// Mean and uncertainties in the labels' units.
    ///
    /// # Errors
    /// As [`Regression::predict`]; a result that overflows in the labels' units is refused too.
    pub fn predict(&self, x: &[T; D]) -> Result<ScaledPrediction<T, C>, Error> {
        let Prediction { mean, deviation, observation_deviation, novelty } =
            self.model.predict(&self.inputs.apply(x))?;
        Ok(ScaledPrediction {
            mean: finite(self.labels.undo(&mean))?,
            deviation: finite(self.labels.undo_deviation(deviation))?,
            observation_deviation: finite(self.labels.undo_deviation(observation_deviation))?,
            novelty,
        })
    }

    /// The model of the scaled numbers.
    #[must_use]
    pub fn model(&self) -> &Regression<T, K, D, N, C> {
        &self.model
    }

    /// The same, to remove samples or tune the ridge; what is pushed there must be scaled.
    pub fn model_mut(&mut self) -> &mut Regression<T, K, D, N, C> {
        &mut self.model
    }

    /// The scaling of inputs and labels.
    #[must_use]
    pub fn scaling(&self) -> (&Scaling<T, D>, &Scaling<T, C>) {
        (&self.inputs, &self.labels)
    }
}
