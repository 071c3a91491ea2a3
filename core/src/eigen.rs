//! The largest eigenvalue of a positive semidefinite matrix, which bounds the learning rate if the matrix is
//! the NTK's Gram matrix (lecture, Section 4, step 3), and all eigenvalues and eigenvectors of a symmetric
//! one.
//!
//! Both methods are those of Golub and Van Loan, Matrix Computations, Sections 7.3 (power iteration) and 8.5
//! (Jacobi).

use crate::error::{Quantity, check_len};
use crate::slices::set;
use crate::vector::{copy, dot};
use crate::{Error, Scalar};

/// The most iterations of [`largest_eigenvalue`].
const MAX_ITERATIONS: u32 = 1000;

/// The most sweeps of [`symmetric_eigen`].
const MAX_SWEEPS: u32 = 30;

/// Returns the largest eigenvalue of a symmetric positive semidefinite n x n matrix, by power iteration.
///
/// `matrix` is stored row by row, and `work` is a buffer of 2 n numbers. Gradient descent on the linearised
/// network with the loss 1/2 sum r^2 is stable up to the learning rate 2 / lambda_max of the NTK's Gram
/// matrix.
///
/// The iteration starts from the vector with the components 1 + u_i, where the pseudo-random u_i in [0, 1)
/// are those of a linear congruential generator. It ends when the Rayleigh quotient changes by at most 4
/// [`Scalar::EPSILON`] times itself, or after 1,000 iterations; to reach that limit is no error. Except for
/// rounding, the result is neither below the largest diagonal element nor above the largest eigenvalue. If
/// the two largest eigenvalues are nearly equal, it may lie between them. For a matrix with a negative
/// eigenvalue the result is meaningless. An iteration costs n^2 + 2 n multiply-adds, 2 n divisions and a
/// square root.
///
/// # Errors
/// [`Error::Shape`] if `matrix` or `work` has another length; [`Error::NotFinite`] if the matrix holds NaN or
/// infinity, or if the eigenvalue or the product of the matrix with a unit vector overflows.
pub fn largest_eigenvalue<T: Scalar>(matrix: &[T], n: usize, work: &mut [T]) -> Result<T, Error> {
    check_len("matrix", n.saturating_mul(n), matrix.len())?;
    check_len("work", n.saturating_mul(2), work.len())?;
    check_finite(matrix, n)?;
    let Some((vector, product)) = work.split_at_mut_checked(n) else { return Ok(T::ZERO) };
    // Scaling keeps squares in range for entries far from 1.
    let scale = largest_magnitude(matrix);
    if scale == T::ZERO {
        return Ok(T::ZERO);
    }
    // A constant or a linear start is orthogonal to vectors such as (1, -2, 1), and the iteration never finds
    // an eigenvector that is orthogonal to the start. So the start is pseudo-random. It has 23 fractional
    // bits, which f32 and f64 represent exactly.
    let mut state = 1u32;
    for component in vector.iter_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223); // Numerical Recipes, Section 7.1
        *component = T::ONE + T::from_usize((state >> 9) as usize) / T::from_usize(1 << 23);
    }
    let mut rayleigh_quotient = T::ZERO;
    for _ in 0..MAX_ITERATIONS {
        let norm = dot(vector, vector).sqrt();
        if !(norm > T::ZERO) {
            break;
        }
        for component in vector.iter_mut() {
            *component = *component / norm;
        }
        for (component, row) in product.iter_mut().zip(matrix.chunks_exact(n.max(1))) {
            *component = dot(row, vector) / scale;
        }
        let next = dot(vector, product);
        let converged = (next - rayleigh_quotient).abs() <= T::from_f64(4.0) * T::EPSILON * next;
        rayleigh_quotient = next;
        if converged {
            break;
        }
        copy(vector, product);
    }
    // The largest eigenvalue is not below any entry of the matrix, as that is positive semidefinite.
    let value = if rayleigh_quotient < T::ONE { scale } else { rayleigh_quotient * scale };
    if value.is_finite() { Ok(value) } else { Err(eigenvalue_overflow(0)) }
}

fn eigenvalue_overflow(row: usize) -> Error {
    Error::NotFinite { what: Quantity::Eigenvalue, row, column: 0 }
}

/// Checks that all entries are finite.
///
/// # Errors
/// [`Error::NotFinite`] with the row and column of the first one that is not.
fn check_finite<T: Scalar>(matrix: &[T], n: usize) -> Result<(), Error> {
    let Some(index) = matrix.iter().position(|entry| !entry.is_finite()) else { return Ok(()) };
    Err(Error::NotFinite { what: Quantity::Matrix, row: index / n.max(1), column: index % n.max(1) })
}

