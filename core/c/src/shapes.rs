//! The functions that C calls, one for each entry of each shape, so that a linker keeps what a program calls
//! and no more. A shape more is a line at the end of this file and one at the end of `include/ntk.h`.

// Of what a small archive or a part of one leaves out.
#![cfg_attr(any(ntk_small, ntk_part = "streams", ntk_part = "rest"), allow(unused_imports, unused_macros))]

use core::ffi::{c_char, c_void};

use ntk_core::{Listener, Sensor};

use crate::learns::{self, LeftOut};
use crate::memory::Cell;
use crate::model::{Model, PredictionOut};
use crate::sensor::ReadingOut;
use crate::stream::{AnswerOut, StateOut, learn};
use crate::{file, model, sensor, stream};

/// Returns the bytes that the header's `NTK_SENSOR_BYTES` gives a sensor, a mark included.
#[must_use]
pub const fn sensor_bytes(d: usize, n: usize) -> usize {
    (4 * (n * (d + n + 6) + 2 * d + 3) + 56) / 8 * 8
}

/// Returns the bytes that the header's `NTK_MODEL_BYTES` gives a model, a mark included.
#[must_use]
pub const fn model_bytes(d: usize, n: usize) -> usize {
    (4 * (n * (d + n + 5) + 1) + 48) / 8 * 8
}

/// Returns the bytes that the header's `NTK_STREAM_BYTES` gives a stream, a mark included.
#[must_use]
pub const fn stream_bytes(d: usize, n: usize) -> usize {
    (4 * (n * (d + n + 5) + 2 * d + 6) + 71) / 8 * 8
}

/// A function of a shape under its name in C; those that begin with `small` are in small archives too.
macro_rules! export {
    (small $kind:literal, $d:literal, $n:literal, $name:literal,
     $function:path, ($($argument:ident: $type:ty),*)) => {
        const _: () = {
            // SAFETY: the name begins with the library's, so it stands for nothing else in a program.
            #[unsafe(export_name = concat!("ntk_", $kind, "_", $d, "x", $n, "_", $name))]
            unsafe extern "C" fn exported($($argument: $type),*) -> i32 {
                // SAFETY: what the header asks of the caller is what the function asks for.
                unsafe { $function($($argument),*) }
            }
        };
    };
    ($kind:literal, $d:literal, $n:literal, $name:literal,
     $function:path, ($($argument:ident: $type:ty),*)) => {
        #[cfg(not(ntk_small))]
        export!(small $kind, $d, $n, $name, $function, ($($argument: $type),*));
    };
}

/// What all kinds have in common.
macro_rules! saved {
    ($kind:literal, $d:literal, $n:literal, $type:ty) => {
        export!($kind, $d, $n, "end", learns::end::<$type>, (memory: *mut c_void));
        export!($kind, $d, $n, "file_size", file::file_size::<$type>,
            (memory: *const c_void, out: *mut usize));
        export!($kind, $d, $n, "save", file::save::<$type>,
            (memory: *const c_void, buffer: *mut u8, size: usize, written: *mut usize));
        export!($kind, $d, $n, "load", file::load::<$type>,
            (memory: *mut c_void, file: *const u8, size: usize));
    };
}

/// What sensors and models have in common.
macro_rules! learns {
    ($kind:literal, $d:literal, $n:literal, $type:ty) => {
        saved!($kind, $d, $n, $type);
        export!(small $kind, $d, $n, "init", learns::init::<$type>, (memory: *mut c_void, size: usize));
        export!($kind, $d, $n, "count", learns::count::<$type, $d>, (memory: *const c_void, out: *mut usize));
        export!($kind, $d, $n, "sample", learns::sample::<$type, $d>,
            (memory: *const c_void, i: usize, x: *mut f32, count: usize, y: *mut f32));
        export!($kind, $d, $n, "push", learns::push::<$type, $d>,
            (memory: *mut c_void, x: *const f32, count: usize, y: f32, full: i32, dropped: *mut usize));
        export!($kind, $d, $n, "remove", learns::remove::<$type, $d>, (memory: *mut c_void, i: usize));
        export!($kind, $d, $n, "replace", learns::replace::<$type, $d>,
            (memory: *mut c_void, i: usize, x: *const f32, count: usize, y: f32));
        export!($kind, $d, $n, "leave_one_out", learns::leave_one_out::<$type, $d>,
            (memory: *const c_void, i: usize, out: *mut LeftOut));
    };
}

