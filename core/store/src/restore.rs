//! From flash into memory: the snapshot, then what was learned since.

use embedded_storage::nor_flash::NorFlash;

use crate::error::Error;
use crate::journal::{Journal, Slot};
use crate::layout::{CHECKSUM, RECORD_HEAD, padded};
use crate::model::{CODES, Model, Record};
use crate::store::Store;

impl<F: NorFlash, M: Model> Store<F, M> {
    /// Gives the model the state of the store, to the bit: the newest snapshot, and each change since made
    /// again. Returns the number of changes. Cost: that of loading and of the changes.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Unreadable`], [`Error::Version`], [`Error::Foreign`], [`Error::Damaged`],
    /// [`Error::Model`], [`Error::Buffer`] and [`Error::Flash`]; then the model is as it was.
    /// [`Error::Replay`]; then it has the changes before that one.
    pub fn restore(&mut self, model: &mut M, buffer: &mut [u8]) -> Result<usize, Error<F::Error>> {
        let journal = self.newest.journal()?;
        if journal.is_damaged {
            return Err(Error::Damaged { before: journal.changes });
        }
        let changes = self.replay(&journal, model, buffer)?;
        self.is_in_step = true;
        Ok(changes)
    }

    /// Restores what stands before a damage, as [`Self::restore`] does. A save is due then, before any
    /// change.
    ///
    /// # Errors
    /// As there, but [`Error::Damaged`].
    pub fn salvage(&mut self, model: &mut M, buffer: &mut [u8]) -> Result<usize, Error<F::Error>> {
        let journal = self.newest.journal()?;
        let changes = self.replay(&journal, model, buffer)?;
        self.is_in_step = !journal.is_damaged;
        Ok(changes)
    }

    fn replay(
        &mut self,
        journal: &Journal,
        model: &mut M,
        buffer: &mut [u8],
    ) -> Result<usize, Error<F::Error>> {
        let layout = self.layout;
        let length = padded(journal.snapshot, layout.unit);
        let (needed, found) = (length.max(layout.slot), buffer.len());
        let buffer = buffer.get_mut(..needed).ok_or(Error::Buffer { needed, found })?;
        let snapshot = buffer.get_mut(..length).unwrap_or(&mut []);
        let at = layout.at(journal.region);
        let first = crate::flash::offset(at, layout.header());
        self.flash.read(first, snapshot).map_err(Error::Flash)?;
        self.is_in_step = false;
        model.load(snapshot.get(..journal.snapshot).unwrap_or(&[]))?;
        let (mut records, mut changes) = (0u16, 0);
        for slot in 0..journal.used {
            let record = buffer.get_mut(..layout.slot).unwrap_or(&mut []);
            if self.flash.read(journal.at(&layout, slot), record).is_err() {
                continue; // torn, as when the store was opened
            }
            let Slot::Whole { code, index, .. } = journal.slot_in(record) else { continue };
            if index != records || records >= journal.records {
                continue;
            }
            records = records.saturating_add(1);
            if code < CODES {
                let end = layout.slot.saturating_sub(CHECKSUM);
                let change = M::Change::read(code, record.get(RECORD_HEAD..end).unwrap_or(&[]));
                let made = change.is_some_and(|change| model.change(&change).is_ok());
                if !made {
                    return Err(Error::Replay { before: changes });
                }
                changes += 1;
            }
        }
        if records == journal.records { Ok(changes) } else { Err(Error::Replay { before: changes }) }
    }
}
