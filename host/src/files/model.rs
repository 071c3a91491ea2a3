//! The model file of `ntk fit`: a kernel, its settings and the samples, enough to fit again to the bit.

use std::fs;
use std::path::Path;

use ntk_core::regression::Criterion;
use ntk_core::{Dataset, Error, Rows};
use serde::{Deserialize, Serialize};

use crate::error::{Failure, message, shown};
use crate::files::output;
use crate::files::scaling::ColumnScaling;
use crate::kernels::regression::Model;
use crate::kernels::search::{Settings, Task};
use crate::kernels::{AnyKernel, KernelSpec};
use crate::memory;

const FORMAT: &str = "ntk model 2";

/// The model file: all that is needed to fit again, to the bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedModel {
    format: String,
    /// The kernel.
    pub kernel: KernelSpec,
    /// The ridge, in units of the kernel.
    pub ridge: f64,
    /// The amplitude of all outputs, in units of the scaled targets; `None`: the one of largest marginal
    /// likelihood, for each output.
    pub amplitude: Option<f64>,
    /// Scaling of the inputs.
    pub x_scaling: ColumnScaling,
    /// Scaling of the targets.
    pub y_scaling: ColumnScaling,
    /// Inputs in their own units, row after row.
    x: Vec<f64>,
    /// Targets in their own units, row after row.
    y: Vec<f64>,
    /// Standard deviation of the noise that each sample has of its own, in units of the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Vec<f64>>,
}

/// Samples after scaling.
#[derive(Clone, Debug)]
pub struct Scaled {
    x: Vec<f64>,
    y: Vec<f64>,
    /// Inputs and outputs.
    columns: [usize; 2],
}

impl Scaled {
    /// Returns the scaled samples in the form that the core takes.
    ///
    /// # Errors
    /// If a number is not finite.
    pub fn dataset(&self) -> Result<Dataset<'_, f64>, Error> {
        let [d, c] = self.columns;
        Dataset::new(Rows::new(&self.x, d)?, Rows::new(&self.y, c)?)
    }
}

impl SavedModel {
    /// Creates a model of samples with scalings of their columns.
    #[must_use]
    pub fn new(
        kernel: KernelSpec,
        (x_scaling, x): (ColumnScaling, Vec<f64>),
        (y_scaling, y): (ColumnScaling, Vec<f64>),
    ) -> Self {
        let format = FORMAT.to_owned();
        Self { format, kernel, ridge: 0.0, amplitude: None, x_scaling, y_scaling, x, y, noise: None }
    }

    /// Returns the numbers of inputs, samples and outputs.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        let [d, c] = [self.x_scaling.columns(), self.y_scaling.columns()];
        [d, self.x.len().checked_div(d).unwrap_or(0), c]
    }

    /// Returns the samples in their own units.
    ///
    /// # Errors
    /// If the file's tables do not fit together.
    pub fn samples(&self) -> Result<Dataset<'_, f64>, Error> {
        let x = Rows::new(&self.x, self.x_scaling.columns())?;
        Dataset::new(x, Rows::new(&self.y, self.y_scaling.columns())?)
    }

    /// Returns the scaled samples.
    #[must_use]
    pub fn scaled(&self) -> Scaled {
        let columns = [self.x_scaling.columns(), self.y_scaling.columns()];
        Scaled { x: self.x_scaling.apply(&self.x), y: self.y_scaling.apply(&self.y), columns }
    }

    /// Returns the noise of each sample, scaled as the target is. A model with noise has one target.
    #[must_use]
    pub fn scaled_noise(&self) -> Option<Vec<f64>> {
        let scale = self.y_scaling.scale.first().copied().unwrap_or(1.0);
        Some(self.noise.as_ref()?.iter().map(|deviation| deviation / scale).collect())
    }

    /// Fits the scaled samples.
    ///
    /// # Errors
    /// As [`ntk_core::Regression::fit_with_noise`].
    pub fn fit(&self, data: &Dataset<'_, f64>) -> Result<Model<AnyKernel<f64>>, Failure> {
        let (noise, criterion) = (self.scaled_noise(), Criterion::MarginalLikelihood);
        let task = Task { data, noise: noise.as_deref(), amplitude: self.amplitude, criterion };
        Ok(task.fit(self.kernel, Settings::Given(self.ridge))?)
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
        let refused = |why: String| {
            Failure::new(format!("{}: not a model of `ntk fit`: {why}; write one with it", path.display()))
        };
        // A list grows by doubling, and the old one is freed only when the new one is complete.
        let numbers = text.bytes().filter(|b| *b == b',').count();
        memory::check::<f64>(numbers.saturating_mul(3), format_args!("reading {}", path.display()))?;
        let model: Self = serde_json::from_str(&text).map_err(|e| refused(message(&e)))?;
        if model.format != FORMAT {
            return Err(refused(format!(
                "its format is '{}', this program reads '{FORMAT}'",
                shown(&model.format)
            )));
        }
        if !(model.x_scaling.is_usable() && model.y_scaling.is_usable()) {
            return Err(refused("a scaling is out of range".to_owned()));
        }
        if model.amplitude.is_some_and(|s| !(s > 0.0 && s.is_finite())) {
            return Err(refused("the amplitude is out of range".to_owned()));
        }
        let samples = model.samples().map_err(|e| refused(e.to_string()))?;
        if let Some(noise) = &model.noise {
            let usable = |deviation: &f64| *deviation >= 0.0 && deviation.is_finite();
            if !(noise.len() == samples.len() && samples.y().columns() == 1 && noise.iter().all(usable)) {
                return Err(refused("the noise of the samples is out of range or not theirs".to_owned()));
            }
        }
        model.scaled().dataset().map_err(|e| refused(e.to_string()))?;
        Ok(model)
    }
}
