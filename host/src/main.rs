//! The program `ntk`: parse, run one command, set the exit code (0 done, 1 could not be done, 2 wrong usage).

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use host::cli::Cli;
use host::error::remark;
use host::experiment::interrupt::end_by;

fn main() -> ExitCode {
    let Some(command) = Cli::parse().command else {
        return match Cli::command().print_help() {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        };
    };
    match host::commands::run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS, // the reader has seen enough
        Err(failure) => {
            if let Some(signal) = failure.signal() {
                remark(format_args!("{failure}"));
                end_by(signal);
            } else {
                remark(format_args!("error: {failure}"));
            }
            ExitCode::FAILURE
        }
    }
}
