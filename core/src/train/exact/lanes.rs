//! A block of loose units, in the frame of their kink: one step of all its lanes.

use super::frames::{Frame, turned};
use super::list::List;
use super::room::reach;
use super::units::{Units, length_bound};
use crate::Scalar;
use crate::vector::{LANES, across_lanes, any, sum_lanes};

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
    ([a, across, along], any(outside))
}

/// Adds a b of all units of a block to the sums: along the kink, across it, and across it of those behind.
#[inline(always)]
pub(super) fn add_moments<T: Scalar>([a, across, along]: &Lanes<T>, sums: &mut [[T; LANES]; 3]) {
    across_lanes();
    let [mut all_along, mut all_across, mut behind] = *sums;
    for l in 0..LANES {
        let moment = a[l] * across[l];
        all_along[l] += a[l] * along[l];
        all_across[l] += moment;
        behind[l] += if across[l] > T::ZERO { moment } else { T::ZERO };
    }
    *sums = [all_along, all_across, behind];
}

/// The sums over all lanes of rows in memory, as [`sum_lanes`] has them. For vector registers the halves of each row are added by
/// themselves: all rows at once end in shuffles, half as fast a step in all.
#[inline(always)]
pub(super) fn sum_rows<T: Scalar>(rows: &[[T; LANES]; 3]) -> [T; 3] {
    if cfg!(target_os = "none") {
        return rows.each_ref().map(sum_lanes);
    }
    let mut halves = [[T::ZERO; LANES / 2]; 3];
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
        let is_behind = across[l] > T::ZERO;
        let side = |[before, behind]: [T; 2]| if is_behind { behind } else { before };
        let (own, other) = (across[l].abs(), side(sines) * (along[l] - side(limits) * across[l]));
        let near = if other < own { other } else { own };
        free[l] = near > reach(side(paths), a[l].abs(), length_bound([across[l], along[l]]));
    }
    free
}

/// Writes the strays of a block to `units` and leaves zeros in their lanes.
#[cold]
#[inline(never)]
pub(super) fn expel<T: Scalar>(
    lanes: &mut Lanes<T>,
    ids: &[u32; LANES],
    &[normal, [before, behind], _]: &Frame<T>,
    units: &mut Units<'_, T>,
    strays: &mut List<'_>,
) {
    let [a, across, along] = lanes;
    for l in 0..LANES {
        let limit = if across[l] > T::ZERO { behind } else { before };
        if along[l] < limit * across[l] {
            let b = turned(normal, [across[l], along[l]]);
            units.put(ids[l], [a[l], b[0], b[1]]);
            strays.push(ids[l]);
            (a[l], across[l], along[l]) = (T::ZERO, T::ZERO, T::ZERO);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::exact::frames::frame;
    use crate::train::exact::room::{path_of, room};

    /// Units on both sides of a kink, with one far out in either direction; |a| from 0 to 1.4.
    fn block() -> Lanes<f64> {
        let lane = |l: usize| l as f64;
        let across = [-2.0, -1e-3, -1e-6, 0.0, 1e-9, 1e-4, 0.1, 2.0];
        [core::array::from_fn(|l| 0.2 * lane(l)), across, core::array::from_fn(|l| 1.0 + 0.01 * lane(l))]
    }

    fn kink() -> Frame<f64> {
        let unit = |angle: f64| [Scalar::cos(angle), Scalar::sin(angle)];
        frame(unit(1.2), unit(2.0), unit(2.5))
    }

    #[test]
    fn a_step_is_that_of_each_unit() {
        let (lanes, [normal, limits, _]) = (block(), kink());
        let h = [[0.01, -0.02], [0.03, 0.015]];
        let turned_h = h.map(|h| turned(normal, h));
        let (moved, outside) = advance(&lanes, limits, turned_h);
        assert!(outside);
        let mut sums = [[0.5; LANES]; 3];
        add_moments(&moved, &mut sums);
        let mut expected = [4.0; 3];
        for l in 0..LANES {
            let ([a, across, along], h) = (lanes.map(|row| row[l]), h[usize::from(lanes[1][l] > 0.0)]);
            let [b0, b1] = turned(normal, [across, along]);
            let b = turned(normal, [b0 - a * h[0], b1 - a * h[1]]);
            let new = [a - (h[0] * b0 + h[1] * b1), b[0], b[1]];
            for (new, moved) in new.iter().zip(moved.map(|row| row[l])) {
                assert!((new - moved).abs() < 1e-15, "{l}");
            }
            expected[0] += new[0] * new[2];
            expected[1] += new[0] * new[1];
            expected[2] += if new[1] > 0.0 { new[0] * new[1] } else { 0.0 };
        }
        for (sum, expected) in sum_rows(&sums).iter().zip(expected) {
            assert!((sum - expected).abs() < 1e-14);
        }
    }

    #[test]
    fn rows_are_summed_as_everywhere() {
        let rows: [[f32; LANES]; 3] =
            core::array::from_fn(|r| core::array::from_fn(|l| 0.1 + (7 * r + l) as f32 * 0.37));
        assert_eq!(sum_rows(&rows), rows.map(|row| sum_lanes(&row)));
    }

    /// In lanes as unit by unit: more room than so many steps of h need.
    #[test]
    fn who_has_room_in_lanes() {
        let (lanes, frame) = (block(), kink());
        let mut count = 0;
        for h in [0.0, 1e-7, 1e-5, 1e-3, 1.0] {
            let free = with_room(&lanes, &frame, [path_of(48.0, h), path_of(48.0, 2.0 * h)]);
            for l in 0..LANES {
                let [a, across, along] = lanes.map(|row| row[l]);
                let side = usize::from(across > 0.0);
                let other = frame[2][side] * (along - frame[1][side] * across);
                let room = room(other.min(across.abs()), a, length_bound([across, along]));
                let steps = [h, 2.0 * h][side];
                assert_eq!(free[l], room > 48.0 * steps && 48.0 * steps / 0.9375 < 0.5, "{l} {h} {room}");
                count += u32::from(free[l]);
            }
        }
        assert!((10..30).contains(&count), "{count}");
    }
}
