//! phi(z) = sqrt 2 max(0, z), the ReLU of the lecture with its gain (Example 2).

use super::{Activation, Dual, DualGradient, HalfAngle, Pair, SlopeDual};
use crate::kernel::arc_cosine::{self, Bent};
use crate::kernel::sign_change::{self, Inputs};
use crate::{Point, Scalar};

/// phi(z) = sqrt 2 max(0, z); phi'(z) = sqrt 2 for z > 0, else 0; phi'' = 0 away from the kink.
///
/// The gain sqrt 2 makes E[phi(u)^2] = 1 for a standard normal u. At the kink the slope is 0, as in most frameworks.
/// NaN stays NaN in the value.
///
/// With n = sqrt(E[u^2] E[v^2]) and t the angle, E[phi phi] = n (sin t + (pi - t) cos t) / pi and
/// E[phi' phi'] = (pi - t) / pi (Cho and Saul 2009), each to a few roundings of n, or of 1, at any angle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relu;

impl<T: Scalar> Activation<T> for Relu {
    const HOMOGENEOUS: bool = true;

    #[inline(always)]
    fn value(self, z: T) -> T {
        T::SQRT_2 * if z < T::ZERO { T::ZERO } else { z }
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        if z > T::ZERO { T::SQRT_2 } else { T::ZERO }
    }
    #[inline(always)]
    fn curvature(self, _: T) -> T {
        T::ZERO
    }
}

/// sqrt 2 max(0, z) = (z + |z|) / sqrt 2.
#[inline(always)]
fn bent<T: Scalar>() -> Bent<T> {
    Bent { line: T::HALF, bend: T::HALF }
}

impl<T: Scalar> Dual<T> for Relu {
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

impl<T: Scalar> SlopeDual<T> for Relu {
    #[inline(always)]
    fn slope_dual(self, uv: &Pair<T>) -> T {
        arc_cosine::wedge(uv)
    }
    #[inline(always)]
    fn tangent_dual(self, uv: &Pair<T>) -> T {
        arc_cosine::relu_ntk(uv)
    }
    #[inline(always)]
    fn tangent_dual_of(self, uv: &Pair<T>, x: &Point<'_, T>, y: &Point<'_, T>, variances: [T; 2]) -> T {
        if sign_change::of_relu(&uv.angle) {
            return sign_change::relu(Inputs { x: *x, y: *y, variances, angle: uv.angle });
        }
        self.tangent_dual(uv)
    }
}

impl<T: Scalar> DualGradient<T> for Relu {
    #[inline]
    fn curvature_dual(self, uv: &Pair<T>) -> T {
        bent().curvature(uv)
    }
}
