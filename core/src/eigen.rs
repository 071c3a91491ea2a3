//! The largest eigenvalue of a kernel matrix, which bounds the learning rate.

use crate::error::check_len;
use crate::vector::{copy, dot};
use crate::{Error, Scalar};

/// The largest eigenvalue of a symmetric positive semidefinite n x n matrix, row by row, by power iteration.
///
/// Gradient descent on the linearised network with MSE loss 1/2 sum r^2 is stable up to the learning rate 2 / lambda_max
/// of the NTK's Gram matrix. `work` lends 2 n numbers. Stops when the Rayleigh quotient moves by less than 4
/// [`Scalar::EPSILON`] relative, or after 1,000 rounds; the result is never above the true value but for rounding, and
/// with two nearly equal largest eigenvalues it may fall short of it by a small part of their distance.
///
/// # Errors
/// [`Error::Shape`] if `matrix` or `work` has another length; [`Error::NotFinite`] if the matrix holds NaN or infinity.
pub fn largest_eigenvalue<T: Scalar>(matrix: &[T], n: usize, work: &mut [T]) -> Result<T, Error> {
    check_len("matrix", n.saturating_mul(n), matrix.len())?;
    check_len("work", n.saturating_mul(2), work.len())?;
    if let Some(bad) = matrix.iter().position(|v| !v.is_finite()) {
        return Err(Error::NotFinite { what: "matrix", row: bad / n.max(1), column: bad % n.max(1) });
    }
    let Some((v, image)) = work.split_at_mut_checked(n) else { return Ok(T::ZERO) };
    // Entries far from 1 would leave the range of numbers when squared.
    let scale = matrix.iter().fold(T::ZERO, |most, v| if v.abs() > most { v.abs() } else { most });
    if scale == T::ZERO {
        return Ok(T::ZERO);
    }
    for (i, v) in v.iter_mut().enumerate() {
        *v = T::ONE + T::from_usize(i) / T::from_usize(n); // no symmetry of the data makes this orthogonal
    }
    let mut quotient = T::ZERO;
    for _ in 0..1000 {
        let length = dot(v, v).sqrt();
        if !(length > T::ZERO) {
            break;
        }
        for v in v.iter_mut() {
            *v = *v / length;
        }
        for (image, row) in image.iter_mut().zip(matrix.chunks_exact(n.max(1))) {
            *image = dot(row, v) / scale;
        }
        let next = dot(v, image);
        let done = (next - quotient).abs() <= T::from_f64(4.0) * T::EPSILON * next;
        quotient = next;
        if done {
            break;
        }
        copy(v, image);
    }
    Ok(quotient * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
