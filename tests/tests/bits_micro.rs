//! The same bits on every machine, in `Micro`; a failure names the first operation that differs.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::bits::compare;
use device::suite;
use ntk_core::scalar::Micro;

suite! {
    fn the_same_bits_in_micro() {
        compare::<Micro>(|expected| expected.3);
    }
}
