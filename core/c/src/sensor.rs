//! The entry point for C: [`Sensor`] with f32 and one output.

use core::ffi::c_void;

use ntk_core::regression::bytes::{Contents, FileError};
use ntk_core::regression::{LeaveOneOut, WhenFull};
use ntk_core::{Architecture, Error, Nngp, Reading, Relu, Rows, Sensor};

use crate::file::Saved;
use crate::learns::Learns;
use crate::memory::{Kind, Memory, magic, put};
use crate::status::{Outcome, status};

// SAFETY: its fields are floats, counts, a flag and the choice of an amplitude.
unsafe impl<const D: usize, const N: usize> Kind for Sensor<D, N> {
    const MAGIC: u32 = magic(b's', D, N);

    fn begin(&mut self) {
        self.reset(Nngp::with(Relu, Architecture::ONE_LAYER));
    }
}

impl<const D: usize, const N: usize> Learns<D> for Sensor<D, N> {
    const ROOM: usize = N;
    fn samples(&self) -> usize {
        self.len()
    }
    fn sample(&self, i: usize) -> Option<([f32; D], f32)> {
        self.sample(i)
    }
    fn push(&mut self, x: &[f32; D], y: f32, when_full: WhenFull) -> Result<Option<usize>, Error> {
        self.push(x, y, when_full)
    }
    fn remove(&mut self, i: usize) -> Result<(), Error> {
        self.remove(i)
    }
    fn replace(&mut self, i: usize, x: &[f32; D], y: f32) -> Result<(), Error> {
        self.replace(i, x, y)
    }
    fn leave_one_out(&self, i: usize) -> Result<LeaveOneOut<f32>, Error> {
        self.leave_one_out(i)
    }
}

impl<const D: usize, const N: usize> Saved for Sensor<D, N> {
    fn is_fitted(&self) -> bool {
        !self.is_empty()
    }
    fn written_len(&self) -> usize {
        self.written_len(Contents::Everything)
    }
    fn write(&self, out: &mut [u8]) -> Result<usize, FileError> {
        self.write(Contents::Everything, out)
    }
    fn load(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.load(bytes)
    }
}

/// `ntk_reading`.
#[repr(C)]
pub struct ReadingOut {
    value: f32,
    low: f32,
    high: f32,
    deviation: f32,
    familiarity: f32,
}

/// Implements `ntk_sensor_DxN_set_range`.
///
/// # Safety
/// As the header says.
pub unsafe fn set_range<const D: usize, const N: usize>(
    memory: *mut c_void,
    low: *const f32,
    high: *const f32,
    count: usize,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function.
        let (mut memory, low, high) = unsafe {
            let memory = Memory::<Sensor<D, N>>::of(memory)?;
            let (low, high) = (memory.input(low, count)?, memory.input(high, count)?);
            (memory, low, high)
        };
        Ok(memory.model_mut().set_range(&low, &high)?)
    };
    status(run())
}

/// Implements `ntk_sensor_DxN_fit`.
///
/// # Safety
/// As the header says.
pub unsafe fn fit<const D: usize, const N: usize>(
    memory: *mut c_void,
    x: *const f32,
    x_count: usize,
    y: *const f32,
    y_count: usize,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function.
        let (mut memory, x, y) = unsafe {
            let memory = Memory::<Sensor<D, N>>::of(memory)?;
            let (x, y) = (memory.slice(x, x_count)?, memory.slice(y, y_count)?);
            (memory, x, y)
        };
        memory.model_mut().fit(Rows::new(x, D)?, y)?;
        Ok(())
    };
    status(run())
}

/// Implements `ntk_sensor_DxN_read`.
///
/// # Safety
/// As the header says.
pub unsafe fn read<const D: usize, const N: usize>(
    memory: *const c_void,
    x: *const f32,
    count: usize,
    level: f32,
    out: *mut ReadingOut,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<Sensor<D, N>>::of(memory)?;
            memory.check_out(out)?;
            let x = memory.input(x, count)?;
            let Reading { value, low, high, deviation, familiarity } = memory.model().read(&x, level)?;
            put(out, ReadingOut { value, low, high, deviation, familiarity })
        }
    };
    status(run())
}

/// Implements `ntk_sensor_DxN_value`.
///
/// # Safety
/// As the header says.
pub unsafe fn value<const D: usize, const N: usize>(
    memory: *const c_void,
    x: *const f32,
    count: usize,
    out: *mut f32,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<Sensor<D, N>>::of(memory)?;
            memory.check_out(out)?;
            let x = memory.input(x, count)?;
            put(out, memory.model().mean(&x)?)
        }
    };
    status(run())
}

/// Implements `ntk_sensor_DxN_p_value`.
///
/// # Safety
/// As the header says.
pub unsafe fn p_value<const D: usize, const N: usize>(
    memory: *const c_void,
    x: *const f32,
    count: usize,
    y: f32,
    out: *mut f32,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<Sensor<D, N>>::of(memory)?;
            memory.check_out(out)?;
            let x = memory.input(x, count)?;
            put(out, memory.model().p_value(&x, y)?)
        }
    };
    status(run())
}
