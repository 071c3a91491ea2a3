//! A fitted model as bytes, to be kept in flash, sent to a device, or read back.
//!
//! `ntk export --lang bin` writes such a file, and a device reads it in place: a model with the storage
//! [`Flash`] predicts from `&[u8]` and copies only one sample at a time. [`Regression::load`] and
//! [`crate::Calibration::load`] load a file into memory, where the model can learn. All give the same bits as
//! the model that was written.
//!
//! Version 2. All numbers are little endian and need no alignment. s is the size of a number, 4 or 8; d, n
//! and c count inputs, samples and outputs.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `NTKM` |
//! | 4 | 1 | version: 2 |
//! | 5 | 1 | type of the numbers: 1 `f32`, 2 `f64`, 3 `Micro` |
//! | 6 | 1 | bits: 0 labels and factor, 1 scaling, 2 amplitude given, 3 own noise (needs bit 0); others 0 |
//! | 7 | 1 | kernel: 0 NNGP, 1 NTK |
//! | 8 | 1 | activation, see [`KernelCode`] |
//! | 9 | 1 | 0 |
//! | 10 | 2 | depth: hidden layers, 1 to 1024 |
//! | 12 | 4 | d, 1 or more |
//! | 16 | 4 | n, 1 or more |
//! | 20 | 4 | c, 1 or more |
//! | 24 | 4 s | weight variance, bias variance, parameter of the activation, ridge |
//! | | 2 (d + c) s | if scaled: shifts, scales of inputs, then of labels; stored = (value - shift) / scale |
//! | | c s | amplitudes |
//! | | n (d + 2) s | each sample: its input, its length, and what rounding left of that ([`Prepared`]) |
//! | | c n s | coefficients (K + ridge I)^-1 y, output by output |
//! | | c n s | if there: labels, output by output |
//! | | n (n + 1) / 2 s | if there: rows of R, K + ridge I = R^T R, each 1/R_ii and what is right of it |
//! | | (n + 1) s | if there: what noise is divided by, then each deviation ([`super::PerSample`]) |
//! | last | 4 | CRC-32 of all bytes before |
//!
//! Lengths are stored because computing one costs as much as a kernel value; they are checked against the
//! inputs. K is not stored, because it can be recomputed from the samples, to the bit. R is stored, because a
//! fit cannot reproduce the R of a model from which samples were removed, and because a model in flash then
//! has error bars.
//!
//! The checksum is zlib's CRC-32, which other programs and the CRC units of chips also compute. It detects
//! every change of up to 32 neighbouring bits, every change of up to 3 bits in 11 KB (Koopman 2002), and all
//! but one in 2^32 of all other changes. It is not a signature: an attacker can compute it. Independently of
//! the checksum, each count is checked against the types and the length, each number must be finite, and
//! scales, ridge and pivots must be in range. So a prediction of an accepted file is a number or an
//! [`crate::Error`].

use super::Regression;
use super::storage::{Noise, StorageMut};
use crate::Scalar;
use crate::kernel::{KernelCode, Prepared, StorableKernel};

mod crc;
mod error;
mod flash;
mod load;
mod read;
#[cfg(feature = "serde")]
mod serde;
pub(crate) mod write;

pub use crc::Crc;
pub use error::FileError;
pub use flash::Flash;
pub(crate) use flash::{dot as dot_of, numbers as numbers_of};
pub(crate) use read::Place;
#[cfg(feature = "serde")]
pub(crate) use read::{Head, Source};

/// The parts of a model that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Only the parts that means need.
    Means,
    /// Also labels and factor, for error bars and for learning.
    Everything,
}

/// The first bytes of a file.
const MAGIC: [u8; 4] = *b"NTKM";
const VERSION: u8 = 2;
/// Bits of the contents.
const FACTOR: u8 = 1;
pub(crate) const SCALING: u8 = 2;
const GIVEN_AMPLITUDE: u8 = 4;
const OWN_NOISE: u8 = 8;
/// The number of bytes before the first number, and of bytes in the checksum.
const HEAD: usize = 24;
const CHECKSUM: usize = 4;

