//! phi(z) = sign z.

use super::{Activation, Dual, GaussianPair, HalfAngle};
use crate::Scalar;
use crate::kernel::arc_cosine;

/// phi(z) = 1 for z > 0, -1 for z < 0, and 0 at 0; phi' = phi'' = 0 away from the jump. The value at NaN is
/// NaN.
///
/// E[phi phi] = 1 - 2 t / pi = (2 / pi) arcsin(cos t), with t the angle (Sheppard 1899). It does not depend
/// on lengths, and is 0 for a zero vector. The error is a few roundings of 1.
///
/// It jumps as [`super::Step`] does: gradient descent cannot train it, and an NTK with it does not compile.
///
/// ```
/// use ntk_core::{Kernel, Nngp, Sign};
/// assert!((Nngp::new(Sign).value(&[1.0f64, 0.0], &[2.0, 2.0]) - 0.5).abs() < 1e-15);
/// ```
/// ```compile_fail,E0277
/// use ntk_core::{Kernel, Ntk, Sign};
/// let value = Ntk::new(Sign).value(&[1.0f64], &[1.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sign;

impl<T: Scalar> Activation<T> for Sign {
    #[inline(always)]
    fn value(self, z: T) -> T {
        if z > T::ZERO {
            T::ONE
        } else if z < T::ZERO {
            -T::ONE
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

/// Returns 2 t' / pi in [0, 1], with t' the angle folded into [0, pi/2].
#[inline(always)]
fn folded<T: Scalar>(uv: &GaussianPair<T>) -> T {
    let share = T::TWO * (uv.sine * arc_cosine::angle(uv.angle.square));
    if share > T::ONE { T::ONE } else { share }
}

impl<T: Scalar> Dual<T> for Sign {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        if uv.product == T::ZERO {
            return T::ZERO; // phi(0) = 0
        }
        let size = T::ONE - folded(uv);
        // A length that is not finite must give a result that is not.
        (if uv.angle.obtuse { -size } else { size }) + T::ZERO * uv.product
    }
    #[inline]
    fn length(self, deviation: T) -> T {
        if deviation > T::ZERO { T::ONE } else { deviation }
    }
    /// Returns the angle. 1 - |cos| is 2 t' / pi, without cancellation.
    #[inline]
    fn angle(self, uv: &GaussianPair<T>) -> HalfAngle<T> {
        HalfAngle { square: T::HALF * folded(uv), obtuse: uv.angle.obtuse }
    }
}
