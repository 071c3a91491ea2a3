//! Counts the instructions of each operation: prints one line `name = ticks` for each, to be read by
//! tools/measure.py. On a host Callgrind counts, and what is printed are the names alone.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg_attr(not(target_os = "none"), path = "callgrind.rs")]
mod counter;
mod operations;

use counter::count;
use device as _; // start-up, panics and faults

fn run() {
    count("loop of 2000 instructions", || counter::turns(1000));
    operations::all();
}

#[cfg(target_os = "none")]
#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    counter::start();
    run();
    semihosting::process::exit(0)
}

#[cfg(not(target_os = "none"))]
fn main() {
    count("an empty call", || ());
    run();
}
