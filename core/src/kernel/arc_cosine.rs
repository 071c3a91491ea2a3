//! The arc-cosine functions of degree 0 and 1 (Cho and Saul 2009), computed from the sine of the half angle.
//!
//! For two vectors with angle t let q = sin(t'/2), where t' in [0, pi/2] is the angle folded so that cos
//! t' = |cos t|. Then, exactly,
//!
//! ```text
//! NNGP   (sin t + (pi - t) cos t) / pi  =  max(cos t, 0) + (sin t' -   t' cos t') / pi
//!                                       =  max(cos t, 0) + q^3 H(q^2)
//! NTK    NNGP + cos t (pi - t) / pi     =  2 max(cos t, 0) + (sin t' - 2 t' cos t') / pi
//!                                       =  2 max(cos t, 0) + q G(q^2)
//! slope  (pi - t) / pi                  =  1 - q A(q^2)  for cos t >= 0,  else  q A(q^2)
//! ```
//!
//! with A, G and H smooth on [0, 1/2]: one square root for q and a short polynomial, no arccos and no sine.
//! Arccos of a cosine near 1 loses half of the digits, and a Gram matrix in `f32` then stops being positive
//! definite.
//!
//! The coefficients are those of `core/tools/arc_cosine.py`: interpolation at Chebyshev nodes, error below
//! 0.4 units of roundoff in `f32` and 0.7 in `f64` after rounding.

#![allow(clippy::approx_constant)] // A(0) and -G(0) are 2/pi, as they should be

use super::sign_change::SignChange;
use crate::Scalar;
use crate::activation::{GaussianPair, HalfAngle};

/// Coefficients of A, H and G, lowest power first, and a square root. In a private module: it seals
/// [`Scalar`].
pub trait ArcCosine: SignChange {
    /// The smallest normal number.
    const SMALLEST: Self;
    /// 2^(half the digits, rounded up) + 1: splits a number into two of half the digits.
    const SPLITTER: Self;
    /// A(s) = t' / (pi q).
    const ANGLE: &'static [Self];
    /// H(s) = (sin t' - t' cos t') / (pi q^3).
    const NNGP: &'static [Self];
    /// G(s) = (sin t' - 2 t' cos t') / (pi q).
    const NTK: &'static [Self];
    /// Returns the square root of 0 or a normal number, to a unit in the last place. The result is not finite
    /// for NaN and infinity.
    fn root(s: Self) -> Self;
}

/// Returns A(s), where t' / pi = q A(q^2). If s = sin^2 z for an angle z in [0, pi/4], (2 / pi) z = sqrt(s)
/// A(s).
#[inline(always)]
pub(crate) fn angle<T: Scalar>(s: T) -> T {
    polynomial(T::ANGLE, s)
}

/// Returns (sin t' - t' cos t') / pi = q^3 H(q^2).
#[inline(always)]
fn kink<T: Scalar>(uv: &GaussianPair<T>) -> T {
    uv.sine * uv.angle.square * polynomial(T::NNGP, uv.angle.square)
}

/// The dual of phi(z) = l z + c |z|, the general function that is piecewise linear with its kink at 0, given
/// linear = l^2 and kink = c^2.
///
/// E[|u||v|] = |E[u v]| + 2 |x||y| q^3 H(q^2) and E[u|v|] = 0, so that
///
/// ```text
/// value  (kink +- linear) |E[u v]| + 2 kink |x||y| q^3 H(q^2),    + for cos t >= 0, - for cos t < 0
/// slope   linear +- kink (1 - 2 q A(q^2))
/// ```
#[derive(Clone, Copy, Debug)]
pub(crate) struct PiecewiseLinear<T> {
    pub(crate) linear: T,
    pub(crate) kink: T,
}

impl<T: Scalar> PiecewiseLinear<T> {
    /// Returns the factor of |E[u v]|.
    #[inline(always)]
    fn factor(self, obtuse: bool) -> T {
        if obtuse { self.kink - self.linear } else { self.kink + self.linear }
    }

    #[inline(always)]
    pub(crate) fn value(self, uv: &GaussianPair<T>) -> T {
        let factor = self.factor(uv.angle.obtuse);
        let (high, low) = uv.abs_covariance;
        factor * high + (factor * low + uv.product * (T::TWO * self.kink * kink(uv)))
    }

    #[inline(always)]
    pub(crate) fn derivative(self, uv: &GaussianPair<T>) -> T {
        let folded = T::TWO * self.kink * (uv.sine * angle(uv.angle.square));
        if uv.angle.obtuse { (self.linear - self.kink) + folded } else { (self.linear + self.kink) - folded }
    }

