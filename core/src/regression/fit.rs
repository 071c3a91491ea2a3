//! Fitting in the memory of a model: checks, kernel matrix, factorisation, coefficients.

use super::algebra::Own;
use super::storage::{Lent, Memory, Noise, in_units};
use super::unit::solve_in_units;
use crate::cholesky::{self, Factor};
use crate::error::{Quantity, Setting};
use crate::slices::{first, first_mut, row, row_mut, set};
use crate::vector::copy;
use crate::{Dataset, Error, Kernel, Prepared, Rows, Scalar};

/// The square array of a model, with R_ii or their reciprocals beside it.
pub(super) struct Square<'m, T> {
    pub(super) matrix: &'m mut [T],
    pub(super) stride: usize,
    /// n numbers.
    pub(super) reciprocals: &'m mut [T],
}

impl<T: Scalar> Square<'_, T> {
    /// Returns the factorisation, which must have been computed.
    pub(super) fn factor(&self) -> Factor<'_, T> {
        Factor::of_parts(self.matrix, self.stride, self.reciprocals)
    }
}

impl<T: Scalar, V: Noise> Memory<'_, T, V> {
    /// Returns the square array for n samples.
    #[inline(always)]
    pub(super) fn square(&mut self, n: usize) -> Square<'_, T> {
        Square { matrix: self.matrix, stride: self.stride, reciprocals: first_mut(self.reciprocals, n) }
    }
}

/// How large kernel and ridge are in units of y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Amplitude<T> {
    /// The amplitude of largest marginal likelihood, for each output.
    OfLabels,
    /// A given amplitude.
    Given(T),
}

/// Fits in memory whose former contents are lost. The caller has checked the arguments.
///
/// # Errors
/// Those of [`super::Regression::fit`]; the contents of the memory are unspecified then.
#[inline]
pub(super) fn fit<T: Scalar, K: Kernel<T>, V: Noise>(
    kernel: &K,
    data: &Dataset<'_, T>,
    noise: V::Given<'_, T>,
    ridge: T,
    amplitude: Amplitude<T>,
    mut memory: Memory<'_, T, V>,
) -> Result<(), Error> {
    let n = data.len();
    copy(memory.x, data.x().values());
    prepare(kernel, data.x(), memory.lengths);
    set_noise::<T, V>(noise, n, memory.noise);
    fill(kernel, data.x(), first(memory.lengths, n), memory.matrix, memory.stride, memory.noise)?;
    set_labels(data, &mut memory);
    solve_in_units(&mut Own, kernel, ridge, n, amplitude, memory)
}

/// Copies the deviations of the samples' own noise into their place.
#[inline(always)]
pub(super) fn set_noise<T: Scalar, V: Noise>(given: V::Given<'_, T>, n: usize, memory: V::Lent<'_, T>) {
    if V::OWN {
        for i in 0..n {
            memory.set(i, V::at(given, i));
        }
    }
}

/// Copies the labels into their place.
pub(super) fn set_labels<T: Scalar, V: Noise>(data: &Dataset<'_, T>, memory: &mut Memory<'_, T, V>) {
    let rows = memory.labels.chunks_exact_mut(memory.stride.max(1));
    for (output, row) in rows.enumerate().take(data.y().columns()) {
        for (label, y) in row.iter_mut().zip(data.y().iter()) {
            *label = y.get(output).copied().unwrap_or(T::ZERO);
            core::hint::black_box(()); // as in vector::copy: one output would be a call of memcpy
        }
    }
}

/// Computes factorisation, coefficients and amplitudes from K and the labels.
pub(super) fn solve<T: Scalar, V: Noise>(
    ridge: T,
    n: usize,
    amplitude: Amplitude<T>,
    mut memory: Memory<'_, T, V>,
) -> Result<(), Error> {
    let (stride, noise) = (memory.stride, memory.noise);
    let Square { matrix, reciprocals, .. } = memory.square(n);
    check_matrix::<T, V>(ridge, n, matrix, stride, noise)?;
    cholesky::factor(matrix, stride, ridge, reciprocals)?;
    coefficients_of(n, amplitude, memory)
}

/// Checks everything about a kernel matrix and a ridge that can be checked before the factorisation.
#[inline(always)]
pub(super) fn check_matrix<T: Scalar, V: Noise>(
    ridge: T,
    n: usize,
    matrix: &[T],
    stride: usize,
    noise: V::Lent<'_, T>,
) -> Result<(), Error> {
    let diagonal = |i: usize| matrix.get(i * stride + i).copied();
    if ridge == T::ZERO {
        return check_distinct(n, diagonal, |i, j| matrix.get(i * stride + j).copied());
    }
    let own = |i| in_units(noise.deviation(i), noise.unit());
    check_visible::<T, V>(ridge, (0..n).filter_map(diagonal), own)
}

