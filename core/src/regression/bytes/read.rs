//! The one road by which fields come in, from bytes and from serde alike, and all that is checked on it.

use super::crc::Crc;
use super::{CHECKSUM, Error, FACTOR, HEAD, Identity, MAGIC, Portable, SCALING, Scalar, VERSION, length};
use crate::regression::fit::check_ridge;

/// Where fields come from.
pub(super) trait Source<T> {
    type Error;
    fn byte(&mut self) -> Result<u8, Self::Error>;
    fn short(&mut self) -> Result<u16, Self::Error>;
    fn word(&mut self) -> Result<u32, Self::Error>;
    fn number(&mut self) -> Result<T, Self::Error>;
    /// Reads the checksum, and checks it and that nothing follows.
    fn finish(&mut self) -> Result<(), Self::Error>;
    /// Why the fields were refused, as this source says it.
    fn refusal(error: Error) -> Self::Error;
}

/// Which number of a model a field is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    /// Column of the input's shifts, then of its scales.
    InputShift(usize),
    InputScale(usize),
    LabelShift(usize),
    LabelScale(usize),
    /// Sample and column; column d is the length, d + 1 its rest.
    Sample(usize, usize),
    /// Output and sample.
    Coefficient(usize, usize),
    Label(usize, usize),
    /// Row and column of R, on the diagonal 1/R_ii.
    Factor(usize, usize),
}

/// What comes before samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<T> {
    pub(super) contents: u8,
    pub(super) samples: usize,
    pub(super) ridge: T,
}

/// Checks a model of D inputs, C outputs and up to N samples, and returns what comes before them.
pub(super) fn read<T, K, S, const D: usize, const N: usize, const C: usize>(
    source: &mut S,
) -> Result<(K, Head<T>), S::Error>
where
    T: Scalar,
    K: Portable<T>,
    S: Source<T>,
{
    let (kernel, head) = read_head::<T, K, S, D, N, C>(source)?;
    read_body::<T, K, S, D, C>(source, &kernel, &head, |_, _| ())?;
    Ok((kernel, head))
}

/// Reads what follows the head, each number with its place.
pub(super) fn read_body<T, K, S, const D: usize, const C: usize>(
    source: &mut S,
    kernel: &K,
    head: &Head<T>,
    mut put: impl FnMut(Place, T),
) -> Result<(), S::Error>
where
    T: Scalar,
    K: Portable<T>,
    S: Source<T>,
{
    let finite = |value: T, what, row, column| {
        if value.is_finite() {
            Ok(value)
        } else {
            Err(refuse::<T, S>(crate::Error::NotFinite { what, row, column }))
        }
    };
    let positive = |value: T, what| {
        if value > T::ZERO {
            Ok(value)
        } else {
            Err(refuse::<T, S>(crate::Error::OutOfRange { what, must: "above 0" }))
        }
    };
    if head.contents & SCALING != 0 {
        for (count, shift, scale) in [
            (D, Place::InputShift as fn(usize) -> Place, Place::InputScale as fn(usize) -> Place),
            (C, Place::LabelShift, Place::LabelScale),
        ] {
            for column in 0..count {
                put(shift(column), finite(source.number()?, "shift", 0, column)?);
            }
            for column in 0..count {
                let value = finite(source.number()?, "scale", 0, column)?;
                put(scale(column), positive(value, "scale")?);
            }
        }
    }
    let n = head.samples;
    for sample in 0..n {
        let mut x = [T::ZERO; D];
        for (column, x) in x.iter_mut().enumerate() {
            *x = finite(source.number()?, "x", sample, column)?;
            put(Place::Sample(sample, column), *x);
        }
        let (norm, rest) = (source.number()?, source.number()?);
        let point = kernel.prepare(&x);
        if !(norm == point.norm && rest == point.rest) {
            return Err(S::refusal(Error::SampleLength { sample }));
        }
        finite(kernel.diagonal(&point), "kernel matrix", sample, sample)?;
        put(Place::Sample(sample, D), norm);
        put(Place::Sample(sample, D.saturating_add(1)), rest);
    }
    for output in 0..C {
        for sample in 0..n {
            put(
                Place::Coefficient(output, sample),
                finite(source.number()?, "coefficients", sample, output)?,
            );
        }
    }
    if head.contents & FACTOR != 0 {
        for output in 0..C {
            for sample in 0..n {
                put(Place::Label(output, sample), finite(source.number()?, "y", sample, output)?);
            }
        }
        for row in 0..n {
            for column in row..n {
                let value = finite(source.number()?, "factor", row, column)?;
                let value = if column == row { positive(value, "diagonal of the factor")? } else { value };
                put(Place::Factor(row, column), value);
            }
        }
    }
    source.finish()
}

