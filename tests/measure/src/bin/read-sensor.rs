//! Reads a sensor with an interval from the file of a calibration of 15 samples that stands in flash.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Real, opaque};
use ntk_core::regression::bytes::Flash;
use ntk_core::{Architecture, Calibration, Nngp, Relu};

type Stored<'b> = Calibration<Nngp<Relu, Architecture<Real>>, Flash<'b, Real, 1, N>>;

/// As many bytes as a file with everything has. Only the size counts here: no calibration is in it.
static FILE: [u8; 28 + size_of::<Real>() * (4 + 4 + 1 + N * 4 + N + N * (N + 1) / 2)] = [1; _];

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    loop {
        let Ok(sensor) = Stored::open(opaque(&FILE)) else { continue };
        if let Ok(reading) = sensor.read(&opaque([0.5]), opaque(0.9)) {
            opaque((reading.value, reading.low, reading.high, reading.familiarity));
        }
    }
}
