//! Lines cut where they leave the frame.

use std::ops::Range;

/// Returns the parts of a line that lie in the range, each ending where the line crosses its limit; a value
/// that is not finite breaks the line.
pub(super) fn pieces(
    points: impl IntoIterator<Item = (f64, f64)>,
    range: &Range<f64>,
) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut before = None;
    for point in points {
        if let Some((from, to)) = before.and_then(|before| inside(before, point, range)) {
            match pieces.last_mut() {
                Some(piece) if piece.last() == Some(&from) => piece.push(to),
                _ => pieces.push(vec![from, to]),
            }
        }
        before = Some(point).filter(|(_, y)| y.is_finite());
    }
    pieces
}

/// Returns the part of a segment that lies in the range.
fn inside(p: (f64, f64), q: (f64, f64), range: &Range<f64>) -> Option<((f64, f64), (f64, f64))> {
    let outside = |limit: f64, sign: f64| sign * p.1 > sign * limit && sign * q.1 > sign * limit;
    if !q.1.is_finite() || outside(range.end, 1.0) || outside(range.start, -1.0) {
        return None;
    }
    let end = |(x, y): (f64, f64), other: (f64, f64)| {
        let limit = y.clamp(range.start, range.end);
        let part = if limit == y { 0.0 } else { (limit - y) / (other.1 - y) };
        (x + part * (other.0 - x), limit)
    };
    Some((end(p, q), end(q, p)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(y: &[f64]) -> Vec<Vec<(f64, f64)>> {
        pieces(y.iter().enumerate().map(|(i, y)| (i as f64, *y)), &(-1.0..2.0))
    }

    #[test]
    fn what_stays_inside_is_one_piece() {
        assert_eq!(cut(&[0.0, 2.0, -1.0]), [[(0.0, 0.0), (1.0, 2.0), (2.0, -1.0)]]);
        assert!(cut(&[]).is_empty() && cut(&[0.0]).is_empty());
    }

    #[test]
    fn the_line_ends_at_the_limit_and_starts_again_there() {
        assert_eq!(cut(&[0.0, 4.0, 0.0]), [[(0.0, 0.0), (0.5, 2.0)], [(1.5, 2.0), (2.0, 0.0)]]);
        assert_eq!(cut(&[-5.0, -3.0, 1.0, 1.0]), [[(1.5, -1.0), (2.0, 1.0), (3.0, 1.0)]]);
        assert_eq!(cut(&[-2.0, 3.0]), [[(0.2, -1.0), (0.8, 2.0)]]);
        assert!(cut(&[3.0, 4.0, 2.5]).is_empty() && cut(&[-3.0, -1.5]).is_empty());
    }

    #[test]
    fn what_is_not_finite_breaks_the_line() {
        let (nan, infinite) = (f64::NAN, f64::INFINITY);
        assert_eq!(cut(&[0.0, 1.0, nan, 1.0, 0.0]), [[(0.0, 0.0), (1.0, 1.0)], [(3.0, 1.0), (4.0, 0.0)]]);
        assert_eq!(cut(&[infinite, 1.0, 0.0, -infinite]), [[(1.0, 1.0), (2.0, 0.0)]]);
        assert!(cut(&[nan, 0.0, nan]).is_empty());
        assert!(
            cut(&[-f64::MAX, f64::MAX, 1e300]).concat().iter().all(|(x, y)| x.is_finite() && y.is_finite())
        );
    }
}
