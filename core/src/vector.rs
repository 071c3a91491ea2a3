//! Dot products and updates with a fixed order of summation.
//!
//! A long sum is split into eight partial sums, which a compiler may keep in vector registers of any
//! size. The order is fixed by the source, so the bits do not depend on the machine.

use crate::Scalar;

/// The number of partial sums: one AVX-512 register of `f64`, two of AVX2 or four of SSE2.
pub(crate) const LANES: usize = 8;

/// Returns the sum of the lanes as a fixed tree: ((0+4)+(2+6)) + ((1+5)+(3+7)).
#[inline(always)]
#[must_use]
pub(crate) fn sum_lanes<T: Scalar>(v: &[T; LANES]) -> T {
    let [a, b, c, d] = [v[0] + v[4], v[1] + v[5], v[2] + v[6], v[3] + v[7]];
    (a + c) + (b + d)
}

/// Returns <x, y> = sum_i x_i y_i over the shorter length.
///
/// Whole groups of eight are summed in lanes, the remaining products one after the other.
#[inline]
#[must_use]
pub fn dot<T: Scalar>(x: &[T], y: &[T]) -> T {
    let n = x.len().min(y.len());
    let (xs, x_rest) = x[..n].as_chunks::<LANES>();
    let (ys, y_rest) = y[..n].as_chunks::<LANES>();
    let mut sum = T::ZERO;
    if !xs.is_empty() {
        let mut lanes = [T::ZERO; LANES];
        for (x, y) in xs.iter().zip(ys) {
            // Written out, because a compiler that optimises for size would keep the lanes in memory.
            lanes[0] += x[0] * y[0];
            lanes[1] += x[1] * y[1];
            lanes[2] += x[2] * y[2];
            lanes[3] += x[3] * y[3];
            lanes[4] += x[4] * y[4];
            lanes[5] += x[5] * y[5];
            lanes[6] += x[6] * y[6];
            lanes[7] += x[7] * y[7];
        }
        sum = sum_lanes(&lanes);
    }
    let ((xs, x_rest), (ys, y_rest)) = (x_rest.as_chunks::<4>(), y_rest.as_chunks::<4>());
    for (x, y) in xs.iter().zip(ys) {
        sum = sum + x[0] * y[0] + x[1] * y[1] + x[2] * y[2] + x[3] * y[3];
    }
    for (&x, &y) in x_rest.iter().zip(y_rest) {
        sum += x * y;
    }
    sum
}

/// Sums n terms in the order of [`dot`].
pub(crate) fn sum_as_dot<T: Scalar>(n: usize, term: impl Fn(usize) -> T) -> T {
    let (groups, mut lanes) = (n / LANES, [T::ZERO; LANES]);
    for group in 0..groups {
        for (l, lane) in lanes.iter_mut().enumerate() {
            *lane += term(group * LANES + l);
        }
    }
    let sum = if groups > 0 { sum_lanes(&lanes) } else { T::ZERO };
    (groups * LANES..n).fold(sum, |sum, i| sum + term(i))
}

/// Returns the length |x|. It is not finite if x is not.
///
/// It is correct also where squares of entries would overflow or underflow. Cost: n multiply-adds and a
/// square root; n divisions more for lengths far from 1.
#[must_use]
pub fn length<T: Scalar>(x: &[T]) -> T {
    let square = dot(x, x);
    if square > T::EPSILON && square.is_finite() {
        return square.sqrt();
    }
    let largest = x.iter().fold(T::ZERO, |most, v| if v.abs() <= most { most } else { v.abs() });
    if largest == T::ZERO || !largest.is_finite() {
        return largest;
    }
    let sum = x.iter().fold(T::ZERO, |sum, &v| sum + (v / largest) * (v / largest));
    largest * sum.sqrt()
}

/// Adds c x to y, over the shorter length.
#[inline]
pub fn axpy<T: Scalar>(y: &mut [T], c: T, x: &[T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y += c * x;
    }
}

/// Sets y to (((y + c_0 x_0) + c_1 x_1) + c_2 x_2) + c_3 x_3: four updates that read and write y once.
///
/// If an x is shorter than y, nothing is done.
#[inline]
pub(crate) fn axpy4<T: Scalar>(y: &mut [T], c: [T; 4], x: [&[T]; 4]) {
    let n = y.len();
    // With the same length for all slices the loop needs a single counter.
    let (Some(p), Some(q), Some(r), Some(s)) = (x[0].get(..n), x[1].get(..n), x[2].get(..n), x[3].get(..n))
    else {
        return;
    };
    for ((((y, &p), &q), &r), &s) in y.iter_mut().zip(p).zip(q).zip(r).zip(s) {
        *y = *y + c[0] * p + c[1] * q + c[2] * r + c[3] * s;
    }
}

