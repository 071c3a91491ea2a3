//! Kernel regression of any size on the host: fit, choose a ridge, save, load, predict.

use std::fs;
use std::path::Path;

use ntk_core::cholesky::Factor;
use ntk_core::regression::{self, Fitted, Labels, LeaveOneOut, Memory};
use ntk_core::{Dataset, DeepRelu, Error, Kernel, Rows, Scalar};
use serde::{Deserialize, Serialize};

use crate::cli::{DualName, Kind};
use crate::error::{Failure, message, shown};
use crate::output;

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
pub fn tune_ridge(kernel: &DeepRelu<f64>, data: &Dataset<'_, f64>) -> Result<f64, Error> {
    let diagonal = data.x().iter().map(|x| kernel.value(x, x)).sum::<f64>() / data.len() as f64;
    let unit = if diagonal > 0.0 { diagonal } else { 1.0 };
    let ridge = |log10: f64| unit * Scalar::exp(log10 * std::f64::consts::LN_10);
    let error = |log10: f64| Fit::new(*kernel, data, ridge(log10)).and_then(|fit| fit.loo_rmse());
    let mut best: Option<(f64, f64)> = None;
    let mut refusal = Error::NotFitted;
    for i in 0..31 {
        let log10 = -12.0 + 0.5 * f64::from(i);
        match error(log10) {
            Ok(e) if best.is_none_or(|(_, least)| e < least) => best = Some((log10, e)),
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

/// Shift and scale of columns: stored value = (value - shift) / scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    shift: Vec<f64>,
    scale: Vec<f64>,
}

impl Scaling {
    /// Leaves columns as they are.
    #[must_use]
    pub fn none(columns: usize) -> Self {
        Self { shift: vec![0.0; columns], scale: vec![1.0; columns] }
    }

    /// Inputs to mean 0 and standard deviation 1. A constant column stays as it is: it has no deviation, and a column of
    /// ones is the bias of a network without biases.
    #[must_use]
    pub fn of_inputs(rows: Rows<'_, f64>) -> Self {
        Self::standard(rows, false)
    }

    /// Targets to mean 0 and standard deviation 1. A constant column is only shifted.
    #[must_use]
    pub fn of_targets(rows: Rows<'_, f64>) -> Self {
        Self::standard(rows, true)
    }

    fn standard(rows: Rows<'_, f64>, shift_constants: bool) -> Self {
        let (n, mut scaling) = (rows.len() as f64, Self::none(rows.columns()));
        for (column, (shift, scale)) in scaling.shift.iter_mut().zip(&mut scaling.scale).enumerate() {
            let values = || rows.iter().map(|row| row[column]);
            let mean = values().sum::<f64>() / n;
            let deviation = (values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
            let largest = values().fold(0.0, |most: f64, v| most.max(v.abs()));
            if !(deviation <= 1e-14 * largest) {
                (*shift, *scale) = (mean, deviation);
            } else if shift_constants {
                *shift = mean;
            }
        }
        scaling
    }

    /// The first column whose mean or deviation overflows.
    #[must_use]
    pub fn overflowing(&self) -> Option<usize> {
        self.shift
            .iter()
            .zip(&self.scale)
            .position(|(shift, scale)| !(shift.is_finite() && scale.is_finite()))
    }

    /// Rows after scaling.
    #[must_use]
    pub fn apply(&self, rows: &[f64]) -> Vec<f64> {
        let columns = || self.shift.iter().zip(&self.scale);
        let scaled =
            |row: &[f64]| row.iter().zip(columns()).map(|(v, (s, k))| (v - s) / k).collect::<Vec<_>>();
        rows.chunks_exact(self.shift.len().max(1)).flat_map(scaled).collect()
    }

    /// sum of ln(scale) over the columns: what the log density of a sample loses by undoing the scaling.
    #[must_use]
    pub fn log_volume(&self) -> f64 {
        self.scale.iter().map(|k| Scalar::ln(*k)).sum()
    }

    /// Shift and scale of a column.
    #[must_use]
    pub fn column(&self, i: usize) -> (f64, f64) {
        (self.shift[i], self.scale[i])
    }
}

/// A kernel as the model file names it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KernelSpec {
    /// NTK or NNGP.
    pub kind: Kind,
    /// phi.
    pub activation: DualName,
    /// Hidden layers.
    pub depth: u16,
    /// w.
    pub weight_variance: f64,
    /// b.
    pub bias_variance: f64,
}

impl KernelSpec {
    /// The kernel itself.
    ///
    /// # Errors
    /// If a setting is out of range.
    pub fn build(&self) -> Result<DeepRelu<f64>, Error> {
        let DualName::Relu = self.activation;
        match self.kind {
            Kind::Ntk => DeepRelu::ntk(self.depth, self.weight_variance, self.bias_variance),
            Kind::Nngp => DeepRelu::nngp(self.depth, self.weight_variance, self.bias_variance),
        }
    }
}

const FORMAT: &str = "ntk model 1";

/// The model file: all that is needed to fit again, to the bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedModel {
    format: String,
    /// The kernel.
    pub kernel: KernelSpec,
    /// The ridge, in units of the scaled targets.
    pub ridge: f64,
    /// Scaling of the inputs.
    pub x_scaling: Scaling,
    /// Scaling of the targets.
    pub y_scaling: Scaling,
    x: Vec<f64>,
    y: Vec<f64>,
}

impl SavedModel {
    /// A model of scaled samples.
    #[must_use]
    pub fn new(
        kernel: KernelSpec,
        ridge: f64,
        (x_scaling, x): (Scaling, Vec<f64>),
        (y_scaling, y): (Scaling, Vec<f64>),
    ) -> Self {
        Self { format: FORMAT.to_owned(), kernel, ridge, x_scaling, y_scaling, x, y }
    }

    /// The scaled samples.
    ///
    /// # Errors
    /// If the file's tables do not fit together.
    pub fn dataset(&self) -> Result<Dataset<'_, f64>, Error> {
        let x = Rows::new(&self.x, self.x_scaling.shift.len())?;
        Dataset::new(x, Rows::new(&self.y, self.y_scaling.shift.len())?)
    }

    /// Fits.
    ///
    /// # Errors
    /// As [`regression::fit`].
    pub fn fit(&self) -> Result<Fit<DeepRelu<f64>>, Error> {
        Fit::new(self.kernel.build()?, &self.dataset()?, self.ridge)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string(self).map_err(|e| Failure::new(e.to_string()))?;
        output::replace_file(path, (text + "\n").as_bytes())
    }

    /// Reads a file and checks all that a fit relies on.
    ///
    /// # Errors
    /// If the file cannot be read or is no model.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|cause| Failure::file("read", path, &cause))?;
        let refused =
            |why: String| Failure::new(format!("{}: not a model of `ntk fit`: {why}", path.display()));
        let model: Self = serde_json::from_str(&text).map_err(|e| refused(message(&e)))?;
        if model.format != FORMAT {
            return Err(refused(format!(
                "its format is '{}', this program reads '{FORMAT}'",
                shown(&model.format)
            )));
        }
        for scaling in [&model.x_scaling, &model.y_scaling] {
            let usable = scaling.scale.iter().all(|k| *k > 0.0 && k.is_finite());
            if scaling.shift.len() != scaling.scale.len()
                || !usable
                || scaling.shift.iter().any(|s| !s.is_finite())
            {
                return Err(refused("a scaling is out of range".to_owned()));
            }
        }
        model.dataset().map_err(|e| refused(e.to_string()))?;
        Ok(model)
    }
}
