//! Fits and searches whose kernel matrix and factor are computed by the caller ([`Algebra`]).

use super::Regression;
use super::algebra::{Algebra, By, Engine};
use super::check_noise;
use super::fit::{check_ridge, prepare, set_labels, set_noise};
use super::grid::tune_grid;
use super::search::{Tuned, Variances, tune_variances, with_variances};
use super::storage::{Memory, Noise, PerSample, Scratch, StorageMut};
use super::tune::{Aim, Criterion, NO_CRITERION, tune_ridge};
use super::unit::solve_in_units;
use crate::kernel::VariableKernel;
use crate::slices::first_mut;
use crate::vector::copy;
use crate::{Dataset, Error, Kernel, Rows, Scalar};

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Fits an empty model like [`Regression::fit_empty`]; the caller does the work that grows with n^2 and
    /// n^3.
    ///
    /// Cost beside that of `algebra`: n^2/2 comparisons and c n^2 multiply-adds.
    ///
    /// ```
    /// use ntk_core::cholesky::{self, Factor};
    /// use ntk_core::regression::{Algebra, Fixed};
    /// use ntk_core::{Error, Ntk, Regression, Relu, Rows, kernel::gram, vector::dot};
    ///
    /// struct Plain;
    /// impl Algebra<f64, Ntk<Relu>> for Plain {
    ///     fn fill(
    ///         &mut self,
    ///         kernel: &Ntk<Relu>,
    ///         x: Rows<'_, f64>,
    ///         k: &mut [f64],
    ///         _stride: usize,
    ///     ) -> Result<(), Error> {
    ///         gram(kernel, x, k) // here with as many samples as there is room for
    ///     }
    ///     fn factor(
    ///         &mut self,
    ///         k: &mut [f64],
    ///         stride: usize,
    ///         ridge: f64,
    ///         r: &mut [f64],
    ///     ) -> Result<(), Error> {
    ///         cholesky::factor(k, stride, ridge, r)
    ///     }
    ///     fn precisions(&mut self, factor: Factor<'_, f64>, precisions: &mut [f64]) -> Result<(), Error> {
    ///         for (i, precision) in precisions.iter_mut().enumerate() {
    ///             let mut column = [0.0; 3];
    ///             column[i] = 1.0;
    ///             factor.forward(&mut column)?;
    ///             *precision = dot(&column, &column);
    ///         }
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [1.0, 2.0, 2.5]);
    /// let mut model: Regression<_, Fixed<f64, 2, 3>> = Regression::new(Ntk::new(Relu), Fixed::new());
    /// model.fit_empty_by(&x, &y, 0.0, &mut Plain)?;
    /// let mut other: Regression<_, Fixed<f64, 2, 3>> = Regression::new(Ntk::new(Relu), Fixed::new());
    /// other.fit(&x, &y, 0.0)?;
    /// assert_eq!(model.predict(&[0.3, 1.0])?, other.predict(&[0.3, 1.0])?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Regression::fit_empty`] and of `algebra`, and [`Error::NotFinite`] for an invalid factor.
    /// After an error the model is empty, unless it already had samples.
    #[doc(hidden)]
    pub fn fit_empty_by<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        ridge: T,
        algebra: &mut impl Algebra<T, K>,
    ) -> Result<(), Error> {
        self.fit_empty_data_by(&Dataset::new(x, y)?, M::Noise::nothing(), ridge, algebra)
    }

    fn fit_empty_data_by(
        &mut self,
        data: &Dataset<'_, T>,
        noise: <M::Noise as Noise>::Given<'_, T>,
        ridge: T,
        algebra: &mut impl Algebra<T, K>,
    ) -> Result<(), Error> {
        if !self.is_empty() {
            return Err(Error::AlreadyFitted);
        }
        self.check_shape(data)?;
        check_ridge(ridge)?;
        let (n, mut memory, engine) = (data.len(), self.storage.memory(), &mut By(algebra));
        copy(memory.x, data.x().values());
        prepare(&self.kernel, data.x(), memory.lengths);
        set_noise::<T, M::Noise>(noise, n, memory.noise);
        set_labels(data, &mut memory);
        engine.refill(&self.kernel, n, &mut memory)?;
        solve_in_units(engine, &self.kernel, ridge, n, self.amplitude, memory)?;
        (self.len, self.ridge) = (n, ridge);
        Ok(())
    }

    /// Returns [`Regression::criterion`]; the caller does the work that grows with n^3.
    ///
    /// # Errors
    /// Those of [`Regression::criterion`] and of `algebra`.
    #[doc(hidden)]
    pub fn criterion_by(
        &mut self,
        criterion: Criterion,
        algebra: &mut impl Algebra<T, K>,
    ) -> Result<T, Error> {
        let (n, amplitude) = (self.len, self.amplitude);
        if n == 0 {
            return Err(Error::NotFitted);
        }
        let loss = self.storage.with_work(|memory, work| {
            Engine::<T, K, M::Noise>::losses(
                &mut By(algebra),
                criterion,
                amplitude,
                n,
                &memory,
                first_mut(work, n),
            )
        })?;
        if loss.is_finite() { Ok(loss) } else { Err(NO_CRITERION) }
    }

    /// Chooses the ridge like [`Regression::tune_ridge`]; the caller does the work that grows with n^2 and
    /// n^3.
    ///
    /// # Errors
    /// Those of [`Regression::tune_ridge`] and of `algebra`; the model is then empty.
    #[doc(hidden)]
    pub fn tune_ridge_by(
        &mut self,
        criterion: Criterion,
        algebra: &mut impl Algebra<T, K>,
    ) -> Result<T, Error> {
        self.ridge = self.search_by(criterion, |kernel, aim, mut memory, work| {
            let engine = &mut By(algebra);
            engine.refill(kernel, aim.n, &mut memory)?;
            tune_ridge(engine, kernel, aim, memory, work)
        })?;
        Ok(self.ridge)
    }

    /// Runs a search in the memory of a model that is empty unless it ends well.
    fn search_by<R>(
        &mut self,
        criterion: Criterion,
        search: impl FnOnce(&K, Aim<T>, Memory<'_, T, M::Noise>, &mut [T]) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let (n, amplitude) = (core::mem::take(&mut self.len), self.amplitude);
        if n == 0 {
            return Err(Error::NotFitted);
        }
        let found = self.storage.with_scratch(|memory, scratch| {
            let Scratch { vectors: [work, ..], .. } = scratch;
            search(&self.kernel, Aim { criterion, amplitude, n }, memory, first_mut(work, n))
        })?;
        self.len = n;
        Ok(found)
    }
}

