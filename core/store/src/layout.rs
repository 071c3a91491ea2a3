//! Where what lies: sizes, offsets and paddings.
//!
//! ```text
//! region   | header | snapshot, padded | commit | slot 0 | slot 1 | ...                  | rest |
//! slot     | code 2 | index 2 | bytes of the change | 0xff .. | CRC-32 |
//! ```

use embedded_storage::nor_flash::NorFlash;

use crate::error::Error;
use crate::header;

/// The most regions, and the largest unit of writing in bytes.
pub(crate) const MOST_REGIONS: usize = 8;
pub(crate) const CHUNK: usize = 32;
/// Code and index of a record, and its checksum.
pub(crate) const RECORD_HEAD: usize = 4;
pub(crate) const CHECKSUM: usize = 4;
/// Slots that changes leave to the store, which writes down there which region it is about to erase. Changes
/// of a model that cannot be saved take them too.
pub(crate) const RESERVED: usize = 2;
/// An index has 16 bits.
const MOST_SLOTS: usize = 0xfff0;

/// The regions of a store and the sizes of what is in them, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) start: u32,
    pub(crate) region: usize,
    pub(crate) regions: usize,
    /// All reads and writes are multiples of it.
    pub(crate) unit: usize,
    pub(crate) slot: usize,
}

/// Returns the next multiple of a unit; the largest number if there is none.
pub(crate) fn padded(length: usize, unit: usize) -> usize {
    length.checked_next_multiple_of(unit).unwrap_or(usize::MAX)
}

impl Layout {
    /// Creates the layout for changes of at most so many bytes.
    pub(crate) fn new<F: NorFlash>(
        flash: &F,
        from: u32,
        to: u32,
        regions: usize,
        bytes: usize,
    ) -> Result<Self, Error<F::Error>> {
        let unit = F::WRITE_SIZE.max(F::READ_SIZE);
        let length = usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        let divides = |a: usize, b: usize| a > 0 && b.is_multiple_of(a);
        let starts_with_page =
            usize::try_from(from).is_ok_and(|from| divides(F::ERASE_SIZE, from)) && from < to;
        let is_inside = usize::try_from(to).is_ok_and(|to| to <= flash.capacity());
        let region = length.checked_div(regions).unwrap_or(0);
        for (holds, what) in [
            (
                divides(F::WRITE_SIZE, unit) && divides(F::READ_SIZE, unit) && divides(unit, CHUNK),
                "the flash must be read and written in units of 1, 2, 4, 8, 16 or 32 bytes",
            ),
            ((2..=MOST_REGIONS).contains(&regions), "a store has 2 to 8 regions"),
            (starts_with_page && is_inside, "the store must begin with a page and end inside of the flash"),
            (
                divides(F::ERASE_SIZE, region) && divides(regions, length),
                "each region must be one or more whole pages",
            ),
        ] {
            if !holds {
                return Err(Error::Geometry(what));
            }
        }
        let slot = padded(bytes.saturating_add(RECORD_HEAD + CHECKSUM), unit);
        if u16::try_from(slot).is_err() {
            return Err(Error::Geometry("a change must be shorter than 64 KB"));
        }
        Ok(Self { start: from, region, regions, unit, slot })
    }

    /// Returns the offset of a region in the flash.
    pub(crate) fn at(&self, region: usize) -> u32 {
        let offset = u32::try_from(self.region.saturating_mul(region)).unwrap_or(u32::MAX);
        self.start.saturating_add(offset)
    }

    pub(crate) fn header(&self) -> usize {
        padded(header::BYTES, self.unit)
    }

    /// Returns where the commit stands in a region, after a snapshot of so many bytes.
    pub(crate) fn commit(&self, snapshot: usize) -> usize {
        self.header().saturating_add(padded(snapshot, self.unit))
    }

    /// Returns where the slots begin.
    pub(crate) fn journal(&self, snapshot: usize) -> usize {
        self.commit(snapshot).saturating_add(padded(CHECKSUM, self.unit))
    }

    /// Returns how many slots there are after a snapshot of so many bytes.
    pub(crate) fn slots(&self, snapshot: usize) -> usize {
        let room = self.region.saturating_sub(self.journal(snapshot));
        room.checked_div(self.slot).unwrap_or(0).min(MOST_SLOTS)
    }

    /// Returns the bytes of a region that holds a snapshot of so many bytes and one change.
    pub(crate) fn needed(&self, snapshot: usize) -> usize {
        self.journal(snapshot).saturating_add((RESERVED + 1) * self.slot)
    }
}
