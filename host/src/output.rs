//! CSV out: numbers printed so that reading them back gives the same bits.

use std::fmt::{Debug, Write as _};
use std::fs;
use std::io::Write;
use std::path::Path;

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

/// A column name: `name` alone, or with its number where there are several.
#[must_use]
pub fn names(name: &str, count: usize) -> Vec<String> {
    if count == 1 { vec![name.to_owned()] } else { (0..count).map(|i| format!("{name}{i}")).collect() }
}

/// Writes a whole file at once: first beside its place, then renamed, so that a reader never sees half of it.
///
/// # Errors
/// If the folder cannot be written.
pub fn replace_file(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    let failed = |cause: std::io::Error| Failure::file("write", path, &cause);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".ntk-").tempfile_in(folder).map_err(failed)?;
    file.write_all(contents).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644));
    }
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}
