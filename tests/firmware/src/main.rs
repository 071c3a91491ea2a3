//! Calibrates a type K thermocouple at fifteen temperatures, then turns readings into temperatures with an error bar and
//! refuses those whose error bar is too wide: the model has seen nothing near them.

#![no_std]
#![no_main]

mod tenths;

#[cfg(target_arch = "arm")]
use cortex_m as _; // its critical section
#[cfg(target_arch = "arm")]
use cortex_m_rt::entry;
use ntk_core::regression::Labels;
use ntk_core::{Dataset, Error, Lift, Regression, ReluNtk, Scalar};
use portable_atomic as _; // static_cell needs its critical sections on parts without atomic exchange
#[cfg(target_arch = "riscv32")]
use riscv as _; // its critical section
#[cfg(target_arch = "riscv32")]
use riscv_rt::entry;
use semihosting::{println, process};
use static_cell::ConstStaticCell;

use crate::tenths::Tenths;

/// What the reference voltmeter and the reference thermometer showed: microvolts, degrees Celsius. Here the values of the
/// reference table of ITS-90 for type K, junction at 0 C (NIST Monograph 175); `expected.py` has its formula.
const CALIBRATION: [(i32, i32); 15] = [
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

/// Readings to convert, in microvolts, with the temperature that the same table gives for them. A product takes them from
/// its converter; the last five lie outside of the calibration.
const READINGS: [(i32, i32); 14] = [
    (1203, 30),
    (3059, 75),
    (4096, 100),
    (5124, 125),
    (7739, 190),
    (11176, 275),
    (13457, 330),
    (21710, 525),
    (28079, 675),
    (-778, -20),
    (-3554, -100),
    (31213, 750),
    (41276, 1000),
    (48838, 1200),
];

/// The widest error bar to accept, in kelvin.
const LIMIT: f32 = 3.0;
/// Variance of the noise of a label, in units of the kernel.
const RIDGE: f32 = 1e-5;

type Model = Regression<f32, ReluNtk, 2, 15>;

/// 1.3 KB, and no copy of it on the stack.
static MODEL: ConstStaticCell<Model> = ConstStaticCell::new(Model::new(ReluNtk));

#[cfg(feature = "rp2040")]
#[unsafe(link_section = ".boot2")]
#[used]
static BOOT2: [u8; 256] = rp2040_boot2::BOOT_LOADER_W25Q080;

#[entry]
fn main() -> ! {
    let model = MODEL.take();
    match run(model) {
        Ok(()) => process::exit(0),
        Err(error) => {
            println!("{error}");
            process::exit(1)
        }
    }
}

fn run(model: &mut Model) -> Result<(), Error> {
    let scale = calibrate(model)?;
    println!("type K thermocouple, {} samples from 0 to 700 C", model.len());
    println!("reading uV  predicted C    +-   truth C");
    for (reading, truth) in READINGS {
        let prediction = model.predict(&input(reading)?)?;
        let bar = scale * prediction.deviation * HALF;
        let flag = if bar <= LIMIT { "" } else { "  outside the calibration" };
        println!("{reading:10} {}{} {truth:9}{flag}", Tenths(celsius(prediction.mean[0])), Tenths(bar));
    }
    Ok(())
}

/// Fits the model; returns the factor that makes its error bars honest.
fn calibrate(model: &mut Model) -> Result<f32, Error> {
    let (mut x, mut y) = ([[0.0; 2]; 15], [[0.0; 1]; 15]);
    for ((x, y), (reading, truth)) in x.iter_mut().zip(&mut y).zip(CALIBRATION) {
        *x = input(reading)?;
        *y = [label(truth)];
    }
    model.fit(&Dataset::new(&x, &y)?, RIDGE, Labels::AsGiven)?;
    // The kernel's unit is arbitrary. Predict each sample from the others and take the unit in which the mean squared error
    // of these predictions, over their variances, is one.
    let mut sum = 0.0;
    for (i, [y]) in y.into_iter().enumerate() {
        let others = model.leave_one_out(i, 0)?;
        let error = (y - others.mean) / others.deviation;
        sum += error * error;
    }
    Ok((sum / 15.0).sqrt())
}

// The kernel sees numbers of the order of one: the calibrated range, and its temperatures, become -1 to 1.

/// Half of the range of temperatures, and its middle, in degrees Celsius.
const HALF: f32 = 350.0;

fn input(microvolts: i32) -> Result<[f32; 2], Error> {
    let mut z = [0.0; 2];
    Lift::Bias.apply((microvolts as f32 - 15_000.0) / 15_000.0, &mut z)?;
    Ok(z)
}

fn label(celsius: i32) -> f32 {
    (celsius as f32 - HALF) / HALF
}

fn celsius(label: f32) -> f32 {
    HALF + HALF * label
}
