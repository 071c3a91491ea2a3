//! The transport P of a group: its steps, and the conversion of stored coordinates to weights and back.

use super::group::{GroupLanes, PATH, due};
use super::units::length_bound;
use crate::Scalar;
use crate::vector::{LANES, across_lanes, any};

/// Takes one step of [`LANES`] groups: P <- T(h) P and the new path length. Returns whether one of them is
/// due for a recheck.
#[inline(always)]
pub(super) fn transport<T: Scalar>(block: &mut GroupLanes<T>, h0: &[T; LANES], h1: &[T; LANES]) -> bool {
    across_lanes();
    for column in 0..3 {
        for l in 0..LANES {
            let (a, b0, b1) = (block[column][l], block[3 + column][l], block[6 + column][l]);
            block[column][l] = a - (h0[l] * b0 + h1[l] * b1);
            block[3 + column][l] = b0 - a * h0[l];
            block[6 + column][l] = b1 - a * h1[l];
        }
    }
    for l in 0..LANES {
        // The factor makes the path length grow where single steps are below its resolution.
        block[PATH][l] = block[PATH][l] * (T::ONE + T::TWO * T::EPSILON) + length_bound([h0[l], h1[l]]);
    }
    any(due(block))
}

/// Returns the weights w = P u of stored coordinates u.
pub(super) fn to_weights<T: Scalar>(p: &[[T; 3]; 3], u: [T; 3]) -> [T; 3] {
    core::array::from_fn(|i| p[i][0] * u[0] + p[i][1] * u[1] + p[i][2] * u[2])
}

/// Returns the stored coordinates u with P u = w, by Cramer's rule.
pub(super) fn to_stored<T: Scalar>(p: &[[T; 3]; 3], w: [T; 3]) -> [T; 3] {
    let cross = |x: [T; 3], y: [T; 3]| {
        [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]]
    };
    let column = |j: usize| [p[0][j], p[1][j], p[2][j]];
    let dot = |x: [T; 3], y: [T; 3]| x[0] * y[0] + x[1] * y[1] + x[2] * y[2];
    let (c0, c1, c2) = (column(0), column(1), column(2));
    let cofactors = [cross(c1, c2), cross(c2, c0), cross(c0, c1)];
    let over = T::ONE / dot(c0, cofactors[0]); // the determinant
    cofactors.map(|c| dot(c, w) * over)
}

#[cfg(test)]
mod tests {
    use super::super::group::{DUE, R, ROWS};
    use super::*;

    /// Groups whose lanes take steps of lengths 0, s, 2 s, .. in turning directions.
    fn steps<T: Scalar>(count: u32, s: f64) -> GroupLanes<T> {
        let mut block = [[T::ZERO; LANES]; ROWS];
        for row in [0, 4, 8, DUE] {
            block[row] = [T::ONE; LANES];
        }
        for i in 0..count {
            let angle = T::from_f64(f64::from(i % 4_096) / 652.0);
            let length = |l: usize| T::from_f64(s) * T::from_usize(l);
            let h0 = core::array::from_fn(|l| length(l) * angle.cos());
            let h1 = core::array::from_fn(|l| length(l) * angle.sin());
            transport(&mut block, &h0, &h1);
        }
        block
    }

    /// Both precisions take the same steps, as many as lie between two rewritings at most. Then P in `f32` is
    /// off by some 500 units in its last place, as are weights that take as many steps one by one.
    #[test]
    fn rounding_in_the_transport_grows_slowly() {
        let (exact, rounded) = (steps::<f64>(16_384, 4e-6), steps::<f32>(16_384, 4e-6));
        let mut drift = 0.0f64;
        for row in 0..R {
            for l in 0..LANES {
                drift = drift.max((exact[row][l] - f64::from(rounded[row][l])).abs());
            }
        }
        assert!(
            drift > 0.0 && drift < 1_000.0 * f64::from(f32::EPSILON),
            "{:?}",
            drift / f64::from(f32::EPSILON)
        );
    }

    /// The path length is never below the sum of ||h|| and at most 9 % above it, in `f32` too, where 1 + 4e-8
    /// rounds to 1.
    #[test]
    fn the_path_is_never_shorter_than_the_way() {
        let block = steps::<f64>(10_000, 1e-5);
        let mut far = [[0.0f32; LANES]; ROWS];
        far[PATH] = [1.0; LANES];
        for l in 0..LANES {
            let way = 10_000.0 * 1e-5 * l as f64;
            assert!(block[PATH][l] >= way && block[PATH][l] <= 1.09 * way, "{l}: {} {way}", block[PATH][l]);
        }
        for _ in 0..1_000 {
            transport(&mut far, &[4e-8; LANES], &[0.0; LANES]);
        }
        assert!(far[PATH][0] >= 1.0 + 1_000.0 * 4e-8);
    }

    #[test]
    fn coordinates_there_and_back() {
        let p: [[f64; 3]; 3] = [[1.2, -0.3, 0.1], [-0.2, 0.9, 0.05], [0.15, 0.02, 1.1]];
        let w = [0.7, -1.3, 0.4];
        let back = to_weights(&p, to_stored(&p, w));
        assert!(back.iter().zip(w).all(|(a, b)| (a - b).abs() < 1e-15), "{back:?}");
    }
}
