//! Learns from a converter into a store while a timer resets the processor at random instructions. After each
//! reset the store must have the state before or after what was cut off, to the bit; after five hundred, the
//! state of a model that was never reset, and pages that are worn evenly.

#![no_std]
#![no_main]

mod campaign;
mod converter;
#[cfg(feature = "memory")]
#[path = "memory.rs"]
mod flash;
#[cfg(feature = "nrf51")]
#[path = "nrf51.rs"]
mod flash;

use campaign::{LEARNING, PAGES, RESTORING, SAVING, announce, enter, promise, random, recognise};
use converter::{Sample, Samples, reading};
use cortex_m::Peripherals;
use cortex_m::peripheral::{SCB, SYST};
use cortex_m_rt::{entry, exception};
use flash::Flash;
use ntk_core::Sensor;
use ntk_core::regression::WhenFull;
use ntk_core::regression::bytes::{Contents, FileError};
use ntk_store::{Change, Error, Model, Store};
use semihosting::{println, process};

type Subject = Sensor<1, 6>;
type Refusal = Error<<Flash as embedded_storage::nor_flash::ErrorType>::Error>;

const RESETS: u32 = 500;
/// Ticks of the timer, each about an instruction: a reset comes at most so long after the start, or after one
/// of the next changes has begun, or a save in its place.
const FROM_START: u32 = 1_000_000 / FASTER;
const FROM_CHANGE: u32 = 60_000 / FASTER;
const FROM_SAVE: u32 = 40_000 / FASTER;
/// With hardware for floating point everything takes fewer instructions.
const FASTER: u32 = if cfg!(feature = "nrf51") { 1 } else { 5 };
/// Of eight resets, those of the second and of the third kind.
const IN_EIGHT: [u32; 2] = [4, 2];

#[exception]
fn SysTick() {
    SCB::sys_reset()
}

#[entry]
fn main() -> ! {
    static mut SAMPLES: Samples = Samples::new(); // `entry` makes a `&'static mut Samples` of it
    let resets = campaign::resets();
    enter(RESTORING);
    let timer = Peripherals::take().map(|peripherals| peripherals.SYST);
    let outcome = match timer {
        Some(timer) if resets < RESETS => go_on(timer, SAMPLES),
        _ => conclude(),
    };
    match outcome {
        Ok(()) => process::exit(0),
        Err(error) => {
            println!("after {resets} resets, erases {:?}: {error}", campaign::erases());
            process::exit(1)
        }
    }
}

/// Lets the timer strike after so many ticks.
fn strike(timer: &mut SYST, after: u32) {
    timer.set_reload(after.max(1));
    timer.clear_current();
    timer.enable_interrupt();
    timer.enable_counter();
}

fn go_on(mut timer: SYST, samples: &'static mut Samples) -> Result<(), Refusal> {
    let (kind, mut changes) = (random(8), random(20));
    let is_in_save = kind < IN_EIGHT[1];
    if kind >= IN_EIGHT[0] + IN_EIGHT[1] {
        strike(&mut timer, random(FROM_START));
        changes = u32::MAX;
    }
    let (mut store, mut model, mut number) = restored()?;
    let (producer, mut samples) = samples.split();
    converter::begin(number, producer);
    loop {
        let is_save = store.room() == 0 || changes == 0 && is_in_save;
        let change = if is_save { None } else { Some(change(wait(|| samples.dequeue()))) };
        if changes == 0 {
            strike(&mut timer, random(if is_in_save { FROM_SAVE } else { FROM_CHANGE }));
        }
        if let Some(change) = change {
            enter(LEARNING);
            let mut next = model.clone();
            next.change(&change).map_err(Error::Change)?;
            announce(number + 1, checksum(&next)?);
            #[cfg(feature = "hasty")]
            promise(number + 1);
            store.apply(&mut model, &change)?;
            number += 1;
            promise(number);
        } else {
            enter(SAVING);
            store.save(&model)?;
        }
        changes = changes.wrapping_sub(1);
    }
}

/// The store, the model that it restores, and the number of changes that it has.
fn restored() -> Result<(Store<Flash, Subject>, Subject, u32), Refusal> {
    let mut store = Store::<Flash, Subject>::open(Flash, 0..1024 * PAGES as u32, PAGES)?;
    let mut model = Subject::new();
    match store.restore(&mut model, &mut [0; 512]) {
        Err(Error::Empty) if campaign::promised().is_none() => {
            model = begun()?;
            announce(0, checksum(&model)?);
            enter(SAVING);
            store.save(&model)?;
        }
        other => drop(other?),
    }
    // Neither the state before nor the one after.
    let number = recognise(checksum(&model)?).ok_or(Error::Foreign)?;
    promise(number);
    Ok((store, model, number))
}

fn conclude() -> Result<(), Refusal> {
    let (mut store, model, number) = restored()?;
    let mut twin = begun()?;
    for i in 0..number {
        twin.change(&change(reading(i))).map_err(Error::Change)?;
    }
    if checksum(&twin)? != checksum(&model)? {
        return Err(Error::Foreign);
    }
    let cut = campaign::erases();
    for _ in 0..PAGES {
        store.save(&model)?; // levels what the resets have left uneven
    }
    let [restoring, learning, saving] = campaign::struck();
    let total = restoring + learning + saving;
    println!("{total} resets: {restoring} while restoring, {learning} while learning, {saving} while saving");
    println!("{number} changes, each kept to the bit");
    println!("erases of pages: {cut:?}, then {:?}", campaign::erases());
    let (least, most) = campaign::erases().iter().fold((u32::MAX, 0), |(a, b), &n| (a.min(n), b.max(n)));
    if most - least > 1 { Err(Error::Worn { region: 0 }) } else { Ok(()) }
}

fn begun() -> Result<Subject, Refusal> {
    let mut model = Subject::new();
    model.fit(&[0.0, 1.0, 2.0, 3.0], &[20.1, 20.9, 22.2, 22.8]).map_err(Error::Change)?;
    Ok(model)
}

/// Until the converter's interrupt has left something.
fn wait<T>(mut next: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(value) = next() {
            return value;
        }
    }
}

fn change(Sample { sensor, reference }: Sample) -> Change<1> {
    let [x, y] = [sensor, reference].map(f32::from);
    Change::Push { x: [x / 300.0], y: 20.0 + y / 1000.0, when_full: WhenFull::DropOldest }
}

/// That in the last four bytes of the model's file. (A checksum of the whole would be the same for every
/// file, as a CRC is of all that ends with its own.)
fn checksum(model: &Subject) -> Result<u32, FileError> {
    let mut last = [0; 4];
    model.write_pieces(Contents::Everything, &mut [0; 32], |piece| {
        for &byte in piece {
            last.rotate_left(1);
            last[3] = byte;
        }
        Ok::<(), FileError>(())
    })?;
    Ok(u32::from_le_bytes(last))
}
