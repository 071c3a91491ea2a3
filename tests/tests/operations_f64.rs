//! Kernels and networks against reference values, in `f64`.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::reference::*;
use device::{operations as check, suite};
use ntk_core::{Erf, Relu, Sin, Tanh};

suite! {
    fn kernels_of_one_layer() {
        check::kernels::<f64>(KERNELS_F64);
    }

    fn kernels_of_many_layers() {
        check::deep_kernels::<f64>();
    }

    fn lifts() {
        check::lifts::<f64>();
    }

    fn networks() {
        check::network::<f64, _>(Tanh, &TANH_3_7_2);
        check::network::<f64, _>(Erf, &ERF_3_6_1);
        check::network::<f64, _>(Sin, &SIN_1_5_1);
        check::network::<f64, _>(Relu, &RELU_3_6_1);
    }

    fn cholesky() {
        check::cholesky::<f64>();
    }
}
