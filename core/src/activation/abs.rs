//! phi(z) = |z|.

use super::{Activation, Dual, DualGradient, HalfAngle, Pair, SlopeDual};
use crate::Scalar;
use crate::kernel::arc_cosine::Bent;

/// phi(z) = |z|; phi'(z) = 1 for z > 0, -1 for z < 0 and 0 at the kink; phi'' = 0 away from it.
///
/// With n = sqrt(E[u^2] E[v^2]) and t the angle, E[phi phi] = 2 n (sin t + (pi/2 - t) cos t) / pi and
/// E[phi' phi'] = 1 - 2 t / pi: an arc-cosine kernel and its mirror image (Cho and Saul 2009).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abs;

impl<T: Scalar> Activation<T> for Abs {
    const HOMOGENEOUS: bool = true;

    #[inline(always)]
    fn value(self, z: T) -> T {
        z.abs()
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        if z > T::ZERO {
            T::ONE
        } else if z < T::ZERO {
            -T::ONE
        } else {
            T::ZERO
        }
    }
    #[inline(always)]
    fn curvature(self, _: T) -> T {
        T::ZERO
    }
}

#[inline(always)]
fn bent<T: Scalar>() -> Bent<T> {
    Bent { line: T::ZERO, bend: T::ONE }
}

impl<T: Scalar> Dual<T> for Abs {
    #[inline(always)]
    fn value_dual(self, uv: &Pair<T>) -> T {
        bent().value(uv)
    }
    #[inline(always)]
    fn length(self, deviation: T) -> T {
        deviation
    }
    #[inline]
    fn angle(self, uv: &Pair<T>) -> HalfAngle<T> {
        bent().angle(uv)
    }
}

impl<T: Scalar> SlopeDual<T> for Abs {
    #[inline(always)]
    fn slope_dual(self, uv: &Pair<T>) -> T {
        bent().slope(uv)
    }
}

impl<T: Scalar> DualGradient<T> for Abs {
    #[inline]
    fn curvature_dual(self, uv: &Pair<T>) -> T {
        bent().curvature(uv)
    }
}
