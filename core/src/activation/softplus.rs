//! phi(z) = ln(1 + e^z), the smooth ReLU without gain.

use super::quadrature::expectation;
use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair, Sigmoid};
use crate::Scalar;

/// phi(z) = ln(1 + e^z), phi' the logistic function ([`Sigmoid`]), phi'' its slope. Its duals are computed by
/// numerical integration, see [`super::Quadrature`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Softplus;

impl<T: Scalar> Activation<T> for Softplus {
    #[inline(always)]
    fn value(self, z: T) -> T {
        let rest = (-z.abs()).exp().ln_1p();
        if z > T::ZERO { z + rest } else { rest }
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        Sigmoid.value(z)
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        Sigmoid.derivative(z)
    }
}

impl<T: Scalar> Dual<T> for Softplus {
    fn dual(self, uv: &GaussianPair<T>) -> T {
        expectation(uv, |z| self.value(z))
    }
}

impl<T: Scalar> DerivativeDual<T> for Softplus {
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        expectation(uv, |z| self.derivative(z))
    }
}

impl<T: Scalar> DualGradient<T> for Softplus {}
