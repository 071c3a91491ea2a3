//! The report of `ntk fit` on a model, for each output in the units of the file.

use std::io::Write;

use ntk_core::{Dataset, Error, Rows};

use crate::error::Failure;
use crate::files::model::SavedModel;
use crate::kernels::AnyKernel;
use crate::kernels::regression::{self, Model};

/// A bar of a normal distribution that holds nine in ten.
const NINE_IN_TEN: f64 = 1.644_853_626_951_472_2;

/// One output.
struct Output {
    /// Its name in the file.
    name: String,
    /// Means and standard deviations of the leave-one-out predictions, noise included.
    left_out: Vec<[f64; 2]>,
    /// Root mean square of their errors.
    rmse: f64,
    /// Standard deviation of the targets.
    spread: f64,
    /// Root mean square of error over deviation.
    ratio: f64,
    /// Share of errors inside of a bar for nine in ten.
    inside: f64,
    /// Standard deviation of the noise that all samples have.
    noise: f64,
    /// The least and the largest that samples have of their own.
    own_noise: Option<[f64; 2]>,
    /// The amplitude.
    amplitude: f64,
    /// None that is a number if all targets are alike.
    log_likelihood: Option<f64>,
}

/// Returns the root of the mean square, computed in units of the largest number, so that no square overflows
/// or underflows.
fn root_mean_square(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(0.0, |most: f64, v| most.max(v.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), v| (sum + (v / largest).powi(2), count + 1.0));
    largest * (sum / count).sqrt()
}

/// Returns whether there are several targets, and in each row one of them is 1 and the others are 0.
fn are_classes(y: Rows<'_, f64>) -> bool {
    let is_class = |row: &[f64]| {
        row.iter().all(|v| *v == 0.0 || *v == 1.0) && row.iter().filter(|v| **v == 1.0).count() == 1
    };
    y.columns() > 1 && y.iter().all(is_class)
}

/// Returns the place of the largest number, the first if there are several.
fn largest(values: &[f64]) -> usize {
    let is_larger = |best: usize, (i, value): (usize, &f64)| if *value > values[best] { i } else { best };
    values.iter().enumerate().fold(0, is_larger)
}

/// All outputs.
pub(super) struct Report {
    samples: usize,
    outputs: Vec<Output>,
    /// If the targets are classes: how many samples are told right by a model without them.
    told_right: Option<usize>,
}