    /// Returns E[phi'' phi''] = 2 kink / (pi |x||y| sin t), the contribution of the kink with the density of
    /// u and v. Where it is infinite, the result is 0.
    #[inline]
    pub(crate) fn second_derivative(self, uv: &GaussianPair<T>) -> T {
        let sine = T::TWO * uv.sine * (T::ONE - uv.angle.square).sqrt();
        let scale = T::from_f64(core::f64::consts::PI) * (uv.product * sine);
        if scale > T::ZERO { T::TWO * self.kink / scale } else { T::ZERO }
    }

    /// Returns the angle between phi(u) and phi(v), with 1 - cos and 1 + cos computed without cancellation.
    #[inline]
    pub(crate) fn angle(self, uv: &GaussianPair<T>) -> HalfAngle<T> {
        let share = self.kink / (self.linear + self.kink);
        let (square, kink) = (uv.angle.square, share * kink(uv));
        if !uv.angle.obtuse {
            return HalfAngle { square: square - kink, obtuse: false };
        }
        let tilt = square * (T::TWO * share - T::ONE);
        let (minus, plus) = ((T::ONE - share) + tilt - kink, share - tilt + kink);
        if plus < minus {
            HalfAngle { square: plus, obtuse: true }
        } else {
            HalfAngle { square: minus, obtuse: false }
        }
    }
}

/// Returns the dual of the slope phi' = sqrt 2 [z > 0], which is (pi - t) / pi.
#[inline(always)]
pub(crate) fn arc_cosine_0<T: Scalar>(uv: &GaussianPair<T>) -> T {
    let folded = uv.sine * angle(uv.angle.square);
    if uv.angle.obtuse { folded } else { T::ONE - folded }
}

/// Returns E[phi phi] + E[u v] E[phi' phi'] of the ReLU, computed with one polynomial.
#[inline(always)]
pub(crate) fn relu_ntk<T: Scalar>(uv: &GaussianPair<T>) -> T {
    let folded = uv.product * (uv.sine * polynomial(T::NTK, uv.angle.square));
    if uv.angle.obtuse {
        return folded;
    }
    let (high, low) = uv.abs_covariance;
    let half = high + (low + T::HALF * folded);
    half + half
}

/// Returns (2 / pi) arcsin `sine`. `cosine` = sqrt(1 - sine^2) must be more accurate than if computed from
/// the sine. Both are positive.
#[inline(always)]
pub(crate) fn arcsine<T: Scalar>(sine: T, cosine: T) -> T {
    if sine <= cosine { sine * angle(sine * sine) } else { T::ONE - cosine * angle(cosine * cosine) }
}

/// Returns 1 + (2 / pi) arcsin r, where |r| = `sine` and the sign is given. `cosine` = sqrt(1 - r^2) must be
/// more accurate than if computed from r.
#[inline(always)]
pub(crate) fn one_and_arcsine<T: Scalar>(sine: T, cosine: T, negative: bool) -> T {
    if sine <= cosine {
        let folded = sine * angle(sine * sine);
        return if negative { T::ONE - folded } else { T::ONE + folded };
    }
    let folded = cosine * angle(cosine * cosine);
    if negative { folded } else { T::TWO - folded }
}

/// Evaluates a polynomial by Horner's rule, eight powers in each iteration, because a compiler that optimises
/// for size does not unroll loops.
#[inline(always)]
fn polynomial<T: Scalar>(coefficients: &[T], s: T) -> T {
    let (eights, rest) = coefficients.as_chunks::<8>();
    let mut sum = T::ZERO;
    for &c in rest.iter().rev() {
        sum = sum * s + c;
    }
    for &[a, b, c, d, e, f, g, h] in eights.iter().rev() {
        let upper = (((sum * s + h) * s + g) * s + f) * s + e;
        sum = (((upper * s + d) * s + c) * s + b) * s + a;
    }
    sum
}

impl ArcCosine for f32 {
    const SMALLEST: Self = f32::MIN_POSITIVE;
    const SPLITTER: Self = 4097.0;
    const ANGLE: &'static [Self] = &[
        0.636_619_75,
        0.106_105_13,
        0.047_670_82,
        0.029_590_627,
        0.010_651_533,
        0.048_090_1,
        -0.057_350_665,
        0.069_820_63,
    ];
    const NNGP: &'static [Self] = &[
        0.848_826_35,
        0.084_880_73,
        0.027_343_389,
        0.011_943_846,
        0.010_692_329,
        -0.005_076_354,
        0.013_510_297,
    ];
    const NTK: &'static [Self] = &[
        -0.636_619_8,
        2.015_965_5,
        0.249_226_84,
        0.096_150_81,
        0.036_775_082,
        0.083_660_774,
        -0.084_216_624,
        0.111_705_09,
    ];
    /// Approximates 1/sqrt s from half the exponent (constants of Kadlec 2010) by Newton's method, to 7e-4
    /// and then 7e-7. One more step is for the root itself. This takes a third of the instructions of libm's
    /// root, which is correctly rounded and, on Arm, computed with integers.
    #[inline(always)]
    fn root(s: Self) -> Self {
        let mut inverse = f32::from_bits(0x5f1f_fff9_u32.wrapping_sub(s.to_bits() >> 1));
        inverse *= 0.703_952_25 * (2.389_244_6 - s * inverse * inverse);
        inverse *= 1.5 - 0.5 * s * inverse * inverse;
        let root = s * inverse;
        root + 0.5 * inverse * (s - root * root)
    }
}

