//! phi(z) = cos z.

use super::sin::{by_length, decay};
use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair, Sin};
use crate::Scalar;

/// phi(z) = cos z, phi' = -sin z, phi'' = -cos z.
///
/// E[phi phi] = exp(-(E[u^2] + E[v^2]) / 2) cosh E[u v], and E[phi' phi'] has sinh in the place of
/// cosh; see [`Sin`]. Random cosine features were introduced by Rahimi and Recht (2007).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cos;

impl<T: Scalar> Activation<T> for Cos {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.cos()
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        -z.sin()
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        -z.cos()
    }
}

impl<T: Scalar> Dual<T> for Cos {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        let covariance = uv.covariance().abs();
        T::HALF * decay(uv) * (T::ONE + (-(T::TWO * covariance)).exp())
    }
}

impl<T: Scalar> DerivativeDual<T> for Cos {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        Sin.dual(uv)
    }
}

impl<T: Scalar> DualGradient<T> for Cos {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        by_length(uv, self.dual(uv), self.derivative_dual(uv))
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        by_length(uv, self.derivative_dual(uv), self.dual(uv))
    }
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        self.dual(uv)
    }
}
