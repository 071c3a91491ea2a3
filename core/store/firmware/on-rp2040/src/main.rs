//! Raspberry Pi Pico (RP2040) with embassy-rp: a sensor at GPIO 26, its reference at GPIO 27.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use defmt::{error, warn};
use defmt_rtt as _;
use embassy_executor::InterruptExecutor;
use embassy_rp::adc::{self, Adc, Channel};
use embassy_rp::clocks::RoscRng;
use embassy_rp::flash::Flash;
use embassy_rp::gpio::Pull;
use embassy_rp::interrupt::{InterruptExt, Priority};
use embassy_rp::watchdog::Watchdog;
use embassy_rp::{bind_interrupts, interrupt};
use embassy_time::{Duration, Ticker};
use heapless::spsc::Producer;
use job::{Job, Model, Sample, Samples, Words};
use panic_probe as _;
use static_cell::ConstStaticCell;

bind_interrupts!(struct Irqs {
    ADC_IRQ_FIFO => adc::InterruptHandler;
});

static MODEL: ConstStaticCell<Model> = ConstStaticCell::new(Model::new());
static SAMPLES: ConstStaticCell<Samples> = ConstStaticCell::new(Samples::new());
static SAMPLER: InterruptExecutor = InterruptExecutor::new();

const FLASH: usize = 2048 * 1024;
/// Three regions of a sector of 4 KB, which memory.x leaves free.
const STORE: core::ops::Range<u32> = 2036 * 1024..2048 * 1024;
/// An erase takes 45 to 400 ms, restoring a full journal with floating point in software up to a second.
const WATCHDOG: Duration = Duration::from_secs(4);

#[interrupt]
unsafe fn SWI_IRQ_1() {
    // SAFETY: this is the interrupt that the executor was started with, and nothing else calls it.
    unsafe { SAMPLER.on_interrupt() }
}

/// Above the main loop, which it interrupts: ten samples a second, whatever is learned meanwhile.
#[embassy_executor::task]
async fn sample(
    mut adc: Adc<'static, adc::Async>,
    mut channels: [Channel<'static>; 2],
    mut samples: Producer<'static, Sample>,
) {
    let mut ticker = Ticker::every(Duration::from_millis(100));
    loop {
        ticker.next().await;
        let [sensor, reference] = &mut channels;
        let (Ok(sensor), Ok(reference)) = (adc.read(sensor).await, adc.read(reference).await) else {
            warn!("the converter failed");
            continue;
        };
        if samples.enqueue(Sample { sensor, reference }).is_err() {
            warn!("a sample was lost: the main loop is late");
        }
    }
}

#[entry]
fn main() -> ! {
    let p = embassy_rp::init(embassy_rp::config::Config::default());
    let mut watchdog = Watchdog::new(p.WATCHDOG);
    watchdog.start(WATCHDOG);
    let adc = Adc::new(p.ADC, Irqs, adc::Config::default());
    let channels = [Channel::new_pin(p.PIN_26, Pull::None), Channel::new_pin(p.PIN_27, Pull::None)];
    let (producer, mut samples) = SAMPLES.take().split();
    interrupt::SWI_IRQ_1.set_priority(Priority::P2);
    SAMPLER.start(interrupt::SWI_IRQ_1).spawn(defmt::unwrap!(sample(adc, channels, producer)));

    job::judge(&mut Words(|| RoscRng.next_u64())); // the driver knows older versions of `rand_core`
    // Nothing executes from the flash while it is written: the driver runs from memory, interrupts wait.
    let flash = Flash::<_, _, FLASH>::new_blocking(p.FLASH);
    let mut job = match Job::begin(flash, STORE, 3, MODEL.take()) {
        Ok(job) => job,
        Err(error) => defmt::panic!("the store: {}", error),
    };
    loop {
        watchdog.feed(WATCHDOG);
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
