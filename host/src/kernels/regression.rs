//! Kernel regression of any size: the core's model, in memory that the host owns.

use ntk_core::regression::{Flat, PerSample, Regression};
use ntk_core::{Error, Kernel, Rows, Scalar};

use super::AnyKernel;
use super::dense::{self, Blocks};
use super::gram::Real;
use crate::error::Failure;
use crate::memory;

/// A model of run-time shape that owns its memory, whose samples may have noise of their own.
pub type Model<K, T = f64> = Regression<K, Owned<T>>;

/// The memory of such a model.
pub type Owned<T> = Flat<T, Vec<T>, PerSample>;

/// Creates an empty model with room for n samples of d inputs and c outputs.
///
/// # Errors
/// If there is no memory for it.
pub fn empty<K: Kernel<T>, T: Scalar>(kernel: K, [d, n, c]: [usize; 3]) -> Result<Model<K, T>, Failure> {
    let count = Flat::<T>::len_with_noise(d, n, c);
    let bytes = count.saturating_mul(size_of::<T>());
    if !fits(bytes) {
        return Err(too_large(n, bytes));
    }
    let block = memory::filled(count, T::ZERO, "a model").map_err(|_| too_large(n, bytes))?;
    Ok(Regression::new(kernel, Flat::with_noise(d, n, c, block)?))
}

/// Returns whether so many bytes are free, as far as the system reports.
///
/// A system that promises more memory than it has ends a program that asks for too much only later, without a
/// message.
fn fits(bytes: usize) -> bool {
    let Ok(text) = std::fs::read_to_string("/proc/meminfo") else { return true };
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok());
    kilobytes.is_none_or(|free| bytes / 1024 <= free)
}

/// Returns the error that says what a model of n samples would take, and what to do instead.
fn too_large(n: usize, bytes: usize) -> Failure {
    // n^3 / 3 multiplications and additions, 3e10 of each a second, as measured (docs/speed.md).
    let minutes = (n as f64).powi(3) / 3.0 / 3e10 / 60.0;
    Failure::new(format!(
        "a model of {n} samples takes {:.1} GB of memory, more than there is, and each fit about {} of two processors; \
         fit fewer samples, drawn at random: the error shrinks slowly with their number, memory with its square and \
         time with its cube (10000 samples: 0.8 GB)",
        bytes as f64 / 1e9,
        if minutes < 90.0 { format!("{minutes:.1} minutes") } else { format!("{:.0} hours", minutes / 60.0) },
    ))
}

/// Fits a model to these samples by blocks and in threads, with the bits of [`Regression::fit`].
///
/// # Errors
/// As [`empty`] and [`fit_into`].
pub fn fit<T: Real>(
    kernel: AnyKernel<T>,
    x: Rows<'_, T>,
    y: Rows<'_, T>,
    ridge: T,
) -> Result<Model<AnyKernel<T>, T>, Failure> {
    let mut model = empty(kernel, [x.columns(), x.len(), y.columns()])?;
    fit_into(&mut model, x, y, ridge)?;
    Ok(model)
}

/// Clears a model and fits it as [`Regression::fit`] does, by blocks and in threads, with the core's bits.
///
/// # Errors
/// If there is no memory, and [`Refused::Samples`] as [`Regression::fit`]; the model is then empty.
pub fn fit_into<T: Real>(
    model: &mut Model<AnyKernel<T>, T>,
    x: Rows<'_, T>,
    y: Rows<'_, T>,
    ridge: T,
) -> Result<(), Refused> {
    model.clear();
    model.fit_empty_by(x, y, ridge, &mut Blocks::new(x.len())?)?;
    Ok(())
}

/// The reason why a fit failed.
#[derive(Debug)]
pub enum Refused {
    /// The core refused the samples with this error.
    Samples(Error),
    /// There is no memory to work in.
    Memory(Failure),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Samples(error)
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Memory(failure)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Samples(error) => error.into(),
            Refused::Memory(failure) => failure,
        }
    }
}

/// Returns the predictions for each sample by a model without this sample, with the bits of
/// [`Regression::leave_one_out_into`]: the mean of each output, and the deviation in units of the kernel.
///
/// # Errors
/// If there is no memory.
pub fn left_out<T: Real>(model: &Model<AnyKernel<T>, T>, c: usize) -> Result<Vec<(Vec<T>, T)>, Failure> {
    let precisions = dense::precisions(model.factor())?;
    let of = |(i, precision): (usize, T)| {
        let mean = (0..c).map(|output| model.labels(output)[i] - model.coefficients(output)[i] / precision);
        (mean.collect(), T::ONE / precision.sqrt())
    };
    Ok(precisions.into_iter().enumerate().map(of).collect())
}

/// Returns the mean of each output at x, of a model with c outputs.
///
/// # Errors
/// As [`Regression::mean_into`].
pub fn mean<K: Kernel<f64>>(model: &Model<K>, x: &[f64], c: usize) -> Result<Vec<f64>, Error> {
    let (mut work, mut mean) = (vec![0.0; model.len()], vec![0.0; c]);
    model.mean_into(x, &mut work, &mut mean)?;
    Ok(mean)
}

#[cfg(test)]
mod tests;
