//! Activations phi with their derivatives phi' and phi'', and their duals E[phi(u) phi(v)] and E[phi'(u)
//! phi'(v)].
//!
//! Each activation has a file. A network needs [`Activation`]. An infinitely wide one also needs [`Dual`] for
//! its NNGP, [`DerivativeDual`] for its NTK and [`DualGradient`] for the gradients of both. Where the duals
//! have no closed form, [`Quadrature`] computes them by numerical integration.
//!
//! | activation | phi(z) | duals | file |
//! |---|---|---|---|
//! | [`Relu`] | sqrt 2 max(0, z) | arc-cosine | `relu.rs` |
//! | [`LeakyRelu`] | z for z > 0, else slope z | arc-cosine | `leaky_relu.rs` |
//! | [`Abs`] | \|z\| | arc-cosine | `abs.rs` |
//! | [`RectifiedPower`] | max(0, z)^2, max(0, z)^3 | arc-cosine | `rectified_power.rs` |
//! | [`Step`] | sqrt 2 for z > 0, else 0 | arc-cosine, no slope | `step.rs` |
//! | [`Sign`] | -1, 0 or 1 | arcsine, no slope | `sign.rs` |
//! | [`Erf`] | erf z | arcsine | `erf.rs` |
//! | [`Gelu`] | z Phi(z) | arcsine | `gelu.rs` |
//! | [`Sin`], [`Cos`] | sin z, cos z | exponential | `sin.rs`, `cos.rs` |
//! | [`Sine`], [`Rbf`] | sin(scale z + phase) | exponential | `sine.rs`, `rbf.rs` |
//! | [`Exp`] | e^z | exponential | `exp.rs` |
//! | [`Gaussian`] | exp(-z^2) | rational under a root | `gaussian.rs` |
//! | [`Identity`], [`Quadratic`] | z, z^2 | polynomial | `identity.rs`, `quadratic.rs` |
//! | [`Hermite`] | he_n(z), degree n up to 8 | polynomial | `hermite.rs` |
//! | [`Tanh`], [`Sigmoid`], [`Softplus`], [`Silu`] | | by [`Quadrature`] | one each |

use crate::{Prepared, Scalar};
use quadrature::integral;

mod abs;
mod cos;
mod erf;
mod exp;
mod gaussian;
mod gelu;
mod hermite;
mod identity;
mod leaky_relu;
mod pair;
mod quadratic;
mod quadrature;
mod rbf;
mod rectified_power;
mod relu;
mod sigmoid;
mod sign;
mod silu;
mod sin;
mod sine;
mod softplus;
mod step;
mod tanh;

pub use abs::Abs;
pub use cos::Cos;
pub use erf::Erf;
pub use exp::Exp;
pub use gaussian::Gaussian;
pub use gelu::Gelu;
pub use hermite::Hermite;
pub use identity::Identity;
pub use leaky_relu::LeakyRelu;
pub use pair::{GaussianPair, HalfAngle};
pub use quadratic::Quadratic;
pub use quadrature::Quadrature;
pub use rbf::Rbf;
pub use rectified_power::RectifiedPower;
pub use relu::Relu;
pub use sigmoid::Sigmoid;
pub use sign::Sign;
pub use silu::Silu;
pub use sin::Sin;
pub use sine::Sine;
pub use softplus::Softplus;
pub use step::Step;
pub use tanh::Tanh;

/// An elementwise non-linearity phi: R -> R.
pub trait Activation<T: Scalar>: Copy {
    /// Whether z phi'(z) = phi(z) for every z, that is, phi is homogeneous of degree 1. Training then needs
    /// one sum over samples less for each unit.
    const HOMOGENEOUS: bool = false;

    /// Returns phi(z).
    #[must_use]
    fn value(self, z: T) -> T;
    /// Returns phi'(z).
    #[must_use]
    fn derivative(self, z: T) -> T;
    /// Returns phi''(z).
    #[must_use]
    fn second_derivative(self, z: T) -> T;

    /// Returns phi(z) and phi'(z) together, for activations that share work between them.
    #[inline(always)]
    #[must_use]
    fn value_and_derivative(self, z: T) -> (T, T) {
        (self.value(z), self.derivative(z))
    }
}

/// An activation whose E[phi(u) phi(v)] is known for any pair of normal u and v, so that there is an NNGP at
/// infinite width.
pub trait Dual<T: Scalar>: Activation<T> {
    /// Returns E[phi(u) phi(v)]. It is symmetric in u and v, bit for bit.
    #[must_use]
    fn dual(self, uv: &GaussianPair<T>) -> T;

    /// Returns sqrt E[phi(u)^2] for u of standard deviation `deviation`.
    #[inline]
    #[must_use]
    fn length(self, deviation: T) -> T {
        self.dual(&GaussianPair::equal(deviation)).sqrt()
    }

