//! Regression and training against reference values, in `f32`: an image of their own, to fit the small parts.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::reference::*;
use device::{operations as check, suite};

suite! {
    fn regression() {
        check::regression::<f32>();
    }

    fn models_in_files() {
        check::stored::<f32>();
    }

    fn samples_that_come_and_go() {
        check::growing::<f32>();
    }

    fn gradient_descent_by_groups() {
        check::exact_descent::<f32>(&RELU_CIRCLE_10, 2000);
    }

    fn gradient_descent() {
        check::descent::<f32>(&RELU_CIRCLE_1, 2000);
        check::descent::<f32>(&RELU_CIRCLE_10, 2000);
        check::descent::<f32>(&RELU_CIRCLE_64, 500);
    }
}
