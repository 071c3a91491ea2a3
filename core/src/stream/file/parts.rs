//! The checked parts of a file, except for the model, which has checks of its own.

use super::{CHECKSUM, HEAD, MAGIC, VERSION};
use crate::error::Quantity;
use crate::regression::bytes::{Crc, FileError, SCALING, length, numbers_of, triangle};
use crate::stream::adapt::Adaptive;
use crate::stream::tail;
use crate::{Error, Scalar};

/// The number of bytes of a model's head, and the offsets of its contents and of its counts d, n and c.
const MODEL_HEAD: usize = 24;
const CONTENTS: usize = 6;
const COUNTS: usize = 12;

pub(super) struct Parts<'b, T> {
    pub(super) adaptive: Adaptive<T>,
    pub(super) tails: &'b [u8],
    pub(super) covariance: &'b [u8],
    pub(super) model: &'b [u8],
}

impl<'b, T: Scalar> Parts<'b, T> {
    /// Checks everything except the model: first the fields that determine the length, then the length and
    /// the checksum.
    pub(super) fn of(bytes: &'b [u8]) -> Result<Self, FileError> {
        let found = bytes.len();
        let short = FileError::Length { needed: HEAD + CHECKSUM, found };
        let (body, stored) = bytes.split_last_chunk::<CHECKSUM>().ok_or(short)?;
        let (head, rest) = body.split_first_chunk::<HEAD>().ok_or(short)?;
        let &[a, b, c, d, version, scalar, flags, repeats, ref counts @ ..] = head;
        if [a, b, c, d] != MAGIC {
            return Err(FileError::NotAStream);
        }
        if version != VERSION {
            return Err(FileError::Head { what: "version of the stream", found: version });
        }
        if scalar != T::CODE {
            return Err(FileError::Scalar { expected: T::CODE, found: scalar });
        }
        let mut words = counts.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let [heard, last, n, c] = [(); 4].map(|()| words.next().unwrap_or(0));
        let [n, c] = [n, c].map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        let bytes_of = |count: Option<usize>| count.and_then(|count| count.checked_mul(size_of::<T>()));
        let lengths = [Some(2), c.checked_mul(tail::ANCHORS), triangle(n)].map(bytes_of);
        let mut rest = rest;
        let mut cut = |count: Option<usize>| {
            let (part, after) = count.and_then(|count| rest.split_at_checked(count)).ok_or(short)?;
            rest = after;
            Ok::<_, FileError>(part)
        };
        let [adaptive, tails, covariance] = [cut(lengths[0])?, cut(lengths[1])?, cut(lengths[2])?];
        let head = rest.first_chunk::<MODEL_HEAD>().ok_or(short)?;
        let contents = head[CONTENTS];
        let [inputs, samples, outputs] = [COUNTS, COUNTS + 4, COUNTS + 8].map(|at| {
            let word = head.get(at..).and_then(|bytes| bytes.first_chunk().copied());
            word.and_then(|word| usize::try_from(u32::from_le_bytes(word)).ok()).unwrap_or(usize::MAX)
        });
        if [samples, outputs] != [n, c] || contents & SCALING == 0 {
            return Err(FileError::Head { what: "contents of the stream's model", found: contents });
        }
        let needed = length::<T>([inputs, n, c], contents).saturating_add(found.saturating_sub(rest.len()));
        if needed != found {
            return Err(FileError::Length { needed, found });
        }
        let mut crc = Crc::new();
        crc.add(body);
        let (stored, computed) = (u32::from_le_bytes(*stored), crc.value());
        if stored != computed {
            return Err(FileError::Checksum { stored, computed });
        }
        for (column, value) in numbers_of::<T>(tails).chain(numbers_of(covariance)).enumerate() {
            if !value.is_finite() {
                return Err(Error::NotFinite { what: Quantity::Variance, row: 0, column }.into());
            }
        }
        let mut numbers = numbers_of::<T>(adaptive);
        let numbers = [(); 2].map(|()| numbers.next().unwrap_or(T::NAN));
        let adaptive = Adaptive::of_stored([flags, repeats], [heard, last], numbers)
            .ok_or(FileError::Head { what: "state of the stream", found: flags })?;
        Ok(Self { adaptive, tails, covariance, model: rest })
    }
}
