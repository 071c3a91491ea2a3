//! sin and cos of an `f32` in single precision and integers.
//!
//! libm's `sinf` and `cosf` compute in `f64`, which is software on a part whose floating-point unit is single or absent:
//! about 1,200 instructions on a Cortex-M4F, and kilobytes of flash. Here an angle x beyond pi/4 is reduced in integers:
//! x / 2 pi modulo 1 is the product of its 24-bit significand and 96 bits of 2/pi taken from where its exponent says
//! (Payne and Hanek 1983), exact to 2^-62 of a turn. The nearest quarter turn is split off; the rest is y in [-pi/4, pi/4], in two
//! numbers. Then sin y = y + y^3 S(y^2), cos y = 1 - y^2/2 + y^4 C(y^2), with the polynomials of `core/tools/sine.py`,
//! 0.05 u off.
//!
//! Error: 0.94 units in the last place; every finite number was tried, and `tests/scalar.rs` tries some of them again.

/// sin x; NaN for infinities and NaN.
pub(super) fn sin(x: f32) -> f32 {
    let (quarter, y, rest) = reduce(x);
    let value = if quarter & 1 == 0 { sine(y, rest) } else { cosine(y, rest) };
    if quarter & 2 == 0 { value } else { -value }
}

/// cos x; NaN for infinities and NaN.
pub(super) fn cos(x: f32) -> f32 {
    let (quarter, y, rest) = reduce(x);
    let value = if quarter & 1 == 0 { cosine(y, rest) } else { sine(y, rest) };
    if quarter.wrapping_add(1) & 2 == 0 { value } else { -value }
}

/// sin(y + rest) for |y| <= pi/4 and a rest below the last place of y.
fn sine(y: f32, rest: f32) -> f32 {
    const S: [f32; 4] = [-0.166_666_67, 0.008_333_332, -0.000_198_400_87, 2.724_992_6e-6];
    if y == 0.0 {
        return y; // the sum below would lose the sign of -0
    }
    let z = y * y;
    y + (y * z * (S[0] + z * (S[1] + z * (S[2] + z * S[3]))) + rest)
}

/// cos(y + rest), likewise. What 1 - z/2 loses by rounding is added back.
fn cosine(y: f32, rest: f32) -> f32 {
    const C: [f32; 3] = [0.041_666_664, -0.001_388_830_2, 2.454_794_2e-5];
    let z = y * y;
    let half = 0.5 * z;
    let head = 1.0 - half;
    head + ((1.0 - head) - half + (z * z * (C[0] + z * (C[1] + z * C[2])) - y * rest))
}

/// The number q of quarter turns nearest to x, modulo 4, and x - q pi/2 as a number and what its rounding left.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)] // parts of words, and the one rounding
fn reduce(x: f32) -> (u32, f32, f32) {
    /// The bits of 2/pi, behind a word of zeros: what stands before the point.
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
    // |x| = significand 2^(exponent - 150), and 2/pi shifted by exponent - 150 - 2 places is turns for each unit of it.
    let significand = u64::from(x.to_bits() & 0x7f_ffff | 0x80_0000);
    let exponent = (x.to_bits() >> 23) & 0xff;
    let place = (exponent + 32).saturating_sub(152);
    let words = TWO_OVER_PI.get((place / 32) as usize..).and_then(|rest| rest.first_chunk::<4>());
    let Some(&[a, b, c, d]) = words else { return (0, f32::NAN, 0.0) }; // never: place is at most 134
    let shifted = |high: u32, low: u32| {
        (((u64::from(high) << 32 | u64::from(low)) << (place % 32)) >> 32) & 0xffff_ffff
    };
    let (high, middle, low) = (shifted(a, b), shifted(b, c), shifted(c, d));
    // Turns modulo 1 in units of 2^-64.
    let turns = ((significand * high) << 32)
        .wrapping_add(significand * middle)
        .wrapping_add((significand * low) >> 32);
    let quarter = (turns.wrapping_add(1 << 61) >> 62) as u32;
    let rest = turns.wrapping_sub(u64::from(quarter) << 62).cast_signed();
    let size = rest.unsigned_abs();
    let zeros = size.leading_zeros();
    let radians = (((size.wrapping_shl(zeros) >> 32) * QUARTER_PI) >> 32) as u32; // 2^30 or more, so the rest is small
    let rounded = radians as f32;
    let left = radians.wrapping_sub(rounded as u32).cast_signed() as f32;
    let unit = f32::from_bits((98 - zeros) << 23); // 2^(-29 - zeros)
    let negative = x.is_sign_negative();
    let quarter = if negative { quarter.wrapping_neg() & 3 } else { quarter & 3 };
    let unit = if (rest < 0) == negative { unit } else { -unit };
    (quarter, rounded * unit, left * unit)
}
