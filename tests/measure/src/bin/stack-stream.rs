//! Peak stack of a stream's operations, as `stack` those of all else: in an image of its own, so that the
//! optimiser treats either as if the other were not there.

#![no_std]
#![no_main]

use device::stack::peak;
use measure::{N, Place, Real, heard, opaque};
use ntk_core::Listener;
use semihosting::println;

static STREAM: Place<Listener<2, N, Real>> = Place::new(Listener::new());

fn report<R>(what: &str, f: impl FnOnce() -> R) -> R {
    let (bytes, result) = peak(usize::MAX, f);
    println!("stream: {what}, N = {N} = {bytes}");
    opaque(result)
}

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    let stream = unsafe { STREAM.get() };
    println!("static stream, N = {N} = {}", size_of_val(stream));
    let (x, y) = heard::<Real, N>();
    for (x, &y) in x.iter().zip(&y).take(N - 1) {
        stream.hear(x, y).unwrap();
    }
    report("hear with room", || stream.hear(&x[N - 1], y[N - 1])).unwrap();
    report("hear when full", || stream.hear(&opaque([2.5, -2.5]), opaque(40.0))).unwrap();
    report("mean and interval", || stream.answer(&opaque([0.3, 0.2]), opaque(0.9))).unwrap();
    semihosting::process::exit(0)
}
