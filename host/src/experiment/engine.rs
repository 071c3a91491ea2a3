//! The training engines, and which of them trains a network.

use std::fmt;

use ntk_core::train::{Exact, Outcome, StopRule, Trainable, descend, workspace_len};
use ntk_core::{Activation, Dataset, Network, Shape};
use serde::{Deserialize, Serialize};

use super::vectorized::Vectorized;
use crate::error::Failure;
use crate::files::weights::Weights;
use crate::kernels::activations::{exactly_trained, list};
use crate::memory;

/// Most groups of the exact engine for more than two inputs or several outputs. With more of them, to look
/// for a group takes longer than the group saves.
const MOST_GROUPS: usize = 1024;

/// Up to this many units, with one input and with two, the plain engine is faster than the exact one.
const NARROW: [usize; 2] = [8, 32];

/// How training is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// By groups of units, for piecewise linear activations.
    Exact,
    /// One pass over all units per step.
    Plain,
}

impl Engine {
    /// Both engines, in the order in which help lists them.
    pub const ALL: [Self; 2] = [Self::Exact, Self::Plain];

    /// Returns the name on the command line and in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Plain => "plain",
        }
    }

    /// Returns the engine that a sweep takes for networks of this shape: the plain one where it is the faster
    /// of the two, which compute the same descent, else `self`.
    #[must_use]
    pub fn for_shape(self, shape: Shape) -> Self {
        let narrow = shape.inputs.checked_sub(1).and_then(|i| NARROW.get(i));
        if narrow.is_some_and(|&most| shape.width <= most) { Self::Plain } else { self }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Calls [`descend`] with memory from the heap, in the machine's widest vectors. Where the lengths of the
/// samples are out of the exact engine's range, the plain one takes its place.
///
/// # Errors
/// As [`descend`], or if the exact engine cannot train this network.
pub fn train<A: Activation<f64>>(
    engine: Engine,
    network: &mut Network<A, Weights>,
    data: &Dataset<'_, f64>,
    rate: f64,
    rule: &StopRule<f64>,
    observe: impl FnMut(u32, f64) -> bool,
) -> Result<Outcome<f64>, Failure> {
    let (shape, samples) = (network.shape(), data.len());
    let what = format_args!("training {} units on {samples} samples", shape.width);
    let mut memory = memory::filled(workspace_len(samples, shape.inputs, shape.outputs), 0.0, what)?;
    match engine {
        Engine::Plain => Ok(descend(&mut Vectorized::new(network), data, rate, rule, &mut memory, observe)?),
        Engine::Exact => {
            let groups = (shape.width / 4).min(MOST_GROUPS);
            let mut floats = memory::filled(Exact::floats_len(samples, shape, groups), 0.0, what)?;
            let mut indices = memory::filled(Exact::indices_len(samples, shape, groups), 0, what)?;
            let mut exact = Exact::new(network, samples, groups, &mut floats, &mut indices).map_err(unfit)?;
            if exact.check(data).is_err() {
                // Samples of subnormal numbers.
                return train(Engine::Plain, network, data, rate, rule, observe);
            }
            Ok(descend(&mut Vectorized::new(&mut exact), data, rate, rule, &mut memory, observe)?)
        }
    }
}

fn unfit(why: ntk_core::Error) -> Failure {
    let names = list(exactly_trained(), "or");
    Failure::new(format!("{why}: the exact engine trains networks of {names}; use --engine plain"))
}
