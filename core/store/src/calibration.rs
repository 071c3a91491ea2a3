//! The records of a calibration: samples that joined, left or were replaced.

use ntk_core::kernel::{StorableKernel, VariableKernel};
use ntk_core::regression::bytes::{Contents, FileError};
use ntk_core::regression::{Common, Fixed, PerSample, Row, WhenFull};
use ntk_core::{Calibration, Error, Scalar};

use crate::model::{CODES, Model, Record};

/// A change of a [`Calibration`], in the units of its samples. A fit is none: it is a new model, and wants a
/// save.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change<const D: usize, T = f32, Y = T> {
    /// [`Calibration::push`].
    Push {
        /// The input.
        x: [T; D],
        /// The labels.
        y: Y,
        /// What becomes of it if all places are taken.
        when_full: WhenFull,
    },
    /// [`Calibration::replace`].
    Replace {
        /// The sample that goes, by age.
        index: usize,
        /// The input of the new one.
        x: [T; D],
        /// Its labels.
        y: Y,
    },
    /// [`Calibration::remove`].
    Remove {
        /// The sample, by age.
        index: usize,
    },
}

/// A change with the standard deviation of the new sample's own noise, of a model with [`PerSample`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noisy<const D: usize, T = f32> {
    /// The change.
    pub change: Change<D, T>,
    /// The deviation, in units of y; of no meaning where a sample is removed.
    pub noise: T,
}

const REFUSE: u16 = 0;
const DROP_OLDEST: u16 = 1;
const DROP_REDUNDANT: u16 = 2;
const REMOVE: u16 = 3;
/// The code of replacing sample 0; those of the others follow.
const REPLACE: u16 = 8;

/// Returns a number at the front of bytes, which go on after it.
pub(crate) fn take<T: Scalar>(bytes: &mut &[u8]) -> Option<T> {
    let (value, rest) = T::of_le(bytes)?;
    *bytes = rest;
    Some(value)
}

/// Numbers into their places.
pub(crate) fn take_all<T: Scalar>(bytes: &mut &[u8], places: &mut [T]) -> Option<()> {
    for place in places {
        *place = take(bytes)?;
    }
    Some(())
}

impl<const D: usize, T: Scalar, Y: Row<Scalar = T>> Record for Change<D, T, Y> {
    /// The index of a sample that leaves needs four.
    const BYTES: usize = {
        let numbers = (D + Y::LEN) * size_of::<T>();
        if numbers > 4 { numbers } else { 4 }
    };

    fn code(&self) -> u16 {
        match *self {
            Self::Push { when_full: WhenFull::Refuse, .. } => REFUSE,
            Self::Push { when_full: WhenFull::DropOldest, .. } => DROP_OLDEST,
            Self::Push { when_full: WhenFull::DropRedundant, .. } => DROP_REDUNDANT,
            Self::Remove { .. } => REMOVE,
            Self::Replace { index, .. } => u16::try_from(index).unwrap_or(CODES).saturating_add(REPLACE),
        }
    }

    fn write(&self, put: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Push { x, y, .. } | Self::Replace { x, y, .. } => {
                for number in x.iter().chain(y.as_slice()) {
                    put(number.to_le().as_ref());
                }
            }
            Self::Remove { index } => put(&u32::try_from(*index).unwrap_or(u32::MAX).to_le_bytes()),
        }
    }

    fn read(code: u16, mut bytes: &[u8]) -> Option<Self> {
        if code == REMOVE {
            let index = usize::try_from(u32::from_le_bytes(*bytes.first_chunk()?)).ok()?;
            return Some(Self::Remove { index });
        }
        let (mut x, mut y) = ([T::ZERO; D], Y::ZEROS);
        take_all(&mut bytes, &mut x)?;
        take_all(&mut bytes, y.as_mut_slice())?;
        let when_full = match code {
            REFUSE => WhenFull::Refuse,
            DROP_OLDEST => WhenFull::DropOldest,
            DROP_REDUNDANT => WhenFull::DropRedundant,
            _ => return Some(Self::Replace { index: usize::from(code.checked_sub(REPLACE)?), x, y }),
        };
        Some(Self::Push { x, y, when_full })
    }
}

impl<const D: usize, T: Scalar + Row<Scalar = T>> Record for Noisy<D, T> {
    const BYTES: usize = Change::<D, T, T>::BYTES + size_of::<T>();

    fn code(&self) -> u16 {
        self.change.code()
    }

    fn write(&self, put: &mut dyn FnMut(&[u8])) {
        put(self.noise.to_le().as_ref());
        self.change.write(put);
    }

    fn read(code: u16, mut bytes: &[u8]) -> Option<Self> {
        let noise = take(&mut bytes)?;
        Some(Self { change: Change::read(code, bytes)?, noise })
    }
}

/// Returns the length of a snapshot, or an error for a model without samples, which cannot be written.
fn snapshot_len(samples: usize, length: usize) -> Result<usize, FileError> {
    if samples == 0 { Err(Error::NotFitted.into()) } else { Ok(length) }
}

impl<T, K, const D: usize, const N: usize, Y> Model for Calibration<K, Fixed<T, D, N, Y, Common>>
where
    T: Scalar,
    K: StorableKernel<T> + VariableKernel<T>,
    Y: Row<Scalar = T>,
{
    type Change = Change<D, T, Y>;
    /// The sample that was dropped to make room, if any.
    type Outcome = Option<usize>;

    fn snapshot_len(&self) -> Result<usize, FileError> {
        snapshot_len(self.len(), self.written_len(Contents::Everything))
    }

    fn write_snapshot<E: From<FileError>>(
        &self,
        piece: &mut [u8],
        put: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.write_pieces(Contents::Everything, piece, put).map(|_| ())
    }

    fn load(&mut self, snapshot: &[u8]) -> Result<(), FileError> {
        Self::load(self, snapshot)
    }

    fn change(&mut self, change: &Self::Change) -> Result<Self::Outcome, Error> {
        match *change {
            Change::Push { ref x, y, when_full } => self.push(x, y, when_full),
            Change::Replace { index, ref x, y } => self.replace(index, x, y).map(|()| Some(index)),
            Change::Remove { index } => self.remove(index).map(|()| None),
        }
    }
}

impl<T, K, const D: usize, const N: usize> Model for Calibration<K, Fixed<T, D, N, T, PerSample>>
where
    T: Scalar + Row<Scalar = T>,
    K: StorableKernel<T> + VariableKernel<T>,
{
    type Change = Noisy<D, T>;
    /// The sample that was dropped to make room, if any.
    type Outcome = Option<usize>;

    fn snapshot_len(&self) -> Result<usize, FileError> {
        snapshot_len(self.len(), self.written_len(Contents::Everything))
    }

    fn write_snapshot<E: From<FileError>>(
        &self,
        piece: &mut [u8],
        put: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.write_pieces(Contents::Everything, piece, put).map(|_| ())
    }

    fn load(&mut self, snapshot: &[u8]) -> Result<(), FileError> {
        Self::load(self, snapshot)
    }

    fn change(&mut self, &Noisy { ref change, noise }: &Self::Change) -> Result<Self::Outcome, Error> {
        match *change {
            Change::Push { ref x, y, when_full } => self.push_with_noise(x, y, noise, when_full),
            Change::Replace { index, ref x, y } => {
                self.replace_with_noise(index, x, y, noise).map(|()| Some(index))
            }
            Change::Remove { index } => self.remove(index).map(|()| None),
        }
    }
}
