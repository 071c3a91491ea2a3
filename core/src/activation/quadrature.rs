//! E[phi(u) phi(v)] by the trapezoidal rule, for activations whose duals have no closed form.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;

/// An activation whose duals are computed by numerical integration. It may be any smooth one, also one of
/// your own.
///
/// Let g and h be independent standard normal variables, u = x (c g + s h) and v = y (c g - s h), with c and
/// s the cosine and sine of half the angle. In these variables nearly parallel inputs lose no digits. The
/// trapezoidal rule in g and h converges geometrically for analytic phi (Trefethen and Weideman 2014), faster
/// than Gauss-Hermite quadrature. Its error is about exp(a^2 / 2 - 2 pi a / step), where a is the distance of
/// the poles of phi from the real line in units of g; for tanh it is pi / (2 x). The steps are chosen such
/// that this is a rounding for poles no nearer than pi / 2 and standard deviations up to 6.
///
/// Error, asserted in `host/tests/reference/tolerances.rs`: for [`super::Tanh`], [`super::Sigmoid`],
/// [`super::Softplus`] and [`super::Silu`] and standard deviations up to 6 at most 20 roundings of sqrt(K(x,
/// x) K(y, y)) in `f64`, 10 in `f32`; for tanh at 12, an absolute error of 1e-7. The normal distribution is
/// cut at 8.6 standard deviations in `f64`, 5.8 in `f32`, which costs an activation that grows as z^2 a
/// hundred roundings. If phi has a kink, the error falls only as the square of the step.
///
/// Cost of a dual: about 2,500 x^2 pairs of evaluations of phi in `f64` and 500 x^2 in `f32`, with x the
/// larger standard deviation, at most 6; half of it for those that are odd or even ([`super::Tanh`], and the
/// slope of [`super::Sigmoid`]).
///
/// ```
/// use ntk_core::{Activation, Architecture, Kernel, Ntk, Quadrature};
/// #[derive(Clone, Copy, Default)]
/// struct Arctan;
/// impl Activation<f64> for Arctan {
///     fn value(self, z: f64) -> f64 { z.atan() }
///     fn derivative(self, z: f64) -> f64 { 1.0 / (1.0 + z * z) }
///     fn second_derivative(self, z: f64) -> f64 { -2.0 * z / ((1.0 + z * z) * (1.0 + z * z)) }
/// }
/// let ntk = Ntk::with(Quadrature(Arctan), Architecture::ONE_LAYER.depth(2).bias(0.1));
/// assert!(ntk.value(&[0.5, 1.0], &[0.5, -1.0]) < ntk.value(&[0.5, 1.0], &[0.5, 1.0]));
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quadrature<A>(
    /// phi.
    pub A,
);

impl<T: Scalar, A: Activation<T>> Activation<T> for Quadrature<A> {
    const HOMOGENEOUS: bool = A::HOMOGENEOUS;

    #[inline(always)]
    fn value(self, z: T) -> T {
        self.0.value(z)
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        self.0.derivative(z)
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        self.0.second_derivative(z)
    }
    #[inline(always)]
    fn value_and_derivative(self, z: T) -> (T, T) {
        self.0.value_and_derivative(z)
    }
}

impl<T: Scalar, A: Activation<T>> Dual<T> for Quadrature<A> {
    fn dual(self, uv: &GaussianPair<T>) -> T {
        expectation(uv, |z| self.0.value(z))
    }
}

impl<T: Scalar, A: Activation<T>> DerivativeDual<T> for Quadrature<A> {
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        expectation(uv, |z| self.0.derivative(z))
    }
}

/// These are correct for a phi whose slope does not jump: the rule omits what a jump contributes to a
/// derivative.
impl<T: Scalar, A: Activation<T>> DualGradient<T> for Quadrature<A> {}

/// The standard deviation beyond which the step shrinks no more.
const LARGEST: f64 = 6.0;

/// Returns E[f(u) f(v)], symmetric in u and v bit for bit.
pub(super) fn expectation<T: Scalar>(uv: &GaussianPair<T>, f: impl Fn(T) -> T) -> T {
    integral(uv, |u, v| f(u) * f(v))
}

