//! phi(z) = erf z, the error function.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;
use crate::kernel::arc_cosine::arcsine;

/// phi(z) = erf z = 2/sqrt(pi) * integral of exp(-t^2) from 0 to z; phi' = 2/sqrt(pi) exp(-z^2); phi'' = -2 z
/// phi'.
///
/// With S the covariance of u and v, D = det(I + 2 S) and r = 2 E[u v] / sqrt((1 + 2 E[u^2]) (1 + 2 E[v^2])),
///
/// ```text
/// E[phi phi] = (2 / pi) arcsin r        E[phi' phi'] = (4 / pi) / sqrt D
/// ```
///
/// (Williams 1997). Where r is near 1, the arcsine is computed from sqrt(1 - r^2), and this from D, which is
/// a sum of positive terms. In `f32` the lengths of x and y must stay below 1e9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erf;

impl<T: Scalar> Activation<T> for Erf {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.erf()
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        T::from_f64(core::f64::consts::FRAC_2_SQRT_PI) * (-(z * z)).exp()
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        let slope = Activation::<T>::derivative(self, z);
        if slope == T::ZERO { slope } else { -(T::TWO * z * slope) } // not NaN at infinity
    }
}

impl<T: Scalar> Dual<T> for Erf {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        let length = |deviation: T| (T::ONE + T::TWO * (deviation * deviation)).sqrt();
        let (lengths, covariance) = (length(uv.x) * length(uv.y), uv.covariance());
        let sine = T::TWO * covariance.abs() / lengths;
        let cosine = uv.determinant(T::TWO).sqrt() / lengths;
        let value = arcsine(sine, cosine);
        if covariance < T::ZERO { -value } else { value }
    }
}

impl<T: Scalar> DerivativeDual<T> for Erf {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        T::from_f64(4.0 * core::f64::consts::FRAC_1_PI) / uv.determinant(T::TWO).sqrt()
    }
}

/// With a = E[u^2], c = E[u v] and D' = a dD/da + c dD/dc / 2 = 2 a + 4 (a E[v^2] - c^2), a sum of positive
/// terms,
///
/// ```text
/// E[u phi' phi] = (4 / pi) c / ((1 + 2 a) sqrt D)     E[u phi'' phi'] = -E[phi' phi'] D' / D
/// E[phi'' phi''] = 4 c E[phi' phi'] / D
/// ```
impl<T: Scalar> DualGradient<T> for Erf {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        let own = T::ONE + T::TWO * (uv.x * uv.x);
        self.derivative_dual(uv) * (uv.covariance() / own)
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        -(self.derivative_dual(uv) * (uv.determinant_by_length(T::TWO) / uv.determinant(T::TWO)))
    }
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        T::TWO * T::TWO * (self.derivative_dual(uv) * (uv.covariance() / uv.determinant(T::TWO)))
    }
}
