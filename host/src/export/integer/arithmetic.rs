//! The arithmetic of the device, step by step, and the numbers that it needs.

use super::constants::{DROPPED, GUARD, Numbers, OutputNumbers, UNIT, unit};

impl Numbers {
    /// Returns a reading as the device has it, clamped to the range.
    pub(super) fn input(&self, x: &[f64]) -> Vec<i32> {
        let of = x.iter().zip(&self.x_fraction).zip(self.low.iter().zip(&self.high));
        of.map(|((x, k), (low, high))| {
            ((x * unit(-k)).round() as i64).clamp(i64::from(*low), i64::from(*high)) as i32
        })
        .collect()
    }

    /// Returns the answers at an input, or `None` if it is outside of the range.
    pub(super) fn mean(&self, x: &[i32]) -> Option<Vec<i32>> {
        let mut v = Vec::with_capacity(x.len() + 1);
        for (j, &x) in x.iter().enumerate() {
            if x < self.low[j] || x > self.high[j] {
                return None;
            }
            let moved = i64::from(x - self.centre[j]) * i64::from(self.factor[j]);
            v.push(nearest(moved, self.shift[j]) + self.offset[j]);
        }
        v.extend(self.offset.last());
        let square = v.iter().map(|v| (i64::from(*v) * i64::from(*v)) as u64).sum::<u64>();
        let (root, half) = normal_root(square);
        let r = (root >> half) as i32;
        let inverse = ((1u64 << 62) / u64::from(root)) as i64;
        let u: Vec<i32> = v.iter().map(|v| nearest((i64::from(*v) << (half - 2)) * inverse, UNIT)).collect();
        let small: Vec<u32> = self.units.iter().map(|unit| self.bend(&u, unit)).collect();
        let answer = |of: &OutputNumbers| {
            let linear: i64 = of.linear.iter().zip(&v).map(|(w, v)| i64::from(*w) * i64::from(*v)).sum();
            let terms = of.weights.iter().zip(&small);
            let sum: i64 = terms.map(|(w, f)| (i64::from(*w) * i64::from(*f)) >> DROPPED).sum();
            let curved = (i64::from((sum >> of.sum_shift) as i32) * i64::from(r)) >> of.product_shift;
            (((linear >> of.linear_shift) + curved + of.constant) >> GUARD) as i32
        };
        Some(self.outputs.iter().map(answer).collect())
    }

    /// Returns max(-cos t, 0) + f(q) for the angle t between two unit vectors. Near a right angle it does not
    /// matter whether t is taken for acute or obtuse, because f(sin t / 2) = f(cos t / 2) - cos t for any
    /// angle.
    fn bend(&self, u: &[i32], unit: &[i32]) -> u32 {
        let pairs = || u.iter().zip(unit);
        let obtuse = self.obtuse && pairs().map(|(a, b)| (a >> 16) * (b >> 16)).sum::<i32>() < 0;
        let difference = |(a, b): (&i32, &i32)| i64::from(if obtuse { a + b } else { a - b });
        let gap: u64 = pairs().map(difference).map(|v| (v * v) as u64).sum();
        let (root, half) = normal_root(gap);
        let q = root >> (half + 31 - self.place);
        let s = high(q, q);
        let short = i64::from(s >> (2 * self.place - 64));
        let h = self.polynomial.iter().rev().fold(0, |h, c| ((i64::from(h) * short) >> 32) as i32 + c);
        let f = high(high(q, s), (h as u32) << 1);
        if obtuse { f + (1 << 31) - s } else { f }
    }
}

/// Returns the upper half of a product.
fn high(a: u32, b: u32) -> u32 {
    ((u64::from(a) * u64::from(b)) >> 32) as u32
}

/// Returns v 2^-shift, rounded to nearest.
fn nearest(v: i64, shift: u32) -> i32 {
    ((v + (1 << (shift - 1))) >> shift) as i32
}

/// 2^31 / sqrt(2^26 (i + 16.5)), rounded.
pub(super) const INVERSE_ROOTS: [u16; 48] = [
    64535, 62664, 60947, 59364, 57898, 56535, 55265, 54076, 52961, 51912, 50923, 49989, 49104, 48265, 47467,
    46707, 45983, 45292, 44630, 43997, 43390, 42808, 42248, 41710, 41192, 40693, 40211, 39746, 39297, 38863,
    38443, 38036, 37642, 37260, 36889, 36529, 36179, 35840, 35509, 35188, 34875, 34571, 34274, 33985, 33703,
    33427, 33159, 32897,
];

/// Returns the square root of n 4^half, and half: the largest for which n 4^half has room in 64 bits, so that
/// the root is 2^31 or above. The error of the root is at most [`ROOT_ERROR`] units. For n = 0 the result is
/// 2^31 and 31. There is no division: two of Newton's steps give the inverse root in 16 bits, and one gives
/// the root.
pub(super) fn normal_root(n: u64) -> (u32, u32) {
    if n == 0 {
        return (1 << 31, 31);
    }
    let half = n.leading_zeros() / 2;
    let m = n << (2 * half);
    let (top, low) = ((m >> 32) as u32, m as u32);
    let mut y = u32::from(INVERSE_ROOTS[(top >> 26) as usize - 16]);
    for _ in 0..2 {
        y = (y * ((98_304 - ((((y * y) >> 16) * (top >> 16)) >> 15)) >> 1)) >> 15;
        y = y.min(65_535);
    }
    let mut root = (((top >> 16) * y) >> 15).min(65_535);
    while root * root > top {
        root -= 1;
    }
    while root < 65_535 && top - root * root > 2 * root {
        root += 1;
    }
    let rest = top - root * root;
    let more = ((((rest << 15) | (low >> 17)) >> 16) * y) >> 15;
    ((root << 16) + more.min(65_535), half)
}

/// The largest error of a root.
pub(super) const ROOT_ERROR: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_as_right_as_they_say() {
        let mut n = 1u64;
        let mut numbers =
            vec![1, 2, 3, 4, u64::MAX, u64::MAX - 1, 1 << 63, (1 << 62) - 1, 1 << 62, 4_294_836_224];
        for _ in 0..200_000 {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            numbers.push((n >> (n % 64)).max(1));
        }
        for n in numbers {
            let (root, half) = normal_root(n);
            let exact = (u128::from(n) << (2 * half)).isqrt() as i64;
            assert!(
                root >= 1 << 31 && (i64::from(root) - exact).abs() <= i64::from(ROOT_ERROR),
                "{n}: {root} {exact}"
            );
        }
        assert_eq!(normal_root(0), (1 << 31, 31));
        for (i, y) in INVERSE_ROOTS.iter().enumerate() {
            let exact = 2f64.powi(31) / (2f64.powi(26) * (i as f64 + 16.5)).sqrt();
            assert_eq!(f64::from(*y), exact.round());
        }
    }
}
