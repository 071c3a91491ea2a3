//! The fields of a file in their order, for bytes and for serde alike.

use super::crc::Crc;
use super::{Contents, Error, Fitted, Identity, Kernel, MAGIC, SCALING, Scalar, VERSION, length};
use crate::error::check_len;

/// Where fields go.
pub(super) trait Sink<T> {
    type Error;
    fn byte(&mut self, value: u8) -> Result<(), Self::Error>;
    fn short(&mut self, value: u16) -> Result<(), Self::Error>;
    fn word(&mut self, value: u32) -> Result<(), Self::Error>;
    fn number(&mut self, value: T) -> Result<(), Self::Error>;
    /// The checksum of all that went before.
    fn checksum(&self) -> u32;
}

/// What is written.
pub(super) struct Model<'m, T, K> {
    pub(super) identity: &'m Identity<T>,
    pub(super) fitted: &'m Fitted<'m, T, K>,
    pub(super) scaling: Option<[&'m [T]; 4]>,
    pub(super) contents: Contents,
}

impl<T: Scalar, K: Kernel<T>> Model<'_, T, K> {
    pub(super) fn bits(&self) -> u8 {
        self.contents.bits() | if self.scaling.is_some() { SCALING } else { 0 }
    }

    pub(super) fn shape(&self) -> [usize; 3] {
        [self.fitted.x.columns(), self.fitted.x.len(), self.fitted.outputs()]
    }

    pub(super) fn length(&self) -> usize {
        length::<T>(self.shape(), self.bits())
    }

    /// That the counts fit into their fields and belong together.
    pub(super) fn check(&self) -> Result<(), Error> {
        let [d, n, c] = self.shape();
        if [d, n, c].iter().any(|&count| count == 0 || u32::try_from(count).is_err()) {
            return Err(crate::Error::OutOfRange {
                what: "counts of inputs, samples and outputs",
                must: "1 to 2^32 - 1",
            }
            .into());
        }
        for (column, expected) in self.scaling.iter().flatten().zip([d, d, c, c]) {
            check_len("scaling", expected, column.len())?;
        }
        Ok(())
    }
}

/// Writes all fields.
pub(super) fn write<T: Scalar, K: Kernel<T>, S: Sink<T>>(
    model: &Model<'_, T, K>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let &Model { identity, fitted, scaling, contents } = model;
    sink.word(u32::from_le_bytes(MAGIC))?;
    for byte in [VERSION, T::CODE, model.bits(), u8::from(identity.tangent), identity.activation, 0] {
        sink.byte(byte)?;
    }
    sink.short(identity.depth)?;
    for count in model.shape() {
        sink.word(u32::try_from(count).unwrap_or(u32::MAX))?; // `check` has seen to it
    }
    for value in [identity.weight_variance, identity.bias_variance, identity.parameter, fitted.ridge] {
        sink.number(value)?;
    }
    let mut all = |values: &[T]| values.iter().try_for_each(|&value| sink.number(value));
    scaling.iter().flatten().try_for_each(|column| all(column))?;
    for (x, lengths) in fitted.x.iter().zip(fitted.lengths) {
        all(x)?;
        all(lengths)?;
    }
    let (outputs, factor) = (fitted.outputs(), &fitted.factor);
    let rows = || (0..outputs).filter_map(|output| fitted.rows(output).ok());
    rows().try_for_each(|(_, coefficients)| all(coefficients))?;
    if contents == Contents::Everything {
        rows().try_for_each(|(labels, _)| all(labels))?;
        for (i, &inverse) in factor.inverse().iter().enumerate() {
            all(&[inverse])?;
            all(factor.row(i))?;
        }
    }
    let checksum = sink.checksum();
    sink.word(checksum)
}

/// Memory to write to, which has room for all.
pub(super) struct Bytes<'o> {
    rest: &'o mut [u8],
    crc: Crc,
}

impl<'o> Bytes<'o> {
    pub(super) fn new(out: &'o mut [u8]) -> Self {
        Self { rest: out, crc: Crc::new() }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (needed, found) = (bytes.len(), self.rest.len());
        let rest = core::mem::take(&mut self.rest);
        let (place, rest) = rest.split_at_mut_checked(needed).ok_or(Error::Room { needed, found })?;
        for (place, &byte) in place.iter_mut().zip(bytes) {
            *place = byte;
        }
        self.rest = rest;
        self.crc.add(bytes);
        Ok(())
    }
}

impl<T: Scalar> Sink<T> for Bytes<'_> {
    type Error = Error;

    fn byte(&mut self, value: u8) -> Result<(), Error> {
        self.put(&[value])
    }
    fn short(&mut self, value: u16) -> Result<(), Error> {
        self.put(&value.to_le_bytes())
    }
    fn word(&mut self, value: u32) -> Result<(), Error> {
        self.put(&value.to_le_bytes())
    }
    fn number(&mut self, value: T) -> Result<(), Error> {
        self.put(value.to_le().as_ref())
    }
    fn checksum(&self) -> u32 {
        self.crc.value()
    }
}
