//! A fit, another ridge or a search in place of an older fit, which stays to the bit if the new one fails.
//!
//! What a model knows are its samples, labels, coefficients and R; lengths and K follow from the samples, to the bit. So R
//! waits below the diagonal, in the place of K, while the new matrix is factored above it. After a success K of the
//! new samples is computed once more, after a failure that of the old ones. No further matrix is needed.

use super::fit::{check_distinct, coefficients_of, label_of, prepare, refill, row, set_labels};
use super::tune::{NO_CRITERION, loss, mean_diagonal, power_of_ten};
use super::{Criterion, Labels, Memory, first, first_mut};
use crate::cholesky::{Factor, factor_above};
use crate::vector::copy;
use crate::{Dataset, Error, Kernel, Point, Rows, Scalar};

/// [`super::fit()`] for memory that holds a model of `old` samples, its arguments checked. `work` lends as many numbers as the
/// capacity. Cost: that of a fit, n^2/2 kernel values and c n^2 multiply-adds more.
pub(super) fn refit<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    data: &Dataset<'_, T>,
    ridge: T,
    labels: Labels<'_, T>,
    mut memory: Memory<'_, T>,
    old: usize,
    work: &mut [T],
) -> Result<(), Error> {
    let (n, c) = (data.len(), data.y().columns());
    exchange(memory.matrix, memory.stride, first_mut(memory.inverse, old));
    prepare(kernel, data.x(), memory.lengths);
    let place = (&mut *memory.matrix, memory.stride, first_mut(memory.inverse, n));
    let label = |i, output| label_of(data, labels, i, output);
    let new = fill_above(kernel, data.x(), memory.lengths, place).and_then(|()| {
        let place = (&mut *memory.matrix, memory.stride, first_mut(memory.inverse, n));
        attempt(ridge, c, place, label, first_mut(work, n))
    });
    if new.is_err() {
        exchange(memory.matrix, memory.stride, first_mut(memory.inverse, old));
        refill(kernel, old, &mut memory)?; // as it was filled before
        return new;
    }
    copy(memory.x, data.x().values());
    set_labels(data, labels, &mut memory);
    refill(kernel, n, &mut memory)?;
    let factor = Factor::new(memory.matrix, memory.stride, first(memory.inverse, n))?;
    coefficients_of(&factor, c, memory.labels, memory.coefficients)
}

/// Factors with another ridge; the old factorisation stays if that fails. Cost: n^3/6 + 2 c n^2 multiply-adds and n^2/2 kernel
/// values.
pub(super) fn refactor<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    ridge: T,
    n: usize,
    mut memory: Memory<'_, T>,
    work: &mut [T],
) -> Result<(), Error> {
    let (stride, outputs) = (memory.stride, memory.labels.len().checked_div(memory.stride).unwrap_or(0));
    exchange(memory.matrix, stride, first_mut(memory.inverse, n)); // K is then above the diagonal
    let labels = &*memory.labels;
    let label = |i, output| row(labels, stride, output, n).get(i).copied().unwrap_or(T::ZERO);
    let place = (&mut *memory.matrix, stride, first_mut(memory.inverse, n));
    let new = attempt(ridge, outputs, place, label, first_mut(work, n));
    if new.is_err() {
        exchange(memory.matrix, stride, first_mut(memory.inverse, n));
    }
    refill(kernel, n, &mut memory)?;
    new?;
    let factor = Factor::new(memory.matrix, stride, first(memory.inverse, n))?;
    coefficients_of(&factor, outputs, memory.labels, memory.coefficients)
}

