//! phi(z) = sin z.

use super::{Activation, Cos, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;

/// phi(z) = sin z, phi' = cos z, phi'' = -sin z.
///
/// E[phi phi] = exp(-(E[u^2] + E[v^2]) / 2) sinh E[u v] and E[phi' phi'] = exp(-(E[u^2] + E[v^2]) / 2) cosh
/// E[u v], by the characteristic functions of u - v and u + v. They are computed as exp(-E[(u - v)^2] / 2) (1
/// -+ exp(-2 E[u v])) / 2. This cannot overflow, and it is accurate for a small covariance, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sin;

impl<T: Scalar> Activation<T> for Sin {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.sin()
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        z.cos()
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        -z.sin()
    }
}

impl<T: Scalar> Dual<T> for Sin {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        let covariance = uv.covariance();
        let value = -(T::HALF * decay(uv)) * (-(T::TWO * covariance.abs())).exp_m1();
        if covariance < T::ZERO { -value } else { value }
    }
}

impl<T: Scalar> DerivativeDual<T> for Sin {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        Cos.dual(uv)
    }
}

/// Returns exp(-(E[u^2] + E[v^2]) / 2 + |E[u v]|).
#[inline(always)]
pub(super) fn decay<T: Scalar>(uv: &GaussianPair<T>) -> T {
    let (apart, together) = uv.difference_and_sum_variance();
    (-(T::HALF * if uv.angle.obtuse { together } else { apart })).exp()
}

/// Returns E[u f'(u) f(v)] = E[u v] E[f'(u) f'(v)] - E[u^2] E[f(u) f(v)] for f = sin or cos, given E[f f] and
/// E[f' f'].
#[inline(always)]
pub(super) fn by_length<T: Scalar>(uv: &GaussianPair<T>, own: T, of_slopes: T) -> T {
    uv.covariance() * of_slopes - uv.x * uv.x * own
}

impl<T: Scalar> DualGradient<T> for Sin {
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
