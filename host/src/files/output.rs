//! Writes results: numbers as CSV that reads back to the same bits, and files that appear as a whole.

use std::fmt::{Debug, Write as _};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write, stdout};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tempfile::NamedTempFile;

use crate::error::Failure;
use crate::memory;
use crate::work::MULTIPLY_ADDS;

/// Writes one line of numbers, separated by commas. `{:?}` prints the shortest decimal that reads back to the
/// same bits.
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

/// Prints a matrix, a [`line()`] for each row. The text is formatted on all threads.
///
/// # Errors
/// If standard output cannot be written.
pub fn print_matrix<T: Debug + Sync>(matrix: &[T], columns: usize) -> Result<(), Failure> {
    let columns = columns.max(1);
    let mut out = stdout().lock();
    // In parts, so that the text of a large matrix does not take more memory than the matrix.
    let part = PART.div_ceil(columns) * columns;
    drop(text(2 * (part / columns), columns)?); // the lines, and all of them together
    for part in matrix.chunks(part) {
        let text_of = |row| {
            let mut text = Vec::new();
            line(&mut text, row).map(|()| text)
        };
        let lines: Vec<_> = part.par_chunks(columns).map(text_of).collect::<Result<_, Failure>>()?;
        out.write_all(&lines.concat())?;
        MULTIPLY_ADDS.add(part.len() * PRINTING);
    }
    Ok(out.flush()?)
}

/// About how many multiply-adds of a factorisation take the time of printing one number, as measured.
pub const PRINTING: usize = 800;

/// How many numbers are turned into text together. A row that is longer forms a part of its own.
const PART: usize = 1 << 17;

/// Returns an empty text with room for so many rows of so many numbers.
///
/// # Errors
/// If there is no memory for it.
pub fn text(rows: usize, columns: usize) -> Result<Vec<u8>, Failure> {
    let bytes = rows.saturating_add(1).saturating_mul(columns).saturating_mul(LONGEST);
    memory::room(bytes, format_args!("a result of {rows} x {columns} numbers"))
}

/// Bytes of the longest number, such as -2.2250738585072014e-308, and of the separator after it.
const LONGEST: usize = 25;

/// Returns column names: `name` alone, or with a number if there are several columns.
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

/// The prefix of the names of unfinished files; the file's own name and a random part follow.
const UNFINISHED: &str = ".ntk-";

/// Writes a file as a whole: it is written under another name in the same folder and then renamed, so that a
/// reader never sees half of it. The file is on the disk when this returns.
///
/// A link is followed, even to a file that does not exist yet. A device or a pipe is written into and never
/// replaced. A path that leads to standard output, whatever its name, is written as standard output.
/// Unfinished files that killed programs have left beside the file are removed.
///
/// # Errors
/// If it cannot be written.
pub fn replace_file(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    write_or_replace(path, contents).map_err(|cause| Failure::file("write", path, &cause))
}

fn write_or_replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => return Err(ErrorKind::IsADirectory.into()),
        Ok(there) if is_standard_output(&there) => {
            let mut out = stdout().lock();
            return out.write_all(contents).and_then(|()| out.flush());
        }
        Ok(there) if !there.is_file() => {
            return OpenOptions::new().write(true).open(path)?.write_all(contents);
        }
        _ => (),
    }
    let path = &target(path)?;
    remove_unfinished(path);
    unfinished(path, contents)?.persist(path).map_err(|e| e.error)?;
    sync_folder(folder_of(path));
    Ok(())
}

/// The largest number of links from a name to its file, as many as Linux follows.
const MOST_LINKS: usize = 40;

/// Returns the file that a name stands for, whether it exists or not.
fn target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(there) if there.is_symlink() => path = folder_of(&path).join(fs::read_link(&path)?),
            _ => return Ok(path),
        }
    }
    fs::metadata(&path).and(Err(ErrorKind::InvalidInput.into())) // the system's words for too many links
}

/// Returns whether standard output goes to this file: replacing it would lose what is printed afterwards.
#[cfg(unix)]
fn is_standard_output(file: &fs::Metadata) -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt;
    let out = stdout().as_fd().try_clone_to_owned().map(File::from).and_then(|out| out.metadata());
    let of = |file: &fs::Metadata| (file.dev(), file.ino());
    out.is_ok_and(|out| of(&out) == of(file))
}

#[cfg(not(unix))]
fn is_standard_output(_: &fs::Metadata) -> bool {
    false
}

/// Creates a file and takes its lock, so that no other program sees it half written or without its lock.
/// Returns `None` and changes nothing if the file is there already.
///
/// # Errors
/// If it cannot be written.
pub fn create_locked(path: &Path, contents: &[u8]) -> Result<Option<File>, Failure> {
    let failed = |cause: io::Error| Failure::file("write", path, &cause);
    let file = unfinished(path, contents).map_err(failed)?;
    let created = match file.persist_noclobber(path) {
        Ok(created) => created,
        Err(_) if path.exists() => return Ok(None),
        // This file system can only replace files, and no other program has created this one so far.
        Err(refused) => refused.file.persist(path).map_err(|e| failed(e.error))?,
    };
    sync_folder(folder_of(path));
    Ok(Some(created))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates an unfinished file beside the place of another one, writes its contents to the disk and locks it.
/// An unfinished file without a lock was left by a program that was killed.
fn unfinished(path: &Path, contents: &[u8]) -> io::Result<NamedTempFile> {
    let folder = folder_of(path);
    fs::metadata(folder)?; // says more than the next error would, if the folder is missing
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!("{UNFINISHED}{name}-");
    let mut file = loop {
        let file = builder.prefix(&prefix).tempfile_in(folder).map_err(|e| plain(&e))?;
        let _ = file.as_file().lock(); // fails only where the file system has no locks
        // Before the file was locked, another program may have removed it as one that a killed program left.
        if file.path().exists() {
            break file;
        }
    };
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes the names in a folder durable, on systems that can do so.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Removes the unfinished files that programs left beside this file when they were killed: those that nobody
/// has locked.
pub fn remove_unfinished(path: &Path) {
    let Some(name) = path.file_name() else { return };
    let prefix = format!("{UNFINISHED}{}-", name.to_string_lossy());
    for entry in fs::read_dir(folder_of(path)).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(&prefix);
        if is_ours
            && entry.file_type().is_ok_and(|kind| kind.is_file())
            && let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Returns the error without the name of the temporary file.
fn plain(error: &io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|e| e.source()).and_then(|e| e.downcast_ref::<io::Error>());
    let code = error.raw_os_error().or_else(|| inner.and_then(io::Error::raw_os_error));
    code.map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}
