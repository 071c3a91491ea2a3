//! `ntk empirical`: prints the NTK of a finite network, for c outputs as c x c blocks.

use ntk_core::Network;

use super::{check_dimension, check_finite, progress, read_inputs, read_network};
use crate::cli::EmpiricalArgs;
use crate::error::Failure;
use crate::files::output;
use crate::files::table::Columns;
use crate::files::weights::Weights;
use crate::kernels::activations::ActivationName;
use crate::memory;
use crate::work::ROUNDS;

pub(super) fn run(args: &EmpiricalArgs) -> Result<(), Failure> {
    let (network, x) = read_network(&args.network)?;
    let y = match &args.y {
        None => None,
        Some(path) => {
            let y = read_inputs(path)?;
            check_dimension(path, &y, x.width, "the network")?;
            Some(y)
        }
    };
    let outputs = network.shape().outputs;
    let y = y.as_ref().unwrap_or(&x);
    let rows = progress::rounds(x.len(), || rows(&network, &x, y))?;
    let mut out = output::text(rows.len(), rows.first().map_or(0, Vec::len))?;
    for (row, values) in rows.iter().enumerate() {
        check_finite(values, &x, row / outputs.max(1), "the NTK of this input and its partners")?;
        output::line(&mut out, values)?;
    }
    output::print(&out)
}

/// Returns the matrix, with rows and columns by sample, then by output: (n c) x (m c).
pub(super) fn rows(
    network: &Network<ActivationName, Weights>,
    x: &Columns,
    y: &Columns,
) -> Result<Vec<Vec<f64>>, Failure> {
    let c = network.shape().outputs;
    let (height, width) = (x.len().saturating_mul(c), y.len().saturating_mul(c));
    memory::check::<f64>(height.saturating_mul(width), format_args!("a matrix of {height} x {width}"))?;
    let mut block = vec![0.0; c * c];
    let mut rows = Vec::with_capacity(height);
    for x in x.rows()?.iter() {
        let mut group = vec![Vec::with_capacity(width); c];
        for y in y.rows()?.iter() {
            network.ntk_block(x, y, &mut block)?;
            for (row, values) in group.iter_mut().zip(block.chunks_exact(c)) {
                row.extend_from_slice(values);
            }
        }
        rows.append(&mut group);
        ROUNDS.add(1);
    }
    Ok(rows)
}
