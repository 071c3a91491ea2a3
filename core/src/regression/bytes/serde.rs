//! Models through serde: the fields of a file with everything in the same order, as one sequence, checked on the same road.
//!
//! `postcard` writes counts in as few bytes as they need and numbers as they are; JSON writes a list of numbers. An empty model
//! has nothing to write and is an error.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{self, Serialize, SerializeSeq, Serializer};

use super::crc::Crc;
use super::load::check;
use super::read::{Source, read_head};
use super::write::{Model, Sink, write};
use super::{Contents, Error, Fitted, Portable, Regression, Scalar, ScaledRegression, numbers};

/// Fields before the first number, and the checksum.
const FIELDS: usize = 11 + 1;

/// Fields go into a sequence.
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

fn serialize<T: Scalar + Serialize, K: Portable<T>, S: Serializer>(
    kernel: &K,
    fitted: Result<Fitted<'_, T, K>, crate::Error>,
    scaling: Option<[&[T]; 4]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let fitted = &fitted.map_err(ser::Error::custom)?;
    let model = Model { identity: &kernel.identity(), fitted, scaling, contents: Contents::Everything };
    model.check().map_err(ser::Error::custom)?;
    let fields = numbers(model.shape(), model.bits()).and_then(|count| count.checked_add(FIELDS));
    let sequence = serializer.serialize_seq(fields)?;
    let mut sink = Sequence { sequence, crc: Crc::new() };
    write(&model, &mut sink)?;
    sink.sequence.end()
}

impl<T: Scalar + Serialize, K: Portable<T>, const D: usize, const N: usize, const C: usize> Serialize
    for Regression<T, K, D, N, C>
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.kernel, self.fitted(), None, serializer)
    }
}

impl<T: Scalar + Serialize, K: Portable<T>, const D: usize, const N: usize, const C: usize> Serialize
    for ScaledRegression<T, K, D, N, C>
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.model.kernel, self.model.fitted(), Some(self.columns()), serializer)
    }
}

/// Fields come out of a sequence.
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
            return Err(de::Error::custom(Error::Checksum { stored, computed }));
        }
        match self.sequence.next_element::<u8>()? {
            None => Ok(()),
            Some(_) => Err(de::Error::custom("something follows the model; pass it alone")),
        }
    }
    fn refusal(error: Error) -> A::Error {
        de::Error::custom(error)
    }
}

/// A model that a sequence becomes.
trait Target<T>: Sized {
    fn read<S: Source<T>>(source: &mut S) -> Result<Self, S::Error>;
}

impl<T: Scalar, K: Portable<T>, const D: usize, const N: usize, const C: usize> Target<T>
    for Regression<T, K, D, N, C>
{
    fn read<S: Source<T>>(source: &mut S) -> Result<Self, S::Error> {
        let (kernel, head) = read_head::<T, K, S, D, N, C>(source)?;
        check(&head, false).map_err(S::refusal)?;
        let mut model = Self::rough(kernel); // as was the one that was written, if it was
        model.take(&head, source, |_, _| ())?;
        Ok(model)
    }
}

impl<T: Scalar, K: Portable<T>, const D: usize, const N: usize, const C: usize> Target<T>
    for ScaledRegression<T, K, D, N, C>
{
    fn read<S: Source<T>>(source: &mut S) -> Result<Self, S::Error> {
        let (kernel, head) = read_head::<T, K, S, D, N, C>(source)?;
        check(&head, true).map_err(S::refusal)?;
        let mut model = Self::new(kernel);
        model.take(&head, source)?;
        Ok(model)
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

impl<'de, T: Scalar + Deserialize<'de>, K: Portable<T>, const D: usize, const N: usize, const C: usize>
    Deserialize<'de> for Regression<T, K, D, N, C>
{
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        deserializer.deserialize_seq(Fields(PhantomData))
    }
}

impl<'de, T: Scalar + Deserialize<'de>, K: Portable<T>, const D: usize, const N: usize, const C: usize>
    Deserialize<'de> for ScaledRegression<T, K, D, N, C>
{
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        deserializer.deserialize_seq(Fields(PhantomData))
    }
}
