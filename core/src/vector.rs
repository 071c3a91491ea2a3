//! Dot products and updates with a fixed order of summation.
//!
//! A long sum runs over [`LANES`] partial sums, which a compiler may keep in vector registers of any size: the order is
//! written down here, so the bits do not depend on the machine.

use crate::Scalar;

/// Number of partial sums. One AVX-512 register of `f64`; two of AVX2, four of SSE2.
pub const LANES: usize = 8;

/// The sum of the lanes as a fixed tree: ((0+4)+(2+6)) + ((1+5)+(3+7)).
#[inline(always)]
#[must_use]
pub fn sum_lanes<T: Scalar>(v: &[T; LANES]) -> T {
    let [a, b, c, d] = [v[0] + v[4], v[1] + v[5], v[2] + v[6], v[3] + v[7]];
    (a + c) + (b + d)
}

/// <x, y> = sum_i x_i y_i over the shorter length: whole groups of [`LANES`] in lanes, then the rest one by one.
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
            // Written out: a compiler told to save space would keep the lanes in memory.
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

/// The length |x|, also where the squares would leave the range of numbers; not finite if x is not.
///
/// Cost: n multiply-adds and a square root; n divisions more for lengths far from 1.
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

/// y <- y + c x over the shorter length.
#[inline]
pub fn axpy<T: Scalar>(y: &mut [T], c: T, x: &[T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y += c * x;
    }
}

/// y <- (((y + c_0 x_0) + c_1 x_1) + c_2 x_2) + c_3 x_3: four updates and one passage through y. No x is shorter than y.
#[inline]
pub(crate) fn axpy4<T: Scalar>(y: &mut [T], c: [T; 4], x: [&[T]; 4]) {
    let n = y.len();
    // One length for all: the loop then counts once.
    let (Some(p), Some(q), Some(r), Some(s)) = (x[0].get(..n), x[1].get(..n), x[2].get(..n), x[3].get(..n))
    else {
        return;
    };
    for ((((y, &p), &q), &r), &s) in y.iter_mut().zip(p).zip(q).zip(r).zip(s) {
        *y = *y + c[0] * p + c[1] * q + c[2] * r + c[3] * s;
    }
}

/// y <- x over the shorter length.
#[inline]
pub(crate) fn copy<T: Scalar>(y: &mut [T], x: &[T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = x;
        core::hint::black_box(()); // no call of memcpy, which alone takes 700 bytes of flash
    }
}

/// A full group of neighbours of a row from `start`; past its end, zeros.
#[inline(always)]
pub(crate) fn load<T: Scalar>(row: &[T], start: usize) -> [T; LANES] {
    load_group(row, start)
}

/// L neighbours of a row from `start`; past its end, zeros.
#[inline(always)]
pub(crate) fn load_group<T: Scalar, const L: usize>(row: &[T], start: usize) -> [T; L] {
    let rest = row.get(start..).unwrap_or(&[]);
    if let Some(full) = rest.first_chunk() {
        return *full;
    }
    // Number by number into registers: a vector read from memory that was written in parts has to wait for the parts.
    core::array::from_fn(|l| rest.get(l).copied().unwrap_or(T::ZERO))
}

/// Writes lanes back to a row from `start`; what would stand past its end is dropped.
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

/// Put at the head of a loop over samples whose body works on lanes: the compiler then vectorises across the lanes.
///
/// Left to itself it vectorises across samples, with gathers and scatters, at a third of the speed. Emits no instruction.
#[inline(always)]
pub(crate) fn across_lanes() {
    core::hint::black_box(());
}

/// If it is so in some lane.
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
