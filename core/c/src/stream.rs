//! A stream for C: [`Listener`] with f32 and one output, which hears every sample and keeps N inputs.

use core::ffi::c_void;

use ntk_core::regression::bytes::FileError;
use ntk_core::stream::Answer;
use ntk_core::{Architecture, Erf, Error, Listener, Ntk};

use crate::file::Saved;
use crate::memory::{Kind, Memory, magic, put};
use crate::status::{Code, Outcome, status};

pub mod learn;

// SAFETY: its fields are floats, counts, flags and the choice of an amplitude.
unsafe impl<const D: usize, const N: usize> Kind for Listener<D, N> {
    const MAGIC: u32 = magic(b'h', D, N);

    fn begin(&mut self) {
        self.reset(Ntk::with(Erf, Architecture::ONE_LAYER.bias(1.0)));
    }
}

impl<const D: usize, const N: usize> Saved for Listener<D, N> {
    fn is_fitted(&self) -> bool {
        !self.is_empty()
    }
    fn written_len(&self) -> usize {
        self.written_len()
    }
    fn write(&self, out: &mut [u8]) -> Result<usize, FileError> {
        self.write(out)
    }
    fn load(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.load(bytes)
    }
}

/// `ntk_answer`.
#[repr(C)]
pub struct AnswerOut {
    mean: f32,
    low: f32,
    high: f32,
    deviation: f32,
    novelty: f32,
}

/// `ntk_stream_state`.
#[repr(C)]
pub struct StateOut {
    kept: u32,
    heard: u32,
    noise: f32,
    forgetting: f32,
}

/// Writes what a stream says at an input.
///
/// # Safety
/// As the header says.
unsafe fn ask<const D: usize, const N: usize, R>(
    memory: *const c_void,
    (x, count): (*const f32, usize),
    out: *mut R,
    f: impl FnOnce(&Listener<D, N>, &[f32; D]) -> Result<R, Error>,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<Listener<D, N>>::of(memory)?;
            memory.check_out(out)?;
            let x = memory.input(x, count)?;
            put(out, f(memory.model(), &x)?)
        }
    };
    status(run())
}

/// Implements `ntk_stream_DxN_answer`.
///
/// # Safety
/// As the header says.
pub unsafe fn answer<const D: usize, const N: usize>(
    memory: *const c_void,
    x: *const f32,
    count: usize,
    level: f32,
    out: *mut AnswerOut,
) -> i32 {
    let answer = |stream: &Listener<D, N>, x: &[f32; D]| {
        let Answer { mean, deviation, low, high, novelty } = stream.answer(x, level)?;
        Ok(AnswerOut { mean, low, high, deviation, novelty })
    };
    // SAFETY: the demand of this function.
    unsafe { ask::<D, N, _>(memory, (x, count), out, answer) }
}

/// Implements `ntk_stream_DxN_p_value`.
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
    // SAFETY: the demand of this function.
    unsafe { ask::<D, N, _>(memory, (x, count), out, |stream, x| stream.p_value(x, y)) }
}

/// Implements `ntk_stream_DxN_familiarity`.
///
/// # Safety
/// As the header says.
pub unsafe fn familiarity<const D: usize, const N: usize>(
    memory: *const c_void,
    x: *const f32,
    count: usize,
    out: *mut f32,
) -> i32 {
    // SAFETY: the demand of this function.
    unsafe { ask::<D, N, _>(memory, (x, count), out, |stream, x| stream.familiarity(x)) }
}

/// Implements `ntk_stream_DxN_state`.
///
/// # Safety
/// As the header says.
pub unsafe fn state<const D: usize, const N: usize>(memory: *const c_void, out: *mut StateOut) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<Listener<D, N>>::of(memory)?;
            memory.check_out(out)?;
            let stream = memory.model();
            let kept = u32::try_from(stream.len()).map_err(|_| Code::Unknown.at(0))?;
            let (heard, noise, forgetting) = (stream.heard(), stream.noise(), stream.forgetting());
            put(out, StateOut { kept, heard, noise, forgetting })
        }
    };
    status(run())
}