/// The functions of a stream. On a board they are an object of their own in the archive (build.sh), so that
/// what they share with sensors and models stays as these alone make it.
macro_rules! streams {
    ($d:literal, $n:literal, $type:ty) => {
        const _: () = check::<$type>(stream_bytes($d, $n));
        saved!("stream", $d, $n, $type);
        export!("stream", $d, $n, "init", learns::init::<$type>, (memory: *mut c_void, size: usize));
        export!("stream", $d, $n, "set_range", learn::set_range::<$d, $n>,
            (memory: *mut c_void, low: *const f32, high: *const f32, count: usize));
        export!("stream", $d, $n, "set_labels", learn::set_labels::<$d, $n>,
            (memory: *mut c_void, low: f32, high: f32));
        export!("stream", $d, $n, "set_forgetting", learn::set_forgetting::<$d, $n>,
            (memory: *mut c_void, factor: f32));
        export!("stream", $d, $n, "set_noise", learn::set_noise::<$d, $n>,
            (memory: *mut c_void, noise: f32));
        export!("stream", $d, $n, "set_amplitude", learn::set_amplitude::<$d, $n>,
            (memory: *mut c_void, amplitude: f32));
        export!("stream", $d, $n, "clear", learn::clear::<$d, $n>, (memory: *mut c_void));
        export!("stream", $d, $n, "begin", learn::begin::<$d, $n>,
            (memory: *mut c_void, x: *const f32, x_count: usize, y: *const f32, y_count: usize));
        export!("stream", $d, $n, "hear", learn::hear::<$d, $n>,
            (memory: *mut c_void, x: *const f32, count: usize, y: f32, learned: *mut i32));
        export!("stream", $d, $n, "hear_on", learn::hear_on::<$d, $n>,
            (memory: *mut c_void, x: *const f32, count: usize, y: f32, elapsed: f32, deviation: f32,
             learned: *mut i32));
        export!("stream", $d, $n, "answer", stream::answer::<$d, $n>,
            (memory: *const c_void, x: *const f32, count: usize, level: f32, out: *mut AnswerOut));
        export!("stream", $d, $n, "p_value", stream::p_value::<$d, $n>,
            (memory: *const c_void, x: *const f32, count: usize, y: f32, out: *mut f32));
        export!("stream", $d, $n, "familiarity", stream::familiarity::<$d, $n>,
            (memory: *const c_void, x: *const f32, count: usize, out: *mut f32));
        export!("stream", $d, $n, "state", stream::state::<$d, $n>,
            (memory: *const c_void, out: *mut StateOut));
    };
}

/// Checks that a type fits into the bytes that the header gives it, and that these are hardly more.
const fn check<V>(bytes: usize) {
    assert!(size_of::<Cell<V>>() <= bytes && bytes < size_of::<Cell<V>>() + 48 && align_of::<Cell<V>>() <= 8);
}

/// All functions of these shapes, and the list of them.
macro_rules! shapes {
    ($($d:literal x $n:literal $name:tt),* $(,)?) => {
        /// [inputs, room for samples] of each shape.
        pub const SHAPES: &[[usize; 2]] = &[$([$d, $n]),*];
        $(
            #[cfg(all(any(not(ntk_one), ntk_only = $name), not(ntk_part = "streams")))]
            const _: () = {
                const _: () = check::<Sensor<$d, $n>>(sensor_bytes($d, $n));
                const _: () = check::<Model<$d, $n>>(model_bytes($d, $n));
                learns!("sensor", $d, $n, Sensor<$d, $n>);
                export!("sensor", $d, $n, "set_range", sensor::set_range::<$d, $n>,
                    (memory: *mut c_void, low: *const f32, high: *const f32, count: usize));
                export!("sensor", $d, $n, "fit", sensor::fit::<$d, $n>,
                    (memory: *mut c_void, x: *const f32, x_count: usize, y: *const f32, y_count: usize));
                export!("sensor", $d, $n, "read", sensor::read::<$d, $n>,
                    (memory: *const c_void, x: *const f32, count: usize, level: f32, out: *mut ReadingOut));
                export!("sensor", $d, $n, "value", sensor::value::<$d, $n>,
                    (memory: *const c_void, x: *const f32, count: usize, out: *mut f32));
                export!("sensor", $d, $n, "p_value", sensor::p_value::<$d, $n>,
                    (memory: *const c_void, x: *const f32, count: usize, y: f32, out: *mut f32));
                learns!("model", $d, $n, Model<$d, $n>);
                export!("model", $d, $n, "fit", model::fit::<$d, $n, false>,
                    (memory: *mut c_void, x: *const f32, x_count: usize, y: *const f32, y_count: usize,
                     ridge: f32));
                export!(small "model", $d, $n, "fit_empty", model::fit::<$d, $n, true>,
                    (memory: *mut c_void, x: *const f32, x_count: usize, y: *const f32, y_count: usize,
                     ridge: f32));
                export!(small "model", $d, $n, "clear", model::clear::<$d, $n>, (memory: *mut c_void));
                export!(small "model", $d, $n, "predict", model::predict::<$d, $n>,
                    (memory: *const c_void, x: *const f32, count: usize, out: *mut PredictionOut));
                export!(small "model", $d, $n, "mean", model::mean::<$d, $n>,
                    (memory: *const c_void, x: *const f32, count: usize, out: *mut f32));
            };
            #[cfg(all(any(not(ntk_one), ntk_only = $name), not(any(ntk_part = "rest", ntk_small))))]
            streams!($d, $n, Listener<$d, $n>);
        )*
    };
}

// A line for each, as in the header.
#[rustfmt::skip]
shapes!(
    1 x 16 "1x16",
    1 x 32 "1x32",
    2 x 16 "2x16",
    2 x 32 "2x32",
    3 x 24 "3x24",
    3 x 48 "3x48",
    4 x 32 "4x32",
    6 x 48 "6x48",
);

// SAFETY: the name begins with the library's.
#[cfg(not(ntk_part = "streams"))]
#[unsafe(no_mangle)]
extern "C" fn ntk_text(status: i32) -> *const c_char {
    crate::status::text(status)
}

// SAFETY: as above.
#[cfg(not(ntk_part = "streams"))]
#[unsafe(no_mangle)]
extern "C" fn ntk_version() -> *const c_char {
    const VERSION: &[u8] = concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes();
    VERSION.as_ptr().cast()
}
