//! Bare metal: a panic or a fault says where, then ends the run with status 134.

use core::panic::PanicInfo;

use semihosting::{eprintln, process::abort};

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    eprintln!("{info}");
    abort()
}

#[cfg(target_arch = "arm")]
#[cortex_m_rt::exception]
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    eprintln!("HardFault: {frame:?}");
    abort()
}

#[cfg(target_arch = "riscv32")]
#[unsafe(export_name = "ExceptionHandler")]
fn exception(_: &riscv_rt::TrapFrame) -> ! {
    use riscv::register::{mcause, mepc, mtval};
    let (cause, at, value) = (mcause::read().bits(), mepc::read(), mtval::read());
    eprintln!("exception: mcause={cause} mepc={at:#x} mtval={value:#x}");
    abort()
}
