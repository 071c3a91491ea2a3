//! The errors of reading and writing files of models.

use core::fmt;

/// The reason why a file was refused or cannot be written.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FileError {
    /// The memory to write to is too small.
    Room {
        /// Bytes needed.
        needed: usize,
        /// Bytes there are.
        found: usize,
    },
    /// The number of bytes differs from that in the head of the file.
    Length {
        /// Bytes needed; that of the head alone if not even that is there.
        needed: usize,
        /// Bytes there are.
        found: usize,
    },
    /// The first four bytes are not those of a model.
    NotAModel,
    /// The first four bytes are not those of a stream.
    NotAStream,
    /// A version of the format that this library does not read.
    Version {
        /// The file's version.
        found: u8,
    },
    /// Some bytes have changed since the file was written.
    Checksum {
        /// As written in the file.
        stored: u32,
        /// As computed from the bytes.
        computed: u32,
    },
    /// Another type of number than that of the program.
    Scalar {
        /// The code that the program needs: 1 `f32`, 2 `f64`, 3 `Micro`.
        expected: u8,
        /// The file's.
        found: u8,
    },
    /// A field of the head has a value without a meaning.
    Head {
        /// The field.
        what: &'static str,
        /// Its value.
        found: u8,
    },
    /// Another kernel than the program's, or settings out of range.
    Kernel {
        /// The file's activation, see [`crate::kernel::KernelCode`].
        activation: u8,
        /// The file's kernel is an NTK.
        is_ntk: bool,
    },
    /// A sample whose stored length is not that of its input.
    SampleLength {
        /// The sample.
        sample: usize,
    },
    /// The file was written with [`super::Contents::Means`] and gives only means.
    MeansOnly,
    /// The file has a scaling, which a [`crate::Calibration`] can load and a [`crate::Regression`] cannot.
    Scaled,
    /// Numbers or counts that a model cannot have, or that do not fit into this one.
    Model(crate::Error),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Room { needed, found } => {
                write!(f, "the model takes {needed} bytes and there is room for {found}; lend more")
            }
            Self::Length { needed, found } => write!(
                f,
                "{found} bytes, where the head of the file asks for {needed}: it is cut off, padded or corrupted; write it \
                 again, or take it from its page with `bytes::first`"
            ),
            Self::NotAModel => f.write_str(
                "not a model: the first four bytes are not NTKM; check the address, or write it again",
            ),
            Self::NotAStream => f.write_str(
                "not a stream: the first four bytes are not NTKS; check the address, or write it again",
            ),
            Self::Version { found } => {
                write!(
                    f,
                    "version {found} of the format, this library reads version 2; write it again with this library"
                )
            }
            Self::Checksum { stored, computed } => {
                write!(
                    f,
                    "corrupted: checksum {computed:08x}, {stored:08x} was written; write the file again"
                )
            }
            Self::Scalar { expected, found } => write!(
                f,
                "numbers of type {found}, the program reads type {expected} (1 f32, 2 f64, 3 Micro); make them equal"
            ),
            Self::Head { what: "contents", found } if found & 8 != 0 && found < 16 => f.write_str(
                "the samples have noise of their own; read the file into a storage with PerSample noise",
            ),
            Self::Head { what, found } => {
                write!(f, "{what} is {found}, which means nothing in this version; write the file again")
            }
            Self::Kernel { activation, is_ntk } => write!(
                f,
                "the {} of activation {activation}, with its settings, is no kernel of this program; read it with that kernel",
                if is_ntk { "NTK" } else { "NNGP" }
            ),
            Self::SampleLength { sample } => {
                write!(
                    f,
                    "the stored length of sample {sample} is not that of its input; write the file again"
                )
            }
            Self::MeansOnly => {
                f.write_str("the file has what means need and no more; write it with Contents::Everything")
            }
            Self::Scaled => f.write_str("the file scales inputs and labels; read it as a Calibration"),
            Self::Model(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FileError {}

impl From<crate::Error> for FileError {
    fn from(error: crate::Error) -> Self {
        Self::Model(error)
    }
}
