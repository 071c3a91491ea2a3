//! The model file of `ntk fit`: a kernel, a ridge and scaled samples, enough to fit again to the bit.

use std::fs;
use std::path::Path;

use ntk_core::{Dataset, Error, Rows};
use serde::{Deserialize, Serialize};

use crate::activation::Named;
use crate::cli::{KernelChoice, Kind};
use crate::error::{Failure, message, shown};
use crate::gram::Real;
use crate::kernel::AnyKernel;
use crate::output;
use crate::regression::Fit;
use crate::scaling::Scaling;

/// A kernel as the model file names it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KernelSpec {
    /// NTK or NNGP.
    pub kind: Kind,
    /// phi.
    pub activation: Named,
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
    /// As [`KernelChoice::build`].
    pub fn build<T: Real>(&self) -> Result<AnyKernel<T>, Failure> {
        let Self { kind, activation, depth, weight_variance, bias_variance } = *self;
        KernelChoice { kind, activation, depth, weight_variance, bias_variance }.build()
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
        let x = Rows::new(&self.x, self.x_scaling.columns())?;
        Dataset::new(x, Rows::new(&self.y, self.y_scaling.columns())?)
    }

    /// Fits a kernel that [`KernelSpec::build`] made.
    ///
    /// # Errors
    /// As [`ntk_core::regression::fit`].
    pub fn fit(&self, kernel: AnyKernel<f64>) -> Result<Fit<AnyKernel<f64>>, Error> {
        Fit::new(kernel, &self.dataset()?, self.ridge)
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
        model.dataset().map_err(|e| refused(e.to_string()))?;
        Ok(model)
    }
}
