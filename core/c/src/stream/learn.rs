//! How a stream for C learns: its settings, and each sample.

use core::ffi::c_void;

use ntk_core::stream::{Forgetting, Learned, Occasion};
use ntk_core::{Error, Listener, Rows, Setting};

use crate::memory::{Memory, put};
use crate::status::{Code, Outcome, Refusal, status};

/// Returns what a sample did, as a status has it: what and, of an input that was replaced, which.
fn code(learned: Learned) -> i32 {
    match learned {
        Learned::Joined => 0,
        Learned::Replaced(place) => 1 + ((place.min(0x7f_ffff) as i32) << 8),
        Learned::Absorbed => 2,
        Learned::Repeated => 3,
    }
}

/// Converts an error to a refusal. The settings that only a stream has are converted here, so that a program
/// without a stream does not contain their code.
fn refuse(error: Error) -> Refusal {
    match error {
        Error::OutOfRange(Setting::Forgetting) => Code::Forgetting.at(0),
        Error::OutOfRange(Setting::StreamNoise) => Code::Noise.at(0),
        Error::OutOfRange(Setting::Amplitude) => Code::Amplitude.at(0),
        Error::OutOfRange(Setting::Elapsed) => Code::Elapsed.at(0),
        other => other.into(),
    }
}

/// Returns `None` for 0, which stands for what the stream finds by itself.
fn given(value: f32) -> Option<f32> {
    if value == 0.0 { None } else { Some(value) }
}

/// Changes a stream, or refuses to.
///
/// # Safety
/// `memory` as the header says.
unsafe fn change<const D: usize, const N: usize>(
    memory: *mut c_void,
    f: impl FnOnce(&mut Listener<D, N>) -> Result<(), Error>,
) -> i32 {
    // SAFETY: the demand of this function.
    let memory = unsafe { Memory::<Listener<D, N>>::of(memory) };
    status(memory.and_then(|mut memory| f(memory.model_mut()).map_err(refuse)))
}

/// Implements `ntk_stream_DxN_set_range`.
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
            let memory = Memory::<Listener<D, N>>::of(memory)?;
            let (low, high) = (memory.input(low, count)?, memory.input(high, count)?);
            (memory, low, high)
        };
        Ok(memory.model_mut().set_range(&low, &high)?)
    };
    status(run())
}

/// Implements `ntk_stream_DxN_set_labels`.
///
/// # Safety
/// As the header says.
pub unsafe fn set_labels<const D: usize, const N: usize>(memory: *mut c_void, low: f32, high: f32) -> i32 {
    // SAFETY: the demand of this function.
    unsafe { change::<D, N>(memory, |stream| stream.set_labels(&low, &high)) }
}

/// Implements `ntk_stream_DxN_set_forgetting`.
///
/// # Safety
/// As the header says.
pub unsafe fn set_forgetting<const D: usize, const N: usize>(memory: *mut c_void, factor: f32) -> i32 {
    let forgetting = match given(factor) {
        None => Forgetting::Auto,
        Some(1.0) => Forgetting::Never,
        Some(factor) => Forgetting::Factor(factor),
    };
    // SAFETY: the demand of this function.
    unsafe { change::<D, N>(memory, |stream| stream.set_forgetting(forgetting)) }
}

/// Implements `ntk_stream_DxN_set_noise`.
///
/// # Safety
/// As the header says.
pub unsafe fn set_noise<const D: usize, const N: usize>(memory: *mut c_void, noise: f32) -> i32 {
    // SAFETY: the demand of this function.
    unsafe { change::<D, N>(memory, |stream| stream.set_noise(given(noise))) }
}

/// Implements `ntk_stream_DxN_set_amplitude`.
///
/// # Safety
/// As the header says.
pub unsafe fn set_amplitude<const D: usize, const N: usize>(memory: *mut c_void, amplitude: f32) -> i32 {
    // SAFETY: the demand of this function.
    unsafe { change::<D, N>(memory, |stream| stream.set_amplitude(given(amplitude))) }
}

/// Implements `ntk_stream_DxN_clear`.
///
/// # Safety
/// As the header says.
pub unsafe fn clear<const D: usize, const N: usize>(memory: *mut c_void) -> i32 {
    let clear = |stream: &mut Listener<D, N>| {
        stream.clear();
        Ok(())
    };
    // SAFETY: the demand of this function.
    unsafe { change::<D, N>(memory, clear) }
}

/// Implements `ntk_stream_DxN_begin`.
///
/// # Safety
/// As the header says.
pub unsafe fn begin<const D: usize, const N: usize>(
    memory: *mut c_void,
    x: *const f32,
    x_count: usize,
    y: *const f32,
    y_count: usize,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function.
        let (mut memory, x, y) = unsafe {
            let memory = Memory::<Listener<D, N>>::of(memory)?;
            let (x, y) = (memory.slice(x, x_count)?, memory.slice(y, y_count)?);
            (memory, x, y)
        };
        Ok(memory.model_mut().begin(Rows::new(x, D)?, y)?)
    };
    status(run())
}

/// Hears a sample on an occasion that may depend on what was heard.
///
/// # Safety
/// As the header says.
unsafe fn hear_any<const D: usize, const N: usize>(
    memory: *mut c_void,
    (x, count): (*const f32, usize),
    y: f32,
    occasion: impl FnOnce(&Listener<D, N>) -> Result<Occasion<f32>, Refusal>,
    learned: *mut i32,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `learned` is checked.
        unsafe {
            let mut memory = Memory::<Listener<D, N>>::of(memory)?;
            if !learned.is_null() {
                memory.check_out(learned)?;
            }
            let x = memory.input::<D>(x, count)?;
            let occasion = occasion(memory.model())?;
            let what = memory.model_mut().hear_on(&x, y, occasion).map_err(refuse)?;
            if learned.is_null() { Ok(()) } else { put(learned, code(what)) }
        }
    };
    status(run())
}

/// Implements `ntk_stream_DxN_hear`.
///
/// # Safety
/// As the header says.
pub unsafe fn hear<const D: usize, const N: usize>(
    memory: *mut c_void,
    x: *const f32,
    count: usize,
    y: f32,
    learned: *mut i32,
) -> i32 {
    // SAFETY: the demand of this function.
    unsafe { hear_any::<D, N>(memory, (x, count), y, |_| Ok(Occasion::USUAL), learned) }
}

/// Implements `ntk_stream_DxN_hear_on`.
///
/// # Safety
/// As the header says.
pub unsafe fn hear_on<const D: usize, const N: usize>(
    memory: *mut c_void,
    x: *const f32,
    count: usize,
    y: f32,
    elapsed: f32,
    deviation: f32,
    learned: *mut i32,
) -> i32 {
    let occasion = |stream: &Listener<D, N>| {
        let noise = match given(deviation) {
            None => None,
            Some(deviation) => Some(stream.noise_of(&[deviation]).map_err(refuse)?),
        };
        Ok(Occasion { elapsed, noise })
    };
    // SAFETY: the demand of this function.
    unsafe { hear_any::<D, N>(memory, (x, count), y, occasion, learned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learned_has_the_numbers_of_the_header() {
        for (learned, expected) in [
            (Learned::Joined, 0),
            (Learned::Replaced(0), 1),
            (Learned::Replaced(5), 1 + 5 * 256),
            (Learned::Replaced(usize::MAX), 0x7fff_ff01),
            (Learned::Absorbed, 2),
            (Learned::Repeated, 3),
        ] {
            assert_eq!(code(learned), expected);
        }
    }
}
