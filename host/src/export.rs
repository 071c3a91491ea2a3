//! A fitted model for a device: its numbers in the device's precision, as source with a predict function, or
//! as a file that `ntk_core` reads in place.
//!
//! First, shifts and scales are rounded to the device's precision, and the samples are scaled with the
//! rounded values in that precision, as a device scales its readings. The model is then fitted to the scaled
//! samples in `f64`. Coefficients and factor therefore belong to the inputs that the device has, and only
//! their own rounding is left. The effect of that rounding on predictions is checked before a file is written
//! (`check.rs`).

use ntk_core::regression::bytes::{Contents, FileError};
use ntk_core::{Dataset, Error, Rows};

use crate::error::Failure;
use crate::files::device::Scaled;
use crate::files::model::SavedModel;
use crate::kernels::gram::Real;
use crate::kernels::prediction::Predictor;
use crate::kernels::regression;

mod check;
pub mod integer;
mod name;
mod source;
pub mod table;

pub use check::{Check, check, most_places};
pub use name::name;
pub use source::{c, rust};

/// All numbers of a model, and how many of them are written.
#[derive(Debug)]
pub struct Numbers<T: Real> {
    /// The model in the device's precision.
    pub device: Scaled<T>,
    contents: Contents,
    /// The part of the shifts of the inputs that rounding cuts off. Exported source subtracts it after the
    /// shift; a file has no place for it.
    rest: Vec<T>,
    /// The numbers of deviations and intervals, which only source contains: a file leaves them to `ntk_core`.
    bars: Option<Bars<T>>,
}

/// The numbers of deviations and intervals.
#[derive(Debug)]
struct Bars<T> {
    /// The probability with which an observation falls into the interval.
    level: f64,
    /// The rank, counted from outside, of the ends of the samples' intervals that become the ends of the
    /// interval.
    rank: usize,
    /// The amplitude of each output in its own units.
    std_scale: Vec<T>,
    /// The variance of each sample, its noise included, given all others.
    left_out: Vec<T>,
}

impl<T: Real> Numbers<T> {
    /// Fits a model for a device, with shifts in two parts or in one.
    ///
    /// A shift in one part is rounded and therefore differs from the shift of the `f64` model: counts around
    /// 8388000 are then centred up to 0.25 counts beside the `f64` model's centre. The model is the one that
    /// `f64` would have with the rounded centre.
    ///
    /// # Errors
    /// If the fit fails, or a number is too large or too small for this precision.
    pub fn new(saved: &SavedModel, contents: Contents, two_parts: bool) -> Result<Self, Failure> {
        let round = |values: &[f64]| values.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
        let (x, y) = (&saved.x_scaling, &saved.y_scaling);
        let scaling = [&x.shift, &x.scale, &y.shift, &y.scale].map(|column| round(column));
        let usable = |scales: &[T]| scales.iter().all(|v| *v > T::ZERO && v.is_finite());
        if !(usable(&scaling[1]) && usable(&scaling[3])) {
            return Err(Failure::new(OUT_OF_RANGE));
        }
        let samples = saved.samples()?;
        let mut inputs = round(samples.x().values());
        let [d, n, c] = saved.shape();
        let lost =
            |(all, rounded): (&f64, &T)| T::from_f64(if two_parts { all - rounded.to_f64() } else { 0.0 });
        let rest: Vec<T> = x.shift.iter().zip(&scaling[0]).map(lost).collect();
        for row in inputs.chunks_exact_mut(d) {
            scale(&scaling, &rest, row);
        }
        let inputs: Vec<f64> = inputs.iter().map(|v| v.to_f64()).collect();
        let wide = |column: &[T]| column.iter().map(|v| v.to_f64()).collect::<Vec<f64>>();
        let mut labels = samples.y().values().to_vec();
        for row in labels.chunks_exact_mut(c) {
            ntk_core::scaling::apply(&wide(&scaling[2]), &wide(&scaling[3]), row);
        }
        let data = Dataset::new(Rows::new(&inputs, d)?, Rows::new(&labels, c)?);
        let fit = saved.fit(&data.map_err(|_| Failure::new(OUT_OF_RANGE))?)?;
        let mut model = regression::empty(saved.kernel.build::<T>()?, [d, n, c])?;
        model.round_from(&fit).map_err(|error| match error {
            Error::NotFinite { .. } => Failure::new(OUT_OF_RANGE),
            other => other.into(),
        })?;
        Ok(Self { device: Scaled { model, scaling }, contents, rest, bars: None })
    }

