//! Fitting in lent memory: checks, kernel matrix, factorisation, coefficients.

use super::Labels;
use crate::error::check_len;
use crate::vector::copy;
use crate::{Dataset, Error, Kernel, Point, Rows, Scalar, cholesky};

/// The memory that a fit needs, lent: for n samples of dimension d with c outputs.
#[derive(Debug)]
pub struct Memory<'m, T> {
    /// n d: the samples.
    pub x: &'m mut [T],
    /// 2 n: length of each sample, and what its rounding left behind.
    pub lengths: &'m mut [[T; 2]],
    /// n rows, `stride` apart: K and R.
    pub matrix: &'m mut [T],
    /// Distance of the rows of `matrix`, n or more.
    pub stride: usize,
    /// n: 1/R_ii.
    pub inverse: &'m mut [T],
    /// c rows of n: the labels that were fitted.
    pub labels: &'m mut [T],
    /// c rows of n: (K + ridge I)^-1 y.
    pub coefficients: &'m mut [T],
}

/// Fits in lent memory; what it leaves is read through [`super::Fitted`]. Cost: n^2/2 kernel values and n^3/6 multiply-adds.
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
    check(data, ridge, labels)?;
    let (n, c) = (data.len(), data.y().columns());
    check_len("memory for samples", data.x().values().len(), memory.x.len())?;
    check_len("memory for lengths", n, memory.lengths.len())?;
    check_len("memory for reciprocals", n, memory.inverse.len())?;
    check_len("memory for labels", n.saturating_mul(c), memory.labels.len())?;
    check_len("memory for coefficients", n.saturating_mul(c), memory.coefficients.len())?;
    if memory.stride < n || memory.matrix.len() < n.saturating_mul(memory.stride) {
        let (expected, found) = (n.saturating_mul(memory.stride.max(n)), memory.matrix.len());
        return Err(Error::Shape { what: "memory for the matrix", expected, found });
    }
    copy(memory.x, data.x().values());
    for (lengths, x) in memory.lengths.iter_mut().zip(data.x().iter()) {
        let Point { norm, rest, .. } = kernel.prepare(x);
        *lengths = [norm, rest];
    }
    fill(kernel, data.x(), memory.lengths, memory.matrix, memory.stride)?;
    if ridge == T::ZERO {
        check_distinct(memory.matrix, memory.stride, n)?;
    }
    cholesky::factor(memory.matrix, memory.stride, ridge, memory.inverse)?;
    let factor = cholesky::Factor::new(memory.matrix, memory.stride, memory.inverse)?;
    // Not a zip of two `chunks_exact_mut`: kept out of line, it divides by a chunk size that may be 0 for all it knows.
    for (output, labels_row) in memory.labels.chunks_exact_mut(n.max(1)).enumerate() {
        let Some(coefficients) = memory.coefficients.get_mut(output * n..(output + 1) * n) else { break };
        for (i, label) in labels_row.iter_mut().enumerate() {
            *label = label_of(data, labels, i, output);
        }
        copy(coefficients, labels_row);
        factor.solve(coefficients)?;
        if let Some(row) = coefficients.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: "coefficients", row, column: output });
        }
    }
    Ok(())
}

/// What can be refused before anything is written.
pub(super) fn check<T: Scalar>(data: &Dataset<'_, T>, ridge: T, labels: Labels<'_, T>) -> Result<(), Error> {
    if !(ridge >= T::ZERO && ridge.is_finite()) {
        return Err(Error::OutOfRange { what: "ridge", must: "0 or more and finite" });
    }
    if let Labels::Corrected(initial) = labels {
        check_len("number of initial outputs", data.len(), initial.len())?;
        check_len("initial outputs of a sample", data.y().columns(), initial.columns())?;
        initial.check_finite("initial outputs")?;
    }
    Ok(())
}

fn label_of<T: Scalar>(data: &Dataset<'_, T>, labels: Labels<'_, T>, i: usize, output: usize) -> T {
    let at = |rows: Rows<'_, T>| rows.row(i).get(output).copied().unwrap_or(T::ZERO);
    match labels {
        Labels::AsGiven => at(data.y()),
        Labels::Corrected(initial) => at(data.y()) - at(initial),
    }
}

/// The lower triangle of K.
fn fill<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: Rows<'_, T>,
    lengths: &[[T; 2]],
    matrix: &mut [T],
    stride: usize,
) -> Result<(), Error> {
    let point = |i: usize, [norm, rest]: [T; 2]| Point { x: x.row(i), norm, rest };
    for ((i, row), &own) in matrix.chunks_exact_mut(stride.max(1)).enumerate().zip(lengths) {
        let left = point(i, own);
        for ((j, value), &other) in row.iter_mut().enumerate().zip(lengths).take(i + 1) {
            *value = kernel.between(&left, &point(j, other));
            if !value.is_finite() {
                return Err(Error::NotFinite { what: "kernel matrix", row: i, column: j });
            }
        }
    }
    Ok(())
}

/// |K_ij| <= sqrt(K_ii K_jj), with equality only for samples that are the same to the kernel.
fn check_distinct<T: Scalar>(matrix: &[T], stride: usize, n: usize) -> Result<(), Error> {
    let at = |i: usize, j: usize| matrix.get(i * stride + j).copied().unwrap_or(T::ZERO);
    for second in 0..n {
        for first in 0..second {
            let shared = at(second, first);
            if shared >= at(first, first) && shared >= at(second, second) {
                return Err(Error::Coincident { first, second });
            }
        }
    }
    Ok(())
}
