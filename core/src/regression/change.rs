//! One sample more, one less, or one for another, in n^2 operations and without a way back that could be needed.
//!
//! All that can fail is computed beside the model: the new row of K, the new column of R, its pivot, the new coefficients.
//! Then the model is changed, and nothing can fail any more. With C = (K + ridge I)^-1, g = C e_i for the sample i that
//! leaves, and k and y of the one that joins, the coefficients become
//!
//! ```text
//! a  <-  a - g a_i / g_i                      without i;          v  =  C k - g (C k)_i / g_i
//! a  <-  (a - v t, t),    t = (y - k^T a) / (K_nn + ridge - k^T v)     with the new one
//! ```
//!
//! These decide whether the coefficients are finite. What is kept is a solve with the new factor, so that rounding errors
//! of one change do not live on in the next.

use super::fit::{self, row, row_mut};
use super::{Memory, first, first_mut};
use crate::cholesky::{self, Factor, append, append_pivot, shift};
use crate::vector::{axpy, copy, dot};
use crate::{Error, Kernel, Scalar};

/// A sample and its labels.
pub(super) type Sample<'s, T> = (&'s [T], &'s [T]);

/// Vectors of the model's capacity, and as many coefficients as it has.
pub(super) struct Scratch<'s, T> {
    pub(super) vectors: [&'s mut [T]; 4],
    pub(super) coefficients: &'s mut [T],
}

/// Takes sample `leave` out and puts `join` at the end; the others keep their order. Returns the new number of samples.
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Capacity`], [`Error::NotFinite`], [`Error::Coincident`], [`Error::NotPositiveDefinite`]; then
/// the memory has not changed.
pub(super) fn change<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    ridge: T,
    n: usize,
    memory: Memory<'_, T>,
    leave: Option<usize>,
    join: Option<Sample<'_, T>>,
    scratch: Scratch<'_, T>,
) -> Result<usize, Error> {
    if let Some(index) = leave
        && index >= n
    {
        return Err(Error::NoSuch { what: "sample", count: n, index });
    }
    let stride = memory.stride;
    let left = n.saturating_sub(usize::from(leave.is_some()));
    if join.is_some() && left >= stride {
        return Err(Error::Capacity { capacity: stride, found: left.saturating_add(1) });
    }
    let factor = Factor::new(memory.matrix, stride, first(memory.inverse, n))?;
    let [k, column, g, v] = scratch.vectors.map(|vector| first_mut(vector, n));
    if let Some(i) = leave {
        factor.forward_unit(i, g)?;
        factor.backward(g)?;
    }
    let at_leave = |vector: &[T]| leave.and_then(|i| vector.get(i).copied());
    let mut new = None;
    if let Some((x, y)) = join {
        let (lengths, diagonal) = kernel_row(kernel, (x, y), &memory, k)?;
        if ridge == T::ZERO {
            check_distinct(&factor, k, diagonal, leave)?;
        }
        copy(column, k);
        factor.forward(column)?;
        copy(v, column);
        factor.backward(v)?;
        if let Some(i) = leave {
            factor.without(i, column, first_mut(scratch.coefficients, n));
            let ratio = at_leave(v).unwrap_or(T::ZERO) / at_leave(g).unwrap_or(T::ONE);
            axpy(v, -ratio, g);
            shift(v.get_mut(i..).unwrap_or(&mut []), 1);
            shift(k.get_mut(i..).unwrap_or(&mut []), 1);
        }
        let inverse = append_pivot(first(column, left), diagonal + ridge)?;
        new = Some(New { x, y, lengths, diagonal, inverse });
    }
    let (k, column, v) = (first(k, left), first(column, left), first(v, left));
    for output in 0..memory.labels.len() / stride.max(1) {
        let old = row(memory.coefficients, stride, output, n);
        let ratio = at_leave(old).unwrap_or(T::ZERO) / at_leave(g).unwrap_or(T::ONE);
        let stay = old.iter().zip(&*g).enumerate().filter(|(j, _)| Some(*j) != leave);
        let place = row_mut(scratch.coefficients, stride, output, left);
        for (place, (_, (&old, &g))) in place.iter_mut().zip(stay) {
            *place = old - g * ratio;
        }
        if let Some(New { y, inverse, .. }) = &new {
            let label = y.get(output).copied().unwrap_or(T::ZERO);
            let last = (label - dot(k, place)) * *inverse * *inverse;
            axpy(place, -last, v);
            set(scratch.coefficients, output * stride + left, last);
        }
        let candidate = row(scratch.coefficients, stride, output, left + usize::from(new.is_some()));
        if let Some(row) = candidate.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: "coefficients", row, column: output });
        }
    }
    let Memory { x, lengths, matrix, inverse, labels, coefficients, .. } = memory;
    if let Some(i) = leave {
        cholesky::remove(matrix, stride, first_mut(inverse, n), i)?;
        let d = x.len().checked_div(stride).unwrap_or(0);
        shift(x.get_mut(i * d..n * d).unwrap_or(&mut []), d);
        shift(lengths.get_mut(i..n).unwrap_or(&mut []), 1);
        for labels in labels.chunks_exact_mut(stride.max(1)) {
            shift(labels.get_mut(i..n).unwrap_or(&mut []), 1);
        }
    }
    let count = left + usize::from(new.is_some());
    if let Some(new) = new {
        append(matrix, stride, k, new.diagonal, column);
        set(inverse, left, new.inverse);
        set(lengths, left, new.lengths);
        copy(x.get_mut(left * new.x.len()..).unwrap_or(&mut []), new.x);
        for (labels, &label) in labels.chunks_exact_mut(stride.max(1)).zip(new.y) {
            set(labels, left, label);
        }
    }
    let factor = Factor::new(matrix, stride, first(inverse, count))?;
    for (output, labels) in labels.chunks_exact(stride.max(1)).enumerate() {
        let place = row_mut(coefficients, stride, output, count);
        copy(place, labels);
        factor.solve(place)?;
        if !place.iter().all(|v| v.is_finite()) {
            copy(place, row(scratch.coefficients, stride, output, count)); // equal but for rounding
        }
    }
    Ok(count)
}

/// What is known of the sample that joins.
struct New<'s, T> {
    x: &'s [T],
    y: &'s [T],
    lengths: [T; 2],
    diagonal: T,
    inverse: T,
}

/// The kernel of the new sample with each old one into `k`; returns its lengths and K_nn.
fn kernel_row<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    (x, y): Sample<'_, T>,
    memory: &Memory<'_, T>,
    k: &mut [T],
) -> Result<([T; 2], T), Error> {
    for (what, values) in [("x", x), ("y", y)] {
        if let Some(column) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what, row: 0, column });
        }
    }
    let new = kernel.prepare(x);
    fit::kernel_row(kernel, &new, (memory.x, memory.lengths), k);
    let diagonal = kernel.between(&new, &new);
    match k.iter().chain([&diagonal]).position(|v| !v.is_finite()) {
        Some(column) => Err(Error::NotFinite { what: "kernel matrix", row: k.len(), column }),
        None => Ok(([new.norm, new.rest], diagonal)),
    }
}

/// As for a fit: no other sample is the same to the kernel.
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

fn set<V>(values: &mut [V], index: usize, value: V) {
    if let Some(place) = values.get_mut(index) {
        *place = value;
    }
}
