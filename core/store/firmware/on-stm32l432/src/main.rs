//! Nucleo-L432KC (STM32L432KC) with embassy-stm32: a sensor at PA0, its reference at PA1.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use defmt::{error, warn};
use defmt_rtt as _;
use embassy_executor::InterruptExecutor;
use embassy_stm32::adc::{Adc, AdcChannel, AnyAdcChannel, SampleTime};
use embassy_stm32::flash::Flash;
use embassy_stm32::interrupt;
use embassy_stm32::interrupt::{InterruptExt, Priority};
use embassy_stm32::peripherals::ADC1;
use embassy_stm32::rcc::mux::Adcsel;
use embassy_stm32::wdg::IndependentWatchdog;
use embassy_time::{Duration, Ticker};
use heapless::spsc::Producer;
use job::{Job, Model, Sample, Samples};
use panic_probe as _;
use static_cell::ConstStaticCell;

static MODEL: ConstStaticCell<Model> = ConstStaticCell::new(Model::new());
static SAMPLES: ConstStaticCell<Samples> = ConstStaticCell::new(Samples::new());
static SAMPLER: InterruptExecutor = InterruptExecutor::new();

/// Three regions of two pages of 2 KB, which memory.x leaves free; offsets are those in the flash.
const STORE: core::ops::Range<u32> = 244 * 1024..256 * 1024;
/// An erase of two pages takes 50 ms, restoring a full journal less.
const WATCHDOG_MICROSECONDS: u32 = 2_000_000;

#[interrupt]
unsafe fn LPUART1() {
    // SAFETY: this is the interrupt that the executor was started with, and nothing else calls it.
    unsafe { SAMPLER.on_interrupt() }
}

/// Above the main loop, which it interrupts: ten samples a second, whatever is learned meanwhile.
#[embassy_executor::task]
async fn sample(
    mut adc: Adc<'static, ADC1>,
    mut channels: [AnyAdcChannel<'static, ADC1>; 2],
    mut samples: Producer<'static, Sample>,
) {
    let mut ticker = Ticker::every(Duration::from_millis(100));
    loop {
        ticker.next().await;
        let [sensor, reference] =
            channels.each_mut().map(|channel| adc.blocking_read(channel, SampleTime::CYCLES247_5));
        if samples.enqueue(Sample { sensor, reference }).is_err() {
            warn!("a sample was lost: the main loop is late");
        }
    }
}

#[entry]
fn main() -> ! {
    let mut config = embassy_stm32::Config::default();
    config.rcc.mux.adcsel = Adcsel::SYS;
    let p = embassy_stm32::init(config);
    let mut watchdog = IndependentWatchdog::new(p.IWDG, WATCHDOG_MICROSECONDS);
    watchdog.unleash();
    let channels = [p.PA0.degrade_adc(), p.PA1.degrade_adc()];
    let (producer, mut samples) = SAMPLES.take().split();
    interrupt::LPUART1.set_priority(Priority::P6);
    let spawner = SAMPLER.start(interrupt::LPUART1);
    spawner.spawn(defmt::unwrap!(sample(Adc::new(p.ADC1), channels, producer)));

    let mut job = match Job::begin(Flash::new_blocking(p.FLASH), STORE, 3, MODEL.take()) {
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
