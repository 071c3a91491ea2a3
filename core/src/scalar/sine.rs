//! sin and cos of an `f32` in single precision and integers.
//!
//! libm's `sinf` and `cosf` compute in `f64`. Without a floating-point unit for `f64` that is software: about
//! 1,200 instructions on a Cortex-M4F, and kilobytes of flash.
//!
//! # Reduction
//!
//! An angle x beyond pi/4 is x = q pi/2 + y with an integer q and y in [-pi/4, pi/4]. Only q modulo 4 and y
//! matter: sin x is sin y, cos y, -sin y or -cos y. The difficulty is to find y for large x. An `f32` near
//! 10^30 is a multiple of 2^76, so the product of x with a rounded 2/pi would have no correct digit behind
//! the point.
//!
//! The method of Payne and Hanek (1983) uses a long enough 2/pi and leaves out most of it. Let x = m 2^e with
//! a 24-bit integer m. To find x / (2 pi) = (m 2^(e - 2)) (2/pi) modulo 1, write out 2/pi as bits:
//!
//! * The leading bits, of place value 2^(2 - e) and more, contribute whole turns, which do not matter.
//! * The next 96 bits are multiplied by m. The fraction of the product is the angle in turns.
//! * The bits after these contribute less than m 2^-96, which is less than 2^-72 of a turn, and are left out.
//!
//! So the exponent selects a window of 96 bits of 2/pi, and three integer multiplications give the fraction
//! of a turn to 2^-62. This is enough near multiples of pi/2, too: the `f32` nearest to one, 16367173 2^72,
//! is 2^-32 of a turn away from it, so that y still has 30 correct bits.
//!
//! # Polynomials
//!
//! sin y = y + y^3 S(y^2) and cos y = 1 - y^2/2 + y^4 C(y^2), where y is a sum of two numbers. The
//! polynomials S and C are those of `core/tools/sine.py`; their own error is 0.05 units in the last place.
//!
//! Error: 0.94 units in the last place. Every finite number was tried; `tests/scalar.rs` tries some of them
//! again.

/// Returns sin x; NaN for infinities and NaN.
pub(super) fn sin(x: f32) -> f32 {
    let (quarter, y, y_low) = reduce(x);
    let value = if quarter & 1 == 0 { sin_polynomial(y, y_low) } else { cos_polynomial(y, y_low) };
    if quarter & 2 == 0 { value } else { -value }
}

/// Returns cos x; NaN for infinities and NaN.
pub(super) fn cos(x: f32) -> f32 {
    let (quarter, y, y_low) = reduce(x);
    let value = if quarter & 1 == 0 { cos_polynomial(y, y_low) } else { sin_polynomial(y, y_low) };
    if quarter.wrapping_add(1) & 2 == 0 { value } else { -value }
}

/// Returns sin(y + y_low) for |y| <= pi/4 and a y_low below the last place of y.
fn sin_polynomial(y: f32, y_low: f32) -> f32 {
    const S: [f32; 4] = [-0.166_666_67, 0.008_333_332, -0.000_198_400_87, 2.724_992_6e-6];
    if y == 0.0 {
        return y; // the sum below would lose the sign of -0
    }
    let z = y * y;
    y + (y * z * (S[0] + z * (S[1] + z * (S[2] + z * S[3]))) + y_low)
}

/// Returns cos(y + y_low) for the same arguments. What 1 - z/2 loses by rounding is added back.
fn cos_polynomial(y: f32, y_low: f32) -> f32 {
    const C: [f32; 3] = [0.041_666_664, -0.001_388_830_2, 2.454_794_2e-5];
    let z = y * y;
    let half = 0.5 * z;
    let head = 1.0 - half;
    head + ((1.0 - head) - half + (z * z * (C[0] + z * (C[1] + z * C[2])) - y * y_low))
}

/// Returns q modulo 4, where q is the integer nearest to x / (pi/2), and y = x - q pi/2 as a number and the
/// remainder of its rounding.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)] // parts of words, and the one rounding
fn reduce(x: f32) -> (u32, f32, f32) {
    /// The first 224 bits of 2/pi, behind a word of zeros for what stands before the point.
    const TWO_OVER_PI: [u32; 8] =
        [0, 0xa2f9_836e, 0x4e44_1529, 0xfc27_57d1, 0xf534_ddc0, 0xdb62_9599, 0x3c43_9041, 0xfe51_63ab];
    /// pi/4 in units of 2^-32.
    const QUARTER_PI: u64 = 0xc90f_daa2;
    if x.abs() <= core::f32::consts::FRAC_PI_4 {
        return (0, x, 0.0);
    }
    if !x.is_finite() {
        return (0, f32::NAN, 0.0);
    }
    // |x| = significand 2^(exponent - 150), so 2/pi shifted left by exponent - 152 bits is the number of
    // turns for each unit of the significand. `first_bit` is where the window begins in the table, whose word
    // of zeros adds 32.
    let significand = u64::from(x.to_bits() & 0x7f_ffff | 0x80_0000);
    let exponent = (x.to_bits() >> 23) & 0xff;
    let first_bit = (exponent + 32).saturating_sub(152);
    let words = TWO_OVER_PI.get((first_bit / 32) as usize..).and_then(|tail| tail.first_chunk::<4>());
    let Some(&[a, b, c, d]) = words else { return (0, f32::NAN, 0.0) }; // never: first_bit is at most 134
    let shifted = |high: u32, low: u32| {
        (((u64::from(high) << 32 | u64::from(low)) << (first_bit % 32)) >> 32) & 0xffff_ffff
    };
    let (high, middle, low) = (shifted(a, b), shifted(b, c), shifted(c, d));
    // Turns modulo 1 in units of 2^-64: what overflows is whole turns.
    let turns = ((significand * high) << 32)
        .wrapping_add(significand * middle)
        .wrapping_add((significand * low) >> 32);
    let quarter = (turns.wrapping_add(1 << 61) >> 62) as u32;
    let turn_fraction = turns.wrapping_sub(u64::from(quarter) << 62).cast_signed();
    let size = turn_fraction.unsigned_abs();
    let zeros = size.leading_zeros();
    let radians = (((size.wrapping_shl(zeros) >> 32) * QUARTER_PI) >> 32) as u32; // 2^30 or more: its rounding is small
    let rounded = radians as f32;
    let tail = radians.wrapping_sub(rounded as u32).cast_signed() as f32;
    let unit = f32::from_bits((98 - zeros) << 23); // 2^(-29 - zeros)
    let negative = x.is_sign_negative();
    let quarter = if negative { quarter.wrapping_neg() & 3 } else { quarter & 3 };
    let unit = if (turn_fraction < 0) == negative { unit } else { -unit };
    (quarter, rounded * unit, tail * unit)
}
