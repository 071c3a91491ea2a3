//! A model in a buffer: what `.._save` writes, `.._load` reads, from a flash page too.

use core::ffi::c_void;

use ntk_core::regression::bytes::FileError;

use crate::memory::{Kind, Memory, put};
use crate::status::{Outcome, status};

/// What can be written and read back. Each method is the core's.
#[allow(missing_docs)] // as in the core
#[allow(clippy::missing_errors_doc)]
pub trait Saved: Kind {
    fn is_fitted(&self) -> bool;
    fn written_len(&self) -> usize;
    fn write(&self, out: &mut [u8]) -> Result<usize, FileError>;
    fn load(&mut self, bytes: &[u8]) -> Result<(), FileError>;
}

/// Implements `.._file_size`.
///
/// # Safety
/// As the header says.
pub unsafe fn file_size<V: Saved>(memory: *const c_void, out: *mut usize) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<V>::of(memory)?;
            memory.check_out(out)?;
            if !memory.model().is_fitted() {
                return Err(ntk_core::Error::NotFitted.into());
            }
            put(out, memory.model().written_len())
        }
    };
    status(run())
}

/// Implements `.._save`.
///
/// # Safety
/// As the header says.
pub unsafe fn save<V: Saved>(
    memory: *const c_void,
    buffer: *mut u8,
    size: usize,
    written: *mut usize,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `written` is checked. The two may overlap: the count is
        // written when nobody looks at the bytes any more.
        unsafe {
            let memory = Memory::<V>::of(memory)?;
            if !written.is_null() {
                memory.check_out(written)?;
            }
            let length = memory.model().write(memory.bytes_mut(buffer, size)?)?;
            if written.is_null() { Ok(()) } else { put(written, length) }
        }
    };
    status(run())
}

/// Implements `.._load`. The head says how long the file is, so what follows it in a page of flash is not
/// looked at.
///
/// # Safety
/// As the header says.
pub unsafe fn load<V: Saved>(memory: *mut c_void, file: *const u8, size: usize) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function.
        let (mut memory, file) = unsafe {
            let memory = Memory::<V>::of(memory)?;
            let file = memory.slice(file, size)?;
            (memory, file)
        };
        let whole = memory.model_mut().load(file);
        let outcome = match whole {
            Err(FileError::Length { needed, found }) if needed < found => match file.get(..needed) {
                Some(file) => memory.model_mut().load(file),
                None => whole,
            },
            _ => whole,
        };
        Ok(outcome?)
    };
    status(run())
}
