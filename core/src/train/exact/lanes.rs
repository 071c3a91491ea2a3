//! A block of loose units, in the frame of their kink: one step of all its lanes.

use super::frames::{Frame, turned};
use super::list::List;
use super::room::reach;
use super::units::{Units, length_bound};
use crate::Scalar;
use crate::vector::{LANES, across_lanes};

/// a, n . b and t . b in lanes.
pub(super) type Lanes<T> = [[T; LANES]; 3];

/// A block after one step, and whether a unit has gone past a neighbouring kink.
#[inline(always)]
pub(super) fn advance<T: Scalar>(
    lanes: &Lanes<T>,
    limits: [T; 2],
    [before, behind]: [[T; 2]; 2],
) -> (Lanes<T>, bool) {
    let [mut a, mut across, mut along] = *lanes;
    let mut outside = [false; LANES];
    across_lanes();
    for l in 0..LANES {
        let is_behind = across[l] > T::ZERO;
        let h0 = if is_behind { behind[0] } else { before[0] };
        let h1 = if is_behind { behind[1] } else { before[1] };
        let back = a[l];
        a[l] -= h0 * across[l] + h1 * along[l];
        across[l] -= back * h0;
        along[l] -= back * h1;
        let limit = if across[l] > T::ZERO { limits[1] } else { limits[0] };
        outside[l] = along[l] < limit * across[l];
    }
    ([a, across, along], outside.iter().fold(false, |any, &one| any | one))
}

/// Adds a b of all units of a block to the first two sums, of those behind the kink to the others.
#[inline(always)]
pub(super) fn add_moments<T: Scalar>([a, across, along]: &Lanes<T>, sums: &mut [[T; LANES]; 4]) {
    across_lanes();
    let [mut all0, mut all1, mut behind0, mut behind1] = *sums;
    for l in 0..LANES {
        let (m0, m1) = (a[l] * across[l], a[l] * along[l]);
        let is_behind = across[l] > T::ZERO;
        all0[l] += m0;
        all1[l] += m1;
        behind0[l] += if is_behind { m0 } else { T::ZERO };
        behind1[l] += if is_behind { m1 } else { T::ZERO };
    }
    *sums = [all0, all1, behind0, behind1];
}

/// The sums over all lanes of rows in memory, as [`crate::vector::sum_lanes`] has them, row by row.
#[inline(always)]
pub(super) fn sum_rows<T: Scalar>(rows: &[[T; LANES]; 4]) -> [T; 4] {
    let mut halves = [[T::ZERO; LANES / 2]; 4];
    for (half, row) in halves.iter_mut().zip(rows) {
        across_lanes();
        for l in 0..LANES / 2 {
            half[l] = row[l] + row[l + LANES / 2];
        }
    }
    across_lanes();
    halves.map(|[a, b, c, d]| (a + c) + (b + d))
}

/// The units of a block that have more room than these path lengths before and behind the kink.
#[inline(always)]
pub(super) fn with_room<T: Scalar>(
    [a, across, along]: &Lanes<T>,
    &[_, limits, sines]: &Frame<T>,
    paths: [T; 2],
) -> [bool; LANES] {
    let mut free = [false; LANES];
    across_lanes();
    for l in 0..LANES {
        let side = usize::from(across[l] > T::ZERO);
        let (own, other) = (across[l].abs(), sines[side] * (along[l] - limits[side] * across[l]));
        let near = if other < own { other } else { own };
        free[l] = near > reach(paths[side], a[l].abs(), length_bound([across[l], along[l]]));
    }
    free
}

/// Writes the strays of a block to `units` and leaves zeros in their lanes.
#[cold]
#[inline(never)]
pub(super) fn expel<T: Scalar>(
    lanes: &mut Lanes<T>,
    ids: &[u32; LANES],
    [normal, limits, _]: &Frame<T>,
    units: &mut Units<'_, T>,
    strays: &mut List<'_>,
) {
    let [a, across, along] = lanes;
    for l in 0..LANES {
        let limit = limits[usize::from(across[l] > T::ZERO)];
        if along[l] < limit * across[l] {
            let b = turned(*normal, [across[l], along[l]]);
            units.put(ids[l], [a[l], b[0], b[1]]);
            strays.push(ids[l]);
            (a[l], across[l], along[l]) = (T::ZERO, T::ZERO, T::ZERO);
        }
    }
}
