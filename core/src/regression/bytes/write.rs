//! Writes the fields of a model in order, to bytes and to serde.

use super::crc::Crc;
use core::marker::PhantomData;

use super::{Contents, FileError, GIVEN_AMPLITUDE, KernelCode, MAGIC, SCALING, Scalar, VERSION, length};
use crate::error::{Setting, check_len};
use crate::regression::fit::Amplitude;
use crate::regression::storage::{Noise, Slices, View};

/// A sink for the fields of a model.
pub(crate) trait Sink<T> {
    type Error;
    fn byte(&mut self, value: u8) -> Result<(), Self::Error>;
    fn short(&mut self, value: u16) -> Result<(), Self::Error>;
    fn word(&mut self, value: u32) -> Result<(), Self::Error>;
    fn number(&mut self, value: T) -> Result<(), Self::Error>;
    /// Returns the checksum of all bytes written so far.
    fn checksum(&self) -> u32;
}

/// A sink for a model inside another file. It computes a checksum that begins at the first byte of the model;
/// the checksum of the outer file includes these bytes, too.
pub(crate) struct Inside<'s, S> {
    sink: &'s mut S,
    crc: Crc,
}

impl<'s, S> Inside<'s, S> {
    pub(crate) fn new(sink: &'s mut S) -> Self {
        Self { sink, crc: Crc::new() }
    }
}

impl<T: Scalar, S: Sink<T>> Sink<T> for Inside<'_, S> {
    type Error = S::Error;

    fn byte(&mut self, value: u8) -> Result<(), S::Error> {
        self.crc.add(&[value]);
        self.sink.byte(value)
    }
    fn short(&mut self, value: u16) -> Result<(), S::Error> {
        self.crc.add(&value.to_le_bytes());
        self.sink.short(value)
    }
    fn word(&mut self, value: u32) -> Result<(), S::Error> {
        self.crc.add(&value.to_le_bytes());
        self.sink.word(value)
    }
    fn number(&mut self, value: T) -> Result<(), S::Error> {
        self.crc.add(value.to_le().as_ref());
        self.sink.number(value)
    }
    fn checksum(&self) -> u32 {
        self.crc.value()
    }
}

/// The samples' own noise: its bit in the contents, and the deviations with their unit.
pub(super) struct OwnNoise<'m, T, V> {
    pub(super) bit: u8,
    pub(super) noise: (&'m [T], T),
    pub(super) kind: PhantomData<V>,
}

/// The model to write.
pub(super) struct Model<'m, T, V> {
    pub(super) code: KernelCode<T>,
    pub(super) ridge: T,
    pub(super) amplitude: Amplitude<T>,
    pub(super) slices: Slices<'m, T>,
    pub(super) scaling: Option<[&'m [T]; 4]>,
    pub(super) contents: Contents,
    pub(super) noise: OwnNoise<'m, T, V>,
}

impl<T: Scalar, V: Noise> Model<'_, T, V> {
    pub(super) fn bits(&self) -> u8 {
        let given = if self.amplitude == Amplitude::OfLabels { 0 } else { GIVEN_AMPLITUDE };
        let noise = if V::OWN { self.noise.bit } else { 0 };
        self.contents.bits() | given | noise | if self.scaling.is_some() { SCALING } else { 0 }
    }

    pub(super) fn shape(&self) -> [usize; 3] {
        self.slices.shape()
    }

    pub(super) fn length(&self) -> usize {
        length::<T>(self.shape(), self.bits())
    }

    /// Checks that the counts fit into their fields, and that the scaling has the size of the model.
    pub(super) fn check(&self) -> Result<(), FileError> {
        let [d, n, c] = self.shape();
        if [d, n, c].iter().any(|&count| count == 0 || u32::try_from(count).is_err()) {
            return Err(Setting::Count.out_of_range().into());
        }
        for (column, expected) in self.scaling.iter().flatten().zip([d, d, c, c]) {
            check_len("scaling", expected, column.len())?;
        }
        Ok(())
    }
}

