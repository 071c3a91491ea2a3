//! Options of the commands about networks of finite width: `ntk network`, `empirical`, `hessian` and `train`.

use std::path::PathBuf;

use clap::Args;

use super::choices::activations;
use super::values::{activation, positive};
use crate::experiment::Engine;
use crate::kernels::ActivationName;

/// Options of `ntk network`.
#[derive(Args, Debug)]
pub struct NetworkArgs {
    /// Weights, columns a,b0,b1,... (or a0,a1,..,b0,..), one row per hidden unit
    #[arg(long, value_name = "FILE")]
    pub weights: PathBuf,
    /// Inputs, columns x0, x1, ...
    #[arg(long, value_name = "FILE")]
    pub x: PathBuf,
    /// The activation.
    #[arg(long, value_parser = activation, value_name = "A", help = activations())]
    pub activation: ActivationName,
}

/// Options of `ntk empirical`.
#[derive(Args, Debug)]
pub struct EmpiricalArgs {
    /// Weights and inputs
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Partners, one column of the matrix each (columns x0, x1, ...); default: the inputs themselves
    #[arg(long, value_name = "FILE")]
    pub y: Option<PathBuf>,
}

/// Options of `ntk hessian`.
#[derive(Args, Debug)]
pub struct HessianArgs {
    /// Weights and inputs
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Print the spectral norm (the largest absolute eigenvalue) only
    #[arg(long)]
    pub norm: bool,
    /// Which output of a network of several, from 0
    #[arg(long, default_value_t = 0, value_name = "O")]
    pub output: usize,
}

/// Options of `ntk train`.
#[derive(Args, Debug)]
pub struct TrainArgs {
    /// Initial weights, columns a,b0,b1,... (or a0,a1,..,b0,..), one row per hidden unit
    #[arg(long, value_name = "FILE")]
    pub weights: PathBuf,
    /// Samples, columns x0, x1, ... and y (or y0, y1, ...)
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// The activation.
    #[arg(long, value_parser = activation, value_name = "A", help = activations())]
    pub activation: ActivationName,
    /// Learning rate of gradient descent on 1/2 sum (y - f)^2
    #[arg(long, value_parser = positive, allow_negative_numbers = true, value_name = "E")]
    pub learning_rate: f64,
    /// Largest number of steps
    #[arg(long, value_name = "N")]
    pub steps: u32,
    /// Print every M-th step; the last one is always printed
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), value_name = "M")]
    pub every: u32,
    /// The training engine
    #[arg(long, value_enum, default_value_t = Engine::Plain)]
    pub engine: Engine,
    /// Stop when the mean squared error on the samples is below this
    #[arg(long, value_parser = positive, allow_negative_numbers = true, value_name = "T")]
    pub target_mse: Option<f64>,
    /// Stop when more than this many steps in a row have not lowered the best loss
    #[arg(long, value_name = "P")]
    pub patience: Option<u32>,
    /// Write the trained weights here; all steps are then taken even if the output pipe is closed
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
}
