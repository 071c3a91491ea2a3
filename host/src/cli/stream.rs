//! Options of `ntk stream`.

use std::path::PathBuf;

use clap::Args;

use super::choices::Precision;
use super::values::{Forget, forget, level, room};

/// Options of `ntk stream`.
#[derive(Args, Debug)]
pub struct StreamArgs {
    /// The log, row by row as it was recorded: columns x0, x1, ... and y (or y0, y1, ...); an optional column
    /// noise is the standard deviation of that row's y. Other columns are ignored
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// Largest number of basis inputs; the memory is that of a regression of this many samples. Inputs and
    /// targets are scaled by this many first rows, at most 100
    #[arg(long, default_value_t = 32, value_parser = room, value_name = "M")]
    pub room: usize,
    /// How the model forgets. none: not at all, for a function that does not change; auto: at a rate
    /// estimated from the errors; LAMBDA: by this factor with every row, where 0.999 remembers about a
    /// thousand rows
    #[arg(long, default_value = "auto", value_parser = forget, allow_negative_numbers = true, value_name = "none|auto|LAMBDA")]
    pub forget: Forget,
    /// Probability with which a row falls between low and high
    #[arg(long, default_value_t = 0.9, value_parser = level, allow_negative_numbers = true, value_name = "L")]
    pub level: f64,
    /// Arithmetic, that of the device
    #[arg(long, value_enum, default_value_t = Precision::F32)]
    pub precision: Precision,
    /// Write the model after the last row here, for ntk_core::Listener on a device
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
}
