//! The command line: names, defaults and ranges of all options, and the way from them to the types of the
//! program.
//!
//! Only `main` and [`crate::commands`] use this module.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

mod choices;
mod kernels;
mod networks;
mod stream;
mod sweeps;
mod values;

pub use choices::{Criterion, Language, Precision, Scale, Variances};
pub use kernels::{DrawArgs, ExportArgs, FitArgs, KernelArgs, KernelChoice, PredictArgs};
pub use networks::{EmpiricalArgs, HessianArgs, NetworkArgs, TrainArgs};
pub use stream::StreamArgs;
pub use sweeps::{MergeArgs, ReportArgs, SweepArgs, VerifyArgs};
pub use values::{Choice, Forget};

/// Neural tangent kernels of one-hidden-layer networks: the lecture's experiment, and each of its parts
#[derive(Debug, Parser)]
#[command(
    name = "ntk",
    version,
    after_help = "Files are CSV with a header row. Results go to standard output or to the files named; progress, \
                  warnings and errors to standard error. Exit code 0: done; 1: it could not be done; 2: wrong usage."
)]
pub struct Cli {
    /// What to do; without it, help is printed.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// Checks the options that exclude each other.
    ///
    /// # Errors
    /// A wrong usage, exit code 2: `--tune` with a ridge that is given.
    pub fn check(&self) -> Result<(), clap::Error> {
        match &self.command {
            Some(Command::Fit(FitArgs { tune: Some(_), ridge: Choice::Given(_), .. })) => {
                Err(Self::command().error(
                    ErrorKind::ArgumentConflict,
                    "--tune searches the ridge together with the variances: leave --ridge out or set it to auto, or leave \
                     --tune out",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run Example 3: train networks of many widths, compare them with the NTK, draw Figure 1
    Sweep(SweepArgs),
    /// Join the shards of a sweep that were run in separate folders
    Merge(MergeArgs),
    /// Write a sweep as one web page: figures with hover values, their data, tables, and the claims ledger
    Report(ReportArgs),
    /// Check the claims of the lecture against measurements; exit code 1 if a claim fails
    Verify(VerifyArgs),
    /// Print the Gram matrix of the infinitely wide network: NTK or NNGP, any activation and depth
    Kernel(KernelArgs),
    /// List the activations, their formulas, and what is known about their kernels
    Activations,
    /// Print the output f of a network at each input
    Network(NetworkArgs),
    /// Print the NTK of a network of finite width, rows and columns by sample, then by output
    Empirical(EmpiricalArgs),
    /// Print the eigenvalues of the Hessian of f in the weights
    Hessian(HessianArgs),
    /// Train all layers by gradient descent and print each step
    Train(TrainArgs),
    /// Fit kernel regression to samples and save the model
    Fit(FitArgs),
    /// Predict with a saved model, with standard deviations and intervals
    Predict(PredictArgs),
    /// Draw functions from the Gaussian process of a kernel, or from the posterior of a saved model
    Draw(DrawArgs),
    /// Replay a log through the streaming model, predicting each row before learning it
    Stream(StreamArgs),
    /// Write a saved model for a device: Rust or C source with a predict function, or a file for flash
    Export(ExportArgs),
}
