//! Comparison with reference values.

use ntk_core::Scalar;

/// `found` is within `units` roundings of a number of size `scale` of `expected`.
///
/// # Panics
/// If it is not, with both numbers.
#[track_caller]
pub fn close<T: Scalar>(found: T, expected: f64, scale: f64, units: f64) {
    let distance = (found.to_f64() - expected).abs();
    let allowed = units * T::EPSILON.to_f64() * scale;
    assert!(
        distance <= allowed,
        "found {:016x}, expected {:016x} (bits of f64); {} units allowed, {} found",
        found.to_f64().to_bits(),
        expected.to_bits(),
        units as u64,
        (distance / (T::EPSILON.to_f64() * scale)) as u64
    );
}

/// [`close`] for each pair of numbers, on the scale of the largest expected one.
///
/// # Panics
/// As [`close`], and for different lengths.
#[track_caller]
pub fn all_close<T: Scalar>(found: &[T], expected: &[f64], units: f64) {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(0.0, |largest, e| if e.abs() > largest { e.abs() } else { largest });
    for (&found, &expected) in found.iter().zip(expected) {
        close(found, expected, scale, units);
    }
}

/// Reference inputs in the precision under test, at the front of an array; the rest is 0.
pub fn rounded<T: Scalar, const N: usize>(values: &[f64]) -> [T; N] {
    assert!(values.len() <= N);
    core::array::from_fn(|i| values.get(i).map_or(T::ZERO, |&v| T::from_f64(v)))
}
