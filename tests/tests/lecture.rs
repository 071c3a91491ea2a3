//! The lecture's main job in `f32` at device size, against the same job in `f64` on the host.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::close::close;
use device::expected::{PREDICTED, TRAINED};
use device::lecture::{N, PATIENCE, RUNS, predict, train};
use device::{println, suite};
use ntk_core::train::StopReason;

/// What a hundredth is in units of roundoff: descent and a Gram matrix of condition 10,000 amplify single
/// ones.
const PER_CENT: f64 = 0.01 / f32::EPSILON as f64;

suite! {
    fn regression_with_an_error_bar() {
        #[cfg(any(target_arch = "arm", target_arch = "riscv32"))]
        let (stack, found) = device::stack::peak(12_000, predict::<f32>);
        #[cfg(not(any(target_arch = "arm", target_arch = "riscv32")))]
        let (stack, found) = (0, predict::<f32>());
        println!("fit and predict: {stack} bytes of stack at most (0: not measured)");
        assert_eq!(found.len(), PREDICTED.len());
        for (found, expected) in found.iter().zip(PREDICTED) {
            close(found[0], expected[0], 1.0, PER_CENT);
            close(found[1], expected[1], 1.0, PER_CENT);
        }
    }

    // Only devices have paint; on them this must fail.
    #[should_panic]
    fn too_little_paint_is_noticed() {
        #[cfg(any(target_arch = "arm", target_arch = "riscv32"))]
        device::stack::peak(64, || core::hint::black_box(&mut [1u8; 256]).iter().any(|&x| x > 1));
    }

    #[timeout(900)] // seconds; a micro:bit at 16 MHz needs several minutes
    fn training_tangent_kernel_and_hessian() {
        assert_eq!(RUNS.len(), TRAINED.len());
        for ((width, target), (steps, [loss, trace, norm])) in RUNS.into_iter().zip(TRAINED) {
            let trained = train::<f32>(width, target);
            println!("width {width}: {} steps, {:?}", trained.outcome.steps, trained.outcome.reason);
            let apart = match trained.outcome.reason {
                StopReason::Target => {
                    assert!(width >= N && trained.outcome.mse < target as f32);
                    steps / 100
                }
                StopReason::Patience => {
                    assert!(width < N);
                    PATIENCE // near the best loss, rounding decides which step improves on it
                }
                reason => {
                    assert!(reason == StopReason::MaxSteps && trained.outcome.mse >= target as f32);
                    0
                }
            };
            assert!(trained.outcome.steps.abs_diff(*steps) <= apart);
            close(trained.outcome.loss, *loss, *loss, PER_CENT);
            close(trained.ntk_trace, *trace, *trace, PER_CENT);
            close(trained.hessian_norm, *norm, *norm, PER_CENT);
        }
    }
}
