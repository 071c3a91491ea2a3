//! The square root of an `f32`, correctly rounded, in half the flash that libm's takes with its table.
//!
//! With x = M 4^e for an integer M of 47 or 48 bits, the significand of the result is the integer nearest to
//! sqrt M, which has 24 bits. The kernels' quick root gives an n that is off by at most one. The
//! remainder M - n^2 tells in which direction, and then how to round. There are no ties, because (n + 1/2)^2
//! is not an integer.

use crate::kernel::arc_cosine::ArcCosine;

/// Returns sqrt x; NaN below 0.
#[inline(never)] // once in an image
#[cfg_attr(any(target_feature = "sse2", target_arch = "aarch64"), allow(dead_code))]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 2^23 <= n <= 2^24
pub(super) fn root(x: f32) -> f32 {
    // A single comparison finds the positive finite numbers.
    if x.to_bits().wrapping_sub(1) >= f32::INFINITY.to_bits() - 1 {
        return if x < 0.0 { f32::NAN } else { x };
    }
    // A subnormal number is multiplied by 2^24, which makes its root too large by 2^12.
    let (bits, subnormal_shift) =
        if x < f32::MIN_POSITIVE { ((x * 16_777_216.0).to_bits(), 12) } else { (x.to_bits(), 0) };
    // An odd exponent gives M one bit more, so that the rest is a power of 4.
    let odd = !(bits >> 23) & 1;
    let significand = bits & 0x007f_ffff;
    let start = f32::from_bits(significand | (127 + odd) << 23);
    let mut n = (<f32 as ArcCosine>::root(start) * 8_388_608.0) as u32;
    // The remainder M - n^2 fits in 32 bits, so wrapping 32-bit arithmetic on the low words gives it exactly.
    let m_low = (significand | 0x0080_0000) << 23 << odd;
    let mut remainder = m_low.wrapping_sub(n.wrapping_mul(n)).cast_signed();
    if remainder < 0 {
        n -= 1;
        remainder += (2 * n + 1).cast_signed();
    }
    // sqrt M is above n + 1/2 if the remainder exceeds n, and above n + 3/2 if it exceeds 3 n + 2.
    let round_up = u32::from(remainder > n.cast_signed()) + u32::from(remainder > (3 * n + 2).cast_signed());
    let result_exponent = ((bits >> 23) + 125 - odd) / 2 - subnormal_shift;
    f32::from_bits((result_exponent << 23) + n + round_up)
}

#[cfg(test)]
mod tests {
    use super::root;

    /// Tries one in a thousand of all numbers, and every significand with an odd and an even exponent.
    #[test]
    fn agrees_with_the_hardware() {
        let significands = 1.0f32.to_bits()..4.0f32.to_bits();
        for x in significands.chain((0..=u32::MAX).step_by(1009)).map(f32::from_bits) {
            let (found, expected) = (root(x), x.sqrt());
            assert!(found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(), "{x:e}");
        }
    }
}
