//! Room: how far the path of a group may go before a unit in it can meet a kink.
//!
//! A step of length ||h|| moves b by |a| ||h|| at most, a by |b| ||h||. So after a path of length l, the sum of ||h||, |a| has grown to
//! |a| cosh l + |b| sinh l at most, and b has moved by
//!
//! ```text
//! |a| sinh l + |b| (cosh l - 1) <= (1 + 1/23) (|a| l + |b| l^2 / 2)    for l <= 1/2.
//! ```
//!
//! A unit at a distance m from the nearest kink cannot have met it while this is below m: for l up to
//! 2 m / (|a| + sqrt(a^2 + 2 m |b|)). A little less, by [`CAUTION`], is its room. With several outputs a is a vector, and ||h|| the
//! Frobenius norm of the matrix H in its place.

use crate::Scalar;

/// For the factor above, and for rounding.
const CAUTION: f64 = 1.0 - 1.0 / 16.0;

/// The room of a unit at a distance from its nearest kink, given |a| and an upper bound of |b|. NaN or 0 if not all is finite.
pub(super) fn room<T: Scalar>(distance: T, a: T, b: T) -> T {
    // Over |b|, so that no square can underflow where the distance does not.
    let (distance, a) = (distance / b, a / b);
    let twice = T::TWO * distance;
    let room = T::from_f64(CAUTION) * (twice / (a + (a * a + twice).sqrt()));
    if room > T::HALF { T::HALF } else { room }
}

/// The distance from the nearest kink at which the room is `path`, up to 15/32; infinite beyond.
#[inline(always)]
pub(super) fn reach<T: Scalar>(path: T, a: T, b: T) -> T {
    path * (a + T::HALF * path * b)
}

/// What [`reach`] takes for this many steps of this length; infinite if the room would have to be larger than any is.
pub(super) fn path_of<T: Scalar>(steps: f64, length: T) -> T {
    let path = T::from_f64(steps / CAUTION) * length;
    if path < T::HALF { path } else { T::from_f64(f64::INFINITY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of all lengths, straight at the kink or along it, so that |a| grows: the unit is never past it while its path is
    /// within its room. Where a alone decides it often comes close.
    #[test]
    fn nothing_meets_a_kink_within_its_room() {
        let mut close = 0;
        for i in 0..4_000 {
            let (turn, along) = (0.1 * f64::from(i), i % 5 == 0);
            let mut a = [3.0, 0.1, 0.0][i as usize % 3] * Scalar::cos(turn);
            let mut b = [[0.01, 1.0][i as usize / 2_000] * Scalar::sin(turn), 1.0];
            let length = [1e-5, 1e-3, 0.1, 0.3][i as usize % 4];
            let room = room(b[0].abs(), a.abs(), (b[0] * b[0] + 1.0).sqrt());
            assert!(room <= 0.5);
            let (start, mut path, mut steps) = (b[0], length, 0);
            while path <= room {
                let straight = !along || steps % 2 > 0;
                let h =
                    if straight { [(a * start).signum() * length, 0.0] } else { [0.0, -a.signum() * length] };
                let back = a;
                a -= h[0] * b[0] + h[1] * b[1];
                b = [b[0] - back * h[0], b[1] - back * h[1]];
                assert!(b[0] * start > 0.0, "{i}: past the kink after {path} of {room}");
                (path, steps) = (path + length, steps + 1);
            }
            close += i32::from(b[0].abs() < 0.1 * start.abs());
        }
        assert!(close > 100, "{close}");
    }

    #[test]
    fn reach_and_room_are_inverse() {
        for path in [1e-9, 1e-4, 0.01, 0.4] {
            for (a, b) in [(0.0, 1.0), (1e-3, 1.0), (1.0, 1.0), (5.0, 0.1), (1e150, 1e160)] {
                let distance = reach(path_of(1.0, path), a, b);
                assert!((room(distance, a, b) / path - 1.0).abs() < 1e-9, "{path} {a} {b}");
            }
        }
    }

    #[test]
    fn what_is_not_finite_has_no_room() {
        for (distance, a, b) in
            [(f64::NAN, 1.0, 1.0), (1.0, f64::INFINITY, 1.0), (f64::INFINITY, 1.0, f64::INFINITY)]
        {
            assert!(!(room(distance, a, b) > 0.0));
        }
        assert_eq!((room(0.0, 1.0, 1.0), room(1e-200, 0.0, 1e-200)), (0.0, 0.5));
        assert!(room(1e-180, 1e-170, 1e-170) < 1e-10, "the squares underflow");
        assert_eq!(path_of::<f64>(48.0, 1.0), f64::INFINITY);
        assert!(reach(f64::INFINITY, 0.0, 1.0) == f64::INFINITY);
    }
}
