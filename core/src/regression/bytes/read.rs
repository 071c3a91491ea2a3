//! Reads and checks the fields of a model, from bytes and from serde.

use super::crc::Crc;
use super::{
    CHECKSUM, FACTOR, FileError, GIVEN_AMPLITUDE, HEAD, KernelCode, MAGIC, OWN_NOISE, SCALING, Scalar,
    StorableKernel, VERSION, length,
};
use crate::error::{Quantity, Setting};
use crate::kernel::{Architecture, check_depth};
use crate::regression::fit::check_ridge;
use crate::regression::storage::Noise;
use crate::slices::first_mut;

/// A source of the fields of a model.
pub(crate) trait Source<T> {
    type Error;
    fn byte(&mut self) -> Result<u8, Self::Error>;
    fn short(&mut self) -> Result<u16, Self::Error>;
    fn word(&mut self) -> Result<u32, Self::Error>;
    fn number(&mut self) -> Result<T, Self::Error>;
    /// Reads and checks the checksum, and checks that nothing follows.
    fn finish(&mut self) -> Result<(), Self::Error>;
    /// Converts the reason for refusing the fields to the error type of this source.
    fn refusal(error: FileError) -> Self::Error;
}

/// The position of a number in a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// Column of the inputs, here and in the next variant; then of the labels.
    InputShift(usize),
    InputScale(usize),
    LabelShift(usize),
    LabelScale(usize),
    /// Index of the output.
    Amplitude(usize),
    /// Sample and column; column d is the length, column d + 1 what rounding left behind.
    Sample(usize, usize),
    /// Output and sample.
    Coefficient(usize, usize),
    Label(usize, usize),
    /// Row and column of R; on the diagonal the number is 1/R_ii.
    Factor(usize, usize),
    /// Index of the sample; index n is the unit that noise is divided by.
    Noise(usize),
}

/// The head of a file, without its kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<T> {
    pub(super) contents: u8,
    /// [d, n, c].
    pub(super) shape: [usize; 3],
    pub(super) ridge: T,
}

/// The shape of the model to read into: [inputs, room for samples, outputs].
pub(super) type Room = [usize; 3];

/// Reads and checks all fields of a model, and returns kernel and head. `x` is a buffer of d numbers.
pub(super) fn read<T: Scalar, K: StorableKernel<T>, V: Noise, S: Source<T>>(
    source: &mut S,
    room: Room,
    x: &mut [T],
) -> Result<(K, Head<T>), S::Error> {
    let (kernel, head) = read_head::<T, K, V, S>(source, room)?;
    read_body::<T, K, V, S>(source, &kernel, &head, x, |_, _| ())?;
    Ok((kernel, head))
}

