//! A converter that is played: each tick of a timer hands the next reading over in a queue, above the main
//! loop, which it interrupts. Where the queue is full the converter waits.

use core::cell::RefCell;
use core::ptr;

use cortex_m::interrupt::{InterruptNumber, Mutex, free};
use cortex_m::peripheral::NVIC;
use cortex_m_rt::exception;
use heapless::spsc::{Producer, Queue};

/// What the converter reads at the sensor and, at the same time, at the reference.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) sensor: u16,
    pub(crate) reference: u16,
}

/// Readings on their way.
pub(crate) type Samples = Queue<Sample, 8>;

/// The same reading every time.
pub(crate) fn reading(i: u32) -> Sample {
    let [sensor, noise] = [i.wrapping_mul(7919) % 1009, i.wrapping_mul(31) % 17].map(|n| n as u16);
    Sample { sensor, reference: 4 * sensor + 10 * noise }
}

/// What the interrupt owns: the number of the next reading, and where it goes.
struct Converter {
    next: u32,
    samples: Producer<'static, Sample>,
}

static CONVERTER: Mutex<RefCell<Option<Converter>>> = Mutex::new(RefCell::new(None));

/// That of the timer, on both boards.
#[derive(Clone, Copy)]
struct Tick;

const TICK: u16 = 8;

// SAFETY: both chips have an interrupt of this number, and it is always the same.
unsafe impl InterruptNumber for Tick {
    fn number(self) -> u16 {
        TICK
    }
}

/// The first registers of a timer and their values, and the one that takes back its interrupt.
#[cfg(feature = "nrf51")]
mod timer {
    const BASE: usize = 0x4000_8000;
    const PERIOD: u32 = 32_000; // 2 ms
    /// Clears itself at the first comparison, which interrupts; then starts.
    pub(super) const BEGIN: [(usize, u32); 5] =
        [(BASE + 0x540, PERIOD), (BASE + 0x510, 0), (BASE + 0x200, 1), (BASE + 0x304, 1 << 16), (BASE, 1)];
    pub(super) const TAKE_BACK: (usize, u32) = (BASE + 0x140, 0);
}

/// The same of the timer of Arm's design kit.
#[cfg(feature = "memory")]
mod timer {
    const BASE: usize = 0x4000_0000;
    const PERIOD: u32 = 10_000; // 0.4 ms
    pub(super) const BEGIN: [(usize, u32); 3] = [(BASE + 4, PERIOD), (BASE + 8, PERIOD), (BASE, 0b1001)];
    pub(super) const TAKE_BACK: (usize, u32) = (BASE + 12, 1);
}

fn set((register, value): (usize, u32)) {
    // SAFETY: these are registers of a timer that nothing else in this image uses.
    unsafe { ptr::write_volatile(register as *mut u32, value) };
}

/// Begins with this reading.
pub(crate) fn begin(next: u32, samples: Producer<'static, Sample>) {
    free(|section| CONVERTER.borrow(section).replace(Some(Converter { next, samples })));
    for register in timer::BEGIN {
        set(register);
    }
    // SAFETY: no critical section relies on this interrupt being masked.
    unsafe { NVIC::unmask(Tick) };
}

// SAFETY: without a crate for the chip this is the handler of all its interrupts, of which one is in use; it
// touches nothing but a timer's register and what a critical section guards.
#[exception]
unsafe fn DefaultHandler(_interrupt: i16) {
    set(timer::TAKE_BACK);
    free(|section| {
        if let Some(Converter { next, samples }) = CONVERTER.borrow(section).borrow_mut().as_mut()
            && samples.enqueue(reading(*next)).is_ok()
        {
            *next += 1;
        }
    });
}
