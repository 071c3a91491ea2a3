//! The features of a new input.

use crate::cholesky::Factor;
use crate::error::Quantity;
use crate::regression::{Common, Memory, kernel_row};
use crate::slices::{first, first_mut, row};
use crate::vector::{axpy, dot};
use crate::{Error, Kernel, Prepared, Scalar};

/// The features of a new input, before its sample is learned.
pub(super) struct Features<'v, T> {
    /// The number of basis inputs n.
    pub(super) n: usize,
    /// R^-T k(x): the first n numbers.
    pub(super) phi: &'v mut [T],
    /// S phi: the first n numbers.
    pub(super) gain: &'v mut [T],
    /// phi . S phi, at least 0.
    pub(super) known: T,
    /// r(x), at least 0.
    pub(super) rest: T,
    /// K(x, x).
    pub(super) prior: T,
}

impl<T: Scalar> Features<'_, T> {
    pub(super) fn phi(&self) -> &[T] {
        first(self.phi, self.n)
    }

    /// Returns the variance of an observation.
    pub(super) fn variance(&self, noise: T) -> T {
        noise + self.rest + self.known
    }

    /// Returns the label of an output minus its mean.
    pub(super) fn error(&self, memory: &Memory<'_, T, Common>, output: usize, y: T) -> T {
        y - dot(self.phi(), row(memory.coefficients, memory.stride, output, self.n))
    }
}

/// Computes phi, S phi and r of an input. phi and S phi are written to the two vectors.
pub(super) fn features<'v, T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: &Prepared<'_, T>,
    n: usize,
    memory: &Memory<'_, T, Common>,
    [phi, gain]: [&'v mut [T]; 2],
) -> Result<Features<'v, T>, Error> {
    let (own, product) = (first_mut(phi, n), first_mut(gain, n));
    kernel_row(kernel, x, (memory.x, memory.lengths), own);
    let prior = kernel.diagonal(x);
    if let Some(column) = own.iter().chain([&prior]).position(|k| !k.is_finite()) {
        return Err(Error::NotFinite { what: Quantity::KernelMatrix, row: n, column });
    }
    let factor = Factor::of_parts(memory.matrix, memory.stride, first(memory.reciprocals, n));
    factor.forward(own)?;
    multiply(&factor, own, product);
    let (known, rest) = (not_negative(dot(own, product)), not_negative(prior - dot(own, own)));
    if !(known.is_finite() && rest.is_finite()) {
        return Err(Error::NotFinite { what: Quantity::Variance, row: 0, column: 0 });
    }
    Ok(Features { n, phi, gain, known, rest, prior })
}

/// Returns the variance, or 0 if rounding made it negative. NaN stays NaN.
pub(super) fn not_negative<T: Scalar>(variance: T) -> T {
    if variance < T::ZERO { T::ZERO } else { variance }
}

/// Writes S phi to `product`. S is stored below the diagonal and on it.
pub(super) fn multiply<T: Scalar>(factor: &Factor<'_, T>, phi: &[T], product: &mut [T]) {
    for (i, &own) in phi.iter().enumerate() {
        let row = factor.lower_row(i);
        let (Some((&diagonal, left)), Some((place, before))) =
            (row.split_last(), product.get_mut(..=i).and_then(|p| p.split_last_mut()))
        else {
            break;
        };
        *place = dot(left, first(phi, i)) + diagonal * own;
        axpy(before, own, left);
    }
}
