//! phi(z) = he_n(z), a Hermite polynomial of a degree n up to 8.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair};
use crate::Scalar;

/// phi = he_n = He_n / sqrt(n!), the probabilists' Hermite polynomial of degree n, normalised so that
/// E[phi(u)^2] = 1 for a standard normal u; phi' = sqrt n he_(n-1).
///
/// For inputs on the unit sphere E[phi phi] = (cos t)^n, with t the angle, so that a kernel is chosen by the
/// power series that it has in the inner product. The polynomial is not homogeneous. With a = E[u^2], d =
/// E[v^2], c = E[u v] and p = (a - 1) (d - 1) / 4, for any variances
///
/// ```text
/// E[he_n(u) he_n(v)]  =  sum over j from 0 to n/2 of  n! / (j!^2 (n - 2 j)!)  p^j c^(n - 2 j)
/// ```
///
/// which is the coefficient of s^n r^n in E[exp(s u - s^2 / 2 + r v - r^2 / 2)], times n!. By the inequality
/// of Cauchy and Schwarz the sum of the sizes of its terms is at most sqrt(E[phi(u)^2] E[phi(v)^2]). So its
/// error is a few times n roundings of that, at any lengths for which the 2 n-th powers neither overflow nor
/// underflow. Cost of a dual: n/2 divisions and 3 n products.
///
/// ```
/// use ntk_core::{Hermite, Kernel, Nngp};
/// static CUBIC: Nngp<Hermite> = Nngp::new(Hermite::new(3).unwrap());
/// assert!((CUBIC.value(&[1.0f64, 0.0], &[0.6, 0.8]) - 0.216).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hermite {
    degree: u8,
}

impl Hermite {
    /// The largest degree. Up to it all coefficients are whole numbers that an `f32` holds exactly, and the
    /// 2 n-th power of a length that is not near 1 stays in its range.
    pub const MOST_DEGREE: u8 = 8;

    /// Creates the polynomial of this degree, or returns `None` for 0, a constant, and for a degree above
    /// [`Self::MOST_DEGREE`].
    #[must_use]
    pub const fn new(degree: u8) -> Option<Self> {
        if degree >= 1 && degree <= Self::MOST_DEGREE { Some(Self { degree }) } else { None }
    }

    /// Returns n.
    #[must_use]
    pub const fn degree(self) -> u8 {
        self.degree
    }
}

/// Converts a count to a number.
#[inline(always)]
fn number<T: Scalar>(n: u8) -> T {
    T::from_usize(usize::from(n))
}

/// Returns sqrt(n!).
#[inline]
fn root_of_factorial<T: Scalar>(n: u8) -> T {
    (1..=n).fold(T::ONE, |product, i| product * number(i)).sqrt()
}

/// Returns He_n(z), computed by He_(n+1) = z He_n - n He_(n-1), whose terms are smaller than those of the
/// powers of z.
#[inline]
fn polynomial<T: Scalar>(n: u8, z: T) -> T {
    if !z.is_finite() {
        return if n == 0 {
            T::ONE
        } else if n.is_multiple_of(2) {
            z * z
        } else {
            z
        }; // not NaN at infinity
    }
    let (mut before, mut now) = (T::ZERO, T::ONE);
    for i in 0..n {
        (before, now) = (now, z * now - number::<T>(i) * before);
    }
    now
}

/// Returns E[he_n(u) he_n(v)], or its derivative in p at the same c.
#[inline]
fn sum<T: Scalar>(n: u8, uv: &GaussianPair<T>, by_p: bool) -> T {
    let covariance = uv.covariance();
    let less = |deviation: T| (deviation - T::ONE) * (deviation + T::ONE);
    let p = T::HALF * T::HALF * (less(uv.x) * less(uv.y));
    let square = covariance * covariance;
    // Horner's rule in c^2, with the powers of p beside it. The coefficients are whole numbers and exact.
    let (mut sum, mut coefficient, mut power) = (T::ZERO, T::ONE, T::ONE);
    for j in 0..=n / 2 {
        let factor = if by_p { number(j) } else { T::ONE };
        if !by_p || j > 0 {
            sum = sum * square + factor * coefficient * power;
            power *= p;
        }
        let left = n - 2 * j;
        coefficient = coefficient * (number::<T>(left) * number(left.saturating_sub(1)))
            / (number::<T>(j + 1) * number(j + 1));
    }
    if n.is_multiple_of(2) { sum } else { sum * covariance }
}

impl<T: Scalar> Activation<T> for Hermite {
    #[inline]
    fn value(self, z: T) -> T {
        polynomial(self.degree, z) / root_of_factorial(self.degree)
    }
    #[inline]
    fn derivative(self, z: T) -> T {
        number::<T>(self.degree) * polynomial(self.degree - 1, z) / root_of_factorial(self.degree)
    }
    #[inline]
    fn second_derivative(self, z: T) -> T {
        let n = self.degree;
        if n < 2 {
            return T::ZERO;
        }
        number::<T>(n) * number(n - 1) * polynomial(n - 2, z) / root_of_factorial(n)
    }
}

impl<T: Scalar> Dual<T> for Hermite {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        sum(self.degree, uv, false)
    }
}

/// E[phi' phi'] = n E[he_(n-1) he_(n-1)].
impl<T: Scalar> DerivativeDual<T> for Hermite {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        number::<T>(self.degree) * sum(self.degree - 1, uv, false)
    }
}

/// Returns E[u he_n'(u) he_n(v)]: by c, and by p, whose derivative in ln sqrt a at the same angle
/// is a (d - 1) / 2.
#[inline]
fn by_length<T: Scalar>(n: u8, uv: &GaussianPair<T>) -> T {
    if n == 0 {
        return T::ZERO;
    }
    let stretched = T::HALF * (uv.x * uv.x * ((uv.y - T::ONE) * (uv.y + T::ONE)));
    number::<T>(n) * uv.covariance() * sum(n - 1, uv, false) + stretched * sum(n, uv, true)
}

impl<T: Scalar> DualGradient<T> for Hermite {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        by_length(self.degree, uv)
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        number::<T>(self.degree) * by_length(self.degree - 1, uv)
    }
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        let n = self.degree;
        if n < 2 { T::ZERO } else { number::<T>(n) * number(n - 1) * sum(n - 2, uv, false) }
    }
}
