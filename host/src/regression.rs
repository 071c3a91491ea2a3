//! Kernel regression of any size on the host, and the choice of its ridge.

use ntk_core::cholesky::Factor;
use ntk_core::regression::{self, Fitted, Labels, LeaveOneOut, Memory};
use ntk_core::{Dataset, Error, Kernel, Rows, Scalar};

/// A fitted model whose memory grows with the data.
#[derive(Clone, Debug)]
pub struct Fit<K> {
    kernel: K,
    x: Vec<f64>,
    dimension: usize,
    lengths: Vec<[f64; 2]>,
    matrix: Vec<f64>,
    inverse: Vec<f64>,
    labels: Vec<f64>,
    coefficients: Vec<f64>,
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
            labels: vec![0.0; n * c],
            coefficients: vec![0.0; n * c],
        };
        let memory = Memory {
            x: &mut fit.x,
            lengths: &mut fit.lengths,
            matrix: &mut fit.matrix,
            stride: n,
            inverse: &mut fit.inverse,
            labels: &mut fit.labels,
            coefficients: &mut fit.coefficients,
        };
        regression::fit(&fit.kernel, data, ridge, Labels::AsGiven, memory)?;
        Ok(fit)
    }

    fn view(&self) -> Result<Fitted<'_, f64, K>, Error> {
        let x = Rows::new(&self.x, self.dimension)?;
        let factor = Factor::new(&self.matrix, self.inverse.len(), &self.inverse)?;
        Fitted::new(&self.kernel, x, &self.lengths, factor, &self.labels, &self.coefficients)
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
        let deviation = view.predict(x, &mut work, &mut mean)?;
        Ok((mean, deviation))
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

/// The ridge with the smallest leave-one-out error, from 1e-12 to 1e3 of the kernel's mean diagonal.
///
/// A grid of half decades, then a golden-section search on the logarithm around its best point: 61 factorisations.
///
/// # Errors
/// If no ridge of the grid makes the matrix factor.
pub fn tune_ridge<K: Kernel<f64> + Clone>(kernel: &K, data: &Dataset<'_, f64>) -> Result<f64, Error> {
    let diagonal = data.x().iter().map(|x| kernel.value(x, x)).sum::<f64>() / data.len() as f64;
    let unit = if diagonal > 0.0 { diagonal } else { 1.0 };
    let ridge = |log10: f64| unit * Scalar::exp(log10 * std::f64::consts::LN_10);
    let error = |log10: f64| Fit::new(kernel.clone(), data, ridge(log10)).and_then(|fit| fit.loo_rmse());
    let mut best: Option<(f64, f64)> = None;
    let mut refusal = Error::NotFitted;
    for i in 0..31 {
        let log10 = -12.0 + 0.5 * f64::from(i);
        match error(log10) {
            Ok(e) if e.is_finite() && best.is_none_or(|(_, least)| e < least) => best = Some((log10, e)),
            Ok(_) => (),
            Err(why) => refusal = why,
        }
    }
    let Some((centre, least)) = best else { return Err(refusal) };
    let golden = 0.618_033_988_749_894_8;
    let (mut low, mut high) = (centre - 0.5, centre + 0.5);
    let at = |log10| error(log10).unwrap_or(f64::INFINITY);
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut e_left, mut e_right) = (at(left), at(right));
    for _ in 0..28 {
        if e_left < e_right {
            (high, right, e_right) = (right, left, e_left);
            left = high - golden * (high - low);
            e_left = at(left);
        } else {
            (low, left, e_left) = (left, right, e_right);
            right = low + golden * (high - low);
            e_right = at(right);
        }
    }
    let (found, e_found) = if e_left < e_right { (left, e_left) } else { (right, e_right) };
    Ok(ridge(if e_found < least { found } else { centre }))
}
