//! phi(z) = sqrt 2 sin(sqrt(2 gamma) z + pi / 4), of the squared exponential kernel.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair, HalfAngle, Sine};
use crate::Scalar;

/// phi(z) = sqrt 2 sin(sqrt(2 g) z + pi / 4), with g = `gamma`: the NNGP of one hidden layer is the squared
/// exponential kernel exp(-g |x - y|^2), also called RBF or Gaussian kernel.
///
/// E[phi phi] = exp(-g E[(u - v)^2]), E[phi' phi'] = 2 g E[phi phi] (Rahimi and Recht 2007 draw such
/// features; Louart, Liao and Couillet 2018 have the expectations). The length scale is 1 / sqrt(2 g). A bias
/// variance adds a constant only: it does not tell inputs apart. The relative error of E[phi phi] is the
/// absolute error of its exponent.
///
/// ```
/// use ntk_core::{Kernel, Nngp, Rbf};
/// let kernel = Nngp::new(Rbf { gamma: 0.5 });
/// assert!((kernel.value(&[1.0, 0.0], &[0.0, 1.0]) - (-1.0f64).exp()).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rbf<T> {
    /// g, above 0 and finite.
    pub gamma: T,
}

impl<T: Scalar> Rbf<T> {
    #[inline(always)]
    fn sine(self) -> Sine<T> {
        let phase = T::from_f64(core::f64::consts::FRAC_PI_4);
        Sine { scale: (T::TWO * self.gamma).sqrt(), phase }
    }
}

impl<T: Scalar> Activation<T> for Rbf<T> {
    #[inline(always)]
    fn value(self, z: T) -> T {
        T::SQRT_2 * self.sine().value(z)
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        T::SQRT_2 * self.sine().derivative(z)
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        T::SQRT_2 * self.sine().second_derivative(z)
    }
}

impl<T: Scalar> Dual<T> for Rbf<T> {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        // A length that is not finite must give a result that is not: exp(-infinity) is 0.
        (-(self.gamma * uv.difference_and_sum_variance().0)).exp() + T::ZERO * uv.product
    }
    #[inline]
    fn length(self, deviation: T) -> T {
        T::ONE + T::ZERO * deviation
    }
    /// Returns 1 - cos without cancellation.
    #[inline]
    fn angle(self, uv: &GaussianPair<T>) -> HalfAngle<T> {
        let apart = self.gamma * uv.difference_and_sum_variance().0;
        HalfAngle { square: -(T::HALF * (-apart).exp_m1()), obtuse: false }
    }
}

impl<T: Scalar> DerivativeDual<T> for Rbf<T> {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        T::TWO * self.gamma * self.dual(uv)
    }
}

/// The derivative of E[(u - v)^2] in the logarithm of u's standard deviation is 2 (E[u^2] - E[u v]).
impl<T: Scalar> DualGradient<T> for Rbf<T> {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        -(T::TWO * self.gamma * (uv.x * uv.x - uv.covariance())) * self.dual(uv)
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        T::TWO * self.gamma * self.dual_by_length(uv)
    }
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        let rate = T::TWO * self.gamma;
        rate * rate * self.dual(uv)
    }
}
