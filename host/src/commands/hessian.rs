//! `ntk hessian`: block eigenvalues, or the spectral norm, of the Hessian of f in the weights.

use std::io::{BufWriter, Write, stdout};

use ntk_core::hessian;

use super::read_network;
use crate::cli::HessianArgs;
use crate::error::Failure;

pub(super) fn run(args: &HessianArgs) -> Result<(), Failure> {
    let (network, x) = read_network(&args.network)?;
    let outputs = network.shape().outputs;
    if args.output >= outputs {
        return Err(Failure::new(format!(
            "--output {}: the network has {outputs} outputs, numbered from 0",
            args.output
        )));
    }
    let mut out = BufWriter::new(stdout().lock());
    let mut eigenvalues = vec![0.0; 2 * network.shape().width];
    writeln!(out, "sample,{}", if args.norm { "spectral_norm" } else { "eigenvalue" })?;
    for (sample, x) in x.rows()?.iter().enumerate() {
        if args.norm {
            writeln!(out, "{sample},{:?}", hessian::spectral_norm(&network, x, args.output)?)?;
            continue;
        }
        hessian::eigenvalues(&network, x, args.output, &mut eigenvalues)?;
        eigenvalues.sort_by(|a, b| b.total_cmp(a));
        for value in &eigenvalues {
            writeln!(out, "{sample},{value:?}")?;
        }
    }
    Ok(out.flush()?)
}
