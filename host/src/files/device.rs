//! Models as a device has them: regression in the device's precision, with the scaling, and their files
//! (.ntk).

use ntk_core::regression::Flat;
use ntk_core::regression::bytes::{FileError, first};
use ntk_core::{Regression, scaling};

use super::model::SavedModel;
use crate::error::Failure;
use crate::kernels::gram::Real;
use crate::kernels::regression::{self, Model};
use crate::kernels::{ActivationName, AnyKernel, KernelSpec, Kind};

/// A model with the scaling of its inputs and outputs.
#[derive(Debug)]
pub struct Scaled<T: Real> {
    /// The model of the scaled numbers.
    pub model: Model<AnyKernel<T>, T>,
    /// Shifts and scales of the inputs, then of the outputs.
    pub scaling: [Vec<T>; 4],
}

/// A model of either precision.
#[derive(Debug)]
pub enum Any {
    /// `f32`.
    Single(Scaled<f32>),
    /// `f64`.
    Double(Scaled<f64>),
}

impl Scaled<f64> {
    /// Adds the scaling of a saved model to a model that was fitted to its scaled samples.
    #[must_use]
    pub fn of(model: Model<AnyKernel<f64>>, saved: &SavedModel) -> Self {
        let (x, y) = (&saved.x_scaling, &saved.y_scaling);
        Self { model, scaling: [x.shift.clone(), x.scale.clone(), y.shift.clone(), y.scale.clone()] }
    }
}

impl<T: Real> Scaled<T> {
    /// Numbers of inputs, samples and outputs.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        [self.scaling[0].len(), self.model.len(), self.scaling[2].len()]
    }

    /// Returns an input as the model has it: in its precision, and scaled.
    #[must_use]
    pub fn input(&self, x: &[f64]) -> Vec<T> {
        let mut scaled: Vec<T> = x.iter().map(|v| T::from_f64(*v)).collect();
        scaling::apply(&self.scaling[0], &self.scaling[1], &mut scaled);
        scaled
    }

    /// Converts a value of an output to the units of the output.
    #[must_use]
    pub fn value(&self, output: usize, value: T) -> f64 {
        (value * self.scaling[3][output] + self.scaling[2][output]).to_f64()
    }

    /// Converts a standard deviation of an output to the units of the output.
    #[must_use]
    pub fn deviation(&self, output: usize, deviation: T) -> f64 {
        (deviation * self.scaling[3][output]).to_f64()
    }
}

/// Reads a model from the bytes of a file; see [`ntk_core::regression::bytes`]. The model may be followed by
/// the rest of a dump of flash: bytes that are all 0xff, or all 0.
///
/// # Errors
/// If the bytes are no model, or one without labels and factor.
pub fn read(bytes: &[u8]) -> Result<Any, Failure> {
    let bytes = match first(bytes) {
        Ok(file) if [0xff, 0].iter().any(|erased| bytes[file.len()..].iter().all(|b| b == erased)) => file,
        _ => bytes, // what is wrong is said when it is read
    };
    match bytes.get(5) {
        Some(2) => Ok(Any::Double(load(bytes)?)),
        _ => Ok(Any::Single(load(bytes)?)),
    }
}

fn load<T: Real>(bytes: &[u8]) -> Result<Scaled<T>, Failure> {
    let refused = |e: FileError| Failure::new(e.to_string());
    let count =
        |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(1, u32::from_le_bytes);
    // The counts that the file claims are limited to what its bytes can hold. The file itself is checked when
    // it is read.
    let [d, n, c] = [12, 16, 20].map(|at| (count(at) as usize).clamp(1, bytes.len()));
    let (shift, most) = (2 * (d + c), bytes.len());
    if Flat::<T>::len_with_noise(d, n, c) > most.saturating_mul(8) {
        return Err(refused(FileError::Length { needed: Flat::<T>::len_with_noise(d, n, c), found: most }));
    }
    let kernel = KernelSpec::one_layer(Kind::Nngp, ActivationName::Relu).build()?;
    let mut model: Model<AnyKernel<T>, T> = regression::empty(kernel, [d, n, c])?;
    let (mut x, mut y, mut columns) = (vec![T::ZERO; d], vec![T::ZERO; d], vec![T::ZERO; shift]);
    Regression::load_scaled(&mut model, bytes, [&mut x, &mut y], &mut columns).map_err(refused)?;
    let mut rest = columns.into_iter();
    let scaling = [d, d, c, c].map(|count| rest.by_ref().take(count).collect());
    Ok(Scaled { model, scaling })
}
