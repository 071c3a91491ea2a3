//! Nucleo-F411RE (STM32F411RE) with embassy-stm32: a sensor at PA0, its reference at PA1.

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
use embassy_stm32::wdg::IndependentWatchdog;
use embassy_time::{Duration, Ticker};
use heapless::spsc::Producer;
use job::{Job, Model, Sample, Samples};
use panic_probe as _;
use static_cell::ConstStaticCell;

static MODEL: ConstStaticCell<Model> = ConstStaticCell::new(Model::new());
static SAMPLES: ConstStaticCell<Samples> = ConstStaticCell::new(Samples::new());
static SAMPLER: InterruptExecutor = InterruptExecutor::new();

/// Three regions of a sector of 16 KB, which memory.x leaves free; offsets are those in the flash. The larger
/// sectors behind them would stall the processor for a second and more.
const STORE: core::ops::Range<u32> = 16 * 1024..64 * 1024;
/// An erase takes up to half a second, restoring a full journal of 600 changes at 16 MHz one to three.
const WATCHDOG_MICROSECONDS: u32 = 8_000_000;

#[interrupt]
unsafe fn SDIO() {
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
            channels.each_mut().map(|channel| adc.blocking_read(channel, SampleTime::CYCLES480));
        if samples.enqueue(Sample { sensor, reference }).is_err() {
            warn!("a sample was lost: the main loop is late");
        }
    }
}

#[entry]
fn main() -> ! {
    let p = embassy_stm32::init(embassy_stm32::Config::default());
    let mut watchdog = IndependentWatchdog::new(p.IWDG, WATCHDOG_MICROSECONDS);
    watchdog.unleash();
    let channels = [p.PA0.degrade_adc(), p.PA1.degrade_adc()];
    let (producer, mut samples) = SAMPLES.take().split();
    interrupt::SDIO.set_priority(Priority::P6);
    let spawner = SAMPLER.start(interrupt::SDIO);
    spawner.spawn(defmt::unwrap!(sample(Adc::new(p.ADC1), channels, producer)));

    // The driver of the sectors of 16 KB: that of all flash would erase in units of the largest, 128 KB.
    let sectors = Flash::new_blocking(p.FLASH).into_blocking_regions().bank1_region1;
    let mut job = match Job::begin(sectors, STORE, 3, MODEL.take()) {
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
