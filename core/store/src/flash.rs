//! Reading and writing a flash in its units.

use embedded_storage::nor_flash::NorFlash;
use ntk_core::regression::bytes::Crc;

use crate::layout::CHUNK;

/// What an erased cell reads as.
pub(crate) const BLANK: u8 = 0xff;

/// Gives `length` bytes, a multiple of the unit, to `take`, in chunks.
pub(crate) fn read<F: NorFlash>(
    flash: &mut F,
    at: u32,
    length: usize,
    mut take: impl FnMut(&[u8]),
) -> Result<(), F::Error> {
    let (mut chunk, mut done) = ([0; CHUNK], 0);
    while done < length {
        let part = chunk.get_mut(..(length - done).min(CHUNK)).unwrap_or(&mut []);
        flash.read(offset(at, done), part)?;
        take(part);
        done += part.len().max(1);
    }
    Ok(())
}

pub(crate) fn offset(at: u32, bytes: usize) -> u32 {
    at.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX))
}

/// Collects bytes and writes them in chunks, each a multiple of the unit, one after the other.
pub(crate) struct Writer<'f, F> {
    flash: &'f mut F,
    at: u32,
    unit: usize,
    chunk: [u8; CHUNK],
    filled: usize,
    crc: Crc,
}

impl<'f, F: NorFlash> Writer<'f, F> {
    pub(crate) fn new(flash: &'f mut F, at: u32, unit: usize, crc: Crc) -> Self {
        Self { flash, at, unit, chunk: [BLANK; CHUNK], filled: 0, crc }
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<(), F::Error> {
        self.crc.add(bytes);
        for &byte in bytes {
            if let Some(place) = self.chunk.get_mut(self.filled) {
                *place = byte;
                self.filled += 1;
            }
            if self.filled >= CHUNK {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), F::Error> {
        let part = self.chunk.get(..self.filled).unwrap_or(&[]);
        self.flash.write(self.at, part)?;
        (self.at, self.filled) = (offset(self.at, part.len()), 0);
        Ok(())
    }

    /// Pads what was put so far to a multiple of the unit.
    pub(crate) fn pad(&mut self) -> Result<(), F::Error> {
        while !self.filled.is_multiple_of(self.unit.max(1)) {
            self.put(&[BLANK])?;
        }
        Ok(())
    }

    /// Returns the checksum of all that was put.
    pub(crate) fn checksum(&self) -> u32 {
        self.crc.value()
    }

    /// Writes what is left, padded.
    pub(crate) fn finish(mut self) -> Result<(), F::Error> {
        self.pad()?;
        if self.filled > 0 { self.flush() } else { Ok(()) }
    }
}
