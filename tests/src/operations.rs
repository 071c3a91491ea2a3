//! Every public operation of the core against reference values (src/reference.rs), in the precision of the
//! caller.

mod calibration;
mod descent;
mod kernels;
mod network;
mod regression;

pub use calibration::calibration;
pub use descent::{descent, exact_descent};
pub use kernels::{deep_kernels, kernels, lifts};
pub use network::network;
pub use regression::{cholesky, growing, regression, stored};
