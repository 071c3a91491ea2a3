//! phi(z) = sin(s z + p).

use super::sin::Sin;
use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;

/// phi(z) = sin(s z + p), with the scale s and the phase p in radians; phi' = s cos(s z + p).
///
/// With e_- = exp(-s^2 E[(u - v)^2] / 2) and e_+ = exp(-s^2 E[(u + v)^2] / 2), by the characteristic
/// functions of u - v and u + v,
///
/// ```text
/// E[phi phi]   =      (e_- - cos(2 p) e_+) / 2  =       (e_- - e_+) / 2 + sin^2(p) e_+
/// E[phi' phi'] = s^2  (e_- + cos(2 p) e_+) / 2  =  s^2 ((e_- - e_+) / 2 + cos^2(p) e_+)
/// ```
///
/// of which the right sides are computed, the first term as that of [`Sin`]: for acute angles nothing
/// cancels. Phase 0 and scale 1 are [`Sin`], phase pi / 2 is [`super::Cos`], and phase pi / 4 is the squared
/// exponential kernel, see [`super::Rbf`]. A scale below 0 has the kernels of its size.
///
/// A model's file has one number for an activation's parameter and this one has two, so kernels with it are
/// not [`StorableKernel`](crate::kernel::StorableKernel)s.
///
/// ```
/// use ntk_core::{Architecture, Kernel, Nngp, Ntk, Sine};
/// let kernel = Ntk::with(Sine { scale: 3.0f64, phase: 0.5 }, Architecture::ONE_LAYER.bias(0.1));
/// assert!(kernel.value(&[0.2], &[0.2]) > kernel.value(&[0.2], &[0.9]));
/// ```
/// ```compile_fail,E0277
/// use ntk_core::{Nngp, Sine, kernel::StorableKernel};
/// let code = Nngp::new(Sine { scale: 3.0f64, phase: 0.5 }).code();
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sine<T> {
    /// s, finite.
    pub scale: T,
    /// p, finite, in radians.
    pub phase: T,
}

impl<T: Scalar> Activation<T> for Sine<T> {
    #[inline(always)]
    fn value(self, z: T) -> T {
        (self.scale * z + self.phase).sin()
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        self.scale * (self.scale * z + self.phase).cos()
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        -(self.scale * self.scale * self.value(z))
    }
}

impl<T: Scalar> Sine<T> {
    /// Returns the pair s u and s v.
    #[inline(always)]
    fn scaled(self, uv: &GaussianPair<T>) -> GaussianPair<T> {
        let size = self.scale.abs();
        GaussianPair::at_angle(size * uv.x, size * uv.y, uv.angle)
    }
}

/// Returns (e_- - e_+) / 2 + share e_+, with u and v scaled.
#[inline]
fn blend<T: Scalar>(uv: &GaussianPair<T>, share: T) -> T {
    let together = uv.difference_and_sum_variance().1;
    Sin.dual(uv) + share * (-(T::HALF * together)).exp()
}

/// Returns the derivative of [`blend`] in the logarithm of u's standard deviation: that of E[(u -+ v)^2] / 2
/// is E[u^2] -+ E[u v].
#[inline]
fn blend_by_length<T: Scalar>(uv: &GaussianPair<T>, share: T) -> T {
    let together = (-(T::HALF * uv.difference_and_sum_variance().1)).exp();
    Sin.dual_by_length(uv) - share * (uv.x * uv.x + uv.covariance()) * together
}

impl<T: Scalar> Dual<T> for Sine<T> {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        let sine = self.phase.sin();
        blend(&self.scaled(uv), sine * sine)
    }
}

impl<T: Scalar> DerivativeDual<T> for Sine<T> {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        let cosine = self.phase.cos();
        self.scale * self.scale * blend(&self.scaled(uv), cosine * cosine)
    }
}

/// E[phi'' phi''] = s^4 E[phi phi], as phi'' = -s^2 phi.
impl<T: Scalar> DualGradient<T> for Sine<T> {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        let sine = self.phase.sin();
        blend_by_length(&self.scaled(uv), sine * sine)
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        let cosine = self.phase.cos();
        self.scale * self.scale * blend_by_length(&self.scaled(uv), cosine * cosine)
    }
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        let square = self.scale * self.scale;
        square * square * self.dual(uv)
    }
}
