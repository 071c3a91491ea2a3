//! The sizes that the documentation states: what a microcontroller's RAM is planned by.

#![allow(missing_docs)]

use core::mem::size_of;

use ntk_core::train::{Exact, workspace_len};
use ntk_core::{Cholesky, Network, Params, Relu, Shape};

const LENGTH: usize = size_of::<usize>();

#[test]
fn parameters_and_networks() {
    assert_eq!(size_of::<Params<f32, 2, 64>>(), 4 * 64 * (1 + 2));
    assert_eq!(size_of::<Params<f64, 3, 10, 2>>(), 8 * 10 * (2 + 3));
    assert_eq!(size_of::<Network<Relu, Params<f32, 2, 64>>>(), 4 * 64 * (1 + 2));
}

#[test]
fn factorisations() {
    assert_eq!(size_of::<Cholesky<f64, 15>>(), 8 * 15 * 16 + LENGTH);
    assert_eq!(size_of::<Cholesky<f32, 16>>(), 4 * 16 * 17 + LENGTH);
}

#[test]
fn training() {
    assert_eq!(workspace_len(15, 2, 1), 9 * 15 + 8 * (1 + 2));
    assert_eq!(workspace_len(4, 5, 3), 9 * 12 + 8 * (3 + 5));
    assert_eq!(workspace_len(usize::MAX, 2, 2), usize::MAX); // refused by the slice's length, not by an overflow
}

/// 15 samples and 64 units in `f32`: 8.4 KB of numbers and 3.8 KB of indices.
#[test]
fn the_exact_engine() {
    let len = |samples, width| {
        let shape = Shape { inputs: 2, width, outputs: 1 };
        (Exact::floats_len(samples, shape, 0), Exact::indices_len(samples, shape, 0))
    };
    assert_eq!(len(15, 64), (2_112, 952));
    for (samples, width) in [(1, 1), (15, 1024), (64, 1 << 20)] {
        let (floats, indices) = len(samples, width);
        assert!(floats <= 4 * width + 122 * samples + 250);
        assert!(indices <= 9 * width + 30 * samples + 40);
    }
}
