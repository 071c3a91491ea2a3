//! Kernels and networks against reference values, in `f32`.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::reference::*;
use device::{operations as check, suite};
use ntk_core::{Erf, Relu, Sin, Tanh};

suite! {
    fn kernels_of_one_layer() {
        check::kernels::<f32>(KERNELS_F32);
    }

    fn kernels_of_many_layers() {
        check::deep_kernels::<f32>();
    }

    fn lifts() {
        check::lifts::<f32>();
    }

    fn networks() {
        check::network::<f32, _>(Tanh, &TANH_3_7_2);
        check::network::<f32, _>(Erf, &ERF_3_6_1);
        check::network::<f32, _>(Sin, &SIN_1_5_1);
        check::network::<f32, _>(Relu, &RELU_3_6_1);
    }

    fn cholesky() {
        check::cholesky::<f32>();
    }
}
