//! One function of a code as a table: straight lines or parabolas between equally spaced codes, in unsigned
//! integers of 32 bits.
//!
//! A segment is 2^s codes long. Let u be the position of a code in its segment. A line is the mean of its two
//! ends with weights 2^s - u and u, rounded to the nearest integer. A parabola takes three such means (de
//! Casteljau's rule): that of its first end and a control number, that of the control number and its last
//! end, and that of these two results. Both curves are continuous and need no division. Weights are positive,
//! so no negative number is shifted right.

use std::fmt;

/// The number of rounds in which the ends of lines, or the control numbers of parabolas, are moved by the
/// middle of the errors.
const ROUNDS: usize = 12;

/// A table with the arithmetic that reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// 1: lines, 2: parabolas.
    degree: usize,
    /// s: a segment is 2^s codes long.
    shift: u32,
    /// The number that is added to the result of the table.
    offset: i32,
    /// The first numbers of the segments, each followed by a control number for parabolas, and the
    /// end of the last one.
    entries: Vec<u32>,
    /// The largest error over all codes, in the units of the values.
    error: f64,
}

/// Returns 2^-k.
pub(super) fn unit(k: i32) -> f64 {
    f64::from_bits(((1023 - i64::from(k.clamp(-1000, 1000))) as u64) << 52)
}

/// Returns the mean of a and b with weights 2^shift - u and u, rounded to nearest, halves up.
fn between(a: u32, b: u32, u: u32, shift: u32) -> u32 {
    (a * ((1 << shift) - u) + b * u + ((1 << shift) >> 1)) >> shift
}

impl Curve {
    /// Returns the smallest table with no error above `allowed`, or `None` if there is no such table in
    /// multiples of 2^-`fraction`. `values` has 2^bits values, and one more where the last segment ends.
    pub(super) fn new(values: &[f64], fraction: i32, allowed: f64) -> Option<Self> {
        let bits = (values.len() - 1).ilog2();
        let unit = unit(fraction);
        let scaled: Vec<f64> = values.iter().map(|v| v / unit).collect();
        let good = |shift, degree| {
            let table = Self::best(&scaled, shift, degree)?;
            let error = table.error * unit;
            (error <= allowed).then_some(Self { error, ..table })
        };
        // Parabolas have as many entries as lines of half their length. Of the two, lines are tried first,
        // because they are faster.
        let mut parabolas = None;
        for shift in (0..=bits).rev() {
            let found = good(shift, 1).or_else(|| parabolas.take());
            if found.is_some() {
                return found;
            }
            if shift > 0 {
                parabolas = good(shift, 2);
            }
        }
        None
    }

    /// Returns the best table that is found with this shift; its error is in units of an answer.
    fn best(values: &[f64], shift: u32, degree: usize) -> Option<Self> {
        let length = 1usize << shift;
        let mut numbers = Vec::new();
        for segment in values.windows(length + 1).step_by(length) {
            let (first, last) = (segment[0], segment[length]);
            numbers.push(first);
            if degree == 2 {
                numbers.push(2.0 * segment[length / 2] - 0.5 * (first + last)); // so that the parabola passes through the middle
            }
        }
        numbers.push(values[values.len() - 1]);
        let mut best = None::<Self>;
        for _ in 0..ROUNDS {
            let table = Self::rounded(&numbers, values, shift, degree)?;
            let middles = table.middles(values);
            if degree == 1 {
                for (i, number) in numbers.iter_mut().enumerate() {
                    let (left, right) = (i.checked_sub(1).and_then(|i| middles.get(i)), middles.get(i));
                    *number -= match (left, right) {
                        (Some(left), Some(right)) => 0.5 * (left + right),
                        (one, other) => one.or(other).copied().unwrap_or(0.0),
                    };
                }
            } else {
                for (control, middle) in numbers.iter_mut().skip(1).step_by(2).zip(&middles) {
                    *control -= middle;
                }
            }
            if best.as_ref().is_none_or(|best| table.error < best.error) {
                best = Some(table);
            }
        }
        best
    }

    /// Returns the table of these numbers, or `None` if its sums have no room in 32 bits.
    fn rounded(numbers: &[f64], values: &[f64], shift: u32, degree: usize) -> Option<Self> {
        let low = numbers.iter().fold(f64::INFINITY, |low, v| low.min(*v)).round();
        let high = numbers.iter().fold(f64::NEG_INFINITY, |high, v| high.max(*v)).round();
        let room = f64::from((u32::MAX - ((1 << shift) >> 1)) >> shift);
        if !(low.abs() < 2f64.powi(31) && high.abs() < 2f64.powi(31) && high - low <= room) {
            return None;
        }
        let entries = numbers.iter().map(|v| (v.round() - low) as u32).collect();
        let mut table = Self { degree, shift, offset: low as i32, entries, error: 0.0 };
        let codes = values.iter().take(values.len() - 1).enumerate();
        table.error =
            codes.fold(0.0, |most: f64, (code, v)| most.max((f64::from(table.at(code as u32)) - v).abs()));
        Some(table)
    }

