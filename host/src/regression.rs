//! Kernel regression of any size on the host, and the choice of its ridge.

use ntk_core::cholesky::Factor;
use ntk_core::regression::{self, Criterion, Fitted, Labels, LeaveOneOut, Memory, Tuned, Variances};
use ntk_core::{Dataset, Error, Kernel, Rows};

/// A fitted model whose memory grows with the data.
#[derive(Clone, Debug)]
pub struct Fit<K> {
    kernel: K,
    pub(crate) x: Vec<f64>,
    pub(crate) dimension: usize,
    lengths: Vec<[f64; 2]>,
    pub(crate) matrix: Vec<f64>,
    pub(crate) inverse: Vec<f64>,
    ridge: f64,
    pub(crate) labels: Vec<f64>,
    pub(crate) coefficients: Vec<f64>,
}

impl<K: Kernel<f64>> Fit<K> {
    /// Fits; see [`regression::fit`].
    ///
    /// # Errors
    /// As [`regression::fit`].
    pub fn new(kernel: K, data: &Dataset<'_, f64>, ridge: f64) -> Result<Self, Error> {
        let (n, dimension, c) = (data.len(), data.x().columns(), data.y().columns());
        let mut fit = Self {
            kernel,
            x: vec![0.0; n * dimension],
            dimension,
            lengths: vec![[0.0; 2]; n],
            matrix: vec![0.0; n * n],
            inverse: vec![0.0; n],
            ridge,
            labels: vec![0.0; n * c],
            coefficients: vec![0.0; n * c],
        };
        let (kernel, memory) = fit.memory();
        regression::fit(kernel, data, ridge, Labels::AsGiven, memory)?;
        Ok(fit)
    }

    /// The kernel, and the vectors as the core takes them.
    fn memory(&mut self) -> (&K, Memory<'_, f64>) {
        let memory = Memory {
            stride: self.inverse.len(),
            x: &mut self.x,
            lengths: &mut self.lengths,
            matrix: &mut self.matrix,
            inverse: &mut self.inverse,
            labels: &mut self.labels,
            coefficients: &mut self.coefficients,
        };
        (&self.kernel, memory)
    }

    fn view(&self) -> Result<Fitted<'_, f64, K>, Error> {
        let x = Rows::new(&self.x, self.dimension)?;
        let factor = Factor::new(&self.matrix, self.inverse.len(), &self.inverse)?;
        Fitted::new(&self.kernel, x, &self.lengths, factor, self.ridge, &self.labels, &self.coefficients)
    }

    /// Number of samples.
    fn len(&self) -> usize {
        self.inverse.len()
    }

    /// The mean of each output.
    ///
    /// # Errors
    /// If x has another dimension or is not finite.
    pub fn mean(&self, x: &[f64]) -> Result<Vec<f64>, Error> {
        let view = self.view()?;
        let (mut work, mut mean) = (vec![0.0; self.len()], vec![0.0; view.outputs()]);
        view.mean(x, &mut work, &mut mean)?;
        Ok(mean)
    }

    /// The mean of each output and the standard deviation of the latent function.
    ///
    /// # Errors
    /// If x has another dimension or is not finite.
    pub fn predict(&self, x: &[f64]) -> Result<(Vec<f64>, f64), Error> {
        let view = self.view()?;
        let (mut work, mut mean) = (vec![0.0; self.len()], vec![0.0; view.outputs()]);
        let uncertainty = view.predict(x, &mut work, &mut mean)?;
        Ok((mean, uncertainty.deviation))
    }

    /// The mean of each output and the standard deviation over trained networks; `nngp` is their covariance before.
    ///
    /// # Errors
    /// As [`Fit::predict`].
    pub fn ensemble(&self, nngp: &K, x: &[f64]) -> Result<(Vec<f64>, f64), Error> {
        let (view, mut work) = (self.view()?, vec![0.0; self.len()]);
        Ok((self.mean(x)?, view.ensemble_deviation(nngp, x, &mut work)?))
    }

    /// Leave-one-out predictions, sample by sample, each with one entry per output.
    ///
    /// # Errors
    /// None for a fitted model.
    pub fn leave_one_out(&self) -> Result<Vec<Vec<LeaveOneOut<f64>>>, Error> {
        let view = self.view()?;
        let mut work = vec![0.0; self.len()];
        let mut sample = |i| (0..view.outputs()).map(|o| view.leave_one_out(i, o, &mut work)).collect();
        (0..self.len()).map(&mut sample).collect()
    }

    /// Root mean square of the leave-one-out errors over samples and outputs.
    ///
    /// # Errors
    /// None for a fitted model.
    pub fn loo_rmse(&self) -> Result<f64, Error> {
        let n = self.len();
        let mut sum = 0.0;
        for (i, outputs) in self.leave_one_out()?.iter().enumerate() {
            for (o, left_out) in outputs.iter().enumerate() {
                let r = left_out.mean - self.labels[o * n + i];
                sum += r * r;
            }
        }
        Ok((sum / self.labels.len() as f64).sqrt())
    }

    /// Sum of the log marginal likelihoods of the outputs.
    ///
    /// # Errors
    /// None for a fitted model.
    pub fn log_marginal_likelihood(&self) -> Result<f64, Error> {
        let view = self.view()?;
        (0..view.outputs()).map(|o| view.log_marginal_likelihood(o)).sum()
    }
}

/// The ridge that is best by a criterion, from 1e-12 to 1e3 of the kernel's mean diagonal; see
/// [`regression::tune_ridge`].
///
/// # Errors
/// If no ridge of the grid makes the matrix factor.
pub fn tune_ridge<K: Kernel<f64> + Clone>(
    kernel: &K,
    data: &Dataset<'_, f64>,
    criterion: Criterion,
) -> Result<f64, Error> {
    let mut fit = untuned(kernel, data)?;
    let (n, mut work) = (fit.len(), vec![0.0; fit.len()]);
    let matrix = (fit.matrix.as_mut_slice(), n, fit.inverse.as_mut_slice());
    regression::tune_ridge(criterion, matrix, &fit.labels, &mut fit.coefficients, &mut work)
}

/// The ridge and the variances that are best by a criterion; see [`regression::tune_variances`]. `kernel` makes the kernel of
/// weight and bias variance.
///
/// # Errors
/// If nothing that is tried makes the matrix factor.
pub fn tune_variances<K: Kernel<f64> + Clone>(
    kernel: impl Fn([f64; 2]) -> Result<K, Error>,
    start: [f64; 2],
    data: &Dataset<'_, f64>,
    criterion: Criterion,
    which: Variances,
) -> Result<Tuned<f64>, Error> {
    let mut fit = untuned(&kernel(start)?, data)?;
    let (n, mut work) = (fit.len(), vec![0.0; fit.len()]);
    regression::tune_variances(criterion, which, start, kernel, n, fit.memory().1, &mut work)
}

/// A fit with a ridge as large as K: it factors.
fn untuned<K: Kernel<f64> + Clone>(kernel: &K, data: &Dataset<'_, f64>) -> Result<Fit<K>, Error> {
    let largest = data.x().iter().map(|x| kernel.value(x, x)).filter(|k| k.is_finite()).fold(1.0, f64::max);
    Fit::new(kernel.clone(), data, largest)
}
