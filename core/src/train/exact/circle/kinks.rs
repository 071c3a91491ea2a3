//! Kinks: sorting the samples by angle, and locating a direction among them.

use core::mem::swap;

use super::arcs::Arcs;
use super::frames::frame;
use super::units::dot2;
use crate::vector::length;
use crate::{Rows, Scalar};

impl<T: Scalar> Arcs<'_, T> {
    /// Sorts the samples by angle and finds the kinks. Cost: about n^2 / 4 moves, once for each training.
    pub(super) fn sort(&mut self, samples: Rows<'_, T>) {
        for (z, key) in samples.iter().zip(&mut *self.reciprocals) {
            *key = pseudo_angle(orient(vector(z)).0); // this slice holds the keys until `complete_circle` writes the reciprocals
        }
        let key_of = |i: u32| self.reciprocals.get(i as usize).copied().unwrap_or(T::ZERO);
        let mut count = 0;
        for (i, z) in samples.iter().enumerate() {
            if vector(z) == [T::ZERO; 2] {
                continue;
            }
            // Insertion sort: `carried` goes to its position, and all entries behind it move up by one.
            let mut carried = [u32::try_from(i).unwrap_or(u32::MAX), u32::MAX];
            let sorted = self.sorted.get(..count).unwrap_or(&[]);
            let at = sorted.partition_point(|entry| key_of(entry[0]) <= key_of(carried[0]));
            count += 1;
            for slot in self.sorted.iter_mut().take(count).skip(at) {
                swap(slot, &mut carried);
            }
        }
        let mut before = None;
        self.lines = 0;
        for ([sample, line], oriented) in self.sorted.iter_mut().zip(&mut *self.oriented).take(count) {
            let (y, sign) = orient(vector(samples.row(*sample as usize)));
            let key = pseudo_angle(y);
            if before != Some(key) {
                before = Some(key);
                self.lines += 1;
                if let Some(normal) = self.normals.get_mut(self.lines) {
                    *normal = y;
                }
            }
            *oriented = [y[0], y[1], sign];
            *line = u32::try_from(self.lines - 1).unwrap_or(u32::MAX);
        }
        for [_, line] in self.sorted.iter_mut().skip(count) {
            *line = u32::MAX; // marks the end: zero vectors are on no line
        }
        self.complete_circle();
    }

    /// Completes the circle of kinks: the second half is opposite to the first.
    fn complete_circle(&mut self) {
        let half = self.lines;
        for e in (half + 1..2 * half + 2).chain([0]) {
            let twin = if e > 2 * half {
                e - 2 * half
            } else if e == 0 {
                half
            } else {
                e - half
            };
            let twin_value = self.normals.get(twin).copied().unwrap_or([T::ZERO; 2]);
            let value = if e > 2 * half { twin_value } else { [-twin_value[0], -twin_value[1]] };
            if let Some(normal) = self.normals.get_mut(e) {
                *normal = value;
            }
        }
        for (reciprocals, &normal) in self.reciprocals.iter_mut().zip(&*self.normals) {
            *reciprocals = T::ONE / length(&normal);
        }
        let unit = |at: usize| {
            let scale = self.reciprocals.get(at).copied().unwrap_or(T::ZERO);
            self.normals.get(at).map_or([T::ZERO; 2], |normal| [scale * normal[0], scale * normal[1]])
        };
        for (e, slot) in self.frames.iter_mut().enumerate().take(2 * half) {
            *slot = frame(unit(e), unit(e + 1), unit(e + 2));
        }
        for row in self.h.iter_mut().chain(&mut self.moments) {
            row.fill(T::ZERO);
        }
    }

    /// Returns the arc that b lies strictly within; none for b on a kink, 0 or NaN, or if there are no kinks.
    pub(super) fn locate(&self, b: [T; 2]) -> Option<usize> {
        let lines = self.normals.get(1..=self.lines)?;
        let behind = |y: &[T; 2]| dot2(y, &b) > T::ZERO;
        let arc = if behind(lines.first()?) {
            lines.partition_point(behind).checked_sub(1)?
        } else {
            self.lines + lines.partition_point(|y| !behind(y)).checked_sub(1)?
        };
        self.holds(arc, b).then_some(arc)
    }

    /// Returns whether b lies strictly within an arc.
    pub(super) fn holds(&self, arc: usize, b: [T; 2]) -> bool {
        let (Some(last), Some(next)) = (self.normals.get(arc + 1), self.normals.get(arc + 2)) else {
            return false;
        };
        dot2(last, &b) > T::ZERO && dot2(next, &b) < T::ZERO
    }

    /// Returns the distances from b to the kinks before and after the arc that it lies in.
    pub(super) fn distances(&self, arc: usize, b: [T; 2]) -> [T; 2] {
        let distance = |at: usize| {
            let scale = self.reciprocals.get(at).copied().unwrap_or(T::ZERO);
            self.normals.get(at).map_or(T::ZERO, |normal| (dot2(normal, &b) * scale).abs())
        };
        [distance(arc + 1), distance(arc + 2)]
    }
}

/// Returns a sample of one or two inputs as a vector of two coordinates.
#[inline(always)]
pub(super) fn vector<T: Scalar>(x: &[T]) -> [T; 2] {
    [x.first().copied().unwrap_or(T::ZERO), x.get(1).copied().unwrap_or(T::ZERO)]
}

/// Returns y = z or y = -z, whichever is in the upper half plane or on the positive axis, and the sign.
fn orient<T: Scalar>(z: [T; 2]) -> ([T; 2], T) {
    if z[1] > T::ZERO || (z[1] == T::ZERO && z[0] > T::ZERO) {
        (z, T::ONE)
    } else {
        ([T::ZERO - z[0], T::ZERO - z[1]], -T::ONE)
    }
}

/// Returns a number from 0 to below 4 that grows with the angle of y over the upper half plane.
///
/// It is computed without a square that could overflow.
fn pseudo_angle<T: Scalar>([x, y]: [T; 2]) -> T {
    if x.abs() <= y {
        T::TWO - x / y
    } else if x > T::ZERO {
        y / x
    } else {
        T::TWO + T::TWO + y / x
    }
}
