//! The same proof for `ntk-store`, in an image of its own, so that the size of the core's is the core's: a
//! store of a calibration and of a stream, on a flash of which nothing is known.

#![no_std]
#![no_main]

#[path = "../opaque.rs"]
#[allow(dead_code)]
mod opaque;

use core::panic::PanicInfo;

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use ntk_core::regression::{PerSample, Row, WhenFull};
use ntk_core::stream::Occasion;
use ntk_core::{Listener, Scalar, Sensor};
use ntk_store::{Change, Error, Event, Model, Noisy, Store};

use opaque::{keep, slice_mut, value};

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn a_panic_is_reachable() -> !;
    }
    unsafe { a_panic_is_reachable() }
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    all::<f32>();
    #[cfg(not(feature = "single"))]
    all::<f64>();
    #[cfg(feature = "panicking")]
    keep([1, 2, 3][value(1usize)]);
    #[allow(clippy::empty_loop)]
    loop {}
}

/// Each call answers anything, and each byte is any.
struct Unknown;

impl ErrorType for Unknown {
    type Error = NorFlashErrorKind;
}

fn answer() -> Result<(), NorFlashErrorKind> {
    value(Err(NorFlashErrorKind::Other))
}

impl ReadNorFlash for Unknown {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        keep(offset);
        for byte in bytes {
            *byte = value(0);
        }
        answer()
    }

    fn capacity(&self) -> usize {
        value(1 << 20)
    }
}

impl NorFlash for Unknown {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 1024;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        keep((from, to));
        answer()
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        keep((offset, bytes.len()));
        answer()
    }
}

#[inline(never)]
fn all<T: Scalar + Row<Scalar = T>>() {
    let (x, y) = (value([T::ONE; 2]), value(T::ONE));
    let push = Change::Push { x, y, when_full: WhenFull::DropOldest };
    calls(Sensor::<2, 6, T>::new(), value(push));
    calls(Sensor::<2, 6, T, T, PerSample>::new(), value(Noisy { change: push, noise: y }));
    calls(Listener::<2, 6, T>::new(), value(Event::Hear { x, y, occasion: Occasion::USUAL }));
}

#[inline(never)]
fn calls<M: Model>(mut model: M, change: M::Change)
where
    M::Outcome: Copy,
{
    let Ok(mut store) = Store::<_, M>::open(Unknown, value(0)..value(8192), value(4)) else { return };
    let mut buffer = value([0; 1200]);
    keep(store.restore(&mut model, slice_mut(&mut buffer)));
    keep(store.salvage(&mut model, slice_mut(&mut buffer)));
    keep(store.save(&model));
    keep(store.apply(&mut model, &change));
    keep((store.changes(), store.room(), store.erases().len()));
    let costs = store.costs(value(1000));
    keep((costs.changes_per_erase(), costs.erases(value(1)), costs.lifetime(value(1))));
    keep(store.release());
    let error: Error<NorFlashErrorKind> = value(Error::Empty);
    keep(error);
}
