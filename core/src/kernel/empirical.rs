//! The NTK of a network of finite width (Definition 2), by the closed form of Theorem 1's proof.
//!
//! K_{op}(x, y) = (1/k) ( [o = p] sum_i phi(B_i x) phi(B_i y) + <x, y> sum_i A_{oi} A_{pi} phi'(B_i x)
//! phi'(B_i y) ).
//!
//! The gradients are never formed: one pass over the units, no memory.

use super::{Kernel, Prepared};
use crate::error::check_len;
use crate::vector::{LANES, dot, load, sum_lanes};
use crate::{Activation, Error, Network, Parameters, Scalar};

/// The NTK of one output of a network, as a kernel. Its value is NaN for inputs that do not have d numbers.
///
/// Cost of an entry: k (2 d + 4) multiply-adds, two values and two slopes of phi per unit.
///
/// ```
/// use ntk_core::{EmpiricalNtk, Kernel, Network, Params, Relu};
/// let network = Network::new(Relu, Params { a: [[1.0, -2.0]], b: [[0.5, -1.0]] });
/// let kernel = EmpiricalNtk::new(&network, 0)?;
/// // (1/2) (phi(1) phi(0.5) + 2 * 1 * 1^2 phi'(1) phi'(0.5)): the second unit is off.
/// assert!((kernel.value(&[2.0], &[1.0]) - 2.5f64).abs() < 1e-15);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Debug)]
pub struct EmpiricalNtk<'n, A, W> {
    network: &'n Network<A, W>,
    output: usize,
}

impl<'n, T: Scalar, A: Activation<T>, W: Parameters<Scalar = T>> EmpiricalNtk<'n, A, W> {
    /// Creates the kernel of one output.
    ///
    /// # Errors
    /// [`Error::OutOfBounds`] if there is no such output.
    pub fn new(network: &'n Network<A, W>, output: usize) -> Result<Self, Error> {
        network.check_output(output)?;
        Ok(Self { network, output })
    }
}

impl<T: Scalar, A: Activation<T>, W: Parameters<Scalar = T>> Kernel<T> for EmpiricalNtk<'_, A, W> {
    #[inline(always)]
    fn prepare<'x>(&self, x: &'x [T]) -> Prepared<'x, T> {
        Prepared { x, norm: T::ONE, norm_low: T::ZERO } // the lengths are not needed
    }

    fn between(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>) -> T {
        let d = self.network.shape().inputs;
        if x.x.len() != d || y.x.len() != d {
            return T::NAN;
        }
        entry(self.network, x.x, y.x, self.output, self.output)
    }
}

impl<T: Scalar, A: Activation<T>, W: Parameters<Scalar = T>> Network<A, W> {
    /// Writes the c x c block of the NTK of two inputs, row o for the output at x, column p for the output at
    /// y.
    ///
    /// As k grows it tends to K(x, y) times the identity (lecture, "multidimensional outputs"). Cost: c^2
    /// entries of [`EmpiricalNtk`].
    ///
    /// # Errors
    /// [`Error::Shape`] if x or y does not have d numbers or `block` not c^2.
    pub fn ntk_block(&self, x: &[T], y: &[T], block: &mut [T]) -> Result<(), Error> {
        let c = self.shape().outputs;
        check_len("x", self.shape().inputs, x.len())?;
        check_len("y", self.shape().inputs, y.len())?;
        check_len("block", c.saturating_mul(c), block.len())?;
        for (o, row) in block.chunks_exact_mut(c.max(1)).enumerate() {
            for (p, value) in row.iter_mut().enumerate() {
                *value = entry(self, x, y, o, p);
            }
        }
        Ok(())
    }
}

fn entry<T, A, W>(network: &Network<A, W>, x: &[T], y: &[T], o: usize, p: usize) -> T
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
{
    let (mut values, mut slopes) = ([T::ZERO; LANES], [T::ZERO; LANES]);
    for start in (0..network.shape().width).step_by(LANES) {
        let (hx, hy) = (network.preactivations(x, start), network.preactivations(y, start));
        let (a, b) = (load(network.weights.a_row(o), start), load(network.weights.a_row(p), start));
        let mut inside = [T::ZERO; LANES];
        for l in 0..LANES {
            let (vx, sx) = network.activation.value_and_derivative(hx[l]);
            let (vy, sy) = network.activation.value_and_derivative(hy[l]);
            inside[l] = vx * vy;
            slopes[l] += (a[l] * b[l]) * (sx * sy);
        }
        // Lanes past the last unit would add phi(0)^2, which is not 0 for every activation.
        let units = network.shape().width - start;
        for (value, &product) in values.iter_mut().zip(&inside).take(units) {
            *value += product;
        }
    }
    let same = if o == p { sum_lanes(&values) } else { T::ZERO };
    (same + dot(x, y) * sum_lanes(&slopes)) / T::from_usize(network.shape().width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Params;

    /// phi(0) is not 0, so lanes past the last unit would show.
    #[derive(Clone, Copy)]
    struct Cosine;

    impl Activation<f64> for Cosine {
        fn value(self, z: f64) -> f64 {
            z.cos()
        }
        fn derivative(self, z: f64) -> f64 {
            -z.sin()
        }
        fn second_derivative(self, z: f64) -> f64 {
            -z.cos()
        }
    }

    #[test]
    fn only_units_that_exist_count() -> Result<(), Error> {
        let weights = Params { a: [[2.0, 0.0, 1.0]], b: [[0.0, 0.0, 0.0]] };
        let network = Network::new(Cosine, weights);
        // phi = 1 and phi' = 0 everywhere: K = 3/3, f = (2 + 0 + 1)/sqrt 3.
        assert_eq!(EmpiricalNtk::new(&network, 0)?.value(&[1.0], &[5.0]), 1.0);
        assert!((network.value(&[7.0], 0)? - f64::sqrt(3.0)).abs() < 1e-15);
        // One unit more than there are lanes.
        let network = Network::new(Cosine, Params { a: [[2.0; 9]], b: [[0.0; 9]] });
        assert_eq!(EmpiricalNtk::new(&network, 0)?.value(&[1.0], &[5.0]), 1.0);
        Ok(())
    }

    #[test]
    fn an_input_of_another_length_has_no_kernel() -> Result<(), Error> {
        let network = Network::new(Cosine, Params { a: [[2.0; 3]], b: [[0.5; 3], [1.0; 3]] });
        let kernel = EmpiricalNtk::new(&network, 0)?;
        let (fits, long) = ([1.0, 2.0], [1.0, 2.0, 3.0]);
        assert!(kernel.value(&fits, &fits).is_finite());
        assert!(kernel.value(&fits, &long).is_nan() && kernel.value(&long, &fits).is_nan());
        Ok(())
    }
}
