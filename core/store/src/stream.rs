//! The records of a stream: samples that it heard.

use ntk_core::kernel::StorableKernel;
use ntk_core::regression::bytes::FileError;
use ntk_core::regression::{Fixed, Row};
use ntk_core::stream::{Learned, Occasion};
use ntk_core::{Error, Scalar, Stream};

use crate::calibration::{take, take_all};
use crate::model::{Model, Record};

/// A sample that a [`Stream`] hears, in its own units. What is set besides (noise, forgetting, amplitude,
/// scaling) is part of a snapshot and wants a save.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard<const D: usize, T = f32, Y = T> {
    /// The input.
    pub x: [T; D],
    /// The labels.
    pub y: Y,
    /// When it came, and how noisy it is.
    pub occasion: Occasion<T>,
}

const OF_STREAM: u16 = 0;
const OF_ITS_OWN: u16 = 1;

impl<const D: usize, T: Scalar, Y: Row<Scalar = T>> Record for Heard<D, T, Y> {
    const BYTES: usize = (D + Y::LEN + 2) * size_of::<T>();

    fn code(&self) -> u16 {
        if self.occasion.noise.is_some() { OF_ITS_OWN } else { OF_STREAM }
    }

    fn write(&self, put: &mut dyn FnMut(&[u8])) {
        for number in self.x.iter().chain(self.y.as_slice()).chain(&[self.occasion.elapsed]) {
            put(number.to_le().as_ref());
        }
        if let Some(noise) = self.occasion.noise {
            put(noise.to_le().as_ref());
        }
    }

    fn read(code: u16, mut bytes: &[u8]) -> Option<Self> {
        let (mut x, mut y) = ([T::ZERO; D], Y::ZEROS);
        take_all(&mut bytes, &mut x)?;
        take_all(&mut bytes, y.as_mut_slice())?;
        let elapsed = take(&mut bytes)?;
        let noise = match code {
            OF_STREAM => None,
            OF_ITS_OWN => Some(take(&mut bytes)?),
            _ => return None,
        };
        Some(Self { x, y, occasion: Occasion { elapsed, noise } })
    }
}

impl<T, K, const D: usize, const M: usize, Y> Model for Stream<K, Fixed<T, D, M, Y>>
where
    T: Scalar,
    K: StorableKernel<T>,
    Y: Row<Scalar = T>,
{
    type Change = Heard<D, T, Y>;
    type Outcome = Learned;

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

    fn change(&mut self, heard: &Self::Change) -> Result<Learned, Error> {
        self.hear_on(&heard.x, heard.y, heard.occasion)
    }
}
