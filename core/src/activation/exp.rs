//! phi(z) = e^z.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;

/// phi = phi' = phi'' = e^z.
///
/// E[phi phi] = E[phi' phi'] = exp(E[(u + v)^2] / 2), the moment generating function of u + v. On the unit
/// sphere this is the kernel exp(1 + <x, y>). K(x, x) = exp(2 |x|^2) overflows for |x| above 18 in `f64` and
/// above 6 in `f32`. The relative error of a value is the absolute error of its exponent, so it grows with
/// E[(u + v)^2].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exp;

impl<T: Scalar> Activation<T> for Exp {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.exp()
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        z.exp()
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        z.exp()
    }
}

impl<T: Scalar> Dual<T> for Exp {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        (T::HALF * uv.difference_and_sum_variance().1).exp()
    }
}

impl<T: Scalar> DerivativeDual<T> for Exp {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        self.dual(uv)
    }
}

impl<T: Scalar> DualGradient<T> for Exp {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        (uv.x * uv.x + uv.covariance()) * self.dual(uv)
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        self.dual_by_length(uv)
    }
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        self.dual(uv)
    }
}
