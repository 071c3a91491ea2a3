//! phi(z) = sqrt 2 max(0, z), the ReLU of the lecture with its gain (Example 2).

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair, HalfAngle};
use crate::kernel::arc_cosine::{self, PiecewiseLinear};
use crate::kernel::sign_change::{self, Inputs};
use crate::{Prepared, Scalar};

/// phi(z) = sqrt 2 max(0, z); phi'(z) = sqrt 2 for z > 0, else 0; phi'' = 0 away from the kink.
///
/// The gain sqrt 2 makes E[phi(u)^2] = 1 for a standard normal u. At the kink the slope is 0, as in most
/// frameworks. The value at NaN is NaN.
///
/// With n = sqrt(E[u^2] E[v^2]) and t the angle, E[phi phi] = n (sin t + (pi - t) cos t) / pi and E[phi'
/// phi'] = (pi - t) / pi (Cho and Saul 2009). Their errors are a few roundings of n and of 1, at any angle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relu;

impl<T: Scalar> Activation<T> for Relu {
    const HOMOGENEOUS: bool = true;

    #[inline(always)]
    fn value(self, z: T) -> T {
        T::SQRT_2 * if z < T::ZERO { T::ZERO } else { z }
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        if z > T::ZERO { T::SQRT_2 } else { T::ZERO }
    }
    #[inline(always)]
    fn second_derivative(self, _: T) -> T {
        T::ZERO
    }
}

/// Returns sqrt 2 max(0, z) = (z + |z|) / sqrt 2.
#[inline(always)]
fn piecewise_linear<T: Scalar>() -> PiecewiseLinear<T> {
    PiecewiseLinear { linear: T::HALF, kink: T::HALF }
}

impl<T: Scalar> Dual<T> for Relu {
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

impl<T: Scalar> DerivativeDual<T> for Relu {
    #[inline(always)]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        arc_cosine::arc_cosine_0(uv)
    }
    #[inline(always)]
    fn ntk(self, uv: &GaussianPair<T>) -> T {
        arc_cosine::relu_ntk(uv)
    }
    /// Returns 2 |x|^2.
    #[inline(always)]
    fn own_ntk(self, x: &Prepared<'_, T>) -> T {
        T::TWO * (x.norm * x.norm + T::TWO * (x.norm * x.norm_low))
    }
    #[inline(always)]
    fn ntk_of(self, uv: &GaussianPair<T>, x: &Prepared<'_, T>, y: &Prepared<'_, T>, variances: [T; 2]) -> T {
        if sign_change::of_relu(&uv.angle) {
            return sign_change::relu(Inputs { x: *x, y: *y, variances, angle: uv.angle });
        }
        self.ntk(uv)
    }
}

impl<T: Scalar> DualGradient<T> for Relu {
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        piecewise_linear().second_derivative(uv)
    }
}