/// Reads what comes before the samples.
pub(super) fn read_head<T, K, S, const D: usize, const N: usize, const C: usize>(
    source: &mut S,
) -> Result<(K, Head<T>), S::Error>
where
    T: Scalar,
    K: Portable<T>,
    S: Source<T>,
{
    let fail = |error| Err(S::refusal(error));
    if source.word()? != u32::from_le_bytes(MAGIC) {
        return fail(Error::NotAModel);
    }
    let found = source.byte()?;
    if found != VERSION {
        return fail(Error::Version { found });
    }
    let found = source.byte()?;
    if found != T::CODE {
        return fail(Error::Scalar { expected: T::CODE, found });
    }
    let [contents, kind, activation, zero] = [source.byte()?, source.byte()?, source.byte()?, source.byte()?];
    for (what, found, most) in
        [("contents", contents, FACTOR | SCALING), ("kind", kind, 1), ("byte 9", zero, 0)]
    {
        if found > most {
            return fail(Error::Head { what, found });
        }
    }
    let (tangent, depth) = (kind == 1, source.short()?);
    let counts = [source.word()?, source.word()?, source.word()?];
    let [d, n, c] = counts.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    for (what, expected, found) in [("number of inputs", D, d), ("number of outputs", C, c)] {
        if found != expected {
            return Err(refuse::<T, S>(crate::Error::Shape { what, expected, found }));
        }
    }
    if n == 0 {
        return Err(refuse::<T, S>(crate::Error::NotFitted));
    }
    if n > N {
        return Err(refuse::<T, S>(crate::Error::Capacity { capacity: N, found: n }));
    }
    let (weight_variance, bias_variance) = (source.number()?, source.number()?);
    let (parameter, ridge) = (source.number()?, source.number()?);
    let identity = Identity { tangent, activation, parameter, depth, weight_variance, bias_variance };
    let Some(kernel) = K::of_identity(&identity) else { return fail(Error::Kernel { activation, tangent }) };
    check_ridge(ridge).map_err(refuse::<T, S>)?;
    Ok((kernel, Head { contents, samples: n, ridge }))
}

fn refuse<T, S: Source<T>>(error: crate::Error) -> S::Error {
    S::refusal(Error::Model(error))
}

/// Fields from memory whose length and checksum are right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'b> {
    rest: &'b [u8],
}

impl<'b> Bytes<'b> {
    /// Checks what says whether the bytes are those that were written, before one of them is believed.
    pub(super) fn new(bytes: &'b [u8]) -> Result<Self, Error> {
        let found = bytes.len();
        let short = Error::Length { needed: HEAD + CHECKSUM, found };
        let (head, _) = bytes.split_first_chunk::<HEAD>().ok_or(short)?;
        let (body, stored) = bytes.split_last_chunk::<CHECKSUM>().ok_or(short)?;
        if !head.starts_with(&MAGIC) {
            return Err(Error::NotAModel);
        }
        if head[4] != VERSION {
            return Err(Error::Version { found: head[4] });
        }
        let count = |bytes: [u8; 4]| usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX);
        let shape = [
            count([head[12], head[13], head[14], head[15]]),
            count([head[16], head[17], head[18], head[19]]),
            count([head[20], head[21], head[22], head[23]]),
        ];
        let needed = if head[5] == <f64 as crate::scalar::wire::Wire>::CODE {
            length::<f64>(shape, head[6])
        } else {
            length::<f32>(shape, head[6])
        };
        if needed != found {
            return Err(Error::Length { needed, found });
        }
        let mut crc = Crc::new();
        crc.add(body);
        let (stored, computed) = (u32::from_le_bytes(*stored), crc.value());
        if stored != computed {
            return Err(Error::Checksum { stored, computed });
        }
        Ok(Self { rest: body })
    }

    fn take<const L: usize>(&mut self) -> Result<[u8; L], Error> {
        let error = Error::Length { needed: L, found: self.rest.len() };
        let (first, rest) = self.rest.split_first_chunk().ok_or(error)?;
        self.rest = rest;
        Ok(*first)
    }
}

impl<T: Scalar> Source<T> for Bytes<'_> {
    type Error = Error;

    fn byte(&mut self) -> Result<u8, Error> {
        self.take().map(|[byte]| byte)
    }
    fn short(&mut self) -> Result<u16, Error> {
        self.take().map(u16::from_le_bytes)
    }
    fn word(&mut self) -> Result<u32, Error> {
        self.take().map(u32::from_le_bytes)
    }
    fn number(&mut self) -> Result<T, Error> {
        let error = Error::Length { needed: size_of::<T>(), found: self.rest.len() };
        let (number, rest) = T::of_le(self.rest).ok_or(error)?;
        self.rest = rest;
        Ok(number)
    }
    fn finish(&mut self) -> Result<(), Error> {
        match self.rest.len() {
            0 => Ok(()),
            found => Err(Error::Length { needed: 0, found }),
        }
    }
    fn refusal(error: Error) -> Error {
        error
    }
}
