//! A model that learns and forgets in place, sample by sample.

use super::change::{Sample, Settings, change};
use super::fit::check_ridge;
use super::refit::refactorize;
use super::storage::{AsLabels, Memory, Noise, PerSample, Scratch, StorageMut, View};
use super::{ArrayStorage, Regression, Row, check_noise};
use crate::cholesky::Factor;
use crate::error::check_len;
use crate::slices::{first, first_mut, row, row_mut};
use crate::vector::copy;
use crate::{Error, Kernel, Rows, Scalar};

/// What to do with a new sample when all N places are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// Refuse it with [`Error::Capacity`].
    Refuse,
    /// Drop the sample that came first: a sliding window.
    DropOldest,
    /// Drop the sample of which the others know most: the one with the smallest [`Regression::novelty_of`].
    ///
    /// Only for what stands still. It looks at inputs, not at age: under drift it keeps old samples that are
    /// far from others and drops new ones, so means go wrong and intervals miss, and nothing says so. Take
    /// [`Self::DropOldest`] there, or a [`crate::Stream`], which forgets.
    DropRedundant,
}

/// What a change costs: n^2 is the square of the number of samples, c the number of outputs. None of them
/// uses more than N (C + 4) numbers of stack. If a change is refused, for whatever reason, not one bit of
/// what the model knows is different.
///
/// Samples are numbered in the order of their arrival, 0 the oldest; where one leaves, those after it move
/// up.
///
/// Pushing gives the same bits as fitting all samples at once. Removing a sample costs rounding errors in
/// pairs of samples that both came after it. It was in the model when they came, so that this happens to a
/// pair fewer than N times, however long the history: R^T R stays within 2 N [`Scalar::EPSILON`] of K + ridge
/// I relative to the diagonal, and the answers within that times the condition number of those of a fresh
/// fit. No refresh is needed; [`Regression::refresh`] gives the bits of a fresh fit where they are wanted.
impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Adds a sample: its input and its labels. It has no noise but the ridge's; see
    /// [`Regression::push_with_noise`].
    ///
    /// Returns the index of the sample dropped to make room, if any. Cost: n kernel values, (1 + c) n^2
    /// multiply-adds, with a sample to drop (5 + c) n^2; [`WhenFull::DropRedundant`] adds n^3/6 to find it.
    ///
    /// # Errors
    /// [`Error::Capacity`] if the model is full and `when_full` is [`WhenFull::Refuse`]; [`Error::Shape`] for
    /// another number of inputs or labels; [`Error::NotFinite`] for a NaN or infinity, or if the kernel or
    /// the coefficients overflow; [`Error::Coincident`] with a sample that is the same to the kernel while
    /// the ridge is 0 (the new sample's number being n); [`Error::RidgeTooSmall`] for a ridge that rounding
    /// would swallow; [`Error::NotPositiveDefinite`] if the new sample depends on the others to rounding.
    pub fn push(
        &mut self,
        x: &M::Sample,
        y: M::Label<'_>,
        when_full: WhenFull,
    ) -> Result<Option<usize>, Error> {
        self.push_any((x.as_ref(), y.labels(), M::Noise::zero()), when_full)
    }

    fn push_any(
        &mut self,
        sample: Sample<'_, M::Scalar, M::Noise>,
        when_full: WhenFull,
    ) -> Result<Option<usize>, Error> {
        let [_, capacity, _] = self.storage.shape();
        let leave = match when_full {
            _ if self.len < capacity => None,
            WhenFull::Refuse => None, // and there is no room
            WhenFull::DropOldest => Some(0),
            WhenFull::DropRedundant => Some(self.most_redundant()?),
        };
        self.change(leave, Some(sample))?;
        Ok(leave)
    }

    /// Removes sample i. Cost: (3 + c) n^2 multiply-adds at most, the fewer the later the sample came.
    ///
    /// # Errors
    /// [`Error::OutOfBounds`] if there is no such sample, [`Error::NotFinite`] if the coefficients overflow
    /// without it.
    pub fn remove(&mut self, i: usize) -> Result<(), Error> {
        self.change(Some(i), None)
    }

    /// Removes sample i and adds another, which is then the youngest. Cost: n kernel values and (5 + c) n^2
    /// multiply-adds.
    ///
    /// # Errors
    /// As [`Regression::remove`] and [`Regression::push`].
    pub fn replace(&mut self, i: usize, x: &M::Sample, y: M::Label<'_>) -> Result<(), Error> {
        self.change(Some(i), Some((x.as_ref(), y.labels(), M::Noise::zero())))
    }

    /// Sets the ridge and factors again. Cost: n^2/2 kernel values and n^3/6 + 2 c n^2 multiply-adds.
    ///
    /// Before the first sample this only sets the ridge that [`Regression::push`] works with.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a ridge that is negative or not finite; [`Error::RidgeTooSmall`],
    /// [`Error::Coincident`], [`Error::NotPositiveDefinite`], [`Error::NotFinite`] as for a fit. Then not one
    /// bit of the model is different.
    pub fn set_ridge(&mut self, ridge: T) -> Result<(), Error> {
        check_ridge(ridge)?;
        let (n, kernel, amplitude) = (self.len, &self.kernel, self.amplitude);
        self.storage.with_work(|memory, work| refactorize(kernel, ridge, amplitude, n, memory, work))?;
        self.ridge = ridge;
        Ok(())
    }

    /// Factors again: the same bits as fitting all samples at once. Cost: as [`Regression::set_ridge`].
    ///
    /// # Errors
    /// [`Error::NotPositiveDefinite`] if rounding errors of removals have kept a factorisation alive that has
    /// none: the model is then as it was.
    pub fn refresh(&mut self) -> Result<(), Error> {
        self.set_ridge(self.ridge)
    }

    /// Refines the coefficients with residuals in twice the precision: all digits that they can hold for the
    /// K that is stored.
    ///
    /// Returns the last correction relative to the largest coefficient, the worst of all outputs. Lasts until
    /// the next change. Cost: up to four rounds of 26 n^2 operations for each output; see
    /// [`crate::cholesky::Factor::refine`].
    ///
    /// # Errors
    /// [`Error::NotFinite`] if a correction overflows; then no coefficient has changed.
    pub fn refine(&mut self) -> Result<T, Error> {
        let (n, ridge) = (self.len, self.ridge);
        self.storage.with_scratch(|memory, scratch| {
            let Memory { matrix, stride, reciprocals, labels, coefficients, amplitudes, .. } = memory;
            let Scratch { vectors: [work, ..], coefficients: refined } = scratch;
            let (factor, mut worst) = (Factor::of_parts(matrix, stride, first(reciprocals, n)), T::ZERO);
            copy(refined, coefficients);
            for output in 0..amplitudes.len() {
                let (y, a) = (row(labels, stride, output, n), row_mut(refined, stride, output, n));
                let last = factor.refine(ridge, y, a, first_mut(work, n))?;
                worst = if last > worst { last } else { worst };
            }
            copy(coefficients, refined);
            Ok(worst)
        })
    }

    /// How far removals have taken the factorisation from K: the largest |(R^T R)_jj / (K_jj + ridge) - 1|.
    ///
    /// A few [`Scalar::EPSILON`] after a fit. Cost: n^2/2 multiply-adds.
    #[must_use]
    pub fn drift(&self) -> T {
        let (factor, mut worst) = (self.factor(), T::ZERO);
        for (j, &reciprocal) in factor.reciprocals().iter().enumerate() {
            let above = (0..j).filter_map(|i| factor.row(i).get(j - i - 1));
            let pivot = T::ONE / reciprocal;
            let sum = above.fold(T::ZERO, |sum, &r| sum + r * r) + pivot * pivot;
            let diagonal = factor.original(j, j).map_or(T::ONE, |k| k + self.ridge);
            let off = (sum / diagonal - T::ONE).abs();
            worst = if off > worst { off } else { worst };
        }
        worst
    }

    /// The factorisation R^T R = K + ridge I of the samples.
    #[must_use]
    pub fn factor(&self) -> Factor<'_, T> {
        self.storage.factor(self.len)
    }

    /// The first sample of least novelty.
    fn most_redundant(&mut self) -> Result<usize, Error> {
        let (n, ridge) = (self.len, self.ridge);
        self.storage.with_work(|memory, work| {
            let factor = Factor::of_parts(memory.matrix, memory.stride, first(memory.reciprocals, n));
            let work = first_mut(work, n);
            let (mut least, mut found) = (None, 0);
            for i in 0..n {
                factor.forward_unit(i, work)?;
                let own = factor.original(i, i).unwrap_or(T::NAN) + ridge;
                let novelty = T::ONE / (crate::vector::dot(work, work) * own);
                let novelty = if novelty < T::ONE { novelty } else { T::ONE };
                if least.is_none_or(|least| novelty < least) {
                    (least, found) = (Some(novelty), i);
                }
            }
            Ok(found)
        })
    }

    fn change(&mut self, leave: Option<usize>, join: Option<Sample<'_, T, M::Noise>>) -> Result<(), Error> {
        if let Some((x, y, _)) = join {
            let [d, _, c] = self.storage.shape();
            check_len("number of inputs", d, x.len())?;
            check_len("number of outputs", c, y.len())?;
        }
        let (n, kernel, ridge, amplitude) = (self.len, &self.kernel, self.ridge, self.amplitude);
        let settings = Settings { kernel, ridge, amplitude };
        self.len =
            self.storage.with_scratch(|memory, scratch| change(settings, n, memory, leave, join, scratch))?;
        Ok(())
    }
}

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T> + ArrayStorage> Regression<K, M> {
    /// Sample i, by age: its input and its labels.
    #[must_use]
    pub fn sample(&self, i: usize) -> Option<(M::Input, M::Output)> {
        let (mut x, mut y) = (M::Input::ZEROS, M::Output::ZEROS);
        let view = self.storage.view(self.len);
        for (output, label) in y.as_mut_slice().iter_mut().enumerate() {
            (*label, _) = view.label_and_coefficient(output, i)?;
        }
        copy(x.as_mut_slice(), Rows::new(self.storage.samples(self.len), M::Input::LEN).ok()?.row(i));
        Some((x, y))
    }
}

