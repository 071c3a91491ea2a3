//! Example 3 of the lecture: its settings, data, networks and kernel predictor, and the engines that train
//! its networks.

pub mod engine;
pub mod example3;
pub mod interrupt;
mod lift;
pub mod vectorized;

pub use engine::Engine;
pub use lift::LiftName;
