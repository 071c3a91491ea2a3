//! phi(z) = exp(-z^2).

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;

/// phi(z) = exp(-z^2), phi' = -2 z phi, phi'' = (4 z^2 - 2) phi.
///
/// With S the covariance of u and v and D = det(I + 2 S), E[phi phi] = 1 / sqrt D and E[phi' phi'] = 4 E[u v]
/// / D^(3/2), both Gaussian integrals. D is a sum of positive terms. In `f32` the lengths of x and y must
/// stay below 1e9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaussian;

impl<T: Scalar> Activation<T> for Gaussian {
    #[inline(always)]
    fn value(self, z: T) -> T {
        (-(z * z)).exp()
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        let value = Activation::<T>::value(self, z);
        if value == T::ZERO { value } else { -(T::TWO * z * value) } // not NaN at infinity
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        let value = Activation::<T>::value(self, z);
        if value == T::ZERO { value } else { T::TWO * (T::TWO * (z * z) - T::ONE) * value }
    }
}

impl<T: Scalar> Dual<T> for Gaussian {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        T::ONE / uv.determinant(T::TWO).sqrt()
    }
}

impl<T: Scalar> DerivativeDual<T> for Gaussian {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        let determinant = uv.determinant(T::TWO);
        T::TWO * T::TWO * (uv.covariance() / determinant) / determinant.sqrt()
    }
}

/// With D' as for [`super::Erf`]: E[u phi' phi] = -E[phi phi] D' / D, E[u phi'' phi'] = E[phi' phi'] (1 - 3
/// D' / D) and E[phi'' phi''] = 4 (1 + 12 E[u v]^2 / D) / D^(3/2).
impl<T: Scalar> DualGradient<T> for Gaussian {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        -(self.dual(uv) * (uv.determinant_by_length(T::TWO) / uv.determinant(T::TWO)))
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        let share = uv.determinant_by_length(T::TWO) / uv.determinant(T::TWO);
        self.derivative_dual(uv) * (T::ONE - T::from_f64(3.0) * share)
    }
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        let (determinant, covariance) = (uv.determinant(T::TWO), uv.covariance());
        let sum = T::ONE + T::from_f64(12.0) * (covariance * (covariance / determinant));
        T::TWO * T::TWO * (sum / determinant) / determinant.sqrt()
    }
}
