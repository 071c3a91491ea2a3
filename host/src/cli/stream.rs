//! Options of `ntk stream`.

use std::path::PathBuf;

use clap::Args;

use super::choices::Precision;
use super::values::{Forget, forget, level, room};

/// Options of `ntk stream`.
#[derive(Args, Debug)]
pub struct StreamArgs {
    /// The log, row by row as it was recorded: columns x0, x1, ... and y (or y0, y1, ...); noise, if it is
    /// there, is the standard deviation of that row's y. Other columns are passed over
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// Basis inputs that the model has room for: its memory is that of a regression of so many samples.
    /// Inputs and targets are scaled by as many first rows, at most 100
    #[arg(long, default_value_t = 32, value_parser = room, value_name = "M")]
    pub room: usize,
    /// How the past is forgotten. none: not at all, the truth does not change; auto: as fast as the errors
    /// ask for; LAMBDA: by this factor with every row, 0.999 for some thousand rows
    #[arg(long, default_value = "auto", value_parser = forget, allow_negative_numbers = true, value_name = "none|auto|LAMBDA")]
    pub forget: Forget,
    /// Probability with which a row falls between low and high
    #[arg(long, default_value_t = 0.9, value_parser = level, allow_negative_numbers = true, value_name = "L")]
    pub level: f64,
    /// Arithmetic: that of the device which is to learn on
    #[arg(long, value_enum, default_value_t = Precision::F32)]
    pub precision: Precision,
    /// Write the model after the last row here, for ntk_core::Listener on a device
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
}
