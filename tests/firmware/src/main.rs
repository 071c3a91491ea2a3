//! Two jobs. The first calibrates a type K thermocouple at fifteen temperatures, then turns readings into
//! temperatures with an interval, refuses those like which nothing was seen, and finds a pair of numbers that
//! does not fit the others. The second, in `drift.rs`, hears a reference reading a day from a sensor that
//! drifts.

#![no_std]
#![no_main]

mod degrees;
mod drift;

#[cfg(target_arch = "arm")]
use cortex_m as _; // its critical section
#[cfg(target_arch = "arm")]
use cortex_m_rt::entry;
use ntk_core::{Error, Sensor};
use portable_atomic as _; // static_cell needs its critical sections on parts without atomic exchange
#[cfg(target_arch = "riscv32")]
use riscv as _; // its critical section
#[cfg(target_arch = "riscv32")]
use riscv_rt::entry;
use semihosting::{println, process};
use static_cell::ConstStaticCell;

use crate::degrees::{down, nearest, up};
use crate::drift::Drifting;

/// What the reference voltmeter and the reference thermometer showed: microvolts, degrees Celsius. Here the
/// values of the reference table of ITS-90 for type K, junction at 0 C (NIST Monograph 175); `expected.py`
/// has its formula.
const CALIBRATION: [(i16, i16); 15] = [
    (0, 0),
    (2023, 50),
    (4096, 100),
    (6138, 150),
    (8138, 200),
    (10153, 250),
    (12209, 300),
    (14293, 350),
    (16397, 400),
    (18516, 450),
    (20644, 500),
    (22776, 550),
    (24905, 600),
    (27025, 650),
    (29129, 700),
];

/// Readings to convert, in microvolts, with the temperature that the same table gives for them. A product
/// takes them from its converter; the last five lie outside of the calibration, two of them no farther than
/// its samples lie from each other.
const READINGS: [(i32, i32); 14] = [
    (1163, 29),
    (3225, 79),
    (4096, 100),
    (5247, 128),
    (7739, 190),
    (10889, 268),
    (13457, 330),
    (21710, 525),
    (28079, 675),
    (-778, -20),
    (-3554, -100),
    (31213, 750),
    (41276, 1000),
    (48838, 1200),
];

/// A pair that someone has mistyped: at 12209 uV it is 300 C.
const MISTYPED: (i16, i16) = (12209, 310);

/// Nine of ten readings of this junction lie in the interval of this level.
const LEVEL: f32 = 0.9;
/// At most one in ten good pairs, and one in ten good readings, looks as strange as this share says.
const STRANGE: f32 = 0.1;

type Thermocouple = Sensor<1, 15>;

/// 1.4 KB, and no copy of it on the stack.
static SENSOR: ConstStaticCell<Thermocouple> = ConstStaticCell::new(Thermocouple::new());
static STREAM: ConstStaticCell<Drifting> = ConstStaticCell::new(Drifting::new());

#[cfg(feature = "rp2040")]
#[unsafe(link_section = ".boot2")]
#[used]
static BOOT2: [u8; 256] = rp2040_boot2::BOOT_LOADER_W25Q080;

#[entry]
fn main() -> ! {
    let sensor = SENSOR.take();
    match run(sensor).and_then(|()| drift::run(STREAM.take(), sensor)) {
        Ok(()) => process::exit(0),
        Err(error) => {
            println!("{error}");
            process::exit(1)
        }
    }
}

fn run(sensor: &mut Thermocouple) -> Result<(), Error> {
    // Microvolts and degrees as they are: the sensor scales them, and chooses its kernel and its ridge.
    let (x, y) = (CALIBRATION.map(|(x, _)| f32::from(x)), CALIBRATION.map(|(_, y)| f32::from(y)));
    sensor.fit(&x, &y)?;
    println!("type K thermocouple, {} samples from 0 to 700 C", sensor.len());
    println!("reading uV  predicted C  from    to   truth C");
    for (microvolts, truth) in READINGS {
        let reading = sensor.read(&[microvolts as f32], LEVEL)?;
        if reading.familiarity >= STRANGE {
            let [value, low, high] = [nearest(reading.value), down(reading.low), up(reading.high)];
            println!("{microvolts:10} {value:12} {low:5} {high:5} {truth:9}");
        } else {
            println!("{microvolts:10}      outside the calibration {truth:5}");
        }
    }
    let (microvolts, celsius) = MISTYPED;
    if sensor.p_value(&[f32::from(microvolts)], f32::from(celsius))? < STRANGE {
        println!("{microvolts:10} uV and {celsius} C do not fit the others");
    }
    Ok(())
}