/// Copies x to y, over the shorter length.
#[inline]
pub(crate) fn copy<T: Scalar>(y: &mut [T], x: &[T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = x;
        core::hint::black_box(()); // prevents a call of memcpy, which takes 700 bytes of flash
    }
}

/// Reads [`LANES`] entries of a row from `start`; past its end, zeros.
#[inline(always)]
pub(crate) fn load<T: Scalar>(row: &[T], start: usize) -> [T; LANES] {
    load_group(row, start)
}

/// Reads L entries of a row from `start`; past its end, zeros.
#[inline(always)]
pub(crate) fn load_group<T: Scalar, const L: usize>(row: &[T], start: usize) -> [T; L] {
    let rest = row.get(start..).unwrap_or(&[]);
    if let Some(full) = rest.first_chunk() {
        return *full;
    }
    // Entry by entry into registers: a vector load from memory that was written in parts waits for all parts.
    core::array::from_fn(|l| rest.get(l).copied().unwrap_or(T::ZERO))
}

/// Writes lanes to a row from `start`. Lanes past its end are dropped.
#[inline(always)]
pub(crate) fn store<T: Scalar, const L: usize>(row: &mut [T], start: usize, lanes: &[T; L]) {
    let rest = row.get_mut(start..).unwrap_or(&mut []);
    if let Some(full) = rest.first_chunk_mut() {
        *full = *lanes;
        return;
    }
    for l in 0..L {
        if let Some(value) = rest.get_mut(l) {
            *value = lanes[l];
        }
    }
}

/// Makes the compiler vectorise across the lanes. It stands at the head of a loop over samples whose body
/// works on lanes.
///
/// Without it the compiler vectorises across samples, with gathers and scatters, at a third of the speed. It
/// emits no instruction.
#[inline(always)]
pub(crate) fn across_lanes() {
    core::hint::black_box(());
}

/// Returns whether some lane is true.
#[inline(always)]
pub(crate) fn any(lanes: [bool; LANES]) -> bool {
    lanes.into_iter().fold(false, |any, one| any | one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_is_the_sum_in_the_written_order() {
        let x: [f32; 19] = core::array::from_fn(|i| 1.0 + 1e-3 * i as f32);
        let y: [f32; 19] = core::array::from_fn(|i| 0.3 - 7e-3 * i as f32);
        let lane = |l: usize| 0.0 + x[l] * y[l] + x[l + 8] * y[l + 8];
        let tree = ((lane(0) + lane(4)) + (lane(2) + lane(6))) + ((lane(1) + lane(5)) + (lane(3) + lane(7)));
        let expected = tree + x[16] * y[16] + x[17] * y[17] + x[18] * y[18];
        assert_eq!(dot(&x, &y).to_bits(), expected.to_bits());
        assert_eq!(
            dot(&x[..3], &y[..3]).to_bits(),
            (0.0 + x[0] * y[0] + x[1] * y[1] + x[2] * y[2]).to_bits()
        );
        assert_eq!(dot::<f32>(&[], &y), 0.0);
    }

    #[test]
    fn lengths_are_in_range_where_their_squares_are_not() {
        for scale in [1e-30f32, 1.0, 1e30] {
            assert!((length(&[3.0 * scale, 0.0, -4.0 * scale]) / scale - 5.0).abs() < 1e-6);
        }
        assert_eq!((length::<f64>(&[]), length(&[0.0, -0.0])), (0.0, 0.0));
        assert_eq!(length(&[1.0, f64::NEG_INFINITY]), f64::INFINITY);
        assert!(length(&[f64::NAN, 1.0]).is_nan() && length(&[1.0, f64::NAN]).is_nan());
    }

    #[test]
    fn lanes_past_the_end_are_zero_and_are_not_written() {
        let mut row = [1.0, 2.0, 3.0];
        assert_eq!(load(&row, 1), [2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(load(&row, 5), [0.0; LANES]);
        store(&mut row, 2, &[9.0; LANES]);
        assert_eq!(row, [1.0, 2.0, 9.0]);
    }
}
