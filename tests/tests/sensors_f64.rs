//! Sensors in `f64`, against reference values and to the same bits on every machine: an image of their own,
//! to fit the small parts.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::bits::{compare, sensors};
use device::{operations as check, suite};

suite! {
    fn reference_values() {
        check::calibration::<f64>();
    }

    #[timeout(300)] // seconds; a micro:bit at 16 MHz needs more than the usual one minute
    fn the_same_bits_of_sensors_in_f64() {
        compare::<f64>(sensors::<f64>(), |expected| expected.2);
    }
}
