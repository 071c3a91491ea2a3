//! Files: tables and weights as CSV, model files, and how results are written.

use std::fs;
use std::path::Path;

use crate::error::Failure;

pub mod device;
pub mod model;
pub mod output;
pub mod scaling;
pub mod stream;
pub mod table;
pub mod weights;

/// Refuses a pipe, a socket or a device in the place of a file that the program itself has written: reading a
/// named pipe might never end. A folder or a missing file is left for the reader to report.
///
/// # Errors
/// If there is a pipe, a socket or a device.
pub fn ordinary(path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(there) if !there.is_file() && !there.is_dir() => Err(Failure::new(format!(
            "cannot read {}: it is a pipe, a socket or a device and no ordinary file; remove it",
            path.display()
        ))),
        _ => Ok(()),
    }
}
