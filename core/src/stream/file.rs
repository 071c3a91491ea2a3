//! The file format of a stream, which can be loaded or read in place.
//!
//! Version 1. All numbers are little endian and need no alignment; s is the size of a number, n counts basis
//! inputs, c outputs.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `NTKS` |
//! | 4 | 1 | version: 1 |
//! | 5 | 1 | type of the numbers: 1 `f32`, 2 `f64`, 3 `Micro` |
//! | 6 | 1 | bit 0: finds the noise, bit 1: finds how fast to forget; the others 0 |
//! | 7 | 1 | equal samples in a row |
//! | 8 | 4 | samples heard, 1 or more |
//! | 12 | 4 | code of the last sample, at most 65,535 |
//! | 16 | 8 | n, c |
//! | 24 | 2 s | rate of forgetting (if it is found, ln of its ratio to 0.001, else -ln lambda), surprise |
//! | | 4 c s | offsets of the tails, output by output |
//! | | n (n + 1) / 2 s | rows of S, each up to its diagonal |
//! | | | a model of [`crate::regression::bytes`] with factor and scaling, see below |
//! | last | 4 | CRC-32 of all bytes before |
//!
//! That model stores the means of the weights as coefficients, their derivatives with respect to the rate of
//! forgetting as labels, and the noise as ridge.

use super::room::{Arrays, Extra, Room};
use super::{Stream, tail};
use crate::error::Setting;
use crate::kernel::StorableKernel;
use crate::regression::bytes::write::{Bytes, Pieces, Sink};
use crate::regression::bytes::{Contents, FileError, Flash, Place, dot_of, numbers_of, triangle};
use crate::regression::{Fixed, Regression, Row, StorageMut};
use crate::slices::set;
use crate::{Error, Scalar};

mod parts;

use parts::Parts;

const MAGIC: [u8; 4] = *b"NTKS";
const VERSION: u8 = 1;
/// The number of bytes before the first number, and of bytes in the checksum.
const HEAD: usize = 24;
const CHECKSUM: usize = 4;

impl<T: Scalar, K: StorableKernel<T>, M: Room<Scalar = T> + StorageMut> Stream<K, M> {
    /// Returns the number of bytes that [`Self::write`] writes now: those of [`Regression::written_len`], 28,
    /// and 2 + 4 c + n (n + 1) / 2 + 2 (d + c) numbers more.
    #[must_use]
    pub fn written_len(&self) -> usize {
        let [d, _, c] = self.basis.storage.shape();
        let numbers = 2 + (tail::ANCHORS + 2) * c + 2 * d + triangle(self.len()).unwrap_or(usize::MAX / 16);
        self.basis.written_len(Contents::Everything) + HEAD + CHECKSUM + numbers * size_of::<T>()
    }

    /// Writes the stream in the format of [`super::file`], and returns the number of bytes. Cost: four table
    /// look-ups for each byte.
    ///
    /// # Errors
    /// [`Error::NotFitted`] before the first sample, or [`FileError::Room`] if `out` is too small; then
    /// nothing is written.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, FileError> {
        self.check_written()?;
        let (needed, found) = (self.written_len(), out.len());
        let out = out.get_mut(..needed).ok_or(FileError::Room { needed, found })?;
        self.write_to(&mut Bytes::new(out))?;
        Ok(needed)
    }

    /// Writes the stream in pieces, with the same bytes as [`Stream::write`]; see
    /// [`Regression::write_pieces`].
    ///
    /// # Errors
    /// [`Error::NotFitted`] before the first sample, or [`FileError::Room`] for a piece of no bytes, before
    /// anything is put; and whatever `put` returns, which ends the writing.
    pub fn write_pieces<E: From<FileError>>(
        &self,
        piece: &mut [u8],
        put: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        self.check_written()?;
        if piece.is_empty() {
            return Err(FileError::Room { needed: 1, found: 0 }.into());
        }
        let mut pieces = Pieces::new(piece, put);
        self.write_to(&mut pieces)?;
        pieces.finish()?;
        Ok(self.written_len())
    }

    /// Checks that there are samples, and that the counts fit into the fields of a file.
    fn check_written(&self) -> Result<(), FileError> {
        let [.., c] = self.basis.storage.shape();
        match [self.len(), c].map(u32::try_from) {
            [Ok(0), _] => Err(Error::NotFitted.into()),
            [Ok(_), Ok(_)] => Ok(()),
            _ => Err(Setting::Count.out_of_range().into()),
        }
    }

    fn write_to<S: Sink<T>>(&self, sink: &mut S) -> Result<(), S::Error>
    where
        S::Error: From<FileError>,
    {
        let [.., c] = self.basis.storage.shape();
        let [n, c] = [self.len(), c].map(|count| u32::try_from(count).unwrap_or(u32::MAX)); // checked before
        let ([flags, repeats], [heard, last], numbers) = self.adaptive.stored();
        sink.word(u32::from_le_bytes(MAGIC))?;
        for byte in [VERSION, T::CODE, flags, repeats] {
            sink.byte(byte)?;
        }
        for word in [heard, last, n, c] {
            sink.word(word)?;
        }
        for &number in numbers.iter().chain(self.extra.tails()) {
            sink.number(number)?;
        }
        let factor = self.basis.storage.factor(self.len());
        for i in 0..self.len() {
            for &number in factor.lower_row(i) {
                sink.number(number)?;
            }
        }
        self.basis.write_inside(self.extra.scaling(), sink)?;
        let checksum = sink.checksum();
        sink.word(checksum)
    }

    /// Loads a stream of a shape known only at run time; see [`Stream::load`]. `inputs` are two buffers of d
    /// numbers.
    ///
    /// # Errors
    /// Those of [`Stream::load`].
    pub fn load_into(&mut self, bytes: &[u8], inputs: [&mut [T]; 2]) -> Result<(), FileError> {
        let Parts { adaptive, tails, covariance, model } = Parts::of(bytes)?;
        let extra = &mut self.extra;
        self.basis
            .load_any(model, true, inputs, |place, value| put(&mut extra.scaling_mut(), place, value))?;
        self.adaptive = adaptive;
        for (place, value) in self.extra.tails_mut().iter_mut().zip(numbers_of(tails)) {
            *place = value;
        }
        let (mut numbers, n) = (numbers_of(covariance), self.len());
        let memory = self.basis.storage.memory();
        for (i, row) in memory.matrix.chunks_exact_mut(memory.stride.max(1)).enumerate().take(n) {
            for (place, value) in row.iter_mut().take(i + 1).zip(&mut numbers) {
                *place = value;
            }
        }
        Ok(())
    }
}