    /// Returns the angle between phi(u) and phi(v), whose cosine is E[phi(u) phi(v)] / sqrt(E[phi(u)^2]
    /// E[phi(v)^2]).
    ///
    /// The default has an absolute error of a rounding of 1. Activations with a more accurate formula
    /// override it.
    #[inline]
    #[must_use]
    fn angle(self, uv: &GaussianPair<T>) -> HalfAngle<T> {
        let own = |deviation| self.dual(&GaussianPair::equal(deviation));
        HalfAngle::of_moments(own(uv.x), self.dual(uv), own(uv.y))
    }
}

/// An activation whose E[phi'(u) phi'(v)] is also known, so that there is an NTK at infinite width.
pub trait DerivativeDual<T: Scalar>: Dual<T> {
    /// Returns E[phi'(u) phi'(v)]. It is symmetric in u and v, bit for bit.
    #[must_use]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T;

    /// Returns E[phi(u) phi(v)] + E[u v] E[phi'(u) phi'(v)], the NTK of one hidden layer.
    #[inline]
    #[must_use]
    fn ntk(self, uv: &GaussianPair<T>) -> T {
        self.dual(uv) + uv.covariance() * self.derivative_dual(uv)
    }

    /// Returns [`DerivativeDual::ntk`] of the pair that an input gives with itself, to the bit where that is
    /// finite.
    ///
    /// Activations for which it takes less override it.
    #[inline]
    #[must_use]
    #[doc(hidden)]
    fn own_ntk(self, x: &Prepared<'_, T>) -> T {
        self.ntk(&GaussianPair::of_equal_inputs(x))
    }

    /// Returns [`DerivativeDual::ntk`] of the pair that two inputs give with weight and bias variance
    /// `variances`.
    ///
    /// Activations whose terms cancel at some angles override it, to compute the result from the inputs
    /// themselves.
    #[inline]
    #[must_use]
    #[doc(hidden)]
    fn ntk_of(self, uv: &GaussianPair<T>, _: &Prepared<'_, T>, _: &Prepared<'_, T>, _variances: [T; 2]) -> T {
        self.ntk(uv)
    }
}

/// An activation whose duals have known derivatives in u, so that the kernels of its networks have gradients.
///
/// Two derivatives suffice, because a change of x changes u in two ways: the standard deviation of u grows at
/// the same angle, or E[u v] grows at the same standard deviations. For E[phi(u) phi(v)] the second
/// derivative is E[phi'(u) phi'(v)] (Price's theorem). The others are below. Their closed forms follow from
/// Stein's lemma, E[u f(u) g(v)] = E[u^2] E[f'(u) g(v)] + E[u v] E[f(u) g'(v)].
///
/// By default they are computed by numerical integration, see [`Quadrature`]. This is correct for an
/// activation whose slope does not jump, which needs no more than `impl DualGradient<f64> for Mine {}`. For a
/// homogeneous activation the first two follow from the duals, because z phi' is phi and z phi'' is 0.
/// [`Step`] and [`Sign`] do not implement this trait: where inputs coincide, their NNGP has an infinite
/// slope.
///
/// ```compile_fail,E0277
/// use ntk_core::{Nngp, Step, kernel::KernelGradient};
/// let nngp = Nngp::new(Step);
/// let x = ntk_core::Prepared::new(&[1.0]);
/// nngp.add_gradient(&x, &x, 1.0f64, &mut [0.0]);
/// ```
pub trait DualGradient<T: Scalar>: DerivativeDual<T> {
    /// Returns E[u phi'(u) phi(v)], the derivative of E[phi(u) phi(v)] in the logarithm of u's standard
    /// deviation.
    #[must_use]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        if Self::HOMOGENEOUS {
            return self.dual(uv);
        }
        integral(uv, |u, v| u * self.derivative(u) * self.value(v))
    }

    /// Returns E[u phi''(u) phi'(v)], the derivative of E[phi'(u) phi'(v)] in the logarithm of u's standard
    /// deviation.
    #[must_use]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        if Self::HOMOGENEOUS {
            return T::ZERO;
        }
        integral(uv, |u, v| u * self.second_derivative(u) * self.derivative(v))
    }

    /// Returns E[phi''(u) phi''(v)], the derivative of E[phi'(u) phi'(v)] in E[u v]. It is symmetric in u and
    /// v, bit for bit.
    ///
    /// If phi has a kink, it is infinite where u and v are parallel. It is 0 there, so that a gradient is the
    /// mean of those on both sides.
    #[must_use]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        integral(uv, |u, v| self.second_derivative(u) * self.second_derivative(v))
    }
}
