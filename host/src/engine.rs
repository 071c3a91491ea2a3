//! Training with the engine that the user names.

use ntk_core::train::{Exact, Outcome, StopRule, descend, exact_indices, exact_numbers, workspace_len};
use ntk_core::{Activation, Dataset, Network};

use crate::cli::Engine;
use crate::error::Failure;
use crate::vectorized::Vectorized;
use crate::weights::Weights;

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
        Engine::Exact => {
            let mut numbers = vec![0.0; exact_numbers(samples, shape.width)];
            let mut indices = vec![0; exact_indices(samples, shape.width)];
            let mut exact = Exact::new(network, samples, &mut numbers, &mut indices).map_err(|why| {
                Failure::new(format!(
                    "{why}: the exact engine trains networks of relu, leaky-relu, abs or identity with one output and one or two inputs; \
                     use --engine plain"
                ))
            })?;
            Ok(descend(&mut Vectorized::new(&mut exact), data, rate, rule, &mut memory, observe)?)
        }
    }
}
