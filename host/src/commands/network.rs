//! `ntk network`: prints f at each input.

use std::io::Write;

use super::{check_finite, progress, read_network};
use crate::cli::NetworkArgs;
use crate::error::Failure;
use crate::files::output;
use crate::work::ROUNDS;

pub(super) fn run(args: &NetworkArgs) -> Result<(), Failure> {
    let (network, x) = read_network(args)?;
    let mut f = vec![0.0; network.shape().outputs];
    let mut out = output::text(x.len(), f.len())?;
    writeln!(out, "{}", output::names("f", f.len()).join(","))?;
    progress::rounds(x.len(), || {
        for (row, input) in x.rows()?.iter().enumerate() {
            network.output(input, &mut f)?;
            check_finite(&f, &x, row, "the output for this input")?;
            output::line(&mut out, &f)?;
            ROUNDS.add(1);
        }
        Ok::<_, Failure>(())
    })?;
    output::print(&out)
}
