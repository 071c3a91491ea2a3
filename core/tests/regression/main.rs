//! Kernel regression: fits, questions, changes, searches, intervals and the places where a model is kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod coverage;
mod familiarity;
mod fit;
mod fit_by;
mod growing;
mod histories;
mod intervals;
mod near_duplicates;
mod noise;
mod numerics;
mod query;
mod refusals;
mod rounding;
mod search;
mod storages;
#[path = "../support/mod.rs"]
mod support;
mod transactions;
mod tune;
