//! Reading, writing, drawing and sweeps: everything that needs an operating system. The mathematics is in
//! `ntk_core`.
//!
//! Only `main`, [`commands`] and [`cli`] know the command line. Below them, each module uses only those named
//! before it: [`error`], [`memory`], [`threads`], [`work`], [`statistics`], [`kernels`], [`files`],
//! [`experiment`], [`sweep`], [`verify`], [`figure`], [`report`], [`export`].

pub mod cli;
pub mod commands;
pub mod error;
pub mod experiment;
pub mod export;
pub mod figure;
pub mod files;
pub mod kernels;
pub mod memory;
pub mod report;
pub mod statistics;
pub mod sweep;
pub mod threads;
pub mod verify;
pub mod work;

/// The front page's quickstart is a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct FrontPage;

/// The programs in the guides of `docs` compile and run.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../../docs/rust.md")]
    mod rust {}
    #[doc = include_str!("../../docs/settings.md")]
    mod settings {}
    #[doc = include_str!("../../docs/error-bars.md")]
    mod error_bars {}
}
