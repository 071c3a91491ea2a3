//! The part below the entry point for C: a [`Regression`] with the lecture's NTK and a ridge that is given.
//!
//! The smallest image that fits and predicts: nothing is scaled and nothing is searched for.

use core::ffi::c_void;

use ntk_core::regression::bytes::{Contents, FileError};
use ntk_core::regression::{Fixed, LeaveOneOut, Prediction, WhenFull};
use ntk_core::{Error, Ntk, Regression, Relu, Rows};

use crate::file::Saved;
use crate::learns::Learns;
use crate::memory::{Kind, Memory, magic, put};
use crate::status::{Outcome, status};

/// Kernel regression with the NTK of the lecture's ReLU network, without biases.
pub type Model<const D: usize, const N: usize> = Regression<Ntk<Relu>, Fixed<f32, D, N>>;

// SAFETY: its fields are floats, counts and the choice of an amplitude.
unsafe impl<const D: usize, const N: usize> Kind for Model<D, N> {
    const MAGIC: u32 = magic(b'm', D, N);

    fn begin(&mut self) {
        self.reset(Ntk::new(Relu));
    }
}

impl<const D: usize, const N: usize> Learns<D> for Model<D, N> {
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

impl<const D: usize, const N: usize> Saved for Model<D, N> {
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

/// `ntk_prediction`.
#[repr(C)]
pub struct PredictionOut {
    mean: f32,
    deviation: f32,
    observation_deviation: f32,
    novelty: f32,
}

/// Implements `ntk_model_DxN_fit`, and with `ONCE` `ntk_model_DxN_fit_empty`.
///
/// # Safety
/// As the header says.
pub unsafe fn fit<const D: usize, const N: usize, const ONCE: bool>(
    memory: *mut c_void,
    x: *const f32,
    x_count: usize,
    y: *const f32,
    y_count: usize,
    ridge: f32,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function.
        let (mut memory, x, y) = unsafe {
            let memory = Memory::<Model<D, N>>::of(memory)?;
            let (x, y) = (memory.slice(x, x_count)?, memory.slice(y, y_count)?);
            (memory, x, y)
        };
        let (model, x) = (memory.model_mut(), Rows::new(x, D)?);
        Ok(if ONCE { model.fit_empty(x, y, ridge) } else { model.fit(x, y, ridge) }?)
    };
    status(run())
}

/// Implements `ntk_model_DxN_clear`.
///
/// # Safety
/// As the header says.
pub unsafe fn clear<const D: usize, const N: usize>(memory: *mut c_void) -> i32 {
    // SAFETY: the demand of this function.
    let memory = unsafe { Memory::<Model<D, N>>::of(memory) };
    status(memory.map(|mut memory| memory.model_mut().clear()))
}

/// Implements `ntk_model_DxN_predict`.
///
/// # Safety
/// As the header says.
pub unsafe fn predict<const D: usize, const N: usize>(
    memory: *const c_void,
    x: *const f32,
    count: usize,
    out: *mut PredictionOut,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<Model<D, N>>::of(memory)?;
            memory.check_out(out)?;
            let x = memory.input(x, count)?;
            let Prediction { mean, deviation, observation_deviation, novelty } =
                memory.model().predict(&x)?;
            put(out, PredictionOut { mean, deviation, observation_deviation, novelty })
        }
    };
    status(run())
}

/// Implements `ntk_model_DxN_mean`.
///
/// # Safety
/// As the header says.
pub unsafe fn mean<const D: usize, const N: usize>(
    memory: *const c_void,
    x: *const f32,
    count: usize,
    out: *mut f32,
) -> i32 {
    let run = || -> Outcome {
        // SAFETY: the demand of this function; `out` is checked.
        unsafe {
            let memory = Memory::<Model<D, N>>::of(memory)?;
            memory.check_out(out)?;
            let x = memory.input(x, count)?;
            put(out, memory.model().mean(&x)?)
        }
    };
    status(run())
}
