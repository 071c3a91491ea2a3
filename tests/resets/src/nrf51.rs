//! The last four pages of the flash of an nRF51, through its controller. Reference manual 3.0, chapter 6.

use core::ptr;

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

use crate::campaign::count_erase;

const PAGE: u32 = 1024;
const PAGES: u32 = 4;
/// Where the 256 KB of flash end; the image is far from it.
const START: u32 = 256 * 1024 - PAGES * PAGE;

const READY: *const u32 = 0x4001_e400 as *const u32;
const CONFIG: *mut u32 = 0x4001_e504 as *mut u32;
const ERASE_PAGE: *mut u32 = 0x4001_e508 as *mut u32;
const READ: u32 = 0;
const WRITE: u32 = 1;
const ERASE: u32 = 2;

/// The pages, of which there is one value: that of `main`.
pub(crate) struct Flash;

/// Lets the controller do something, and waits for it.
fn with(config: u32, command: impl FnOnce()) {
    // SAFETY: these are the controller's registers, which nothing else in this image uses; a write is allowed
    // at any time, and interrupts only reset the chip.
    unsafe { ptr::write_volatile(CONFIG, config) };
    command();
    // SAFETY: as above.
    while unsafe { ptr::read_volatile(READY) } & 1 == 0 {}
    // SAFETY: as above.
    unsafe { ptr::write_volatile(CONFIG, READ) };
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        for (address, byte) in (START + offset..).zip(bytes) {
            // SAFETY: the address lies in the last four pages of the flash, as was checked, which is always
            // readable and holds nothing that Rust knows of.
            *byte = unsafe { ptr::read_volatile(address as *const u8) };
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        (PAGES * PAGE) as usize
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = PAGE as usize;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        for page in (from..to).step_by(PAGE as usize) {
            count_erase((page / PAGE) as usize);
            // SAFETY: the address is that of one of the last four pages, as was checked; no code and nothing
            // that Rust knows of lies there.
            with(ERASE, || unsafe { ptr::write_volatile(ERASE_PAGE, START + page) });
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        for (address, word) in (START + offset..).step_by(4).zip(bytes.as_chunks::<4>().0) {
            let word = u32::from_le_bytes(*word);
            // SAFETY: the address is a multiple of four in the last four pages, as was checked; no code and
            // nothing that Rust knows of lies there.
            with(WRITE, || unsafe { ptr::write_volatile(address as *mut u32, word) });
        }
        Ok(())
    }
}
