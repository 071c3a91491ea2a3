//! phi(z) = z Phi(z), the Gaussian error linear unit.

use core::f64::consts::{FRAC_1_PI, FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;
use crate::kernel::arc_cosine::one_and_arcsine;

/// phi(z) = z Phi(z), Phi the normal distribution function (Hendrycks and Gimpel 2016); with g its density,
/// phi' = Phi + z g and phi'' = (2 - z^2) g.
///
/// With S the covariance of u and v, D = det(I + S), L = (1 + E[u^2]) (1 + E[v^2]), r = E[u v] / sqrt L and
/// q = 1/4 + arcsin(r) / (2 pi) = E[Phi(u) Phi(v)],
///
/// ```text
/// E[phi phi]   = E[u v] q + (E[u^2] E[v^2] D + E[u v]^2) / (2 pi L sqrt D)
/// E[phi' phi'] = q + E[u v] (1 / (1 + E[u^2]) + 1 / (1 + E[v^2]) + 1 / D) / (2 pi sqrt D)
/// ```
///
/// by Gaussian integration by parts (Tsuchida, Pearce, van der Heide, Roosta and Gallagher 2021 have the same
/// kernel). For obtuse angles the first term of each is negative and the sum cancels. Its error is then still
/// a few roundings of sqrt(E[u^2] E[v^2]). In `f32` the lengths of x and y must stay below 1e9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gelu;

/// Returns g(z) = exp(-z^2 / 2) / sqrt(2 pi).
#[inline(always)]
fn density<T: Scalar>(z: T) -> T {
    T::from_f64(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2) * (-(T::HALF * (z * z))).exp()
}

/// Returns Phi(z) by the complementary error function, which is accurate for negative z, too.
#[inline(always)]
fn distribution<T: Scalar>(z: T) -> T {
    T::HALF * (-(z * T::from_f64(FRAC_1_SQRT_2))).erfc()
}

impl<T: Scalar> Activation<T> for Gelu {
    #[inline(always)]
    fn value(self, z: T) -> T {
        let phi = distribution(z);
        if phi == T::ZERO { phi } else { z * phi } // not NaN at -infinity
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        let g = density(z);
        distribution(z) + if g == T::ZERO { g } else { z * g }
    }
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        let g = density(z);
        if g == T::ZERO { g } else { (T::TWO - z * z) * g }
    }
}

/// Returns E[Phi(u) Phi(v)], sqrt L and sqrt D.
#[inline(always)]
fn quadrant<T: Scalar>(uv: &GaussianPair<T>) -> (T, T, T) {
    let length = |deviation: T| (T::ONE + deviation * deviation).sqrt();
    let (lengths, covariance) = (length(uv.x) * length(uv.y), uv.covariance());
    let root = uv.determinant(T::ONE).sqrt();
    let q = one_and_arcsine(covariance.abs() / lengths, root / lengths, covariance < T::ZERO);
    (T::HALF * T::HALF * q, lengths, root)
}

impl<T: Scalar> Dual<T> for Gelu {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        let (q, lengths, root) = quadrant(uv);
        let (n, covariance) = (uv.product / lengths, uv.covariance());
        let r = covariance / lengths;
        covariance * q + T::from_f64(0.5 * FRAC_1_PI) * (n * n * root + r * r / root)
    }
}

impl<T: Scalar> DerivativeDual<T> for Gelu {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        let (q, _, root) = quadrant(uv);
        let inverse = |deviation: T| T::ONE / (T::ONE + deviation * deviation);
        let sum = (inverse(uv.x) + inverse(uv.y)) + T::ONE / (root * root);
        q + T::from_f64(0.5 * FRAC_1_PI) * (uv.covariance() * sum / root)
    }
}

/// With a = E[u^2], d = E[v^2], c = E[u v], D' = a + a d - c^2, A = 1 / (1 + a) + 1 / (1 + d), and D, L and q
/// as above:
///
/// ```text
/// E[u phi' phi]   = c q + (c^2 / (1 + a) + a d D (2 / (1 + a) + D'/D) / L
///                   + c^2 (2 / (1 + a) - D'/D) / L) / (2 pi sqrt D)
/// E[u phi'' phi'] = c (1 / (1 + a) + A + 1/D - 2 a / (1 + a)^2 - (D'/D) (A + 3/D)) / (2 pi sqrt D)
/// E[phi'' phi'']  = (1 + A + 1/D + (c^2/D) (A + 3/D)) / (2 pi sqrt D)
/// ```
impl<T: Scalar> DualGradient<T> for Gelu {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        let (q, lengths, root) = quadrant(uv);
        let (own, share, covariance) = (own(uv.x), share(uv), uv.covariance());
        let (n, r) = (uv.product / lengths, covariance / lengths);
        let stretched = n * n * root * (T::TWO * own + share) + r * r / root * (T::TWO * own - share);
        covariance * q + T::from_f64(0.5 * FRAC_1_PI) * (covariance * covariance * own / root + stretched)
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        let (determinant, own_x) = (uv.determinant(T::ONE), own(uv.x));
        let (inverse, lengths) = (T::ONE / determinant, own_x + own(uv.y));
        let still = own_x + lengths + inverse - T::TWO * (T::ONE - own_x) * own_x;
        let sum = still - share(uv) * (lengths + T::from_f64(3.0) * inverse);
        T::from_f64(0.5 * FRAC_1_PI) * (uv.covariance() * sum / determinant.sqrt())
    }
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        let (determinant, covariance) = (uv.determinant(T::ONE), uv.covariance());
        let (inverse, lengths) = (T::ONE / determinant, own(uv.x) + own(uv.y));
        let bent = covariance * covariance * inverse * (lengths + T::from_f64(3.0) * inverse);
        T::from_f64(0.5 * FRAC_1_PI) * ((T::ONE + lengths + inverse + bent) / determinant.sqrt())
    }
}

/// Returns 1 / (1 + E[u^2]).
#[inline(always)]
fn own<T: Scalar>(deviation: T) -> T {
    T::ONE / (T::ONE + deviation * deviation)
}

/// Returns D' / D.
#[inline(always)]
fn share<T: Scalar>(uv: &GaussianPair<T>) -> T {
    uv.determinant_by_length(T::ONE) / uv.determinant(T::ONE)
}
