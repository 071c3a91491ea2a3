//! `ntk network`: f at each input.

use std::io::Write;

use super::{check_finite, read_network};
use crate::cli::NetworkArgs;
use crate::error::Failure;
use crate::output;

pub(super) fn run(args: &NetworkArgs) -> Result<(), Failure> {
    let (network, x) = read_network(args)?;
    let mut out = Vec::new();
    let mut f = vec![0.0; network.shape().outputs];
    writeln!(out, "{}", output::names("f", f.len()).join(","))?;
    for (sample, x) in x.rows()?.iter().enumerate() {
        network.output(x, &mut f)?;
        check_finite(&f, || format!("the output for input {sample}"))?;
        output::line(&mut out, &f)?;
    }
    output::print(&out)
}
