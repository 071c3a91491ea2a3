//! A model that learns and forgets in place, sample by sample.

use super::change::{Scratch, change};
use super::fit::check_ridge;
use super::refit::refactor;
use super::{Labels, Regression, first, first_mut};
use crate::cholesky::Factor;
use crate::{Dataset, Error, Kernel, Scalar};

/// What to do with a new sample when all N places are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// Refuse it with [`Error::Capacity`].
    Refuse,
    /// Drop the sample that came first: a sliding window.
    DropOldest,
    /// Drop the sample of which the others know most: the one with the smallest [`Regression::novelty_of`].
    DropRedundant,
}

/// What a change costs: n^2 is the square of the number of samples, c the number of outputs. None of them uses more than N (C + 4)
/// numbers of stack. If a change is refused, for whatever reason, not one bit of what the model knows is different.
///
/// Samples are numbered in the order of their arrival, 0 the oldest; where one leaves, those after it move up.
///
/// Pushing gives the same bits as fitting all samples at once. Removing a sample costs rounding errors in pairs of samples that
/// both came after it. It was in the model when they came, so that this happens to a pair fewer than N times, however long the
/// history: R^T R stays within 2 N [`Scalar::EPSILON`] of K + ridge I relative to the diagonal, and the answers within that
/// times the condition number of those of a fresh fit. No refresh is needed; [`Regression::refresh`] gives the bits of a
/// fresh fit where they are wanted.
impl<T: Scalar, K: Kernel<T>, const D: usize, const N: usize, const C: usize> Regression<T, K, D, N, C> {
    /// Adds a sample: its input, and what the kernel is to explain there (with corrected labels, y - f(w0; x)).
    ///
    /// Returns the number that the sample had which was dropped for it. Cost: n kernel values, (1 + c) n^2 multiply-adds, with
    /// a sample to drop (5 + c) n^2; [`WhenFull::DropRedundant`] adds n^3/6 to find it.
    ///
    /// # Errors
    /// [`Error::Capacity`] if the model is full and `when_full` is [`WhenFull::Refuse`]; [`Error::NotFinite`] for a NaN or infinity, or if
    /// the kernel or the coefficients overflow; [`Error::Coincident`] with a sample that is the same to the kernel while the
    /// ridge is 0 (the new sample's number being n); [`Error::NotPositiveDefinite`] if the new sample depends on the others to
    /// rounding.
    pub fn push(&mut self, x: &[T; D], y: &[T; C], when_full: WhenFull) -> Result<Option<usize>, Error> {
        let leave = match when_full {
            _ if self.len < N => None,
            WhenFull::Refuse => None, // and there is no room
            WhenFull::DropOldest => Some(0),
            WhenFull::DropRedundant => Some(self.most_redundant()?),
        };
        self.change(leave, Some((x, y)))?;
        Ok(leave)
    }

    /// Removes sample i. Cost: (3 + c) n^2 multiply-adds at most, the fewer the later the sample came.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there is no such sample, [`Error::NotFinite`] if the coefficients overflow without it.
    pub fn remove(&mut self, i: usize) -> Result<(), Error> {
        self.change(Some(i), None)
    }

    /// Removes sample i and adds another, which is then the youngest. Cost: n kernel values and (5 + c) n^2 multiply-adds.
    ///
    /// # Errors
    /// As [`Regression::remove`] and [`Regression::push`].
    pub fn replace(&mut self, i: usize, x: &[T; D], y: &[T; C]) -> Result<(), Error> {
        self.change(Some(i), Some((x, y)))
    }

    /// Sets the ridge and factors again. Cost: n^2/2 kernel values and n^3/6 + 2 c n^2 multiply-adds.
    ///
    /// Before the first sample this only sets the ridge that [`Regression::push`] works with.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a ridge that is negative or not finite; [`Error::Coincident`], [`Error::NotPositiveDefinite`],
    /// [`Error::NotFinite`] as for a fit. Then not one bit of the model is different.
    pub fn set_ridge(&mut self, ridge: T) -> Result<(), Error> {
        check_ridge(ridge)?;
        let (n, mut work) = (self.len, [T::ZERO; N]);
        let (kernel, memory) = self.memory();
        refactor(kernel, ridge, n, memory, &mut work)?;
        self.ridge = ridge;
        Ok(())
    }

    /// Factors again: the same bits as fitting all samples at once. Cost: as [`Regression::set_ridge`].
    ///
    /// # Errors
    /// [`Error::NotPositiveDefinite`] if rounding errors of removals have kept a factorisation alive that has none: the model is
    /// then as it was.
    pub fn refresh(&mut self) -> Result<(), Error> {
        self.set_ridge(self.ridge)
    }

