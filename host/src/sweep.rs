//! The width sweep: one row for each draw and width, and one for the NTK.

use std::collections::BTreeMap;

mod csv;
mod curves;
mod merge;
mod plan;
mod quantity;
mod runner;
mod saved;
mod sentences;
mod settings;
mod store;
mod tangent;

pub use curves::Curves;
pub use merge::merge;
pub use plan::{Plan, ranges};
pub use quantity::{Quantity, power_law, quantiles_csv, spread, spreads};
pub use runner::Runner;
pub use saved::Saved;
pub use sentences::{Share, sentences_csv, shares};
pub use store::{Store, WRITTEN};
pub use tangent::Tangent;

/// The width of a network; the NTK's is infinite and sorts last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Width {
    /// k units.
    Finite(usize),
    /// The NTK.
    Infinite,
}

impl std::fmt::Display for Width {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Finite(k) => k.fmt(f),
            Self::Infinite => "inf".fmt(f),
        }
    }
}

impl std::str::FromStr for Width {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "inf" { Ok(Self::Infinite) } else { text.parse().map(Self::Finite) }
    }
}

/// The key of a row. Rows sort by seed, then by width.
pub type Key = (u64, Width);

/// The measurements of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Steps of gradient descent; 0 for the NTK.
    pub steps: u32,
    /// The rule that ended the training: target, patience, max-steps, diverged; for the NTK solved, or
    /// jitter.
    pub stop: String,
    /// Mean squared error on the samples.
    pub train_mse: f64,
    /// Mean squared error against g on the test points.
    pub test_mse: f64,
    /// What only a network has; `None` for the NTK, and with very many samples.
    pub tangent: Option<Tangent>,
}

/// All rows of a folder.
pub type Rows = BTreeMap<Key, Measured>;

/// Returns the finite widths of the rows, ascending.
#[must_use]
pub fn widths(rows: &Rows) -> Vec<usize> {
    let mut widths: Vec<usize> = rows
        .keys()
        .filter_map(|(_, width)| match width {
            Width::Finite(k) => Some(*k),
            Width::Infinite => None,
        })
        .collect();
    widths.sort_unstable();
    widths.dedup();
    widths
}

/// Returns the test errors of all draws at one width.
#[must_use]
pub fn test_errors(rows: &Rows, width: Width) -> Vec<f64> {
    rows.iter().filter(|((_, w), _)| *w == width).map(|(_, m)| m.test_mse).collect()
}

/// Part `index` (from 0) of `count` parts of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 0.
    pub index: usize,
    /// The number of parts.
    pub count: usize,
}

/// Returns all seeds at all widths and the NTK, or the part of a shard.
#[must_use]
pub fn keys(seeds: &[u64], widths: &[usize], shard: Option<Shard>) -> Vec<Key> {
    let mut widths: Vec<Width> = widths.iter().map(|&k| Width::Finite(k)).chain([Width::Infinite]).collect();
    widths.sort_unstable();
    widths.dedup();
    let all = seeds.iter().flat_map(|&seed| widths.iter().map(move |&width| (seed, width)));
    match shard {
        None => all.collect(),
        Some(Shard { index, count }) => all.skip(index).step_by(count).collect(),
    }
}
