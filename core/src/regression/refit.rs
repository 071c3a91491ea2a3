//! Replaces a fit by a new fit, ridge or search. If the new one fails, the old fit stays, to the bit.
//!
//! The state of a model is its samples, labels, coefficients and R. Lengths and K can be recomputed from the
//! samples, to the bit. So R is kept below the diagonal, in the place of K, while the new matrix is factored
//! above it. After a success K of the new samples is computed once more, after a failure K of the old ones.
//! No second matrix is needed.

use super::fit::{
    Amplitude, Square, check_distinct, check_visible, coefficients_of, prepare, refill, set_labels,
    set_noise, solve_one,
};
use super::storage::{Lent, Memory, Noise, in_units};
use super::tune::{Criterion, NO_CRITERION, Solved, loss, mean_diagonal, power_of_ten, precision};
use super::unit::{Moments, Start, find};
use crate::cholesky::factor_above;
use crate::error::Quantity;
use crate::slices::{first, first_mut, row};
use crate::vector::copy;
use crate::{Dataset, Error, Kernel, Prepared, Rows, Scalar};

/// Fits in memory that holds a model of `old` samples; the arguments are already checked. The kernels are
/// those of the old model and of the new fit. `work` is a buffer of as many numbers as there is room for
/// samples. Cost: that of [`super::fit::fit`], and n^2/2 kernel values and c n^2 multiply-adds more.
pub(super) fn refit<T: Scalar, K: Kernel<T>, V: Noise>(
    [own, kernel]: [&K; 2],
    (data, noise): (&Dataset<'_, T>, V::Given<'_, T>),
    ridge: T,
    amplitude: Amplitude<T>,
    mut memory: Memory<'_, T, V>,
    old: usize,
    work: &mut [T],
) -> Result<(), Error> {
    let (n, c) = (data.len(), data.y().columns());
    exchange(memory.square(old));
    prepare(kernel, data.x(), memory.lengths);
    let lengths = &*memory.lengths;
    let mut square = Square {
        matrix: memory.matrix,
        stride: memory.stride,
        reciprocals: first_mut(memory.reciprocals, n),
    };
    let label = |i, output| data.y().row(i).get(output).copied().unwrap_or(T::ZERO);
    let deviation = |i| V::at(noise, i);
    let new = fill_above(kernel, data.x(), lengths, &mut square).and_then(|()| {
        let above = Above { kernel, x: data.x(), lengths, square, ridge, amplitude };
        dry_run::<T, K, V>(above, c, label, deviation, first_mut(work, n))
    });
    let unit = match new {
        Ok(unit) => unit,
        Err(why) => {
            exchange(memory.square(old));
            refill(own, old, &mut memory)?; // cannot fail: it succeeded before
            return Err(why);
        }
    };
    copy(memory.x, data.x().values());
    set_labels(data, &mut memory);
    set_noise::<T, V>(noise, n, memory.noise);
    memory.noise.set_unit(unit);
    refill(kernel, n, &mut memory)?;
    coefficients_of(n, amplitude, memory)
}

/// Factors with another ridge. If that fails, the old factorisation stays. Cost: n^3/6 + 2 c n^2
/// multiply-adds and n^2/2 kernel values.
pub(super) fn refactorize<T: Scalar, K: Kernel<T>, V: Noise>(
    kernel: &K,
    ridge: T,
    amplitude: Amplitude<T>,
    n: usize,
    mut memory: Memory<'_, T, V>,
    work: &mut [T],
) -> Result<(), Error> {
    let (stride, outputs, d, noise) = (memory.stride, memory.outputs(), memory.inputs(), memory.noise);
    exchange(memory.square(n)); // moves K above the diagonal
    let (labels, lengths) = (&*memory.labels, &*memory.lengths);
    let label = |i, output| row(labels, stride, output, n).get(i).copied().unwrap_or(T::ZERO);
    let square = Square { matrix: memory.matrix, stride, reciprocals: first_mut(memory.reciprocals, n) };
    let x = Rows::new(first(memory.x, n * d), d)?;
    let above = Above { kernel, x, lengths, square, ridge, amplitude };
    let new = dry_run::<T, K, V>(above, outputs, label, |i| noise.deviation(i), first_mut(work, n));
    match new {
        Ok(unit) => memory.noise.set_unit(unit),
        Err(_) => exchange(memory.square(n)),
    }
    refill(kernel, n, &mut memory)?;
    new?;
    coefficients_of(n, amplitude, memory)
}

