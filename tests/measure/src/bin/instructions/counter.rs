//! A free-running counter. In QEMU with `-icount` it advances by a fixed amount with each executed
//! instruction.

use core::arch::asm;

use semihosting::println;

#[cfg(target_arch = "arm")]
mod clock {
    use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

    use cortex_m::peripheral::SYST;
    use cortex_m_rt::exception;

    static WRAPS: AtomicU32 = AtomicU32::new(0);

    /// The timer of the core has 24 bits; its interrupt counts how often they ran out.
    #[exception]
    fn SysTick() {
        WRAPS.store(WRAPS.load(Relaxed) + 1, Relaxed);
    }

    pub fn start() {
        let timer = unsafe { &*SYST::PTR };
        unsafe {
            timer.rvr.write(0x00ff_ffff);
            timer.cvr.write(0);
            timer.csr.write(0b111); // on, with interrupt, at the clock of the core
        }
    }

    #[inline(always)]
    pub fn now() -> u64 {
        loop {
            let wraps = WRAPS.load(Relaxed);
            let left = SYST::get_current();
            if WRAPS.load(Relaxed) == wraps {
                return (u64::from(wraps) << 24) + u64::from(0x00ff_ffff - left);
            }
        }
    }
}

#[cfg(target_arch = "riscv32")]
mod clock {
    pub fn start() {}

    #[inline(always)]
    pub fn now() -> u64 {
        riscv::register::minstret::read64()
    }
}

pub use clock::start;

/// Prints what a call costs beyond an empty one.
pub fn count<R>(name: &str, f: impl FnOnce() -> R) {
    let (empty, ()) = ticks(|| ());
    let (ticks, _) = ticks(f);
    println!("{name} = {}", ticks - empty);
}

/// Ticks of a call, and its result.
#[inline(never)]
fn ticks<R>(f: impl FnOnce() -> R) -> (u64, R) {
    let start = clock::now();
    let result = core::hint::black_box(f());
    (clock::now() - start, result)
}

/// Two instructions a turn.
#[inline(always)]
pub fn turns(n: u32) {
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("2: subs {0}, #1", "bne 2b", inout(reg) n => _, options(nomem, nostack));
        #[cfg(target_arch = "riscv32")]
        asm!("2: addi {0}, {0}, -1", "bnez {0}, 2b", inout(reg) n => _, options(nomem, nostack));
    }
}
