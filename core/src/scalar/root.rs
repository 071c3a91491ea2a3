//! The square root of an `f32`, correctly rounded, in half the flash that libm's takes with its table.
//!
//! With x = M 4^e for an integer M of 47 or 48 bits, the answer is the integer nearest to sqrt M, of 24 bits, times 2^e. The
//! quick root of the kernels is off by one at most; the remainder M - n^2 says which way, and then how to round. It can
//! never be a tie: (n + 1/2)^2 is no integer.

use crate::kernel::arc_cosine::ArcCosine;

/// sqrt x; NaN below 0.
#[inline(never)] // once in an image
#[cfg_attr(any(target_feature = "sse2", target_arch = "aarch64"), allow(dead_code))]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 2^23 <= n <= 2^24
pub(super) fn root(x: f32) -> f32 {
    // One comparison for all that is positive and finite.
    if x.to_bits().wrapping_sub(1) >= f32::INFINITY.to_bits() - 1 {
        return if x < 0.0 { f32::NAN } else { x };
    }
    // A subnormal number becomes a normal one, its root too large by 2^12.
    let (bits, small) =
        if x < f32::MIN_POSITIVE { ((x * 16_777_216.0).to_bits(), 12) } else { (x.to_bits(), 0) };
    let odd = !(bits >> 23) & 1;
    let significand = bits & 0x007f_ffff;
    let start = f32::from_bits(significand | (127 + odd) << 23);
    let mut n = (<f32 as ArcCosine>::root(start) * 8_388_608.0) as u32;
    // Small enough that its lowest 32 bits are all of it.
    let square = (significand | 0x0080_0000) << 23 << odd;
    let mut rest = square.wrapping_sub(n.wrapping_mul(n)).cast_signed();
    if rest < 0 {
        n -= 1;
        rest += (2 * n + 1).cast_signed();
    }
    // To the next integer from n + 1/2 on, and once more from n + 3/2 on.
    let up = u32::from(rest > n.cast_signed()) + u32::from(rest > (3 * n + 2).cast_signed());
    let half = ((bits >> 23) + 125 - odd) / 2 - small;
    f32::from_bits((half << 23) + n + up)
}

#[cfg(test)]
mod tests {
    use super::root;

    /// One in a thousand of all numbers, and every significand below an odd and an even exponent.
    #[test]
    fn is_that_of_the_hardware() {
        let significands = 1.0f32.to_bits()..4.0f32.to_bits();
        for x in significands.chain((0..=u32::MAX).step_by(1009)).map(f32::from_bits) {
            let (found, expected) = (root(x), x.sqrt());
            assert!(found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(), "{x:e}");
        }
    }
}
