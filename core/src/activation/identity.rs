//! phi(z) = z: the network is linear in x, and its NTK at infinite width is 2 <x, y>.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair, HalfAngle};
use crate::Scalar;

/// phi(z) = z, phi' = 1, phi'' = 0. E[phi phi] = E[u v], E[phi' phi'] = 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity;

impl<T: Scalar> Activation<T> for Identity {
    const HOMOGENEOUS: bool = true;

    #[inline(always)]
    fn value(self, z: T) -> T {
        z
    }
    #[inline(always)]
    fn derivative(self, _: T) -> T {
        T::ONE
    }
    #[inline(always)]
    fn second_derivative(self, _: T) -> T {
        T::ZERO
    }
}

impl<T: Scalar> Dual<T> for Identity {
    #[inline(always)]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        uv.covariance()
    }
    #[inline(always)]
    fn length(self, deviation: T) -> T {
        deviation
    }
    #[inline(always)]
    fn angle(self, uv: &GaussianPair<T>) -> HalfAngle<T> {
        uv.angle
    }
}

impl<T: Scalar> DerivativeDual<T> for Identity {
    #[inline(always)]
    fn derivative_dual(self, _: &GaussianPair<T>) -> T {
        T::ONE
    }
}

impl<T: Scalar> DualGradient<T> for Identity {
    #[inline]
    fn second_derivative_dual(self, _: &GaussianPair<T>) -> T {
        T::ZERO
    }
}
