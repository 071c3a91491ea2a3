//! A model of one input as tables in integers: the input is the code of a converter, the answer a fixed-point
//! number.
//!
//! The tables are evaluated at every code, with the arithmetic of the device, and compared with the model in
//! `f64`: the largest error is measured over all inputs that there are, so it is a bound.

use std::fmt::Write as _;

use ntk_core::{Error, Rows};
use rayon::prelude::*;

use crate::error::{Failure, counted};
use crate::export::source::title;
use crate::export::{OUT_OF_RANGE, rank};
use crate::files::device::Scaled;
use crate::files::model::SavedModel;
use crate::files::output;
use crate::kernels::prediction::{Answer, Predictor};
use crate::kernels::regression;

mod c;
mod curve;
mod rust;

pub use c::c;
pub use curve::Curve;
pub use rust::rust;

/// The default of the largest error, as a share of the span of an output's labels.
const SHARE: f64 = 1e-3;

/// The largest fixed-point number. An `i32` has room for twice as much, so that the sums of a table never
/// leave 32 bits.
const LARGEST: f64 = 1_073_741_823.0;

/// The requirements on the tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Bits of the converter.
    pub bits: u32,
    /// The inputs at code 0 and at code 2^bits - 1.
    pub codes: [f64; 2],
    /// The largest error of each output in its units, or one for all; empty: a thousandth of the span of the
    /// labels.
    pub largest_error: Vec<f64>,
    /// The level of intervals, if there are to be any.
    pub level: Option<f64>,
}

/// The tables of a model.
#[derive(Debug)]
pub struct Table {
    request: Request,
    /// What the model is, in one line.
    title: String,
    outputs: Vec<Output>,
}

/// The tables of an output.
#[derive(Debug)]
struct Output {
    /// k: a value is an answer times 2^-k.
    fraction: i32,
    /// The largest error that is allowed, in units of the output.
    allowed: f64,
    /// The mean, and with a level low and high.
    curves: Vec<Curve>,
}

const KINDS: [&str; 3] = ["mean", "low", "high"];

impl Table {
    /// Creates the smallest tables whose errors are within the requested limits. Cost: a prediction for each
    /// code.
    ///
    /// # Errors
    /// If the model has several inputs, too few samples for the level, or no answer at a code; if the
    /// requested errors are too small for fixed-point numbers of 32 bits.
    pub fn new(saved: &SavedModel, request: &Request) -> Result<Self, Failure> {
        let [d, n, c] = saved.shape();
        if d != 1 {
            return Err(Failure::new(format!(
                "the model has {d} inputs and a table has one; export it with --integer, or without --table"
            )));
        }
        let asked = &request.largest_error;
        if asked.len() > 1 && asked.len() != c {
            return Err(Failure::new(format!(
                "--max-error has {} numbers and the model {}; give one for each, or one for all",
                asked.len(),
                counted(c, "output")
            )));
        }
        let answers = answers(saved, request)?;
        let names = output::names("y", c);
        let mut outputs = Vec::with_capacity(c);
        for (i, name) in names.iter().enumerate() {
            let allowed = match asked.get(i).or(asked.first()) {
                Some(given) => *given,
                None => SHARE * span(saved, i, name)?,
            };
            outputs.push(Output::new(&answers, i, allowed, name)?);
        }
        let title = title(n, &saved.kernel, saved.ridge);
        Ok(Self { request: request.clone(), title, outputs })
    }

    /// Returns a report with a line for each table.
    #[must_use]
    pub fn report(&self) -> String {
        let mut text = format!(
            "compared with f64 at all {} codes, in units of the output; a value is the answer times 2^-k\n",
            1u32 << self.request.bits
        );
        for (name, output) in self.names().iter().zip(&self.outputs) {
            let _ = writeln!(text, "  {name}: k = {}, allowed error {:.2e}", output.fraction, output.allowed);
            for (kind, curve) in KINDS.iter().zip(&output.curves) {
                let _ = writeln!(text, "  {kind} of {name}: largest error {:.2e}, {curve}", curve.error());
            }
        }
        text
    }

    fn names(&self) -> Vec<String> {
        output::names("y", self.outputs.len())
    }

    /// Returns the lines at the head of every file.
    fn head(&self) -> Vec<String> {
        let Request { bits, codes: [low, high], level, .. } = &self.request;
        let last = (1u32 << bits) - 1;
        let mut lines = vec![
            self.title.clone(),
            format!(
                "The input is a code of {bits} bits: code 0 is {low:?}, code {last} is {high:?}, linear between."
            ),
            "A value is an integer times 2^-FRACTION, in units of the output. Largest errors over all codes:"
                .to_owned(),
        ];
        for (name, output) in self.names().iter().zip(&self.outputs) {
            for (kind, curve) in KINDS.iter().zip(&output.curves) {
                lines.push(format!("  {kind} of {name}: {:.3e}; {curve}", curve.error()));
            }
        }
        if let Some(level) = level {
            lines.push(format!(
                "A new observation falls between low and high with probability {level:?}, to these errors."
            ));
        }
        lines
    }

    /// Returns the name of each kind of number and its curves, output by output.
    fn kinds(&self) -> impl Iterator<Item = (&'static str, Vec<&Curve>)> {
        let count = self.outputs.first().map_or(0, |output| output.curves.len());
        let curves = |kind: usize| self.outputs.iter().filter_map(|o| o.curves.get(kind)).collect();
        KINDS.into_iter().take(count).enumerate().map(move |(i, name)| (name, curves(i)))
    }
}