/// Checks that no eigenvalue of a symmetric matrix can overflow: none is above the largest sum of magnitudes
/// in a row (Gershgorin). The factor 2 leaves room for rounding.
///
/// # Errors
/// [`Error::NotFinite`] with the first row of which twice the sum overflows.
pub(crate) fn check_eigenvalue_bound<T: Scalar>(matrix: &[T], n: usize) -> Result<(), Error> {
    for (i, row) in matrix.chunks_exact(n.max(1)).enumerate() {
        let sum = row.iter().fold(T::ZERO, |sum, entry| sum + entry.abs());
        if !(T::TWO * sum).is_finite() {
            return Err(eigenvalue_overflow(i));
        }
    }
    Ok(())
}

/// Computes all eigenvalues of a symmetric n x n matrix M, the largest first, and their unit eigenvectors as
/// rows of `eigenvectors`.
///
/// This is the cyclic Jacobi method (Golub and Van Loan, Matrix Computations, Section 8.5). A sweep rotates
/// rows and columns p and q for all p < q, row by row. Sweeps end when |M_pq| is at most [`Scalar::EPSILON`]
/// times sqrt |M_pp M_qq| for all p < q, which takes 5 to 10 of them as a rule, or after 30 sweeps; then the
/// eigenvalues are returned as they are, without an error.
///
/// For a positive definite M the relative error of every eigenvalue depends on the condition number of D M D
/// with D_ii = 1 / sqrt(M_ii), which may be far smaller than that of M. Entries below about the square root
/// of the smallest positive number, relative to the largest entry, count as 0 in the test above.
///
/// Only the lower triangle of `matrix` is decomposed. The upper one must be finite too, because the largest
/// magnitude of all entries scales the matrix. `matrix` is overwritten. A sweep costs 3 n^3 additions and 6
/// n^3 multiplications, and the sort at the end at most n^3/2 exchanges. No other memory is needed.
///
/// # Errors
/// [`Error::Shape`] if `matrix`, `eigenvalues` or `eigenvectors` has another length; [`Error::NotFinite`] if
/// the matrix holds NaN or infinity or an eigenvalue overflows.
pub fn symmetric_eigen<T: Scalar>(
    matrix: &mut [T],
    n: usize,
    eigenvalues: &mut [T],
    eigenvectors: &mut [T],
) -> Result<(), Error> {
    check_len("matrix", n.saturating_mul(n), matrix.len())?;
    check_len("eigenvalues", n, eigenvalues.len())?;
    check_len("eigenvectors", matrix.len(), eigenvectors.len())?;
    check_finite(matrix, n)?;
    let scale = largest_magnitude(matrix);
    let scale = if scale > T::ZERO { scale } else { T::ONE };
    for i in 0..n {
        for j in 0..n {
            set(eigenvectors, i * n + j, if i == j { T::ONE } else { T::ZERO });
        }
        for j in 0..=i {
            let value = entry(matrix, n, i, j) / scale;
            set(matrix, i * n + j, value);
            set(matrix, j * n + i, value);
        }
    }
    for _ in 0..MAX_SWEEPS {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                rotated |= rotate(matrix, eigenvectors, n, p, q);
            }
        }
        if !rotated {
            break;
        }
    }
    for (i, eigenvalue) in eigenvalues.iter_mut().enumerate() {
        *eigenvalue = entry(matrix, n, i, i) * scale;
    }
    sort_descending(eigenvalues, eigenvectors);
    eigenvalues.iter().position(|v| !v.is_finite()).map_or(Ok(()), |i| Err(eigenvalue_overflow(i)))
}

