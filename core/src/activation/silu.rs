//! phi(z) = z / (1 + e^-z), the sigmoid linear unit, also called swish.

use super::quadrature::expectation;
use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair, Sigmoid};
use crate::Scalar;

/// phi(z) = z s, phi' = s + z s', phi'' = 2 s' + z s'', s the logistic function ([`Sigmoid`]; Elfwing, Uchibe
/// and Doya 2018). Its duals are computed by numerical integration, see [`super::Quadrature`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silu;

/// Returns a z, and 0 if a is 0, even for an infinite z.
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
    fn derivative(self, z: T) -> T {
        Sigmoid.value(z) + times(Sigmoid.derivative(z), z)
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        T::TWO * Sigmoid.derivative(z) + times(Sigmoid.second_derivative(z), z)
    }
}

impl<T: Scalar> Dual<T> for Silu {
    fn dual(self, uv: &GaussianPair<T>) -> T {
        expectation(uv, |z| self.value(z))
    }
}

impl<T: Scalar> DerivativeDual<T> for Silu {
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        expectation(uv, |z| self.derivative(z))
    }
}

impl<T: Scalar> DualGradient<T> for Silu {}
