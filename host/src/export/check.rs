//! Measures the effect of the device's precision: the predictions of the device's model are compared with
//! those of the unrounded one in `f64`, before anything is written.

use std::fmt::Write as _;

use ntk_core::{Error, Kernel, Rows};

use super::{Numbers, OUT_OF_RANGE, rank};
use crate::error::{Failure, counted};
use crate::files::device::Scaled;
use crate::files::model::SavedModel;
use crate::files::output;
use crate::files::scaling::ColumnScaling;
use crate::kernels::gram::Real;
use crate::kernels::prediction::{self, Predictor};

/// The largest number of samples that are predicted: a prediction costs n^2 multiply-adds.
const MOST: usize = 500;

/// Returns the largest number of inputs at which a model of n samples is compared.
#[must_use]
pub fn most_places(n: usize) -> usize {
    3 * n.min(MOST)
}

/// The largest differences of one output, in its units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Differences {
    mean: f64,
    std: f64,
    ends: f64,
}

/// The result of a comparison.
#[derive(Debug)]
pub struct Check {
    samples: usize,
    between: usize,
    /// How many of mean, standard deviation and interval were compared.
    kinds: usize,
    outputs: Vec<Differences>,
}

impl Check {
    /// Returns a report with a line for each kind of number of each output.
    #[must_use]
    pub fn report(&self) -> String {
        let places = format!(
            "{} and {} between them",
            counted(self.samples, "sample"),
            counted(self.between, "point")
        );
        let mut text = format!("compared with f64 at {places}, the largest differences are\n");
        let names = output::names("y", self.outputs.len());
        for (name, Differences { mean, std, ends }) in names.iter().zip(&self.outputs) {
            let kinds = [("mean", mean), ("standard deviation", std), ("end of an interval", ends)];
            for (kind, value) in kinds.into_iter().take(self.kinds) {
                let _ = writeln!(text, "  {kind}: {value:.2e} in units of {name}"); // writing to a String cannot fail
            }
        }
        text
    }
}

/// A point of the comparison.
struct Place {
    x: Vec<f64>,
    /// The index of the sample, and that of a second sample if the point is the middle between the two.
    samples: (usize, Option<usize>),
}

impl Place {
    fn name(&self) -> String {
        let x: Vec<String> = self.x.iter().take(4).map(|v| format!("{v:?}")).collect();
        let x = format!("({}{})", x.join(", "), if self.x.len() > 4 { ", .." } else { "" });
        match self.samples {
            (i, None) => format!("at sample {} {x}", i + 1),
            (i, Some(j)) => format!("between samples {} and {} {x}", i + 1, j + 1),
        }
    }
}

/// Returns samples, and the middles between each of them and the next sample, and the nearest sample. A
/// middle is rounded to the device's precision, so it is a reading that the device can have. A sample is not
/// rounded, so the comparison includes the effect of rounding the readings.
fn places<T: Real>(saved: &SavedModel) -> Result<Vec<Place>, Failure> {
    let rows: Rows<'_, f64> = saved.samples()?.x();
    let n = rows.len();
    let scale = &saved.x_scaling.scale;
    let distance = |i: usize, j: usize| -> f64 {
        rows.row(i).iter().zip(rows.row(j)).zip(scale).map(|((a, b), scale)| ((a - b) / scale).powi(2)).sum()
    };
    let chosen = (0..n.min(MOST)).map(|place| if n <= MOST { place } else { place * n / MOST });
    let mut places = Vec::new();
    for i in chosen {
        places.push(Place { x: rows.row(i).to_vec(), samples: (i, None) });
        let next = (i + 1 < n).then_some(i + 1);
        let others = (0..n).filter(|&j| distance(i, j) > 0.0);
        let nearest = others.min_by(|&a, &b| distance(i, a).total_cmp(&distance(i, b)));
        let nearest = nearest.filter(|&j| Some(j) != next && j + 1 != i);
        for j in next.into_iter().chain(nearest) {
            let middle =
                rows.row(i).iter().zip(rows.row(j)).map(|(a, b)| T::from_f64(0.5 * a + 0.5 * b).to_f64());
            places.push(Place { x: middle.collect(), samples: (i, Some(j)) });
        }
    }
    Ok(places)
}

/// The predictions of a model at a point, output by output, in the units of the outputs.
struct Answer {
    mean: Vec<f64>,
    std: Vec<f64>,
    /// The standard deviation of an observation.
    bar: Vec<f64>,
    /// The lower and the upper ends of the intervals; empty without a level.
    ends: [Vec<f64>; 2],
}

