//! Chooses the ridge from the samples, in the memory of the model.

use super::Regression;
use super::algebra::{Engine, Own};
use super::fit::{Amplitude, refill};
use super::refit::{Trial, try_search};
use super::storage::{Memory, Noise, Scratch, StorageMut};
use super::unit::{mean_own, solve_in_units};
use crate::cholesky::Factor;
use crate::error::Quantity;
use crate::slices::{first, first_mut, row};
use crate::vector::dot;
use crate::{Error, Kernel, Scalar};

/// The criterion by which a search chooses settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The smallest mean square of the leave-one-out errors. It does not depend on the size of the
    /// deviations: multiplying kernel and ridge by one number gives the same errors.
    LeaveOneOut,
    /// The largest product of the densities of the labels of all outputs, each under its leave-one-out
    /// prediction (Rasmussen and Williams 2006, equation 5.11).
    LeaveOneOutDensity,
    /// The largest marginal likelihood of all outputs together. If the amplitude comes from the labels, this
    /// is the maximum over amplitudes.
    MarginalLikelihood,
}

/// The error of a search in which every matrix factors and no criterion is finite.
pub(super) const NO_CRITERION: Error = Error::NotFinite { what: Quantity::Criterion, row: 0, column: 0 };

/// The objective that a search minimises, in memory of n samples.
#[derive(Clone, Copy)]
pub(super) struct Aim<T> {
    pub(super) criterion: Criterion,
    pub(super) amplitude: Amplitude<T>,
    pub(super) n: usize,
}

/// Fits with 61 ridges between 1e-12 and 1e3 of the mean diagonal of K, and finally with the best.
///
/// # Errors
/// The error of the last ridge of the grid, if none makes the matrix factor and the criterion finite. The
/// factorisation must then not be used.
pub(super) fn tune_ridge<T: Scalar, K: Kernel<T>, V: Noise>(
    engine: &mut impl Engine<T, K, V>,
    kernel: &K,
    Aim { criterion, amplitude, n }: Aim<T>,
    mut memory: Memory<'_, T, V>,
    work: &mut [T],
) -> Result<T, Error> {
    let unit = mean_own(kernel, n, &memory);
    let mut refusal = NO_CRITERION;
    let found = least_ridge(unit, |ridge| {
        let result = solve_in_units(engine, kernel, ridge, n, amplitude, memory.reborrow())
            .and_then(|()| engine.losses(criterion, amplitude, n, &memory, work));
        match result {
            Ok(loss) if loss.is_finite() => Some(loss),
            Ok(_) => None,
            Err(why) => {
                refusal = why;
                None
            }
        }
    });
    let found = found.ok_or(refusal)?;
    solve_in_units(engine, kernel, found, n, amplitude, memory)?;
    Ok(found)
}

/// Returns the ridge of least loss among the 61 that [`Regression::tune_ridge`] tries: 31 half decades from
/// 1e-12 to 1e3 of `unit`, the mean diagonal of K, then golden sections of the logarithm around the best of
/// them.
///
/// `loss(ridge)` is `None` for a ridge that cannot be evaluated. The result is `None` if no ridge of the grid
/// can be evaluated.
fn least_ridge<T: Scalar>(unit: T, mut loss: impl FnMut(T) -> Option<T>) -> Option<T> {
    let ridge = |log10: T| unit * power_of_ten(log10);
    let mut score = |log10: T| loss(ridge(log10));
    let mut best = None;
    for log10 in grid() {
        if let Some(loss) = score(log10)
            && best.is_none_or(|(_, least)| loss < least)
        {
            best = Some((log10, loss));
        }
    }
    best.map(|(centre, least)| {
        let (log10, loss) = golden_section(centre, &mut score);
        ridge(if below(loss, Some(least)) { log10 } else { centre })
    })
}

/// Returns the logarithms of the ridges that are tried first.
fn grid<T: Scalar>() -> impl DoubleEndedIterator<Item = T> {
    (0..31).map(|i| T::HALF * T::from_usize(i) - T::from_f64(12.0))
}

/// Returns the mean of the first n K_ii, the unit of ridges, or 1 if it is not positive and finite.
pub(super) fn mean_diagonal<T: Scalar>(diagonal: impl Iterator<Item = T>, n: usize) -> T {
    let mean = diagonal.take(n).fold(T::ZERO, |sum, k| sum + k) / T::from_usize(n.max(1));
    if mean > T::ZERO && mean.is_finite() { mean } else { T::ONE }
}

pub(super) fn power_of_ten<T: Scalar>(log10: T) -> T {
    (log10 * T::from_f64(core::f64::consts::LN_10)).exp()
}

/// Runs a golden-section search of thirty evaluations within half a decade of the centre.
fn golden_section<T: Scalar>(centre: T, score: &mut impl FnMut(T) -> Option<T>) -> (T, Option<T>) {
    let golden = T::from_f64(0.618_033_988_749_894_8);
    let (mut low, mut high) = (centre - T::HALF, centre + T::HALF);
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (score(left), score(right));
    for _ in 0..28 {
        if below(at_left, at_right) {
            (high, right, at_right) = (right, left, at_left);
            left = high - golden * (high - low);
            at_left = score(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + golden * (high - low);
            at_right = score(right);
        }
    }
    if below(at_left, at_right) { (left, at_left) } else { (right, at_right) }
}

/// Returns whether a is less than b, where `None` (not evaluated) is larger than any number.
fn below<T: Scalar>(a: Option<T>, b: Option<T>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a < b,
        (a, _) => a.is_some(),
    }
}

/// The solution for one output.
pub(super) struct Solved<'s, T> {
    pub(super) amplitude: Amplitude<T>,
    /// The amplitude of the output.
    pub(super) s: T,
    pub(super) labels: &'s [T],
    pub(super) coefficients: &'s [T],
}

