//! Fitting in lent memory: checks, kernel matrix, factorisation, coefficients.

use super::{Labels, first_mut};
use crate::error::check_len;
use crate::vector::copy;
use crate::{Dataset, Error, Kernel, Point, Rows, Scalar, cholesky};

/// The memory of a model, lent: for up to N samples of dimension d with c outputs.
#[derive(Debug)]
pub struct Memory<'m, T> {
    /// N d: the samples.
    pub x: &'m mut [T],
    /// 2 N: length of each sample, and what its rounding left behind.
    pub lengths: &'m mut [[T; 2]],
    /// N rows of N: K and R.
    pub matrix: &'m mut [T],
    /// The capacity N, the distance of the rows of `matrix`, `labels` and `coefficients`.
    pub stride: usize,
    /// N: 1/R_ii.
    pub inverse: &'m mut [T],
    /// c rows of N: the labels that were fitted.
    pub labels: &'m mut [T],
    /// c rows of N: (K + ridge I)^-1 y.
    pub coefficients: &'m mut [T],
}

impl<T: Scalar> Memory<'_, T> {
    /// Room for n samples of d inputs and c outputs.
    fn check(&self, [n, d, c]: [usize; 3]) -> Result<(), Error> {
        let at_least = |what, expected, found| {
            if found < expected { Err(Error::Shape { what, expected, found }) } else { Ok(()) }
        };
        let stride = self.stride;
        at_least("distance of the rows", n, stride)?;
        at_least("memory for samples", n.saturating_mul(d), self.x.len())?;
        at_least("memory for lengths", n, self.lengths.len())?;
        at_least("memory for reciprocals", n, self.inverse.len())?;
        at_least("memory for the matrix", n.saturating_mul(stride), self.matrix.len())?;
        at_least("memory for labels", c.saturating_mul(stride), self.labels.len())?;
        at_least("memory for coefficients", c.saturating_mul(stride), self.coefficients.len())
    }
}

/// Fits in lent memory; what it leaves is read through [`super::Fitted`]. Does not compile for a
/// [`Scalar::ROUGH`] type. Cost: n^2/2 kernel values and n^3/6 multiply-adds.
///
/// # Errors
/// Before anything is written: [`Error::OutOfRange`] for a ridge that is negative or not finite, [`Error::Shape`] for
/// memory or labels of the wrong size, [`Error::NotFinite`] for labels that are not finite.
/// Afterwards, the memory holding nothing of use: [`Error::NotFinite`] for a kernel or coefficients that overflow,
/// [`Error::Coincident`] for two samples that are the same to the kernel while the ridge is 0,
/// [`Error::NotPositiveDefinite`] if the factorisation fails.
pub fn fit<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    data: &Dataset<'_, T>,
    ridge: T,
    labels: Labels<'_, T>,
    memory: Memory<'_, T>,
) -> Result<(), Error> {
    const {
        assert!(
            !T::ROUGH,
            "a kernel matrix in Micro need not be positive definite: take f32, or Regression::rough"
        )
    }
    check(data, ridge, labels)?;
    fit_any(kernel, data, ridge, labels, memory)
}

/// The same for any type, its arguments checked.
#[inline]
pub(super) fn fit_any<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    data: &Dataset<'_, T>,
    ridge: T,
    labels: Labels<'_, T>,
    mut memory: Memory<'_, T>,
) -> Result<(), Error> {
    let (n, c) = (data.len(), data.y().columns());
    memory.check([n, data.x().columns(), c])?;
    copy(memory.x, data.x().values());
    prepare(kernel, data.x(), memory.lengths);
    fill(kernel, data.x(), first_mut(memory.lengths, n), memory.matrix, memory.stride)?;
    set_labels(data, labels, &mut memory);
    let Memory { matrix, stride, inverse, labels, coefficients, .. } = memory;
    solve(ridge, c, (matrix, stride, first_mut(inverse, n)), labels, coefficients)
}

/// The labels to be fitted, into their place.
pub(super) fn set_labels<T: Scalar>(
    data: &Dataset<'_, T>,
    labels: Labels<'_, T>,
    memory: &mut Memory<'_, T>,
) {
    let rows = memory.labels.chunks_exact_mut(memory.stride.max(1));
    for (output, row) in rows.enumerate().take(data.y().columns()) {
        for (i, label) in row.iter_mut().enumerate().take(data.len()) {
            *label = label_of(data, labels, i, output);
        }
    }
}

/// Factorisation and coefficients from K and labels.
pub(super) fn solve<T: Scalar>(
    ridge: T,
    outputs: usize,
    (matrix, stride, inverse): (&mut [T], usize, &mut [T]),
    labels: &[T],
    coefficients: &mut [T],
) -> Result<(), Error> {
    if ridge == T::ZERO {
        let at = |i: usize, j: usize| matrix.get(i * stride + j).copied();
        check_distinct(inverse.len(), |i| at(i, i), at)?;
    }
    cholesky::factor(matrix, stride, ridge, inverse)?;
    coefficients_of(&cholesky::Factor::new(matrix, stride, inverse)?, outputs, labels, coefficients)
}

