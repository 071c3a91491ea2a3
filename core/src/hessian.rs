//! The Hessian of one output f_x(w) in the parameters, and its spectrum (lecture, Proposition 1 and Appendix
//! A).
//!
//! The output is f_x(w) = (1/sqrt k) sum_i A_i phi(B_i . x), with k hidden units and d inputs, and A_i the
//! weight of unit i to that output, one of c. The activation is phi, and the parameters w are all A_i and
//! B_i. A second derivative in the parameters of two different units is 0, so the Hessian has one block for
//! each unit. In the coordinates A_i and B_i . x/|x|, with s = |x| > 0 and h = B_i . x, it is
//!
//! ```text
//! H_i = (1/sqrt k) [ 0              phi'(h) s       ]
//!                  [ phi'(h) s      A_i phi''(h) s^2 ]
//! ```
//!
//! and the d - 1 directions of B_i orthogonal to x have eigenvalue 0. With m the lower right entry and p the
//! off-diagonal one, the two eigenvalues are (m +- sqrt(m^2 + 4 p^2)) / 2. The one with the sign of m is
//! computed by this formula, and the other one as -p^2 divided by it, because their product is the
//! determinant -p^2. So no two nearly equal numbers are subtracted. For x = 0 all entries are 0.
//!
//! The lecture has two misprints. Its displays of H lack the factor 1/sqrt k. It gives the norm of a
//! block as (m + sqrt(m^2 + 4 p^2)) / 2, which is not the larger magnitude if m < 0. The correct norm of the
//! Hessian is the maximum of (|m| + sqrt(m^2 + 4 p^2)) / 2 over the units ([`spectral_norm`]).

use crate::error::{Quantity, check_len};
use crate::vector::length;
use crate::{Activation, Error, Network, Parameters, Scalar};

/// The 2 x 2 block [[0, p], [p, m]] of one unit, with the factor 1/sqrt k.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block<T> {
    /// p = phi'(h) |x| / sqrt k, the mixed derivative.
    pub mixed: T,
    /// m = A_i phi''(h) |x|^2 / sqrt k, the second derivative along x.
    pub curvature: T,
}

impl<T: Scalar> Block<T> {
    /// Returns the norm if it is finite. Then the entries and the eigenvalues, none of which is larger than
    /// the norm in magnitude, are finite too.
    ///
    /// # Errors
    /// [`Error::NotFinite`] otherwise.
    fn finite_norm(&self, unit: usize, output: usize) -> Result<T, Error> {
        let error = Error::NotFinite { what: Quantity::Hessian, row: unit, column: output };
        let norm = self.norm();
        if norm.is_finite() { Ok(norm) } else { Err(error) }
    }

    /// Returns both eigenvalues, the larger one first. The first is >= 0 and the second is <= 0.
    #[must_use]
    pub fn eigenvalues(&self) -> (T, T) {
        self.eigenvalues_from(self.norm())
    }

    /// Returns both eigenvalues, given the norm, which is the larger magnitude of the two.
    fn eigenvalues_from(&self, norm: T) -> (T, T) {
        if norm == T::ZERO {
            return (T::ZERO, T::ZERO);
        }
        let smaller_magnitude = self.mixed * (self.mixed / norm);
        if self.curvature < T::ZERO { (smaller_magnitude, -norm) } else { (norm, -smaller_magnitude) }
    }

    /// Returns the larger absolute value of the two eigenvalues, (|m| + sqrt(m^2 + 4 p^2)) / 2.
    ///
    /// No square overflows, because both terms are divided by the larger one first.
    #[must_use]
    pub fn norm(&self) -> T {
        let (half_curvature, mixed) = (T::HALF * self.curvature.abs(), self.mixed.abs());
        let (larger, smaller) =
            if half_curvature > mixed { (half_curvature, mixed) } else { (mixed, half_curvature) };
        if larger == T::ZERO {
            return half_curvature; // 0, or NaN
        }
        let ratio = smaller / larger;
        half_curvature + larger * (T::ONE + ratio * ratio).sqrt()
    }
}