    /// Returns the middle of the smallest and the largest error of each segment.
    fn middles(&self, values: &[f64]) -> Vec<f64> {
        let length = 1usize << self.shift;
        let codes = values[..values.len() - 1].chunks_exact(length).enumerate();
        let middle = |(segment, values): (usize, &[f64])| {
            let errors =
                values.iter().enumerate().map(|(i, v)| f64::from(self.at((segment * length + i) as u32)) - v);
            let (low, high) =
                errors.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), e| (a.min(e), b.max(e)));
            0.5 * (low + high)
        };
        codes.map(middle).collect()
    }

    /// Returns the answer at a code, as the device computes it.
    #[must_use]
    pub fn at(&self, code: u32) -> i32 {
        let (start, u) = (self.degree * (code >> self.shift) as usize, code & ((1 << self.shift) - 1));
        let entry = |i: usize| self.entries[start + i];
        let sum = if self.degree == 1 {
            between(entry(0), entry(1), u, self.shift)
        } else {
            let left = between(entry(0), entry(1), u, self.shift);
            between(left, between(entry(1), entry(2), u, self.shift), u, self.shift)
        };
        self.offset.wrapping_add_unsigned(sum)
    }

    /// Returns the largest error over all codes.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.error
    }

    /// Returns the memory of the entries.
    pub(super) fn bytes(&self) -> usize {
        self.entries.len() * self.width() / 8
    }

    /// Returns 1 or 2.
    pub(super) fn degree(&self) -> usize {
        self.degree
    }

    pub(super) fn shift(&self) -> u32 {
        self.shift
    }

    pub(super) fn offset(&self) -> i32 {
        self.offset
    }

    pub(super) fn entries(&self) -> &[u32] {
        &self.entries
    }

    /// Returns the number of bits of an entry: 16 if all entries have room in them, else 32.
    pub(super) fn width(&self) -> usize {
        if self.entries.iter().all(|v| *v <= u32::from(u16::MAX)) { 16 } else { 32 }
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (segments, kind) = match self.degree {
            1 => (self.entries.len() - 1, "line"),
            _ => (self.entries.len() / 2, "parabola"),
        };
        let (plural, width) = (if segments == 1 { "" } else { "s" }, self.width());
        let bytes = self.entries.len() * width / 8;
        write!(
            f,
            "{segments} {kind}{plural} in {bytes} bytes ({} entries of {width} bits)",
            self.entries.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(bits: u32, f: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..=1usize << bits).map(|code| f(code as f64 / (1usize << bits) as f64)).collect()
    }

    /// The error is the largest one, found by another road.
    fn check(curve: &Curve, values: &[f64], fraction: i32, allowed: f64) {
        let errors = (0..values.len() - 1)
            .map(|code| (f64::from(curve.at(code as u32)) * 2f64.powi(-fraction) - values[code]).abs());
        let largest = errors.fold(0.0, f64::max);
        assert!((largest - curve.error()).abs() <= 1e-12 * (1.0 + largest) && largest <= allowed);
    }

    #[test]
    fn a_line_is_one_line_and_a_parabola_one_parabola() {
        let line = values(12, |x| 20.0 - 3.0 * x);
        let curve = Curve::new(&line, 12, 1e-3).unwrap();
        assert_eq!((curve.degree, curve.entries.len(), curve.width()), (1, 2, 16));
        check(&curve, &line, 12, 1e-3);
        let parabola = values(12, |x| 5.0 * x * (1.0 - x) - 2.0);
        let curve = Curve::new(&parabola, 12, 1e-3).unwrap();
        assert_eq!((curve.degree, curve.entries.len()), (2, 3));
        check(&curve, &parabola, 12, 1e-3);
    }

    /// Lines of width h have the error h^2 |f''| / 8 through points of f, and half of that at best.
    #[test]
    fn the_number_of_segments_follows_from_the_error() {
        let f = values(12, |x| 0.5 * x * x + 1e-4 * (200.0 * x).sin());
        for allowed in [0.1, 0.01, 3e-3, 1e-3] {
            let curve = Curve::new(&f, 16, allowed).unwrap();
            check(&curve, &f, 16, allowed);
        }
        let kink = values(10, |x| (x - 0.37).abs());
        let curve = Curve::new(&kink, 14, 1e-3).unwrap();
        check(&curve, &kink, 14, 1e-3);
        assert!(curve.entries.len() > 3);
    }

    #[test]
    fn any_error_is_reached_with_an_entry_for_each_code_and_none_below_half_a_unit() {
        let noise: Vec<f64> =
            (0..=1u32 << 8).map(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 8) / 1000.0).collect();
        let curve = Curve::new(&noise, 4, 0.032).unwrap();
        assert_eq!((curve.shift, curve.width()), (0, 32));
        check(&curve, &noise, 4, 0.032);
        assert!(Curve::new(&noise, 4, 0.02).is_none());
    }

    /// Both sides of the limit of 16 bits, and of the 32 bits of a sum.
    #[test]
    fn widths() {
        for (top, width) in [(65_535.0, 16), (65_536.0, 32)] {
            let step = values(8, |x| if x < 0.5 { 0.0 } else { top });
            let curve = Curve::new(&step, 0, 0.5).unwrap();
            assert_eq!(curve.width(), width);
            check(&curve, &step, 0, 0.5);
        }
        assert!(Curve::rounded(&[0.0, 65_535.0], &values(16, |x| 65_535.0 * x), 16, 1).is_some());
        assert!(Curve::rounded(&[0.0, 65_536.0], &values(16, |x| 65_536.0 * x), 16, 1).is_none());
        assert_eq!((unit(3), unit(-3), unit(0)), (0.125, 8.0, 1.0));
    }

    #[test]
    fn the_mean_of_two_numbers_is_rounded_to_nearest() {
        for (a, b, shift) in
            [(0, 65_535, 16), (7, 3, 2), (1000, 1, 5), ((u32::MAX - 8) >> 4, 0, 4), (5, 5, 0)]
        {
            for u in 0..1u32 << shift {
                let exact = (f64::from(a) * f64::from((1u32 << shift) - u) + f64::from(b) * f64::from(u))
                    / f64::from(1u32 << shift);
                assert_eq!(f64::from(between(a, b, u, shift)), (exact + 0.5).floor());
            }
        }
    }
}
