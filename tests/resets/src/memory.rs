//! Memory that outlives a reset and plays a flash: a write clears bits, byte by byte, an erase sets bytes in
//! no useful order, so that a reset leaves torn words and half-erased pages.

use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

use crate::campaign::count_erase;

const PAGE: usize = 1024;
const PAGES: usize = 4;

// SAFETY: the section is one of memory that the start-up code leaves as it is; any bytes are valid there.
#[unsafe(link_section = ".uninit.flash")]
static CELLS: [AtomicU8; PAGES * PAGE] = [const { AtomicU8::new(0) }; PAGES * PAGE];

/// The pages, of which there is one value: that of `main`.
pub(crate) struct Flash;

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        for (cell, byte) in CELLS.iter().skip(offset as usize).zip(bytes) {
            *byte = cell.load(Relaxed);
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        CELLS.len()
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = 8;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        for page in from as usize / PAGE..to as usize / PAGE {
            count_erase(page);
            let cells = CELLS.iter().skip(page * PAGE).take(PAGE);
            // First every third byte, then the others.
            for third in 0..3 {
                cells.clone().skip(third).step_by(3).for_each(|cell| cell.store(0xff, Relaxed));
            }
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        for (cell, &byte) in CELLS.iter().skip(offset as usize).zip(bytes) {
            // Two halves, so that a reset can leave half of a byte.
            cell.store(cell.load(Relaxed) & (byte | 0x0f), Relaxed);
            cell.store(cell.load(Relaxed) & byte, Relaxed);
        }
        Ok(())
    }
}
