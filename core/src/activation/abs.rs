//! phi(z) = |z|.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair, HalfAngle};
use crate::Scalar;
use crate::kernel::arc_cosine::PiecewiseLinear;

/// phi(z) = |z|; phi'(z) = 1 for z > 0, -1 for z < 0 and 0 at the kink; phi'' = 0 away from it.
///
/// With n = sqrt(E[u^2] E[v^2]) and t the angle, E[phi phi] = 2 n (sin t + (pi/2 - t) cos t) / pi and
/// E[phi' phi'] = 1 - 2 t / pi. These are sums of arc-cosine kernels (Cho and Saul 2009) at t and pi - t.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abs;

impl<T: Scalar> Activation<T> for Abs {
    const HOMOGENEOUS: bool = true;

    #[inline(always)]
    fn value(self, z: T) -> T {
        z.abs()
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        if z > T::ZERO {
            T::ONE
        } else if z < T::ZERO {
            -T::ONE
        } else {
            T::ZERO
        }
    }
    #[inline(always)]
    fn second_derivative(self, _: T) -> T {
        T::ZERO
    }
}

#[inline(always)]
fn piecewise_linear<T: Scalar>() -> PiecewiseLinear<T> {
    PiecewiseLinear { linear: T::ZERO, kink: T::ONE }
}

impl<T: Scalar> Dual<T> for Abs {
    #[inline(always)]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        piecewise_linear().value(uv)
    }
    #[inline(always)]
    fn length(self, deviation: T) -> T {
        deviation
    }
    #[inline]
    fn angle(self, uv: &GaussianPair<T>) -> HalfAngle<T> {
        piecewise_linear().angle(uv)
    }
}

impl<T: Scalar> DerivativeDual<T> for Abs {
    #[inline(always)]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        piecewise_linear().derivative(uv)
    }
}

impl<T: Scalar> DualGradient<T> for Abs {
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        piecewise_linear().second_derivative(uv)
    }
}
