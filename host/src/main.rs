//! The program `ntk`: parses the command line, runs one command and sets the exit code (0 for success, 1 for
//! a failure, 2 for wrong usage).

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use host::cli::Cli;
use host::error::{Failure, remark};
use host::experiment::interrupt::end_by;

/// Returns the exit code after help, the version or a usage error was printed.
fn printed(result: io::Result<()>, code: i32) -> ExitCode {
    match result.and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe && code == 0 => {
            remark(format_args!("error: {}", Failure::from(error)));
            ExitCode::FAILURE
        }
        _ => ExitCode::from(u8::try_from(code).unwrap_or(1)),
    }
}

fn main() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => {
            if let Err(usage) = cli.check() {
                return printed(usage.print(), usage.exit_code());
            }
            match cli.command {
                Some(command) => command,
                None => return printed(Cli::command().print_help(), 0),
            }
        }
        Err(usage) => return printed(usage.print(), usage.exit_code()),
    };
    match host::commands::run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS, // the reader has closed the pipe
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
