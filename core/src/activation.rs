//! Activations phi with slope phi' and curvature phi''.
//!
//! Each file states the three functions; the infinite-width kernels that need E[phi phi] and E[phi' phi'] are in
//! [`crate::kernel`].

use crate::Scalar;

mod erf;
mod identity;
mod relu;
mod sin;
mod tanh;

pub use erf::Erf;
pub use identity::Identity;
pub use relu::Relu;
pub use sin::Sin;
pub use tanh::Tanh;

/// An elementwise non-linearity phi: R -> R.
pub trait Activation<T: Scalar>: Copy {
    /// z phi'(z) = phi(z) for every z (Euler, degree 1). Training then needs one sum over samples fewer per unit.
    const HOMOGENEOUS: bool = false;

    /// phi(z).
    #[must_use]
    fn value(self, z: T) -> T;
    /// phi'(z).
    #[must_use]
    fn slope(self, z: T) -> T;
    /// phi''(z).
    #[must_use]
    fn curvature(self, z: T) -> T;

    /// phi(z) and phi'(z) together, for activations that share work between them.
    #[inline(always)]
    #[must_use]
    fn value_and_slope(self, z: T) -> (T, T) {
        (self.value(z), self.slope(z))
    }
}
