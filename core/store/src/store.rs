//! The store: which states there are, and what a change adds.

use core::fmt;
use core::marker::PhantomData;
use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;

use crate::costs::Costs;
use crate::error::Error;
use crate::layout::{Layout, MOST_REGIONS, RESERVED};
use crate::model::{CODES, Model, Record};
use crate::scan::{Newest, scan};

/// How often a change is written before the region counts as worn: a word whose writing was cut off may look
/// blank and still refuse to be written.
const TRIES: usize = 4;

/// Models of type `M` in regions of a flash `F`: the newest snapshot, and the changes since.
///
/// See the [crate](crate) for the order of calls and for what is promised.
pub struct Store<F, M> {
    pub(crate) flash: F,
    pub(crate) layout: Layout,
    pub(crate) newest: Newest,
    /// The generation of the next save.
    pub(crate) generation: u32,
    pub(crate) erases: [u32; MOST_REGIONS],
    /// The model has what the store has.
    pub(crate) is_in_step: bool,
    model: PhantomData<fn(&mut M)>,
}

impl<F, M> fmt::Debug for Store<F, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { layout, newest, generation, erases, .. } = self;
        let mut fields = f.debug_struct("Store");
        fields.field("layout", layout).field("newest", newest).field("generation", generation);
        fields.field("erases", erases).finish_non_exhaustive()
    }
}

impl<F: NorFlash, M: Model> Store<F, M> {
    /// Looks what the flash from `within.start` to `within.end` holds, as so many regions of equal size.
    /// Writes and erases nothing, so it can be repeated. Cost: reads the headers, one snapshot as a rule, and
    /// its journal.
    ///
    /// # Errors
    /// [`Error::Geometry`] if the regions are no whole pages. That there is no state, or none that can be
    /// read, is said by [`Self::restore`].
    pub fn open(mut flash: F, within: Range<u32>, regions: usize) -> Result<Self, Error<F::Error>> {
        let layout = Layout::new(&flash, within.start, within.end, regions, M::Change::BYTES)?;
        let found = scan(&mut flash, &layout);
        Ok(Self {
            flash,
            layout,
            newest: found.newest,
            generation: found.generation,
            erases: found.erases,
            is_in_step: false,
            model: PhantomData,
        })
    }

    /// Lets the model learn a change, then adds that to the journal. Writes the bytes of a record, as a rule
    /// once, and erases nothing.
    ///
    /// A model that has forgotten all samples cannot be saved. So that it is not stuck where the journal is
    /// full, it and the change that empties it may use the places that saves use for notes.
    ///
    /// # Errors
    /// [`Error::Full`] when a save is due, [`Error::NotRestored`], what [`Self::restore`] says of a store
    /// without a state, and [`Error::Change`] if the model refuses; then nothing has changed.
    /// [`Error::Worn`] and [`Error::Flash`] if the change cannot be written: the model has learned it, the
    /// store may have; a save brings them together again, and no change is taken until then. A model without
    /// samples is restored instead, or learns one first.
    pub fn apply(&mut self, model: &mut M, change: &M::Change) -> Result<M::Outcome, Error<F::Error>> {
        let mut journal = self.newest.journal()?;
        if !self.is_in_step {
            return Err(Error::NotRestored);
        }
        let slots = |model: &M| {
            let reserved = if model.snapshot_len().is_ok() { RESERVED } else { 0 };
            journal.slots.saturating_sub(reserved)
        };
        let before = slots(model);
        if journal.used >= before {
            return Err(Error::Full);
        }
        let code = change.code();
        if code >= CODES {
            let (count, index) = (usize::from(CODES), usize::from(code));
            let what = "code of a record";
            return Err(Error::Change(ntk_core::Error::OutOfBounds { what, count, index }));
        }
        let outcome = model.change(change).map_err(Error::Change)?;
        let mut result = Ok(false);
        let tries = TRIES.min(slots(model).max(before).saturating_sub(journal.used));
        for _ in 0..tries {
            result = journal.write(&mut self.flash, &self.layout, change);
            if matches!(result, Ok(true)) {
                break;
            }
        }
        self.newest = Newest::Whole(journal);
        self.is_in_step = matches!(result, Ok(true));
        match result {
            Ok(true) => Ok(outcome),
            Ok(false) => Err(Error::Worn { region: journal.region }),
            Err(error) => Err(Error::Flash(error)),
        }
    }

    /// Returns the changes in the journal.
    #[must_use]
    pub fn changes(&self) -> usize {
        if let Newest::Whole(journal) = self.newest { journal.changes } else { 0 }
    }

    /// Returns the changes that fit before [`Error::Full`], if each is written at its first try.
    #[must_use]
    pub fn room(&self) -> usize {
        match self.newest {
            Newest::Whole(journal) => journal.slots.saturating_sub(RESERVED).saturating_sub(journal.used),
            _ => 0,
        }
    }

    /// Returns how often each region was erased, as the flash tells it.
    #[must_use]
    pub fn erases(&self) -> &[u32] {
        self.erases.get(..self.layout.regions).unwrap_or(&[])
    }

    /// Returns what changes and saves cost if a snapshot has so many bytes; of a model as it is now it has
    /// [`Model::snapshot_len`].
    #[must_use]
    pub fn costs(&self, snapshot: usize) -> Costs {
        Costs::new(&self.layout, snapshot)
    }

    /// Returns the flash, for who needs it elsewhere.
    #[must_use]
    pub fn release(self) -> F {
        self.flash
    }
}