/// The criterion and the buffers of a trial fit before a search.
pub(super) struct Trial<'s, T> {
    pub(super) criterion: Criterion,
    pub(super) amplitude: Amplitude<T>,
    pub(super) coefficients: &'s mut [T],
    pub(super) work: &'s mut [T],
}

/// Checks that a search over ridges will succeed. The ridges are given by their logarithms in units of the
/// mean diagonal of K, and are tried from the last to the first until one gives a finite criterion. The
/// search will then find this criterion, too.
///
/// `own` is the kernel of the model, `tried` the one of the search. After a success only samples and labels
/// of the model are left. Cost: n^2/2 kernel values and, as a rule, one factorisation, because the last ridge
/// is the largest.
///
/// # Errors
/// The error of the first ridge that was tried. The model is then as it was.
pub(super) fn try_search<T: Scalar, K: Kernel<T>, V: Noise>(
    [own, tried]: [&K; 2],
    ridges: impl DoubleEndedIterator<Item = T>,
    n: usize,
    memory: &mut Memory<'_, T, V>,
    trial: Trial<'_, T>,
) -> Result<(), Error> {
    let Trial { criterion, amplitude, coefficients, work } = trial;
    let d = memory.inputs();
    exchange(memory.square(n));
    let x = Rows::new(first(memory.x, n * d), d)?;
    prepare(tried, x, memory.lengths);
    let (mut refusal, noise) = (None, memory.noise);
    for log10 in ridges.rev() {
        let Memory { x, matrix, stride, reciprocals, lengths, labels, amplitudes, .. } = memory.reborrow();
        let (x, reciprocals) = (Rows::new(first(x, n * d), d)?, first_mut(reciprocals, n));
        let mut square = Square { matrix, stride, reciprocals };
        let found = fill_above(tried, x, lengths, &mut square).and_then(|()| {
            let ridge = power_of_ten(log10) * mean_diagonal(square.reciprocals.iter().copied(), n);
            if V::OWN {
                let label = |i, output| row(labels, stride, output, n).get(i).copied().unwrap_or(T::ZERO);
                let square = Square { matrix: square.matrix, stride, reciprocals: square.reciprocals };
                let above = Above { kernel: tried, x, lengths, square, ridge, amplitude };
                dry_run::<T, K, V>(above, amplitudes.len(), label, |i| noise.deviation(i), work)?;
            } else {
                factor_checked::<T, V>(ridge, &mut square, |_| T::ZERO)?;
            }
            let mut sum = T::ZERO;
            for output in 0..amplitudes.len() {
                let labels = row(labels, stride, output, n);
                let place = first_mut(coefficients, n); // the model keeps its own coefficients
                copy(place, labels);
                let s = solve_one(&square.factor(), amplitude, place)?;
                check_coefficients(place, output)?;
                let solved = Solved { amplitude, s, labels, coefficients: place };
                sum += loss(criterion, &square.factor(), solved, |i| precision(&square.factor(), i, work))?;
            }
            Ok(sum)
        });
        match found {
            Ok(loss) if loss.is_finite() => return Ok(()),
            Ok(_) => refusal = refusal.or(Some(NO_CRITERION)),
            Err(why) => refusal = refusal.or(Some(why)),
        }
    }
    exchange(memory.square(n));
    refill(own, n, memory)?; // cannot fail: it succeeded before
    Err(refusal.unwrap_or(NO_CRITERION))
}

/// Swaps the entries above the diagonal with those below it, and the reciprocals with the diagonal.
fn exchange<T: Scalar>(square: Square<'_, T>) {
    let Square { matrix, stride, reciprocals } = square;
    let n = reciprocals.len();
    for (i, reciprocal) in reciprocals.iter_mut().enumerate() {
        let Some((upper, below)) = matrix.split_at_mut_checked((i + 1) * stride) else { break };
        let Some([diagonal, right @ ..]) = upper.get_mut(i * stride + i..i * stride + n) else { break };
        core::mem::swap(diagonal, reciprocal);
        let column = below.get_mut(i..).unwrap_or(&mut []).iter_mut().step_by(stride.max(1));
        for (right, lower) in right.iter_mut().zip(column) {
            core::mem::swap(right, lower);
        }
    }
}

