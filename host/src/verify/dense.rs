//! Slow and obvious linear algebra, by other algorithms than the core's: Gaussian elimination with pivoting.

use ntk_core::Kernel;

/// A square matrix, row by row.
pub(super) type Matrix = Vec<Vec<f64>>;

/// Returns K(x_i, x_j), plus the ridge on the diagonal.
#[must_use]
pub(super) fn gram(kernel: &impl Kernel<f64>, x: &[[f64; 2]], ridge: f64) -> Matrix {
    let entry = |i: usize, j: usize| kernel.value(&x[i], &x[j]) + if i == j { ridge } else { 0.0 };
    (0..x.len()).map(|i| (0..x.len()).map(|j| entry(i, j)).collect()).collect()
}

/// Returns the solution of matrix x = right, and ln |det matrix|.
#[must_use]
pub(super) fn solve(matrix: &Matrix, right: &[f64]) -> (Vec<f64>, f64) {
    let (mut rows, n) = (matrix.clone(), right.len());
    rows.iter_mut().zip(right).for_each(|(row, right)| row.push(*right));
    let mut log_determinant = 0.0;
    for column in 0..n {
        let largest = (column..n).max_by(|&i, &j| rows[i][column].abs().total_cmp(&rows[j][column].abs()));
        rows.swap(column, largest.unwrap_or(column));
        let pivot = rows[column].clone();
        log_determinant += libm::log(pivot[column].abs());
        for row in &mut rows[column + 1..] {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| rows[i][j] * x[j]).sum();
        x[i] = (rows[i][n] - known) / rows[i][i];
    }
    (x, log_determinant)
}

/// Returns x . y.
#[must_use]
pub(super) fn inner(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Returns x^T matrix x.
#[must_use]
pub(super) fn quadratic(matrix: &Matrix, x: &[f64]) -> f64 {
    matrix.iter().zip(x).map(|(row, x_i)| x_i * inner(row, x)).sum()
}

/// Returns the lower-triangular L with L L^T = matrix, column by column as in a textbook.
#[must_use]
pub(super) fn root(matrix: &Matrix) -> Matrix {
    let n = matrix.len();
    let mut root = vec![vec![0.0; n]; n];
    for j in 0..n {
        for i in j..n {
            let rest = matrix[i][j] - inner(&root[i][..j], &root[j][..j]);
            root[i][j] = if i == j { rest.sqrt() } else { rest / root[j][j] };
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_needs_a_pivot() {
        let matrix = vec![vec![0.0, 2.0, 1.0], vec![1.0, 1.0, 1.0], vec![4.0, 1.0, 2.0]];
        let (x, log_determinant) = solve(&matrix, &[7.0, 6.0, 12.0]);
        assert!(x.iter().zip([1.0, 2.0, 3.0]).all(|(x, y)| (x - y).abs() < 1e-14), "{x:?}");
        assert!(log_determinant.abs() < 1e-14, "the determinant is 0 - 2 (2 - 4) + (1 - 4) = 1");
    }

    #[test]
    fn a_root_squares_to_its_matrix() {
        let matrix = vec![vec![4.0, 2.0, -2.0], vec![2.0, 10.0, 5.0], vec![-2.0, 5.0, 9.0]];
        let root = root(&matrix);
        for i in 0..3 {
            for j in 0..3 {
                assert!((inner(&root[i], &root[j]) - matrix[i][j]).abs() < 1e-14);
            }
        }
        let (x, log_determinant) = solve(&matrix, &[1.0, 0.0, 0.0]);
        let diagonal: f64 = (0..3).map(|i| root[i][i]).product();
        assert!((log_determinant - 2.0 * diagonal.ln()).abs() < 1e-14);
        assert!((quadratic(&matrix, &x) - x[0]).abs() < 1e-14, "x^T M x = x^T e_1");
    }
}
