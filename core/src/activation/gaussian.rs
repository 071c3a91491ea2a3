//! phi(z) = exp(-z^2).

use super::{Activation, Dual, Pair, SlopeDual};
use crate::Scalar;

/// phi(z) = exp(-z^2), phi' = -2 z phi, phi'' = (4 z^2 - 2) phi.
///
/// With S the covariance of u and v and D = det(I + 2 S), E[phi phi] = 1 / sqrt D and E[phi' phi'] = 4 E[u v] / D^(3/2),
/// both Gaussian integrals. D is a sum of positive terms. In `f32` the lengths of x and y must stay below 1e9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaussian;

impl<T: Scalar> Activation<T> for Gaussian {
    #[inline(always)]
    fn value(self, z: T) -> T {
        (-(z * z)).exp()
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        let value = Activation::<T>::value(self, z);
        if value == T::ZERO { value } else { -(T::TWO * z * value) } // at infinity too
    }
    #[inline(always)]
    fn curvature(self, z: T) -> T {
        let value = Activation::<T>::value(self, z);
        if value == T::ZERO { value } else { T::TWO * (T::TWO * (z * z) - T::ONE) * value }
    }
}

impl<T: Scalar> Dual<T> for Gaussian {
    #[inline]
    fn value_dual(self, uv: &Pair<T>) -> T {
        T::ONE / uv.determinant(T::TWO).sqrt()
    }
}

impl<T: Scalar> SlopeDual<T> for Gaussian {
    #[inline]
    fn slope_dual(self, uv: &Pair<T>) -> T {
        let determinant = uv.determinant(T::TWO);
        T::TWO * T::TWO * (uv.covariance() / determinant) / determinant.sqrt()
    }
}
