//! `ntk network`: f at each input.

use std::io::{BufWriter, Write, stdout};

use super::read_network;
use crate::cli::NetworkArgs;
use crate::error::Failure;
use crate::output;

pub(super) fn run(args: &NetworkArgs) -> Result<(), Failure> {
    let (network, x) = read_network(args)?;
    let mut out = BufWriter::new(stdout().lock());
    let mut f = vec![0.0; network.shape().outputs];
    writeln!(out, "{}", output::names("f", f.len()).join(","))?;
    for x in x.rows()?.iter() {
        network.output(x, &mut f)?;
        output::line(&mut out, &f)?;
    }
    Ok(out.flush()?)
}