/// Writes K above the diagonal, and its diagonal in the place of the reciprocals. The order is that of
/// [`super::fit::fill`].
fn fill_above<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: Rows<'_, T>,
    lengths: &[[T; 2]],
    square: &mut Square<'_, T>,
) -> Result<(), Error> {
    let Square { matrix, stride, reciprocals: diagonal } = square;
    let point = |i: usize, [norm, norm_low]: [T; 2]| Prepared { x: x.row(i), norm, norm_low };
    for ((i, diagonal), &own) in diagonal.iter_mut().enumerate().zip(lengths) {
        let left = point(i, own);
        let column = matrix.get_mut(i..).unwrap_or(&mut []).iter_mut().step_by((*stride).max(1)).take(i);
        for ((j, value), &other) in column.chain([diagonal]).enumerate().zip(lengths) {
            *value = kernel.between(&left, &point(j, other));
            if !value.is_finite() {
                return Err(Error::NotFinite { what: Quantity::KernelMatrix, row: i, column: j });
            }
        }
    }
    Ok(())
}

/// A trial matrix above the diagonal, with the kernel, the samples and the settings of the trial.
struct Above<'m, T, K> {
    kernel: &'m K,
    x: Rows<'m, T>,
    lengths: &'m [[T; 2]],
    square: Square<'m, T>,
    ridge: T,
    amplitude: Amplitude<T>,
}

/// Factors the K above the diagonal and solves for each output in `work`. A fit can fail in no other step. If
/// samples have noise of their own, K is computed again. Returns the unit of the noise.
#[inline(always)] // without own noise only the two calls are left
fn dry_run<T: Scalar, K: Kernel<T>, V: Noise>(
    mut above: Above<'_, T, K>,
    outputs: usize,
    label: impl Fn(usize, usize) -> T,
    deviation: impl Fn(usize) -> T,
    work: &mut [T],
) -> Result<T, Error> {
    if V::OWN {
        return dry_search::<T, K, V>(above, outputs, label, deviation, work);
    }
    factor_checked::<T, V>(above.ridge, &mut above.square, |_| T::ZERO)?;
    for output in 0..outputs {
        for (i, work) in work.iter_mut().enumerate() {
            *work = label(i, output);
        }
        above.square.factor().solve(work)?;
        check_coefficients(work, output)?;
    }
    Ok(T::ONE)
}

fn check_coefficients<T: Scalar>(coefficients: &[T], output: usize) -> Result<(), Error> {
    match coefficients.iter().position(|v| !v.is_finite()) {
        Some(row) => Err(Error::NotFinite { what: Quantity::Coefficients, row, column: output }),
        None => Ok(()),
    }
}

/// Works like [`dry_run`], at one unit of the noise after another.
#[inline(never)]
fn dry_search<T: Scalar, K: Kernel<T>, V: Noise>(
    above: Above<'_, T, K>,
    outputs: usize,
    label: impl Fn(usize, usize) -> T,
    deviation: impl Fn(usize) -> T,
    work: &mut [T],
) -> Result<T, Error> {
    let Above { kernel, x, lengths, mut square, ridge, amplitude } = above;
    let n = square.reciprocals.len();
    fill_above(kernel, x, lengths, &mut square)?;
    let diagonal = mean_diagonal(square.reciprocals.iter().copied(), n) + ridge;
    let start = Start::new(amplitude, [n, outputs], &label, &deviation, diagonal)?;
    find(&start, outputs, |unit| {
        fill_above(kernel, x, lengths, &mut square)?;
        for (i, own) in square.reciprocals.iter_mut().enumerate() {
            *own += in_units(deviation(i), unit);
        }
        factor_checked::<T, V>(ridge, &mut square, |i| in_units(deviation(i), unit))?;
        let mut moments = Moments::new(unit);
        for output in 0..outputs {
            for (i, work) in work.iter_mut().enumerate() {
                *work = label(i, output);
            }
            let s = solve_one(&square.factor(), amplitude, work)?;
            check_coefficients(work, output)?;
            moments.add(s, work, &deviation);
        }
        Ok(moments)
    })
}

/// Checks and factors a K above the diagonal, as [`super::fit::solve`] does for one below.
fn factor_checked<T: Scalar, V: Noise>(
    ridge: T,
    square: &mut Square<'_, T>,
    own: impl Fn(usize) -> T,
) -> Result<(), Error> {
    let Square { matrix, stride, reciprocals } = square;
    let stride = *stride;
    if ridge == T::ZERO {
        let shared = |i: usize, j: usize| matrix.get(j * stride + i).copied();
        check_distinct(reciprocals.len(), |i| reciprocals.get(i).copied(), shared)?;
    } else {
        check_visible::<T, V>(ridge, reciprocals.iter().copied(), own)?;
    }
    factor_above(matrix, stride, ridge, reciprocals)
}
