//! phi(z) = tanh z.

use super::quadrature::expectation_of_symmetric;
use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;

/// phi(z) = tanh z, phi' = 1 - tanh^2 z = 1 / cosh^2 z, phi'' = -2 tanh z phi'.
///
/// The slope is computed as 4 e / (1 + e)^2 with e = exp(-2 |z|), which keeps its relative accuracy in the
/// tails, where 1 - tanh^2 cancels. Its duals are computed by numerical integration, see
/// [`super::Quadrature`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tanh;

impl<T: Scalar> Activation<T> for Tanh {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.tanh()
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        let e = (-(T::TWO * z.abs())).exp();
        let s = T::ONE + e;
        T::TWO * T::TWO * e / (s * s)
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        -(T::TWO * z.tanh() * self.derivative(z))
    }
}

impl<T: Scalar> Dual<T> for Tanh {
    fn dual(self, uv: &GaussianPair<T>) -> T {
        expectation_of_symmetric(uv, |z| self.value(z))
    }
}

impl<T: Scalar> DerivativeDual<T> for Tanh {
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        expectation_of_symmetric(uv, |z| self.derivative(z))
    }
}

impl<T: Scalar> DualGradient<T> for Tanh {}
