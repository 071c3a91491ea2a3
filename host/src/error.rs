//! Why a command could not be done: one line that says what, where and what to do.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Writes a line to standard error. A failure to write is ignored, since the work must go on if nobody reads
/// it.
pub fn remark(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Returns a piece of a user's file in a form that may be printed: short, on one line, without control
/// characters.
#[must_use]
pub fn shown(text: &str) -> String {
    cut(text, 40)
}

/// Does the same as [`shown`] for a message of another library that may quote a file.
#[must_use]
pub fn message(error: &impl fmt::Display) -> String {
    cut(&error.to_string(), 200)
}

fn cut(text: &str, most: usize) -> String {
    let clean = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    let start: String = text.chars().take(most).map(clean).collect();
    if text.chars().nth(most).is_some() { start + "..." } else { start }
}

/// Returns "1 output", "2 outputs".
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A failed command; exit code 1.
#[derive(Debug)]
pub struct Failure {
    message: String,
    closed_pipe: bool,
    signal: Option<usize>,
}

impl Failure {
    /// Creates a failure with its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), closed_pipe: false, signal: None }
    }

    /// Returns a failure because the user or the system asked for an end, by this signal.
    pub fn interrupted(signal: usize, message: impl Into<String>) -> Self {
        Self { signal: Some(signal), ..Self::new(message) }
    }

    /// Returns a failure to use a file or folder; `action` is what was tried, "read" for example.
    #[must_use]
    pub fn file(action: &str, path: &Path, cause: &io::Error) -> Self {
        // Only the kind is printed: the full text may name a temporary file that the user has never seen.
        let why = cause.raw_os_error().map_or_else(|| cause.kind().into(), io::Error::from_raw_os_error);
        let remedy = match (why.kind(), action) {
            (ErrorKind::NotFound, "read") => "; check the name and the folder",
            (ErrorKind::NotFound, _) => "; make the folder first",
            (ErrorKind::NotADirectory, _) => "; a part of the path is a file: choose another",
            (ErrorKind::AlreadyExists, _) => "; a file has that name: choose another",
            (ErrorKind::IsADirectory, _) => "; name a file in it",
            (ErrorKind::PermissionDenied, _) => "; choose another place or change its permissions",
            (ErrorKind::StorageFull, _) => "; make room or choose another place",
            _ => "",
        };
        Self::new(format!("cannot {action} {}: {why}{remedy}", path.display()))
    }

    /// Returns the signal that ended the work, if one did.
    #[must_use]
    pub fn signal(&self) -> Option<usize> {
        self.signal
    }

    /// Returns whether the reader of standard output has gone away, which is not worth a message.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        self.closed_pipe
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<ntk_core::Error> for Failure {
    fn from(error: ntk_core::Error) -> Self {
        match error {
            ntk_core::Error::NotPositiveDefinite { value, .. } => {
                Self::new(format!("{error} (value {value:e})"))
            }
            _ => Self::new(error.to_string()),
        }
    }
}

/// Failing to write a result to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let closed_pipe = error.kind() == ErrorKind::BrokenPipe;
        Self { message: format!("cannot write the result: {error}"), closed_pipe, signal: None }
    }
}
