//! A bias variance and a ridge from a few of each, the default of a calibration.

use super::algebra::{Engine, Own};
use super::refit::refit;
use super::search::Tuned;
use super::storage::{Memory, Noise, PerSample, Scratch, StorageMut};
use super::tune::{Aim, Criterion, NO_CRITERION};
use super::unit::{mean_own, solve_in_units};
use super::{Regression, check_noise};
use crate::kernel::VariableKernel;
use crate::slices::first_mut;
use crate::{Dataset, Error, Rows, Scalar};

/// Variances of the biases that [`Regression::fit_tuned`] tries; the figures behind it are in
/// `docs/defaults.md`. Each is converted by itself, when compiled: in a loop `f32` would need double
/// precision on the device.
#[must_use]
#[doc(hidden)]
pub fn bias_variances<T: Scalar>() -> [T; 3] {
    [T::from_f64(4.0), T::from_f64(0.25), T::from_f64(1.0 / 64.0)]
}

/// Ridges that [`Regression::fit_tuned`] tries with each, in units of the mean diagonal of K. Smaller ones do
/// not factor in `f32`.
pub(super) fn ridges<T: Scalar>() -> [T; 7] {
    let [a, b, c] = [T::from_f64(1e-1), T::from_f64(1e-2), T::from_f64(1e-3)];
    [T::ONE, a, b, c, T::from_f64(1e-4), T::from_f64(1e-5), T::from_f64(1e-6)]
}

/// Returns whether a loss is below the least so far. Every number is below NaN, and NaN is below nothing.
fn less<T: Scalar>(loss: T, least: T) -> bool {
    loss < least || (least.partial_cmp(&least).is_none() && loss.partial_cmp(&loss).is_some())
}

impl<T: Scalar, K: VariableKernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Fits n samples, which replace all earlier ones, with the bias variance and the ridge that are best by
    /// a criterion.
    ///
    /// The search tries 7 ridges from 1e-6 to 1 of the mean diagonal of K with each of the bias variances
    /// 1/64, 1/4 and 4, and skips pairs with which the matrix does not factor. It is meant for inputs and
    /// labels of mean 0 and standard deviation 1, as in [`crate::Calibration`]. If the labels are only noise,
    /// the likelihood is largest at the largest ridge, so a result with that ridge means that the inputs
    /// explain little. Cost: 24 factorisations and solves of n^3/6 + c n^2 multiply-adds each, for the
    /// leave-one-out criteria twice that, and 3 n^2 kernel values.
    ///
    /// # Errors
    /// Those of [`Regression::fit`]. After an error the model is as it was, to the bit.
    pub fn fit_tuned<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        criterion: Criterion,
    ) -> Result<Tuned<T>, Error> {
        self.fit_tuned_data(&Dataset::new(x, y)?, M::Noise::nothing(), criterion)
    }

    pub(crate) fn fit_tuned_data(
        &mut self,
        data: &Dataset<'_, T>,
        noise: <M::Noise as Noise>::Given<'_, T>,
        criterion: Criterion,
    ) -> Result<Tuned<T>, Error> {
        self.fit_most_regular(data, noise)?;
        self.tune_grid(criterion)
    }

    /// Fits with the first pair that is tried, the largest bias variance and the largest ridge. The search
    /// succeeds if and only if this fit does.
    fn fit_most_regular(
        &mut self,
        data: &Dataset<'_, T>,
        noise: <M::Noise as Noise>::Given<'_, T>,
    ) -> Result<(), Error> {
        self.check_shape(data)?;
        let ([b, ..], [ridge, ..]) = (bias_variances::<T>(), ridges::<T>());
        let kernel = self.kernel.with_architecture(self.kernel.architecture().bias(b));
        let diagonal = data.x().iter().map(|x| kernel.diagonal(&kernel.prepare(x)));
        let mean = diagonal.fold(T::ZERO, |sum, k| sum + k) / T::from_usize(data.len());
        let ridge = ridge * mean;
        let (own, amplitude, old) = (&self.kernel, self.amplitude, self.len);
        self.storage.with_work(|memory, work| {
            refit([own, &kernel], (data, noise), ridge, amplitude, memory, old, work)
        })?;
        (self.kernel, self.ridge, self.len) = (kernel, ridge, data.len());
        Ok(())
    }

    /// Runs the search, after [`Self::fit_most_regular`].
    fn tune_grid(&mut self, criterion: Criterion) -> Result<Tuned<T>, Error> {
        let (n, amplitude, kernel) = (self.len, self.amplitude, &self.kernel);
        let found = self.storage.with_scratch(|memory, scratch| {
            let Scratch { vectors: [work, ..], .. } = scratch;
            tune_grid(&mut Own, kernel, Aim { criterion, amplitude, n }, memory, first_mut(work, n))
        })?;
        self.kernel = self.kernel.with_architecture(kernel.architecture().bias(found.bias_variance));
        self.ridge = found.ridge;
        Ok(found)
    }
}

/// Tries all pairs, and fits with the best.
///
/// # Errors
/// The error of the last pair if the matrix factors with none. The contents of the factorisation are then
/// unspecified.
pub(super) fn tune_grid<T: Scalar, K: VariableKernel<T>, V: Noise>(
    engine: &mut impl Engine<T, K, V>,
    kernel: &K,
    Aim { criterion, amplitude, n }: Aim<T>,
    mut memory: Memory<'_, T, V>,
    work: &mut [T],
) -> Result<Tuned<T>, Error> {
    let architecture = kernel.architecture();
    let with = |b| kernel.with_architecture(architecture.bias(b));
    let (mut best, mut refusal) = (None::<(T, T, T)>, NO_CRITERION);
    for b in bias_variances() {
        if let Err(why) = engine.refill(&with(b), n, &mut memory) {
            refusal = why;
            continue;
        }
        let unit = mean_own(&with(b), n, &memory);
        for ridge in ridges::<T>() {
            let ridge = ridge * unit;
            let loss = solve_in_units(engine, &with(b), ridge, n, amplitude, memory.reborrow())
                .and_then(|()| engine.losses(criterion, amplitude, n, &memory, work));
            match loss {
                // If all labels are 0, every loss is minus infinity, and the first pair is kept.
                Ok(loss) if best.is_none_or(|(least, ..)| less(loss, least)) => {
                    best = Some((loss, b, ridge));
                }
                Ok(_) => (),
                Err(why) => refusal = why,
            }
        }
    }
    let (_, b, ridge) = best.ok_or(refusal)?;
    engine.refill(&with(b), n, &mut memory)?;
    solve_in_units(engine, &with(b), ridge, n, amplitude, memory)?;
    Ok(Tuned { weight_variance: architecture.weight_variance, bias_variance: b, ridge })
}

impl<T: Scalar, K: VariableKernel<T>, M: StorageMut<Scalar = T, Noise = PerSample>> Regression<K, M> {
    /// Fits n samples with noise of their own, given by n standard deviations in units of y; see
    /// [`Regression::fit_tuned`]. The chosen ridge is the noise that all samples share in addition. Cost:
    /// about five times that of `fit_tuned`, unless the amplitude is given.
    ///
    /// # Errors
    /// Those of [`Regression::fit_tuned`] and [`Regression::fit_with_noise`].
    pub fn fit_tuned_with_noise<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        noise: &[T],
        criterion: Criterion,
    ) -> Result<Tuned<T>, Error> {
        let data = Dataset::new(x, y)?;
        check_noise(noise, data.len())?;
        self.fit_tuned_data(&data, noise, criterion)
    }
}
