//! `ntk hessian`: block eigenvalues, or the spectral norm, of the Hessian of f in the weights.

use std::io::Write;

use ntk_core::hessian;

use super::{check_finite, read_network};
use crate::cli::HessianArgs;
use crate::error::{Failure, counted};
use crate::output;

pub(super) fn run(args: &HessianArgs) -> Result<(), Failure> {
    let (network, x) = read_network(&args.network)?;
    let outputs = network.shape().outputs;
    if args.output >= outputs {
        return Err(Failure::new(format!(
            "--output {}: the network has {}, numbered from 0",
            args.output,
            counted(outputs, "output")
        )));
    }
    let mut out = Vec::new();
    let mut eigenvalues = vec![0.0; 2 * network.shape().width];
    writeln!(out, "sample,{}", if args.norm { "spectral_norm" } else { "eigenvalue" })?;
    for (sample, x) in x.rows()?.iter().enumerate() {
        if args.norm {
            let norm = hessian::spectral_norm(&network, x, args.output)?;
            check_finite(&[norm], || format!("the Hessian at input {sample}"))?;
            writeln!(out, "{sample},{norm:?}")?;
            continue;
        }
        hessian::eigenvalues(&network, x, args.output, &mut eigenvalues)?;
        check_finite(&eigenvalues, || format!("the Hessian at input {sample}"))?;
        eigenvalues.sort_by(|a, b| b.total_cmp(a));
        for value in &eigenvalues {
            writeln!(out, "{sample},{value:?}")?;
        }
    }
    output::print(&out)
}
