//! Kernel regression: training a linearised (or infinitely wide) network to the end, in closed form.
//!
//! mean(x) = k(x)^T (K + ridge I)^-1 y, with k(x)_i = K(x, x_i) and K_ij = K(x_i, x_j); with the NTK this is the network
//! after training all layers (lecture, Sections 2 and 4). Read as a Gaussian process with covariance K and noise
//! variance `ridge` it also has a standard deviation, a marginal likelihood and leave-one-out predictions.
//!
//! All c outputs share one factorisation ("multidimensional outputs"). Formulas: Rasmussen and Williams 2006, equations
//! 2.25, 2.26, 2.30 and 5.12.

use crate::error::check_len;
use crate::vector::copy;
use crate::{Dataset, Error, Kernel, Point, Rows, Scalar, cholesky};

mod fitted;

pub use fitted::{Fitted, LeaveOneOut};

/// Which labels the kernel is asked to explain (lecture, "Remarks on training a linearized network").
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Labels<'a, T> {
    /// y itself, as if f(w0; x) = 0. What the lecture's Figure 1 does.
    AsGiven,
    /// y - f(w0; x), given f(w0; x_i), n rows of c. To predict what the trained network gives, add f(w0; x) to the mean.
    Corrected(Rows<'a, T>),
}

/// The memory that a fit needs, lent: for n samples of dimension d with c outputs.
#[derive(Debug)]
pub struct Memory<'m, T> {
    /// n d: the samples.
    pub x: &'m mut [T],
    /// 2 n: length of each sample and its reciprocal.
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

/// Fits in lent memory; what it leaves is read through [`Fitted`]. Cost: n^2/2 kernel values and n^3/6 multiply-adds.
///
/// # Errors
/// Before anything is written: [`Error::OutOfRange`] for a ridge that is negative or not finite, [`Error::Shape`] for
/// memory or labels of the wrong size, [`Error::NotFinite`] for labels that are not finite.
/// Afterwards, the memory holding nothing of use: [`Error::NotFinite`] for a kernel that overflows,
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
        let Point { norm, inverse, .. } = kernel.prepare(x);
        *lengths = [norm, inverse];
    }
    fill(kernel, data.x(), memory.lengths, memory.matrix, memory.stride)?;
    if ridge == T::ZERO {
        check_distinct(memory.matrix, memory.stride, n)?;
    }
    cholesky::factor(memory.matrix, memory.stride, ridge, memory.inverse)?;
    let factor = cholesky::Factor::new(memory.matrix, memory.stride, memory.inverse)?;
    let rows = memory.labels.chunks_exact_mut(n.max(1)).zip(memory.coefficients.chunks_exact_mut(n.max(1)));
    for (output, (labels_row, coefficients)) in rows.enumerate() {
        for (i, label) in labels_row.iter_mut().enumerate() {
            *label = label_of(data, labels, i, output);
        }
        copy(coefficients, labels_row);
        factor.solve(coefficients)?;
    }
    Ok(())
}

fn check<T: Scalar>(data: &Dataset<'_, T>, ridge: T, labels: Labels<'_, T>) -> Result<(), Error> {
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
    let point = |i: usize, [norm, inverse]: [T; 2]| Point { x: x.row(i), norm, inverse };
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

/// A prediction with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction<T, const C: usize> {
    /// The mean of each output.
    pub mean: [T; C],
    /// Standard deviation of the latent function, the same for each output; add the ridge to its square for that of a
    /// new observation.
    pub deviation: T,
}

/// Kernel regression in fixed arrays: up to N samples of D inputs and C outputs.
///
/// Memory: N (D + N + 2 C + 3) numbers and one length, no heap. `new` is `const`: a large model belongs in a `static`.
///
/// ```
/// use ntk_core::{Dataset, Regression, ReluNtk, regression::Labels};
/// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [[1.0], [2.0], [2.5]]);
/// let mut model = Regression::<f32, ReluNtk, 2, 15>::new(ReluNtk);
/// model.fit(&Dataset::new(&x, &y)?, 0.0, Labels::AsGiven)?;
/// let at_a_sample = model.predict(&[0.5, 1.0])?;
/// assert!((at_a_sample.mean[0] - 2.0).abs() < 1e-5 && at_a_sample.deviation < 2e-3);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Regression<T, K, const D: usize, const N: usize, const C: usize = 1> {
    kernel: K,
    x: [[T; D]; N],
    lengths: [[T; 2]; N],
    matrix: [[T; N]; N],
    inverse: [T; N],
    labels: [[T; N]; C],
    coefficients: [[T; N]; C],
    len: usize,
}

impl<T: Scalar, K: Kernel<T>, const D: usize, const N: usize, const C: usize> Regression<T, K, D, N, C> {
    /// An empty model.
    pub const fn new(kernel: K) -> Self {
        const { assert!(D > 0 && N > 0 && C > 0, "a model has inputs, samples and outputs") }
        Self {
            kernel,
            x: [[T::ZERO; D]; N],
            lengths: [[T::ZERO; 2]; N],
            matrix: [[T::ZERO; N]; N],
            inverse: [T::ZERO; N],
            labels: [[T::ZERO; N]; C],
            coefficients: [[T::ZERO; N]; C],
            len: 0,
        }
    }

