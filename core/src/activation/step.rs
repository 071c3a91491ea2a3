//! phi(z) = sqrt 2 for z > 0, else 0: the slope of the ReLU.

use super::{Activation, Dual, HalfAngle, Pair};
use crate::Scalar;
use crate::kernel::arc_cosine;

/// phi(z) = sqrt 2 for z > 0, else 0; phi' = phi'' = 0 away from the jump. NaN stays NaN.
///
/// The slope of [`super::Relu`]. E[phi phi] = (pi - t) / pi, t the angle: the arc-cosine kernel of degree 0 (Cho and Saul
/// 2009), blind to lengths.
///
/// Gradient descent cannot train through a jump, and there is no E[phi' phi']: an NTK of steps does not compile.
///
/// ```
/// use ntk_core::{Deep, Kernel, Step};
/// let nngp = Deep::<Step, f64>::nngp(1, 1.0, 0.0)?;
/// assert!((nngp.value(&[1.0, 0.0], &[0.0, 2.0]) - 0.5).abs() < 1e-15);
/// # Ok::<(), ntk_core::Error>(())
/// ```
/// ```compile_fail,E0277
/// use ntk_core::{Deep, Step};
/// let ntk = Deep::<Step, f64>::ntk(1, 1.0, 0.0);
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
    fn slope(self, _: T) -> T {
        T::ZERO
    }
    #[inline(always)]
    fn curvature(self, _: T) -> T {
        T::ZERO
    }
}

impl<T: Scalar> Dual<T> for Step {
    #[inline(always)]
    fn value_dual(self, uv: &Pair<T>) -> T {
        if uv.product == T::ZERO {
            return T::ZERO; // phi(0) = 0
        }
        // A length that is not finite must not get lost.
        arc_cosine::wedge(uv) + T::ZERO * uv.product
    }
    #[inline]
    fn length(self, deviation: T) -> T {
        if deviation > T::ZERO { T::ONE } else { deviation }
    }
    #[inline]
    fn angle(self, uv: &Pair<T>) -> HalfAngle<T> {
        let folded = T::HALF * (uv.sine * arc_cosine::angle(uv.angle.square));
        HalfAngle { square: if uv.angle.obtuse { T::HALF - folded } else { folded }, obtuse: false }
    }
}
