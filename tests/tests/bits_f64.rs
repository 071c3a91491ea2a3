//! The same bits on every machine, in `f64`; a failure names the first operation that differs.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::bits::compare;
use device::suite;

suite! {
    fn the_same_bits_in_f64() {
        compare::<f64>(|expected| expected.2);
    }
}
