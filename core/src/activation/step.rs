//! phi(z) = sqrt 2 for z > 0, else 0: the slope of the ReLU.

use super::{Activation, Dual, GaussianPair, HalfAngle};
use crate::Scalar;
use crate::kernel::arc_cosine;

/// phi(z) = sqrt 2 for z > 0, else 0; phi' = phi'' = 0 away from the jump. The value at NaN is NaN.
///
/// It is the derivative of [`super::Relu`]. E[phi phi] = (pi - t) / pi, with t the angle. This is the
/// arc-cosine kernel of degree 0 (Cho and Saul 2009), which does not depend on lengths.
///
/// Gradient descent cannot train it, because its derivative is 0. E[phi' phi'] does not exist, so an NTK with
/// this activation does not compile.
///
/// ```
/// use ntk_core::{Kernel, Nngp, Step};
/// assert!((Nngp::new(Step).value(&[1.0f64, 0.0], &[0.0, 2.0]) - 0.5).abs() < 1e-15);
/// ```
/// ```compile_fail,E0277
/// use ntk_core::{Kernel, Ntk, Step};
/// let value = Ntk::new(Step).value(&[1.0f64], &[1.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step;

impl<T: Scalar> Activation<T> for Step {
    #[inline(always)]
    fn value(self, z: T) -> T {
        if z > T::ZERO {
            T::SQRT_2
        } else if z <= T::ZERO {
            T::ZERO
        } else {
            z
        }
    }
    #[inline(always)]
    fn derivative(self, _: T) -> T {
        T::ZERO
    }
    #[inline(always)]
    fn second_derivative(self, _: T) -> T {
        T::ZERO
    }
}

impl<T: Scalar> Dual<T> for Step {
    #[inline(always)]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        if uv.product == T::ZERO {
            return T::ZERO; // phi(0) = 0
        }
        // A length that is not finite must give a result that is not.
        arc_cosine::arc_cosine_0(uv) + T::ZERO * uv.product
    }
    #[inline]
    fn length(self, deviation: T) -> T {
        if deviation > T::ZERO { T::ONE } else { deviation }
    }
    #[inline]
    fn angle(self, uv: &GaussianPair<T>) -> HalfAngle<T> {
        let folded = T::HALF * (uv.sine * arc_cosine::angle(uv.angle.square));
        HalfAngle { square: if uv.angle.obtuse { T::HALF - folded } else { folded }, obtuse: false }
    }
}
