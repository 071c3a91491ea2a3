//! [`ntk_core`] behind the page `docs/play.html`: samples that a reader drags, networks of eleven widths that
//! gradient descent trains on them, and the kernel regression that the lecture says they tend to.
//!
//! A [`Lab`] is the first figures' experiment, an [`Example`] the last one's. Both are plain safe Rust
//! without a heap, so that tests on any machine compare the page with them to the bit. The module `exports`
//! is what JavaScript calls. `build.py` compiles this package for `wasm32-unknown-unknown` and writes the
//! page.

#![no_std]

mod choice;
mod example;
#[cfg(target_arch = "wasm32")]
pub mod exports;
mod lab;
mod linear;
mod networks;

pub use choice::Choice;
pub use example::{Example, TEST_POINTS, Trained};
pub use lab::{Curve, GRID, LEVEL, Lab, ROOM, grid};
pub use networks::{MOST_WIDTH, WIDTHS};

/// Nothing in the module can panic: this function calls one that a page would have to provide. Link-time
/// optimisation leaves it out where no call reaches it, and a test finds that the module imports nothing.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    #[link(wasm_import_module = "ntk")]
    unsafe extern "C" {
        fn a_panic_is_reachable() -> !;
    }
    // SAFETY: never reached: the module has no such import.
    unsafe { a_panic_is_reachable() }
}
