//! phi(z) = cos z.

use super::sin::{by_length, decay};
use super::{Activation, Dual, DualGradient, Pair, Sin, SlopeDual};
use crate::Scalar;

/// phi(z) = cos z, phi' = -sin z, phi'' = -cos z.
///
/// E[phi phi] = exp(-(E[u^2] + E[v^2]) / 2) cosh E[u v], E[phi' phi'] the same with sinh; see [`Sin`]. Cosine features are
/// those of Rahimi and Recht (2007).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cos;

impl<T: Scalar> Activation<T> for Cos {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.cos()
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        -z.sin()
    }
    #[inline(always)]
    fn curvature(self, z: T) -> T {
        -z.cos()
    }
}

impl<T: Scalar> Dual<T> for Cos {
    #[inline]
    fn value_dual(self, uv: &Pair<T>) -> T {
        let covariance = uv.covariance().abs();
        T::HALF * decay(uv) * (T::ONE + (-(T::TWO * covariance)).exp())
    }
}

impl<T: Scalar> SlopeDual<T> for Cos {
    #[inline]
    fn slope_dual(self, uv: &Pair<T>) -> T {
        Sin.value_dual(uv)
    }
}

impl<T: Scalar> DualGradient<T> for Cos {
    #[inline]
    fn value_by_length(self, uv: &Pair<T>) -> T {
        by_length(uv, self.value_dual(uv), self.slope_dual(uv))
    }
    #[inline]
    fn slope_by_length(self, uv: &Pair<T>) -> T {
        by_length(uv, self.slope_dual(uv), self.value_dual(uv))
    }
    #[inline]
    fn curvature_dual(self, uv: &Pair<T>) -> T {
        self.value_dual(uv)
    }
}
