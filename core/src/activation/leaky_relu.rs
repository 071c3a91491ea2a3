//! phi(z) = z for z > 0, else slope z.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair, HalfAngle};
use crate::kernel::arc_cosine::PiecewiseLinear;
use crate::kernel::sign_change::{self, Inputs};
use crate::{Prepared, Scalar};

/// phi(z) = z for z > 0, else s z, with s the `slope` of the negative side; phi'' = 0 away from the kink.
///
/// It has no gain, as in most frameworks: slope 0 is [`super::Relu`] divided by sqrt 2, slope 1 the identity
/// and slope -1 the absolute value. At the kink the slope is s.
///
/// phi(z) = l z + c |z| with l = (1 + s) / 2 and c = (1 - s) / 2, so that E[phi phi] = l^2 E[u v] + c^2
/// E[|u||v|] and E[phi' phi'] = l^2 + c^2 (1 - 2 t / pi), t the angle; E[|u||v|] is an arc-cosine kernel (Cho
/// and Saul 2009).
///
/// ```
/// use ntk_core::{Activation, LeakyRelu};
/// assert_eq!(LeakyRelu { slope: 0.1 }.value(-2.0), -0.2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyRelu<T> {
    /// The slope of the negative side.
    pub slope: T,
}

impl<T: Scalar> Activation<T> for LeakyRelu<T> {
    const HOMOGENEOUS: bool = true;

    #[inline(always)]
    fn value(self, z: T) -> T {
        if z < T::ZERO { self.slope * z } else { z }
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        if z > T::ZERO { T::ONE } else { self.slope }
    }
    #[inline(always)]
    fn second_derivative(self, _: T) -> T {
        T::ZERO
    }
}

impl<T: Scalar> LeakyRelu<T> {
    #[inline(always)]
    fn piecewise_linear(self) -> PiecewiseLinear<T> {
        let (linear, kink) = (T::HALF * (T::ONE + self.slope), T::HALF * (T::ONE - self.slope));
        PiecewiseLinear { linear: linear * linear, kink: kink * kink }
    }
}

impl<T: Scalar> Dual<T> for LeakyRelu<T> {
    #[inline(always)]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        self.piecewise_linear().value(uv)
    }
    #[inline]
    fn length(self, deviation: T) -> T {
        let PiecewiseLinear { linear, kink } = self.piecewise_linear();
        deviation * (linear + kink).sqrt()
    }
    #[inline]
    fn angle(self, uv: &GaussianPair<T>) -> HalfAngle<T> {
        self.piecewise_linear().angle(uv)
    }
}

impl<T: Scalar> DerivativeDual<T> for LeakyRelu<T> {
    #[inline(always)]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        self.piecewise_linear().derivative(uv)
    }
    #[inline]
    fn ntk_of(self, uv: &GaussianPair<T>, x: &Prepared<'_, T>, y: &Prepared<'_, T>, variances: [T; 2]) -> T {
        if sign_change::of_leaky(&uv.angle) {
            return sign_change::leaky(self.slope, Inputs { x: *x, y: *y, variances, angle: uv.angle });
        }
        self.ntk(uv)
    }
}

impl<T: Scalar> DualGradient<T> for LeakyRelu<T> {
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        self.piecewise_linear().second_derivative(uv)
    }
}
