//! phi(z) = sin z.

use super::{Activation, Cos, Dual, DualGradient, Pair, SlopeDual};
use crate::Scalar;

/// phi(z) = sin z, phi' = cos z, phi'' = -sin z.
///
/// E[phi phi] = exp(-(E[u^2] + E[v^2]) / 2) sinh E[u v] and E[phi' phi'] = exp(-(E[u^2] + E[v^2]) / 2) cosh E[u v]: the
/// characteristic function of u - v and u + v. Computed as exp(-E[(u - v)^2] / 2) (1 -+ exp(-2 E[u v])) / 2, in which
/// nothing overflows and the small value of a small covariance keeps its digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sin;

impl<T: Scalar> Activation<T> for Sin {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.sin()
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        z.cos()
    }
    #[inline(always)]
    fn curvature(self, z: T) -> T {
        -z.sin()
    }
}

impl<T: Scalar> Dual<T> for Sin {
    #[inline]
    fn value_dual(self, uv: &Pair<T>) -> T {
        let covariance = uv.covariance();
        let value = -(T::HALF * decay(uv)) * (-(T::TWO * covariance.abs())).exp_m1();
        if covariance < T::ZERO { -value } else { value }
    }
}

impl<T: Scalar> SlopeDual<T> for Sin {
    #[inline]
    fn slope_dual(self, uv: &Pair<T>) -> T {
        Cos.value_dual(uv)
    }
}

/// exp(-(E[u^2] + E[v^2]) / 2 + |E[u v]|).
#[inline(always)]
pub(super) fn decay<T: Scalar>(uv: &Pair<T>) -> T {
    let (apart, together) = uv.apart_and_together();
    (-(T::HALF * if uv.angle.obtuse { together } else { apart })).exp()
}

/// E[u f'(u) f(v)] = E[u v] E[f'(u) f'(v)] - E[u^2] E[f(u) f(v)] for a wave f, f'' = -f; given E[f f] and E[f' f'].
#[inline(always)]
pub(super) fn by_length<T: Scalar>(uv: &Pair<T>, own: T, of_slopes: T) -> T {
    uv.covariance() * of_slopes - uv.x * uv.x * own
}

impl<T: Scalar> DualGradient<T> for Sin {
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
