//! phi(z) = z / (1 + e^-z), the sigmoid linear unit, also called swish.

use super::quadrature::expectation;
use super::{Activation, Dual, DualGradient, Pair, Sigmoid, SlopeDual};
use crate::Scalar;

/// phi(z) = z s, phi' = s + z s', phi'' = 2 s' + z s'', s the logistic function ([`Sigmoid`]; Elfwing, Uchibe and Doya
/// 2018). Its duals are integrated: see [`super::Quadrature`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silu;

/// a z, and 0 where a is 0 even if z is infinite.
#[inline(always)]
fn times<T: Scalar>(a: T, z: T) -> T {
    if a == T::ZERO { a } else { a * z }
}

impl<T: Scalar> Activation<T> for Silu {
    #[inline(always)]
    fn value(self, z: T) -> T {
        times(Sigmoid.value(z), z)
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        Sigmoid.value(z) + times(Sigmoid.slope(z), z)
    }
    #[inline(always)]
    fn curvature(self, z: T) -> T {
        T::TWO * Sigmoid.slope(z) + times(Sigmoid.curvature(z), z)
    }
}

impl<T: Scalar> Dual<T> for Silu {
    fn value_dual(self, uv: &Pair<T>) -> T {
        expectation(uv, |z| self.value(z))
    }
}

impl<T: Scalar> SlopeDual<T> for Silu {
    fn slope_dual(self, uv: &Pair<T>) -> T {
        expectation(uv, |z| self.slope(z))
    }
}

impl<T: Scalar> DualGradient<T> for Silu {}