/// Returns the block of one unit for one sample and output.
///
/// Cost: 2 d multiply-adds, one evaluation each of phi' and phi'', two square roots and a division.
///
/// # Errors
/// [`Error::Shape`] if x does not have d numbers, [`Error::OutOfBounds`] if there is no such unit or output,
/// [`Error::NotFinite`] with the unit as its row if the block or its norm is not finite.
pub fn block<T, A, W>(network: &Network<A, W>, x: &[T], unit: usize, output: usize) -> Result<Block<T>, Error>
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
{
    let shared = SharedFactors::new(network, x, output)?;
    match network.weights.a_row(output).get(unit) {
        Some(&a) => {
            let block = shared.block(unit, a);
            block.finite_norm(unit, output).map(|_| block)
        }
        None => Err(Error::OutOfBounds { what: "unit", count: network.shape().width, index: unit }),
    }
}

/// Writes the 2 k eigenvalues of the blocks of one sample and output: those of unit i at 2 i (>= 0) and 2 i +
/// 1 (<= 0).
///
/// Each unit has c + d parameters, so the full Hessian has k (c + d) eigenvalues. All others are 0. Cost for
/// each unit: d multiply-adds, one evaluation each of phi' and phi'', a square root and two divisions.
///
/// # Errors
/// [`Error::Shape`] if x does not have d numbers or `eigenvalues` does not have 2 k, [`Error::OutOfBounds`]
/// if there is no such output, [`Error::NotFinite`] with the unit as its row if a block or its norm
/// is not finite; the contents of `eigenvalues` are unspecified then.
pub fn eigenvalues<T, A, W>(
    network: &Network<A, W>,
    x: &[T],
    output: usize,
    eigenvalues: &mut [T],
) -> Result<(), Error>
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
{
    let shared = SharedFactors::new(network, x, output)?;
    check_len("eigenvalues", network.shape().width.saturating_mul(2), eigenvalues.len())?;
    let (pairs, _) = eigenvalues.as_chunks_mut::<2>();
    for ((unit, &a), pair) in network.weights.a_row(output).iter().enumerate().zip(pairs) {
        let block = shared.block(unit, a);
        let (first, second) = block.eigenvalues_from(block.finite_norm(unit, output)?);
        *pair = [first, second];
    }
    Ok(())
}

/// Returns |H(f_x(w))|_2, the largest absolute value of an eigenvalue.
///
/// It is O(1/sqrt k) for bounded weights (Proposition 1, corrected as above). Cost for each
/// unit: d multiply-adds, one evaluation each of phi' and phi'', a square root and a division.
///
/// # Errors
/// [`Error::Shape`] if x does not have d numbers, [`Error::OutOfBounds`] if there is no such output,
/// [`Error::NotFinite`] with the unit as its row if the norm of a block is not finite.
pub fn spectral_norm<T, A, W>(network: &Network<A, W>, x: &[T], output: usize) -> Result<T, Error>
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
{
    let shared = SharedFactors::new(network, x, output)?;
    let mut largest = T::ZERO;
    for (unit, &a) in network.weights.a_row(output).iter().enumerate() {
        let norm = shared.block(unit, a).finite_norm(unit, output)?;
        if norm > largest {
            largest = norm;
        }
    }
    Ok(largest)
}

/// The network, a sample x, and the factors that the blocks of all units have in common.
struct SharedFactors<'n, 'x, T, A, W> {
    network: &'n Network<A, W>,
    x: &'x [T],
    /// 1/sqrt k.
    scale: T,
    /// |x|.
    x_norm: T,
}

