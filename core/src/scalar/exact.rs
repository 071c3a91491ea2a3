//! Sums and products with their rounding errors, exactly (Knuth 1969, Dekker 1971): the ground of arithmetic
//! in twice the digits.
//!
//! Plain additions and multiplications without a fused multiply-add, which not every machine has, and without
//! a wider type, so that `f32` parts need no software for doubles and the bits are the same everywhere.

use crate::Scalar;

/// Returns a + b rounded, and its rounding error.
#[inline(always)]
pub(crate) fn two_sum<T: Scalar>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    let from_b = sum - a;
    (sum, (a - (sum - from_b)) + (b - from_b))
}

/// Returns two numbers of half the digits whose sum is a.
#[inline(always)]
pub(crate) fn split<T: Scalar>(a: T) -> (T, T) {
    let scaled = T::SPLITTER * a;
    let high = scaled - (scaled - a);
    (high, a - high)
}

/// Returns a b rounded, and its rounding error, if neither overflows nor underflows.
#[inline(always)]
pub(crate) fn two_product<T: Scalar>(a: T, b: T) -> (T, T) {
    let product = a * b;
    let ((a, a_low), (b, b_low)) = (split(a), split(b));
    (product, ((a * b - product) + (a * b_low + a_low * b)) + a_low * b_low)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In `f32` the exact sum and product fit in an `f64`.
    #[test]
    fn errors_are_exact() {
        let numbers = [1.0f32, -3.3, 1e-7, 16_777_217.0, 0.333_333_34, -2.5e6, 1.23e-3];
        for a in numbers {
            for b in numbers {
                let (sum, error) = two_sum(a, b);
                assert_eq!(f64::from(sum) + f64::from(error), f64::from(a) + f64::from(b));
                let (product, error) = two_product(a, b);
                assert_eq!(f64::from(product) + f64::from(error), f64::from(a) * f64::from(b));
            }
        }
        let (product, error) = two_product(1.0 + f64::EPSILON, 1.0 + f64::EPSILON);
        assert_eq!((product, error), (1.0 + 2.0 * f64::EPSILON, f64::EPSILON * f64::EPSILON));
    }
}
