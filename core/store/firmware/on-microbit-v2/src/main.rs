//! micro:bit v2 (nRF52833) with microbit-v2: a sensor at the edge's ring 0, its reference at ring 1.

#![no_std]
#![no_main]

use core::cell::RefCell;
use core::slice;

use cortex_m::peripheral::NVIC;
use cortex_m_rt::entry;
use critical_section::Mutex;
use defmt::{Debug2Format, error, warn};
use defmt_rtt as _;
use heapless::spsc::Producer;
use job::{Job, Model, Sample, Samples, Words};
use microbit::hal::gpio::{Floating, Input, p0};
use microbit::hal::nvmc::Nvmc;
use microbit::hal::rng::Rng;
use microbit::hal::saadc::{Saadc, SaadcConfig};
use microbit::hal::timer::{Periodic, Timer};
use microbit::hal::wdt::{self, Watchdog};
use microbit::pac::{self, TIMER1, interrupt};
use panic_probe as _;
use static_cell::ConstStaticCell;

static MODEL: ConstStaticCell<Model> = ConstStaticCell::new(Model::new());
static SAMPLES: ConstStaticCell<Samples> = ConstStaticCell::new(Samples::new());
static SAMPLER: Mutex<RefCell<Option<Sampler>>> = Mutex::new(RefCell::new(None));

/// Three regions of a page of 4 KB, which memory.x leaves free.
const STORE: usize = 500 * 1024;
const STORE_LENGTH: usize = 12 * 1024;
/// An erase takes 85 ms, restoring a full journal less.
const WATCHDOG_TICKS: u32 = 2 * 32_768;
const MICROSECONDS: u32 = 100_000;

/// What the interrupt owns.
struct Sampler {
    timer: Timer<TIMER1, Periodic>,
    adc: Saadc,
    sensor: p0::P0_02<Input<Floating>>,
    reference: p0::P0_03<Input<Floating>>,
    samples: Producer<'static, Sample>,
}

/// Above the main loop, which it interrupts: ten samples a second, whatever is learned meanwhile.
#[interrupt]
fn TIMER1() {
    critical_section::with(|section| {
        let mut sampler = SAMPLER.borrow_ref_mut(section);
        let Some(Sampler { timer, adc, sensor, reference, samples }) = sampler.as_mut() else { return };
        timer.reset_event();
        let (Ok(sensor), Ok(reference)) = (adc.read_channel(sensor), adc.read_channel(reference)) else {
            warn!("the converter failed");
            return;
        };
        let [sensor, reference] = [sensor, reference].map(|code| u16::try_from(code).unwrap_or(0));
        if samples.enqueue(Sample { sensor, reference }).is_err() {
            warn!("a sample was lost: the main loop is late");
        }
    });
}

#[entry]
fn main() -> ! {
    let board = defmt::unwrap!(microbit::Board::take());
    let Ok(mut watchdog) = Watchdog::try_new(board.WDT) else {
        defmt::panic!("the watchdog runs with another configuration");
    };
    watchdog.set_lfosc_ticks(WATCHDOG_TICKS);
    let wdt::Parts { mut handles, .. } = watchdog.activate::<wdt::count::One>();

    let (producer, mut samples) = SAMPLES.take().split();
    let mut timer = Timer::periodic(board.TIMER1);
    timer.enable_interrupt();
    timer.start(MICROSECONDS);
    let sampler = Sampler {
        timer,
        adc: Saadc::new(board.ADC, SaadcConfig::default()),
        sensor: board.edge.e00.into_floating_input(),
        reference: board.edge.e01.into_floating_input(),
        samples: producer,
    };
    critical_section::with(|section| SAMPLER.borrow_ref_mut(section).replace(sampler));
    // SAFETY: no critical section relies on this interrupt being masked.
    unsafe { NVIC::unmask(pac::Interrupt::TIMER1) };

    let mut rng = Rng::new(board.RNG);
    job::judge(&mut Words(|| rng.random_u64())); // the driver knows older versions of `rand_core`
    // SAFETY: memory.x leaves these pages to the store, and nothing else refers to them.
    let pages = unsafe { slice::from_raw_parts_mut(STORE as *mut u8, STORE_LENGTH) };
    let mut job = match Job::begin(Nvmc::new(board.NVMC, pages), 0..STORE_LENGTH as u32, 3, MODEL.take()) {
        Ok(job) => job,
        Err(error) => defmt::panic!("the store: {}", Debug2Format(&error)),
    };
    loop {
        handles.0.pet();
        let result = match samples.dequeue() {
            Some(sample) => job.take(sample),
            None => job.rest(),
        };
        if let Err(error) = result {
            error!("{}", Debug2Format(&error));
        }
        if !samples.ready() {
            cortex_m::asm::wfe(); // the next sample wakes it
        }
    }
}