/// Returns means, standard deviations and intervals in units of the outputs, at inputs that are already
/// scaled. `least` is the smallest variance of the function that a bar assumes, in units of K(x, x).
fn answers<T: Real>(
    scaled: &Scaled<T>,
    x: &[T],
    level: Option<T>,
    least: f64,
) -> Result<Vec<Result<Answer, Error>>, Failure> {
    let ([d, _, c], model) = (scaled.shape(), &scaled.model);
    let x = Rows::new(x, d)?;
    let in_its_units = |x: &[T], found: prediction::Answer<T>| {
        let least = least * model.kernel().diagonal(&model.kernel().prepare(x)).to_f64();
        let least = (least + model.ridge().to_f64()).sqrt();
        let bar = T::from_f64(found.observation_deviation.to_f64().max(least));
        let undo = |values: &[T]| values.iter().enumerate().map(|(i, v)| scaled.value(i, *v)).collect();
        let ends = [undo(&found.low), undo(&found.high)];
        let mut answer = Answer { mean: undo(&found.mean), std: Vec::new(), bar: Vec::new(), ends };
        for output in 0..c {
            let amplitude = model.amplitude(output)?;
            answer.std.push(scaled.deviation(output, found.deviation * amplitude));
            answer.bar.push(scaled.deviation(output, bar * amplitude));
        }
        Ok(answer)
    };
    let found = Predictor::new(model, c)?.answers(x, level)?;
    Ok(found.into_iter().zip(x.iter()).map(|(found, x)| in_its_units(x, found?)).collect())
}

/// Compares the device's model with the unrounded one. `level` is the level of the intervals, which are left
/// out if there are too few samples for it. If it is `None`, means alone are compared.
///
/// # Errors
/// If a mean differs by more than a quarter of its error bar, or one of the models has no finite prediction
/// at a place.
pub fn check<T: Real>(
    numbers: &Numbers<T>,
    saved: &SavedModel,
    level: Option<f64>,
) -> Result<Check, Failure> {
    let unrounded = Scaled::of(saved.fit(&saved.scaled().dataset()?)?, saved);
    let device = &numbers.device;
    let [_, n, c] = device.shape();
    // The level is recomputed from the rank, so that rounding the level cannot lead to another interval.
    let rank = level.and_then(|level| rank(level, n).ok());
    let level_of_rank = rank.map(|rank| 1.0 - rank as f64 / (n as f64 + 1.0));
    let places = places::<T>(saved)?;
    let inputs: Vec<f64> = places.iter().flat_map(|place| unrounded.input(&place.x)).collect();
    let expected = answers(&unrounded, &inputs, level_of_rank, T::EPSILON.to_f64())?;
    let inputs: Vec<T> = places.iter().flat_map(|place| numbers.input(&place.x)).collect();
    let found = answers(device, &inputs, level_of_rank.map(T::from_f64), 0.0)?;
    let compare = |place: &Place, expected: Result<Answer, Error>, found: Result<Answer, Error>| {
        let overflows = |_| Failure::new(format!("{}: {OUT_OF_RANGE}", place.name()));
        let (expected, found) = (expected.map_err(overflows)?, found.map_err(overflows)?);
        let apart = |a: &[f64], b: &[f64], i: usize| match (a.get(i), b.get(i)) {
            (Some(a), Some(b)) => (a - b).abs(),
            _ => 0.0,
        };
        let outputs = (0..c).map(|i| Differences {
            mean: apart(&found.mean, &expected.mean, i),
            std: apart(&found.std, &expected.std, i),
            ends: (0..2).map(|end| apart(&found.ends[end], &expected.ends[end], i)).fold(0.0, f64::max),
        });
        let outputs: Vec<Differences> = outputs.collect();
        let worst = outputs.iter().zip(&expected.bar).position(|(own, bar)| !(own.mean <= 0.25 * bar));
        worst.map_or(Ok(outputs), |i| Err(refusal(saved, place, i, [&found, &expected])))
    };
    let mut outputs = vec![Differences::default(); c];
    for ((place, expected), found) in places.iter().zip(expected).zip(found) {
        for (most, own) in outputs.iter_mut().zip(compare(place, expected, found)?) {
            *most = Differences {
                mean: most.mean.max(own.mean),
                std: most.std.max(own.std),
                ends: most.ends.max(own.ends),
            };
        }
    }
    let samples = places.iter().filter(|place| place.samples.1.is_none()).count();
    let kinds = if level.is_none() { 1 } else { 2 + usize::from(rank.is_some()) };
    Ok(Check { samples, between: places.len() - samples, kinds, outputs })
}

/// Returns the error that says why a model is not written.
fn refusal(saved: &SavedModel, place: &Place, output: usize, [found, expected]: [&Answer; 2]) -> Failure {
    let name = output::names("y", expected.mean.len()).swap_remove(output);
    let scaled = saved.x_scaling != ColumnScaling::none(saved.x_scaling.columns());
    Failure::new(format!(
        "in this precision the mean of {name} {} is {:.6e} and not {:.6e}: it is off by more than a quarter of its error bar, {:.1e}; \
         export with --precision f64{}",
        place.name(),
        found.mean[output],
        expected.mean[output],
        expected.bar[output],
        if scaled { "" } else { ", or fit with --scale standard" }
    ))
}
