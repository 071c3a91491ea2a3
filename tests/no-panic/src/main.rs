//! An image that calls the whole public interface of the core with arguments the compiler cannot know, and
//! that links only if no call can panic: the panic handler calls a function that nobody defines.

#![no_std]
#![no_main]

#[cfg(feature = "allocating")]
extern crate alloc;

mod calls;
mod opaque;

use core::panic::PanicInfo;

use ntk_core::scalar::Micro;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn a_panic_is_reachable() -> !;
    }
    unsafe { a_panic_is_reachable() }
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    calls::all::<f32>();
    #[cfg(not(feature = "single"))]
    calls::all::<f64>();
    calls::elementary::<Micro>();
    #[cfg(feature = "panicking")]
    opaque::keep([1, 2, 3][opaque::value(1usize)]);
    #[cfg(feature = "allocating")]
    opaque::keep(alloc::boxed::Box::new(opaque::value(1)));
    #[allow(clippy::empty_loop)]
    loop {}
}
