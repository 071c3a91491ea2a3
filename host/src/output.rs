//! CSV out: numbers printed so that reading them back gives the same bits.

use std::fmt::{Debug, Write as _};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write, stdout};
use std::path::Path;

use rayon::prelude::*;

use crate::error::Failure;

/// One line of numbers, comma between them. `{:?}` prints the shortest decimal that reads back to the same bits.
///
/// # Errors
/// If the output cannot be written.
pub fn line<T: Debug>(out: &mut impl Write, values: impl IntoIterator<Item = T>) -> Result<(), Failure> {
    let mut text = String::new();
    for (i, value) in values.into_iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        let _ = write!(text, "{comma}{value:?}"); // writing to a String cannot fail
    }
    text.push('\n');
    Ok(out.write_all(text.as_bytes())?)
}

/// Prints a matrix, a [`line()`] for each row, made on all threads.
///
/// # Errors
/// If standard output cannot be written.
pub fn print_matrix<T: Debug + Sync>(matrix: &[T], columns: usize) -> Result<(), Failure> {
    let columns = columns.max(1);
    let mut out = stdout().lock();
    // In parts, so that the text of a large matrix does not take more memory than the matrix.
    for part in matrix.chunks(PART.div_ceil(columns) * columns) {
        let text = |row| {
            let mut text = Vec::new();
            line(&mut text, row).map(|()| text)
        };
        let lines: Vec<_> = part.par_chunks(columns).map(text).collect::<Result<_, Failure>>()?;
        out.write_all(&lines.concat())?;
    }
    Ok(out.flush()?)
}

/// Numbers that are turned into text together, or a row where that is longer.
const PART: usize = 1 << 20;

/// A column name: `name` alone, or with its number where there are several.
#[must_use]
pub fn names(name: &str, count: usize) -> Vec<String> {
    if count == 1 { vec![name.to_owned()] } else { (0..count).map(|i| format!("{name}{i}")).collect() }
}

/// Prints a finished result.
///
/// # Errors
/// If standard output cannot be written.
pub fn print(result: &[u8]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    out.write_all(result)?;
    Ok(out.flush()?)
}

/// What the names of unfinished files begin with; the file's own name and a random part follow.
const UNFINISHED: &str = ".ntk-";

/// Writes a whole file at once: first beside its place, then renamed, so that a reader never sees half of it, and it is on
/// the disk when this returns.
///
/// A link is followed; what is no ordinary file (a device, a named pipe) is written into, never replaced.
///
/// # Errors
/// If it cannot be written.
pub fn replace_file(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    write_or_replace(path, contents).map_err(|cause| Failure::file("write", path, &cause))
}

fn write_or_replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_symlink() => return write_or_replace(&fs::canonicalize(path)?, contents),
        Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(there) if !there.is_file() => {
            return OpenOptions::new().write(true).open(path)?.write_all(contents);
        }
        _ => (),
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::metadata(folder)?; // says more than the next error would, if the folder is missing
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the user's mask, as usual
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!("{UNFINISHED}{name}-");
    let mut file = builder.prefix(&prefix).tempfile_in(folder).map_err(|e| plain(&e))?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    sync_folder(folder);
    Ok(())
}

/// Makes the names in a folder durable. Systems that cannot do so for folders have nothing to offer in its place.
pub fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Removes what a program that was killed has left unfinished of a file. Nobody else may be writing it.
pub fn remove_unfinished(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
    let prefix = format!("{UNFINISHED}{}-", name.to_string_lossy());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The error without the name of the temporary file.
fn plain(error: &io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|e| e.source()).and_then(|e| e.downcast_ref::<io::Error>());
    let code = error.raw_os_error().or_else(|| inner.and_then(io::Error::raw_os_error));
    code.map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}
