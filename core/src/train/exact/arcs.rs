//! The samples seen by a unit: kinks sorted by angle, the arcs between them, and the two prefix sums over arcs.
//!
//! Sample z is active for a unit b while b . z > 0, which is half of all directions b. It enters at one kink, a quarter turn
//! before z, and leaves at the opposite one. So n samples on H different lines through the origin have 2 H kinks and 2 H
//! arcs between them; arc p lies between kink p and kink p + 1, and the active set is the same for all units in it.
//!
//! Each sample is stored as y = z or y = -z (sign 1 or -1), whichever enters at one of the first H kinks: its line. With
//! r the residuals and G_p = sum of r z over the samples active in arc p,
//!
//! ```text
//! G_p = G_{p-1} + sum of r y over the samples on line p,    G_{p+H} = (sum of all r z) - G_p.
//! ```
//!
//! With M_p the sum of a b over the units in arc p, a sample of sign 1 on line s has the output y . W_s, and one of
//! sign -1 has -y . (W_total - W_s), where W_s is the sum over the H arcs from s on:
//!
//! ```text
//! W_{s+1} = W_s + M_{s+H} - M_s.
//! ```

use super::frames::Frame;
use crate::{Dataset, Scalar};

/// Sorted samples, and what a step needs for each arc.
#[derive(Debug)]
pub(super) struct Arcs<'m, T> {
    /// H.
    pub(super) lines: usize,
    /// Sample and line of each sorted place; samples that are zero vectors are left out.
    pub(super) places: &'m mut [[u32; 2]],
    /// y_0, y_1 and the sign of each place.
    pub(super) oriented: &'m mut [[T; 3]],
    /// Kink e at position e + 1, cyclic with one more at either end: a unit is behind it if this . b > 0.
    pub(super) normals: &'m mut [[T; 2]],
    /// 1 / |normal|.
    pub(super) inverse: &'m mut [T],
    /// The frame of each kink.
    pub(super) frames: &'m mut [Frame<T>],
    /// h of each arc.
    pub(super) h: [&'m mut [T]; 2],
    /// Sum of a b over the loose units in each arc.
    pub(super) moments: [&'m mut [T]; 2],
    /// W_s - W_0 of each line.
    pub(super) active: [&'m mut [T]; 2],
}

/// Kinks and arcs, as many of each, lent to the pass over loose units.
pub(super) struct Sides<'s, T> {
    pub(super) frames: &'s [Frame<T>],
    /// h of each arc, by coordinates.
    pub(super) h: [&'s [T]; 2],
    /// Sum of a b over the loose units in each arc, to be written.
    pub(super) moments: [&'s mut [T]; 2],
}

/// The two coordinates of one arc; 0 past the last.
#[inline(always)]
pub(super) fn pair<T: Scalar>([x, y]: [&[T]; 2], arc: usize) -> [T; 2] {
    [x.get(arc).copied().unwrap_or(T::ZERO), y.get(arc).copied().unwrap_or(T::ZERO)]
}

/// How h and the outputs follow from the sums: phi' = low for inactive samples and low + rise for active ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slopes<T> {
    pub(super) low: T,
    pub(super) rise: T,
}

impl<T: Scalar> Slopes<T> {
    /// Both times a factor.
    #[inline(always)]
    pub(super) fn times(self, factor: T) -> Self {
        Self { low: factor * self.low, rise: factor * self.rise }
    }
}

impl<'m, T: Scalar> Arcs<'m, T> {
    /// The lent slices hold `capacity` samples: that many places, 2 capacity + 2 kinks, 2 capacity arcs or a few more.
    pub(super) fn new(
        places: &'m mut [[u32; 2]],
        oriented: &'m mut [[T; 3]],
        normals: &'m mut [[T; 2]],
        inverse: &'m mut [T],
        frames: &'m mut [Frame<T>],
        [h, moments, active]: [[&'m mut [T]; 2]; 3],
    ) -> Self {
        Self { lines: 0, places, oriented, normals, inverse, frames, h, moments, active }
    }

    /// Number of arcs, 2 H.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        2 * self.lines
    }

    /// h, one slice for each coordinate, 0 past the last arc.
    #[inline(always)]
    pub(super) fn h(&self) -> (&[T], &[T]) {
        let [x, y] = &self.h;
        (x, y)
    }

    /// h of one arc.
    pub(super) fn h_of(&self, arc: usize) -> [T; 2] {
        let [x, y] = &self.h;
        pair([x, y], arc)
    }

    /// What the pass over loose units needs.
    #[inline(always)]
    pub(super) fn sides(&mut self) -> Sides<'_, T> {
        let count = self.len();
        let (h, moments) = (&self.h, &mut self.moments);
        Sides {
            frames: self.frames.get(..count).unwrap_or(&[]),
            h: h.each_ref().map(|h| h.get(..count).unwrap_or(&[])),
            moments: moments.each_mut().map(|m| m.get_mut(..count).unwrap_or(&mut [])),
        }
    }

    /// The frame of a kink.
    pub(super) fn frame(&self, kink: usize) -> Option<&Frame<T>> {
        self.frames.get(kink)
    }

    /// Adds what a unit that has just moved to an arc contributes there.
    pub(super) fn add_moment(&mut self, arc: usize, [a, b0, b1]: [T; 3]) {
        for (row, b) in self.moments.iter_mut().zip([b0, b1]) {
            if let Some(moment) = row.get_mut(arc) {
                *moment += a * b;
            }
        }
    }

    /// h of every arc: sum of phi' r z over all samples. The slopes come with the rate and 1/sqrt k.
    #[inline(always)]
    pub(super) fn directions(&mut self, residuals: &[T], slopes: Slopes<T>) {
        let [h0, h1] = &mut self.h;
        let (mut sum, mut negative) = ([T::ZERO; 2], [T::ZERO; 2]);
        for ([sample, line], [y0, y1, sign]) in self.places.iter().zip(&*self.oriented) {
            let line = *line as usize;
            let (Some(&r), Some(h0), Some(h1)) =
                (residuals.get(*sample as usize), h0.get_mut(line), h1.get_mut(line))
            else {
                break; // zero vectors stand at the end
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
            // sum is G_{H-1} - G_{-1}, and those two make up the whole.
            let total = sum[d] + T::TWO * negative[d];
            let first = slopes.low * total + slopes.rise * negative[d];
            let second = slopes.low * total + slopes.rise * (total - negative[d]);
            let Some((front, back)) = h.split_at_mut_checked(self.lines) else { return };
            for (front, back) in front.iter_mut().zip(back) {
                let turned = slopes.rise * *front;
                (*front, *back) = (first + turned, second - turned);
            }
        }
    }

    /// The residuals f - y of the moved units: the loose ones' moments are here, `groups` has those of the groups.
    #[inline(always)]
    pub(super) fn residuals(
        &mut self,
        data: &Dataset<'_, T>,
        groups: [&[T]; 2],
        slopes: Slopes<T>,
        residuals: &mut [T],
    ) {
        let (mut first, mut all) = ([T::ZERO; 2], [T::ZERO; 2]);
        for (d, ((loose, active), group)) in self.moments.iter().zip(&mut self.active).zip(groups).enumerate()
        {
            [first[d], all[d]] = half_sums(self.lines, loose, group, active);
        }
        for (residual, &label) in residuals.iter_mut().zip(data.y().values()) {
            *residual = -label; // zero vectors have no place, and f = 0
        }
        let [w0, w1] = &self.active;
        for ([sample, line], [y0, y1, sign]) in self.places.iter().zip(&*self.oriented) {
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

/// One coordinate of W_s - W_0 for every line, of W_0, and of the sum over all arcs. Three chains of additions side by side.
#[inline(always)]
fn half_sums<T: Scalar>(half: usize, loose: &[T], groups: &[T], active: &mut [T]) -> [T; 2] {
    let (Some((front, back)), Some((group_front, group_back))) =
        (loose.split_at_checked(half), groups.split_at_checked(half))
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
