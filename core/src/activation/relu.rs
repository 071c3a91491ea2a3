//! phi(z) = sqrt 2 max(0, z), the ReLU of the lecture with its gain (Example 2).

use super::Activation;
use crate::Scalar;

/// phi(z) = sqrt 2 max(0, z); phi'(z) = sqrt 2 for z > 0, else 0; phi'' = 0 away from the kink.
///
/// The gain sqrt 2 makes E[phi(u)^2] = 1 for a standard normal u. At the kink the slope is 0, as in most frameworks.
/// NaN stays NaN in the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relu;

impl<T: Scalar> Activation<T> for Relu {
    const HOMOGENEOUS: bool = true;

    #[inline(always)]
    fn value(self, z: T) -> T {
        T::SQRT_2 * if z < T::ZERO { T::ZERO } else { z }
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        if z > T::ZERO { T::SQRT_2 } else { T::ZERO }
    }
    #[inline(always)]
    fn curvature(self, _: T) -> T {
        T::ZERO
    }
}