/// Single samples with noise of their own. What the deviations are divided by stays that of the last fit, see
/// [`PerSample`]; in a model that has never been fitted it is the given amplitude, or 1.
impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T, Noise = PerSample>> Regression<K, M> {
    /// [`Regression::push`] with the standard deviation of the sample's own noise, in units of y.
    ///
    /// # Errors
    /// As there, and [`Error::NotFinite`] or [`Error::OutOfRange`] for a deviation that is not finite or
    /// negative.
    pub fn push_with_noise(
        &mut self,
        x: &M::Sample,
        y: M::Label<'_>,
        noise: T,
        when_full: WhenFull,
    ) -> Result<Option<usize>, Error> {
        check_noise(&[noise], 1)?;
        self.push_any((x.as_ref(), y.labels(), noise), when_full)
    }

    /// [`Regression::replace`] with the standard deviation of the new sample's own noise, in units of y.
    ///
    /// # Errors
    /// As there, and those of [`Regression::push_with_noise`].
    pub fn replace_with_noise(
        &mut self,
        i: usize,
        x: &M::Sample,
        y: M::Label<'_>,
        noise: T,
    ) -> Result<(), Error> {
        check_noise(&[noise], 1)?;
        self.change(Some(i), Some((x.as_ref(), y.labels(), noise)))
    }
}