/// Reads and checks what follows the head, and calls `put` with each number and its place. `x` is a buffer of
/// d numbers.
pub(super) fn read_body<T: Scalar, K: StorableKernel<T>, V: Noise, S: Source<T>>(
    source: &mut S,
    kernel: &K,
    head: &Head<T>,
    x: &mut [T],
    mut put: impl FnMut(Place, T),
) -> Result<(), S::Error> {
    let [d, n, c] = head.shape;
    let finite = |value: T, what, row, column| {
        if value.is_finite() {
            Ok(value)
        } else {
            Err(refuse::<T, S>(crate::Error::NotFinite { what, row, column }))
        }
    };
    let positive = |value: T, setting: Setting| {
        if value > T::ZERO { Ok(value) } else { Err(refuse::<T, S>(setting.out_of_range())) }
    };
    if head.contents & SCALING != 0 {
        for (count, shift, scale) in [
            (d, Place::InputShift as fn(usize) -> Place, Place::InputScale as fn(usize) -> Place),
            (c, Place::LabelShift, Place::LabelScale),
        ] {
            for column in 0..count {
                put(shift(column), finite(source.number()?, Quantity::Shift, 0, column)?);
            }
            for column in 0..count {
                let value = finite(source.number()?, Quantity::Scale, 0, column)?;
                put(scale(column), positive(value, Setting::Scale)?);
            }
        }
    }
    for output in 0..c {
        let s = finite(source.number()?, Quantity::Variance, 0, output)?;
        if !(s >= T::ZERO) {
            return Err(refuse::<T, S>(Setting::Amplitude.out_of_range()));
        }
        put(Place::Amplitude(output), s);
    }
    let x = first_mut(x, d);
    for sample in 0..n {
        for (column, x) in x.iter_mut().enumerate() {
            *x = finite(source.number()?, Quantity::X, sample, column)?;
            put(Place::Sample(sample, column), *x);
        }
        let (norm, norm_low) = (source.number()?, source.number()?);
        let point = kernel.prepare(x);
        if !(norm == point.norm && norm_low == point.norm_low) {
            return Err(S::refusal(FileError::SampleLength { sample }));
        }
        finite(kernel.diagonal(&point), Quantity::KernelMatrix, sample, sample)?;
        put(Place::Sample(sample, d), norm);
        put(Place::Sample(sample, d.saturating_add(1)), norm_low);
    }
    for output in 0..c {
        for sample in 0..n {
            put(
                Place::Coefficient(output, sample),
                finite(source.number()?, Quantity::Coefficients, sample, output)?,
            );
        }
    }
    if head.contents & FACTOR != 0 {
        for output in 0..c {
            for sample in 0..n {
                put(Place::Label(output, sample), finite(source.number()?, Quantity::Y, sample, output)?);
            }
        }
        for row in 0..n {
            for column in row..n {
                let value = finite(source.number()?, Quantity::Factor, row, column)?;
                let value = if column == row { positive(value, Setting::Pivot)? } else { value };
                put(Place::Factor(row, column), value);
            }
        }
    }
    if V::OWN && head.contents & OWN_NOISE != 0 {
        let unit = finite(source.number()?, Quantity::Noise, 0, 0)?;
        put(Place::Noise(n), positive(unit, Setting::Amplitude)?);
        for sample in 0..n {
            let deviation = finite(source.number()?, Quantity::Noise, sample, 0)?;
            if !(deviation >= T::ZERO) {
                return Err(refuse::<T, S>(Setting::Noise.out_of_range()));
            }
            put(Place::Noise(sample), deviation);
        }
    }
    source.finish()
}

/// Reads and checks the fields before scaling and samples.
pub(super) fn read_head<T: Scalar, K: StorableKernel<T>, V: Noise, S: Source<T>>(
    source: &mut S,
    [inputs, capacity, outputs]: Room,
) -> Result<(K, Head<T>), S::Error> {
    let fail = |error| Err(S::refusal(error));
    if source.word()? != u32::from_le_bytes(MAGIC) {
        return fail(FileError::NotAModel);
    }
    let found = source.byte()?;
    if found != VERSION {
        return fail(FileError::Version { found });
    }
    let found = source.byte()?;
    if found != T::CODE {
        return fail(FileError::Scalar { expected: T::CODE, found });
    }
    let [contents, kind, activation, zero] = [source.byte()?, source.byte()?, source.byte()?, source.byte()?];
    let most = FACTOR | SCALING | GIVEN_AMPLITUDE | if V::OWN { OWN_NOISE } else { 0 };
    for (what, found, most) in [("contents", contents, most), ("kind", kind, 1), ("byte 9", zero, 0)] {
        if found > most {
            return fail(FileError::Head { what, found });
        }
    }
    if V::OWN && contents & OWN_NOISE != 0 && contents & FACTOR == 0 {
        return fail(FileError::Head { what: "contents", found: contents }); // a file of means has no noise
    }
    let (is_ntk, depth) = (kind == 1, source.short()?);
    let counts = [source.word()?, source.word()?, source.word()?];
    let [d, n, c] = counts.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    for (what, expected, found) in [("number of inputs", inputs, d), ("number of outputs", outputs, c)] {
        if found != expected {
            return Err(refuse::<T, S>(crate::Error::Shape { what, expected, found }));
        }
    }
    if n == 0 {
        return Err(refuse::<T, S>(crate::Error::NotFitted));
    }
    if n > capacity {
        return Err(refuse::<T, S>(crate::Error::Capacity { capacity, found: n }));
    }
    check_depth(depth).map_err(refuse::<T, S>)?;
    let (weight_variance, bias_variance) = (source.number()?, source.number()?);
    let (parameter, ridge) = (source.number()?, source.number()?);
    let architecture = Architecture { depth, weight_variance, bias_variance };
    let code = KernelCode { is_ntk, activation, parameter, architecture };
    let Some(kernel) = K::from_code(&code) else { return fail(FileError::Kernel { activation, is_ntk }) };
    check_ridge(ridge).map_err(refuse::<T, S>)?;
    Ok((kernel, Head { contents, shape: [d, n, c], ridge }))
}