/// Returns how many numbers a file holds, or `None` if the count overflows.
fn numbers([d, n, c]: [usize; 3], contents: u8) -> Option<usize> {
    let scaling = if contents & SCALING == 0 { 0 } else { d.checked_add(c)?.checked_mul(2)? };
    let samples = n.checked_mul(d.checked_add(c)?.checked_add(2)?)?;
    let triangle = if contents & FACTOR == 0 { 0 } else { c.checked_mul(n)?.checked_add(triangle(n)?)? };
    let noise = if contents & OWN_NOISE == 0 { 0 } else { n.checked_add(1)? };
    scaling.checked_add(c)?.checked_add(samples)?.checked_add(triangle)?.checked_add(noise)?.checked_add(4)
}

/// Returns n (n + 1) / 2, or `None` if it overflows.
pub(crate) fn triangle(n: usize) -> Option<usize> {
    Some(n.checked_mul(n.checked_add(1)?)? / 2)
}

/// Returns the number of bytes of a file, or `usize::MAX` if it overflows.
pub(crate) fn length<T>(shape: [usize; 3], contents: u8) -> usize {
    let bytes =
        numbers(shape, contents).and_then(|n| n.checked_mul(size_of::<T>())?.checked_add(HEAD + CHECKSUM));
    bytes.unwrap_or(usize::MAX)
}

impl<T: Scalar, K: StorableKernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Returns the number of bytes that [`Regression::write`] writes now: 28 + (4 + c + n (d + c + 2))
    /// `size_of::<T>()`, and with everything n c + n (n + 1) / 2 numbers more; where a sample has noise of
    /// its own, n + 1 more.
    #[must_use]
    pub fn written_len(&self, contents: Contents) -> usize {
        let [d, _, c] = self.storage.shape();
        length::<T>([d, self.len, c], contents.bits() | self.noise_bit(contents))
    }

    /// Returns the bit for noise if noise is written, otherwise 0. A file of means needs no noise.
    fn noise_bit(&self, contents: Contents) -> u8 {
        let has_noise = M::Noise::OWN && self.storage.noise(self.len).0.iter().any(|&v| v > T::ZERO);
        if has_noise && contents == Contents::Everything { OWN_NOISE } else { 0 }
    }

    /// Writes the model in the format of [`bytes`](crate::regression::bytes), and returns the number of
    /// bytes. Cost: two table look-ups for each byte.
    ///
    /// # Errors
    /// [`crate::Error::NotFitted`], or [`FileError::Room`] if `out` is too small; then nothing is written.
    pub fn write(&self, contents: Contents, out: &mut [u8]) -> Result<usize, FileError> {
        self.write_scaled(None, contents, out)
    }

    /// Writes the model like [`Regression::write`], with a scaling for the reader: shifts and scales of the
    /// inputs, then of the labels, as in a [`crate::Calibration`]. This writes 2 (d + c) numbers more.
    ///
    /// # Errors
    /// Those of [`Regression::write`], and [`crate::Error::Shape`] for a scaling of another size.
    #[doc(hidden)]
    pub fn write_scaled(
        &self,
        scaling: Option<[&[T]; 4]>,
        contents: Contents,
        out: &mut [u8],
    ) -> Result<usize, FileError> {
        let model = self.written(scaling, contents)?;
        let (needed, found) = (model.length(), out.len());
        let out = out.get_mut(..needed).ok_or(FileError::Room { needed, found })?;
        model.check()?;
        write::write(&model, &mut write::Bytes::new(out))?;
        Ok(needed)
    }

    /// Writes the model in pieces, without memory for the whole file. `put` receives the bytes in order, in
    /// pieces of `piece.len()` bytes, of which the last may be shorter. A piece can be a page of flash or the
    /// buffer of a radio. Returns the number of bytes. Cost: that of [`Regression::write`].
    ///
    /// ```
    /// use ntk_core::{Ntk, Regression, Relu, regression::{Fixed, bytes::{self, Contents, FileError}}};
    /// let mut model: Regression<_, Fixed<f32, 2, 15>> = Regression::new(Ntk::new(Relu), Fixed::new());
    /// model.fit(&[[0.0, 1.0], [1.0, 1.0]], &[1.0, 2.5], 0.0)?;
    /// let (mut flash, mut page) = ([0xff; 256], 0);
    /// let length = model.write_pieces(Contents::Everything, &mut [0; 64], |piece| {
    ///     flash[page..page + piece.len()].copy_from_slice(piece); // a device programs a page here
    ///     page += piece.len();
    ///     Ok::<(), FileError>(())
    /// }).unwrap();
    /// let file = bytes::first(&flash).unwrap(); // the flash is longer than the file
    /// assert_eq!(file.len(), length);
    /// model.load(file).unwrap();
    /// # Ok::<(), ntk_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::NotFitted`], or [`FileError::Room`] for a piece of no bytes, before anything is put;
    /// and whatever `put` returns, which ends the writing.
    pub fn write_pieces<E: From<FileError>>(
        &self,
        contents: Contents,
        piece: &mut [u8],
        put: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        self.write_scaled_pieces(None, contents, piece, put)
    }

    /// Writes the model in pieces with a scaling; see [`Regression::write_pieces`] and
    /// [`Regression::write_scaled`].
    ///
    /// # Errors
    /// Those of [`Regression::write_pieces`], and [`crate::Error::Shape`] for a scaling of another size.
    #[doc(hidden)]
    pub fn write_scaled_pieces<E: From<FileError>>(
        &self,
        scaling: Option<[&[T]; 4]>,
        contents: Contents,
        piece: &mut [u8],
        put: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        let model = self.written(scaling, contents).map_err(FileError::from)?;
        if piece.is_empty() {
            return Err(FileError::Room { needed: 1, found: 0 }.into());
        }
        model.check()?;
        let mut pieces = write::Pieces::new(piece, put);
        write::write(&model, &mut pieces)?;
        pieces.finish()?;
        Ok(model.length())
    }

    /// Writes all fields of the model ([`Contents::Everything`]) into another file.
    pub(crate) fn write_inside<S: write::Sink<T>>(
        &self,
        scaling: [&[T]; 4],
        sink: &mut S,
    ) -> Result<(), S::Error>
    where
        S::Error: From<FileError>,
    {
        let model = self.written(Some(scaling), Contents::Everything).map_err(FileError::from)?;
        model.check()?;
        write::write(&model, &mut write::Inside::new(sink))
    }

    fn written<'m>(
        &'m self,
        scaling: Option<[&'m [T]; 4]>,
        contents: Contents,
    ) -> Result<write::Model<'m, T, M::Noise>, crate::Error> {
        if self.len == 0 {
            return Err(crate::Error::NotFitted);
        }
        let (code, slices) = (self.kernel.code(), self.storage.slices(self.len));
        let (bit, noise) = (self.noise_bit(contents), self.storage.noise(self.len));
        let noise = write::OwnNoise { bit, noise, kind: core::marker::PhantomData };
        Ok(write::Model {
            code,
            ridge: self.ridge,
            amplitude: self.amplitude,
            slices,
            scaling,
            contents,
            noise,
        })
    }
}

