//! The scalar types of this crate: `f32`, `f64`, and `Micro` (feature `micromath`).
//!
//! Precision is a type that the caller names, never a feature that changes results. Functions are those of
//! libm or of this crate, never those of the platform, and no expression is contracted to a fused
//! multiply-add. So a result has the same bits on every machine. (libm uses the processor's square root if
//! there is one. It is correctly rounded, so its bits are the same, too.)

use core::fmt::Debug;
use core::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::kernel::arc_cosine::ArcCosine;
use crate::random::NormalQuantile;

pub(crate) mod exact;
#[cfg(feature = "micromath")]
mod micro;
mod native;
mod root;
mod sine;
pub(crate) mod wire;

#[cfg(feature = "micromath")]
pub use micro::Micro;

/// A floating-point type.
///
/// The trait is sealed, because the kernels and the normal sampler need tables for each type.
pub trait Scalar:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + AddAssign
    + Div<Output = Self>
    + Mul<Output = Self>
    + MulAssign
    + Neg<Output = Self>
    + Sub<Output = Self>
    + SubAssign
    + ArcCosine
    + NormalQuantile
    + wire::Wire
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// 1/2.
    const HALF: Self;
    /// 2.
    const TWO: Self;
    /// sqrt 2, the gain of the lecture's ReLU.
    const SQRT_2: Self;
    /// The distance from 1 to the next larger number: 2^-23 for `f32`, 2^-52 for `f64`.
    const EPSILON: Self;
    /// Not a number.
    const NAN: Self;
    /// Whether the functions have an error of 1e-6 or more, which is too much for kernel matrices. See
    /// [`crate::Regression::new_low_precision`].
    #[doc(hidden)]
    const LOW_PRECISION: bool = false;

    /// Returns the nearest value of this type. A constant argument is converted at compile time.
    #[must_use]
    fn from_f64(x: f64) -> Self;
    /// Returns the value of this type that is nearest to a count.
    #[must_use]
    fn from_usize(n: usize) -> Self;
    /// Returns the value as an `f64`, which is exact.
    #[must_use]
    fn to_f64(self) -> f64;
    /// Returns the nearest `f32`, for the evidence in an error.
    #[must_use]
    fn to_f32(self) -> f32;

    /// Returns the square root, correctly rounded for `f32` and `f64`; NaN below zero.
    #[must_use]
    fn sqrt(self) -> Self;
    /// Returns e to the power of `self`.
    #[must_use]
    fn exp(self) -> Self;
    /// Returns e to the power of `self`, minus 1, accurate for small results.
    #[must_use]
    fn exp_m1(self) -> Self;
    /// Returns the natural logarithm of 1 + `self`, accurate for small results.
    #[must_use]
    fn ln_1p(self) -> Self;
    /// Returns the natural logarithm.
    #[must_use]
    fn ln(self) -> Self;
    /// Returns the sine of an angle in radians.
    #[must_use]
    fn sin(self) -> Self;
    /// Returns the cosine of an angle in radians.
    #[must_use]
    fn cos(self) -> Self;
    /// Returns the hyperbolic tangent.
    #[must_use]
    fn tanh(self) -> Self;
    /// Returns the error function 2/sqrt(pi) * integral of exp(-t^2) from 0 to `self`.
    #[must_use]
    fn erf(self) -> Self;
    /// Returns 1 - erf, accurate for small results.
    #[must_use]
    fn erfc(self) -> Self;
    /// Returns the magnitude.
    #[must_use]
    fn abs(self) -> Self;
    /// Returns whether the value is neither NaN nor infinite.
    #[must_use]
    fn is_finite(self) -> bool;
}
