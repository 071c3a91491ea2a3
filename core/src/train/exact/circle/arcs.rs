//! Arcs: the kinks sorted by angle, the arcs between them, and the prefix sums that give h and the outputs.
//!
//! Sample z is active for a unit b while b . z > 0, which is half of all directions b. It enters at one kink,
//! a quarter turn before z, and leaves at the opposite one. So n samples on H different lines through the
//! origin have 2 H kinks and 2 H arcs. Arc p lies between kink p and kink p + 1. All units in it have the
//! same active samples.
//!
//! Each sample is stored as y = z (sign 1) or y = -z (sign -1), whichever enters at one of the first H kinks.
//! The number of that kink is the sample's line. With r the residuals and G_p the sum of r z over the samples
//! active in arc p,
//!
//! ```text
//! G_p = G_{p-1} + sum of r y over the samples on line p,    G_{p+H} = (sum of all r z) - G_p.
//! ```
//!
//! Let M_p be the sum of a b over the units in arc p, and W_s the sum of M over the H arcs from arc s on. A
//! sample of sign 1 on line s has the output y . W_s, and one of sign -1 has -y . (W_total - W_s). These sums
//! follow from
//!
//! ```text
//! W_{s+1} = W_s + M_{s+H} - M_s.
//! ```

use super::frames::Frame;
use crate::{Dataset, Scalar};