/// Writes all fields.
pub(super) fn write<T: Scalar, V: Noise, S: Sink<T>>(
    model: &Model<'_, T, V>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let &Model { ref code, ridge, ref slices, scaling, contents, .. } = model;
    let [d, _, outputs] = slices.shape();
    sink.word(u32::from_le_bytes(MAGIC))?;
    for byte in [VERSION, T::CODE, model.bits(), u8::from(code.is_ntk), code.activation, 0] {
        sink.byte(byte)?;
    }
    let architecture = &code.architecture;
    sink.short(architecture.depth)?;
    for count in model.shape() {
        sink.word(u32::try_from(count).unwrap_or(u32::MAX))?; // `check` ensures that it fits
    }
    for value in [architecture.weight_variance, architecture.bias_variance, code.parameter, ridge] {
        sink.number(value)?;
    }
    let mut all = |values: &[T]| values.iter().try_for_each(|&value| sink.number(value));
    scaling.iter().flatten().try_for_each(|column| all(column))?;
    all(slices.amplitudes)?;
    for (x, lengths) in slices.x.chunks_exact(d.max(1)).zip(slices.lengths) {
        all(x)?;
        all(lengths)?;
    }
    (0..outputs).try_for_each(|output| all(slices.coefficients(output)))?;
    if contents == Contents::Everything {
        (0..outputs).try_for_each(|output| all(slices.labels(output)))?;
        for (i, &reciprocal) in slices.factor.reciprocals().iter().enumerate() {
            all(&[reciprocal])?;
            all(slices.factor.row(i))?;
        }
    }
    if V::OWN && model.noise.bit != 0 {
        let (deviations, unit) = model.noise.noise;
        all(&[unit])?;
        all(deviations)?;
    }
    let checksum = sink.checksum();
    sink.word(checksum)
}

/// A sink that writes to one buffer, which has room for all bytes.
pub(crate) struct Bytes<'o> {
    rest: &'o mut [u8],
    crc: Crc,
}

impl<'o> Bytes<'o> {
    pub(crate) fn new(out: &'o mut [u8]) -> Self {
        Self { rest: out, crc: Crc::new() }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let (needed, found) = (bytes.len(), self.rest.len());
        let rest = core::mem::take(&mut self.rest);
        let (place, rest) = rest.split_at_mut_checked(needed).ok_or(FileError::Room { needed, found })?;
        for (place, &byte) in place.iter_mut().zip(bytes) {
            *place = byte;
        }
        self.rest = rest;
        self.crc.add(bytes);
        Ok(())
    }
}

impl<T: Scalar> Sink<T> for Bytes<'_> {
    type Error = FileError;

    fn byte(&mut self, value: u8) -> Result<(), FileError> {
        self.put(&[value])
    }
    fn short(&mut self, value: u16) -> Result<(), FileError> {
        self.put(&value.to_le_bytes())
    }
    fn word(&mut self, value: u32) -> Result<(), FileError> {
        self.put(&value.to_le_bytes())
    }
    fn number(&mut self, value: T) -> Result<(), FileError> {
        self.put(value.to_le().as_ref())
    }
    fn checksum(&self) -> u32 {
        self.crc.value()
    }
}

/// A sink that fills a buffer, and passes it to `put` whenever it is full.
pub(crate) struct Pieces<'p, F> {
    piece: &'p mut [u8],
    filled: usize,
    put: F,
    crc: Crc,
}

impl<'p, E, F: FnMut(&[u8]) -> Result<(), E>> Pieces<'p, F> {
    pub(crate) fn new(piece: &'p mut [u8], put: F) -> Self {
        Self { piece, filled: 0, put, crc: Crc::new() }
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), E> {
        self.crc.add(bytes);
        for &byte in bytes {
            if self.filled >= self.piece.len() {
                self.finish()?;
            }
            if let Some(place) = self.piece.get_mut(self.filled) {
                *place = byte;
                self.filled += 1;
            }
        }
        Ok(())
    }

    /// Passes the remaining bytes, at most one buffer, to `put`.
    pub(crate) fn finish(&mut self) -> Result<(), E> {
        let filled = core::mem::take(&mut self.filled);
        (self.put)(self.piece.get(..filled).unwrap_or(&[]))
    }
}

impl<T: Scalar, E, F: FnMut(&[u8]) -> Result<(), E>> Sink<T> for Pieces<'_, F> {
    type Error = E;

    fn byte(&mut self, value: u8) -> Result<(), E> {
        self.add(&[value])
    }
    fn short(&mut self, value: u16) -> Result<(), E> {
        self.add(&value.to_le_bytes())
    }
    fn word(&mut self, value: u32) -> Result<(), E> {
        self.add(&value.to_le_bytes())
    }
    fn number(&mut self, value: T) -> Result<(), E> {
        self.add(value.to_le().as_ref())
    }
    fn checksum(&self) -> u32 {
        self.crc.value()
    }
}