impl Output {
    fn new(answers: &[Vec<Vec<f64>>], i: usize, allowed: f64, name: &str) -> Result<Self, Failure> {
        let kinds: Vec<Vec<f64>> = answers
            .iter()
            .map(|kind| kind.iter().map(|row| row.get(i).copied().unwrap_or(f64::NAN)).collect())
            .collect();
        let largest = kinds.iter().flatten().fold(0.0, |most: f64, v| most.max(v.abs()));
        // With a coarser unit 16 bits may suffice where the finest one needs 32.
        let finest = fraction(allowed, largest);
        let tables = (0..3).filter_map(|coarser| {
            let fraction = finest - coarser;
            let curves: Option<Vec<Curve>> =
                kinds.iter().map(|values| Curve::new(values, fraction, allowed)).collect();
            Some(Self { fraction, allowed, curves: curves? })
        });
        tables.min_by_key(|table| table.curves.iter().map(Curve::bytes).sum::<usize>()).ok_or_else(|| {
            Failure::new(format!(
                "an error of {allowed:e} is too small for a table of {name}, which has values up to {largest:e}, in 32 bits; give \
                 --max-error {:.1e} or more, or --codes of a narrower range",
                8.0 * curve::unit(finest).max(largest / LARGEST)
            ))
        })
    }
}

/// Returns the input at a code.
fn input([low, high]: [f64; 2], bits: u32, code: usize) -> f64 {
    let last = ((1u32 << bits) - 1) as f64;
    let share = code as f64 / last;
    low * (1.0 - share) + high * share
}

/// Returns the model's answers in `f64`, indexed by kind, code and output. There is one code more than the
/// converter has, where the last segment ends.
fn answers(saved: &SavedModel, request: &Request) -> Result<Vec<Vec<Vec<f64>>>, Failure> {
    let model = Scaled::of(saved.fit(&saved.scaled().dataset()?)?, saved);
    let [_, n, c] = model.shape();
    let codes = 0..(1usize << request.bits) + 1;
    let inputs: Vec<f64> =
        codes.flat_map(|code| model.input(&[input(request.codes, request.bits, code)])).collect();
    let undo = |values: &[f64]| values.iter().enumerate().map(|(i, v)| model.value(i, *v)).collect();
    let found: Vec<Result<Vec<Vec<f64>>, Error>> = match request.level {
        Some(level) => {
            let level = 1.0 - rank(level, n)? as f64 / (n as f64 + 1.0);
            let answers = Predictor::new(&model.model, c)?.answers(Rows::new(&inputs, 1)?, Some(level))?;
            let in_units =
                |answer: Answer<f64>| vec![undo(&answer.mean), undo(&answer.low), undo(&answer.high)];
            answers.into_iter().map(|answer| answer.map(in_units)).collect()
        }
        None => {
            let mean = |x: &f64| Ok(vec![undo(&regression::mean(&model.model, &[*x], c)?)]);
            inputs.par_iter().map(mean).collect()
        }
    };
    let mut kinds = vec![Vec::with_capacity(found.len()); if request.level.is_some() { 3 } else { 1 }];
    for (code, found) in found.into_iter().enumerate() {
        let found =
            found.ok().filter(|kinds| kinds.iter().flatten().all(|v| v.is_finite())).ok_or_else(|| {
                let x = input(request.codes, request.bits, code);
                Failure::new(format!(
                    "at code {code}, input {x:e}: {OUT_OF_RANGE}; or give --codes of a narrower range"
                ))
            })?;
        for (kind, values) in kinds.iter_mut().zip(found) {
            kind.push(values);
        }
    }
    Ok(kinds)
}

/// Returns the largest label of an output minus the smallest.
pub(super) fn span(saved: &SavedModel, output: usize, name: &str) -> Result<f64, Failure> {
    let labels = saved.samples()?.y();
    let column = labels.iter().map(|row| row.get(output).copied().unwrap_or(f64::NAN));
    let (low, high) =
        column.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if high - low > 0.0 && (high - low).is_finite() {
        return Ok(high - low);
    }
    Err(Failure::new(format!(
        "all labels of {name} are equal, so their span says nothing of the error that is wanted; give --max-error"
    )))
}

/// Returns the k for which 2^-k is a sixteenth to a thirty-second of the allowed error, or the largest
/// smaller k for which the values have room.
fn fraction(allowed: f64, largest: f64) -> i32 {
    let mut k = 0;
    while k < 1000 && 16.0 * curve::unit(k) > allowed {
        k += 1;
    }
    while k > -1000 && 32.0 * curve::unit(k) <= allowed {
        k -= 1;
    }
    while k > -1000 && largest > LARGEST * curve::unit(k) {
        k -= 1;
    }
    k
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_is_fine_enough_and_has_room() {
        for exponent in -40..40 {
            for share in [1.0, 1.0000001, 1.9999999] {
                let allowed = share * curve::unit(exponent);
                let unit = curve::unit(fraction(allowed, 0.0));
                assert!(16.0 * unit <= allowed && allowed < 32.0 * unit, "{allowed}");
                let k = fraction(allowed, 1e9);
                assert!(1e9 <= LARGEST * curve::unit(k) && k <= fraction(allowed, 0.0));
            }
        }
        assert_eq!(fraction(16.0, 1_073_741_823.0), 0);
        assert_eq!(fraction(16.0, 1_073_741_824.0), -1);
    }

    #[test]
    fn the_ends_of_the_codes_are_the_readings() {
        for bits in [4, 10, 16] {
            let last = (1usize << bits) - 1;
            assert_eq!(input([-0.1, 0.7], bits, 0), -0.1);
            assert_eq!(input([-0.1, 0.7], bits, last), 0.7);
            assert_eq!(input([5.0, -5.0], bits, last), -5.0);
        }
    }
}
