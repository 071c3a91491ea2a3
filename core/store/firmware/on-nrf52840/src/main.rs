//! nRF52840 with embassy-nrf: a sensor at P0.02, its reference at P0.03.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use defmt::{error, warn};
use defmt_rtt as _;
use embassy_executor::InterruptExecutor;
use embassy_nrf::interrupt::{InterruptExt, Priority};
use embassy_nrf::nvmc::Nvmc;
use embassy_nrf::rng::Rng;
use embassy_nrf::saadc::{self, ChannelConfig, Saadc};
use embassy_nrf::wdt::{self, Watchdog};
use embassy_nrf::{bind_interrupts, interrupt};
use embassy_time::{Duration, Ticker};
use heapless::spsc::Producer;
use job::{Job, Model, Sample, Samples};
use panic_probe as _;
use static_cell::ConstStaticCell;

bind_interrupts!(struct Irqs {
    SAADC => saadc::InterruptHandler;
});

static MODEL: ConstStaticCell<Model> = ConstStaticCell::new(Model::new());
static SAMPLES: ConstStaticCell<Samples> = ConstStaticCell::new(Samples::new());
static SAMPLER: InterruptExecutor = InterruptExecutor::new();

/// Three regions of a page of 4 KB, which memory.x leaves free.
const STORE: core::ops::Range<u32> = 1012 * 1024..1024 * 1024;
/// An erase takes 85 ms, restoring a full journal less.
const WATCHDOG_TICKS: u32 = 2 * 32_768;

#[interrupt]
unsafe fn EGU1_SWI1() {
    // SAFETY: this is the interrupt that the executor was started with, and nothing else calls it.
    unsafe { SAMPLER.on_interrupt() }
}

/// Above the main loop, which it interrupts: ten samples a second, whatever is learned meanwhile.
#[embassy_executor::task]
async fn sample(mut adc: Saadc<'static, 2>, mut samples: Producer<'static, Sample>) {
    let mut ticker = Ticker::every(Duration::from_millis(100));
    loop {
        ticker.next().await;
        let mut codes = [0; 2];
        adc.sample(&mut codes).await;
        let [sensor, reference] = codes.map(|code| u16::try_from(code).unwrap_or(0));
        if samples.enqueue(Sample { sensor, reference }).is_err() {
            warn!("a sample was lost: the main loop is late");
        }
    }
}

#[entry]
fn main() -> ! {
    let p = embassy_nrf::init(embassy_nrf::config::Config::default());
    let mut config = wdt::Config::default();
    config.timeout_ticks = WATCHDOG_TICKS;
    let Ok((_, [mut watchdog])) = Watchdog::try_new(p.WDT, config) else {
        defmt::panic!("the watchdog runs with another configuration");
    };
    let channels = [ChannelConfig::single_ended(p.P0_02), ChannelConfig::single_ended(p.P0_03)];
    let adc = Saadc::new(p.SAADC, Irqs, saadc::Config::default(), channels);
    let (producer, mut samples) = SAMPLES.take().split();
    interrupt::SAADC.set_priority(Priority::P2);
    interrupt::EGU1_SWI1.set_priority(Priority::P3);
    SAMPLER.start(interrupt::EGU1_SWI1).spawn(defmt::unwrap!(sample(adc, producer)));

    job::judge(&mut Rng::new_blocking(p.RNG));
    let mut job = match Job::begin(Nvmc::new(p.NVMC), STORE, 3, MODEL.take()) {
        Ok(job) => job,
        Err(error) => defmt::panic!("the store: {}", error),
    };
    loop {
        watchdog.pet();
        let result = match samples.dequeue() {
            Some(sample) => job.take(sample),
            None => job.rest(),
        };
        if let Err(error) = result {
            error!("{}", error);
        }
        if !samples.ready() {
            cortex_m::asm::wfe(); // the next sample wakes it
        }
    }
}
