//! Activations phi with slope phi' and curvature phi'', and their duals E[phi(u) phi(v)] and E[phi'(u) phi'(v)].
//!
//! A file for each. A network needs [`Activation`]; an infinitely wide one also needs [`Dual`] for its NNGP, [`SlopeDual`] for
//! its NTK and [`DualGradient`] for the gradients of both. Where the duals have no closed form, [`Quadrature`] integrates, for any
//! activation:
//!
//! | activation | phi(z) | duals | file |
//! |---|---|---|---|
//! | [`Relu`] | sqrt 2 max(0, z) | arc-cosine | `relu.rs` |
//! | [`LeakyRelu`] | z for z > 0, else slope z | arc-cosine | `leaky_relu.rs` |
//! | [`Abs`] | \|z\| | arc-cosine | `abs.rs` |
//! | [`Step`] | sqrt 2 for z > 0, else 0 | arc-cosine, no slope | `step.rs` |
//! | [`Erf`] | erf z | arcsine | `erf.rs` |
//! | [`Gelu`] | z Phi(z) | arcsine | `gelu.rs` |
//! | [`Sin`], [`Cos`] | sin z, cos z | exponential | `sin.rs`, `cos.rs` |
//! | [`Exp`] | e^z | exponential | `exp.rs` |
//! | [`Gaussian`] | exp(-z^2) | rational under a root | `gaussian.rs` |
//! | [`Identity`], [`Quadratic`] | z, z^2 | polynomial | `identity.rs`, `quadratic.rs` |
//! | [`Tanh`], [`Sigmoid`], [`Softplus`], [`Silu`] | | by [`Quadrature`] | one each |

use crate::{Point, Scalar};
use quadrature::integral;

mod abs;
mod cos;
mod erf;
mod exp;
mod gaussian;
mod gelu;
mod identity;
mod leaky_relu;
mod pair;
mod quadratic;
mod quadrature;
mod relu;
mod sigmoid;
mod silu;
mod sin;
mod softplus;
mod step;
mod tanh;

pub use abs::Abs;
pub use cos::Cos;
pub use erf::Erf;
pub use exp::Exp;
pub use gaussian::Gaussian;
pub use gelu::Gelu;
pub use identity::Identity;
pub use leaky_relu::LeakyRelu;
pub use pair::{HalfAngle, Pair};
pub use quadratic::Quadratic;
pub use quadrature::Quadrature;
pub use relu::Relu;
pub use sigmoid::Sigmoid;
pub use silu::Silu;
pub use sin::Sin;
pub use softplus::Softplus;
pub use step::Step;
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

/// An activation whose E[phi(u) phi(v)] is known for any pair of normal u and v: it has an NNGP at infinite width.
pub trait Dual<T: Scalar>: Activation<T> {
    /// E[phi(u) phi(v)]. Symmetric in u and v bit for bit.
    #[must_use]
    fn value_dual(self, uv: &Pair<T>) -> T;

    /// sqrt E[phi(u)^2] for u of standard deviation `deviation`.
    #[inline]
    #[must_use]
    fn length(self, deviation: T) -> T {
        self.value_dual(&Pair::twice(deviation)).sqrt()
    }

    /// The angle between phi(u) and phi(v), whose cosine is E[phi(u) phi(v)] / sqrt(E[phi(u)^2] E[phi(v)^2]).
    ///
    /// As given here it is good to a rounding of 1; an activation that knows better replaces it.
    #[inline]
    #[must_use]
    fn angle(self, uv: &Pair<T>) -> HalfAngle<T> {
        let own = |deviation| self.value_dual(&Pair::twice(deviation));
        HalfAngle::of_moments(own(uv.x), self.value_dual(uv), own(uv.y))
    }
}

/// An activation whose E[phi'(u) phi'(v)] is known too: it has an NTK at infinite width.
pub trait SlopeDual<T: Scalar>: Dual<T> {
    /// E[phi'(u) phi'(v)]. Symmetric in u and v bit for bit.
    #[must_use]
    fn slope_dual(self, uv: &Pair<T>) -> T;

    /// E[phi(u) phi(v)] + E[u v] E[phi'(u) phi'(v)], the NTK of one hidden layer.
    #[inline]
    #[must_use]
    fn tangent_dual(self, uv: &Pair<T>) -> T {
        self.value_dual(uv) + uv.covariance() * self.slope_dual(uv)
    }

    /// [`SlopeDual::tangent_dual`] of the pair that two inputs give with weight and bias variance `variances`.
    ///
    /// For activations whose terms cancel at some angles: from the inputs themselves they can do better.
    #[inline]
    #[must_use]
    fn tangent_dual_of(self, uv: &Pair<T>, _: &Point<'_, T>, _: &Point<'_, T>, _variances: [T; 2]) -> T {
        self.tangent_dual(uv)
    }
}

/// An activation whose duals have known derivatives in u: the kernels of its networks have gradients.
///
/// Two derivatives are enough, since a change of x changes u in these ways: its standard deviation grows at the same angle, or
/// E[u v] grows at the same standard deviations. Of E[phi(u) phi(v)] the second is E[phi'(u) phi'(v)] (Price's theorem), the
/// others are below. Closed forms come from Stein's lemma, E[u f(u) g(v)] = E[u^2] E[f'(u) g(v)] + E[u v] E[f(u) g'(v)].
///
/// As given here they are integrated, see [`Quadrature`]: right for an activation whose slope does not jump, which is all that
/// it needs to say (`impl DualGradient<f64> for Mine {}`). Of a homogeneous one the first two follow from the duals (Euler): z phi'
/// is phi and z phi'' is 0. [`Step`] has none: where inputs coincide, its NNGP has an infinite slope.
///
/// ```compile_fail,E0277
/// use ntk_core::{Deep, Step, kernel::KernelGradient};
/// let nngp = Deep::<Step, f64>::nngp(1, 1.0, 0.0).unwrap();
/// let x = ntk_core::Point::new(&[1.0]);
/// nngp.add_gradient(&x, &x, 1.0, &mut [0.0]);
/// ```
pub trait DualGradient<T: Scalar>: SlopeDual<T> {
    /// E[u phi'(u) phi(v)], the derivative of E[phi(u) phi(v)] in the logarithm of u's standard deviation.
    #[must_use]
    fn value_by_length(self, uv: &Pair<T>) -> T {
        if Self::HOMOGENEOUS {
            return self.value_dual(uv);
        }
        integral(uv, |u, v| u * self.slope(u) * self.value(v))
    }

    /// E[u phi''(u) phi'(v)], the same of E[phi'(u) phi'(v)].
    #[must_use]
    fn slope_by_length(self, uv: &Pair<T>) -> T {
        if Self::HOMOGENEOUS {
            return T::ZERO;
        }
        integral(uv, |u, v| u * self.curvature(u) * self.slope(v))
    }

    /// E[phi''(u) phi''(v)], the derivative of E[phi'(u) phi'(v)] in E[u v]. Symmetric in u and v bit for bit. With a kink in phi
    /// it is infinite where u and v are parallel; then 0, so that a gradient is the mean of those on both sides.
    #[must_use]
    fn curvature_dual(self, uv: &Pair<T>) -> T {
        integral(uv, |u, v| self.curvature(u) * self.curvature(v))
    }
}
