//! Training: descent of networks and of what is linear, and the exact engine against the plain one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod descent;
mod exact;
mod exact_drift;
mod exact_range;
mod exact_special;
mod patterns;
#[path = "../support/mod.rs"]
mod support;
