//! phi(z) = z: the network is linear in x, and its NTK at infinite width is 2 <x, y>.

use super::Activation;
use crate::Scalar;

/// phi(z) = z, phi' = 1, phi'' = 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity;

impl<T: Scalar> Activation<T> for Identity {
    const HOMOGENEOUS: bool = true;

    #[inline(always)]
    fn value(self, z: T) -> T {
        z
    }
    #[inline(always)]
    fn slope(self, _: T) -> T {
        T::ONE
    }
    #[inline(always)]
    fn curvature(self, _: T) -> T {
        T::ZERO
    }
}
