//! What can go wrong, with the evidence and the remedy.

use core::fmt;

/// Why an operation was refused. Indices count from zero.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Error {
    /// A length does not fit: `what` has `found` elements and needs `expected` of them.
    Shape {
        /// The argument.
        what: &'static str,
        /// The length it needs.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// An index beyond the last: there are `count` of `what`, numbered from 0.
    NoSuch {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The index asked for.
        index: usize,
    },
    /// More samples than the fixed capacity holds.
    Capacity {
        /// The capacity.
        capacity: usize,
        /// The number asked for.
        found: usize,
    },
    /// A number is NaN or infinite.
    NotFinite {
        /// The argument that holds it.
        what: &'static str,
        /// Its row, or sample.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A setting lies outside its range.
    OutOfRange {
        /// The setting.
        what: &'static str,
        /// The range.
        must: &'static str,
    },
    /// Two samples that the kernel cannot tell apart, and no ridge to keep their labels apart.
    Coincident {
        /// The earlier sample.
        first: usize,
        /// The later sample.
        second: usize,
    },
    /// The matrix is not positive definite to working precision.
    NotPositiveDefinite {
        /// The row whose pivot failed.
        pivot: usize,
        /// The pivot: zero or rounding noise, negative, or NaN.
        value: f32,
    },
    /// The model has not been fitted.
    NotFitted,
    /// The model holds samples where it has to be empty.
    AlreadyFitted,
}

// No float is printed here: formatting one costs kilobytes of flash and may panic. The fields have the numbers.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Shape { what, expected, found } => {
                write!(f, "{what}: {found} given, {expected} needed")
            }
            Self::NoSuch { what, count, index } => {
                write!(f, "there is no {what} {index}: there are {count}, numbered from 0")
            }
            Self::Capacity { capacity, found } => {
                write!(f, "{found} samples do not fit in a capacity of {capacity}; choose a larger one")
            }
            Self::NotFinite { what, row, column } => {
                write!(f, "{what}[{row}][{column}] is NaN or infinite; remove or repair that sample")
            }
            Self::OutOfRange { what, must } => write!(f, "{what} must be {must}"),
            Self::Coincident { first, second } => {
                write!(f, "samples {first} and {second} coincide; remove one of them or set a ridge above 0")
            }
            Self::NotPositiveDefinite { pivot, .. } => write!(
                f,
                "the matrix is not positive definite (pivot {pivot}): that sample nearly depends on the earlier ones; \
                 raise the ridge or remove it"
            ),
            Self::NotFitted => f.write_str("the model has not been fitted; call fit first"),
            Self::AlreadyFitted => {
                f.write_str("the model holds samples already; call fit, which replaces them, or clear first")
            }
        }
    }
}

impl core::error::Error for Error {}

/// Checks one length.
pub(crate) fn check_len(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if found == expected { Ok(()) } else { Err(Error::Shape { what, expected, found }) }
}
