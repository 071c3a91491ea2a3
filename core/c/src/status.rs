//! What a function returns to C: 0, or a code with a number that says where or how much.
//!
//! status = code + 256 at, so that one `int32_t` carries the evidence without memory and without a global.

use core::ffi::{CStr, c_char};

use ntk_core::regression::bytes::FileError;
use ntk_core::{Error, Quantity, Setting};

/// A refusal: what is wrong, and the index or size that says where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: Code,
    at: usize,
}

/// What all functions come down to.
pub type Outcome = Result<(), Refusal>;

/// Returns 0, or code + 256 at. What does not fit into 23 bits is the largest number that does.
#[must_use]
pub fn status(outcome: Outcome) -> i32 {
    match outcome {
        Ok(()) => 0,
        Err(Refusal { code, at }) => code as i32 + ((at.min(0x7f_ffff) as i32) << 8),
    }
}

/// Why a call was refused; the numbers and names of `include/ntk.h`, which `tests/header.rs` compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Code {
    /// A pointer is null.
    Null = 1,
    /// A pointer is not aligned for what it points at.
    Unaligned = 2,
    /// The memory is too small.
    Memory = 3,
    /// There is no model of this shape in the memory.
    NotInitialised = 4,
    /// The memory holds a model of this shape already.
    InUse = 5,
    /// An argument lies inside the model's own memory.
    Overlap = 6,
    /// An array has another length than the shape asks for.
    Length = 7,
    /// There is no such sample.
    OutOfBounds = 8,
    /// More samples than there is room for.
    Capacity = 9,
    /// An input is NaN or infinite.
    NotFiniteX = 10,
    /// A label is NaN or infinite.
    NotFiniteY = 11,
    /// An intermediate number or a result overflows.
    NotFinite = 12,
    /// The level of an interval is not between 0 and 1.
    Level = 13,
    /// The ridge is negative or not finite.
    Ridge = 14,
    /// The range of an input has no width.
    Range = 15,
    /// Another setting is out of its range.
    Setting = 16,
    /// What to do when full is none of the three.
    WhenFull = 17,
    /// The ridge is lost in rounding.
    RidgeTooSmall = 18,
    /// Too few samples for an interval of this level.
    TooFewSamples = 19,
    /// Two samples coincide and the ridge is 0.
    Coincident = 20,
    /// The matrix is not positive definite.
    NotPositiveDefinite = 21,
    /// There are no samples.
    NotFitted = 22,
    /// There are samples already.
    AlreadyFitted = 23,
    /// A factor of forgetting is not above 0 and at most 1.
    Forgetting = 24,
    /// The noise of a stream or of a sample is not above 0 and finite.
    Noise = 25,
    /// An amplitude is not above 0 and finite.
    Amplitude = 26,
    /// The time between two samples is negative or not finite.
    Elapsed = 27,
    /// The buffer is too small for the file.
    FileRoom = 32,
    /// The bytes are fewer than the file's head asks for.
    FileLength = 33,
    /// The bytes do not begin with NTKM, or those of a stream with NTKS.
    FileMagic = 34,
    /// Another version of the format.
    FileVersion = 35,
    /// The checksum is wrong.
    FileChecksum = 36,
    /// Numbers of another type than f32.
    FileScalar = 37,
    /// A field of the head has a value without a meaning.
    FileHead = 38,
    /// Another kernel than the library's.
    FileKernel = 39,
    /// The stored length of a sample is not that of its input.
    FileSample = 40,
    /// The file has what means need and no more.
    FileMeansOnly = 41,
    /// The file scales: it is that of a sensor.
    FileScaled = 42,
    /// Something that this library does not know.
    Unknown = 127,
}

