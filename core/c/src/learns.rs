//! What sensors and models have in common for C: they learn, forget, leave out, and are saved and loaded.

use core::ffi::c_void;

use ntk_core::Error;
use ntk_core::regression::{LeaveOneOut, WhenFull};

use crate::memory::{Kind, Memory, put, start};
use crate::status::{Code, Outcome, Refusal, status};

/// A model of D inputs that learns sample by sample. Each method is the core's.
#[allow(missing_docs)] // as in the core
#[allow(clippy::missing_errors_doc)]
pub trait Learns<const D: usize>: Kind {
    /// The number of samples that there is room for.
    const ROOM: usize;
    fn samples(&self) -> usize;
    fn sample(&self, i: usize) -> Option<([f32; D], f32)>;
    fn push(&mut self, x: &[f32; D], y: f32, when_full: WhenFull) -> Result<Option<usize>, Error>;
    fn remove(&mut self, i: usize) -> Result<(), Error>;
    fn replace(&mut self, i: usize, x: &[f32; D], y: f32) -> Result<(), Error>;
    fn leave_one_out(&self, i: usize) -> Result<LeaveOneOut<f32>, Error>;
}

/// `ntk_left_out`.
#[repr(C)]
pub struct LeftOut {
    mean: f32,
    deviation: f32,
}

/// Implements `.._init`.
///
/// # Safety
/// As the header says.
pub unsafe fn init<V: Kind>(memory: *mut c_void, size: usize) -> i32 {
    // SAFETY: the demand of this function.
    status(unsafe { start::<V>(memory, size) })
}

/// Implements `.._end`.
///
/// # Safety
/// As the header says.
pub unsafe fn end<V: Kind>(memory: *mut c_void) -> i32 {
    // SAFETY: the demand of this function.
    status(unsafe { Memory::<V>::of(memory) }.map(Memory::end))
}

/// Implements `.._count`.
///
/// # Safety
/// As the header says.
pub unsafe fn count<V: Learns<D>, const D: usize>(memory: *const c_void, out: *mut usize) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<V>::of(memory)?;
            memory.check_out(out)?;
            put(out, memory.model().samples())
        }
    };
    status(run())
}

/// Implements `.._sample`.
///
/// # Safety
/// As the header says.
pub unsafe fn sample<V: Learns<D>, const D: usize>(
    memory: *const c_void,
    i: usize,
    x: *mut f32,
    count: usize,
    y: *mut f32,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `x` and `y` are checked.
        unsafe {
            let memory = Memory::<V>::of(memory)?;
            let x = memory.place::<D>(x, count)?;
            memory.check_out(y)?;
            let missing = Code::OutOfBounds.at(memory.model().samples());
            let (input, label) = memory.model().sample(i).ok_or(missing)?;
            put(x, input)?;
            put(y, label)
        }
    };
    status(run())
}

/// Implements `.._push`.
///
/// # Safety
/// As the header says.
pub unsafe fn push<V: Learns<D>, const D: usize>(
    memory: *mut c_void,
    x: *const f32,
    count: usize,
    y: f32,
    full: i32,
    dropped: *mut usize,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `dropped` is checked.
        unsafe {
            let mut memory = Memory::<V>::of(memory)?;
            if !dropped.is_null() {
                memory.check_out(dropped)?;
            }
            let x = memory.input::<D>(x, count)?;
            let left = memory.model_mut().push(&x, y, when_full(full)?)?;
            if dropped.is_null() { Ok(()) } else { put(dropped, left.unwrap_or(V::ROOM)) }
        }
    };
    status(run())
}

/// Implements `ntk_when_full`.
fn when_full(full: i32) -> Result<WhenFull, Refusal> {
    match full {
        0 => Ok(WhenFull::Refuse),
        1 => Ok(WhenFull::DropOldest),
        2 => Ok(WhenFull::DropRedundant),
        _ => Err(Code::WhenFull.at(0)),
    }
}

/// Implements `.._remove`.
///
/// # Safety
/// As the header says.
pub unsafe fn remove<V: Learns<D>, const D: usize>(memory: *mut c_void, i: usize) -> i32 {
    // SAFETY: the demand of this function.
    let memory = unsafe { Memory::<V>::of(memory) };
    status(memory.and_then(|mut memory| Ok(memory.model_mut().remove(i)?)))
}

/// Implements `.._replace`.
///
/// # Safety
/// As the header says.
pub unsafe fn replace<V: Learns<D>, const D: usize>(
    memory: *mut c_void,
    i: usize,
    x: *const f32,
    count: usize,
    y: f32,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function.
        let (mut memory, x) = unsafe {
            let memory = Memory::<V>::of(memory)?;
            let x = memory.input::<D>(x, count)?;
            (memory, x)
        };
        Ok(memory.model_mut().replace(i, &x, y)?)
    };
    status(run())
}

/// Implements `.._leave_one_out`.
///
/// # Safety
/// As the header says.
pub unsafe fn leave_one_out<V: Learns<D>, const D: usize>(
    memory: *const c_void,
    i: usize,
    out: *mut LeftOut,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<V>::of(memory)?;
            memory.check_out(out)?;
            let LeaveOneOut { mean, deviation } = memory.model().leave_one_out(i)?;
            put(out, LeftOut { mean, deviation })
        }
    };
    status(run())
}