/// (K + ridge I)^-1 y for each output.
pub(super) fn coefficients_of<T: Scalar>(
    factor: &cholesky::Factor<'_, T>,
    outputs: usize,
    labels: &[T],
    coefficients: &mut [T],
) -> Result<(), Error> {
    let stride = factor.stride();
    for output in 0..outputs {
        let place = row_mut(coefficients, stride, output, factor.len());
        copy(place, row(labels, stride, output, factor.len()));
        factor.solve(place)?;
        if let Some(row) = place.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: "coefficients", row, column: output });
        }
    }
    Ok(())
}

/// What can be refused before anything is written.
pub(super) fn check<T: Scalar>(data: &Dataset<'_, T>, ridge: T, labels: Labels<'_, T>) -> Result<(), Error> {
    check_ridge(ridge)?;
    if let Labels::Corrected(initial) = labels {
        check_len("number of initial outputs", data.len(), initial.len())?;
        check_len("initial outputs of a sample", data.y().columns(), initial.columns())?;
        initial.check_finite("initial outputs")?;
    }
    Ok(())
}

pub(super) fn check_ridge<T: Scalar>(ridge: T) -> Result<(), Error> {
    if ridge >= T::ZERO && ridge.is_finite() {
        Ok(())
    } else {
        Err(Error::OutOfRange { what: "ridge", must: "0 or more and finite" })
    }
}

pub(super) fn label_of<T: Scalar>(
    data: &Dataset<'_, T>,
    labels: Labels<'_, T>,
    i: usize,
    output: usize,
) -> T {
    let at = |rows: Rows<'_, T>| rows.row(i).get(output).copied().unwrap_or(T::ZERO);
    match labels {
        Labels::AsGiven => at(data.y()),
        Labels::Corrected(initial) => at(data.y()) - at(initial),
    }
}

/// Lengths and K of the n samples that are there, with another kernel.
pub(super) fn refill<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    n: usize,
    memory: &mut Memory<'_, T>,
) -> Result<(), Error> {
    let d = memory.x.len().checked_div(memory.stride).unwrap_or(0);
    let x = Rows::new(first_mut(memory.x, n * d), d)?;
    prepare(kernel, x, memory.lengths);
    fill(kernel, x, first_mut(memory.lengths, n), memory.matrix, memory.stride)
}

/// The lengths that a kernel gives to its inputs.
pub(super) fn prepare<T: Scalar, K: Kernel<T>>(kernel: &K, x: Rows<'_, T>, lengths: &mut [[T; 2]]) {
    for (lengths, x) in lengths.iter_mut().zip(x.iter()) {
        let Point { norm, rest, .. } = kernel.prepare(x);
        *lengths = [norm, rest];
    }
}

/// The lower triangle of K.
pub(super) fn fill<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: Rows<'_, T>,
    lengths: &[[T; 2]],
    matrix: &mut [T],
    stride: usize,
) -> Result<(), Error> {
    for ((i, row), &[norm, rest]) in matrix.chunks_exact_mut(stride.max(1)).enumerate().zip(lengths) {
        let Some(row) = row.get_mut(..i + 1) else { break };
        kernel_row(kernel, &Point { x: x.row(i), norm, rest }, (x.values(), lengths), row);
        if let Some(column) = row.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: "kernel matrix", row: i, column });
        }
    }
    Ok(())
}

/// K(x, x_j) for as many of the samples as there is room for. What is not finite in it is for the caller to notice.
///
/// Out of line: an image has it once, whatever fits, predicts and grows in it.
#[inline(never)]
pub(super) fn kernel_row<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: &Point<'_, T>,
    samples: (&[T], &[[T; 2]]),
    row: &mut [T],
) {
    kernel_row_inline(kernel, x, samples, row);
}

/// [`kernel_row`] for the hot path, which knows the dimension.
#[inline(always)]
pub(super) fn kernel_row_inline<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: &Point<'_, T>,
    (samples, lengths): (&[T], &[[T; 2]]),
    row: &mut [T],
) {
    let samples = samples.chunks_exact(x.x.len().max(1)).zip(lengths);
    for (k, (sample, &[norm, rest])) in row.iter_mut().zip(samples) {
        *k = kernel.between(x, &Point { x: sample, norm, rest });
    }
}

/// The first n of row `output`, rows `stride` apart.
pub(super) fn row<T>(values: &[T], stride: usize, output: usize, n: usize) -> &[T] {
    let start = output.saturating_mul(stride);
    values.get(start..start.saturating_add(n)).unwrap_or(&[])
}

pub(super) fn row_mut<T>(values: &mut [T], stride: usize, output: usize, n: usize) -> &mut [T] {
    let start = output.saturating_mul(stride);
    values.get_mut(start..start.saturating_add(n)).unwrap_or(&mut [])
}

/// |K_ij| <= sqrt(K_ii K_jj), with equality only for samples that are the same to the kernel. `shared(i, j)` is asked for i > j.
pub(super) fn check_distinct<T: Scalar>(
    n: usize,
    own: impl Fn(usize) -> Option<T>,
    shared: impl Fn(usize, usize) -> Option<T>,
) -> Result<(), Error> {
    let own = |i| own(i).unwrap_or(T::ZERO);
    for second in 0..n {
        for first in 0..second {
            let shared = shared(second, first).unwrap_or(T::ZERO);
            if shared >= own(first) && shared >= own(second) {
                return Err(Error::Coincident { first, second });
            }
        }
    }
    Ok(())
}