/// Applies the Jacobi rotation of rows and columns p and q that makes the entry (p, q) 0. Returns false if
/// the entry is negligible already.
fn rotate<T: Scalar>(matrix: &mut [T], eigenvectors: &mut [T], n: usize, p: usize, q: usize) -> bool {
    let (m_pp, m_qq, m_pq) = (entry(matrix, n, p, p), entry(matrix, n, q, q), entry(matrix, n, p, q));
    if m_pq * m_pq <= T::EPSILON * T::EPSILON * (m_pp * m_qq).abs() {
        return false;
    }
    // The tangent t of the angle is the smaller root of t^2 + 2 t cot(2 angle) - 1 = 0.
    let cot_2_angle = (m_qq - m_pp) / (T::TWO * m_pq);
    let cotangent = cot_2_angle.abs() + (cot_2_angle * cot_2_angle + T::ONE).sqrt();
    let tangent = if cot_2_angle < T::ZERO { -(T::ONE / cotangent) } else { T::ONE / cotangent };
    let cosine = T::ONE / (tangent * tangent + T::ONE).sqrt();
    let sine = tangent * cosine;
    for row in matrix.chunks_exact_mut(n.max(1)) {
        let (Some(&at_p), Some(&at_q)) = (row.get(p), row.get(q)) else { continue };
        set(row, p, cosine * at_p - sine * at_q);
        set(row, q, sine * at_p + cosine * at_q);
    }
    rotate_rows(matrix, n, p, q, [cosine, sine]);
    rotate_rows(eigenvectors, n, p, q, [cosine, sine]);
    set(matrix, p * n + p, m_pp - tangent * m_pq);
    set(matrix, q * n + q, m_qq + tangent * m_pq);
    set(matrix, p * n + q, T::ZERO);
    set(matrix, q * n + p, T::ZERO);
    true
}

/// Replaces row p by cosine row_p - sine row_q, and row q by sine row_p + cosine row_q; p < q.
fn rotate_rows<T: Scalar>(matrix: &mut [T], n: usize, p: usize, q: usize, [cosine, sine]: [T; 2]) {
    let Some((before_q, from_q)) = matrix.split_at_mut_checked(q * n) else { return };
    for (entry_p, entry_q) in before_q.iter_mut().skip(p * n).take(n).zip(from_q) {
        (*entry_p, *entry_q) = (cosine * *entry_p - sine * *entry_q, sine * *entry_p + cosine * *entry_q);
    }
}

/// Sorts the eigenvalues, the largest first, and the eigenvectors in the same order.
fn sort_descending<T: Scalar>(eigenvalues: &mut [T], eigenvectors: &mut [T]) {
    let n = eigenvalues.len();
    for end in (1..n).rev() {
        for i in 0..end {
            let Some([left, right]) = eigenvalues.get_mut(i..i + 2) else { continue };
            if *left < *right {
                core::mem::swap(left, right);
                let Some((before, after)) = eigenvectors.split_at_mut_checked((i + 1) * n) else { continue };
                for (upper, lower) in before.iter_mut().skip(i * n).zip(after).take(n) {
                    core::mem::swap(upper, lower);
                }
            }
        }
    }
}

/// Returns the largest absolute value of an entry.
fn largest_magnitude<T: Scalar>(matrix: &[T]) -> T {
    let larger = |largest: T, magnitude| if magnitude > largest { magnitude } else { largest };
    matrix.iter().map(|entry| entry.abs()).fold(T::ZERO, larger)
}