impl<'n, 'x, T, A, W> SharedFactors<'n, 'x, T, A, W>
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
{
    fn new(network: &'n Network<A, W>, x: &'x [T], output: usize) -> Result<Self, Error> {
        check_len("x", network.shape().inputs, x.len())?;
        network.check_output(output)?;
        Ok(Self { network, x, scale: network.scale(), x_norm: length(x) })
    }

    /// Computes the block of a unit whose weight to the output is a.
    fn block(&self, unit: usize, a: T) -> Block<T> {
        let preactivation = self.network.preactivation(self.x, unit);
        let activation = self.network.activation;
        Block {
            mixed: self.scale * activation.derivative(preactivation) * self.x_norm,
            curvature: self.scale
                * a
                * activation.second_derivative(preactivation)
                * self.x_norm
                * self.x_norm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_norm_is_wrong_when_the_curvature_is_negative() {
        let block = Block { mixed: 1.0, curvature: -3.0 };
        let printed = f64::abs((-3.0 + f64::sqrt(9.0 + 4.0)) / 2.0);
        assert!((block.norm() - 3.302_775_637_731_995).abs() < 1e-15);
        assert!(block.norm() > 10.0 * printed);
        assert_eq!(block.eigenvalues(), (1.0 / block.norm(), -block.norm()));
    }

    #[test]
    fn the_smaller_root_keeps_its_digits() {
        // Roots of t^2 - t - p^2 with p = 2^-34: 1 + p^2 and -p^2 to working precision; the difference form
        // gives 0.
        let p = 1.0 / f64::from(1u32 << 17) / f64::from(1u32 << 17);
        assert_eq!(Block { mixed: p, curvature: 1.0 }.eigenvalues(), (1.0, -(p * p)));
        assert_eq!(Block { mixed: 0.0, curvature: 0.0 }.eigenvalues(), (0.0, 0.0));
        assert_eq!(Block { mixed: 0.5f32, curvature: 0.0 }.eigenvalues(), (0.5, -0.5));
    }

    #[test]
    fn squares_that_leave_the_range_do_not_matter() {
        for scale in [1e-30f32, 1.0, 1e30] {
            // 3, 4, 5: t^2 - 6 t - 16 = (t - 8) (t + 2)
            let (larger, smaller) = Block { mixed: 4.0 * scale, curvature: 6.0 * scale }.eigenvalues();
            assert!((larger / scale - 8.0).abs() < 1e-6 && (smaller / scale + 2.0).abs() < 1e-6);
            assert_eq!(Block { mixed: scale, curvature: 0.0 }.norm(), scale);
            assert_eq!(Block { mixed: 0.0, curvature: -scale }.norm(), scale);
        }
        assert_eq!(Block { mixed: 0.0f32, curvature: f32::MAX }.norm(), f32::MAX);
        assert!(Block { mixed: f64::NAN, curvature: 1.0 }.norm().is_nan());
        assert!(Block { mixed: 0.0, curvature: f64::NAN }.norm().is_nan());
        assert_eq!(Block { mixed: f64::INFINITY, curvature: 1.0 }.norm(), f64::INFINITY);
        let finite = |mixed, curvature| Block { mixed, curvature }.finite_norm(0, 0).is_ok();
        assert!(finite(1e308, 1e307) && finite(1e307, -1e308));
        assert!(!finite(1e308, 1.7e308), "finite numbers with a norm above the range");
        for bad in [f64::NAN, f64::INFINITY] {
            assert!(
                !finite(bad, 1.0)
                    && !finite(1.0, bad)
                    && !finite(bad, 0.0)
                    && !finite(0.0, bad)
                    && !finite(bad, bad)
            );
        }
    }

    /// A block that overflows is refused by its unit, wherever it stands.
    #[test]
    fn a_block_that_is_not_finite_is_named() {
        for bad in 0..3 {
            let norm = |a: f64| {
                let mut network = Network::new(crate::Tanh, crate::Params { a: [[1.0; 3]], b: [[0.5; 3]] });
                network.weights.a[0][bad] = a;
                let norm = spectral_norm(&network, &[1.0], 0);
                let error = norm.err();
                assert_eq!(eigenvalues(&network, &[1.0], 0, &mut [0.0; 6]).err(), error);
                assert_eq!(block(&network, &[1.0], bad, 0).err(), error);
                norm
            };
            assert!(norm(1.0).is_ok());
            for a in [f64::NAN, f64::INFINITY, -f64::INFINITY] {
                let error = Error::NotFinite { what: Quantity::Hessian, row: bad, column: 0 };
                assert_eq!(norm(a), Err(error), "{a}");
            }
        }
    }

    #[test]
    fn a_relu_unit_has_a_finite_norm_at_a_long_input() {
        let network = Network::new(crate::Relu, crate::Params { a: [[1.0f32]], b: [[1.0], [0.0]] });
        let norm = spectral_norm(&network, &[3e25, 4e25], 0).unwrap();
        assert!((norm / (core::f32::consts::SQRT_2 * 5e25) - 1.0).abs() < 1e-6);
    }
}
