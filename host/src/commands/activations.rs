//! `ntk activations`: lists the activations, their formulas, and what is known about their kernels.

use std::io::Write;

use crate::error::Failure;
use crate::files::output;
use crate::kernels::activations::{Entry, TABLE};

pub(super) fn run() -> Result<(), Failure> {
    let mut out = Vec::new();
    let head = ["name", "phi(z)", "NTK and NNGP", "lengths of inputs"];
    let rows =
        TABLE.iter().map(|&Entry { name, formula, kernels, lengths, .. }| [name, formula, kernels, lengths]);
    for [name, formula, kernels, lengths] in std::iter::once(head).chain(rows) {
        writeln!(out, "{name:18}{formula:39}{kernels:32}{lengths}")?;
    }
    output::print(&out)
}
