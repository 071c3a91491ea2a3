//! Start-up glue, test suite macro and test data, shared by the tests that run on devices, in WebAssembly and
//! on hosts.

#![no_std]

#[cfg(not(any(target_os = "none", target_arch = "wasm32")))]
extern crate std;

#[cfg(target_os = "none")]
mod bare;
pub mod bits;
pub mod close;
#[rustfmt::skip]
pub mod expected;
pub mod fnv;
#[cfg(not(any(target_os = "none", target_arch = "wasm32")))]
mod host;
pub mod lecture;
pub mod operations;
#[rustfmt::skip]
pub mod reference;
pub mod samples;
#[cfg(any(target_arch = "arm", target_arch = "riscv32"))]
pub mod stack;
mod suite;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(any(target_os = "none", target_arch = "wasm32")))]
pub use host::{main as host_main, println};
#[cfg(target_os = "none")]
#[doc(hidden)]
pub use semihosting::println;
#[cfg(target_arch = "wasm32")]
pub use wasm::Out;
