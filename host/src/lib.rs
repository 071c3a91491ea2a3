//! Everything that reads, writes, draws or sweeps. The mathematics is in `ntk_core`; here is what needs an operating
//! system.

pub mod activation;
pub mod cli;
pub mod commands;
pub mod dynamics;
pub mod engine;
pub mod error;
pub mod example3;
pub mod export;
pub mod figure;
pub mod gram;
pub mod interrupt;
pub mod kernel;
pub mod model;
pub mod output;
pub mod regression;
pub mod report;
pub mod scaling;
pub mod statistics;
pub mod sweep;
pub mod table;
pub mod vectorized;
pub mod verify;
pub mod weights;
