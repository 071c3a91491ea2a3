//! The errors of all operations, with their evidence and remedy.

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
    OutOfBounds {
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
        /// The argument or result that holds it.
        what: Quantity,
        /// Its row, or sample.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A setting lies outside its range.
    OutOfRange(Setting),
    /// The ridge is lost in rounding beside K(x, x) of this sample: K(x, x) + ridge == K(x, x).
    RidgeTooSmall {
        /// The first such sample.
        sample: usize,
    },
    /// There are too few samples for an interval of this level: no finite interval of so few samples has it.
    TooFewSamples {
        /// The least number of samples that is enough.
        needed: usize,
        /// The number of samples of the model.
        found: usize,
    },
    /// The kernel cannot distinguish two samples, and the ridge is 0.
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
    /// The model has samples and must be empty.
    AlreadyFitted,
    /// The file of the model contains only what means need.
    MeansOnly,
}

// No float is printed here, because formatting one costs kilobytes of flash and may panic. The fields have
// the numbers.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Shape { what, expected, found } => {
                write!(f, "{what}: {found} given, {expected} needed")
            }
            Self::OutOfBounds { what, count, index } => {
                write!(f, "there is no {what} {index}: there are {count}, numbered from 0")
            }
            Self::Capacity { capacity, found } => {
                write!(f, "{found} samples do not fit in a capacity of {capacity}; choose a larger one")
            }
            Self::NotFinite { what, row, column } => {
                let remedy = what.remedy();
                write!(f, "{what}[{row}][{column}] is NaN or infinite; {remedy}")
            }
            Self::OutOfRange(setting) => {
                let (name, range) = setting.name_and_range();
                write!(f, "{name} must be {range}")
            }
            Self::RidgeTooSmall { sample } => write!(
                f,
                "the ridge is lost in rounding beside the kernel of sample {sample} with itself; scale the inputs, or raise \
                 the ridge or set it to 0"
            ),
            Self::TooFewSamples { needed, found } => write!(
                f,
                "an interval of this level needs {needed} samples and the model has {found}; add samples or lower the level"
            ),
            Self::Coincident { first, second } => {
                write!(f, "samples {first} and {second} coincide; remove one of them or set a ridge above 0")
            }
            Self::NotPositiveDefinite { pivot, .. } => write!(
                f,
                "the matrix is not positive definite (pivot {pivot}): that sample nearly depends on the earlier ones; \
                 raise the ridge or remove it"
            ),
            Self::NotFitted => f.write_str("the model has not been fitted; call fit first"),
            Self::MeansOnly => {
                f.write_str("the file has what means need and no more; write it with Contents::Everything")
            }
            Self::AlreadyFitted => {
                f.write_str("the model holds samples already; call fit, which replaces them, or clear first")
            }
        }
    }
}

impl core::error::Error for Error {}

/// What [`Error::NotFinite`] found NaN or infinity in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Quantity {
    /// An input.
    X,
    /// A label.
    Y,
    /// The standard deviation of a label's own noise.
    Noise,
    /// A matrix that is to be decomposed.
    Matrix,
    /// K(x_i, x_j) of two samples.
    KernelMatrix,
    /// K(x, x) at the input of a prediction.
    KernelAtX,
    /// (K + ridge I)^-1 y.
    Coefficients,
    /// The mean of a prediction.
    Prediction,
    /// The variance of a prediction.
    Variance,
    /// The slope of a mean.
    Gradient,
    /// What a search minimises.
    Criterion,
    /// A step of iterative refinement.
    Correction,
    /// The mean of a column that is to be scaled.
    Shift,
    /// The standard deviation of a column that is to be scaled.
    Scale,
    /// An entry of a stored factorisation.
    Factor,
    /// A logarithm of a likelihood.
    Likelihood,
    /// An eigenvalue.
    Eigenvalue,
    /// The second derivatives in the weights of a unit.
    Hessian,
}

