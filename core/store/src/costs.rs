//! What a store costs: bytes and erases for each change.

use crate::layout::{Layout, RESERVED};

/// What changes and saves write and erase, in bytes. See [`crate::Store::costs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Costs {
    /// Bytes that a change writes.
    pub change: usize,
    /// Changes that fit between two saves.
    pub changes: usize,
    /// Bytes that a save writes. It erases one region.
    pub save: usize,
    /// Regions that take turns.
    pub regions: usize,
}

impl Costs {
    pub(crate) fn new(layout: &Layout, snapshot: usize) -> Self {
        Self {
            change: layout.slot,
            changes: layout.slots(snapshot).saturating_sub(RESERVED),
            save: layout.journal(snapshot).saturating_add(layout.slot),
            regions: layout.regions,
        }
    }

    /// Changes for which each page is erased once.
    #[must_use]
    pub fn changes_per_erase(&self) -> u64 {
        to_u64(self.changes).saturating_mul(to_u64(self.regions))
    }

    /// Returns how often each page is erased, at most, by so many changes, if the store is saved when it is
    /// full: a year has 525,600 minutes. The largest number if not one change fits.
    #[must_use]
    pub fn erases(&self, changes: u64) -> u64 {
        match (changes, self.changes_per_erase()) {
            (0, _) => 0,
            (_, 0) => u64::MAX,
            (changes, each) => changes.div_ceil(each),
        }
    }

    /// Returns the changes until each page was erased so often.
    #[must_use]
    pub fn lifetime(&self, endurance: u64) -> u64 {
        endurance.saturating_mul(self.changes_per_erase())
    }
}

fn to_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
