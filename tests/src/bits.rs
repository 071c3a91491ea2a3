//! Every operation of the core as a fingerprint of its results' bits, to be equal on all machines.

mod calibrating;
mod hearing;
mod kernels;
mod network;
mod sampling;
mod solving;
mod training;

use ntk_core::Scalar;

use crate::expected::FINGERPRINTS;
use crate::println;

/// What is computed, and the function that computes its fingerprint.
pub type Operation = (&'static str, fn() -> u64);

macro_rules! operations {
    ($(#[$meta:meta])* $part:ident: $($room:ident: $($name:ident),*;)*) => {
        $(#[$meta])*
        pub const fn $part<T: Scalar>() -> &'static [Operation] {
            &[$($((concat!(stringify!($room), "::", stringify!($name)), $room::$name::<T> as fn() -> u64)),*),*]
        }
    };
}

operations! {
    /// Numbers, kernels and networks.
    formulas:
    sampling: chacha8, uniform, standard_normal, normal_of_rare_words, lifts;
    kernels: dot_and_axpy, relu_ntk, relu_nngp, deep_ntk, deep_nngp, closed_duals, integrated_duals, bad_inputs,
        family, by_layer;
    network: activations, forward, gradient, tangent, linearized, hessian, empirical_ntk, ntk_block, loss;
}

operations! {
    /// What builds on them: regression and training. Apart, since a micro:bit has no room for both in
    /// software doubles.
    learning:
    solving: cholesky, solve, fit_and_mean, predict, leave_one_out, marginal_likelihood, push_and_remove, refine,
        tuned_ridge, tuned_amplitude, mean_gradient, amplitude, intervals, file, dynamics, largest_eigenvalue;
    training: relu, tanh, two_outputs, linearized, by_groups;
}

operations! {
    /// A calibration, which does not compile for `Micro`.
    sensors:
    calibrating: fit_and_read, push_and_read, two_outputs, file;
}

operations! {
    /// A stream, which does not compile for `Micro` either.
    streams:
    hearing: with_room, when_full, forgetting, own_noise, faults, two_outputs, file;
}

/// Compares operations of one precision with the committed constants, which `constant` chooses.
///
/// # Panics
/// At the first operation that differs, naming it.
pub fn compare<T: Scalar>(operations: &[Operation], constant: fn(&(&str, u64, u64, u64)) -> u64) {
    let precision = core::any::type_name::<T>();
    for (name, run) in operations {
        let expected = FINGERPRINTS.iter().find(|expected| expected.0 == *name);
        let constant = constant(expected.expect("src/expected.rs is out of date: see README.md"));
        let found = run();
        assert!(
            found == constant,
            "first difference: {name} in {precision} has fingerprint {found:016x}, not {constant:016x}"
        );
    }
    println!("{} operations in {precision} have the expected bits", operations.len());
}
