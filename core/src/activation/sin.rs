//! phi(z) = sin z.

use super::Activation;
use crate::Scalar;

/// phi(z) = sin z, phi' = cos z, phi'' = -sin z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sin;

impl<T: Scalar> Activation<T> for Sin {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.sin()
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        z.cos()
    }
    #[inline(always)]
    fn curvature(self, z: T) -> T {
        -z.sin()
    }
}
