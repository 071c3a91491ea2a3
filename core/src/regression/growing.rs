//! Adds, removes and replaces single samples of a model in place.

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
    /// Drop the sample that the others determine best: the one with the smallest [`Regression::novelty_of`].
    ///
    /// Use this only if the function does not change. The choice depends on the inputs, not on age: under
    /// drift the model keeps old samples that are far from others and drops new ones, so means and intervals
    /// become wrong without any sign of it. Under drift use [`Self::DropOldest`], or a [`crate::Stream`],
    /// which forgets.
    DropRedundant,
}

/// Changes of single samples. In the costs, n is the number of samples and c the number of outputs. No change
/// uses more than N (C + 4) numbers of stack. After an error the model is as it was, to the bit.
///
/// Samples are numbered in the order of their arrival, from 0 for the oldest. If one is removed, later ones
/// move up.
///
/// Pushing gives the same bits as fitting all samples at once. Removing a sample adds rounding errors to the
/// entries of pairs of samples that both came later. Because the removed sample was in the model when they
/// came, this happens to a pair fewer than N times, however long the history. So R^T R stays within 2 N
/// [`Scalar::EPSILON`] of K + ridge I relative to the diagonal, and predictions within that times the
/// condition number of those of a fresh fit. No refresh is needed; [`Regression::refresh`] restores the bits
/// of a fresh fit.
impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Adds a sample, given by its input and its labels. Its noise is that of the ridge; see also
    /// [`Regression::push_with_noise`].
    ///
    /// Returns the index of the sample dropped to make room, if any. Cost: n kernel values and (1 + c) n^2
    /// multiply-adds, or (5 + c) n^2 if a sample is dropped; [`WhenFull::DropRedundant`] adds n^3/6 to find
    /// it.
    ///
    /// # Errors
    /// [`Error::Capacity`] if the model is full and `when_full` is [`WhenFull::Refuse`]; [`Error::Shape`] for
    /// another number of inputs or labels; [`Error::NotFinite`] for a NaN or infinity, or if the kernel or
    /// the coefficients overflow; [`Error::Coincident`] if the kernel cannot distinguish the new sample,
    /// number n, from an old one while the ridge is 0; [`Error::RidgeTooSmall`] for a ridge lost in rounding;
    /// [`Error::NotPositiveDefinite`] if the new sample depends linearly on the others up to rounding.
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
            WhenFull::Refuse => None, // `change` returns the error
            WhenFull::DropOldest => Some(0),
            WhenFull::DropRedundant => Some(self.most_redundant()?),
        };
        self.change(leave, Some(sample))?;
        Ok(leave)
    }

    /// Removes sample i. Cost: at most (3 + c) n^2 multiply-adds; fewer for younger samples.
    ///
    /// # Errors
    /// [`Error::OutOfBounds`] if there is no such sample, [`Error::NotFinite`] if the coefficients overflow
    /// without it.
    pub fn remove(&mut self, i: usize) -> Result<(), Error> {
        self.change(Some(i), None)
    }

    /// Removes sample i and adds another, which becomes the youngest. Cost: n kernel values and (5 + c) n^2
    /// multiply-adds.
    ///
    /// # Errors
    /// Those of [`Regression::remove`] and [`Regression::push`].
    pub fn replace(&mut self, i: usize, x: &M::Sample, y: M::Label<'_>) -> Result<(), Error> {
        self.change(Some(i), Some((x.as_ref(), y.labels(), M::Noise::zero())))
    }

    /// Sets the ridge and factors again. Cost: n^2/2 kernel values and n^3/6 + 2 c n^2 multiply-adds.
    ///
    /// On an empty model this only sets the ridge for later calls of [`Regression::push`].
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a ridge that is negative or not finite; [`Error::RidgeTooSmall`],
    /// [`Error::Coincident`], [`Error::NotPositiveDefinite`], [`Error::NotFinite`] as for a fit. After an
    /// error the model is as it was, to the bit.
    pub fn set_ridge(&mut self, ridge: T) -> Result<(), Error> {
        check_ridge(ridge)?;
        let (n, kernel, amplitude) = (self.len, &self.kernel, self.amplitude);
        self.storage.with_work(|memory, work| refactorize(kernel, ridge, amplitude, n, memory, work))?;
        self.ridge = ridge;
        Ok(())
    }

    /// Factors again, which gives the bits of fitting all samples at once. Cost: that of
    /// [`Regression::set_ridge`].
    ///
    /// # Errors
    /// [`Error::NotPositiveDefinite`] if the matrix does not factor and only the rounding errors of removals
    /// gave it a factor. The model is then as it was.
    pub fn refresh(&mut self) -> Result<(), Error> {
        self.set_ridge(self.ridge)
    }

    /// Refines the coefficients with residuals in twice the precision, so that they are accurate to the last
    /// digit for the stored K.
    ///
    /// Returns the last correction relative to the largest coefficient, for the worst output. The next change
    /// of the model discards the refinement. Cost: up to four rounds of 26 n^2 operations for each output;
    /// see [`crate::cholesky::Factor::refine`].
    ///
    /// # Errors
    /// [`Error::NotFinite`] if a correction overflows; no coefficient has changed then.
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

    /// Returns the error that removals have added to the factorisation: the largest |(R^T R)_jj / (K_jj +
    /// ridge) - 1|.
    ///
    /// After a fit it is a few [`Scalar::EPSILON`]. Cost: n^2/2 multiply-adds.
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

    /// Returns the factorisation R^T R = K + ridge I of the samples.
    #[must_use]
    pub fn factor(&self) -> Factor<'_, T> {
        self.storage.factor(self.len)
    }

    /// Returns the first sample of least novelty.
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
    /// Returns the input and the labels of sample i, numbered from the oldest.
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

/// Changes of single samples with noise of their own. The unit of the deviations stays that of the last fit;
/// see [`PerSample`]. In a model that was never fitted it is the given amplitude, or 1.
impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T, Noise = PerSample>> Regression<K, M> {
    /// Adds a sample whose own noise has this standard deviation, in units of y; see [`Regression::push`].
    ///
    /// # Errors
    /// Those of [`Regression::push`], and [`Error::NotFinite`] or [`Error::OutOfRange`] if `noise` is not
    /// finite or negative.
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

    /// Replaces sample i by one whose own noise has this standard deviation, in units of y; see
    /// [`Regression::replace`].
    ///
    /// # Errors
    /// Those of [`Regression::replace`] and [`Regression::push_with_noise`].
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
