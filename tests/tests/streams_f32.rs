//! Streams in `f32`, to the same bits on every machine, and the memory that they take: an image of their own,
//! to fit the small parts.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::bits::{compare, streams};
use device::suite;
use ntk_core::regression::Fixed;
use ntk_core::{Architecture, Erf, Listener, Ntk, Regression};

/// A stream and a regression with room for the same samples.
const fn sizes<const D: usize, const M: usize>() -> [usize; 2] {
    type Beside<const D: usize, const M: usize> = Regression<Ntk<Erf, Architecture<f32>>, Fixed<f32, D, M>>;
    [size_of::<Listener<D, M, f32>>(), size_of::<Beside<D, M>>()]
}

suite! {
    fn at_most_a_twentieth_more_memory_than_a_regression() {
        for [stream, regression] in [sizes::<1, 15>(), sizes::<2, 15>(), sizes::<4, 32>()] {
            assert!(100 * stream <= 105 * regression, "{stream} and {regression} bytes");
        }
    }

    #[timeout(300)] // seconds; a micro:bit at 16 MHz needs more than the usual one minute
    fn the_same_bits_of_streams_in_f32() {
        compare::<f32>(streams::<f32>(), |expected| expected.1);
    }
}