/// Returns the criterion, summed over all outputs, of a model that has just been fitted. A search minimises
/// it. `precision(factor, i)` is the reciprocal of the leave-one-out variance of sample i.
pub(super) fn losses<T: Scalar, V: Noise>(
    criterion: Criterion,
    amplitude: Amplitude<T>,
    n: usize,
    memory: &Memory<'_, T, V>,
    mut precision: impl FnMut(&Factor<'_, T>, usize) -> Result<T, Error>,
) -> Result<T, Error> {
    let stride = memory.stride;
    let factor = Factor::of_parts(memory.matrix, stride, first(memory.reciprocals, n));
    let mut sum = T::ZERO;
    for (output, &s) in memory.amplitudes.iter().enumerate() {
        let labels = row(memory.labels, stride, output, n);
        let coefficients = row(memory.coefficients, stride, output, n);
        let solved = Solved { amplitude, s, labels, coefficients };
        sum += loss(criterion, &factor, solved, |i| precision(&factor, i))?;
    }
    Ok(sum)
}

/// Returns the reciprocal of the leave-one-out variance of sample i. `work` is a buffer of n numbers.
pub(super) fn precision<T: Scalar>(factor: &Factor<'_, T>, i: usize, work: &mut [T]) -> Result<T, Error> {
    factor.forward_unit(i, work)?;
    Ok(dot(work, work))
}

/// Returns the criterion of one output. `precision(i)` is the reciprocal of the leave-one-out variance of
/// sample i.
pub(super) fn loss<T: Scalar>(
    criterion: Criterion,
    factor: &Factor<'_, T>,
    solved: Solved<'_, T>,
    mut precision: impl FnMut(usize) -> Result<T, Error>,
) -> Result<T, Error> {
    let Solved { amplitude, s, labels, coefficients } = solved;
    let count = T::from_usize(labels.len());
    if criterion == Criterion::MarginalLikelihood {
        // -2 ln p(y) minus n ln 2 pi and, if the amplitude comes from the labels, minus n.
        let fit = match amplitude {
            Amplitude::OfLabels => T::ZERO,
            Amplitude::Given(_) => dot(labels, coefficients) / (s * s),
        };
        return Ok(fit + factor.log_determinant() + count * (T::TWO * s.ln()));
    }
    let (mut squares, mut scaled_squares, mut logarithms) = (T::ZERO, T::ZERO, T::ZERO);
    for (i, &coefficient) in coefficients.iter().enumerate() {
        let precision = precision(i)?;
        let error = coefficient / precision; // the label minus the mean without this sample
        squares += error * error;
        if criterion == Criterion::LeaveOneOutDensity {
            scaled_squares += error * coefficient;
            logarithms += precision.ln();
        }
    }
    if criterion == Criterion::LeaveOneOut {
        return Ok(squares);
    }
    // The squared amplitude of largest density is the mean of error^2 / variance.
    Ok(match amplitude {
        Amplitude::OfLabels => count * (scaled_squares / count).ln() - logarithms,
        Amplitude::Given(s) => scaled_squares / (s * s) + count * (T::TWO * s.ln()) - logarithms,
    })
}

impl<T: Scalar, K: Kernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Returns the number that a search minimises, for the current settings: the sum of squared leave-one-out
    /// errors, or minus twice the logarithm of a density, up to a constant. Cost: n multiply-adds and
    /// logarithms; for the leave-one-out criteria n^3/6 multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::NotFinite`] if it overflows or all labels are 0.
    pub fn criterion(&mut self, criterion: Criterion) -> Result<T, Error> {
        let (n, amplitude) = (self.len, self.amplitude);
        if n == 0 {
            return Err(Error::NotFitted);
        }
        let loss = self.storage.with_work(|memory, work| {
            let work = first_mut(work, n);
            losses(criterion, amplitude, n, &memory, |factor, i| precision(factor, i, work))
        })?;
        if loss.is_finite() { Ok(loss) } else { Err(NO_CRITERION) }
    }

    /// Chooses the ridge that is best by a criterion, fits with it, and returns it.
    ///
    /// If the labels are only noise, the likelihood is largest at the largest ridge. A result at that end of
    /// the range means that the inputs explain nothing.
    ///
    /// The search tries 31 ridges, half a decade apart, between 1e-12 and 1e3 of the mean diagonal of K, and
    /// then refines the best by golden-section search in the logarithm. It skips ridges that are lost in
    /// rounding, with which the matrix does not factor, or whose criterion is not finite. Cost: 63 times
    /// n^3/6 multiply-adds, for the leave-one-out criteria twice that, and n^2 kernel values.
    ///
    /// # Errors
    /// [`Error::NotFitted`] without samples; if no ridge of the grid gives a factor and a finite criterion,
    /// the error of one of them. After an error the model is as it was, to the bit.
    pub fn tune_ridge(&mut self, criterion: Criterion) -> Result<T, Error> {
        let (n, kernel, amplitude) = (self.len, &self.kernel, self.amplitude);
        if n == 0 {
            return Err(Error::NotFitted);
        }
        let found = self.storage.with_scratch(|mut memory, scratch| {
            let Scratch { vectors: [work, ..], coefficients } = scratch;
            let work = first_mut(work, n);
            let trial = Trial { criterion, amplitude, coefficients, work: &mut *work };
            try_search([kernel, kernel], grid(), n, &mut memory, trial)?;
            refill(kernel, n, &mut memory)?;
            tune_ridge(&mut Own, kernel, Aim { criterion, amplitude, n }, memory, work)
        })?;
        self.ridge = found;
        Ok(found)
    }
}
