//! `ntk hessian`: prints the block eigenvalues or the spectral norm of the Hessian of f in the weights.

use std::io::Write;

use ntk_core::{Error, hessian};

use super::{check_finite, progress, read_network};
use crate::cli::HessianArgs;
use crate::error::{Failure, counted};
use crate::files::output;
use crate::files::table::Columns;
use crate::work::ROUNDS;

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
    let mut eigenvalues = vec![0.0; 2 * network.shape().width];
    let values = if args.norm { 1 } else { eigenvalues.len() };
    let mut out = output::text(x.len().saturating_mul(values), 2)?;
    writeln!(out, "sample,{}", if args.norm { "spectral_norm" } else { "eigenvalue" })?;
    progress::rounds(x.len(), || {
        for (sample, input) in x.rows()?.iter().enumerate() {
            ROUNDS.add(1);
            if args.norm {
                let norm = hessian::spectral_norm(&network, input, args.output);
                let norm = norm.map_err(|error| refused(error, &x, sample))?;
                writeln!(out, "{sample},{norm:?}")?;
                continue;
            }
            let found = hessian::eigenvalues(&network, input, args.output, &mut eigenvalues);
            found.map_err(|error| refused(error, &x, sample))?;
            eigenvalues.sort_by(|a, b| b.total_cmp(a));
            for value in &eigenvalues {
                writeln!(out, "{sample},{value:?}")?;
            }
        }
        Ok::<_, Failure>(())
    })?;
    output::print(&out)
}

/// Returns what the core says of an input, with its line.
fn refused(error: Error, x: &Columns, sample: usize) -> Failure {
    match error {
        Error::NotFinite { .. } => {
            check_finite(&[f64::NAN], x, sample, "the Hessian at this input").err().unwrap_or(error.into())
        }
        other => other.into(),
    }
}
