//! Predicts with an error bar from the file of a model of 15 samples that stands in flash.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Real, opaque};
use ntk_core::regression::bytes::Flash;
use ntk_core::{Ntk, Regression, Relu};

/// As many bytes as a file with everything has. Only the size counts here: no model is in it.
static FILE: [u8; 28 + size_of::<Real>() * (4 + 1 + N * 5 + N + N * (N + 1) / 2)] = [1; _];

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    loop {
        let Ok(model) = Regression::<Ntk<Relu>, Flash<'_, Real, 2, N>>::open(opaque(&FILE)) else { continue };
        if let Ok(prediction) = model.predict(&opaque([0.5, 1.0])) {
            opaque((prediction.mean, prediction.deviation));
        }
    }
}
