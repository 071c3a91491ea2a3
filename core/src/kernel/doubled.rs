//! Lengths to twice the working precision, so that the error of a kernel entry comes from its own arithmetic
//! alone.
//!
//! The cost is paid once per input, not once per entry.

use crate::Scalar;
use crate::scalar::exact::{split, two_product, two_sum};

/// Multiplies two numbers, each given with what rounding left behind. Not inlined, because callers use it
/// several times.
#[inline(never)]
pub(super) fn times<T: Scalar>((a, a_low): (T, T), (b, b_low): (T, T)) -> (T, T) {
    let (p, p_low) = two_product(a, b);
    (p, p_low + (a * b_low + a_low * b))
}

/// Returns sqrt(w |x|^2 + b) as a rounded number and what rounding left behind.
#[inline]
pub(super) fn length<T: Scalar>(x: &[T], w: T, b: T) -> (T, T) {
    let (mut square, mut rest) = (T::ZERO, T::ZERO);
    let mut add = |x: T| {
        let (p, p_rest) = two_product(x, x);
        let (s, s_rest) = two_sum(square, p);
        (square, rest) = (s, rest + (p_rest + s_rest));
    };
    let (pairs, last) = x.as_chunks::<2>();
    for &[first, second] in pairs {
        add(first);
        add(second);
    }
    last.iter().copied().for_each(&mut add);
    if w != T::ONE {
        let (p, p_rest) = two_product(w, square);
        (square, rest) = (p, w * rest + p_rest);
    }
    if b > T::ZERO {
        let (s, s_rest) = two_sum(square, b);
        (square, rest) = (s, rest + s_rest);
    }
    // The root r of s is off by (s - r^2) / 2r, so an approximate root is enough.
    let root = T::root(square);
    let (high, low) = split(root);
    let left = (((square - high * high) - T::TWO * high * low) - low * low) + rest;
    if !(root > T::ZERO && left.is_finite()) {
        return (root, T::ZERO);
    }
    let correction = left / (T::TWO * root);
    let rounded = root + correction;
    (rounded, correction - (rounded - root))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twice the digits of f32 fit an f64, so there each identity can be checked exactly.
    #[test]
    fn nothing_is_lost() {
        for i in 1..1000u16 {
            let (a, b) = (1.0 + f32::from(i) / 7.0, 3.1 / f32::from(i));
            let (s, s_rest) = two_sum(a, b);
            assert_eq!(f64::from(s) + f64::from(s_rest), f64::from(a) + f64::from(b));
            let (p, p_rest) = two_product(a, b);
            assert_eq!(f64::from(p) + f64::from(p_rest), f64::from(a) * f64::from(b));
            let (norm, norm_low) = length(&[a, -b], 0.7, 0.3);
            let [a, b, w, c] = [a, b, 0.7f32, 0.3f32].map(f64::from);
            let exact = libm::sqrt(w * (a * a + b * b) + c);
            assert!((f64::from(norm) + f64::from(norm_low) - exact).abs() < 1e-13 * exact);
        }
    }

    #[test]
    fn lengths_at_the_ends_of_the_range() {
        assert_eq!(length::<f32>(&[], 1.0, 0.0), (0.0, 0.0));
        assert_eq!(length(&[3.0f32, 4.0], 1.0, 0.0), (5.0, 0.0));
        assert!(!length(&[1e30f32], 1.0, 0.0).0.is_finite());
        assert!(length(&[f32::NAN], 1.0, 0.0).0.is_nan());
        for x in [1e-18f32, 1.5e19] {
            assert!((length(&[x], 0.9, 0.0).0 / (x * libm::sqrtf(0.9)) - 1.0).abs() < 2e-7);
        }
    }
}