/// All codes, for [`text`] and for the test of the header.
pub const CODES: [(Code, &CStr); 39] = [
    (Code::Null, c"a pointer is null"),
    (Code::Unaligned, c"a pointer is not aligned; use the types of ntk.h, not bytes"),
    (Code::Memory, c"the memory is too small; give the size that sizeof has"),
    (Code::NotInitialised, c"no model of this shape is in the memory; call init first"),
    (Code::InUse, c"the memory holds a model already; call end first, or zero new memory"),
    (Code::Overlap, c"an argument lies inside of the model's memory; copy it out"),
    (Code::Length, c"an array has another length than the shape asks for"),
    (Code::OutOfBounds, c"there is no sample of this number; they count from 0"),
    (Code::Capacity, c"there is no room for so many samples; take a larger shape, or let push drop one"),
    (Code::NotFiniteX, c"an input is NaN or infinite; remove or repair that sample"),
    (Code::NotFiniteY, c"a label is NaN or infinite; remove or repair that sample"),
    (Code::NotFinite, c"a number overflows; the input lies too far out, or samples need other units"),
    (Code::Level, c"the level must be above 0 and below 1"),
    (Code::Ridge, c"the ridge must be 0 or more and finite"),
    (Code::Range, c"the range of an input must have a width and be finite"),
    (Code::Setting, c"a setting is out of its range"),
    (Code::WhenFull, c"what to do when full must be NTK_REFUSE, NTK_DROP_OLDEST or NTK_DROP_REDUNDANT"),
    (Code::RidgeTooSmall, c"the ridge is lost in rounding; scale the inputs, raise the ridge or set it to 0"),
    (Code::TooFewSamples, c"too few samples for an interval of this level; add samples or lower the level"),
    (Code::Coincident, c"two samples coincide; remove one of them or set a ridge above 0"),
    (Code::NotPositiveDefinite, c"a sample nearly depends on the earlier ones; raise the ridge or remove it"),
    (Code::NotFitted, c"there are no samples; call fit or load first"),
    (Code::AlreadyFitted, c"there are samples already; call fit, which replaces them, or end and init"),
    (Code::Forgetting, c"the factor of forgetting must be above 0 and at most 1, or NTK_FOUND"),
    (Code::Noise, c"a noise must be above 0 and finite, and a sample's own needs errors to be compared with"),
    (Code::Amplitude, c"an amplitude must be above 0 and finite, or NTK_FOUND"),
    (Code::Elapsed, c"the time since the last sample must be 0 or more and finite"),
    (Code::FileRoom, c"the buffer is too small for the file; the status says how many bytes it takes"),
    (Code::FileLength, c"the file is cut off or corrupted; write it again, or pass all of it"),
    (Code::FileMagic, c"no model, or no stream, is there; check the address, or write it again"),
    (Code::FileVersion, c"another version of the format; write the file again with this library"),
    (Code::FileChecksum, c"the file is corrupted; write it again"),
    (Code::FileScalar, c"the numbers are not f32; export with --precision f32"),
    (Code::FileHead, c"a field of the file means nothing; write it again with this library"),
    (
        Code::FileKernel,
        c"another kernel; a sensor has NNGP ReLU of depth 1, a model NTK ReLU, a stream NTK erf",
    ),
    (Code::FileSample, c"a sample of the file has the wrong length; write it again"),
    (Code::FileMeansOnly, c"the file has what means need and no more; export it without --means"),
    (Code::FileScaled, c"the file is that of a sensor; load it into one"),
    (Code::Unknown, c"an error that this library has no code for"),
];

/// Returns the text of a status; a pointer that stays valid.
#[must_use]
pub fn text(status: i32) -> *const c_char {
    if status == 0 {
        return c"done".as_ptr();
    }
    let known = CODES.iter().find(|(code, _)| *code as i32 == status & 0xff);
    known.map_or(c"not a status of this library", |(_, text)| text).as_ptr()
}

impl Code {
    /// Returns the refusal that points at this index, count or size.
    #[must_use]
    pub const fn at(self, at: usize) -> Refusal {
        Refusal { code: self, at }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Shape { expected, .. } => Code::Length.at(expected),
            Error::OutOfBounds { count, .. } => Code::OutOfBounds.at(count),
            Error::Capacity { capacity, .. } => Code::Capacity.at(capacity),
            Error::NotFinite { what: Quantity::X, row, .. } => Code::NotFiniteX.at(row),
            Error::NotFinite { what: Quantity::Y, row, .. } => Code::NotFiniteY.at(row),
            Error::NotFinite { row, .. } => Code::NotFinite.at(row),
            Error::OutOfRange(Setting::Level) => Code::Level.at(0),
            Error::OutOfRange(Setting::Ridge) => Code::Ridge.at(0),
            Error::OutOfRange(Setting::Scale) => Code::Range.at(0),
            Error::OutOfRange(_) => Code::Setting.at(0),
            Error::RidgeTooSmall { sample } => Code::RidgeTooSmall.at(sample),
            Error::TooFewSamples { needed, .. } => Code::TooFewSamples.at(needed),
            Error::Coincident { second, .. } => Code::Coincident.at(second),
            Error::NotPositiveDefinite { pivot, .. } => Code::NotPositiveDefinite.at(pivot),
            Error::NotFitted => Code::NotFitted.at(0),
            Error::AlreadyFitted => Code::AlreadyFitted.at(0),
            Error::MeansOnly => Code::FileMeansOnly.at(0),
            _ => Code::Unknown.at(0),
        }
    }
}

impl From<FileError> for Refusal {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Room { needed, .. } => Code::FileRoom.at(needed),
            FileError::Length { needed, .. } => Code::FileLength.at(needed),
            FileError::NotAModel | FileError::NotAStream => Code::FileMagic.at(0),
            FileError::Version { found } => Code::FileVersion.at(found.into()),
            FileError::Checksum { .. } => Code::FileChecksum.at(0),
            FileError::Scalar { found, .. } => Code::FileScalar.at(found.into()),
            FileError::Head { found, .. } => Code::FileHead.at(found.into()),
            FileError::Kernel { activation, .. } => Code::FileKernel.at(activation.into()),
            FileError::SampleLength { sample } => Code::FileSample.at(sample),
            FileError::MeansOnly => Code::FileMeansOnly.at(0),
            FileError::Scaled => Code::FileScaled.at(0),
            FileError::Model(error) => error.into(),
            #[allow(unreachable_patterns)]
            _ => Code::Unknown.at(0),
        }
    }
}
