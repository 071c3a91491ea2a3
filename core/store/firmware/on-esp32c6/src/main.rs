//! ESP32-C6 and ESP32-C3 with esp-hal: a sensor at GPIO 2, its reference at GPIO 3.

#![no_std]
#![no_main]

use core::cell::RefCell;
use core::panic::PanicInfo;

use critical_section::Mutex;
use defmt::{Display2Format, error, warn};
use defmt_rtt as _;
use esp_hal::Blocking;
use esp_hal::analog::adc::{Adc, AdcConfig, AdcPin, Attenuation};
use esp_hal::peripherals::{ADC1, GPIO2, GPIO3};
use esp_hal::rng::Rng;
use esp_hal::time::Duration;
use esp_hal::timer::PeriodicTimer;
use esp_hal::timer::timg::{MwdtStage, TimerGroup};
use esp_storage::FlashStorage;
use heapless::spsc::Producer;
use job::{Job, Model, Sample, Samples};
use static_cell::ConstStaticCell;

esp_bootloader_esp_idf::esp_app_desc!();

static MODEL: ConstStaticCell<Model> = ConstStaticCell::new(Model::new());
static SAMPLES: ConstStaticCell<Samples> = ConstStaticCell::new(Samples::new());
static SAMPLER: Mutex<RefCell<Option<Sampler>>> = Mutex::new(RefCell::new(None));

/// Six sectors of 4 KB in the partition `nvs` of the usual table, for which this firmware has no other use.
const STORE: core::ops::Range<u32> = 0x9000..0xf000;
const REGIONS: usize = 6;

/// What the interrupt owns.
struct Sampler {
    timer: PeriodicTimer<'static, Blocking>,
    adc: Adc<'static, ADC1<'static>, Blocking>,
    sensor: AdcPin<GPIO2<'static>, ADC1<'static>>,
    reference: AdcPin<GPIO3<'static>, ADC1<'static>>,
    samples: Producer<'static, Sample>,
}

/// Above the main loop, which it interrupts: ten samples a second, whatever is learned meanwhile.
#[esp_hal::handler]
fn tick() {
    critical_section::with(|section| {
        let mut sampler = SAMPLER.borrow_ref_mut(section);
        let Some(Sampler { timer, adc, sensor, reference, samples }) = sampler.as_mut() else { return };
        timer.clear_interrupt();
        let sensor = until_ready(|| adc.read_oneshot(sensor).ok());
        let reference = until_ready(|| adc.read_oneshot(reference).ok());
        if samples.enqueue(Sample { sensor, reference }).is_err() {
            warn!("a sample was lost: the main loop is late");
        }
    });
}

/// A conversion takes microseconds.
fn until_ready(mut read: impl FnMut() -> Option<u16>) -> u16 {
    loop {
        if let Some(code) = read() {
            return code;
        }
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    error!("{}", Display2Format(info));
    loop {} // until the watchdog ends it
}

#[esp_hal::main]
fn main() -> ! {
    let p = esp_hal::init(esp_hal::Config::default());
    let group = TimerGroup::new(p.TIMG0);
    let mut watchdog = group.wdt;
    watchdog.set_timeout(MwdtStage::Stage0, Duration::from_secs(4));
    watchdog.enable();

    let mut config = AdcConfig::new();
    let sensor = config.enable_pin(p.GPIO2, Attenuation::_11dB);
    let reference = config.enable_pin(p.GPIO3, Attenuation::_11dB);
    let adc = Adc::new(p.ADC1, config);
    let mut timer = PeriodicTimer::new(group.timer0);
    timer.set_interrupt_handler(tick);
    let (producer, mut samples) = SAMPLES.take().split();
    if timer.start(Duration::from_millis(100)).is_err() {
        defmt::panic!("the timer does not take this period");
    }
    timer.listen();
    let sampler = Sampler { timer, adc, sensor, reference, samples: producer };
    critical_section::with(|section| SAMPLER.borrow_ref_mut(section).replace(sampler));

    job::judge(&mut Rng::new());
    let mut job = match Job::begin(FlashStorage::new(p.FLASH), STORE, REGIONS, MODEL.take()) {
        Ok(job) => job,
        Err(error) => defmt::panic!("the store: {}", error),
    };
    loop {
        watchdog.feed();
        let result = match samples.dequeue() {
            Some(sample) => job.take(sample),
            None => job.rest(),
        };
        if let Err(error) = result {
            error!("{}", error);
        }
    }
}
