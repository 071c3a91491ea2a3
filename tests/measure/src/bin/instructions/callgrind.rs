//! On a host: Callgrind counts what happens in [`counted`], and writes a file after each call of it.

use core::arch::asm;

/// Prints the name of what is counted.
pub fn count<R>(name: &str, f: impl FnOnce() -> R) {
    let (mut f, mut result) = (Some(f), None);
    counted(&mut || result = f.take().map(|f| f()));
    core::hint::black_box(result);
    println!("{name}");
}

/// tools/measure.py knows it by this name.
#[unsafe(no_mangle)]
#[inline(never)]
fn counted(f: &mut dyn FnMut()) {
    f();
    core::hint::black_box(()); // no tail call: the file is written when this returns
}

/// Two instructions a turn.
#[inline(always)]
pub fn turns(n: u32) {
    #[cfg(target_arch = "x86_64")]
    unsafe {
        asm!("2: sub {0:e}, 1", "jnz 2b", inout(reg) n => _, options(nomem, nostack));
    }
    #[cfg(not(target_arch = "x86_64"))]
    unsafe {
        asm!("/* {0} */", in(reg) n, options(nomem, nostack)); // no numbers are kept for other hosts
    }
}
