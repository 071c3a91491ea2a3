//! The same bits on every machine, in `Micro`: numbers, kernels, networks; a failure names the first
//! operation that differs.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::bits::{compare, formulas};
use device::suite;
use ntk_core::scalar::Micro;

suite! {
    #[timeout(300)] // seconds; a micro:bit at 16 MHz needs more than the usual one minute
    fn the_same_bits_of_formulas_in_micro() {
        compare::<Micro>(formulas::<Micro>(), |expected| expected.3);
    }
}
