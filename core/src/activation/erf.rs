//! phi(z) = erf z, the error function.

use super::Activation;
use crate::Scalar;

/// phi(z) = erf z = 2/sqrt(pi) * integral of exp(-t^2) from 0 to z; phi' = 2/sqrt(pi) exp(-z^2); phi'' = -2 z phi'.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erf;

impl<T: Scalar> Activation<T> for Erf {
    #[inline(always)]
    fn value(self, z: T) -> T {
        z.erf()
    }
    #[inline(always)]
    fn slope(self, z: T) -> T {
        T::from_f64(core::f64::consts::FRAC_2_SQRT_PI) * (-(z * z)).exp()
    }
    #[inline(always)]
    fn curvature(self, z: T) -> T {
        let slope = Activation::<T>::slope(self, z);
        if slope == T::ZERO { slope } else { -(T::TWO * z * slope) } // at infinity too
    }
}
