//! Calibrates a sensor of up to 16 samples as they come in, then reads it with an interval, for ever.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{N, Place, Real, opaque};
use ntk_core::Sensor;

static SENSOR: Place<Sensor<1, 16, Real>> = Place::new(Sensor::new());

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    let sensor = unsafe { SENSOR.get() };
    loop {
        let (x, y): ([Real; N], [Real; N]) = opaque(([1.0; N], [1.0; N]));
        opaque(sensor.fit(&x, &y).is_ok());
        if let Ok(reading) = sensor.read(&opaque([0.5]), opaque(0.9)) {
            opaque((reading.value, reading.low, reading.high, reading.familiarity));
        }
    }
}
