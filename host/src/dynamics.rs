//! An infinitely wide network at a time of its training, for any number of samples; the formulas are those of
//! [`ntk_core::dynamics`].

use ntk_core::dynamics::Training;
use ntk_core::regression::ensemble_deviation;
use ntk_core::vector::{axpy, dot};
use ntk_core::{Dataset, Error, Kernel, Rows, eigen, kernel};

/// Eigenvalues of the kernel on the samples, and what the labels are in its eigenvectors.
#[derive(Clone, Debug)]
pub struct Flow<K> {
    kernel: K,
    nngp: K,
    x: Vec<f64>,
    dimension: usize,
    values: Vec<f64>,
    vectors: Vec<f64>,
    /// v . y, output by output.
    labels: Vec<Vec<f64>>,
}

impl<K: Kernel<f64>> Flow<K> {
    /// `nngp` is the covariance of f before training. Cost: 15 to 30 n^3 multiply-adds.
    ///
    /// # Errors
    /// If the kernel overflows or its eigenvalues cannot be found.
    pub fn new(kernel: K, nngp: K, data: &Dataset<'_, f64>) -> Result<Self, Error> {
        let n = data.len();
        let (mut matrix, mut values, mut vectors) = (vec![0.0; n * n], vec![0.0; n], vec![0.0; n * n]);
        kernel::gram(&kernel, data.x(), &mut matrix)?;
        eigen(&mut matrix, n, &mut values, &mut vectors)?;
        let along = |output: usize, v: &[f64]| {
            v.iter().zip(data.y().iter()).fold(0.0, |sum, (v, y)| sum + v * y[output])
        };
        let of_output = |output| vectors.chunks_exact(n).map(|v| along(output, v)).collect();
        let labels = (0..data.y().columns()).map(of_output).collect();
        let (x, dimension) = (data.x().values().to_vec(), data.x().columns());
        Ok(Self { kernel, nngp, x, dimension, values, vectors, labels })
    }

    /// Mean of each output and standard deviation over networks, at x after this time.
    ///
    /// # Errors
    /// If x is not finite or too far out.
    pub fn predict(&self, x: &[f64], time: f64) -> Result<(Vec<f64>, f64), Error> {
        let samples = Rows::new(&self.x, self.dimension)?;
        let query = self.kernel.prepare(x);
        let k: Vec<f64> =
            samples.iter().map(|s| self.kernel.between(&query, &self.kernel.prepare(s))).collect();
        let rows = || self.vectors.chunks_exact(self.values.len());
        let learned: Vec<f64> = rows()
            .zip(&self.values)
            .map(|(v, &value)| dot(v, &k) * Training::Flow(time).learned(value))
            .collect();
        let mean: Vec<f64> = self.labels.iter().map(|labels| dot(labels, &learned)).collect();
        if let Some(column) = mean.iter().position(|mean| !mean.is_finite()) {
            return Err(Error::NotFinite { what: "prediction", row: 0, column });
        }
        let mut weights = vec![0.0; self.values.len()];
        for (v, &learned) in rows().zip(&learned) {
            axpy(&mut weights, learned, v);
        }
        Ok((mean, ensemble_deviation(&self.nngp, x, samples, &weights)?))
    }
}
