//! Options that take one of a few names. The names of the program's own types are theirs; the help beside
//! them is here.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use ntk_core::regression;

use crate::experiment::{Engine, LiftName};
use crate::kernels::Kind;
use crate::kernels::activations::{exactly_trained, exported_as_source, list, names};

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Ntk => "Neural tangent kernel",
            Self::Nngp => "Neural network Gaussian process",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

impl ValueEnum for Engine {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Exact => format!(
                "By groups of units, for {}: with one output and one or two inputs a step hardly grows with the width; \
                 in a sweep only from some 32 units up, since below it is the other that is faster",
                list(exactly_trained(), "and")
            ),
            Self::Plain => "One pass over all units per step".to_owned(),
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

impl ValueEnum for LiftName {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Raw => "x itself, the letter of Example 3: no width can fit it",
            Self::Bias => "(x, 1): a hidden bias",
            Self::Sphere => "(x, 1) / sqrt(x^2 + 1): on the unit circle",
            Self::Circle => "(cos(pi x / 2), sin(pi x / 2)): on the unit circle",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
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
    /// NAME.rs: a module for any crate, no_std or not, without dependencies
    Rust,
    /// NAME.c and NAME.h: C99 and a square root
    C,
    /// NAME.ntk: a file that ntk_core reads from flash, in place; with a checksum
    Bin,
}

/// How `ntk fit` scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scale {
    /// As they are
    None,
    /// Mean 0, standard deviation 1; a constant input becomes 1 or -1
    Standard,
}

/// [`regression::Variances`] as an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Variances {
    /// The variance of the biases
    Bias,
    /// The variance of the weights
    Weight,
    /// Both
    Both,
}

/// [`regression::Criterion`] as an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Criterion {
    /// The mean square of the leave-one-out errors
    LeaveOneOut,
    /// The marginal likelihood, that of the best amplitude unless one is given
    Likelihood,
    /// The density of each target under its leave-one-out prediction
    Density,
}

impl From<Variances> for regression::Variances {
    fn from(option: Variances) -> Self {
        match option {
            Variances::Bias => Self::Bias,
            Variances::Weight => Self::Weight,
            Variances::Both => Self::Both,
        }
    }
}

impl From<Criterion> for regression::Criterion {
    fn from(option: Criterion) -> Self {
        match option {
            Criterion::LeaveOneOut => Self::LeaveOneOut,
            Criterion::Likelihood => Self::MarginalLikelihood,
            Criterion::Density => Self::LeaveOneOutDensity,
        }
    }
}

/// Returns the help for `--activation`.
pub(super) fn activations() -> String {
    format!("The activation: {}; `ntk activations` has their formulas", list(names(), "or"))
}

/// Returns the help for `--lang`.
pub(super) fn languages() -> String {
    let names = list(exported_as_source(), "and");
    format!("What to write. As source: {names}, of any depth; as a file: all")
}