impl ArcCosine for f64 {
    const SMALLEST: Self = f64::MIN_POSITIVE;
    const SPLITTER: Self = 134_217_729.0;
    const ANGLE: &'static [Self] = &[
        0.636_619_772_367_581_4,
        0.106_103_295_394_586_2,
        0.047_746_482_930_126_64,
        0.028_420_525_310_054_5,
        0.019_341_758_621_720_34,
        0.014_242_193_209_712_971,
        0.011_054_444_897_088_705,
        0.008_787_546_584_130_976,
        0.008_397_653_054_530_151,
        -0.001_656_190_432_790_194_6,
        0.050_112_234_302_607_62,
        -0.188_993_657_551_215_83,
        0.641_841_114_506_923_9,
        -1.585_743_975_926_583,
        2.955_232_852_791_724,
        -3.965_695_468_685_268_6,
        3.665_618_981_337_565_7,
        -2.087_433_679_852_214_4,
        0.566_139_875_421_281_2,
    ];
    const NNGP: &'static [Self] = &[
        0.848_826_363_156_775_2,
        0.084_882_636_315_649_39,
        0.027_283_704_535_416_86,
        0.012_631_344_284_049_86,
        0.007_033_378_443_690_46,
        0.004_381_941_676_007_106_5,
        0.002_951_928_142_741_387_7,
        0.002_026_344_620_095_966_6,
        0.002_056_631_075_210_287_4,
        -0.001_696_027_926_351_303,
        0.012_951_168_861_728_63,
        -0.036_264_229_460_397_03,
        0.083_760_949_709_534_72,
        -0.132_522_281_971_647_2,
        0.144_713_390_636_539_73,
        -0.095_650_688_594_067_03,
        0.030_573_463_767_523_68,
    ];
    const NTK: &'static [Self] = &[
        -0.636_619_772_367_581_4,
        2.015_962_612_497_328,
        0.249_342_744_180_375_77,
        0.094_356_144_542_230_83,
        0.050_130_663_733_969_946,
        0.031_473_857_355_766_92,
        0.021_829_141_220_612_02,
        0.016_026_339_352_206_615,
        0.013_772_689_194_735_309,
        0.000_579_579_592_701_174_4,
        0.062_108_674_656_939_22,
        -0.225_972_064_993_875_37,
        0.773_295_909_463_261_7,
        -1.908_012_435_397_735_5,
        3.559_581_719_895_229_8,
        -4.778_459_989_407_293,
        4.421_289_729_761_511_5,
        -2.520_259_408_812_182,
        0.685_104_290_737_979,
    ];
    #[inline(always)]
    fn root(s: Self) -> Self {
        Scalar::sqrt(s)
    }
}

#[cfg(feature = "micromath")]
impl ArcCosine for crate::scalar::Micro {
    const SMALLEST: Self = Self(f32::MIN_POSITIVE);
    const SPLITTER: Self = Self(4097.0);
    const ANGLE: &'static [Self] = &[
        Self(0.636_619_75),
        Self(0.106_105_13),
        Self(0.047_670_82),
        Self(0.029_590_627),
        Self(0.010_651_533),
        Self(0.048_090_1),
        Self(-0.057_350_665),
        Self(0.069_820_63),
    ];
    const NNGP: &'static [Self] = &[
        Self(0.848_826_35),
        Self(0.084_880_73),
        Self(0.027_343_389),
        Self(0.011_943_846),
        Self(0.010_692_329),
        Self(-0.005_076_354),
        Self(0.013_510_297),
    ];
    const NTK: &'static [Self] = &[
        Self(-0.636_619_8),
        Self(2.015_965_5),
        Self(0.249_226_84),
        Self(0.096_150_81),
        Self(0.036_775_082),
        Self(0.083_660_774),
        Self(-0.084_216_624),
        Self(0.111_705_09),
    ];
    #[inline(always)]
    fn root(s: Self) -> Self {
        Self(f32::root(s.0))
    }
}
