//! phi(z) = max(0, z)^2 and max(0, z)^3, of the arc-cosine kernels of order 2 and 3.

use super::{Activation, DerivativeDual, Dual, DualGradient, GaussianPair, HalfAngle};
use crate::Scalar;
use crate::kernel::arc_cosine::{self, PiecewiseLinear};

/// phi(z) = max(0, z)^p for the orders p = 2 and 3; phi' = p max(0, z)^(p - 1). The value at NaN is NaN.
///
/// It has no gain: E[phi(u)^2] of a standard normal u is 3/2 for the square and 15/2 for the cube. With n =
/// sqrt(E[u^2] E[v^2]) and t the angle, E[phi phi] = n^p J_p(t) / (2 pi), half of the arc-cosine kernel of
/// order p, with
///
/// ```text
/// J_2 = 3 sin t cos t + (pi - t) (1 + 2 cos^2 t)
/// J_3 = 15 sin t - 11 sin^3 t + (pi - t) (9 cos t + 6 cos^3 t)
/// ```
///
/// (Cho and Saul 2009, equations 7 and 8). E[phi' phi'] is p^2 times that of order p - 1, which for p = 2 is
/// the kernel of the ReLU. The errors are a few roundings of n^p and n^(p - 1), at any angle. The kernels
/// have degree p in each input, so the 2 p-th powers of the lengths must neither overflow nor underflow.
///
/// ```
/// use ntk_core::{Kernel, Nngp, RectifiedPower};
/// assert!((Nngp::new(RectifiedPower::Square).value(&[2.0, 0.0], &[2.0, 0.0]) - 24.0f64).abs() < 1e-13);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RectifiedPower {
    /// max(0, z)^2.
    Square,
    /// max(0, z)^3.
    Cube,
}

impl RectifiedPower {
    /// Returns p, 2 or 3.
    #[must_use]
    pub const fn order(self) -> u8 {
        match self {
            Self::Square => 2,
            Self::Cube => 3,
        }
    }

    /// Returns n^p.
    #[inline(always)]
    fn power<T: Scalar>(self, n: T) -> T {
        match self {
            Self::Square => n * n,
            Self::Cube => n * n * n,
        }
    }

    /// Returns c = J_p(t) / J_p(0), the cosine of the angle between phi(u) and phi(v), and 1 - c, each
    /// without cancellation where it is small and t is acute.
    ///
    /// With s = sin t, a = t / pi and C = cos t, which is 1 - 2 sin^2(t/2),
    ///
    /// ```text
    /// 1 - c  =  a - s C / pi + (2/3) s^2 (1 - a)                                             for p = 2
    /// 1 - c  =  (1 - C) + (2/5) s^2 C + a C (1 - (2/5) s^2) - s (1 - (11/15) s^2) / pi       for p = 3
    /// ```
    #[inline]
    fn cosine<T: Scalar>(self, uv: &GaussianPair<T>) -> (T, T) {
        let of = T::from_f64;
        let square = uv.angle.square;
        let share = uv.sine * arc_cosine::angle(square); // of the folded angle in pi
        let other = (T::ONE - square).sqrt();
        let (sine, cosine) = (T::TWO * (uv.sine * other), T::ONE - T::TWO * square);
        let (sines, over_pi) = (sine * sine, sine * of(core::f64::consts::FRAC_1_PI));
        let (even, odd) = match self {
            Self::Square => (T::ONE - of(2.0 / 3.0) * sines, over_pi * cosine),
            Self::Cube => (cosine * (T::ONE - of(0.4) * sines), over_pi * (T::ONE - of(11.0 / 15.0) * sines)),
        };
        if uv.angle.obtuse {
            let value = match self {
                Self::Square => share * even - odd,
                Self::Cube => odd - share * even,
            };
            return (value, T::ONE - value);
        }
        let gap = match self {
            Self::Square => of(2.0 / 3.0) * sines * (T::ONE - share) + (share - odd),
            Self::Cube => (T::TWO * square + of(0.4) * sines * cosine) + (share * even - odd),
        };
        (T::ONE - gap, gap)
    }

    /// Returns J_p(0) / (2 pi): E[phi(u)^2] of a standard normal u.
    #[inline(always)]
    fn gain<T: Scalar>(self) -> T {
        match self {
            Self::Square => T::from_f64(1.5),
            Self::Cube => T::from_f64(7.5),
        }
    }
}

/// Returns max(0, z), NaN for NaN.
#[inline(always)]
fn rectified<T: Scalar>(z: T) -> T {
    if z < T::ZERO { T::ZERO } else { z }
}

/// Returns 4 E[max(0, u) max(0, v)].
#[inline(always)]
fn four_relus<T: Scalar>(uv: &GaussianPair<T>) -> T {
    PiecewiseLinear { linear: T::ONE, kink: T::ONE }.value(uv)
}

impl<T: Scalar> Activation<T> for RectifiedPower {
    #[inline(always)]
    fn value(self, z: T) -> T {
        self.power(rectified(z))
    }
    #[inline(always)]
    fn derivative(self, z: T) -> T {
        let r = rectified(z);
        match self {
            Self::Square => T::TWO * r,
            Self::Cube => T::from_f64(3.0) * (r * r),
        }
    }
    /// Returns 0 for the square at its jump, as [`super::Relu`] does for its slope.
    #[inline(always)]
    fn second_derivative(self, z: T) -> T {
        match self {
            Self::Square => {
                if z > T::ZERO {
                    T::TWO
                } else {
                    T::ZERO
                }
            }
            Self::Cube => T::from_f64(6.0) * rectified(z),
        }
    }
}

impl<T: Scalar> Dual<T> for RectifiedPower {
    #[inline]
    fn dual(self, uv: &GaussianPair<T>) -> T {
        self.gain::<T>() * (self.power(uv.product) * self.cosine(uv).0)
    }
    #[inline]
    fn length(self, deviation: T) -> T {
        self.gain::<T>().sqrt() * self.power(deviation)
    }
    /// Always acute. Its 1 - cos is good to a rounding of the angle between u and v.
    #[inline]
    fn angle(self, uv: &GaussianPair<T>) -> HalfAngle<T> {
        let gap = self.cosine(uv).1;
        HalfAngle { square: T::HALF * if gap > T::ONE { T::ONE } else { gap }, obtuse: false }
    }
}

impl<T: Scalar> DerivativeDual<T> for RectifiedPower {
    #[inline]
    fn derivative_dual(self, uv: &GaussianPair<T>) -> T {
        match self {
            Self::Square => four_relus(uv),
            Self::Cube => T::from_f64(9.0) * Self::Square.dual(uv),
        }
    }
}

/// phi has degree p, so E[u phi' phi] = p E[phi phi] and E[u phi'' phi'] = (p - 1) E[phi' phi'].
impl<T: Scalar> DualGradient<T> for RectifiedPower {
    #[inline]
    fn dual_by_length(self, uv: &GaussianPair<T>) -> T {
        T::from_usize(usize::from(self.order())) * self.dual(uv)
    }
    #[inline]
    fn derivative_dual_by_length(self, uv: &GaussianPair<T>) -> T {
        T::from_usize(usize::from(self.order() - 1)) * self.derivative_dual(uv)
    }
    #[inline]
    fn second_derivative_dual(self, uv: &GaussianPair<T>) -> T {
        match self {
            Self::Square => T::TWO * arc_cosine::arc_cosine_0(uv),
            Self::Cube => T::from_f64(9.0) * four_relus(uv),
        }
    }
}
