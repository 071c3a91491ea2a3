//! Why a command could not be done: one line that says what, where and what to do.

use std::fmt;
use std::io;
use std::path::Path;

/// A failed command; exit code 1.
#[derive(Debug)]
pub struct Failure {
    message: String,
    closed_pipe: bool,
}

impl Failure {
    /// A failure with its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), closed_pipe: false }
    }

    /// A file that cannot be read or written.
    #[must_use]
    pub fn file(action: &str, path: &Path, cause: &io::Error) -> Self {
        Self::new(format!("cannot {action} {}: {cause}", path.display()))
    }

    /// The reader of standard output has gone away: not worth a message.
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
        let closed_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { message: format!("cannot write the result: {error}"), closed_pipe }
    }
}
