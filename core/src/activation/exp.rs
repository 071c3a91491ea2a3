//! phi(z) = e^z.

use super::{Activation, Dual, DualGradient, Pair, SlopeDual};
use crate::Scalar;

/// phi = phi' = phi'' = e^z.
///
/// E[phi phi] = E[phi' phi'] = exp(E[(u + v)^2] / 2), the moment generating function of u + v. On the sphere this is the
/// kernel exp(1 + <x, y>). K(x, x) = exp(2 |x|^2) overflows for |x| above 18 in `f64` and above 6 in `f32`; the
/// relative error of a value is the absolute error of its exponent, so it grows with E[(u + v)^2].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exp;

impl<T: Scalar> Activation<T> for Exp {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.exp()
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        z.exp()
    }
    #[inline(always)]
    fn curvature(self, z: T) -> T {
        z.exp()
    }
}

impl<T: Scalar> Dual<T> for Exp {
    #[inline]
    fn value_dual(self, uv: &Pair<T>) -> T {
        (T::HALF * uv.apart_and_together().1).exp()
    }
}

impl<T: Scalar> SlopeDual<T> for Exp {
    #[inline]
    fn slope_dual(self, uv: &Pair<T>) -> T {
        self.value_dual(uv)
    }
}

impl<T: Scalar> DualGradient<T> for Exp {
    #[inline]
    fn value_by_length(self, uv: &Pair<T>) -> T {
        (uv.x * uv.x + uv.covariance()) * self.value_dual(uv)
    }
    #[inline]
    fn slope_by_length(self, uv: &Pair<T>) -> T {
        self.value_by_length(uv)
    }
    #[inline]
    fn curvature_dual(self, uv: &Pair<T>) -> T {
        self.value_dual(uv)
    }
}
