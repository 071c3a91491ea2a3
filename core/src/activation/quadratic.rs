//! phi(z) = z^2.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;

/// phi(z) = z^2, phi' = 2 z, phi'' = 2.
///
/// E[phi phi] = E[u^2] E[v^2] + 2 E[u v]^2 (Isserlis), E[phi' phi'] = 4 E[u v]. They have degree 2 in each
/// input, so the fourth powers of the lengths must neither overflow nor underflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quadratic;

impl<T: Scalar> Activation<T> for Quadratic {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z * z
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        T::TWO * z
    }
    #[inline(always)]
    fn second_derivative(self, _: T) -> T {
        T::TWO
    }
}

impl<T: Scalar> Dual<T> for Quadratic {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        let covariance = uv.covariance();
        uv.product * uv.product + T::TWO * (covariance * covariance)
    }
}

impl<T: Scalar> DerivativeDual<T> for Quadratic {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        T::TWO * T::TWO * uv.covariance()
    }
}

impl<T: Scalar> DualGradient<T> for Quadratic {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        T::TWO * self.dual(uv)
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        self.derivative_dual(uv)
    }
    #[inline]
    fn second_derivative_dual(self, _: &GaussianPair<T>) -> T {
        T::TWO * T::TWO
    }
}
