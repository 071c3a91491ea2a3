//! What every board does: learns a sensor's curve from a reference beside it as long as that is plugged in,
//! keeps what it has learned through power cuts, and says how sure it is.
//!
//! The board's page samples both inputs in an interrupt, hands the pairs over in a queue, and calls
//! [`Job::take`] in its main loop, at the lowest priority.

#![no_std]

mod chip;

use core::ops::Range;

use defmt::{Format, info, warn};
use embedded_storage::nor_flash::NorFlash;
use heapless::spsc::Queue;
use ntk_core::Listener;
use ntk_core::stream::Occasion;
use ntk_store::{Error, Event, Store};
use rand_core::Rng;

pub use chip::Words;

/// One input, room for sixteen: 1.5 KB, and a snapshot of 1.7 KB.
pub type Model = Listener<1, 16>;

/// What the converter read at the sensor and, at the same time, at the reference.
#[derive(Clone, Copy, Format)]
pub struct Sample {
    /// Code of the sensor, of 12 bits.
    pub sensor: u16,
    /// Code of the reference.
    pub reference: u16,
}

/// From the interrupt to the main loop: more than three seconds of samples, so that an erase loses none.
pub type Samples = Queue<Sample, 32>;

/// Bytes that restoring needs: the largest snapshot, and a little.
pub const BUFFER: usize = 2560;
/// Below this code no reference is plugged in.
const UNPLUGGED: u16 = 40;
/// Changes that a busy time may bring: with less room in the journal a quiet moment is used to save.
const LEAST_ROOM: usize = 20;
/// The level of the interval, and the share of familiar readings that is called strange.
const LEVEL: f32 = 0.9;
const STRANGE: f32 = 0.1;

/// At the start: says so if the chip's generator does not draw as random networks need it.
pub fn judge(rng: &mut impl Rng) {
    if chip::is_random(rng) {
        info!("the generator draws a network with the kernel of Theorem 1");
    } else {
        warn!("the generator is stuck");
    }
}

/// The model and its store.
pub struct Job<F> {
    store: Store<F, Model>,
    model: &'static mut Model,
    /// The store has a state.
    is_kept: bool,
}

impl<F: NorFlash> Job<F> {
    /// Restores what was learned before the last restart; with an empty store the model begins anew.
    ///
    /// # Errors
    /// Whatever else the store has to say: a state is never dropped without being asked.
    pub fn begin(
        flash: F,
        within: Range<u32>,
        regions: usize,
        model: &'static mut Model,
    ) -> Result<Self, Error<F::Error>> {
        let mut store = Store::open(flash, within, regions)?;
        let is_kept = match store.restore(model, &mut [0; BUFFER]) {
            Ok(changes) => {
                info!("restored: {} heard, {} of them since the save", model.heard(), changes);
                true
            }
            Err(Error::Empty | Error::Unreadable) => {
                info!("nothing stored");
                // Both inputs end in the same converter: codes of 12 bits.
                model.set_range(&[0.0], &[4095.0]).map_err(Error::Change)?;
                model.set_labels(&0.0, &4095.0).map_err(Error::Change)?;
                false
            }
            Err(error) => return Err(error),
        };
        Ok(Self { store, model, is_kept })
    }

    /// Learns from a sample with a reference; answers one without.
    ///
    /// # Errors
    /// Those of the store, after which the model answers on.
    pub fn take(&mut self, sample: Sample) -> Result<(), Error<F::Error>> {
        let (x, y) = ([f32::from(sample.sensor)], f32::from(sample.reference));
        if sample.reference < UNPLUGGED {
            self.answer(&x);
            return Ok(());
        }
        if !self.is_kept {
            self.model.hear(&x, y).map_err(Error::Change)?;
            self.store.save(self.model)?;
            self.is_kept = true;
            return Ok(());
        }
        let heard = Event::Hear { x, y, occasion: Occasion::USUAL };
        let learned = match self.store.apply(self.model, &heard) {
            Err(Error::Full) => {
                self.store.save(self.model)?;
                self.store.apply(self.model, &heard)?
            }
            other => other?,
        };
        info!("{}: {}", sample, learned);
        Ok(())
    }

    /// When nothing waits: makes room in the journal, as an erase stalls the processor and now is the time.
    ///
    /// # Errors
    /// Those of the store.
    pub fn rest(&mut self) -> Result<(), Error<F::Error>> {
        if self.is_kept && self.store.room() < LEAST_ROOM {
            self.store.save(self.model)?;
            info!("saved; erases {}", self.store.erases());
        }
        Ok(())
    }

    fn answer(&self, x: &[f32; 1]) {
        match (self.model.answer(x, LEVEL), self.model.familiarity(x)) {
            (Ok(_), Ok(familiarity)) if familiarity < STRANGE => warn!("nothing like {} was learned", x[0]),
            (Ok(at), _) => info!("{} in {} to {}", at.mean, at.low, at.high),
            (Err(error), _) => warn!("no answer: {}", error),
        }
    }
}
