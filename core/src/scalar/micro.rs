//! `Micro`: an `f32` whose functions are the fast and inaccurate ones of micromath.

use core::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use micromath::F32Ext;

use super::Scalar;

/// An `f32` whose elementary functions are micromath's approximations.
///
/// Its arithmetic is that of `f32`. The largest errors on a dense scan are asserted in `tests/scalar.rs`:
/// `exp` 0.3 % relative on [-87, 87], `ln` 0.13 absolute for positive normal numbers, `sin` and `cos` 0.003
/// absolute on [-100, 100], `tanh`, `erf` and `erfc` 0.002 absolute (they use `exp`). `exp_m1` and `ln_1p`
/// are series near 0. micromath's own `sqrt` has an error of 6 %; two Newton steps reduce it to 2e-6 relative
/// for normal numbers. Where micromath gives no result (logarithms of negative numbers, overflow, NaN), the
/// result is the usual one.
///
/// It is meant for demonstrations on a part without a floating-point unit. It is not meant for kernel
/// regression: a Gram matrix with an error of 1e-6 is not positive definite if two samples are closer than
/// about 1e-3 of their norm. Use `f32` there; its square root is exact, and the kernels need no other
/// function. So a regression in `Micro` does not compile,
///
/// ```compile_fail
/// use ntk_core::{Ntk, Regression, Relu, regression::Fixed, scalar::Micro};
/// let model = Regression::new(Ntk::new(Relu), Fixed::<Micro, 2, 15>::new());
/// ```
///
/// unless the constructor for low precision is named:
///
/// ```
/// use ntk_core::{Ntk, Regression, Relu, regression::Fixed, scalar::Micro};
/// let model = Regression::new_low_precision(Ntk::new(Relu), Fixed::<Micro, 2, 15>::new());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Micro(
    /// The value.
    pub f32,
);

/// Serialised as an `f32`.
#[cfg(feature = "serde")]
impl serde::Serialize for Micro {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f32(self.0)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Micro {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f32::deserialize(deserializer).map(Self)
    }
}

impl Add for Micro {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl Sub for Micro {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl Mul for Micro {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}
impl Div for Micro {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(self.0 / other.0)
    }
}
impl Neg for Micro {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl AddAssign for Micro {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl SubAssign for Micro {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}
impl MulAssign for Micro {
    #[inline(always)]
    fn mul_assign(&mut self, other: Self) {
        self.0 *= other.0;
    }
}

#[allow(clippy::cast_possible_truncation)] // rounding to the nearest value is what `from` and `to` promise
impl Scalar for Micro {
    const ZERO: Self = Self(0.0);
    const ONE: Self = Self(1.0);
    const HALF: Self = Self(0.5);
    const TWO: Self = Self(2.0);
    const SQRT_2: Self = Self(core::f32::consts::SQRT_2);
    const EPSILON: Self = Self(f32::EPSILON);
    const NAN: Self = Self(f32::NAN);
    const LOW_PRECISION: bool = true;

    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        Self(x as f32)
    }
    #[inline(always)]
    fn from_usize(n: usize) -> Self {
        Self(n as f32)
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self.0)
    }
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self.0
    }
    #[inline]
    fn sqrt(self) -> Self {
        let x = self.0;
        if x == 0.0 || x.is_nan() || x == f32::INFINITY {
            return self;
        }
        if x < 0.0 {
            return Self(f32::NAN);
        }
        let mut root = F32Ext::sqrt(x); // micromath's approximation, within 6 %
        for _ in 0..2 {
            root = 0.5 * (root + x / root);
        }
        Self(root)
    }
    #[inline]
    fn exp(self) -> Self {
        match self.0 {
            x if x > 88.7 => Self(f32::INFINITY),
            x if x < -87.3 => Self(0.0),
            x if x.is_nan() => self,
            x => Self(F32Ext::exp(x)),
        }
    }
    /// Uses the series near 0, and `exp` elsewhere.
    #[inline]
    fn exp_m1(self) -> Self {
        let x = self.0;
        if f32::abs(x) > 0.25 {
            Self(self.exp().0 - 1.0)
        } else {
            Self(x * (1.0 + x * (0.5 + x * (0.166_666_67 + x * 0.041_666_668))))
        }
    }
    /// Uses the series near 0, and `ln` elsewhere.
    #[inline]
    fn ln_1p(self) -> Self {
        let x = self.0;
        if f32::abs(x) > 0.25 {
            Self(1.0 + x).ln()
        } else {
            Self(x * (1.0 - x * (0.5 - x * (0.333_333_34 - x * 0.25))))
        }
    }
    #[inline]
    fn ln(self) -> Self {
        match self.0 {
            x if x > 0.0 && x.is_finite() => Self(F32Ext::ln(x)),
            0.0 => Self(f32::NEG_INFINITY),
            x if x == f32::INFINITY => self,
            _ => Self(f32::NAN),
        }
    }
    #[inline]
    fn sin(self) -> Self {
        if self.0.is_finite() { Self(F32Ext::sin(self.0)) } else { Self(f32::NAN) }
    }
    #[inline]
    fn cos(self) -> Self {
        if self.0.is_finite() { Self(F32Ext::cos(self.0)) } else { Self(f32::NAN) }
    }
    /// Returns (1 - e) / (1 + e) with e = exp(-2 |z|), which cannot overflow and is odd by construction.
    #[inline]
    fn tanh(self) -> Self {
        let e = Self(-2.0 * f32::abs(self.0)).exp().0;
        let t = (1.0 - e) / (1.0 + e);
        Self(if self.0 < 0.0 { -t } else { t })
    }
    /// Returns 1 - erfc |z|, with the sign of z. Its error is that of `exp`.
    #[inline]
    fn erf(self) -> Self {
        if self.0 == 0.0 {
            return self;
        }
        let e = 1.0 - Self(f32::abs(self.0)).erfc().0;
        Self(if self.0 < 0.0 { -e } else { e })
    }
    /// Uses formula 7.1.26 of Abramowitz and Stegun, whose own error is 1.5e-7. The larger error of `exp`
    /// remains.
    #[inline]
    fn erfc(self) -> Self {
        let z = f32::abs(self.0);
        let t = 1.0 / (1.0 + 0.327_591_1 * z);
        let poly = [1.061_405_4, -1.453_152_1, 1.421_413_7, -0.284_496_72, 0.254_829_6f32]
            .iter()
            .fold(0.0, |sum, c| sum * t + c);
        let tail = poly * t * Self(-z * z).exp().0;
        Self(if self.0 < 0.0 { 2.0 - tail } else { tail })
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(f32::abs(self.0))
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        f32::is_finite(self.0)
    }
}
