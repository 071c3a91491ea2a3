//! Frames: coordinates across and along a kink, in which its free units move.
//!
//! With n the unit normal of a kink and t = (n_1, -n_0) the direction along it, b has the coordinates n . b,
//! which is positive behind the kink, and t . b, which is positive near it. The change of coordinates is a
//! reflection, hence its own inverse. A step has the same form in the new coordinates, with h reflected
//! likewise. Their advantage: the sign of a coordinate says on which side of the kink a unit is.
//!
//! Let g be the angle from a kink to the next one. A unit behind the first has crossed the next when t . b <
//! cot g n . b. Before that, its distance from the next is sin g (t . b - cot g n . b). On the other side of
//! a kink the same holds with -cot g, g the angle to the kink before.

use super::units::dot2;
use crate::Scalar;

/// The coordinates of one kink: its unit normal n, two limits, and the sines of the angles of its two arcs.
///
/// A unit has crossed the neighbouring kink if t . b is below the limit times n . b. The first limit and sine
/// are for the arc before the kink, the second for the arc behind it.
pub(super) type Frame<T> = [[T; 2]; 3];

/// Converts b to coordinates across and along the kink of this unit normal, or back.
#[inline(always)]
pub(super) fn reflected<T: Scalar>(normal: [T; 2], b: [T; 2]) -> [T; 2] {
    [normal[0] * b[0] + normal[1] * b[1], normal[1] * b[0] - normal[0] * b[1]]
}

/// Returns the frame of a kink between two others, all given by their unit normals.
///
/// If there are only two kinks, opposite to each other, the limits are infinite.
pub(super) fn frame<T: Scalar>(last: [T; 2], own: [T; 2], next: [T; 2]) -> Frame<T> {
    // The angle from one kink to the next is at most half a turn, so only rounding can make a sine negative.
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

    /// Three kinks at 0.4, 1.0 and 2.9, and directions all around: sides, limits and distances agree with the
    /// angles.
    #[test]
    fn sides_limits_and_distances_follow_from_the_angle() {
        let [last, own, next] = [0.4, 1.0, 2.9];
        let quarter = core::f64::consts::FRAC_PI_2;
        let frame = frame(unit(last + quarter), unit(own + quarter), unit(next + quarter));
        let [normal, limits, sines] = frame;
        for i in 0..600 {
            let turn = f64::from(i - 300) / 100.0; // the angle from the kink
            let [b0, b1] = unit(own + turn).map(|b| 1.7 * b);
            let [across, along] = reflected(normal, [b0, b1]);
            let side = usize::from(turn > 0.0);
            assert_eq!(across > 0.0, side == 1);
            assert_eq!(along < limits[side] * across, turn < last - own || turn > next - own, "{turn}");
            let distance = sines[side] * (along - limits[side] * across);
            let neighbour = unit([last, next][side] + quarter);
            assert!((distance.abs() - dot2(&neighbour, &[b0, b1]).abs()).abs() < 1e-14);
            let back = reflected(normal, [across, along]);
            assert!((back[0] - b0).abs() + (back[1] - b1).abs() < 1e-15);
        }
    }

    #[test]
    fn no_unit_crosses_the_only_other_kink() {
        let [normal, limits, _] = frame([0.0, -1.0], [0.0, 1.0], [0.0, -1.0f64]);
        for i in 0..100 {
            let [across, along] = reflected(normal, unit(f64::from(i)));
            assert!(!(along < limits[usize::from(across > 0.0)] * across));
        }
    }
}
