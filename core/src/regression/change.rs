//! Adds, removes or replaces one sample in about n^2 operations.
//!
//! Everything that can fail is computed before the model changes: the new row of K, the new column of R, its
//! pivot, and the new coefficients. The changes themselves cannot fail, so nothing must be undone.
//!
//! Let C = (K + ridge I)^-1, g = C e_i for the sample i that leaves, and k and y belong to the sample that
//! joins. The coefficients become
//!
//! ```text
//! a  <-  a - g a_i / g_i                      without i;          v  =  C k - g (C k)_i / g_i
//! a  <-  (a - v t, t),    t = (y - k^T a) / (K_nn + ridge - k^T v)     with the new one
//! ```
//!
//! These formulas only decide whether the coefficients are finite. The stored coefficients come from a solve
//! with the new factor, so that rounding errors of one change do not accumulate in the next.

use super::fit::{Amplitude, check_visible, set_label, solve_one};
use super::storage::{Lent, Memory, Noise, Scratch, in_units, kernel_row};
use crate::cholesky::{self, Factor, append, append_pivot, shift};
use crate::error::Quantity;
use crate::slices::{first, first_mut, range_mut, row, row_mut, set};
use crate::vector::{axpy, copy, dot};
use crate::{Error, Kernel, Scalar};

/// A sample, its labels, and the deviation of its own noise.
pub(super) type Sample<'s, T, V> = (&'s [T], &'s [T], <V as Noise>::One<T>);

/// The settings of a model.
pub(super) struct Settings<'k, T, K> {
    pub(super) kernel: &'k K,
    pub(super) ridge: T,
    pub(super) amplitude: Amplitude<T>,
}

/// Takes sample `leave` out and puts `join` at the end; the others keep their order. Returns the new number
/// of samples.
///
/// # Errors
/// [`Error::OutOfBounds`], [`Error::Capacity`], [`Error::NotFinite`], [`Error::Coincident`],
/// [`Error::NotPositiveDefinite`]. After an error the memory has not changed.
pub(super) fn change<T: Scalar, K: Kernel<T>, V: Noise>(
    settings: Settings<'_, T, K>,
    n: usize,
    memory: Memory<'_, T, V>,
    leave: Option<usize>,
    join: Option<Sample<'_, T, V>>,
    scratch: Scratch<'_, T>,
) -> Result<usize, Error> {
    let Settings { kernel, ridge, amplitude } = settings;
    if let Some(index) = leave
        && index >= n
    {
        return Err(Error::OutOfBounds { what: "sample", count: n, index });
    }
    let stride = memory.stride;
    let left = n.saturating_sub(usize::from(leave.is_some()));
    if join.is_some() && left >= stride {
        return Err(Error::Capacity { capacity: stride, found: left.saturating_add(1) });
    }
    let factor = Factor::of_parts(memory.matrix, stride, first(memory.reciprocals, n));
    let [k, column, g, v] = scratch.vectors.map(|vector| first_mut(vector, n));
    if let Some(i) = leave {
        factor.forward_unit(i, g)?;
        factor.backward(g)?;
    } else {
        g.fill(T::ZERO); // lent memory may hold NaN, and 0 times NaN is NaN
    }
    let at_leave = |vector: &[T]| leave.and_then(|i| vector.get(i).copied());
    let mut new = None;
    let unit = if !V::OWN || n > 0 { memory.noise.unit() } else { first_unit(amplitude) };
    if let Some((x, y, deviation)) = join {
        let (lengths, mut diagonal) = new_row(kernel, (x, y), &memory, k)?;
        let own = in_units(V::number(deviation), unit);
        if V::OWN {
            diagonal += own;
        }
        if ridge == T::ZERO {
            check_distinct(&factor, k, diagonal, leave)?;
        } else {
            check_visible::<T, V>(ridge, [diagonal].into_iter(), |_| own)
                .map_err(|_| Error::RidgeTooSmall { sample: left })?;
        }
        copy(column, k);
        factor.forward(column)?;
        copy(v, column);
        factor.backward(v)?;
        if let Some(i) = leave {
            factor.column_after_removal(i, column, first_mut(scratch.coefficients, n));
            let ratio = at_leave(v).unwrap_or(T::ZERO) / at_leave(g).unwrap_or(T::ONE);
            axpy(v, -ratio, g);
            shift(v.get_mut(i..).unwrap_or(&mut []), 1);
            shift(k.get_mut(i..).unwrap_or(&mut []), 1);
        }
        let reciprocal = append_pivot(first(column, left), diagonal + ridge)?;
        new = Some(New { x, y, lengths, diagonal, reciprocal, deviation: V::number(deviation) });
    }
    let (k, column, v) = (first(k, left), first(column, left), first(v, left));
    for output in 0..memory.outputs() {
        let old = row(memory.coefficients, stride, output, n);
        let ratio = at_leave(old).unwrap_or(T::ZERO) / at_leave(g).unwrap_or(T::ONE);
        let stay = old.iter().zip(&*g).enumerate().filter(|(j, _)| Some(*j) != leave);
        let place = row_mut(scratch.coefficients, stride, output, left);
        for (place, (_, (&old, &g))) in place.iter_mut().zip(stay) {
            *place = old - g * ratio;
        }
        if let Some(New { y, reciprocal, .. }) = &new {
            let label = y.get(output).copied().unwrap_or(T::ZERO);
            let last = (label - dot(k, place)) * *reciprocal * *reciprocal;
            axpy(place, -last, v);
            set(scratch.coefficients, output * stride + left, last);
        }
        let candidate = row(scratch.coefficients, stride, output, left + usize::from(new.is_some()));
        if let Some(row) = candidate.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: Quantity::Coefficients, row, column: output });
        }
    }
    let Memory { x, lengths, matrix, reciprocals, labels, coefficients, amplitudes, noise, .. } = memory;
    if let Some(i) = leave {
        noise.leave(i, n);
        cholesky::remove(matrix, stride, first_mut(reciprocals, n), i)?;
        let d = x.len().checked_div(stride).unwrap_or(0);
        shift(range_mut(x, i * d, n * d), d);
        shift(range_mut(lengths, i, n), 1);
        for labels in labels.chunks_exact_mut(stride.max(1)) {
            shift(range_mut(labels, i, n), 1);
        }
    }
    let count = left + usize::from(new.is_some());
    if let Some(new) = new {
        append(matrix, stride, k, new.diagonal, column);
        set(reciprocals, left, new.reciprocal);
        set(lengths, left, new.lengths);
        copy(x.get_mut(left * new.x.len()..).unwrap_or(&mut []), new.x);
        set_label(labels, stride, left, new.y);
        if V::OWN {
            noise.set(left, new.deviation);
            noise.set_unit(unit);
        }
    }
    let factor = Factor::of_parts(matrix, stride, first(reciprocals, count));
    for (output, s) in amplitudes.iter_mut().enumerate() {
        let place = row_mut(coefficients, stride, output, count);
        copy(place, row(labels, stride, output, count));
        *s = solve_one(&factor, amplitude, place)?;
        if !place.iter().all(|v| v.is_finite()) {
            copy(place, row(scratch.coefficients, stride, output, count)); // equal but for rounding
        }
    }
    Ok(count)
}