    /// Fits, and where the matrix does not factor adds to the ridge what it takes: 1, 10, 100, ... times [`Scalar::EPSILON`] of the
    /// mean diagonal of K, at most `rungs` times. Returns what was added, 0 if nothing; [`Regression::ridge`] is then the sum.
    ///
    /// This is a rescue and changes the question; [`Regression::fit`] never does it. Cost: that of a fit for each rung.
    ///
    /// # Errors
    /// As [`Regression::fit`], if the last rung fails too; what the model knew is then there as before.
    pub fn fit_with_jitter(
        &mut self,
        data: &Dataset<'_, T>,
        ridge: T,
        labels: Labels<'_, T>,
        rungs: u32,
    ) -> Result<T, Error> {
        let mut result = self.fit(data, ridge, labels);
        let mut jitter = T::ZERO;
        for rung in 0..rungs {
            if !matches!(result, Err(Error::NotPositiveDefinite { .. } | Error::Coincident { .. })) {
                break;
            }
            if rung == 0 {
                let diagonal = data.x().iter().map(|x| self.kernel.diagonal(&self.kernel.prepare(x)));
                let sum = diagonal.fold(T::ZERO, |sum, k| sum + k);
                jitter = T::EPSILON * (sum / T::from_usize(data.len()));
            } else {
                jitter *= T::from_f64(10.0);
            }
            result = self.fit(data, ridge + jitter, labels);
        }
        result.map(|()| jitter)
    }

    /// Refines the coefficients with residuals in twice the precision: all digits that they can hold for the K that is stored.
    ///
    /// Returns the last correction relative to the largest coefficient, the worst of all outputs. Lasts until the next change.
    /// Cost: up to four rounds of 26 n^2 operations for each output; see [`crate::cholesky::Factor::refine`].
    ///
    /// # Errors
    /// [`Error::NotFinite`] if a correction overflows.
    pub fn refine(&mut self) -> Result<T, Error> {
        let (n, mut work, mut worst) = (self.len, [T::ZERO; N], T::ZERO);
        let factor = Factor::new(self.matrix.as_flattened(), N, first(&self.inverse, n))?;
        let mut refined = self.coefficients;
        for (labels, coefficients) in self.labels.iter().zip(&mut refined) {
            let coefficients = first_mut(coefficients, n);
            let last = factor.refine(self.ridge, first(labels, n), coefficients, first_mut(&mut work, n))?;
            worst = if last > worst { last } else { worst };
        }
        self.coefficients = refined;
        Ok(worst)
    }

    /// How far removals have taken the factorisation from K: the largest |(R^T R)_jj / (K_jj + ridge) - 1|.
    ///
    /// A few [`Scalar::EPSILON`] after a fit. Cost: n^2/2 multiply-adds.
    #[must_use]
    pub fn drift(&self) -> T {
        let mut worst = T::ZERO;
        for (j, &inverse) in first(&self.inverse, self.len).iter().enumerate() {
            let above = self.matrix.iter().take(j).filter_map(|row| row.get(j));
            let pivot = T::ONE / inverse;
            let sum = above.fold(T::ZERO, |sum, &r| sum + r * r) + pivot * pivot;
            let diagonal = self.matrix.get(j).and_then(|row| row.get(j)).map_or(T::ONE, |&k| k + self.ridge);
            let off = (sum / diagonal - T::ONE).abs();
            worst = if off > worst { off } else { worst };
        }
        worst
    }

    /// What sample i adds to the others: its leave-one-out variance over its prior one, 1 / (C_ii (K_ii + ridge)) with
    /// C = (K + ridge I)^-1, between 0 (they give it away) and 1 (they know nothing of it). Cost: (n - i)^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::NoSuch`] if there is no such sample.
    pub fn novelty_of(&self, i: usize) -> Result<T, Error> {
        let mut work = [T::ZERO; N];
        self.fitted()?.novelty_of(i, first_mut(&mut work, self.len))
    }

    /// The first sample of least novelty.
    fn most_redundant(&self) -> Result<usize, Error> {
        let (mut least, mut found) = (self.novelty_of(0)?, 0);
        for i in 1..self.len {
            let novelty = self.novelty_of(i)?;
            if novelty < least {
                (least, found) = (novelty, i);
            }
        }
        Ok(found)
    }

    fn change(&mut self, leave: Option<usize>, join: Option<(&[T; D], &[T; C])>) -> Result<(), Error> {
        let (mut vectors, mut coefficients) = ([[T::ZERO; N]; 4], [[T::ZERO; N]; C]);
        let scratch = Scratch {
            vectors: vectors.each_mut().map(|vector| vector.as_mut_slice()),
            coefficients: coefficients.as_flattened_mut(),
        };
        let join = join.map(|(x, y)| (x.as_slice(), y.as_slice()));
        let (n, ridge) = (self.len, self.ridge);
        let (kernel, memory) = self.memory();
        self.len = change(kernel, ridge, n, memory, leave, join, scratch)?;
        Ok(())
    }

    /// The ridge.
    #[must_use]
    pub fn ridge(&self) -> T {
        self.ridge
    }

    /// Sample i, by age: its input, and its labels as they were fitted.
    #[must_use]
    pub fn sample(&self, i: usize) -> Option<(&[T; D], [T; C])> {
        let x = first(&self.x, self.len).get(i)?;
        Some((x, self.labels.each_ref().map(|row| row.get(i).copied().unwrap_or(T::ZERO))))
    }
}
