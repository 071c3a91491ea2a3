//! The same bits on every machine, in `f32`: regression and training; a failure names the first operation
//! that differs.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::bits::{compare, learning};
use device::suite;

suite! {
    #[timeout(300)] // seconds; a micro:bit at 16 MHz needs more than the usual one minute
    fn the_same_bits_of_learning_in_f32() {
        compare::<f32>(learning::<f32>(), |expected| expected.1);
    }
}
