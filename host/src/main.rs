//! The program `ntk`: parse, run one command, set the exit code (0 done, 1 could not be done, 2 wrong usage).

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use host::cli::Cli;

fn main() -> ExitCode {
    let Some(command) = Cli::parse().command else {
        return match Cli::command().print_help() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    };
    match host::commands::run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS, // the reader has seen enough
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