/// Writes a number of the scaling to its place.
fn put<T: Scalar>([shift, scale, label_shift, label_scale]: &mut [&mut [T]; 4], place: Place, value: T) {
    match place {
        Place::InputShift(column) => set(shift, column, value),
        Place::InputScale(column) => set(scale, column, value),
        Place::LabelShift(column) => set(label_shift, column, value),
        Place::LabelScale(column) => set(label_scale, column, value),
        _ => (),
    }
}

impl<T: Scalar, K: StorableKernel<T>, const D: usize, const M: usize, Y: Row<Scalar = T>>
    Stream<K, Fixed<T, D, M, Y>>
{
    /// Replaces this stream, its kernel and its settings by those of a file. The loaded stream predicts and
    /// learns with the bits of the one that was written. Cost: four table look-ups for each byte, and n^2
    /// kernel values.
    ///
    /// # Errors
    /// A [`FileError`] that says what is wrong with the file; the old stream then stays, to the bit.
    /// [`FileError::Length`] if the number of bytes differs from that in the head; it contains the length of
    /// the file, for reading from a longer page of flash.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let mut inputs = [[T::ZERO; D]; 2];
        self.load_into(bytes, inputs.each_mut().map(|x| x.as_mut_slice()))
    }
}

/// The parts of a stream in a file besides its model.
#[derive(Clone, Debug)]
pub struct InFile<'b, T: Scalar, const D: usize, Y: Row<Scalar = T>> {
    arrays: Arrays<T, D, Y>,
    covariance: &'b [u8],
}

impl<T: Scalar, const D: usize, Y: Row<Scalar = T>> Extra<T> for InFile<'_, T, D, Y> {
    fn scaling(&self) -> [&[T]; 4] {
        self.arrays.scaling()
    }
    fn scaling_mut(&mut self) -> [&mut [T]; 4] {
        self.arrays.scaling_mut()
    }
    fn tails(&self) -> &[T] {
        self.arrays.tails()
    }
    fn tails_mut(&mut self) -> &mut [T] {
        self.arrays.tails_mut()
    }
}

impl<'b, T: Scalar, const D: usize, const M: usize, Y: Row<Scalar = T>> Room for Flash<'b, T, D, M, Y> {
    type Extra = InFile<'b, T, D, Y>;

    fn quadratic(&self, extra: &Self::Extra, phi: &[T]) -> T {
        let (mut numbers, mut sum) = (numbers_of(extra.covariance), T::ZERO);
        for (i, &own) in phi.iter().enumerate() {
            let below = dot_of(crate::slices::first(phi, i), &mut numbers);
            let diagonal = numbers.next().unwrap_or(T::ZERO);
            sum += own * (diagonal * own + T::TWO * below);
        }
        sum
    }
}

impl<'b, T: Scalar, K: StorableKernel<T>, const D: usize, const M: usize, Y: Row<Scalar = T>>
    Stream<K, Flash<'b, T, D, M, Y>>
{
    /// Opens a stream in the bytes of a file, all of which are checked. It predicts with the bits of the one
    /// that was written and cannot learn. It takes memory only for scaling, tails and the stack of a call.
    ///
    /// # Errors
    /// A [`FileError`] that says what is wrong with the file.
    pub fn open(bytes: &'b [u8]) -> Result<Self, FileError> {
        let Parts { adaptive, tails, covariance, model } = Parts::of(bytes)?;
        let (basis, scaling) = Regression::open_scaled(model)?;
        let mut extra = InFile { arrays: Arrays::new(), covariance };
        for (place, value) in extra.scaling_mut().into_iter().flatten().zip(numbers_of(scaling)) {
            *place = value;
        }
        for (place, value) in extra.tails_mut().iter_mut().zip(numbers_of(tails)) {
            *place = value;
        }
        Ok(Self { basis, extra, adaptive })
    }
}
