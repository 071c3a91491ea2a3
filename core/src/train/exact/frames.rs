//! Frames: coordinates across and along a kink, in which its loose units are moved.
//!
//! With n the unit normal of a kink and t = (n_1, -n_0) the direction in which it runs, b has the coordinates n . b, positive behind the
//! kink, and t . b, positive near it. This turn is a reflection: it is its own inverse, and a step reads in the new coordinates as
//! in the old ones, with h turned likewise. What it is good for: on which side a unit is shows in the sign of a coordinate.
//!
//! Let g be the angle between a kink and the next one. A unit behind the first has gone past the next when
//! t . b < cot g n . b; before that its distance from the next is sin g (t . b - cot g n . b). The same holds on the other side of
//! a kink with -cot of the angle there.

use super::units::dot2;
use crate::Scalar;

/// What concerns one kink: the unit normal n; limits, a unit with t . b below this times n . b is past the neighbouring kink; sines of the
/// angles of the arcs. Of limits and sines the first is for the arc before the kink, the second for the arc behind.
pub(super) type Frame<T> = [[T; 2]; 3];

/// From b to coordinates across and along the kink of this unit normal, or back.
#[inline(always)]
pub(super) fn turned<T: Scalar>(normal: [T; 2], b: [T; 2]) -> [T; 2] {
    [normal[0] * b[0] + normal[1] * b[1], normal[1] * b[0] - normal[0] * b[1]]
}

/// The frame of a kink between two others, all by their unit normals. Of two kinks only, opposite each other, the limits are infinite.
pub(super) fn frame<T: Scalar>(last: [T; 2], own: [T; 2], next: [T; 2]) -> Frame<T> {
    // From one kink to the next it is at most half a turn: only rounding makes a sine negative.
    let sine = |m: [T; 2], n: [T; 2]| (m[0] * n[1] - m[1] * n[0]).abs();
    let cosine = |m, n| dot2(&m, &n);
    let sines = [sine(last, own), sine(own, next)];
    [own, [-(cosine(last, own) / sines[0]), cosine(own, next) / sines[1]], sines]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(angle: f64) -> [f64; 2] {
        [Scalar::cos(angle), Scalar::sin(angle)]
    }

    /// Three kinks at 0.4, 1.0 and 2.9 and directions all around: the sides, the limits and the distances are those of the angles.
    #[test]
    fn sides_limits_and_distances_follow_from_the_angle() {
        let [last, own, next] = [0.4, 1.0, 2.9];
        let quarter = core::f64::consts::FRAC_PI_2;
        let frame = frame(unit(last + quarter), unit(own + quarter), unit(next + quarter));
        let [normal, limits, sines] = frame;
        for i in 0..600 {
            let turn = f64::from(i - 300) / 100.0; // from the kink
            let [b0, b1] = unit(own + turn).map(|b| 1.7 * b);
            let [across, along] = turned(normal, [b0, b1]);
            let side = usize::from(turn > 0.0);
            assert_eq!(across > 0.0, side == 1);
            assert_eq!(along < limits[side] * across, turn < last - own || turn > next - own, "{turn}");
            let distance = sines[side] * (along - limits[side] * across);
            let neighbour = unit([last, next][side] + quarter);
            assert!((distance.abs() - dot2(&neighbour, &[b0, b1]).abs()).abs() < 1e-14);
            let back = turned(normal, [across, along]);
            assert!((back[0] - b0).abs() + (back[1] - b1).abs() < 1e-15);
        }
    }

    #[test]
    fn nothing_goes_past_the_only_other_kink() {
        let [normal, limits, _] = frame([0.0, -1.0], [0.0, 1.0], [0.0, -1.0f64]);
        for i in 0..100 {
            let [across, along] = turned(normal, unit(f64::from(i)));
            assert!(!(along < limits[usize::from(across > 0.0)] * across));
        }
    }
}
