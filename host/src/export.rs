//! A fitted model for a device: its numbers in the device's precision, as source with a predict function, or as a file that
//! `ntk_core` reads in place.
//!
//! The inputs are rounded to that precision first and the model is fitted to them in `f64`, so that coefficients and factor belong to
//! the inputs that the device has, and only their own rounding is left.

use ntk_core::cholesky::Factor;
use ntk_core::regression::Fitted;
use ntk_core::regression::bytes::{self, Contents};
use ntk_core::{Dataset, Error, Kernel, Rows};

use crate::error::Failure;
use crate::gram::Real;
use crate::kernel::AnyKernel;
use crate::model::SavedModel;
use crate::regression::Fit;

mod source;

pub use source::{c, rust};

/// All numbers of a model. Rows of matrix, labels and coefficients are n long.
#[derive(Debug)]
pub struct Numbers<T> {
    kernel: AnyKernel<T>,
    inputs: usize,
    x: Vec<T>,
    lengths: Vec<[T; 2]>,
    matrix: Vec<T>,
    inverse: Vec<T>,
    labels: Vec<T>,
    coefficients: Vec<T>,
    ridge: T,
    /// Shifts and scales of the inputs, then of the labels.
    scaling: [Vec<T>; 4],
    contents: Contents,
}

impl<T: Real> Numbers<T> {
    /// Fits a model for a device.
    ///
    /// # Errors
    /// If it does not fit, or a number does not exist in this precision.
    pub fn new(model: &SavedModel, contents: Contents) -> Result<Self, Failure> {
        let round = |values: &[f64]| values.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
        let data = model.dataset()?;
        let inputs = data.x().columns();
        let x = round(data.x().values());
        let rounded: Vec<f64> = x.iter().map(|v| v.to_f64()).collect();
        let data = Dataset::new(Rows::new(&rounded, inputs)?, data.y()).map_err(|e| out_of_range(&e))?;
        let fit = Fit::new(model.kernel.build()?, &data, model.ridge)?;
        let kernel = model.kernel.build::<T>()?;
        let points = x.chunks_exact(inputs).map(|x| kernel.prepare(x));
        let columns = |of: &crate::scaling::Scaling| {
            let (shifts, scales): (Vec<f64>, Vec<f64>) = (0..of.columns()).map(|i| of.column(i)).unzip();
            [round(&shifts), round(&scales)]
        };
        let ([x_shift, x_scale], [y_shift, y_scale]) = (columns(&model.x_scaling), columns(&model.y_scaling));
        Ok(Self {
            lengths: points.map(|p| [p.norm, p.rest]).collect(),
            inputs,
            matrix: round(&fit.matrix),
            inverse: round(&fit.inverse),
            labels: round(&fit.labels),
            coefficients: round(&fit.coefficients),
            ridge: T::from_f64(model.ridge),
            scaling: [x_shift, x_scale, y_shift, y_scale],
            kernel,
            x,
            contents,
        })
        .and_then(Self::in_range)
    }

    fn in_range(self) -> Result<Self, Failure> {
        let above_0 = |values: &[T]| values.iter().all(|v| *v > T::ZERO);
        let all = [&self.matrix, &self.inverse, &self.labels, &self.coefficients];
        let numbers = all.into_iter().chain(&self.scaling).flatten().chain(self.lengths.as_flattened());
        if numbers.chain([&self.ridge]).all(|v| v.is_finite())
            && above_0(&self.inverse)
            && above_0(&self.scaling[1])
            && above_0(&self.scaling[3])
        {
            return Ok(self);
        }
        Err(Failure::new(OUT_OF_RANGE))
    }

    /// The number of samples.
    fn len(&self) -> usize {
        self.inverse.len()
    }

    /// The file that [`ntk_core::regression::bytes`] describes.
    ///
    /// # Errors
    /// As [`bytes::encode`].
    pub fn file(&self) -> Result<Vec<u8>, Failure> {
        let refused = |e: bytes::Error| Failure::new(e.to_string());
        let factor = Factor::new(&self.matrix, self.len(), &self.inverse)?;
        let x = Rows::new(&self.x, self.inputs)?;
        let fitted = Fitted::new(
            &self.kernel,
            x,
            &self.lengths,
            factor,
            self.ridge,
            &self.labels,
            &self.coefficients,
        )?;
        let scales = self.scaling.iter().zip([T::ZERO, T::ONE, T::ZERO, T::ONE]);
        let plain = scales.clone().all(|(column, none)| column.iter().all(|v| *v == none));
        let [a, b, c, d] = &self.scaling;
        let scaling = if plain { None } else { Some([a.as_slice(), b, c, d]) };
        let encode =
            |out: &mut [u8]| bytes::encode(self.kernel.identity(), &fitted, scaling, self.contents, out);
        let needed = match encode(&mut []) {
            Err(bytes::Error::Room { needed, .. }) => needed,
            other => other.map_err(refused)?,
        };
        let mut file = vec![0; needed];
        encode(&mut file).map_err(refused)?;
        Ok(file)
    }
}

const OUT_OF_RANGE: &str = "a number of the model is too large or too small for this precision; export with --precision f64, or \
                            fit with --scale standard";

fn out_of_range(_: &Error) -> Failure {
    Failure::new(OUT_OF_RANGE)
}
