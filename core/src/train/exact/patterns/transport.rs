//! The transport P of a group: its steps, and solving for stored coordinates.

use crate::Scalar;
use crate::vector::LANES;

/// Takes one step of one column: P <- T P.
#[inline(always)]
pub(super) fn transport<T: Scalar>(
    column: &mut [[T; LANES]],
    h: &[[T; LANES]],
    inputs: usize,
    outputs: usize,
    delta: &mut [[T; LANES]],
) {
    let Some((a, b)) = column.split_at_mut_checked(outputs) else { return };
    for (delta, h) in delta.iter_mut().zip(h.chunks_exact(inputs)) {
        *delta = [T::ZERO; LANES];
        for (h, b) in h.iter().zip(&*b) {
            for l in 0..LANES {
                delta[l] += h[l] * b[l];
            }
        }
    }
    for (h, a) in h.chunks_exact(inputs).zip(&*a) {
        for (h, b) in h.iter().zip(&mut *b) {
            for l in 0..LANES {
                b[l] -= h[l] * a[l];
            }
        }
    }
    for (a, delta) in a.iter_mut().zip(&*delta) {
        for l in 0..LANES {
            a[l] -= delta[l];
        }
    }
}

/// Solves m equations by elimination without pivots. Each row is m coefficients and the right-hand side.
pub(super) fn solve<T: Scalar>(square: &mut [T], x: &mut [T]) {
    let columns = x.len().saturating_add(1);
    for k in 0..x.len() {
        let Some((top, below)) = square.split_at_mut_checked((k + 1) * columns) else { return };
        let pivots = top.get(k * columns + k..).unwrap_or(&[]);
        let Some(&pivot) = pivots.first() else { return };
        for row in below.chunks_exact_mut(columns) {
            let row = row.get_mut(k..).unwrap_or(&mut []);
            let factor = row.first().map_or(T::ZERO, |&first| first / pivot);
            for (value, &p) in row.iter_mut().zip(pivots) {
                *value -= factor * p;
            }
        }
    }
    for (k, row) in square.chunks_exact(columns).enumerate().rev() {
        let Some(([pivot, coefficients @ ..], right)) =
            row.get(k..).and_then(|row| row.split_last()).map(|(right, rest)| (rest, *right))
        else {
            return;
        };
        let Some((first, solved)) = x.get_mut(k..).and_then(|x| x.split_first_mut()) else { return };
        let sum = coefficients.iter().zip(&*solved).fold(right, |sum, (&c, &x)| sum - c * x);
        *first = sum / *pivot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_solves() {
        let matrix = [[1.2, -0.3, 0.1], [-0.2, 0.9, 0.05], [0.15, 0.02, 1.1]];
        let x = [0.7, -1.3, 0.4];
        let mut square = [0.0; 12];
        for (row, coefficients) in square.chunks_exact_mut(4).zip(&matrix) {
            row[..3].copy_from_slice(coefficients);
            row[3] = coefficients.iter().zip(&x).map(|(c, x)| c * x).sum();
        }
        let mut found = [0.0f64; 3];
        solve(&mut square, &mut found);
        assert!(found.iter().zip(x).all(|(a, b)| (a - b).abs() < 1e-15), "{found:?}");
    }
}
