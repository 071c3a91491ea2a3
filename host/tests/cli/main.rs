//! The program `ntk` as a stranger meets it: right answers, and one clear line for everything that is wrong.
//!
//! Every test runs in a folder of its own, with relative paths; what the program says is compared with what
//! it promises.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod activations;
mod bad_files;
mod bad_input;
mod bad_models;
mod classes;
mod defaults;
mod draw;
mod edited;
mod export;
mod export_firmware;
mod export_integer;
mod export_names;
mod export_scaling;
mod export_table;
mod figure;
mod folder;
mod fuzz;
mod guides;
mod help;
mod kernels;
mod links;
mod memory;
mod merge;
mod needs;
mod networks;
mod noise;
mod numbers;
mod odd_files;
mod pipes;
mod places;
mod progress;
mod readme;
mod refusals;
mod regression;
mod release;
mod report;
mod scaling;
mod sensor;
mod stream;
mod sweep;
mod sweep_killed;
mod sweep_resumed;
mod time;
mod training;
mod verify;
mod wrong_usage;
