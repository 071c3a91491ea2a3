//! The margin of a unit: how long the path of a group may become before the unit can meet a kink.
//!
//! A step with ||h|| moves b by at most |a| ||h|| and a by at most |b| ||h||. After a path of length l, the
//! sum of
//! ||h|| over the steps, |a| is at most |a| cosh l + |b| sinh l, and b has moved by at most
//!
//! ```text
//! |a| sinh l + |b| (cosh l - 1) <= (1 + 1/23) (|a| l + |b| l^2 / 2)    for l <= 1/2.
//! ```
//!
//! A unit at distance m from the nearest kink cannot have met it while this bound is below m, that is for l
//! up to 2 m / (|a| + sqrt(a^2 + 2 m |b|)). The margin is this length times [`SAFETY`]. With several outputs
//! a is a vector, and ||h|| is the Frobenius norm of the matrix H that takes the place of h.

use crate::Scalar;

/// A factor for the 1 + 1/23 above and for rounding.
const SAFETY: f64 = 1.0 - 1.0 / 16.0;

/// Returns the margin of a unit at this distance from its nearest kink, given |a| and an upper bound of |b|.
///
/// It is at most 1/2. It is NaN or 0 if an argument is not finite.
pub(super) fn margin<T: Scalar>(distance: T, a: T, b: T) -> T {
    // Everything is divided by |b|, so that no square can underflow where the distance does not.
    let (distance, a) = (distance / b, a / b);
    let twice = T::TWO * distance;
    let margin = T::from_f64(SAFETY) * (twice / (a + (a * a + twice).sqrt()));
    if margin > T::HALF { T::HALF } else { margin }
}

/// Returns the distance from the nearest kink at which a unit's margin is [`SAFETY`] times `path`.
///
/// It is infinite for an infinite path.
#[inline(always)]
pub(super) fn distance_for<T: Scalar>(path: T, a: T, b: T) -> T {
    path * (a + T::HALF * path * b)
}

/// Returns the argument of [`distance_for`] for a margin of this many steps of this length.
///
/// It is infinite if the margin would have to exceed the largest one.
pub(super) fn path_of<T: Scalar>(steps: f64, length: T) -> T {
    let path = T::from_f64(steps / SAFETY) * length;
    if path < T::HALF { path } else { T::from_f64(f64::INFINITY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of all lengths lead straight to the kink or along it, so that |a| grows. While its path is
    /// within its margin, no unit crosses the kink. Where a alone decides, units often come close to it.
    #[test]
    fn no_unit_meets_a_kink_within_its_margin() {
        let mut close = 0;
        for i in 0..4_000 {
            let (turn, along) = (0.1 * f64::from(i), i % 5 == 0);
            let mut a = [3.0, 0.1, 0.0][i as usize % 3] * Scalar::cos(turn);
            let mut b = [[0.01, 1.0][i as usize / 2_000] * Scalar::sin(turn), 1.0];
            let length = [1e-5, 1e-3, 0.1, 0.3][i as usize % 4];
            let margin = margin(b[0].abs(), a.abs(), (b[0] * b[0] + 1.0).sqrt());
            assert!(margin <= 0.5);
            let (start, mut path, mut steps) = (b[0], length, 0);
            while path <= margin {
                let straight = !along || steps % 2 > 0;
                let h =
                    if straight { [(a * start).signum() * length, 0.0] } else { [0.0, -a.signum() * length] };
                let back = a;
                a -= h[0] * b[0] + h[1] * b[1];
                b = [b[0] - back * h[0], b[1] - back * h[1]];
                assert!(b[0] * start > 0.0, "{i}: past the kink after {path} of {margin}");
                (path, steps) = (path + length, steps + 1);
            }
            close += i32::from(b[0].abs() < 0.1 * start.abs());
        }
        assert!(close > 100, "{close}");
    }

    #[test]
    fn distance_for_is_the_inverse_of_margin() {
        for path in [1e-9, 1e-4, 0.01, 0.4] {
            for (a, b) in [(0.0, 1.0), (1e-3, 1.0), (1.0, 1.0), (5.0, 0.1), (1e150, 1e160)] {
                let distance = distance_for(path_of(1.0, path), a, b);
                assert!((margin(distance, a, b) / path - 1.0).abs() < 1e-9, "{path} {a} {b}");
            }
        }
    }

    #[test]
    fn arguments_that_are_not_finite_give_no_margin() {
        for (distance, a, b) in
            [(f64::NAN, 1.0, 1.0), (1.0, f64::INFINITY, 1.0), (f64::INFINITY, 1.0, f64::INFINITY)]
        {
            assert!(!(margin(distance, a, b) > 0.0));
        }
        assert_eq!((margin(0.0, 1.0, 1.0), margin(1e-200, 0.0, 1e-200)), (0.0, 0.5));
        assert!(margin(1e-180, 1e-170, 1e-170) < 1e-10, "the squares underflow");
        assert_eq!(path_of::<f64>(48.0, 1.0), f64::INFINITY);
        assert!(distance_for(f64::INFINITY, 0.0, 1.0) == f64::INFINITY);
    }
}
