//! The commands of `ntk`, one file each.

use std::path::Path;

use ntk_core::Network;

use crate::cli::{Command, NetworkArgs};
use crate::error::Failure;
use crate::files::table::{Columns, Table};
use crate::files::weights::{self, Weights};
use crate::kernels::activations::ActivationName;
use crate::threads;

mod activations;
mod draw;
mod empirical;
mod export;
mod fit;
mod fit_report;
mod hessian;
mod kernel;
mod network;
mod predict;
mod progress;
mod report;
mod stream;
mod sweep;
mod train;
mod verify;

/// Runs a command.
///
/// # Errors
/// A failure, whose message goes to standard error; the exit code is then 1.
pub fn run(command: Command) -> Result<(), Failure> {
    threads::start()?;
    match command {
        Command::Sweep(args) => sweep::run(&args),
        Command::Merge(args) => sweep::merge(&args),
        Command::Report(args) => report::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Kernel(args) => kernel::run(&args),
        Command::Activations => activations::run(),
        Command::Network(args) => network::run(&args),
        Command::Empirical(args) => empirical::run(&args),
        Command::Hessian(args) => hessian::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Fit(args) => fit::run(&args),
        Command::Predict(args) => predict::run(&args),
        Command::Draw(args) => draw::run(&args),
        Command::Stream(args) => stream::run(&args),
        Command::Export(args) => export::run(&args),
    }
}

/// Refuses to print a result that is not finite; `x` and `row` name the input in the message.
fn check_finite(values: &[f64], x: &Columns, row: usize, what: &str) -> Result<(), Failure> {
    if values.iter().all(|v| v.is_finite()) {
        return Ok(());
    }
    let place = x.place(row);
    Err(Failure::new(format!("{place}: {what} overflows; scale the inputs or the weights down")))
}

/// Returns the columns x0, x1, ... of a file.
fn read_inputs(path: &Path) -> Result<Columns, Failure> {
    Table::read(path)?.numbered("x", None)
}

/// Refuses inputs of another dimension than the rest of the command works in.
fn check_dimension(path: &Path, columns: &Columns, needed: usize, of: &str) -> Result<(), Failure> {
    if columns.width == needed {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{}:1: inputs of dimension {} (columns x0, x1, ...), {of} has dimension {needed}; make them equal",
        path.display(),
        columns.width
    )))
}

/// Returns a network and inputs of its dimension.
fn read_network(args: &NetworkArgs) -> Result<(Network<ActivationName, Weights>, Columns), Failure> {
    let network = Network::new(args.activation, weights::read(&args.weights)?);
    let x = read_inputs(&args.x)?;
    check_dimension(&args.x, &x, network.shape().inputs, "the network")?;
    Ok((network, x))
}