/// The sorted samples, and what a step needs for each arc.
#[derive(Debug)]
pub(super) struct Arcs<'m, T> {
    /// The number of lines, H.
    pub(super) lines: usize,
    /// The sample and the line of each entry, sorted by line. Samples that are zero vectors have no entry.
    pub(super) sorted: &'m mut [[u32; 2]],
    /// y_0, y_1 and the sign of each entry.
    pub(super) oriented: &'m mut [[T; 3]],
    /// The normals of the kinks: a unit is behind a kink if its normal . b > 0. Kink e stands at position e +
    /// 1, and the circle continues by one kink at either end.
    pub(super) normals: &'m mut [[T; 2]],
    /// 1 / |normal| of each position.
    pub(super) reciprocals: &'m mut [T],
    /// The frame of each kink.
    pub(super) frames: &'m mut [Frame<T>],
    /// h of each arc.
    pub(super) h: [&'m mut [T]; 2],
    /// The sum of a b over the free units in each arc.
    pub(super) moments: [&'m mut [T]; 2],
    /// W_s - W_0 of each line.
    pub(super) active: [&'m mut [T]; 2],
}

/// What a step of the free units reads and writes, for each kink and for the arc behind it.
pub(super) struct KinkView<'s, T> {
    pub(super) frames: &'s [Frame<T>],
    /// h of each arc, by coordinates.
    pub(super) h: [&'s [T]; 2],
    /// The sum of a b over the free units in each arc, to be written.
    pub(super) moments: [&'s mut [T]; 2],
}

/// Returns the two coordinates of one arc; 0 past the last arc.
#[inline(always)]
pub(super) fn pair<T: Scalar>([x, y]: [&[T]; 2], arc: usize) -> [T; 2] {
    [x.get(arc).copied().unwrap_or(T::ZERO), y.get(arc).copied().unwrap_or(T::ZERO)]
}

/// The slopes of phi: phi' = low for inactive samples and low + rise for active ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slopes<T> {
    pub(super) low: T,
    pub(super) rise: T,
}

impl<T: Scalar> Slopes<T> {
    /// Multiplies both by a factor.
    #[inline(always)]
    pub(super) fn times(self, factor: T) -> Self {
        Self { low: factor * self.low, rise: factor * self.rise }
    }
}

impl<'m, T: Scalar> Arcs<'m, T> {
    /// Takes slices for n samples, 2 n + 2 normals, and 2 n arcs or a few more.
    pub(super) fn new(
        sorted: &'m mut [[u32; 2]],
        oriented: &'m mut [[T; 3]],
        normals: &'m mut [[T; 2]],
        reciprocals: &'m mut [T],
        frames: &'m mut [Frame<T>],
        [h, moments, active]: [[&'m mut [T]; 2]; 3],
    ) -> Self {
        Self { lines: 0, sorted, oriented, normals, reciprocals, frames, h, moments, active }
    }

    /// Returns the number of arcs, 2 H.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        2 * self.lines
    }

    /// Returns h, one slice for each coordinate; entries past the last arc are 0.
    #[inline(always)]
    pub(super) fn h(&self) -> (&[T], &[T]) {
        let [x, y] = &self.h;
        (x, y)
    }

    /// Returns h of one arc.
    pub(super) fn h_of(&self, arc: usize) -> [T; 2] {
        let [x, y] = &self.h;
        pair([x, y], arc)
    }

    /// Returns what a step of the free units needs.
    #[inline(always)]
    pub(super) fn kink_view(&mut self) -> KinkView<'_, T> {
        let count = self.len();
        let (h, moments) = (&self.h, &mut self.moments);
        KinkView {
            frames: self.frames.get(..count).unwrap_or(&[]),
            h: h.each_ref().map(|h| h.get(..count).unwrap_or(&[])),
            moments: moments.each_mut().map(|m| m.get_mut(..count).unwrap_or(&mut [])),
        }
    }

    /// Returns the frame of a kink.
    pub(super) fn frame(&self, kink: usize) -> Option<&Frame<T>> {
        self.frames.get(kink)
    }

    /// Adds the a b of a unit that has just come to an arc.
    pub(super) fn add_moment(&mut self, arc: usize, [a, b0, b1]: [T; 3]) {
        for (row, b) in self.moments.iter_mut().zip([b0, b1]) {
            if let Some(moment) = row.get_mut(arc) {
                *moment += a * b;
            }
        }
    }

    /// Computes h of every arc, the sum of phi' r z over all samples.
    ///
    /// The slopes contain the factor rate / sqrt k.
    #[inline(always)]
    pub(super) fn compute_h(&mut self, residuals: &[T], slopes: Slopes<T>) {
        let [h0, h1] = &mut self.h;
        let (mut sum, mut negative) = ([T::ZERO; 2], [T::ZERO; 2]);
        for ([sample, line], [y0, y1, sign]) in self.sorted.iter().zip(&*self.oriented) {
            let line = *line as usize;
            let (Some(&r), Some(h0), Some(h1)) =
                (residuals.get(*sample as usize), h0.get_mut(line), h1.get_mut(line))
            else {
                break; // the entries of zero vectors, at the end
            };
            let g = [r * *y0, r * *y1];
            let flipped = T::HALF - T::HALF * *sign;
            for d in 0..2 {
                negative[d] -= flipped * g[d];
                sum[d] += g[d];
            }
            (*h0, *h1) = (sum[0], sum[1]);
        }
        for (d, h) in [h0, h1].into_iter().enumerate() {
            // `sum` is G_{H-1} - G_{-1}, and G_{H-1} + G_{-1} is the total.
            let total = sum[d] + T::TWO * negative[d];
            let first = slopes.low * total + slopes.rise * negative[d];
            let second = slopes.low * total + slopes.rise * (total - negative[d]);
            let Some((front, back)) = h.split_at_mut_checked(self.lines) else { return };
            for (front, back) in front.iter_mut().zip(back) {
                let reflected = slopes.rise * *front;
                (*front, *back) = (first + reflected, second - reflected);
            }
        }
    }

    /// Computes the residuals f - y. The sums of a b over free units are in `self`, those over groups in
    /// `groups`.
    #[inline(always)]
    pub(super) fn residuals(
        &mut self,
        data: &Dataset<'_, T>,
        groups: [&[T]; 2],
        slopes: Slopes<T>,
        residuals: &mut [T],
    ) {
        let (mut first, mut all) = ([T::ZERO; 2], [T::ZERO; 2]);
        for (d, ((free, active), group)) in self.moments.iter().zip(&mut self.active).zip(groups).enumerate()
        {
            [first[d], all[d]] = half_sums(self.lines, free, group, active);
        }
        for (residual, &label) in residuals.iter_mut().zip(data.y().values()) {
            *residual = -label; // f = 0 at zero vectors, which have no entry
        }
        let [w0, w1] = &self.active;
        for ([sample, line], [y0, y1, sign]) in self.sorted.iter().zip(&*self.oriented) {
            let line = *line as usize;
            let (Some(residual), Some(w0), Some(w1)) =
                (residuals.get_mut(*sample as usize), w0.get(line), w1.get(line))
            else {
                break;
            };
            let flipped = T::HALF - T::HALF * *sign;
            let whole = slopes.low * *sign - slopes.rise * flipped;
            *residual += slopes.rise * (*y0 * (first[0] + *w0) + *y1 * (first[1] + *w1))
                + whole * (*y0 * all[0] + *y1 * all[1]);
        }
    }
}

/// Computes one coordinate of W_s - W_0 for every line, and returns that of W_0 and of the sum over all arcs.
///
/// The three chains of additions are independent of each other.
#[inline(always)]
fn half_sums<T: Scalar>(half: usize, free: &[T], groups: &[T], active: &mut [T]) -> [T; 2] {
    let (Some((front, back)), Some((group_front, group_back))) =
        (free.split_at_checked(half), groups.split_at_checked(half))
    else {
        return [T::ZERO; 2];
    };
    let (mut sum, mut rest, mut change) = (T::ZERO, T::ZERO, T::ZERO);
    let arcs = front.iter().zip(back).zip(group_front).zip(group_back).zip(active);
    for ((((&m, &n), &g), &k), active) in arcs {
        let (front, back) = (m + g, n + k);
        *active = change;
        change += back - front;
        sum += front;
        rest += back;
    }
    [sum, sum + rest]
}
