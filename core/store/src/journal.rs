//! The slots after a snapshot: writing one, and saying what one holds.

use embedded_storage::nor_flash::NorFlash;
use ntk_core::regression::bytes::Crc;

use crate::flash::{BLANK, Writer, offset, read};
use crate::layout::{CHECKSUM, Layout, RECORD_HEAD};
use crate::model::{CODES, Record};

/// The code of the record that says which region is about to be erased.
pub(crate) const ERASE: u16 = CODES;

/// That this region is about to be erased.
pub(crate) struct Note {
    pub(crate) region: u8,
}

impl Record for Note {
    const BYTES: usize = 1;

    fn code(&self) -> u16 {
        ERASE
    }
    fn write(&self, put: &mut dyn FnMut(&[u8])) {
        put(&[self.region]);
    }
    fn read(code: u16, bytes: &[u8]) -> Option<Self> {
        if code == ERASE { Some(Self { region: *bytes.first()? }) } else { None }
    }
}

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Nothing was written, or nothing that shows.
    Blank,
    /// A record with its code, its place among the records of the region and its first byte.
    Whole { code: u16, index: u16, first: u8 },
    /// Something else: a write was cut off, or cells have failed.
    Torn,
}

/// A journal in a region.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Journal {
    pub(crate) region: usize,
    pub(crate) generation: u32,
    /// Bytes of the snapshot.
    pub(crate) snapshot: usize,
    /// All slots, and those before the first that can be written.
    pub(crate) slots: usize,
    pub(crate) used: usize,
    /// Whole records in an unbroken line, and how many of them are changes.
    pub(crate) records: u16,
    pub(crate) changes: usize,
    /// A later record is readable and one before it is not.
    pub(crate) is_damaged: bool,
}

impl Journal {
    pub(crate) fn at(&self, layout: &Layout, slot: usize) -> u32 {
        let before = layout.journal(self.snapshot).saturating_add(slot.saturating_mul(layout.slot));
        offset(layout.at(self.region), before)
    }

    /// Starts the checksum of a record with the generation, so that a record of another generation is not
    /// valid in this journal.
    fn crc(&self) -> Crc {
        let mut crc = Crc::new();
        crc.add(&self.generation.to_le_bytes());
        crc
    }

    /// Returns what a slot holds. A slot that cannot be read is torn: some flashes refuse to read a word
    /// whose writing was cut off.
    pub(crate) fn slot<F: NorFlash>(&self, flash: &mut F, layout: &Layout, slot: usize) -> Slot {
        let mut classify = Classify::new(self.crc());
        match read(flash, self.at(layout, slot), layout.slot, |bytes| classify.add(bytes)) {
            Ok(()) => classify.slot(),
            Err(_) => Slot::Torn,
        }
    }

    /// Returns what a slot holds that was read already.
    pub(crate) fn slot_in(&self, bytes: &[u8]) -> Slot {
        let mut classify = Classify::new(self.crc());
        classify.add(bytes);
        classify.slot()
    }

    /// Writes the next record into the next slot, which is used up whatever comes of it; whether it stands
    /// there now.
    pub(crate) fn write<F: NorFlash, R: Record>(
        &mut self,
        flash: &mut F,
        layout: &Layout,
        record: &R,
    ) -> Result<bool, F::Error> {
        let (slot, code, index) = (self.used, record.code(), self.records);
        self.used += 1;
        let mut writer = Writer::new(flash, self.at(layout, slot), layout.unit, self.crc());
        let mut result = writer.put(&code.to_le_bytes()).and_then(|()| writer.put(&index.to_le_bytes()));
        let mut left = layout.slot.saturating_sub(RECORD_HEAD + CHECKSUM);
        record.write(&mut |bytes| {
            let bytes = bytes.get(..left.min(bytes.len())).unwrap_or(&[]);
            left = left.saturating_sub(bytes.len());
            if result.is_ok() {
                result = writer.put(bytes);
            }
        });
        result?;
        for _ in 0..left {
            writer.put(&[BLANK])?;
        }
        let checksum = writer.checksum();
        writer.put(&checksum.to_le_bytes())?;
        writer.finish()?;
        let stands = match self.slot(flash, layout, slot) {
            Slot::Whole { code: c, index: i, .. } => (c, i) == (code, index),
            Slot::Blank | Slot::Torn => false,
        };
        if stands {
            self.records = self.records.saturating_add(1);
            self.changes += usize::from(code < CODES);
        }
        Ok(stands)
    }
}

/// A slot, byte by byte: the last four are its checksum.
struct Classify {
    crc: Crc,
    head: [u8; RECORD_HEAD + 1],
    tail: [u8; CHECKSUM],
    count: usize,
    is_blank: bool,
}

impl Classify {
    fn new(crc: Crc) -> Self {
        Self { crc, head: [0; RECORD_HEAD + 1], tail: [0; CHECKSUM], count: 0, is_blank: true }
    }

    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.is_blank &= byte == BLANK;
            if let Some(place) = self.head.get_mut(self.count) {
                *place = byte;
            }
            let [oldest, a, b, c] = self.tail;
            if self.count >= CHECKSUM {
                self.crc.add(&[oldest]);
            }
            self.tail = [a, b, c, byte];
            self.count += 1;
        }
    }

    fn slot(&self) -> Slot {
        let [a, b, c, d, first] = self.head;
        if self.is_blank {
            Slot::Blank
        } else if self.crc.value() == u32::from_le_bytes(self.tail) {
            Slot::Whole { code: u16::from_le_bytes([a, b]), index: u16::from_le_bytes([c, d]), first }
        } else {
            Slot::Torn
        }
    }
}
