//! What stands behind an option: names to choose from, and numbers with their ranges.

use std::fmt;

use clap::ValueEnum;
use ntk_core::Lift;
use ntk_core::regression::{Criterion, Variances};

use crate::activation::Named;

/// NTK or NNGP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Neural tangent kernel
    Ntk,
    /// Neural network Gaussian process
    Nngp,
}

/// Floating-point type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Precision {
    /// 53 bits
    F64,
    /// 24 bits, as on a device
    F32,
}

/// What `ntk export` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// ntk_model.rs: a module for any crate, no_std or not, without dependencies
    Rust,
    /// ntk_model.c and ntk_model.h: C99 and a square root
    C,
    /// ntk_model.ntk: a file that ntk_core reads from flash, in place; with a checksum
    Bin,
}

/// How training is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// By groups of units, for relu, leaky-relu, abs and identity: with one output and one or two inputs a step hardly grows with the
    /// width; in a sweep only from some 32 units up, since below it is the other that is faster
    Exact,
    /// One pass over all units per step
    Plain,
}

/// [`Lift`] by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LiftName {
    /// x itself, the letter of Example 3: no width can fit it
    Raw,
    /// (x, 1): a hidden bias
    Bias,
    /// (x, 1) / sqrt(x^2 + 1): on the unit circle
    Sphere,
    /// (cos(pi x / 2), sin(pi x / 2)): on the unit circle
    Circle,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

impl fmt::Display for LiftName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

impl From<LiftName> for Lift {
    fn from(name: LiftName) -> Self {
        match name {
            LiftName::Raw => Self::Raw,
            LiftName::Bias => Self::Bias,
            LiftName::Sphere => Self::Sphere,
            LiftName::Circle => Self::Circle,
        }
    }
}

/// How `ntk fit` scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scale {
    /// As they are
    None,
    /// Mean 0, standard deviation 1; a constant input, such as a bias, stays as it is
    Standard,
}

/// A given ridge, or one to be found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ridge {
    /// This one.
    Given(f64),
    /// The best one.
    Auto,
}

/// [`Variances`] by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tune {
    /// That of the biases
    Bias,
    /// That of the weights
    Weight,
    /// Both
    Both,
}

/// [`Criterion`] by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Aim {
    /// The mean square of the leave-one-out errors
    LeaveOneOut,
    /// The marginal likelihood
    Likelihood,
}

impl From<Tune> for Variances {
    fn from(name: Tune) -> Self {
        match name {
            Tune::Bias => Self::Bias,
            Tune::Weight => Self::Weight,
            Tune::Both => Self::Both,
        }
    }
}

impl From<Aim> for Criterion {
    fn from(name: Aim) -> Self {
        match name {
            Aim::LeaveOneOut => Self::LeaveOneOut,
            Aim::Likelihood => Self::MarginalLikelihood,
        }
    }
}

/// Part `index` (from 0) of `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 0.
    pub index: usize,
    /// Of how many.
    pub count: usize,
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("must be a number above 0".to_owned()),
    }
}

pub(super) fn non_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value >= 0.0 && value.is_finite() => Ok(value),
        _ => Err("must be a number, 0 or more".to_owned()),
    }
}

pub(super) fn time(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value >= 0.0 => Ok(value),
        _ => Err("must be a number, 0 or more, or inf".to_owned()),
    }
}

pub(super) fn ridge(text: &str) -> Result<Ridge, String> {
    if text == "auto" {
        return Ok(Ridge::Auto);
    }
    non_negative(text).map(Ridge::Given).map_err(|e| format!("{e}, or auto"))
}

fn count(text: &str, most: usize) -> Result<usize, String> {
    match text.trim().parse::<usize>() {
        Ok(value) if (1..=most).contains(&value) => Ok(value),
        _ => Err(format!("must be a whole number from 1 to {most}")),
    }
}

/// Of Figure 1.
const LECTURE: [usize; 18] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 32, 64, 128, 256, 512, 1024];

pub(super) fn width(text: &str) -> Result<Vec<usize>, String> {
    if text.trim() == "lecture" {
        return Ok(LECTURE.to_vec());
    }
    count(text, 1 << 24).map(|width| vec![width]).map_err(|e| format!("{e}, or lecture"))
}

pub(super) fn samples(text: &str) -> Result<usize, String> {
    count(text, 4096)
}

pub(super) fn seeds(text: &str) -> Result<u64, String> {
    count(text, 1_000_000).map(|seeds| seeds as u64)
}

pub(super) fn jobs(text: &str) -> Result<usize, String> {
    count(text, 4096)
}

pub(super) fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').map(|(index, count)| (index.parse::<usize>(), count.parse::<usize>()));
    match parts {
        Some((Ok(index), Ok(count))) if (1..=count).contains(&index) => Ok(Shard { index: index - 1, count }),
        _ => Err("must be I/N with I from 1 to N".to_owned()),
    }
}

pub(super) fn claim(text: &str) -> Result<&'static str, String> {
    let found = crate::verify::ids().find(|id| id.eq_ignore_ascii_case(text));
    found.ok_or_else(|| "must be one of C1 to C17".to_owned())
}

pub(super) fn activation(text: &str) -> Result<Named, String> {
    text.parse()
}
