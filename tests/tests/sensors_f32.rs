//! Sensors in `f32`, against reference values and to the same bits on every machine: an image of their own,
//! to fit the small parts.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::bits::{compare, sensors};
use device::{operations as check, suite};

suite! {
    fn reference_values() {
        check::calibration::<f32>();
    }

    #[timeout(300)] // seconds; a micro:bit at 16 MHz needs more than the usual one minute
    fn the_same_bits_of_sensors_in_f32() {
        compare::<f32>(sensors::<f32>(), |expected| expected.1);
    }
}
