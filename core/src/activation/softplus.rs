//! phi(z) = ln(1 + e^z), the smooth ReLU without gain.

use super::quadrature::expectation;
use super::{Activation, Dual, DualGradient, Pair, Sigmoid, SlopeDual};
use crate::Scalar;

/// phi(z) = ln(1 + e^z), phi' the logistic function ([`Sigmoid`]), phi'' its slope. Its duals are integrated: see
/// [`super::Quadrature`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Softplus;

impl<T: Scalar> Activation<T> for Softplus {
    #[inline(always)]
    fn value(self, z: T) -> T {
        let rest = (-z.abs()).exp().ln_1p();
        if z > T::ZERO { z + rest } else { rest }
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        Sigmoid.value(z)
    }
    #[inline(always)]
    fn curvature(self, z: T) -> T {
        Sigmoid.slope(z)
    }
}

impl<T: Scalar> Dual<T> for Softplus {
    fn value_dual(self, uv: &Pair<T>) -> T {
        expectation(uv, |z| self.value(z))
    }
}

impl<T: Scalar> SlopeDual<T> for Softplus {
    fn slope_dual(self, uv: &Pair<T>) -> T {
        expectation(uv, |z| self.slope(z))
    }
}

impl<T: Scalar> DualGradient<T> for Softplus {}
