//! Counts the instructions of each operation: prints one line `name ticks` for each, to be read by tools/measure.py.

#![no_std]
#![no_main]

mod counter;
mod operations;

use semihosting::println;

use device as _; // start-up, panics and faults

/// Prints what a call costs beyond an empty one.
fn count<R>(name: &str, f: impl FnOnce() -> R) {
    let (empty, ()) = counter::ticks(|| ());
    let (ticks, _) = counter::ticks(f);
    println!("{name} = {}", ticks - empty);
}

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    counter::start();
    count("loop of 2000 instructions", || counter::turns(1000));
    operations::all();
    semihosting::process::exit(0)
}
