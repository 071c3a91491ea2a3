//! Sums and products of two kernels, which are kernels again.

use super::{Kernel, KernelGradient, Prepared};
use crate::{Error, Scalar};

/// K(x, y) = K_1(x, y) + K_2(x, y): functions that are a sum of one of each kind.
///
/// A sum of positive semidefinite functions is one. Units: those of its parts, which have to agree. Cost:
/// both kernels, and both lengths of both inputs anew for each value, as what is prepared for one kernel does
/// not serve the other. Error: those of its parts and a rounding. It is not a
/// [`StorableKernel`](super::StorableKernel).
///
/// ```
/// use ntk_core::kernel::Sum;
/// use ntk_core::{Identity, Kernel, Nngp, Rbf};
/// // A straight line, and what bends it.
/// let kernel = Sum(Nngp::new(Identity), Nngp::new(Rbf { gamma: 2.0f64 }));
/// assert!((kernel.value(&[0.5], &[1.0]) - (0.5 + (-0.5f64).exp())).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum<K1, K2>(pub K1, pub K2);

/// K(x, y) = K_1(x, y) K_2(x, y): alike only where both kernels say so.
///
/// A product of positive semidefinite functions is one (Schur 1911). Units: the product of those of its
/// parts. Cost: as for [`Sum`]. Error: the relative errors of its parts add up, and a rounding. It is not a
/// [`StorableKernel`](super::StorableKernel).
///
/// ```
/// use ntk_core::kernel::Product;
/// use ntk_core::{Erf, Kernel, Nngp, Ntk, Rbf};
/// let (slow, fast) = (Ntk::new(Erf), Nngp::new(Rbf { gamma: 2.0f64 }));
/// let (x, y) = ([0.5], [1.0]);
/// assert_eq!(Product(slow, fast).value(&x, &y), slow.value(&x, &y) * fast.value(&x, &y));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Product<K1, K2>(pub K1, pub K2);

/// Returns the values of both kernels.
#[inline]
fn both<T: Scalar>(
    k1: &impl Kernel<T>,
    k2: &impl Kernel<T>,
    x: &Prepared<'_, T>,
    y: &Prepared<'_, T>,
) -> [T; 2] {
    [k1.between(&k1.prepare(x.x), &k1.prepare(y.x)), k2.between(&k2.prepare(x.x), &k2.prepare(y.x))]
}

/// Returns the values of both kernels for an input with itself.
#[inline]
fn both_diagonals<T: Scalar>(k1: &impl Kernel<T>, k2: &impl Kernel<T>, x: &Prepared<'_, T>) -> [T; 2] {
    [k1.diagonal(&k1.prepare(x.x)), k2.diagonal(&k2.prepare(x.x))]
}

impl<T: Scalar, K1: Kernel<T>, K2: Kernel<T>> Kernel<T> for Sum<K1, K2> {
    #[inline]
    fn between(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>) -> T {
        let [first, second] = both(&self.0, &self.1, x, y);
        first + second
    }

    #[inline]
    fn diagonal(&self, x: &Prepared<'_, T>) -> T {
        let [first, second] = both_diagonals(&self.0, &self.1, x);
        first + second
    }

    fn check(&self) -> Result<(), Error> {
        self.0.check()?;
        self.1.check()
    }
}

impl<T: Scalar, K1: Kernel<T>, K2: Kernel<T>> Kernel<T> for Product<K1, K2> {
    #[inline]
    fn between(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>) -> T {
        let [first, second] = both(&self.0, &self.1, x, y);
        first * second
    }

    #[inline]
    fn diagonal(&self, x: &Prepared<'_, T>) -> T {
        let [first, second] = both_diagonals(&self.0, &self.1, x);
        first * second
    }

    fn check(&self) -> Result<(), Error> {
        self.0.check()?;
        self.1.check()
    }
}

impl<T: Scalar, K1: KernelGradient<T>, K2: KernelGradient<T>> KernelGradient<T> for Sum<K1, K2> {
    fn add_gradient(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>, weight: T, gradient: &mut [T]) {
        self.0.add_gradient(&self.0.prepare(x.x), &self.0.prepare(y.x), weight, gradient);
        self.1.add_gradient(&self.1.prepare(x.x), &self.1.prepare(y.x), weight, gradient);
    }
}

/// d(K_1 K_2)/dx = K_2 dK_1/dx + K_1 dK_2/dx.
impl<T: Scalar, K1: KernelGradient<T>, K2: KernelGradient<T>> KernelGradient<T> for Product<K1, K2> {
    fn add_gradient(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>, weight: T, gradient: &mut [T]) {
        let [first, second] = both(&self.0, &self.1, x, y);
        self.0.add_gradient(&self.0.prepare(x.x), &self.0.prepare(y.x), weight * second, gradient);
        self.1.add_gradient(&self.1.prepare(x.x), &self.1.prepare(y.x), weight * first, gradient);
    }
}
