//! One step of a block of free units, in the coordinates of their kink.

use super::frames::{Frame, reflected};
use super::units::{PlaneUnits, length_bound};
use crate::Scalar;
use crate::train::exact::list::List;
use crate::train::exact::margin::distance_for;
use crate::vector::{LANES, across_lanes, any, sum_lanes};

/// a, n . b and t . b of [`LANES`] units.
pub(super) type Lanes<T> = [[T; LANES]; 3];

/// Returns a block after one step, and whether a unit of it has crossed a neighbouring kink.
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

/// Adds a b of all units of a block to three sums by lane: the component along the kink, that across it, and
/// that across it of the units behind the kink.
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

/// Returns the sums over the lanes of three rows in memory, in the order of [`sum_lanes`].
///
/// For vector registers the halves of each row are added row by row: with all rows at once the compiler
/// shuffles lanes, and a step takes twice as long.
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

/// Returns which units of a block have a margin above the given path lengths before and behind the kink.
#[inline(always)]
pub(super) fn with_margin<T: Scalar>(
    [a, across, along]: &Lanes<T>,
    &[_, limits, sines]: &Frame<T>,
    paths: [T; 2],
) -> [bool; LANES] {
    let mut enough = [false; LANES];
    across_lanes();
    for l in 0..LANES {
        let is_behind = across[l] > T::ZERO;
        let side = |[before, behind]: [T; 2]| if is_behind { behind } else { before };
        let (own, other) = (across[l].abs(), side(sines) * (along[l] - side(limits) * across[l]));
        let near = if other < own { other } else { own };
        enough[l] = near > distance_for(side(paths), a[l].abs(), length_bound([across[l], along[l]]));
    }
    enough
}

/// Moves the escaped units of a block to `units` and leaves zeros in their lanes.
#[cold]
#[inline(never)]
pub(super) fn remove_escaped<T: Scalar>(
    lanes: &mut Lanes<T>,
    ids: &[u32; LANES],
    &[normal, [before, behind], _]: &Frame<T>,
    units: &mut PlaneUnits<'_, T>,
    escaped: &mut List<'_>,
) {
    let [a, across, along] = lanes;
    for l in 0..LANES {
        let limit = if across[l] > T::ZERO { behind } else { before };
        if along[l] < limit * across[l] {
            let b = reflected(normal, [across[l], along[l]]);
            units.put(ids[l], [a[l], b[0], b[1]]);
            escaped.push(ids[l]);
            (a[l], across[l], along[l]) = (T::ZERO, T::ZERO, T::ZERO);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frames::frame;
    use super::*;
    use crate::train::exact::margin::{margin, path_of};

    /// Units on both sides of a kink, one of them far from it on each side, with |a| from 0 to 1.4.
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
        let reflected_h = h.map(|h| reflected(normal, h));
        let (moved, outside) = advance(&lanes, limits, reflected_h);
        assert!(outside);
        let mut sums = [[0.5; LANES]; 3];
        add_moments(&moved, &mut sums);
        let mut expected = [4.0; 3];
        for l in 0..LANES {
            let ([a, across, along], h) = (lanes.map(|row| row[l]), h[usize::from(lanes[1][l] > 0.0)]);
            let [b0, b1] = reflected(normal, [across, along]);
            let b = reflected(normal, [b0 - a * h[0], b1 - a * h[1]]);
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
    fn rows_are_summed_in_the_order_of_sum_lanes() {
        let rows: [[f32; LANES]; 3] =
            core::array::from_fn(|r| core::array::from_fn(|l| 0.1 + (7 * r + l) as f32 * 0.37));
        assert_eq!(sum_rows(&rows), rows.map(|row| sum_lanes(&row)));
    }

    /// Lanes and single units agree on which margins exceed that many steps of h.
    #[test]
    fn margins_in_lanes() {
        let (lanes, frame) = (block(), kink());
        let mut count = 0;
        for h in [0.0, 1e-7, 1e-5, 1e-3, 1.0] {
            let enough = with_margin(&lanes, &frame, [path_of(48.0, h), path_of(48.0, 2.0 * h)]);
            for l in 0..LANES {
                let [a, across, along] = lanes.map(|row| row[l]);
                let side = usize::from(across > 0.0);
                let other = frame[2][side] * (along - frame[1][side] * across);
                let margin = margin(other.min(across.abs()), a, length_bound([across, along]));
                let steps = [h, 2.0 * h][side];
                assert_eq!(
                    enough[l],
                    margin > 48.0 * steps && 48.0 * steps / 0.9375 < 0.5,
                    "{l} {h} {margin}"
                );
                count += u32::from(enough[l]);
            }
        }
        assert!((10..30).contains(&count), "{count}");
    }
}
