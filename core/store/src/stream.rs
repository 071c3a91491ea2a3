//! The records of a stream: samples that it heard, and that it forgot them.

use ntk_core::kernel::StorableKernel;
use ntk_core::regression::bytes::FileError;
use ntk_core::regression::{Fixed, Row};
use ntk_core::stream::{Learned, Occasion};
use ntk_core::{Error, Scalar, Stream};

use crate::calibration::{take, take_all};
use crate::model::{Model, Record};

/// A change of a [`Stream`], in the units of its samples. What is set besides (noise, forgetting, amplitude,
/// scaling) is part of a snapshot and wants a save.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<const D: usize, T = f32, Y = T> {
    /// [`Stream::hear_on`].
    Hear {
        /// The input.
        x: [T; D],
        /// The labels.
        y: Y,
        /// When it came, and how noisy it is.
        occasion: Occasion<T>,
    },
    /// [`Stream::clear`].
    Clear,
}

const OF_STREAM: u16 = 0;
const OF_ITS_OWN: u16 = 1;
const CLEAR: u16 = 2;

impl<const D: usize, T: Scalar, Y: Row<Scalar = T>> Record for Event<D, T, Y> {
    const BYTES: usize = (D + Y::LEN + 2) * size_of::<T>();

    fn code(&self) -> u16 {
        match self {
            Self::Hear { occasion: Occasion { noise: None, .. }, .. } => OF_STREAM,
            Self::Hear { .. } => OF_ITS_OWN,
            Self::Clear => CLEAR,
        }
    }

    fn write(&self, put: &mut dyn FnMut(&[u8])) {
        let Self::Hear { x, y, occasion } = self else { return };
        for number in x.iter().chain(y.as_slice()).chain(&[occasion.elapsed]).chain(&occasion.noise) {
            put(number.to_le().as_ref());
        }
    }

    fn read(code: u16, mut bytes: &[u8]) -> Option<Self> {
        if code == CLEAR {
            return Some(Self::Clear);
        }
        let (mut x, mut y) = ([T::ZERO; D], Y::ZEROS);
        take_all(&mut bytes, &mut x)?;
        take_all(&mut bytes, y.as_mut_slice())?;
        let elapsed = take(&mut bytes)?;
        let noise = match code {
            OF_STREAM => None,
            OF_ITS_OWN => Some(take(&mut bytes)?),
            _ => return None,
        };
        Some(Self::Hear { x, y, occasion: Occasion { elapsed, noise } })
    }
}

impl<T, K, const D: usize, const M: usize, Y> Model for Stream<K, Fixed<T, D, M, Y>>
where
    T: Scalar,
    K: StorableKernel<T>,
    Y: Row<Scalar = T>,
{
    type Change = Event<D, T, Y>;
    /// What the sample did, if one was heard.
    type Outcome = Option<Learned>;

    fn snapshot_len(&self) -> Result<usize, FileError> {
        if self.is_empty() { Err(Error::NotFitted.into()) } else { Ok(self.written_len()) }
    }

    fn write_snapshot<E: From<FileError>>(
        &self,
        piece: &mut [u8],
        put: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.write_pieces(piece, put).map(|_| ())
    }

    fn load(&mut self, snapshot: &[u8]) -> Result<(), FileError> {
        Self::load(self, snapshot)
    }

    fn change(&mut self, event: &Self::Change) -> Result<Self::Outcome, Error> {
        match *event {
            Event::Hear { ref x, y, occasion } => self.hear_on(x, y, occasion).map(Some),
            Event::Clear => {
                self.clear();
                Ok(None)
            }
        }
    }
}
