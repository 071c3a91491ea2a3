//! Dense linear algebra that is slow and simple, as a reference for the Cholesky factor and the block
//! eigenvalues.

/// A matrix as its rows.
pub type Matrix = Vec<Vec<f64>>;

/// The matrix of `entry(i, j)`.
pub fn matrix(n: usize, entry: impl Fn(usize, usize) -> f64) -> Matrix {
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

/// M v.
pub fn multiply(m: &Matrix, v: &[f64]) -> Vec<f64> {
    m.iter().map(|row| inner(row, v)).collect()
}

/// <u, v>, summed from the left.
pub fn inner(u: &[f64], v: &[f64]) -> f64 {
    u.iter().zip(v).map(|(u, v)| u * v).sum()
}

/// The inverse and the determinant, by Gauss-Jordan elimination with row pivoting.
pub fn inverse_and_determinant(m: &Matrix) -> (Matrix, f64) {
    let n = m.len();
    let mut left = m.clone();
    let mut right = matrix(n, |i, j| if i == j { 1.0 } else { 0.0 });
    let mut determinant = 1.0;
    for column in 0..n {
        let pivot =
            (column..n).max_by(|&i, &j| left[i][column].abs().total_cmp(&left[j][column].abs())).unwrap();
        if pivot != column {
            left.swap(pivot, column);
            right.swap(pivot, column);
            determinant = -determinant;
        }
        let divisor = left[column][column];
        determinant *= divisor;
        for value in left[column].iter_mut().chain(&mut right[column]) {
            *value /= divisor;
        }
        for row in (0..n).filter(|&row| row != column) {
            let factor = left[row][column];
            for j in 0..n {
                left[row][j] -= factor * left[column][j];
                right[row][j] -= factor * right[column][j];
            }
        }
    }
    (right, determinant)
}

/// All eigenvalues of a symmetric matrix in ascending order, by cyclic Jacobi rotations.
pub fn symmetric_eigenvalues(m: &Matrix) -> Vec<f64> {
    let (n, mut m) = (m.len(), m.clone());
    for _sweep in 0..30 {
        for p in 0..n {
            for q in p + 1..n {
                if m[p][q] != 0.0 {
                    rotate(&mut m, p, q);
                }
            }
        }
    }
    let mut eigenvalues: Vec<_> = (0..n).map(|i| m[i][i]).collect();
    eigenvalues.sort_by(f64::total_cmp);
    eigenvalues
}

/// Makes the entries (p, q) and (q, p) zero by a rotation of these two axes (Golub and Van Loan, Section
/// 8.5).
fn rotate(m: &mut Matrix, p: usize, q: usize) {
    let tau = (m[q][q] - m[p][p]) / (2.0 * m[p][q]);
    let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    for k in 0..m.len() {
        let (left, right) = (m[k][p], m[k][q]);
        (m[k][p], m[k][q]) = (c * left - s * right, s * left + c * right);
    }
    for k in 0..m.len() {
        let (upper, lower) = (m[p][k], m[q][k]);
        (m[p][k], m[q][k]) = (c * upper - s * lower, s * upper + c * lower);
    }
    (m[p][q], m[q][p]) = (0.0, 0.0);
}
