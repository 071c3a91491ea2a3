//! Training with the engine that the user names.

use ntk_core::train::{
    Exact, ExactGeneral, Outcome, StopRule, descend, exact_general_indices, exact_general_numbers,
    exact_indices, exact_numbers, workspace_len,
};
use ntk_core::{Activation, Dataset, Network};

use crate::cli::Engine;
use crate::error::Failure;
use crate::vectorized::Vectorized;
use crate::weights::Weights;

/// Groups of the exact engine for more than two inputs or several outputs; with more, looking for a group takes longer than it saves.
const MOST_GROUPS: usize = 1024;

/// [`descend`] with memory from the heap, in the machine's widest vectors.
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
    let mut memory = vec![0.0; workspace_len(samples, shape.inputs, shape.outputs)];
    match engine {
        Engine::Plain => Ok(descend(&mut Vectorized::new(network), data, rate, rule, &mut memory, observe)?),
        Engine::Exact if shape.inputs <= 2 && shape.outputs == 1 => {
            let mut numbers = vec![0.0; exact_numbers(samples, shape.width)];
            let mut indices = vec![0; exact_indices(samples, shape.width)];
            let mut exact = Exact::new(network, samples, &mut numbers, &mut indices).map_err(unfit)?;
            Ok(descend(&mut Vectorized::new(&mut exact), data, rate, rule, &mut memory, observe)?)
        }
        Engine::Exact => {
            let groups = (shape.width / 4).min(MOST_GROUPS);
            let mut numbers = vec![0.0; exact_general_numbers(samples, shape, groups)];
            let mut indices = vec![0; exact_general_indices(shape, groups)];
            let mut exact =
                ExactGeneral::new(network, samples, groups, &mut numbers, &mut indices).map_err(unfit)?;
            Ok(descend(&mut Vectorized::new(&mut exact), data, rate, rule, &mut memory, observe)?)
        }
    }
}

fn unfit(why: ntk_core::Error) -> Failure {
    Failure::new(format!(
        "{why}: the exact engine trains networks of relu, leaky-relu, abs or identity; use --engine plain"
    ))
}
