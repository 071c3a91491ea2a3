//! The linearised network trained to the end, in closed form.
//!
//! With the features psi(x) = gradient of f at w0 (Definition 1), the minimum of the loss of `networks.rs` is
//! v = sum_i c_i psi(x_i) with (K + ridge I) c = y and K_ij = <psi(x_i), psi(x_j)>, the network's own NTK
//! (Definition 2); it predicts <psi(x), v>.

use ntk_core::{Activation, Cholesky, Error, FlatParams, largest_eigenvalue};

use crate::lab::ROOM;
use crate::networks::{INPUTS, Lent, MOST_WIDTH, PER_UNIT};

/// Memory for one network at a time.
pub(crate) struct Linear {
    features: [[f64; PER_UNIT * MOST_WIDTH]; ROOM],
    cholesky: Cholesky<f64, ROOM>,
    coefficients: [f64; ROOM],
    displacement: [f64; PER_UNIT * MOST_WIDTH],
    matrix: [f64; ROOM * ROOM],
    work: [f64; 2 * ROOM],
}

impl Linear {
    /// Creates the state before the first fit; all zeros.
    pub(crate) const fn new() -> Self {
        Self {
            features: [[0.0; PER_UNIT * MOST_WIDTH]; ROOM],
            cholesky: Cholesky::new(),
            coefficients: [0.0; ROOM],
            displacement: [0.0; PER_UNIT * MOST_WIDTH],
            matrix: [0.0; ROOM * ROOM],
            work: [0.0; 2 * ROOM],
        }
    }

    /// Fits, and returns the largest eigenvalue of K.
    pub(crate) fn fit<A: Activation<f64>>(
        &mut self,
        network: &Lent<'_, A>,
        inputs: &[[f64; INPUTS]],
        labels: &[f64],
        ridge: f64,
    ) -> Result<f64, Error> {
        let (shape, n) = (network.shape(), labels.len());
        let len = shape.parameters();
        for (feature, x) in self.features.iter_mut().zip(inputs) {
            let feature = feature.get_mut(..len).unwrap_or(&mut []);
            network.gradient(x, 0, &mut FlatParams::new(shape, feature)?)?;
        }
        let feature = |i: usize| self.features.get(i).and_then(|feature| feature.get(..len)).unwrap_or(&[]);
        let entry = |i: usize, j: usize| ntk_core::vector::dot(feature(i), feature(j));
        for (i, row) in self.matrix.chunks_exact_mut(n.max(1)).enumerate().take(n) {
            for (j, value) in row.iter_mut().enumerate() {
                *value = entry(i, j);
            }
        }
        let coefficients = self.coefficients.get_mut(..n).unwrap_or(&mut []);
        coefficients.iter_mut().zip(labels).for_each(|(c, &y)| *c = y);
        let matrix = self.matrix.get(..n * n).unwrap_or(&[]);
        let known = |i: usize, j: usize| matrix.get(i * n + j).copied().unwrap_or(f64::NAN);
        self.cholesky.factor_and_solve(ridge, known, coefficients)?;
        let displacement = self.displacement.get_mut(..len).unwrap_or(&mut []);
        displacement.fill(0.0);
        for (&c, feature) in coefficients.iter().zip(&self.features) {
            ntk_core::vector::axpy(displacement, c, feature.get(..len).unwrap_or(&[]));
        }
        largest_eigenvalue(matrix, n, self.work.get_mut(..2 * n).unwrap_or(&mut []))
    }

    /// Returns the prediction at x of the network that was fitted last.
    pub(crate) fn value<A: Activation<f64>>(&self, network: &Lent<'_, A>, x: &[f64]) -> Result<f64, Error> {
        let len = network.shape().parameters();
        let v = FlatParams::new(network.shape(), self.displacement.get(..len).unwrap_or(&[]))?;
        network.tangent(x, &v, 0)
    }
}