impl Report {
    /// Computes the report of a model of scaled samples.
    pub(super) fn of(
        saved: &SavedModel,
        model: &Model<AnyKernel<f64>>,
        data: &Dataset<'_, f64>,
    ) -> Result<Self, Failure> {
        let (n, c) = (data.len(), data.y().columns());
        let mut left_out = vec![Vec::with_capacity(n); c];
        for (mean, deviation) in regression::left_out(model, c)? {
            for (output, (left_out, mean)) in left_out.iter_mut().zip(&mean).enumerate() {
                let scale = saved.y_scaling.scale[output];
                let deviation = deviation * model.amplitude(output)? * scale;
                left_out.push([saved.y_scaling.undo(output, *mean), deviation]);
            }
        }
        let samples = saved.samples()?;
        let outputs = left_out.into_iter().enumerate().map(|(output, left_out)| {
            let targets: Vec<f64> = samples.y().iter().map(|row| row[output]).collect();
            let (scale, amplitude) = (saved.y_scaling.scale[output], model.amplitude(output)?);
            let errors: Vec<f64> = left_out.iter().zip(&targets).map(|([mean, _], y)| mean - y).collect();
            let over = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
                errors.iter().zip(&left_out).map(|(e, [_, deviation])| f(*e, *deviation)).sum::<f64>()
                    / n as f64
            };
            let average = targets.iter().map(|y| y / n as f64).sum::<f64>();
            let own = saved.noise.as_ref().filter(|own| own.iter().any(|v| *v > 0.0));
            Ok(Output {
                name: if c == 1 { "y".to_owned() } else { format!("y{output}") },
                rmse: root_mean_square(errors.iter().copied()),
                spread: root_mean_square(targets.iter().map(|y| y - average)),
                ratio: over(&|e, deviation| if e == 0.0 { 0.0 } else { (e / deviation).powi(2) }).sqrt(),
                inside: over(&|e, deviation| f64::from(u8::from(e.abs() <= NINE_IN_TEN * deviation))),
                noise: amplitude * model.ridge().sqrt() * scale,
                own_noise: own.map(|own| {
                    own.iter().fold([f64::INFINITY, 0.0], |[least, most], v| [v.min(least), v.max(most)])
                }),
                amplitude: amplitude * scale,
                log_likelihood: match model.log_marginal_likelihood(output) {
                    Err(Error::NotFinite { .. }) => None,
                    other => Some(other? - n as f64 * saved.y_scaling.log_scale(output)),
                },
                left_out,
            })
        });
        let outputs = outputs.collect::<Result<Vec<_>, Failure>>()?;
        let told_right = are_classes(samples.y()).then(|| {
            let of =
                |i: usize| outputs.iter().map(move |of: &Output| of.left_out[i][0]).collect::<Vec<f64>>();
            samples.y().iter().enumerate().filter(|(i, y)| largest(&of(*i)) == largest(y)).count()
        });
        Ok(Self { samples: n, outputs, told_right })
    }

    /// Returns whether every number is finite that there has to be.
    pub(super) fn is_finite(&self) -> bool {
        self.outputs.iter().all(|of| {
            of.rmse.is_finite()
                && of.spread.is_finite()
                && of.left_out.as_flattened().iter().all(|v| v.is_finite())
        })
    }

    /// Returns the leave-one-out predictions, a row for each sample: means, then standard deviations.
    pub(super) fn left_out(&self) -> impl Iterator<Item = Vec<f64>> {
        (0..self.samples).map(|i| {
            let column = |k: usize| self.outputs.iter().map(move |of| of.left_out[i][k]);
            column(0).chain(column(1)).collect()
        })
    }

    /// Writes the lines of each output.
    pub(super) fn write(&self, out: &mut impl Write) -> Result<(), Failure> {
        for of in &self.outputs {
            let name = &of.name;
            writeln!(
                out,
                "{name}: leave-one-out RMSE {:?} (standard deviation of {name} {:?})",
                of.rmse, of.spread
            )?;
            writeln!(out, "{name}: ratio of errors to bars {:.3} (1 if the bars are right)", of.ratio)?;
            writeln!(out, "{name}: leave-one-out errors inside of 90 % bars {:.1} %", 100.0 * of.inside)?;
            writeln!(out, "{name}: noise {:?}", of.noise)?;
            if let Some([least, most]) = of.own_noise {
                writeln!(out, "{name}: noise of the samples' own, beside it, {least:?} to {most:?}")?;
            }
            writeln!(out, "{name}: amplitude {:?}", of.amplitude)?;
            match of.log_likelihood {
                Some(logarithm) => writeln!(out, "{name}: log marginal likelihood {logarithm:?}")?,
                None => writeln!(out, "{name}: log marginal likelihood none, as it is not finite")?,
            }
        }
        if let Some(right) = self.told_right {
            let (n, share) = (self.samples, 100.0 * right as f64 / self.samples as f64);
            writeln!(
                out,
                "classes: leave-one-out accuracy {share:.1} %, {right} of {n} by the largest mean"
            )?;
        }
        Ok(())
    }

    /// Returns the warnings about an output.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        let n = self.samples as f64;
        self.outputs.iter().filter_map(move |of| {
            // Without a model a sample's best prediction is the mean of the others.
            let of_the_mean = of.spread * n / (n - 1.0);
            (of.spread > 0.0 && !(of.rmse < of_the_mean)).then(|| {
                format!(
                    "the fit explains no more of {} than its mean does: leave-one-out RMSE {:?}, of the mean alone {:?}; \
                     are the columns right? more samples or another kernel may help",
                    of.name, of.rmse, of_the_mean
                )
            })
        })
    }
}
