//! What every activation and every kernel must satisfy.

mod activations;
mod kernels;
