//! Activations, their duals, and kernels: what each must satisfy, and slow references.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod composed;
mod contract;
mod duals;
mod family;
mod gradients;
mod micro;
mod per_layer;
mod recursion;
mod sign_change;
#[path = "../support/mod.rs"]
mod support;