impl<T: Scalar, K: VariableKernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Runs the search of [`Regression::fit_tuned`] over the model's samples; the caller does the work that
    /// grows with n^2 and n^3.
    ///
    /// # Errors
    /// [`Error::NotFitted`] without samples; if no pair of settings makes the matrix factor, the reason of
    /// one; those of `algebra`. The model is then empty.
    #[doc(hidden)]
    pub fn tune_grid_by(
        &mut self,
        criterion: Criterion,
        algebra: &mut impl Algebra<T, K>,
    ) -> Result<Tuned<T>, Error> {
        let found = self.search_by(criterion, |kernel, aim, memory, work| {
            tune_grid(&mut By(algebra), kernel, aim, memory, work)
        })?;
        self.set(found)
    }

    /// Chooses ridge and variances like [`Regression::tune_variances`]; the caller does the work that grows
    /// with n^2 and n^3.
    ///
    /// # Errors
    /// Those of [`Regression::tune_variances`] and of `algebra`; the model is then empty.
    #[doc(hidden)]
    pub fn tune_variances_by(
        &mut self,
        criterion: Criterion,
        which: Variances,
        algebra: &mut impl Algebra<T, K>,
    ) -> Result<Tuned<T>, Error> {
        let found = self.search_by(criterion, |kernel, aim, memory, work| {
            tune_variances(&mut By(algebra), kernel, aim, which, memory, work)
        })?;
        self.set(found)
    }

    fn set(&mut self, found: Tuned<T>) -> Result<Tuned<T>, Error> {
        self.kernel = with_variances(&self.kernel, [found.weight_variance, found.bias_variance])?;
        self.ridge = found.ridge;
        Ok(found)
    }
}

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T, Noise = PerSample>> Regression<K, M> {
    /// Fits an empty model to samples with noise of their own, given by n standard deviations in units of y;
    /// see [`Regression::fit_empty_by`]. Cost: with an amplitude from the labels, about five factorisations.
    ///
    /// # Errors
    /// Those of [`Regression::fit_empty_by`] and [`Regression::fit_with_noise`].
    #[doc(hidden)]
    pub fn fit_empty_with_noise_by<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        noise: &[T],
        ridge: T,
        algebra: &mut impl Algebra<T, K>,
    ) -> Result<(), Error> {
        let data = Dataset::new(x, y)?;
        check_noise(noise, data.len())?;
        self.fit_empty_data_by(&data, noise, ridge, algebra)
    }
}
