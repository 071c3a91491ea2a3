//! The NTK of the ReLU and its leaky kin where terms cancel, to a few ulp of the value itself.
//!
//! The ReLU's NTK changes its sign near 113 degrees, a leaky one's between there and 90 degrees, and at 180
//! degrees the ReLU's is 0. With s = sin^2(t'/2) as in [`super::arc_cosine`], c = cos t' = 1 - 2 s, phi(z) =
//! l z + b |z|, line = l^2 and bend = b^2, the NTK is exactly
//!
//! ```text
//! 2 |x||y| ((bend +- line) c + bend q G(s)),      q = sqrt s,   + for cos t >= 0, - for cos t < 0
//! ```
//!
//! and its relative error is that of s, of q and of the first terms of G, many times over. So s, which comes
//! from the inputs, has twice the digits here, and so have q and G, the latter in powers of s - 1/4, of which
//! the first five are exact. Coefficients by `core/tools/arc_cosine.py`, to u / 500; the first is such that
//! the error is 0 where the ReLU's NTK is, so that it is small beside the value on both sides of that angle.

use super::doubled::times;
use crate::activation::HalfAngle;
use crate::scalar::exact::two_sum;
use crate::{Prepared, Scalar};

/// G(s) in powers of s - 1/4. In a private module: it seals [`Scalar`].
pub trait SignChange: Sized + 'static {
    /// The first coefficients, lowest power first, each with what its rounding left behind.
    const FIRST: [(Self, Self); 5];
    /// The others.
    const OTHERS: &'static [Self];
}

/// A square below this many squared [`Scalar::EPSILON`] is not corrected, because it is smaller than some
/// errors of twice the digits. Its angle is within 128 [`Scalar::EPSILON`] of 180 degrees, where the NTK of
/// the ReLU is 0.
const APART: f64 = 4096.0;

/// Two inputs of a layer with weight variance w and bias variance b, and their angle as far as it is known.
///
/// Passed by value, so that a caller need not store registers to memory for a rare call.
#[derive(Clone, Copy)]
pub(crate) struct Inputs<'x, T> {
    pub(crate) x: Prepared<'x, T>,
    pub(crate) y: Prepared<'x, T>,
    pub(crate) variances: [T; 2],
    pub(crate) angle: HalfAngle<T>,
}

/// Returns whether [`relu`] is needed. At acute angles, where the NTK is above |x||y| / pi, this is only near
/// 90 degrees.
#[inline(always)]
pub(crate) fn of_relu<T: Scalar>(angle: &HalfAngle<T>) -> bool {
    angle.obtuse || angle.square >= T::from_f64(0.40625)
}

/// Returns whether [`leaky`] is needed.
#[inline(always)]
pub(crate) fn of_leaky<T: Scalar>(angle: &HalfAngle<T>) -> bool {
    angle.obtuse || angle.square >= T::from_f64(0.125)
}

/// Returns the NTK of the lecture's ReLU, for which bend = 1/2 and bend +- line is 1 or 0.
#[inline(always)]
pub(crate) fn relu<T: Scalar>(inputs: Inputs<'_, T>) -> T {
    let Inputs { x, y, variances: [w, b], angle: HalfAngle { square, obtuse } } = inputs;
    relu_of(x.x, y.x, x.norm, x.norm_low, y.norm, y.norm_low, w, b, square, obtuse)
}

#[cold]
#[inline(never)] // with all arguments in registers
#[allow(clippy::too_many_arguments)]
fn relu_of<T: Scalar>(
    x: &[T],
    y: &[T],
    x_norm: T,
    x_norm_low: T,
    y_norm: T,
    y_norm_low: T,
    w: T,
    b: T,
    square: T,
    obtuse: bool,
) -> T {
    let lengths = times((x_norm, x_norm_low), (y_norm, y_norm_low));
    let square = improved([x, y], [w, b], lengths, square);
    let line = if obtuse { (T::ZERO, T::ZERO) } else { folded_cosine(square) };
    let (high, low) = curve(square);
    let (all, all_low) = two_sum(high, T::TWO * line.0);
    let (high, low) = times((all, all_low + (low + T::TWO * line.1)), lengths);
    high + low
}

/// Returns the NTK of [`crate::LeakyRelu`], for which bend = ((1 - slope) / 2)^2 and bend +- line is (1 +
/// slope^2) / 2 or minus the slope.
#[cold]
#[inline(never)]
pub(crate) fn leaky<T: Scalar>(slope: T, inputs: Inputs<'_, T>) -> T {
    let Inputs { x, y, variances: [w, b], angle: HalfAngle { square, obtuse } } = inputs;
    let lengths = times((x.norm, x.norm_low), (y.norm, y.norm_low));
    let square = improved([x.x, y.x], [w, b], lengths, square);
    let twice = two_sum(T::ONE, -slope);
    let tilt = if obtuse {
        (-(T::TWO * slope), T::ZERO)
    } else {
        let (square, square_low) = times((slope, T::ZERO), (slope, T::ZERO));
        let (high, low) = two_sum(T::ONE, square);
        (high, low + square_low)
    };
    // `line` is 2 (bend +- line) c, and `bent` is 4 bend q G(s).
    let line = times(tilt, folded_cosine(square));
    let bent = times(curve(square), times(twice, twice));
    let (all, all_low) = two_sum(T::HALF * bent.0, line.0);
    let (high, low) = times((all, all_low + (T::HALF * bent.1 + line.1)), lengths);
    high + low
}

