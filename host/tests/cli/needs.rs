//! Programs that not every machine has.

use std::io::Write;
use std::process::{Command, Stdio};

/// Whether a program is here. A test without it ends with a message; with `CI=true` that is a failure.
pub(crate) fn has(program: &str, package: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok() {
        return true;
    }
    let why = format!("{program} is missing; install {package}, or run tests/setup.sh on Debian");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
    let _ = writeln!(std::io::stderr(), "skipped: {why}"); // not by a macro, whose words a passing test keeps to itself
    false
}
