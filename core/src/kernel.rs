//! Kernels: NNGP and NTK at infinite width in closed form, and the NTK of a network of finite width.

use crate::error::check_len;
use crate::slices::set;
use crate::{Error, Rows, Scalar};

pub(crate) mod arc_cosine;
mod architecture;
mod code;
mod composed;
mod doubled;
mod empirical;
mod gradient;
mod nngp;
mod ntk;
mod per_layer;
#[doc(hidden)]
pub mod recursion;
pub(crate) mod sign_change;

pub(crate) use architecture::check_depth;
pub use architecture::{Architecture, Layers, OneLayer, SameLayers};
pub use code::{ActivationCode, KernelCode, StorableKernel};
pub use composed::{Product, Sum};
pub use empirical::EmpiricalNtk;
pub use gradient::KernelGradient;
pub use nngp::Nngp;
pub use ntk::Ntk;
pub use per_layer::PerLayer;

/// An input with the length that a kernel gives it, computed once and used for every partner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prepared<'x, T> {
    /// The input itself, d numbers.
    pub x: &'x [T],
    /// Its length, rounded: |x|, or with biases sqrt(w |x|^2 + b).
    pub norm: T,
    /// What the rounding left behind: norm + norm_low is the length to nearly twice the digits.
    #[doc(hidden)]
    pub norm_low: T,
}

impl<'x, T: Scalar> Prepared<'x, T> {
    /// Prepares an input whose length is |x|.
    #[inline(always)]
    pub fn new(x: &'x [T]) -> Self {
        Self::affine(x, T::ONE, T::ZERO)
    }

    /// Prepares an input whose length is sqrt(w |x|^2 + b).
    #[inline(always)] // so that a caller which knows the dimension still does
    #[doc(hidden)]
    pub fn affine(x: &'x [T], w: T, b: T) -> Self {
        let (norm, norm_low) = doubled::length(x, w, b);
        Self { x, norm, norm_low }
    }
}

/// A symmetric positive semidefinite function of two inputs.
///
/// NaN or infinity in an input gives a value that is not finite. Squared lengths must neither overflow nor
/// underflow.
pub trait Kernel<T: Scalar> {
    /// Computes what depends on one input only.
    #[inline(always)]
    fn prepare<'x>(&self, x: &'x [T]) -> Prepared<'x, T> {
        Prepared::new(x)
    }

    /// Returns K of two prepared inputs of equal dimension. It is symmetric, bit for bit.
    #[must_use]
    fn between(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>) -> T;

    /// Returns K(x, x), the same bits as `between(x, x)`.
    #[inline]
    #[must_use]
    fn diagonal(&self, x: &Prepared<'_, T>) -> T {
        self.between(x, x)
    }

    /// Checks the kernel's settings, as a fit does.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for the first that lies outside of its range.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Returns K(x, y) of two inputs of equal dimension.
    #[inline]
    #[must_use]
    fn value(&self, x: &[T], y: &[T]) -> T {
        self.between(&self.prepare(x), &self.prepare(y))
    }
}

/// A kernel whose architecture is a value: a search can set its variances.
pub trait VariableKernel<T: Scalar>: Kernel<T> + Sized {
    /// Returns the depth and the variances.
    #[must_use]
    fn architecture(&self) -> Architecture<T>;

    /// Returns the same kernel with another architecture, which is not checked.
    #[must_use]
    fn with_architecture(&self, architecture: Architecture<T>) -> Self;
}

/// Writes the Gram matrix K(x_i, x_j), n x n and symmetric, row by row (lecture, Section 2). Units: the
/// kernel's.
///
/// Cost: n^2/2 kernel values, and n^2/16 times what is prepared for an input.
///
/// # Errors
/// [`Error::Shape`] if `matrix` does not have n^2 elements.
pub fn gram<T: Scalar, K: Kernel<T>>(kernel: &K, x: Rows<'_, T>, matrix: &mut [T]) -> Result<(), Error> {
    let n = x.len();
    check_len("Gram matrix", n.saturating_mul(n), matrix.len())?;
    // Partners are prepared in groups: what an input costs is then paid n / GROUP times, and no memory is
    // asked for.
    for first in (0..n).step_by(GROUP) {
        let mut partners = [Prepared { x: &[][..], norm: T::ZERO, norm_low: T::ZERO }; GROUP];
        for (partner, j) in partners.iter_mut().zip(first..n) {
            *partner = kernel.prepare(x.row(j));
        }
        for i in first..n {
            let left = kernel.prepare(x.row(i));
            for (j, partner) in (first..=i).zip(&partners) {
                let value = kernel.between(&left, partner);
                set(matrix, i * n + j, value);
                set(matrix, j * n + i, value);
            }
        }
    }
    Ok(())
}

/// How many partners of a Gram matrix are prepared together.
const GROUP: usize = 8;

/// Writes K(x_i, y_j), n x m, row by row. Units: the kernel's. Cost: n m kernel values.
///
/// # Errors
/// [`Error::Shape`] if the dimensions of x and y differ or `matrix` does not have n m elements.
pub fn cross_gram<T: Scalar, K: Kernel<T>>(
    kernel: &K,
    x: Rows<'_, T>,
    y: Rows<'_, T>,
    matrix: &mut [T],
) -> Result<(), Error> {
    check_len("dimension of y", x.columns(), y.columns())?;
    check_len("cross Gram matrix", x.len().saturating_mul(y.len()), matrix.len())?;
    if y.is_empty() {
        return Ok(());
    }
    for (left, row) in x.iter().zip(matrix.chunks_exact_mut(y.len().max(1))) {
        let left = kernel.prepare(left);
        for (value, right) in row.iter_mut().zip(y.iter()) {
            *value = kernel.between(&left, &kernel.prepare(right));
        }
    }
    Ok(())
}