/// Computes (K + ridge I)^-1 y and the amplitude of each output from the factorisation.
pub(super) fn coefficients_of<T: Scalar, V: Noise>(
    n: usize,
    amplitude: Amplitude<T>,
    memory: Memory<'_, T, V>,
) -> Result<(), Error> {
    let Memory { matrix, stride, reciprocals, labels, coefficients, amplitudes, .. } = memory;
    let factor = Factor::of_parts(matrix, stride, first(reciprocals, n));
    for (output, s) in amplitudes.iter_mut().enumerate() {
        let place = row_mut(coefficients, stride, output, n);
        copy(place, row(labels, stride, output, n));
        *s = solve_one(&factor, amplitude, place)?;
        if let Some(row) = place.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: Quantity::Coefficients, row, column: output });
        }
    }
    Ok(())
}

/// Replaces y by (K + ridge I)^-1 y, and returns the amplitude: the given one, or the square root of y^T (K +
/// ridge I)^-1 y / n.
///
/// The amplitude is the root mean square of R^-T y, a sum of positive terms. The terms of y^T a would cancel
/// if the matrix is ill-conditioned.
pub(super) fn solve_one<T: Scalar>(
    factor: &Factor<'_, T>,
    amplitude: Amplitude<T>,
    y: &mut [T],
) -> Result<T, Error> {
    factor.forward(y)?;
    let s = match amplitude {
        Amplitude::OfLabels => root_mean_square(y),
        Amplitude::Given(s) => s,
    };
    factor.backward(y)?;
    Ok(s)
}

/// Returns the root mean square. It is computed in units of the largest number, so that no square overflows
/// or underflows.
pub(super) fn root_mean_square<T: Scalar>(values: &[T]) -> T {
    let largest = values.iter().fold(T::ZERO, |most, v| if v.abs() > most { v.abs() } else { most });
    if largest == T::ZERO {
        return largest;
    }
    let sum = values.iter().fold(T::ZERO, |sum, &v| sum + (v / largest) * (v / largest));
    largest * (sum / T::from_usize(values.len())).sqrt()
}

pub(super) fn check_ridge<T: Scalar>(ridge: T) -> Result<(), Error> {
    if ridge >= T::ZERO && ridge.is_finite() { Ok(()) } else { Err(Setting::Ridge.out_of_range()) }
}

/// Checks that the ridge is not lost in rounding when added to any K_ii. It may be lost beside the sample's
/// own noise.
pub(super) fn check_visible<T: Scalar, V: Noise>(
    ridge: T,
    diagonal: impl Iterator<Item = T>,
    own: impl Fn(usize) -> T,
) -> Result<(), Error> {
    for (sample, k) in diagonal.enumerate() {
        if k + ridge == k && !(V::OWN && own(sample) + ridge == own(sample)) {
            return Err(Error::RidgeTooSmall { sample });
        }
    }
    Ok(())
}

/// Computes lengths and K of the n samples in the memory for another kernel.
pub(super) fn refill<T: Scalar, K: Kernel<T>, V: Noise>(
    kernel: &K,
    n: usize,
    memory: &mut Memory<'_, T, V>,
) -> Result<(), Error> {
    let d = memory.inputs();
    let x = Rows::new(first_mut(memory.x, n * d), d)?;
    prepare(kernel, x, memory.lengths);
    fill(kernel, x, first_mut(memory.lengths, n), memory.matrix, memory.stride, memory.noise)
}

/// Writes the lengths that the kernel gives to the inputs.
pub(super) fn prepare<T: Scalar, K: Kernel<T>>(kernel: &K, x: Rows<'_, T>, lengths: &mut [[T; 2]]) {
    for (lengths, x) in lengths.iter_mut().zip(x.iter()) {
        let Prepared { norm, norm_low, .. } = kernel.prepare(x);
        *lengths = [norm, norm_low];
    }
}

/// Writes the lower triangle of K, with the samples' own noise on the diagonal.
pub(super) fn fill<T: Scalar, K: Kernel<T>, L: Lent<T>>(
    kernel: &K,
    x: Rows<'_, T>,
    lengths: &[[T; 2]],
    matrix: &mut [T],
    stride: usize,
    noise: L,
) -> Result<(), Error> {
    for ((i, row), &[norm, norm_low]) in matrix.chunks_exact_mut(stride.max(1)).enumerate().zip(lengths) {
        let Some(row) = row.get_mut(..i + 1) else { break };
        super::storage::kernel_row(
            kernel,
            &Prepared { x: x.row(i), norm, norm_low },
            (x.values(), lengths),
            row,
        );
        if let Some(column) = row.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { what: Quantity::KernelMatrix, row: i, column });
        }
        if L::OWN
            && let Some(own) = row.last_mut()
        {
            *own += in_units(noise.deviation(i), noise.unit());
        }
    }
    Ok(())
}

/// Checks that no two samples are the same to the kernel. Only for such samples |K_ij| <= sqrt(K_ii K_jj)
/// holds with equality. `shared(i, j)` is called for i > j only.
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

/// Writes the labels of sample i, one for each output.
pub(super) fn set_label<T: Scalar>(labels: &mut [T], stride: usize, i: usize, y: &[T]) {
    for (labels, &label) in labels.chunks_exact_mut(stride.max(1)).zip(y) {
        set(labels, i, label);
    }
}
