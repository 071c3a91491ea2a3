//! Calibrations: what they choose, what they refuse without a trace, and numbers as sensors give them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod files;
mod fit;
mod noise;
mod scaling;
#[path = "../support/mod.rs"]
mod support;
mod transactions;
