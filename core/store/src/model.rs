//! What a model needs for a store: its bytes, and its changes as records.

use ntk_core::regression::bytes::FileError;

/// A model that a [`crate::Store`] keeps: it can be written, read back, and changed by what a record says,
/// each with the same bits every time. [`ntk_core::Calibration`] and [`ntk_core::Stream`] are models.
pub trait Model {
    /// What changes it between two snapshots.
    type Change: Record;
    /// What a change answers.
    type Outcome;

    /// Returns the bytes of a snapshot of the model as it is now.
    ///
    /// # Errors
    /// That there is nothing to write.
    fn snapshot_len(&self) -> Result<usize, FileError>;

    /// Writes a snapshot of [`Self::snapshot_len`] bytes: `put` gets them in their order, in pieces of
    /// `piece.len()` bytes, the last one shorter.
    ///
    /// # Errors
    /// Those of the model, and whatever `put` returns, which ends the writing.
    fn write_snapshot<E: From<FileError>>(
        &self,
        piece: &mut [u8],
        put: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E>;

    /// Takes a snapshot in place of what the model is.
    ///
    /// # Errors
    /// Whatever the bytes can have wrong; then nothing has changed.
    fn load(&mut self, snapshot: &[u8]) -> Result<(), FileError>;

    /// Makes a change.
    ///
    /// # Errors
    /// Those of the model; then nothing has changed.
    fn change(&mut self, change: &Self::Change) -> Result<Self::Outcome, ntk_core::Error>;
}

/// A change as a record: a code and at most [`Self::BYTES`] bytes.
pub trait Record: Sized {
    /// The bytes of the longest record beside its code.
    const BYTES: usize;

    /// Returns what kind of change it is, below 0xff00.
    fn code(&self) -> u16;

    /// Gives the bytes to `put`, in as many pieces as it likes.
    fn write(&self, put: &mut dyn FnMut(&[u8]));

    /// Returns the change that was written with this code. `bytes` are at least those that were written; what
    /// follows them is of no meaning. `None` if no change has this code.
    fn read(code: u16, bytes: &[u8]) -> Option<Self>;
}

/// Codes from here on are those of the store itself.
pub(crate) const CODES: u16 = 0xff00;