/// Returns c = 1 - 2 s.
#[inline(always)]
fn folded_cosine<T: Scalar>((square, rest): (T, T)) -> (T, T) {
    let (cosine, low) = two_sum(T::ONE, -(T::TWO * square));
    (cosine, low - T::TWO * rest)
}

/// Returns s with its correction: the excess of |x||y| (1 - 2 s) over |w <x, y> + b|, divided by 2 |x||y|.
#[inline(always)]
fn improved<T: Scalar>([x, y]: [&[T]; 2], [w, b]: [T; 2], lengths: (T, T), square: T) -> (T, T) {
    let (mut inner, mut rest) = (T::ZERO, T::ZERO);
    for (&x, &y) in x.iter().zip(y) {
        let (p, p_rest) = times((x, T::ZERO), (y, T::ZERO));
        let (s, s_rest) = two_sum(inner, p);
        (inner, rest) = (s, rest + (p_rest + s_rest));
    }
    if w != T::ONE {
        (inner, rest) = times((inner, rest), (w, T::ZERO));
    }
    if b > T::ZERO {
        let (s, s_rest) = two_sum(inner, b);
        (inner, rest) = (s, rest + s_rest);
    }
    if inner < T::ZERO {
        (inner, rest) = (-inner, -rest);
    }
    let (folded, folded_rest) = times(folded_cosine((square, T::ZERO)), lengths);
    // The leading parts are equal but for a few ulp. The smallest number changes no other number, and avoids
    // 0 / 0 for two zero vectors without a comparison.
    let lacks = ((folded - inner) + (folded_rest - rest)) / (T::TWO * lengths.0 + T::SMALLEST);
    let apart = T::from_f64(APART) * T::EPSILON * T::EPSILON;
    if square < apart { (square, T::ZERO) } else { two_sum(square, lacks) }
}

/// Returns q G(s), with what rounding left behind.
#[inline(always)]
fn curve<T: Scalar>((square, rest): (T, T)) -> (T, T) {
    let (away, away_low) = two_sum(square, -T::from_f64(0.25));
    let away = (away, away_low + rest);
    let others = T::OTHERS.iter().rev().fold(T::ZERO, |value, &c| value * away.0 + c);
    let mut value = (others, T::ZERO);
    for (c, c_low) in T::FIRST.into_iter().rev() {
        let (term, term_low) = times(value, away);
        let (high, low) = two_sum(c, term);
        value = (high, low + (term_low + c_low));
    }
    // The root of s is off by (s - q^2) / 2q.
    let root = T::root(square);
    let (again, again_low) = times((root, T::ZERO), (root, T::ZERO));
    let left = ((square - again) - again_low) + rest;
    times(value, (root, left / (T::TWO * root + T::SMALLEST)))
}

impl SignChange for f32 {
    const FIRST: [(Self, Self); 5] = [
        (-0.115_337_774, 2.882_507e-09),
        (2.162_237, 8.806_21e-08),
        (0.345_551_73, -7.570_188e-09),
        (0.174_160_1, -5.787_524_2e-09),
        (0.124_049_38, 1.141_335_6e-09),
    ];
    const OTHERS: &'static [Self] =
        &[0.104_607_47, 0.097_359_24, 0.094_857_894, 0.098_387_5, 0.134_785, 0.149_913_24];
}

impl SignChange for f64 {
    const FIRST: [(Self, Self); 5] = [
        (-0.115_337_771_244_874_61, -4.810_572_612_967_952e-18),
        (2.162_237_015_260_693_3, -1.718_710_184_208_987e-16),
        (0.345_551_719_627_015_8, -5.703_824_635_500_867_4e-18),
        (0.174_160_642_136_331_4, -1.338_008_658_619_316_4e-17),
        (0.124_050_020_426_793_58, -4.741_585_389_052_361_5e-19),
    ];
    const OTHERS: &'static [Self] = &[
        0.104_558_293_402_201_62,
        0.097_302_632_728_698_62,
        0.096_617_696_055_714_76,
        0.100_412_162_966_645_17,
        0.107_931_785_051_430_63,
        0.119_054_017_495_924_83,
        0.134_035_385_922_823_3,
        0.153_432_832_771_418_61,
        0.178_039_024_305_008_54,
        0.208_592_020_913_301_26,
        0.247_206_032_303_503_33,
        0.302_714_927_373_340_8,
        0.364_711_169_864_526_34,
        0.355_402_088_456_588_44,
        0.431_175_153_147_534_9,
        1.110_612_465_679_675_2,
        1.371_911_423_119_391,
    ];
}

#[cfg(feature = "micromath")]
impl SignChange for crate::scalar::Micro {
    const FIRST: [(Self, Self); 5] = [
        (Self(-0.115_337_774), Self(2.882_507e-09)),
        (Self(2.162_237), Self(8.806_21e-08)),
        (Self(0.345_551_73), Self(-7.570_188e-09)),
        (Self(0.174_160_1), Self(-5.787_524_2e-09)),
        (Self(0.124_049_38), Self(1.141_335_6e-09)),
    ];
    const OTHERS: &'static [Self] = &[
        Self(0.104_607_47),
        Self(0.097_359_24),
        Self(0.094_857_894),
        Self(0.098_387_5),
        Self(0.134_785),
        Self(0.149_913_24),
    ];
}
