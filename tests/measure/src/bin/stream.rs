//! Hears samples of one input for ever with room for 16, and answers with an interval.

#![no_std]
#![no_main]

#[path = "../bare.rs"]
mod bare;

use measure::{Place, Real, opaque};
use ntk_core::Listener;

static STREAM: Place<Listener<1, 16, Real>> = Place::new(Listener::new());

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    let stream = unsafe { STREAM.get() };
    opaque(stream.set_range(&opaque([0.0]), &opaque([5.0])).is_ok());
    opaque(stream.set_labels(&opaque(-40.0), &opaque(120.0)).is_ok());
    loop {
        opaque(stream.hear(&opaque([1.0]), opaque(1.0)).is_ok());
        if let Ok(at) = stream.answer(&opaque([0.5]), opaque(0.9)) {
            opaque((at.mean, at.low, at.high, at.novelty));
        }
    }
}
