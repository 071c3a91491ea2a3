//! The slices of a model in memory: to change it, and to read it.

use super::{Noise, View};
use crate::cholesky::Factor;
use crate::slices::{first, row};
use crate::vector::dot;
use crate::{Kernel, Prepared, Scalar};

/// The memory of a model: room for N samples of d inputs with c outputs.
#[derive(Debug)]
pub struct Memory<'m, T: Scalar, V: Noise> {
    /// N rows of d: the samples.
    pub x: &'m mut [T],
    /// N: the length of each sample, and what its rounding left behind.
    pub lengths: &'m mut [[T; 2]],
    /// N rows of N: K on and below the diagonal, R above it.
    pub matrix: &'m mut [T],
    /// The room N, which is the distance of the rows of `matrix`, `labels` and `coefficients`.
    pub stride: usize,
    /// N: 1 / R_ii.
    pub reciprocals: &'m mut [T],
    /// c rows of N: the labels.
    pub labels: &'m mut [T],
    /// c rows of N: (K + ridge I)^-1 y.
    pub coefficients: &'m mut [T],
    /// c: the amplitudes.
    pub amplitudes: &'m mut [T],
    /// The samples' own noise.
    pub noise: V::Lent<'m, T>,
}

impl<T: Scalar, V: Noise> Memory<'_, T, V> {
    /// Reborrows the memory.
    #[inline(always)]
    pub(crate) fn reborrow(&mut self) -> Memory<'_, T, V> {
        Memory {
            x: self.x,
            lengths: self.lengths,
            matrix: self.matrix,
            stride: self.stride,
            reciprocals: self.reciprocals,
            labels: self.labels,
            coefficients: self.coefficients,
            amplitudes: self.amplitudes,
            noise: V::lend_on(self.noise),
        }
    }

    /// Returns the number of inputs d.
    #[inline(always)]
    pub(in crate::regression) fn inputs(&self) -> usize {
        self.x.len().checked_div(self.stride).unwrap_or(0)
    }

    /// Returns the number of outputs c.
    #[inline(always)]
    pub(in crate::regression) fn outputs(&self) -> usize {
        self.amplitudes.len()
    }
}

/// The buffers of a change: vectors of N numbers, and as many coefficients as a model has.
#[derive(Debug)]
pub struct Scratch<'s, T> {
    pub(crate) vectors: [&'s mut [T]; 4],
    pub(crate) coefficients: &'s mut [T],
}

/// A fitted model in memory, to read.
#[derive(Clone, Copy, Debug)]
pub struct Slices<'m, T> {
    /// n rows of d.
    pub(in crate::regression) x: &'m [T],
    pub(in crate::regression) lengths: &'m [[T; 2]],
    pub(in crate::regression) factor: Factor<'m, T>,
    pub(in crate::regression) labels: &'m [T],
    pub(in crate::regression) coefficients: &'m [T],
    pub(in crate::regression) amplitudes: &'m [T],
}

impl<'m, T: Scalar> Slices<'m, T> {
    /// Returns the labels of one output.
    pub(in crate::regression) fn labels(&self, output: usize) -> &'m [T] {
        row(self.labels, self.factor.stride(), output, self.factor.len())
    }

    /// Returns the coefficients of one output.
    #[inline(always)]
    pub(in crate::regression) fn coefficients(&self, output: usize) -> &'m [T] {
        row(self.coefficients, self.factor.stride(), output, self.factor.len())
    }
}

impl<T: Scalar> View<T> for Slices<'_, T> {
    #[inline(always)]
    fn shape(&self) -> [usize; 3] {
        let n = self.factor.len();
        [self.x.len().checked_div(n).unwrap_or(0), n, self.amplitudes.len()]
    }

    #[inline(always)]
    fn kernel_row<K: Kernel<T>>(&self, kernel: &K, x: &Prepared<'_, T>, k: &mut [T]) {
        kernel_row(kernel, x, (self.x, self.lengths), k);
    }

    #[inline(always)]
    fn kernel_row_inline<K: Kernel<T>>(&self, kernel: &K, x: &Prepared<'_, T>, k: &mut [T]) {
        kernel_row_inline(kernel, x, (self.x, self.lengths), k);
    }

    fn each_sample(&self, output: usize, mut f: impl FnMut(&Prepared<'_, T>, T)) {
        let [d, ..] = self.shape();
        let samples = self.x.chunks_exact(d.max(1)).zip(self.lengths);
        for ((x, &[norm, norm_low]), &coefficient) in samples.zip(self.coefficients(output)) {
            f(&Prepared { x, norm, norm_low }, coefficient);
        }
    }

    #[inline(always)]
    fn dot_coefficients(&self, output: usize, k: &[T]) -> T {
        dot(k, self.coefficients(output))
    }

    #[inline]
    fn label_and_coefficient(&self, output: usize, i: usize) -> Option<(T, T)> {
        Some((*self.labels(output).get(i)?, *self.coefficients(output).get(i)?))
    }

    #[inline(always)]
    fn amplitude_of(&self, output: usize) -> T {
        self.amplitudes.get(output).copied().unwrap_or(T::NAN)
    }

    fn own_kernel<K: Kernel<T>>(&self, _: &K, i: usize) -> Option<T> {
        self.factor.original(i, i)
    }

    fn reciprocal(&self, i: usize) -> Option<T> {
        self.factor.reciprocals().get(i).copied()
    }

    #[inline(always)]
    fn forward(&self, b: &mut [T]) {
        let _ = self.factor.forward(b); // fails only for a wrong length
    }

    #[inline(always)]
    fn backward(&self, b: &mut [T]) {
        let _ = self.factor.backward(b);
    }

    #[inline(always)]
    fn forward_unit_from(&self, i: usize, b: &mut [T]) {
        self.factor.forward_unit_from(i, b);
    }
}

/// Returns read access to the first n samples of a model in memory.
#[allow(clippy::too_many_arguments)]
#[inline(always)]
pub(super) fn slices<'m, T: Scalar>(
    n: usize,
    d: usize,
    x: &'m [T],
    lengths: &'m [[T; 2]],
    (matrix, stride, reciprocals): (&'m [T], usize, &'m [T]),
    labels: &'m [T],
    coefficients: &'m [T],
    amplitudes: &'m [T],
) -> Slices<'m, T> {
    let factor = Factor::of_parts(matrix, stride, first(reciprocals, n));
    Slices {
        x: first(x, n.saturating_mul(d)),
        lengths: first(lengths, n),
        factor,
        labels,
        coefficients,
        amplitudes,
    }
}

/// Writes K(x, x_j) for as many samples as `row` has room for. The caller must check that the values are
/// finite.
///
/// Not inlined, so that an image contains the code once, whether it fits, predicts or grows.
#[inline(never)]
pub(crate) fn kernel_row<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: &Prepared<'_, T>,
    samples: (&[T], &[[T; 2]]),
    row: &mut [T],
) {
    kernel_row_inline(kernel, x, samples, row);
}

/// Works like [`kernel_row`], inlined for the hot path, where the dimension is known.
#[inline(always)]
pub(in crate::regression) fn kernel_row_inline<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: &Prepared<'_, T>,
    (samples, lengths): (&[T], &[[T; 2]]),
    row: &mut [T],
) {
    let samples = samples.chunks_exact(x.x.len().max(1)).zip(lengths);
    for (k, (sample, &[norm, norm_low])) in row.iter_mut().zip(samples) {
        *k = kernel.between(x, &Prepared { x: sample, norm, norm_low });
    }
}
