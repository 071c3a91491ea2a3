//! Peak stack use of a call, by painting the free stack below it.

use core::ptr::{read_volatile, write_volatile};

unsafe extern "C" {
    // The lowest address that the stack may reach.
    #[cfg_attr(target_arch = "arm", link_name = "_stack_end")]
    #[cfg_attr(target_arch = "riscv32", link_name = "__sheap")]
    static mut LIMIT: u32;
}

const PAINT: u32 = 0xa5a5_5a5a;

#[inline(always)]
fn stack_pointer() -> usize {
    let pointer: usize;
    unsafe {
        #[cfg(target_arch = "arm")]
        core::arch::asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "riscv32")]
        core::arch::asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}

/// Bytes of stack that `f` touched, and its result. At most `watched` bytes are painted.
///
/// # Panics
/// If no paint is left: then it may have been more.
#[inline(never)]
pub fn peak<R>(watched: usize, f: impl FnOnce() -> R) -> (usize, R) {
    let top = stack_pointer();
    let limit = (&raw mut LIMIT) as usize;
    let low = limit.max(top.saturating_sub(watched)) & !3;
    let words = || (low..top).step_by(4);
    words().for_each(|at| unsafe { write_volatile(at as *mut u32, PAINT) });
    let result = apart(f);
    let untouched = words().take_while(|&at| unsafe { read_volatile(at as *const u32) } == PAINT).count();
    assert!(untouched > 0, "all of the {} painted bytes of stack were used", top - low);
    (top - low - 4 * untouched, result)
}

// Not inlined, so that the frame of `f` lies below the painted pointer.
#[inline(never)]
fn apart<R>(f: impl FnOnce() -> R) -> R {
    f()
}
