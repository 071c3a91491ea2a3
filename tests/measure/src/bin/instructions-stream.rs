//! Counts the instructions of a stream, as `instructions` those of all else: in an image of its own, so that
//! the optimiser treats either as if the other were not there.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg_attr(target_os = "none", path = "instructions/counter.rs")]
#[cfg_attr(not(target_os = "none"), path = "instructions/callgrind.rs")]
mod counter;

use counter::count;
use device as _; // start-up, panics and faults
use measure::{N, Place, Real, heard, opaque};
use ntk_core::Listener;
use ntk_core::stream::Learned;

static STREAM: Place<Listener<2, N, Real>> = Place::new(Listener::new());

/// The last sample that there is room for, then with all 15 places taken one that says nothing new and one
/// that takes the place of another, and an answer with its interval.
fn run() {
    count("loop of 2000 instructions", || counter::turns(1000));
    let stream = opaque(unsafe { STREAM.get() });
    let (x, y) = opaque(heard::<Real, N>());
    for (x, &y) in x.iter().zip(&y).take(N - 1) {
        stream.hear(x, y).unwrap();
    }
    let (last, label) = opaque((x[N - 1], y[N - 1]));
    let mut learned = Ok(Learned::Repeated);
    count("stream: hear, the 15th", || learned = stream.hear(&last, label));
    assert!(learned == Ok(Learned::Joined) && stream.len() == N);
    count("stream: hear where 15 are kept, nothing new", || learned = stream.hear(&last, opaque(0.5)));
    assert_eq!(learned, Ok(Learned::Absorbed));
    let (new, label) = opaque(([2.5, -2.5], 40.0));
    count("stream: hear where 15 are kept, one is replaced", || learned = stream.hear(&new, label));
    assert!(matches!(learned, Ok(Learned::Replaced(_))));
    let (query, level) = opaque(([0.3, 0.2], 0.9));
    count("stream: mean and interval", || stream.answer(&query, level));
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
