//! [`ntk_core`] for C and C++: what `include/ntk.h` declares, as a static library (`build.sh`).
//!
//! The header has the documentation. A model lies in the memory of the caller; there is no heap, no global
//! and no output, and every function may be called from several threads for different models. Each entry is a
//! function of its own for each shape, in a section of its own, so that a program pays for what it calls.
//!
//! This package may use `unsafe`: C passes addresses. [`memory`] checks them; [`status`] has
//! the codes; [`sensor`], [`model`], [`mod@stream`], [`learns`] and [`mod@file`] are the functions for any
//! shape; [`shapes`] gives them their names in C. Rust firmware takes `ntk-core` itself.

#![no_std]

pub mod file;
pub mod learns;
pub mod memory;
pub mod model;
pub mod sensor;
pub mod shapes;
pub mod status;
pub mod stream;

// On a host the static library needs the standard library's panic handler.
#[cfg(not(target_os = "none"))]
extern crate std;

/// Nothing in the library can panic: this function calls one that nobody defines, so that a program links
/// only if no call reaches it. Link-time optimisation leaves it out where no call does.
#[cfg(all(feature = "panic-handler", target_os = "none"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn ntk_a_panic_is_reachable() -> !;
    }
    // SAFETY: never reached: nothing defines it.
    unsafe { ntk_a_panic_is_reachable() }
}

/// A panic put in on purpose: with it no program may link.
#[cfg(all(feature = "panicking", not(ntk_part = "streams")))]
#[unsafe(no_mangle)]
extern "C" fn ntk_panics(i: usize) -> i32 {
    [1, 2, 3][i]
}