    /// Fits n <= N samples; see [`fit`] for cost and meaning.
    ///
    /// # Errors
    /// [`Error::Capacity`] for more than N samples and [`Error::Shape`] for another number of inputs or outputs, the old
    /// model staying as it was; otherwise as [`fit`]: a refusal before anything is written leaves the old model, a
    /// failure of the kernel matrix leaves an empty one.
    pub fn fit(&mut self, data: &Dataset<'_, T>, ridge: T, labels: Labels<'_, T>) -> Result<(), Error> {
        let n = data.len();
        if n > N {
            return Err(Error::Capacity { capacity: N, found: n });
        }
        check_len("number of inputs", D, data.x().columns())?;
        check_len("number of outputs", C, data.y().columns())?;
        check(data, ridge, labels)?;
        self.len = 0;
        let memory = Memory {
            x: first_mut(self.x.as_flattened_mut(), n * D),
            lengths: first_mut(&mut self.lengths, n),
            matrix: self.matrix.as_flattened_mut(),
            stride: N,
            inverse: first_mut(&mut self.inverse, n),
            labels: first_mut(self.labels.as_flattened_mut(), n * C),
            coefficients: first_mut(self.coefficients.as_flattened_mut(), n * C),
        };
        fit(&self.kernel, data, ridge, labels, memory)?;
        self.len = n;
        Ok(())
    }

    /// The mean alone. Cost: n kernel values and n c multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::NotFinite`] for an input with NaN or infinity.
    pub fn mean(&self, x: &[T; D]) -> Result<[T; C], Error> {
        let (mut mean, mut work) = ([T::ZERO; C], [T::ZERO; N]);
        self.fitted()?.mean(x, first_mut(&mut work, self.len), &mut mean)?;
        Ok(mean)
    }

    /// The mean and the standard deviation of the latent function. Cost: that of the mean and n^2/2 multiply-adds.
    ///
    /// # Errors
    /// As [`Regression::mean`].
    pub fn predict(&self, x: &[T; D]) -> Result<Prediction<T, C>, Error> {
        let (mut mean, mut work) = ([T::ZERO; C], [T::ZERO; N]);
        let deviation = self.fitted()?.predict(x, first_mut(&mut work, self.len), &mut mean)?;
        Ok(Prediction { mean, deviation })
    }

    /// The prediction for sample i by a model that has not seen it; see [`Fitted::leave_one_out`].
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::Shape`] if there is no such sample or output.
    pub fn leave_one_out(&self, i: usize, output: usize) -> Result<LeaveOneOut<T>, Error> {
        let mut work = [T::ZERO; N];
        self.fitted()?.leave_one_out(i, output, first_mut(&mut work, self.len))
    }

    /// The log marginal likelihood of one output; see [`Fitted::log_marginal_likelihood`].
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::Shape`] if there is no such output.
    pub fn log_marginal_likelihood(&self, output: usize) -> Result<T, Error> {
        self.fitted()?.log_marginal_likelihood(output)
    }

    /// The number of samples; 0 before the first fit and after a failed one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Nothing has been fitted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn fitted(&self) -> Result<Fitted<'_, T, K>, Error> {
        let n = self.len;
        Fitted::new(
            &self.kernel,
            Rows::from(first(&self.x, n)),
            first(&self.lengths, n),
            cholesky::Factor::new(self.matrix.as_flattened(), N, first(&self.inverse, n))?,
            first(self.labels.as_flattened(), n * C),
            first(self.coefficients.as_flattened(), n * C),
        )
    }
}

/// The first n elements; empty if there are fewer, which the lengths kept here rule out.
fn first<T>(values: &[T], n: usize) -> &[T] {
    values.get(..n).unwrap_or(&[])
}

fn first_mut<T>(values: &mut [T], n: usize) -> &mut [T] {
    values.get_mut(..n).unwrap_or(&mut [])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReluNtk;

    fn documented(bytes: usize, [d, n, c]: [usize; 3]) -> usize {
        n * (d + n + 2 * c + 3) * bytes + size_of::<usize>()
    }

    #[test]
    fn memory_is_as_documented() {
        assert_eq!(size_of::<Regression<f64, ReluNtk, 2, 15>>(), documented(8, [2, 15, 1]));
        assert_eq!(size_of::<Regression<f32, ReluNtk, 3, 32, 2>>(), documented(4, [3, 32, 2]));
    }

    #[test]
    fn a_static_model_costs_no_stack() {
        static MODEL: Regression<f32, ReluNtk, 1, 4> = Regression::new(ReluNtk);
        assert!(MODEL.is_empty());
        assert_eq!(MODEL.mean(&[1.0]), Err(Error::NotFitted));
    }
}
