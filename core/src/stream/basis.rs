//! Adds an input to the basis and removes one from it.
//!
//! To remove a basis input, the rotations that remove its row from R rotate it to the last coordinate of w,
//! which is then dropped. The marginal distribution of the other coordinates does not change.
//!
//! Without basis input j the mean at z_j changes by alpha_j / (K_zz^-1)_jj, alpha = R^-1 m. The basis drops
//! the input with the smallest change. The new input competes with its sample included, from row n + 1 of
//! K_zz^-1, and the square of its change is divided by 4.

use crate::cholesky::{Factor, append, remove_from_factor, shift};
use crate::regression::{Common, Memory};
use crate::slices::{first, first_mut, range_mut, row, row_mut, set};
use crate::vector::{axpy, copy, dot};
use crate::{Error, Prepared, Scalar};

/// A new input and its sample, relative to a basis of n inputs.
pub(super) struct Newcomer<'v, T> {
    /// R^-T k(x), n numbers.
    pub(super) phi: &'v [T],
    /// S phi.
    pub(super) gain: &'v [T],
    /// r(x).
    pub(super) rest: T,
    /// The variance t of the sample.
    pub(super) variance: T,
}

/// Returns the basis input to drop, or `None` if that is the new input. `error(output)` is the label of the
/// new sample minus the mean. Cost: n^3/6 + (1 + c) n^2 multiply-adds.
///
/// `alpha` is a buffer of c rows of M numbers, `work` two buffers of n numbers.
pub(super) fn least<T: Scalar>(
    memory: &Memory<'_, T, Common>,
    newcomer: &Newcomer<'_, T>,
    error: impl Fn(usize) -> T,
    alpha: &mut [T],
    [work, shares]: [&mut [T]; 2],
) -> Result<Option<usize>, Error> {
    let (n, stride, outputs) = (newcomer.phi.len(), memory.stride, memory.amplitudes.len());
    let factor = Factor::of_parts(memory.matrix, stride, first(memory.reciprocals, n));
    let (work, shares) = (first_mut(work, n), first_mut(shares, n));
    // K_zz^-1 k(x): the weight of each basis input in the representation of the newcomer.
    copy(shares, newcomer.phi);
    factor.backward(shares)?;
    let (mut found, mut least) = (None, T::ZERO);
    for output in 0..outputs {
        let (own, coefficient) = (row_mut(alpha, stride, output, n), error(output) / newcomer.variance);
        copy(own, row(memory.coefficients, stride, output, n));
        axpy(own, coefficient, newcomer.gain);
        axpy(own, -coefficient, newcomer.phi);
        factor.backward(own)?;
        let said = newcomer.rest * coefficient;
        least += said * said * T::from_f64(0.25);
    }
    for (j, &share) in shares.iter().enumerate() {
        factor.forward_unit_from(j, work);
        let own = work.get(j..).unwrap_or(&[]);
        let precision = dot(own, own) + share * share / newcomer.rest;
        let said = (0..outputs).fold(T::ZERO, |sum, output| {
            let said = at(row(alpha, stride, output, n), j) / precision;
            sum + said * said
        });
        if said < least {
            (found, least) = (Some(j), said);
        }
    }
    Ok(found)
}

/// Removes basis input j from the basis and from phi. `work` is two buffers of n numbers.
///
/// # Errors
/// [`Error::OutOfBounds`] if there is no such input; nothing has changed then.
pub(super) fn leave<T: Scalar>(
    memory: &mut Memory<'_, T, Common>,
    n: usize,
    j: usize,
    phi: &mut [T],
    work: [&mut [T]; 2],
) -> Result<(), Error> {
    let [cosines, sines] = work;
    let Memory { x, lengths, matrix, stride, reciprocals, labels, coefficients, .. } = memory;
    let stride = *stride;
    remove_from_factor(matrix, stride, first_mut(reciprocals, n), j, |a, cosine, sine| {
        set(cosines, a, cosine);
        set(sines, a, sine);
    })?;
    for a in j + 1..n {
        let (cosine, sine) = (at(cosines, a), at(sines, a));
        let turn = |vector: &mut [T]| {
            if let Some([u, v]) = vector.get_mut(a - 1..a + 1) {
                (*u, *v) = (cosine * *v + sine * *u, cosine * *u - sine * *v);
            }
        };
        turn(phi);
        labels.chunks_exact_mut(stride.max(1)).for_each(turn);
        coefficients.chunks_exact_mut(stride.max(1)).for_each(turn);
        turn_symmetric(matrix, stride, n, a, cosine, sine);
    }
    let d = x.len().checked_div(stride).unwrap_or(0);
    shift(range_mut(x, j * d, n * d), d);
    shift(range_mut(lengths, j, n), 1);
    Ok(())
}

/// Rotates the coordinates a - 1 and a of S. The lower triangle of S is in the first n rows of the matrix.
fn turn_symmetric<T: Scalar>(matrix: &mut [T], stride: usize, n: usize, a: usize, cosine: T, sine: T) {
    let b = a - 1;
    let entry = |matrix: &[T], i: usize, j: usize| at(matrix, i * stride + j);
    let (bb, ab, aa) = (entry(matrix, b, b), entry(matrix, a, b), entry(matrix, a, a));
    for l in (0..b).chain(a + 1..n) {
        let (to_b, to_a) =
            if l < b { (b * stride + l, a * stride + l) } else { (l * stride + b, l * stride + a) };
        let (u, v) = (at(matrix, to_b), at(matrix, to_a));
        set(matrix, to_b, cosine * v + sine * u);
        set(matrix, to_a, cosine * u - sine * v);
    }
    let (square, product, other) = (cosine * cosine, cosine * sine, sine * sine);
    let twice = T::TWO * product * ab;
    set(matrix, b * stride + b, square * aa + twice + other * bb);
    set(matrix, a * stride + a, square * bb - twice + other * aa);
    set(matrix, a * stride + b, (square - other) * ab + product * (bb - aa));
}

/// Appends an input to the basis. phi has n numbers, and 1 / sqrt(r) is the new 1 / R_nn. `zeros` is a buffer
/// of n numbers.
pub(super) fn join<T: Scalar>(
    memory: &mut Memory<'_, T, Common>,
    n: usize,
    x: &Prepared<'_, T>,
    phi: &[T],
    reciprocal: T,
    zeros: &mut [T],
) {
    let Memory { x: inputs, lengths, matrix, stride, reciprocals, labels, coefficients, .. } = memory;
    zeros.fill(T::ZERO);
    append(matrix, *stride, zeros, T::ONE, first(phi, n));
    set(reciprocals, n, reciprocal);
    set(lengths, n, [x.norm, x.norm_low]);
    copy(inputs.get_mut(n * x.x.len()..).unwrap_or(&mut []), x.x);
    for numbers in [labels, coefficients] {
        for row in numbers.chunks_exact_mut((*stride).max(1)) {
            set(row, n, T::ZERO);
        }
    }
}

fn at<T: Scalar>(values: &[T], index: usize) -> T {
    values.get(index).copied().unwrap_or(T::NAN)
}
