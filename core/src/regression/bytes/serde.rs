//! Serialises models with serde: the fields of a file with everything, in the same order, as one sequence,
//! with the same checks.
//!
//! `postcard` writes counts with variable length and numbers as they are; JSON writes a list of numbers.
//! Serialising an empty model is an error.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{self, Serialize, SerializeSeq, Serializer};

use super::crc::Crc;
use super::load::check;
use super::read::{Source, read_head};
use super::write::{Model, Sink, write};
use super::{Contents, FileError, Regression, Scalar, StorableKernel, numbers};
use crate::Calibration;
use crate::kernel::VariableKernel;
use crate::regression::storage::{ArrayStorage, Noise, StorageMut};
use crate::regression::{Fixed, Row};

/// The number of fields before the first number, plus one for the checksum.
const FIELDS: usize = 11 + 1;

/// A sink that writes fields into a serde sequence.
struct Sequence<S> {
    sequence: S,
    crc: Crc,
}

impl<T: Scalar + Serialize, S: SerializeSeq> Sink<T> for Sequence<S> {
    type Error = S::Error;

    fn byte(&mut self, value: u8) -> Result<(), S::Error> {
        self.crc.add(&[value]);
        self.sequence.serialize_element(&value)
    }
    fn short(&mut self, value: u16) -> Result<(), S::Error> {
        self.crc.add(&value.to_le_bytes());
        self.sequence.serialize_element(&value)
    }
    fn word(&mut self, value: u32) -> Result<(), S::Error> {
        self.crc.add(&value.to_le_bytes());
        self.sequence.serialize_element(&value)
    }
    fn number(&mut self, value: T) -> Result<(), S::Error> {
        self.crc.add(value.to_le().as_ref());
        self.sequence.serialize_element(&value)
    }
    fn checksum(&self) -> u32 {
        self.crc.value()
    }
}

fn serialize<T: Scalar + Serialize, V: Noise, S: Serializer>(
    model: Result<Model<'_, T, V>, crate::Error>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let model = model.map_err(ser::Error::custom)?;
    model.check().map_err(ser::Error::custom)?;
    let fields = numbers(model.shape(), model.bits()).and_then(|count| count.checked_add(FIELDS));
    let sequence = serializer.serialize_seq(fields)?;
    let mut sink = Sequence { sequence, crc: Crc::new() };
    write(&model, &mut sink)?;
    sink.sequence.end()
}

impl<T: Scalar + Serialize, K: StorableKernel<T>, M: StorageMut<Scalar = T>> Serialize for Regression<K, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self.written(None, Contents::Everything), serializer)
    }
}

impl<T, K, const D: usize, const N: usize, Y, V: Noise> Serialize for Calibration<K, Fixed<T, D, N, Y, V>>
where
    T: Scalar + Serialize,
    K: StorableKernel<T>,
    Y: Row<Scalar = T>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self.model().written(Some(self.columns()), Contents::Everything), serializer)
    }
}

/// A source that reads fields from a serde sequence.
struct Elements<'de, A> {
    sequence: A,
    crc: Crc,
    input: PhantomData<&'de ()>,
}

impl<'de, A: SeqAccess<'de>> Elements<'de, A> {
    fn next<V: Deserialize<'de>>(&mut self) -> Result<V, A::Error> {
        let element = self.sequence.next_element()?;
        element.ok_or_else(|| de::Error::custom("the model is cut off; write it again"))
    }
}

impl<'de, T: Scalar + Deserialize<'de>, A: SeqAccess<'de>> Source<T> for Elements<'de, A> {
    type Error = A::Error;

    fn byte(&mut self) -> Result<u8, A::Error> {
        let value: u8 = self.next()?;
        self.crc.add(&[value]);
        Ok(value)
    }
    fn short(&mut self) -> Result<u16, A::Error> {
        let value: u16 = self.next()?;
        self.crc.add(&value.to_le_bytes());
        Ok(value)
    }
    fn word(&mut self) -> Result<u32, A::Error> {
        let value: u32 = self.next()?;
        self.crc.add(&value.to_le_bytes());
        Ok(value)
    }
    fn number(&mut self) -> Result<T, A::Error> {
        let value: T = self.next()?;
        self.crc.add(value.to_le().as_ref());
        Ok(value)
    }
    fn finish(&mut self) -> Result<(), A::Error> {
        let (computed, stored) = (self.crc.value(), self.next()?);
        if stored != computed {
            return Err(de::Error::custom(FileError::Checksum { stored, computed }));
        }
        match self.sequence.next_element::<u8>()? {
            None => Ok(()),
            Some(_) => Err(de::Error::custom("something follows the model; pass it alone")),
        }
    }
    fn refusal(error: FileError) -> A::Error {
        de::Error::custom(error)
    }
}

/// A model that can be read from a serde sequence.
trait Target<T>: Sized {
    fn read<S: Source<T>>(source: &mut S) -> Result<Self, S::Error>;
}

impl<T: Scalar, K: StorableKernel<T>, M> Target<T> for Regression<K, M>
where
    M: StorageMut<Scalar = T> + ArrayStorage + Default,
{
    fn read<S: Source<T>>(source: &mut S) -> Result<Self, S::Error> {
        let storage = M::default();
        let (kernel, head) = read_head::<T, K, M::Noise, S>(source, storage.shape())?;
        check(&head, false).map_err(S::refusal)?;
        let mut model = Self::new_low_precision(kernel, storage); // the written model may have been one
        let mut x = M::Input::ZEROS;
        model.take(&head, source, x.as_mut_slice(), |_, _| ())?;
        Ok(model)
    }
}

impl<T, K, const D: usize, const N: usize, Y, V: Noise> Target<T> for Calibration<K, Fixed<T, D, N, Y, V>>
where
    T: Scalar,
    K: StorableKernel<T> + VariableKernel<T>,
    Y: Row<Scalar = T>,
{
    fn read<S: Source<T>>(source: &mut S) -> Result<Self, S::Error> {
        let storage = Fixed::new();
        let (kernel, head) = read_head::<T, K, V, S>(source, storage.shape())?;
        check(&head, true).map_err(S::refusal)?;
        let mut calibration = Self::with(kernel, storage);
        calibration.take(&head, source)?;
        Ok(calibration)
    }
}

struct Fields<T, M>(PhantomData<(T, M)>);

impl<'de, T: Scalar + Deserialize<'de>, M: Target<T>> Visitor<'de> for Fields<T, M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of a model in their order")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<M, A::Error> {
        M::read(&mut Elements { sequence, crc: Crc::new(), input: PhantomData })
    }
}

impl<'de, T, K, M> Deserialize<'de> for Regression<K, M>
where
    T: Scalar + Deserialize<'de>,
    K: StorableKernel<T>,
    M: StorageMut<Scalar = T> + ArrayStorage + Default,
{
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        deserializer.deserialize_seq(Fields(PhantomData::<(T, Self)>))
    }
}

impl<'de, T, K, const D: usize, const N: usize, Y, V: Noise> Deserialize<'de>
    for Calibration<K, Fixed<T, D, N, Y, V>>
where
    T: Scalar + Deserialize<'de>,
    K: StorableKernel<T> + VariableKernel<T>,
    Y: Row<Scalar = T>,
{
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        deserializer.deserialize_seq(Fields(PhantomData::<(T, Self)>))
    }
}
