//! The ridge that the data ask for, found in the memory of the model.

use super::fit::{refill, row, solve};
use super::refit::rehearse;
use super::{Regression, first_mut};
use crate::cholesky::Factor;
use crate::vector::dot;
use crate::{Error, Kernel, Scalar};

/// What a good ridge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The smallest mean square of the leave-one-out errors.
    LeaveOneOut,
    /// The largest marginal likelihood, that of all outputs together.
    MarginalLikelihood,
}

/// Factors with 61 ridges between 1e-12 and 1e3 of the mean diagonal of K and leaves the model fitted with the best.
///
/// A grid of half decades, then golden sections of the logarithm around its best point. Ridges with which the matrix
/// does not factor, or whose criterion is not finite, are passed over. Of what [`super::fit()`] leaves in its
/// [`super::Memory`] this takes the matrix, its stride, the n reciprocals, labels and coefficients; `work` lends n numbers.
/// Cost: 62 times n^3/6 multiply-adds, for [`Criterion::LeaveOneOut`] twice that.
///
/// # Errors
/// If no ridge of the grid makes the matrix factor and the criterion finite, the reason of the last; the factorisation is then
/// of no use.
pub fn tune_ridge<T: Scalar>(
    criterion: Criterion,
    (matrix, stride, inverse): (&mut [T], usize, &mut [T]),
    labels: &[T],
    coefficients: &mut [T],
    work: &mut [T],
) -> Result<T, Error> {
    let (n, outputs) = (inverse.len(), labels.len().checked_div(stride).unwrap_or(0));
    let unit = mean_diagonal(diagonal(matrix, stride), n);
    let ridge = |log10: T| unit * power_of_ten(log10);
    let mut refusal = NO_CRITERION;
    let mut score = |log10: T| {
        let result = solve(ridge(log10), outputs, (matrix, stride, inverse), labels, coefficients)
            .and_then(|()| Factor::new(matrix, stride, inverse))
            .and_then(|factor| loss(criterion, &factor, labels, coefficients, work));
        match result {
            Ok(loss) if loss.is_finite() => Some(loss),
            Ok(_) => None,
            Err(why) => {
                refusal = why;
                None
            }
        }
    };
    let mut best = None;
    for log10 in grid() {
        if let Some(loss) = score(log10)
            && best.is_none_or(|(_, least)| loss < least)
        {
            best = Some((log10, loss));
        }
    }
    let found = best.map(|(centre, least)| {
        let (log10, loss) = golden_section(centre, &mut score);
        ridge(if below(loss, Some(least)) { log10 } else { centre })
    });
    let found = found.ok_or(refusal)?;
    solve(found, outputs, (matrix, stride, inverse), labels, coefficients)?;
    Ok(found)
}

/// Why a search ends without a result if every matrix factors.
pub(super) const NO_CRITERION: Error = Error::NotFinite { what: "criterion", row: 0, column: 0 };

/// Logarithms of the ridges that are tried first.
fn grid<T: Scalar>() -> impl DoubleEndedIterator<Item = T> {
    (0..31).map(|i| T::HALF * T::from_usize(i) - T::from_f64(12.0))
}

pub(super) fn diagonal<T: Scalar>(matrix: &[T], stride: usize) -> impl Iterator<Item = &T> {
    matrix.iter().step_by(stride.saturating_add(1))
}

/// The mean of the first n K_ii, the unit of ridges; 1 where it is none.
pub(super) fn mean_diagonal<'k, T: Scalar>(diagonal: impl Iterator<Item = &'k T>, n: usize) -> T {
    let mean = diagonal.take(n).fold(T::ZERO, |sum, &k| sum + k) / T::from_usize(n.max(1));
    if mean > T::ZERO && mean.is_finite() { mean } else { T::ONE }
}

pub(super) fn power_of_ten<T: Scalar>(log10: T) -> T {
    (log10 * T::from_f64(core::f64::consts::LN_10)).exp()
}

/// Thirty evaluations within half a decade of the centre.
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

/// Smaller, where what could not be evaluated is larger than anything.
fn below<T: Scalar>(a: Option<T>, b: Option<T>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a < b,
        (a, _) => a.is_some(),
    }
}

/// What is to be as small as possible.
pub(super) fn loss<T: Scalar>(
    criterion: Criterion,
    factor: &Factor<'_, T>,
    labels: &[T],
    coefficients: &[T],
    work: &mut [T],
) -> Result<T, Error> {
    let (n, stride) = (factor.len(), factor.stride());
    let outputs = labels.len().checked_div(stride).unwrap_or(0);
    let mut sum = T::ZERO;
    match criterion {
        Criterion::LeaveOneOut => {
            for i in 0..n {
                factor.forward_unit(i, work)?;
                let precision = dot(work, work);
                for output in 0..outputs {
                    let coefficient = row(coefficients, stride, output, n).get(i).copied().unwrap_or(T::NAN);
                    let error = coefficient / precision; // label - mean without it
                    sum += error * error;
                }
            }
        }
        Criterion::MarginalLikelihood => {
            for output in 0..outputs {
                let fit = dot(row(labels, stride, output, n), row(coefficients, stride, output, n));
                sum += fit + factor.log_determinant();
            }
        }
    }
    Ok(sum)
}

impl<T: Scalar, K: Kernel<T>, const D: usize, const N: usize, const C: usize> Regression<T, K, D, N, C> {
    /// Sets the ridge that the samples ask for, see [`tune_ridge`], and returns it. Cost: as there, and a factorisation and n^2
    /// kernel values to know beforehand that it ends well. Uses N (C + 1) numbers of stack.
    ///
    /// # Errors
    /// [`Error::NotFitted`] without samples; as [`tune_ridge`], not one bit of what the model knows being different.
    pub fn tune_ridge(&mut self, criterion: Criterion) -> Result<T, Error> {
        let (n, mut work, mut coefficients) = (self.len, [T::ZERO; N], [[T::ZERO; N]; C]);
        if n == 0 {
            return Err(Error::NotFitted);
        }
        let work = first_mut(&mut work, n);
        let (kernel, mut memory) = self.memory();
        let attempt = (criterion, coefficients.as_flattened_mut(), &mut *work);
        rehearse([kernel, kernel], grid(), n, &mut memory, attempt)?;
        refill(kernel, n, &mut memory)?;
        let matrix = (memory.matrix, memory.stride, first_mut(memory.inverse, n));
        self.ridge = tune_ridge(criterion, matrix, memory.labels, memory.coefficients, work)?;
        Ok(self.ridge)
    }
}
