//! phi(z) = 1 / (1 + e^-z), the logistic function.

use super::quadrature::{expectation, expectation_of_symmetric};
use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;

/// phi(z) = 1 / (1 + e^-z), phi' = phi (1 - phi), phi'' = phi' (1 - 2 phi). Its duals are computed by
/// numerical integration, see [`super::Quadrature`].
///
/// It is computed from e^-|z|, so that nothing overflows and both tails are accurate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sigmoid;

impl<T: Scalar> Activation<T> for Sigmoid {
    #[inline(always)]
    fn value(self, z: T) -> T {
        let e = (-z.abs()).exp();
        (if z < T::ZERO { e } else { T::ONE }) / (T::ONE + e)
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        let e = (-z.abs()).exp();
        let s = T::ONE + e;
        e / (s * s)
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        // 1 - 2 phi = -tanh(z / 2)
        -(Activation::<T>::derivative(self, z) * (T::HALF * z).tanh())
    }
}

impl<T: Scalar> Dual<T> for Sigmoid {
    fn dual(self, uv: &GaussianPair<T>) -> T {
        expectation(uv, |z| self.value(z))
    }
}

impl<T: Scalar> DerivativeDual<T> for Sigmoid {
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        expectation_of_symmetric(uv, |z| self.derivative(z))
    }
}

impl<T: Scalar> DualGradient<T> for Sigmoid {}
