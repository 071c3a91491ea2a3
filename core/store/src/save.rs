//! A new snapshot in another region.

use embedded_storage::nor_flash::NorFlash;
use ntk_core::regression::bytes::{Crc, FileError};

use crate::error::Error;
use crate::flash::{Writer, offset, read};
use crate::header::{Header, VERSION};
use crate::journal::{Journal, Note};
use crate::layout::{CHUNK, MOST_REGIONS};
use crate::model::Model;
use crate::scan::{Newest, holds};
use crate::store::Store;

impl<F: NorFlash, M: Model> Store<F, M> {
    /// Writes a snapshot of the model into the region that was erased least, with an empty journal. The state
    /// before is left as it is until the new one is whole, and after that until its region is needed.
    ///
    /// Erases one region; if that does not hold what was written, another one, each at most once. The
    /// processor of most parts stands still meanwhile, up to a second.
    ///
    /// # Errors
    /// [`Error::Model`] and [`Error::Room`] before anything is erased, the former also of a model without
    /// samples: it is saved with the first that it learns. [`Error::Flash`] and [`Error::Worn`].
    /// Whatever the reason, the store has the state that it had, and takes changes if it did; only where the
    /// very last word failed, which may or may not have made the new state whole, it takes none until a save
    /// succeeds.
    pub fn save(&mut self, model: &M) -> Result<(), Error<F::Error>> {
        let length = model.snapshot_len()?;
        let (needed, found) = (self.layout.needed(length), self.layout.region);
        if needed > found {
            return Err(Error::Room { needed, found });
        }
        let mut tried = [false; MOST_REGIONS];
        let mut result = Err(Error::Worn { region: 0 });
        while let (Err(Error::Worn { .. }), Some(region)) = (&result, self.target(&tried)) {
            if let Some(tried) = tried.get_mut(region) {
                *tried = true;
            }
            result = self.save_to(region, model, length);
        }
        result
    }

    /// Returns the region that was erased least, neither that of the newest state nor one that was tried
    /// already.
    fn target(&self, tried: &[bool; MOST_REGIONS]) -> Option<usize> {
        let (keep, regions) = (self.newest.region(), self.layout.regions);
        let first = keep.map_or(0, |region| region + 1);
        let mut best: Option<(u32, usize)> = None;
        for step in 0..regions {
            let region = (first + step).checked_rem(regions).unwrap_or(0);
            let is_free = Some(region) != keep && tried.get(region) == Some(&false);
            let count = self.erases.get(region).copied().unwrap_or(u32::MAX);
            if is_free && best.is_none_or(|(least, _)| count < least) {
                best = Some((count, region));
            }
        }
        best.map(|(_, region)| region)
    }

    /// Leaves in the newest journal that a region is about to be erased: a save that is cut off leaves no
    /// other trace of it.
    fn note_erase(&mut self, region: usize) {
        if let Some(count) = self.erases.get_mut(region) {
            *count = count.saturating_add(1);
        }
        if let Newest::Whole(journal) = &mut self.newest
            && journal.used < journal.slots
            && !journal.is_damaged
        {
            let note = Note { region: u8::try_from(region).unwrap_or(u8::MAX) };
            // A note that fails is no reason not to save: a worn region is left just so.
            journal.write(&mut self.flash, &self.layout, &note).ok();
        }
    }

    fn save_to(&mut self, region: usize, model: &M, length: usize) -> Result<(), Error<F::Error>> {
        self.note_erase(region);
        let layout = self.layout;
        let (at, generation) = (layout.at(region), self.generation);
        self.generation = generation.wrapping_add(1);
        self.flash.erase(at, offset(at, layout.region)).map_err(Error::Flash)?;
        let header = Header {
            version: VERSION,
            unit: u8::try_from(layout.unit).unwrap_or(u8::MAX),
            slot: u16::try_from(layout.slot).unwrap_or(u16::MAX),
            generation,
            snapshot: u32::try_from(length).unwrap_or(u32::MAX),
            erases: self.erases,
        };
        let mut writer = Writer::new(&mut self.flash, at, layout.unit, Crc::new());
        writer.put(&header.to_bytes()).and_then(|()| writer.pad()).map_err(Error::Flash)?;
        let mut found = 0usize;
        model.write_snapshot(&mut [0; CHUNK], |piece| {
            found = found.saturating_add(piece.len());
            if found > length {
                return Err(Error::Model(FileError::Length { needed: length, found }));
            }
            writer.put(piece).map_err(Error::Flash)
        })?;
        if found != length {
            return Err(Error::Model(FileError::Length { needed: length, found }));
        }
        writer.pad().map_err(Error::Flash)?;
        let checksum = writer.checksum();
        writer.finish().map_err(Error::Flash)?;
        self.commit(region, length, checksum)?;
        let slots = layout.slots(length);
        self.newest = Newest::Whole(Journal {
            region,
            generation,
            snapshot: length,
            slots,
            used: 0,
            records: 0,
            changes: 0,
            is_damaged: false,
        });
        self.is_in_step = true;
        Ok(())
    }

    /// Reads back what was written, and only then says that it is whole.
    fn commit(&mut self, region: usize, length: usize, checksum: u32) -> Result<(), Error<F::Error>> {
        let (layout, at) = (self.layout, self.layout.at(region));
        let commit = layout.commit(length);
        let mut crc = Crc::new();
        read(&mut self.flash, at, commit, |part| crc.add(part)).map_err(Error::Flash)?;
        if crc.value() != checksum {
            return Err(Error::Worn { region });
        }
        let at = offset(at, commit);
        self.is_in_step = false; // whatever the driver says now, the new state may be there from here on
        let mut writer = Writer::new(&mut self.flash, at, layout.unit, Crc::new());
        writer.put(&checksum.to_le_bytes()).and_then(|()| writer.finish()).map_err(Error::Flash)?;
        if holds(&mut self.flash, &layout, at, checksum).map_err(Error::Flash)? {
            Ok(())
        } else {
            Err(Error::Worn { region })
        }
    }
}