/// The sample that joins, with the numbers computed for it.
struct New<'s, T> {
    x: &'s [T],
    y: &'s [T],
    lengths: [T; 2],
    diagonal: T,
    reciprocal: T,
    deviation: T,
}

/// Returns the unit of the noise before the first fit: the given amplitude, or 1.
fn first_unit<T: Scalar>(amplitude: Amplitude<T>) -> T {
    match amplitude {
        Amplitude::Given(s) => s,
        Amplitude::OfLabels => T::ONE,
    }
}

/// Writes the kernel values of the new sample with the old ones to `k`, and returns its lengths and K_nn.
fn new_row<T: Scalar, K: Kernel<T>, V: Noise>(
    kernel: &K,
    (x, y): (&[T], &[T]),
    memory: &Memory<'_, T, V>,
    k: &mut [T],
) -> Result<([T; 2], T), Error> {
    for (what, values) in [(Quantity::X, x), (Quantity::Y, y)] {
        if let Some(column) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what, row: 0, column });
        }
    }
    let new = kernel.prepare(x);
    kernel_row(kernel, &new, (memory.x, memory.lengths), k);
    let diagonal = kernel.between(&new, &new);
    match k.iter().chain([&diagonal]).position(|v| !v.is_finite()) {
        Some(column) => Err(Error::NotFinite { what: Quantity::KernelMatrix, row: k.len(), column }),
        None => Ok(([new.norm, new.norm_low], diagonal)),
    }
}

/// Checks, as a fit does, that no other sample is the same to the kernel.
fn check_distinct<T: Scalar>(
    factor: &Factor<'_, T>,
    k: &[T],
    diagonal: T,
    leave: Option<usize>,
) -> Result<(), Error> {
    for (first, &shared) in k.iter().enumerate() {
        let own = factor.original(first, first).unwrap_or(T::ZERO);
        if Some(first) != leave && shared >= own && shared >= diagonal {
            return Err(Error::Coincident { first, second: k.len() });
        }
    }
    Ok(())
}