impl Quantity {
    fn remedy(self) -> &'static str {
        match self {
            Self::X | Self::Y | Self::Noise | Self::Matrix | Self::Shift | Self::Scale | Self::Factor => {
                "remove or repair that sample"
            }
            _ => "scale the inputs, the labels or the weights",
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::X => "x",
            Self::Y => "y",
            Self::Noise => "noise",
            Self::Matrix => "matrix",
            Self::KernelMatrix => "kernel matrix",
            Self::KernelAtX => "kernel at x",
            Self::Coefficients => "coefficients",
            Self::Prediction => "prediction",
            Self::Variance => "variance",
            Self::Gradient => "gradient",
            Self::Criterion => "criterion",
            Self::Correction => "correction",
            Self::Shift => "shift",
            Self::Scale => "scale",
            Self::Factor => "factor",
            Self::Likelihood => "likelihood",
            Self::Eigenvalue => "eigenvalue",
            Self::Hessian => "Hessian",
        })
    }
}

/// Which number [`Error::OutOfRange`] found outside of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Setting {
    /// The number of hidden layers: 1 to 1024.
    Depth,
    /// The variance of the weights: above 0 and finite.
    WeightVariance,
    /// The variance of the biases: 0 or more and finite.
    BiasVariance,
    /// The ridge: 0 or more and finite.
    Ridge,
    /// The amplitude: above 0 and finite.
    Amplitude,
    /// The level of an interval: above 0 and below 1.
    Level,
    /// The time of training: 0 or more and finite.
    Time,
    /// The learning rate: 0 or more and finite; to train a network above 0.
    LearningRate,
    /// The largest eigenvalue: above 0, and 2 over it finite.
    LargestEigenvalue,
    /// A size of a network: 1 or more.
    Size(&'static str),
    /// The activation: piecewise linear for the exact engine.
    Activation,
    /// The number of inputs: 1 or 2 for the exact engine.
    Inputs,
    /// The length of a sample for the exact engine: 0, or at least the smallest normal number.
    Length,
    /// The number of inputs, samples or outputs in a file: 1 to 2^32 - 1.
    Count,
    /// The scale of a column in a file: above 0.
    Scale,
    /// The diagonal of a factor in a file: above 0.
    Pivot,
    /// The standard deviation of a sample's own noise: 0 or more and finite.
    Noise,
    /// The noise of all samples together: less than the size of the labels, so that the amplitude of the
    /// kernel is above 0, unless the amplitude is given.
    NoiseOfAll,
    /// The noise of a stream or of a sample of it: above 0 and finite.
    StreamNoise,
    /// The factor by which a stream forgets: above 0 and at most 1.
    Forgetting,
    /// The time between two samples: 0 or more and finite.
    Elapsed,
}

impl Setting {
    pub(crate) const fn out_of_range(self) -> Error {
        Error::OutOfRange(self)
    }

    fn name_and_range(self) -> (&'static str, &'static str) {
        const NOT_NEGATIVE: &str = "0 or more and finite";
        const POSITIVE: &str = "above 0 and finite";
        match self {
            Self::Depth => ("depth", "1 to 1024"),
            Self::WeightVariance => ("weight variance", POSITIVE),
            Self::BiasVariance => ("bias variance", NOT_NEGATIVE),
            Self::Ridge => ("ridge", NOT_NEGATIVE),
            Self::Amplitude => ("amplitude", POSITIVE),
            Self::Level => ("level", "above 0 and below 1"),
            Self::Time => ("time", NOT_NEGATIVE),
            Self::LearningRate => ("learning rate", POSITIVE),
            Self::LargestEigenvalue => ("largest eigenvalue", "above 0, and 2 over it finite"),
            Self::Size(what) => (what, "1 or more"),
            Self::Activation => ("activation", "piecewise linear for the exact engine"),
            Self::Inputs => ("number of inputs", "1 or 2 for the exact engine"),
            Self::Length => (
                "length of each sample",
                "0 or at least the smallest normal number for the exact engine; use the plain one",
            ),
            Self::Count => ("number of inputs, samples or outputs", "1 to 2^32 - 1"),
            Self::Scale => ("scale", "above 0"),
            Self::Pivot => ("diagonal of the factor", "above 0"),
            Self::Noise => ("noise", NOT_NEGATIVE),
            Self::NoiseOfAll => ("noise of all samples", "smaller than their labels, or the amplitude given"),
            Self::StreamNoise => ("noise", POSITIVE),
            Self::Forgetting => ("forgetting factor", "above 0 and at most 1"),
            Self::Elapsed => ("elapsed time", NOT_NEGATIVE),
        }
    }
}

/// Checks one length.
pub(crate) fn check_len(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if found == expected { Ok(()) } else { Err(Error::Shape { what, expected, found }) }
}
