//! `ntk hessian`: block eigenvalues, or the spectral norm, of the Hessian of f in the weights.

use std::io::Write;

use ntk_core::hessian;

use super::{check_finite, read_network};
use crate::cli::HessianArgs;
use crate::error::{Failure, counted};
use crate::files::output;

pub(super) fn run(args: &HessianArgs) -> Result<(), Failure> {
    let (network, x) = read_network(&args.network)?;
    let outputs = network.shape().outputs;
    if args.output >= outputs {
        return Err(Failure::new(format!(
            "--output {}: the network of {} has {}, numbered from 0; choose one of them",
            args.output,
            args.network.weights.display(),
            counted(outputs, "output")
        )));
    }
    let mut out = Vec::new();
    let mut eigenvalues = vec![0.0; 2 * network.shape().width];
    writeln!(out, "sample,{}", if args.norm { "spectral_norm" } else { "eigenvalue" })?;
    let what = "the Hessian at this input";
    for (sample, input) in x.rows()?.iter().enumerate() {
        if args.norm {
            let norm = hessian::spectral_norm(&network, input, args.output)?;
            check_finite(&[norm], &x, sample, what)?;
            writeln!(out, "{sample},{norm:?}")?;
            continue;
        }
        hessian::eigenvalues(&network, input, args.output, &mut eigenvalues)?;
        check_finite(&eigenvalues, &x, sample, what)?;
        eigenvalues.sort_by(|a, b| b.total_cmp(a));
        for value in &eigenvalues {
            writeln!(out, "{sample},{value:?}")?;
        }
    }
    output::print(&out)
}
