//! A block of loose units: one step of all its lanes.

use super::list::List;
use super::units::{Units, dot2};
use crate::Scalar;
use crate::vector::{LANES, across_lanes};

/// a, b_0 and b_1 in lanes.
pub(super) type Lanes<T> = [[T; LANES]; 3];

/// Sums over lanes, where a vector register does not straddle two cache lines.
#[repr(align(64))]
pub(super) struct Sums<T>(pub(super) [[T; LANES]; 4]);

/// What a pass over the units of one kink needs.
pub(super) struct Kink<'k, T> {
    /// Normals of the kink before, this one and the next.
    pub(super) normals: [&'k [T; 2]; 3],
    /// h of the arcs before and behind this kink.
    pub(super) h: [[T; 2]; 2],
}

/// A block after one step, and whether a unit has gone past a neighbouring kink.
#[inline(always)]
pub(super) fn advance<T: Scalar>(lanes: &Lanes<T>, kink: &Kink<'_, T>) -> (Lanes<T>, bool) {
    let [last, own, next] = kink.normals;
    let [before, behind] = kink.h;
    let [mut a, mut b0, mut b1] = *lanes;
    let mut outside = [false; LANES];
    across_lanes();
    for l in 0..LANES {
        let is_behind = own[0] * b0[l] + own[1] * b1[l] > T::ZERO;
        let h0 = if is_behind { behind[0] } else { before[0] };
        let h1 = if is_behind { behind[1] } else { before[1] };
        let back = a[l];
        a[l] -= h0 * b0[l] + h1 * b1[l];
        b0[l] -= back * h0;
        b1[l] -= back * h1;
        let from_last = last[0] * b0[l] + last[1] * b1[l];
        let to_next = next[0] * b0[l] + next[1] * b1[l];
        outside[l] = (from_last < T::ZERO) | (to_next > T::ZERO);
    }
    ([a, b0, b1], outside.iter().fold(false, |any, &one| any | one))
}

/// Adds a b of all units of a block to the first two sums, of those behind the kink to the others.
#[inline(always)]
pub(super) fn add_moments<T: Scalar>([a, b0, b1]: &Lanes<T>, own: &[T; 2], Sums(sums): &mut Sums<T>) {
    across_lanes();
    let [mut all0, mut all1, mut behind0, mut behind1] = *sums;
    for l in 0..LANES {
        let (m0, m1) = (a[l] * b0[l], a[l] * b1[l]);
        let is_behind = own[0] * b0[l] + own[1] * b1[l] > T::ZERO;
        all0[l] += m0;
        all1[l] += m1;
        behind0[l] += if is_behind { m0 } else { T::ZERO };
        behind1[l] += if is_behind { m1 } else { T::ZERO };
    }
    *sums = [all0, all1, behind0, behind1];
}

/// Writes the strays of a block to `units` and leaves zeros in their lanes.
#[cold]
#[inline(never)]
pub(super) fn expel<T: Scalar>(
    lanes: &mut Lanes<T>,
    ids: &[u32; LANES],
    kink: &Kink<'_, T>,
    units: &mut Units<'_, T>,
    strays: &mut List<'_>,
) {
    let [last, _, next] = kink.normals;
    let [a, b0, b1] = lanes;
    for l in 0..LANES {
        let b = [b0[l], b1[l]];
        if dot2(last, &b) < T::ZERO || dot2(next, &b) > T::ZERO {
            units.put(ids[l], [a[l], b[0], b[1]]);
            strays.push(ids[l]);
            (a[l], b0[l], b1[l]) = (T::ZERO, T::ZERO, T::ZERO);
        }
    }
}
