//! An infinitely wide network at a given time of its training, for any number of samples.

use std::time::Duration;

use ntk_core::dynamics::{ModeMemory, Modes, Training, decompose};
use ntk_core::{Dataset, Error, Kernel, Rows};

use crate::error::Failure;
use crate::memory;

/// Returns about how long [`Flow::new`] takes for n samples: 60 ns for each of n^3. Measured were 13 for 500
/// samples, whose matrices fit the cache, and 66 for 1,000.
#[must_use]
pub fn time(n: usize) -> Duration {
    Duration::from_secs_f64(6e-8 * (n as f64).powi(3))
}

/// The eigenvalues and eigenvectors of the kernel matrix of the samples, and the labels in the basis of the
/// eigenvectors.
#[derive(Clone, Debug)]
pub struct Flow<K> {
    kernel: K,
    nngp: K,
    x: Vec<f64>,
    dimension: usize,
    values: Vec<f64>,
    vectors: Vec<f64>,
    /// The inner product v . y of each eigenvector v with the labels y, output by output.
    labels: Vec<f64>,
}

impl<K: Kernel<f64>> Flow<K> {
    /// Decomposes the kernel matrix of the samples. `nngp` is the covariance of f before training. Cost: 15
    /// to 30 n^3 multiply-adds.
    ///
    /// # Errors
    /// As [`decompose`], and if there is no memory for two n x n matrices.
    pub fn new(kernel: K, nngp: K, data: &Dataset<'_, f64>) -> Result<Self, Failure> {
        let (n, c) = (data.len(), data.y().columns());
        let square = |what| memory::filled(n.saturating_mul(n), 0.0, format_args!("{what} of {n} samples"));
        let (mut matrix, mut vectors) = (square("the kernel matrix")?, square("the eigenvectors")?);
        let mut values = vec![0.0; n];
        let mut labels = vec![0.0; c * n];
        let memory = ModeMemory {
            gram: &mut matrix,
            eigenvalues: &mut values,
            eigenvectors: &mut vectors,
            projected_labels: &mut labels,
            stride: n,
        };
        decompose(&kernel, data, memory)?;
        let (x, dimension) = (data.x().values().to_vec(), data.x().columns());
        Ok(Self { kernel, nngp, x, dimension, values, vectors, labels })
    }

    /// Returns the mean of each output and the standard deviation over networks, at x after this time.
    ///
    /// # Errors
    /// If x is not finite or too far out.
    pub fn predict(&self, x: &[f64], time: f64) -> Result<(Vec<f64>, f64), Error> {
        let n = self.values.len();
        let modes = Modes {
            kernel: &self.kernel,
            x: Rows::new(&self.x, self.dimension)?,
            eigenvalues: &self.values,
            eigenvectors: &self.vectors,
            projected_labels: &self.labels,
            stride: n,
        };
        let (mut k, mut projections, mut mean) =
            (vec![0.0; n], vec![0.0; n], vec![0.0; self.labels.len() / n]);
        modes.mean_into(x, Training::Flow(time), [&mut k, &mut projections], &mut mean)?;
        let deviation = modes.deviation(&self.nngp, x, Training::Flow(time), [&mut k, &mut projections])?;
        Ok((mean, deviation))
    }
}