/// Returns the file at the start of a longer slice, such as a page of flash or a dump. This reads only the
/// head; opening or loading the file checks the rest.
///
/// # Errors
/// [`FileError::NotAModel`], [`FileError::Version`], or [`FileError::Length`] if the file does not end in
/// these bytes.
pub fn first(page: &[u8]) -> Result<&[u8], FileError> {
    let (needed, found) = (read::needed(page)?, page.len());
    page.get(..needed).ok_or(FileError::Length { needed, found })
}

impl Contents {
    fn bits(self) -> u8 {
        match self {
            Self::Means => 0,
            Self::Everything => FACTOR,
        }
    }
}

#[cfg(all(test, feature = "defmt"))]
mod tests {
    /// Errors and answers can be logged; what is written needs a device's logger and linker script.
    #[test]
    fn errors_and_answers_have_a_format() {
        fn assert_format<V: defmt::Format>() {}
        assert_format::<crate::Error>();
        assert_format::<super::FileError>();
        assert_format::<crate::kernel::KernelCode<f32>>();
        assert_format::<crate::regression::Prediction<f32, [f32; 2]>>();
        assert_format::<crate::regression::Interval<f64>>();
        assert_format::<crate::regression::Uncertainty<f32>>();
        assert_format::<crate::regression::LeaveOneOut<f32>>();
        assert_format::<crate::train::Outcome<f32>>();
    }
}