    /// Returns an input as the device scales it.
    #[must_use]
    pub fn input(&self, x: &[f64]) -> Vec<T> {
        let mut input: Vec<T> = x.iter().map(|v| T::from_f64(*v)).collect();
        scale(&self.device.scaling, &self.rest, &mut input);
        input
    }

    fn has_rest(&self) -> bool {
        self.rest.iter().any(|rest| *rest != T::ZERO)
    }

    /// Adds the numbers that source needs for deviations and for intervals of this level.
    ///
    /// # Errors
    /// If there are too few samples for this level, or a number is too large or too small for this precision.
    pub fn with_bars(mut self, level: f64) -> Result<Self, Failure> {
        let Scaled { model, scaling } = &self.device;
        let rank = rank(level, model.len())?;
        let left_out = Predictor::new(model, scaling[2].len())?.variances().to_vec();
        let mut std_scale = Vec::with_capacity(scaling[3].len());
        for (output, scale) in scaling[3].iter().enumerate() {
            std_scale.push(model.amplitude(output)? * *scale);
        }
        if !left_out.iter().chain(&std_scale).all(|v| v.is_finite()) {
            return Err(Failure::new(OUT_OF_RANGE));
        }
        self.bars = Some(Bars { level, rank, std_scale, left_out });
        Ok(self)
    }

    /// Returns the file that [`ntk_core::regression::bytes`] describes.
    ///
    /// # Errors
    /// If a count does not fit into it.
    pub fn file(&self) -> Result<Vec<u8>, Failure> {
        let refused = |e: FileError| Failure::new(e.to_string());
        let Scaled { model, scaling } = &self.device;
        let plain = scaling.iter().zip([T::ZERO, T::ONE, T::ZERO, T::ONE]);
        let plain = plain.into_iter().all(|(column, none)| column.iter().all(|v| *v == none));
        let [a, b, c, d] = scaling;
        let scaling = if plain { None } else { Some([a.as_slice(), b, c, d]) };
        let needed = match model.write_scaled(scaling, self.contents, &mut []) {
            Err(FileError::Room { needed, .. }) => needed,
            other => other.map_err(refused)?,
        };
        let mut file = vec![0; needed];
        model.write_scaled(scaling, self.contents, &mut file).map_err(refused)?;
        Ok(file)
    }
}

/// Scales an input in place, in the device's arithmetic.
fn scale<T: Real>([shift, scale, ..]: &[Vec<T>; 4], rest: &[T], x: &mut [T]) {
    for (((x, shift), rest), scale) in x.iter_mut().zip(shift).zip(rest).zip(scale) {
        *x = ((*x - *shift) - *rest) / *scale;
    }
}

/// Returns how many of n + 1 samples may be stranger than a new observation: floor((1 - level) (n + 1)), as
/// the core counts them.
fn rank(level: f64, n: usize) -> Result<usize, Failure> {
    let alpha = (1.0 - level) + 4.0 * f64::EPSILON;
    let (count, rank) = (n as f64 + 1.0, (alpha * (n as f64 + 1.0)).floor());
    if rank < 1.0 {
        let (needed, most) = ((1.0 / alpha).ceil() - 1.0, n as f64 / count);
        return Err(Failure::new(format!(
            "an interval of level {level:?} needs {needed} samples and the model has {n}; lower --level to {most:.3} or less, fit \
             more samples, or leave deviations and intervals out with --means"
        )));
    }
    Ok((rank as usize).min(n))
}

const OUT_OF_RANGE: &str = "a number of the model is too large or too small for this precision; export with --precision f64, or \
                            fit with --scale standard";
