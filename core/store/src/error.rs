//! What can go wrong, with the remedy.

use core::fmt;

use ntk_core::regression::bytes::FileError;

/// Why the store refused. `E` is the error of the flash's driver.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The driver of the flash failed.
    Flash(E),
    /// The regions do not fit the flash or the store.
    Geometry(&'static str),
    /// No whole snapshot: the flash is new, or the first save was cut off, or something else lies here.
    Empty,
    /// No whole snapshot, and the driver refuses to read a region: with error correction it does where the
    /// first save was cut off.
    Unreadable,
    /// The newest state has a format that this library does not read.
    Version {
        /// The version of the format.
        found: u8,
    },
    /// The newest state was written with records or write units of other sizes: by another type of model or
    /// for another flash.
    Foreign,
    /// The model cannot be written, or does not take the snapshot.
    Model(FileError),
    /// The model refuses the change.
    Change(ntk_core::Error),
    /// The journal has no room for another change.
    Full,
    /// A region is too small for a snapshot and one record.
    Room {
        /// Bytes needed.
        needed: usize,
        /// Bytes of a region.
        found: usize,
    },
    /// The buffer is too small for the snapshot or for a record.
    Buffer {
        /// Bytes needed.
        needed: usize,
        /// Bytes there are.
        found: usize,
    },
    /// There is a state, and the model does not have it yet.
    NotRestored,
    /// The flash does not hold what was written to this region.
    Worn {
        /// The region, counted from 0.
        region: usize,
    },
    /// A change that the journal held is no longer readable, though later ones are.
    Damaged {
        /// The changes before it, which [`crate::Store::salvage`] restores.
        before: usize,
    },
    /// The model refuses a change that it once took, or does not know it: another version of the library or
    /// another type wrote it.
    Replay {
        /// The changes before it, which the model now has.
        before: usize,
    },
}

impl<E: fmt::Debug> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flash(error) => write!(f, "the driver of the flash failed: {error:?}"),
            Self::Geometry(what) => f.write_str(what),
            Self::Empty => f.write_str("the regions hold no state; call save, which erases one of them"),
            Self::Unreadable => f.write_str(
                "the regions cannot all be read and hold no state; open them again, then call save, which \
                 erases one",
            ),
            Self::Version { found } => {
                write!(f, "the state has version {found} of the format; update the library, or save anew")
            }
            Self::Foreign => f.write_str(
                "the state is that of another type of model or of another flash; use that, or save anew",
            ),
            Self::Model(error) => write!(f, "{error}"),
            Self::Change(error) => write!(f, "{error}"),
            Self::Full => f.write_str("the journal is full; call save, then repeat the change"),
            Self::Room { needed, found } => {
                write!(f, "a region has {found} bytes and needs {needed}; use fewer or larger regions")
            }
            Self::Buffer { needed, found } => {
                write!(f, "the buffer has {found} bytes and needs {needed}; lend a larger one")
            }
            Self::NotRestored => f.write_str("the model is not that of the store; call restore, or save"),
            Self::Worn { region } => write!(
                f,
                "region {region} does not hold what was written; call save, which takes another region if it \
                 can"
            ),
            Self::Damaged { before } => {
                write!(f, "the change after the first {before} is lost; call salvage, or save anew")
            }
            Self::Replay { before } => write!(
                f,
                "the change after the first {before} cannot be made again; save anew, or use the firmware that \
                 wrote it"
            ),
        }
    }
}

impl<E: fmt::Debug> core::error::Error for Error<E> {}

/// What comes of writing a snapshot's pieces goes through the model, which needs it.
impl<E> From<FileError> for Error<E> {
    fn from(error: FileError) -> Self {
        Self::Model(error)
    }
}
