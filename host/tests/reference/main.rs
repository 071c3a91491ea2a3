//! This library against numbers that it did not compute: `host/reference`, made in Python by other formulas.
//!
//! Each module reads one data file. What may differ, and by how much, stands in `tolerances` and nowhere
//! else. To see what was measured: `cargo test -p host --test reference -- --nocapture`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod certified;
mod chwirut2;
mod coverage;
mod data;
mod docs;
mod duals;
mod dynamics;
mod gradients;
mod gram;
mod kernels;
mod left_out;
mod networks;
mod normals;
mod operating;
mod peers;
mod provenance;
mod sample_noise;
mod sign_changes;
mod storages;
mod tolerances;
mod traces;