fn refuse<T, S: Source<T>>(error: crate::Error) -> S::Error {
    S::refusal(FileError::Model(error))
}

/// Returns the number of bytes of the file at the start of `bytes`, computed from its head.
pub(super) fn needed(bytes: &[u8]) -> Result<usize, FileError> {
    let short = FileError::Length { needed: HEAD + CHECKSUM, found: bytes.len() };
    let (head, _) = bytes.split_first_chunk::<HEAD>().ok_or(short)?;
    if !head.starts_with(&MAGIC) {
        return Err(FileError::NotAModel);
    }
    if head[4] != VERSION {
        return Err(FileError::Version { found: head[4] });
    }
    let count = |bytes: [u8; 4]| usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX);
    let shape = [
        count([head[12], head[13], head[14], head[15]]),
        count([head[16], head[17], head[18], head[19]]),
        count([head[20], head[21], head[22], head[23]]),
    ];
    Ok(if head[5] == <f64 as crate::scalar::wire::Wire>::CODE {
        length::<f64>(shape, head[6])
    } else {
        length::<f32>(shape, head[6])
    })
}

/// A source in memory whose length and checksum have been checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'b> {
    rest: &'b [u8],
}

impl<'b> Bytes<'b> {
    /// Checks length and checksum, before any other field is used.
    pub(super) fn new(bytes: &'b [u8]) -> Result<Self, FileError> {
        let (needed, found) = (needed(bytes)?, bytes.len());
        let short = FileError::Length { needed: HEAD + CHECKSUM, found };
        let (body, stored) = bytes.split_last_chunk::<CHECKSUM>().ok_or(short)?;
        if needed != found {
            return Err(FileError::Length { needed, found });
        }
        let mut crc = Crc::new();
        crc.add(body);
        let (stored, computed) = (u32::from_le_bytes(*stored), crc.value());
        if stored != computed {
            return Err(FileError::Checksum { stored, computed });
        }
        Ok(Self { rest: body })
    }

    fn take<const L: usize>(&mut self) -> Result<[u8; L], FileError> {
        let error = FileError::Length { needed: L, found: self.rest.len() };
        let (first, rest) = self.rest.split_first_chunk().ok_or(error)?;
        self.rest = rest;
        Ok(*first)
    }
}

impl<T: Scalar> Source<T> for Bytes<'_> {
    type Error = FileError;

    fn byte(&mut self) -> Result<u8, FileError> {
        self.take().map(|[byte]| byte)
    }
    fn short(&mut self) -> Result<u16, FileError> {
        self.take().map(u16::from_le_bytes)
    }
    fn word(&mut self) -> Result<u32, FileError> {
        self.take().map(u32::from_le_bytes)
    }
    fn number(&mut self) -> Result<T, FileError> {
        let error = FileError::Length { needed: size_of::<T>(), found: self.rest.len() };
        let (number, rest) = T::of_le(self.rest).ok_or(error)?;
        self.rest = rest;
        Ok(number)
    }
    fn finish(&mut self) -> Result<(), FileError> {
        match self.rest.len() {
            0 => Ok(()),
            found => Err(FileError::Length { needed: 0, found }),
        }
    }
    fn refusal(error: FileError) -> FileError {
        error
    }
}