/// Returns the [`expectation`] of an f that is odd or even bit for bit, in half the time and with the same
/// bits: at -g the columns are those at g.
pub(super) fn expectation_of_symmetric<T: Scalar>(uv: &GaussianPair<T>, f: impl Fn(T) -> T) -> T {
    integrate(uv, true, |u, v| f(u) * f(v))
}

/// Returns E[f(u, v)].
pub(super) fn integral<T: Scalar>(uv: &GaussianPair<T>, f: impl Fn(T, T) -> T) -> T {
    integrate(uv, false, f)
}

#[inline(always)]
fn integrate<T: Scalar>(uv: &GaussianPair<T>, is_symmetric: bool, f: impl Fn(T, T) -> T) -> T {
    let digits = -(T::HALF * T::EPSILON).ln(); // a rounding is exp(-digits)
    let reach = (T::TWO * digits).sqrt();
    let (sine, cosine) = uv.half_sine_and_cosine();
    let larger = if uv.x < uv.y { uv.y } else { uv.x };
    let largest = T::from_f64(LARGEST);
    let deviation = if larger < largest { larger } else { largest };
    let pi = T::from_f64(core::f64::consts::PI);
    // Where u = v, the product of the slopes of tanh has a pole of order 4. It multiplies the error by about
    // exp(8).
    let order = T::from_f64(8.0);
    let step = |share: T| {
        let pole = T::HALF * pi / (deviation * share);
        let a = if pole < reach { pole } else { reach };
        T::TWO * pi * a / (digits + order + T::HALF * (a * a))
    };
    let (wide, narrow) = (step(cosine), step(sine));
    let density = |g: T| (-(T::HALF * (g * g))).exp();
    // h = 0 first, then h and -h together, so that exchanging u and v does not change a bit.
    let column = |g: T| {
        let middle = cosine * g;
        let mut sum = f(uv.x * middle, uv.y * middle);
        let mut h = narrow;
        let mut weights = T::ONE;
        while sine > T::ZERO && h <= reach {
            let (left, right) = (middle + sine * h, middle - sine * h);
            let weight = density(h);
            sum += weight * (f(uv.x * left, uv.y * right) + f(uv.x * right, uv.y * left));
            weights += T::TWO * weight;
            h += narrow;
        }
        sum / weights
    };
    let mut sum = column(T::ZERO);
    let mut weights = T::ONE;
    let mut g = wide;
    while cosine > T::ZERO && g <= reach {
        let weight = density(g);
        let right = column(g);
        let left = if is_symmetric { right } else { column(-g) };
        sum += weight * (right + left);
        weights += T::TWO * weight;
        g += wide;
    }
    // A length that is not finite must give a result that is not.
    sum / weights + T::ZERO * uv.product
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{Sigmoid, Tanh};
    use crate::{Architecture, Kernel, Ntk};

    /// An odd or even function integrated over both halves and over one: the same bits.
    #[test]
    fn half_of_the_plane_is_enough() {
        let vectors =
            [[0.3, -0.2], [1.0, 0.0], [-2.0, 5.0], [0.31, -0.19], [-0.3, 0.2], [1e-3, 7.0], [0.0, 0.0]];
        for (i, x) in vectors.iter().enumerate() {
            for y in &vectors[..=i] {
                let architecture = Architecture::ONE_LAYER.bias(0.3);
                let whole = Ntk::with(Quadrature(Tanh), architecture).value(x, y);
                let half = Ntk::with(Tanh, architecture).value(x, y);
                assert_eq!(f64::to_bits(whole), f64::to_bits(half), "tanh {x:?} {y:?}");
                let whole = Ntk::with(Quadrature(Sigmoid), architecture).value(x, y);
                let half = Ntk::with(Sigmoid, architecture).value(x, y);
                assert_eq!(f64::to_bits(whole), f64::to_bits(half), "sigmoid {x:?} {y:?}");
                let (x, y) = (x.map(|v| v as f32), y.map(|v| v as f32));
                let whole = Ntk::with(Quadrature(Tanh), Architecture::ONE_LAYER).value(&x, &y);
                let half = Ntk::with(Tanh, Architecture::ONE_LAYER).value(&x, &y);
                assert_eq!(f32::to_bits(whole), f32::to_bits(half), "tanh {x:?} {y:?}");
            }
        }
    }
}
