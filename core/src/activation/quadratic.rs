//! phi(z) = z^2.

use super::{Activation, Dual, DualGradient, Pair, SlopeDual};
use crate::Scalar;

/// phi(z) = z^2, phi' = 2 z, phi'' = 2.
///
/// E[phi phi] = E[u^2] E[v^2] + 2 E[u v]^2 (Isserlis), E[phi' phi'] = 4 E[u v]. Of degree 2 in each input: the lengths' fourth
/// powers must neither overflow nor underflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quadratic;

impl<T: Scalar> Activation<T> for Quadratic {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z * z
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        T::TWO * z
    }
    #[inline(always)]
    fn curvature(self, _: T) -> T {
        T::TWO
    }
}

impl<T: Scalar> Dual<T> for Quadratic {
    #[inline]
    fn value_dual(self, uv: &Pair<T>) -> T {
        let covariance = uv.covariance();
        uv.product * uv.product + T::TWO * (covariance * covariance)
    }
}

impl<T: Scalar> SlopeDual<T> for Quadratic {
    #[inline]
    fn slope_dual(self, uv: &Pair<T>) -> T {
        T::TWO * T::TWO * uv.covariance()
    }
}

impl<T: Scalar> DualGradient<T> for Quadratic {
    #[inline]
    fn value_by_length(self, uv: &Pair<T>) -> T {
        T::TWO * self.value_dual(uv)
    }
    #[inline]
    fn slope_by_length(self, uv: &Pair<T>) -> T {
        self.slope_dual(uv)
    }
    #[inline]
    fn curvature_dual(self, _: &Pair<T>) -> T {
        T::TWO * T::TWO
    }
}
