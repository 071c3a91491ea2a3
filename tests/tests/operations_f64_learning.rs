//! Regression and training against reference values, in `f64`: an image of their own, to fit the small parts.
//!
//! Descent by groups of units is not among them: in `f64` it takes 14 KB for 15 samples, and these parts have
//! 16.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::reference::*;
use device::{operations as check, suite};

suite! {
    fn regression() {
        check::regression::<f64>();
    }

    fn models_in_files() {
        check::stored::<f64>();
    }

    fn samples_that_come_and_go() {
        check::growing::<f64>();
    }

    fn gradient_descent() {
        check::descent::<f64>(&RELU_CIRCLE_1, 2000);
        check::descent::<f64>(&RELU_CIRCLE_10, 500);
        check::descent::<f64>(&RELU_CIRCLE_64, 100);
    }
}
