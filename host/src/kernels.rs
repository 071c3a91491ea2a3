//! Kernels of infinitely wide networks: how they are described, built and evaluated, and regression with
//! them.
//!
//! [`KernelSpec`] describes a kernel, as the command line and the model file do. `any.rs` is the only file
//! that turns a description into a kernel of the core.

pub mod activations;
mod any;
pub mod dense;
mod description;
pub mod flow;
pub mod gram;
pub mod prediction;
pub mod process;
pub mod regression;
pub mod search;
pub mod vectors;

pub use activations::ActivationName;
pub use any::{AnyKernel, relu_nngp, relu_ntk};
pub use description::{KernelSpec, Kind};