fn entry<T: Scalar>(matrix: &[T], n: usize, i: usize, j: usize) -> T {
    matrix.get(i * n + j).copied().unwrap_or(T::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that the largest eigenvalue of w w^T is |w|^2, for every w of small whole numbers, such as
    /// second and third differences.
    fn every_rank_one<T: Scalar, const N: usize>(largest: i32) {
        let base = 2 * largest + 1;
        for code in 1..base.pow(N as u32) {
            let mut rest = code;
            let w: [T; N] = core::array::from_fn(|_| {
                let digit = rest % base - largest;
                rest /= base;
                T::from_f64(f64::from(digit))
            });
            let mut matrix = [[T::ZERO; N]; N];
            for (row, a) in matrix.iter_mut().zip(w) {
                *row = w.map(|b| a * b);
            }
            let expected = dot(&w, &w);
            let mut work = [[T::ZERO; N]; 2];
            let found = largest_eigenvalue(matrix.as_flattened(), N, work.as_flattened_mut()).unwrap();
            let close = (found - expected).abs() <= T::from_f64(16.0) * T::EPSILON * expected;
            assert!(close, "{w:?}: {found:?}, {expected:?}");
        }
    }

    #[test]
    fn no_matrix_of_small_whole_numbers_is_orthogonal_to_the_start() {
        every_rank_one::<f64, 3>(4);
        every_rank_one::<f32, 3>(4);
        every_rank_one::<f64, 5>(2);
        every_rank_one::<f32, 6>(1);
    }

    /// Eigenvalues that are nearly equal stop the iteration early, but never below a diagonal element.
    #[test]
    fn the_largest_diagonal_element_is_a_lower_bound() {
        for gap in [0.0, 1e-7, 1e-5, 1e-3] {
            let matrix = [1.0f32 - gap, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0 - 0.5 * gap];
            let found = largest_eigenvalue(&matrix, 3, &mut [0.0; 6]).unwrap();
            assert!((1.0..1.0 + 4.0 * f32::EPSILON).contains(&found), "{gap}: {found}");
        }
    }

    #[test]
    fn known_matrices() {
        let mut work = [0.0; 4];
        assert!((largest_eigenvalue(&[2.0, 1.0, 1.0, 2.0], 2, &mut work).unwrap() - 3.0f64).abs() < 1e-14);
        assert_eq!(largest_eigenvalue(&[0.0f64; 4], 2, &mut work), Ok(0.0));
        let antisymmetric_start = largest_eigenvalue(&[1.0, -1.0, -1.0, 1.0], 2, &mut work).unwrap();
        assert!((antisymmetric_start - 2.0f64).abs() < 1e-14);
        assert!(largest_eigenvalue(&[1.0, f64::NAN, 0.0, 1.0], 2, &mut work).is_err());
        assert!(largest_eigenvalue(&[1.0f64], 2, &mut work).is_err());
    }

    /// V^T V = I and V^T diag V = K, for eigenvalues whose ratios go down to 1e-12.
    #[test]
    fn vectors_and_values_multiply_back() {
        const N: usize = 9;
        let x: [f64; N] = core::array::from_fn(|i| 1.0 / (1.0 + i as f64));
        let k = |i: usize, j: usize| 1e3 * (x[i] * x[j]).exp();
        let mut matrix: [f64; N * N] = core::array::from_fn(|l| k(l / N, l % N));
        let (mut values, mut vectors) = ([0.0; N], [0.0; N * N]);
        let largest = largest_eigenvalue(&matrix, N, &mut [0.0; 2 * N]).unwrap();
        symmetric_eigen(&mut matrix, N, &mut values, &mut vectors).unwrap();
        assert!(values.is_sorted_by(|a, b| a >= b) && (values[0] - largest).abs() < 1e-12 * largest);
        for i in 0..N {
            for j in 0..N {
                let sum = |weight: fn(f64) -> f64, by_row: bool| -> f64 {
                    let entry =
                        |l: usize, i: usize| if by_row { vectors[i * N + l] } else { vectors[l * N + i] };
                    (0..N)
                        .map(|l| weight(if by_row { 1.0 } else { values[l] }) * entry(l, i) * entry(l, j))
                        .sum()
                };
                let identity = if i == j { 1.0 } else { 0.0 };
                assert!((sum(|w| w, true) - identity).abs() < 1e-14);
                assert!((sum(|w| w, false) - k(i, j)).abs() < 1e-11, "{i} {j}");
            }
        }
    }

    #[test]
    fn matrices_at_the_ends_of_the_range() {
        let (mut values, mut vectors) = ([0.0; 2], [0.0; 4]);
        for scale in [1e-300f64, 1e300, 0.0] {
            symmetric_eigen(&mut [2.0, 1.0, 1.0, 2.0].map(|v| v * scale), 2, &mut values, &mut vectors)
                .unwrap();
            assert!((values[0] - 3.0 * scale).abs() <= 1e-15 * values[0]);
            assert!((values[1] - scale).abs() <= 1e-15 * values[0]);
        }
        assert_eq!(symmetric_eigen::<f64>(&mut [], 0, &mut [], &mut []), Ok(()));
        // 3e308 is above the largest number, 1.7e308 is not.
        for (entries, fits) in [([1e308, 0.7e308], true), ([1.2e308, 1e308], false)] {
            let [own, shared] = entries;
            let matrix = [own, shared, shared, own];
            let found = symmetric_eigen(&mut matrix.clone(), 2, &mut values, &mut vectors);
            let largest = largest_eigenvalue(&matrix, 2, &mut [0.0; 4]);
            assert_eq!((found.is_ok(), largest.is_ok()), (fits, fits), "{found:?} {largest:?}");
            assert_eq!(check_eigenvalue_bound(&matrix.map(|v| v / 2.0), 2).is_ok(), fits);
            if !fits {
                assert!(matches!(largest, Err(Error::NotFinite { what: Quantity::Eigenvalue, .. })));
            }
        }
        assert!(symmetric_eigen(&mut [f64::NAN; 4], 2, &mut values, &mut vectors).is_err());
        assert!(symmetric_eigen(&mut [1.0; 4], 2, &mut values, &mut vectors[..3]).is_err());
        assert!(symmetric_eigen(&mut [1.0; 3], 2, &mut values, &mut vectors).is_err());
    }
}