/// Whether a search over ridges ends well: tries them, by their logarithms in units of the mean diagonal of K, from the last to
/// the first until one gives a finite criterion, which it will then give again.
///
/// `kernels` are the model's and that which is tried, `attempt` what decides, and memory for coefficients and n numbers.
/// After a success nothing is left but samples and labels. Cost: as a rule one factorisation, as the last ridge is the largest, and
/// n^2/2 kernel values.
///
/// # Errors
/// The reason of the first that was tried; what the model knows is then as it was.
pub(super) fn rehearse<T: Scalar, K: Kernel<T>>(
    [own, tried]: [&K; 2],
    ridges: impl DoubleEndedIterator<Item = T>,
    n: usize,
    memory: &mut Memory<'_, T>,
    (criterion, coefficients, work): (Criterion, &mut [T], &mut [T]),
) -> Result<(), Error> {
    let (stride, d) = (memory.stride, memory.x.len().checked_div(memory.stride).unwrap_or(0));
    let outputs = memory.labels.len().checked_div(stride).unwrap_or(0);
    let x = Rows::new(first(memory.x, n * d), d)?;
    exchange(memory.matrix, stride, first_mut(memory.inverse, n));
    prepare(tried, x, memory.lengths);
    let mut refusal = None;
    for log10 in ridges.rev() {
        let inverse = first_mut(memory.inverse, n);
        let found = fill_above(tried, x, memory.lengths, (&mut *memory.matrix, stride, &mut *inverse))
            .and_then(|()| {
                let ridge = power_of_ten(log10) * mean_diagonal(inverse.iter(), n);
                factor_checked(ridge, (&mut *memory.matrix, stride, &mut *inverse))?;
                let factor = Factor::new(memory.matrix, stride, inverse)?;
                coefficients_of(&factor, outputs, memory.labels, coefficients)?;
                loss(criterion, &factor, memory.labels, coefficients, work)
            });
        match found {
            Ok(loss) if loss.is_finite() => return Ok(()),
            Ok(_) => refusal = refusal.or(Some(NO_CRITERION)),
            Err(why) => refusal = refusal.or(Some(why)),
        }
    }
    exchange(memory.matrix, stride, first_mut(memory.inverse, n));
    refill(own, n, memory)?; // as it was filled before
    Err(refusal.unwrap_or(NO_CRITERION))
}

/// Exchanges what stands above the diagonal with what stands below it, and the reciprocals with the diagonal.
fn exchange<T: Scalar>(matrix: &mut [T], stride: usize, inverse: &mut [T]) {
    let n = inverse.len();
    for (i, inverse) in inverse.iter_mut().enumerate() {
        let Some((upper, below)) = matrix.split_at_mut_checked((i + 1) * stride) else { break };
        let Some([diagonal, right @ ..]) = upper.get_mut(i * stride + i..i * stride + n) else { break };
        core::mem::swap(diagonal, inverse);
        let column = below.get_mut(i..).unwrap_or(&mut []).iter_mut().step_by(stride.max(1));
        for (right, lower) in right.iter_mut().zip(column) {
            core::mem::swap(right, lower);
        }
    }
}

/// K above the diagonal, and its diagonal in the place of the reciprocals; in the order of [`super::fit()`].
fn fill_above<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: Rows<'_, T>,
    lengths: &[[T; 2]],
    (matrix, stride, diagonal): (&mut [T], usize, &mut [T]),
) -> Result<(), Error> {
    let point = |i: usize, [norm, rest]: [T; 2]| Point { x: x.row(i), norm, rest };
    for ((i, diagonal), &own) in diagonal.iter_mut().enumerate().zip(lengths) {
        let left = point(i, own);
        let column = matrix.get_mut(i..).unwrap_or(&mut []).iter_mut().step_by(stride.max(1)).take(i);
        for ((j, value), &other) in column.chain([diagonal]).enumerate().zip(lengths) {
            *value = kernel.between(&left, &point(j, other));
            if !value.is_finite() {
                return Err(Error::NotFinite { what: "kernel matrix", row: i, column: j });
            }
        }
    }
    Ok(())
}

/// Factors the K that stands above the diagonal and solves for each output in `work`, which is all that a fit can fail in.
fn attempt<T: Scalar>(
    ridge: T,
    outputs: usize,
    (matrix, stride, inverse): (&mut [T], usize, &mut [T]),
    label: impl Fn(usize, usize) -> T,
    work: &mut [T],
) -> Result<(), Error> {
    factor_checked(ridge, (&mut *matrix, stride, &mut *inverse))?;
    let factor = Factor::new(matrix, stride, inverse)?;
    for output in 0..outputs {
        for (i, work) in work.iter_mut().enumerate() {
            *work = label(i, output);
        }
        factor.solve(work)?;
        if let Some(row) = work.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: "coefficients", row, column: output });
        }
    }
    Ok(())
}

/// The factorisation of [`super::fit()`] from a K above the diagonal.
fn factor_checked<T: Scalar>(
    ridge: T,
    (matrix, stride, inverse): (&mut [T], usize, &mut [T]),
) -> Result<(), Error> {
    if ridge == T::ZERO {
        let shared = |i: usize, j: usize| matrix.get(j * stride + i).copied();
        check_distinct(inverse.len(), |i| inverse.get(i).copied(), shared)?;
    }
    factor_above(matrix, stride, ridge, inverse)
}
