//! Options of the commands about kernels of infinite width: `ntk kernel`, `fit`, `predict` and `export`.

use std::path::PathBuf;

use clap::Args;

use super::choices::{Criterion, Language, Precision, Scale, Variances, activations, languages};
use super::values::{
    Choice, activation, codes, draws, finite, jobs, level, non_negative, non_negative_or_auto, positive,
    positive_or_auto, time,
};
use crate::kernels::{ActivationName, KernelSpec, Kind};

/// Options of `ntk kernel`.
#[derive(Args, Debug)]
pub struct KernelArgs {
    /// Inputs, columns x0, x1, ...
    #[arg(long, value_name = "FILE")]
    pub x: PathBuf,
    /// Partners, one column of the matrix each (columns x0, x1, ...); default: the inputs themselves
    #[arg(long, value_name = "FILE")]
    pub y: Option<PathBuf>,
    /// Which kernel
    #[command(flatten)]
    pub kernel: KernelChoice,
    /// Arithmetic
    #[arg(long, value_enum, default_value_t = Precision::F64)]
    pub precision: Precision,
    /// Entries with the bits that `ntk fit` takes, for the NTK of relu and leaky-relu: to an ulp where its
    /// terms cancel, at 30 to 60 times the cost; default: to 2.5 u sqrt(K(x,x) K(y,y)) with one hidden layer,
    /// u = 2^-53 (f64) or 2^-24 (f32). Other kernels have these bits anyway
    #[arg(long)]
    pub accurate: bool,
    /// Threads; default: one for each processor. The results do not depend on it
    #[arg(long, value_parser = jobs, value_name = "J")]
    pub jobs: Option<usize>,
}

/// An infinite-width kernel.
#[derive(Args, Clone, Copy, Debug)]
pub struct KernelChoice {
    /// All layers trained (ntk) or the last one only (nngp)
    #[arg(long, value_enum, default_value_t = Kind::Ntk)]
    pub kind: Kind,
    /// The activation.
    #[arg(long, value_parser = activation, default_value_t = ActivationName::Relu, value_name = "A", help = activations())]
    pub activation: ActivationName,
    /// Number of hidden layers
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024), value_name = "L")]
    pub depth: u16,
    /// Variance of the weights
    #[arg(long, default_value_t = 1.0, value_parser = positive, allow_negative_numbers = true, value_name = "V")]
    pub weight_variance: f64,
    /// Variance of the biases
    #[arg(long, default_value_t = 0.0, value_parser = non_negative, allow_negative_numbers = true, value_name = "V")]
    pub bias_variance: f64,
}

impl KernelChoice {
    /// Returns the kernel that these options describe.
    #[must_use]
    pub fn spec(&self) -> KernelSpec {
        let Self { kind, activation, depth, weight_variance, bias_variance } = *self;
        KernelSpec { kind, activation, depth, weight_variance, bias_variance }
    }
}

/// Options of `ntk fit`.
#[derive(Args, Debug)]
pub struct FitArgs {
    /// Samples, columns x0, x1, ... and y (or y0, y1, ...); with one target also noise, the standard
    /// deviation of each sample's own noise in units of y, in addition to the shared noise of --ridge; 0 for
    /// none. Other columns are ignored
    #[arg(long, value_name = "FILE")]
    pub train: PathBuf,
    /// Last layer trained (nngp) or all layers (ntk)
    #[arg(long, value_enum, default_value_t = Kind::Nngp)]
    pub kind: Kind,
    /// The activation.
    #[arg(long, value_parser = activation, default_value_t = ActivationName::Relu, value_name = "A", help = activations())]
    pub activation: ActivationName,
    /// Number of hidden layers
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024), value_name = "L")]
    pub depth: u16,
    /// Variance of the weights
    #[arg(long, default_value_t = 1.0, value_parser = positive, allow_negative_numbers = true, value_name = "V")]
    pub weight_variance: f64,
    /// Variance of the biases. auto: the best of 1/64, 1/4 and 4, by --criterion
    #[arg(long, default_value = "auto", value_parser = non_negative_or_auto, allow_negative_numbers = true, value_name = "V|auto")]
    pub bias_variance: Choice,
    /// Variance of the noise in y, in units of the kernel, added to its diagonal; 0 passes through all
    /// samples. auto: the best by --criterion
    #[arg(long, default_value = "auto", value_parser = non_negative_or_auto, allow_negative_numbers = true, value_name = "R|auto")]
    pub ridge: Choice,
    /// Search the ridge together with these variances of the kernel, step by step from the ones given (a bias
    /// variance of auto or 0 starts at the weight variance) and from others: finer and slower than auto,
    /// which tries a few values. The ridge is then always searched, so --ridge can be left out or be auto,
    /// which alone searches the ridge for the variances given. both ends no worse than bias or weight
    #[arg(long, value_enum, value_name = "WHICH")]
    pub tune: Option<Variances>,
    /// The criterion that auto and --tune optimise
    #[arg(long, value_enum, default_value_t = Criterion::Likelihood)]
    pub criterion: Criterion,
    /// Scaling of inputs and targets inside the model; results stay in the units of the file
    #[arg(long, value_enum, default_value_t = Scale::Standard)]
    pub scale: Scale,
    /// Amplitude of kernel and noise, in units of y, or with --scale standard of the scaled y: it sets the
    /// size of standard deviations. auto: the one of largest likelihood, for each target
    #[arg(long, default_value = "auto", value_parser = positive_or_auto, allow_negative_numbers = true, value_name = "V|auto")]
    pub amplitude: Choice,
    /// Write the leave-one-out predictions here, columns loo_mean,loo_std (numbered if there are several
    /// targets)
    #[arg(long, value_name = "FILE")]
    pub loo: Option<PathBuf>,
    /// Write the model here, for `ntk predict`
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
}

impl FitArgs {
    /// Returns the kernel that these options describe, with a bias variance of 0 where it is to be found.
    #[must_use]
    pub fn spec(&self) -> KernelSpec {
        let &Self { kind, activation, depth, weight_variance, .. } = self;
        let bias_variance = if let Choice::Given(b) = self.bias_variance { b } else { 0.0 };
        KernelSpec { kind, activation, depth, weight_variance, bias_variance }
    }
}

/// Options of `ntk predict`.
#[derive(Args, Debug)]
pub struct PredictArgs {
    /// A model written by `ntk fit` or `ntk stream`, or by a device (.ntk)
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
    /// Inputs, columns x0, x1, ...; other columns are ignored
    #[arg(long, value_name = "FILE")]
    pub x: PathBuf,
    /// Probability with which a new observation falls between low and high; 0.9 needs nine samples, 0.95
    /// nineteen
    #[arg(long, default_value_t = 0.9, value_parser = level, allow_negative_numbers = true, value_name = "L", conflicts_with = "time")]
    pub level: f64,
    /// Standard deviations of new observations (noise included) instead of those of the function itself
    #[arg(long)]
    pub noise: bool,
    /// Predict with infinitely wide networks trained only for this time: gradient flow dw/dt = -dL/dw on L =
    /// 1/2 sum (y - f)^2, in units of 1/eigenvalue of the kernel; gradient descent takes T / learning rate
    /// steps for it. std is the standard deviation over networks with independent random weights. The ridge
    /// is not used; inputs and targets are scaled as in the model. 0: not trained; inf: to convergence
    #[arg(long, value_parser = time, allow_negative_numbers = true, value_name = "T", conflicts_with = "noise")]
    pub time: Option<f64>,
}

/// Options of `ntk draw`.
#[derive(Args, Debug)]
pub struct DrawArgs {
    /// Inputs, columns x0, x1, ...: the points at which to evaluate the functions
    #[arg(long, value_name = "FILE")]
    pub x: PathBuf,
    /// A model written by `ntk fit`: draws from its posterior, in units of its targets. Without a model,
    /// draws from the prior of the kernel below; with --kind nngp these are outputs of infinitely wide
    /// networks with random weights
    #[arg(long, value_name = "FILE", conflicts_with_all = ["kind", "activation", "depth", "weight_variance", "bias_variance"])]
    pub model: Option<PathBuf>,
    /// Which kernel
    #[command(flatten)]
    pub kernel: KernelChoice,
    /// Number of functions, columns draw0, draw1, ... (y0_draw0, ... for several targets)
    #[arg(long, default_value_t = 1, value_parser = draws, value_name = "N")]
    pub count: usize,
    /// Seed; a function does not depend on how many are drawn
    #[arg(long, default_value_t = 0, value_name = "S")]
    pub seed: u64,
    /// New observations, with the noise of the model, instead of the function itself
    #[arg(long, requires = "model")]
    pub noise: bool,
    /// Print the covariance of the values at all inputs, row by row, instead of draws; for several targets
    /// one matrix below the other
    #[arg(long, conflicts_with_all = ["count", "seed"])]
    pub covariance: bool,
}

/// Options of `ntk export`.
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("fixed").args(["table", "integer"]))]
pub struct ExportArgs {
    /// A model written by `ntk fit`
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
    /// What to write.
    #[arg(long, value_enum, help = languages())]
    pub lang: Language,
    /// Folder to write to; created if it does not exist
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Arithmetic of the device
    #[arg(long, value_enum, default_value_t = Precision::F64)]
    pub precision: Precision,
    /// Name of the files and prefix of all functions, types and constants in them, so a program may contain
    /// any number of models
    #[arg(long, default_value = "ntk_model", value_parser = crate::export::name, allow_hyphen_values = true, value_name = "NAME")]
    pub name: String,
    /// Probability with which a new observation falls between low and high; 0.9 needs nine samples, 0.95
    /// nineteen [default: 0.9]. A file (bin) leaves it to the device; a table has low and high only if this
    /// is given
    #[arg(long, value_parser = level, value_name = "L")]
    pub level: Option<f64>,
    /// Write means only, without standard deviations and intervals: n (n + 5) / 2 numbers fewer for n samples
    #[arg(long)]
    pub means: bool,
    /// For a model of one input: tables in integers instead of the kernel. The input is the code of a
    /// converter of this many bits, 4 to 16; an answer is a fixed-point number. The error is measured at
    /// every code
    #[arg(long, value_parser = clap::value_parser!(u32).range(4..=16), value_name = "BITS", requires = "codes", conflicts_with_all = ["precision", "means"])]
    pub table: Option<u32>,
    /// The readings, in units of the input, at code 0 and at code 2^BITS - 1 of a table
    #[arg(long, value_parser = codes, value_name = "LOW,HIGH", requires = "table", allow_hyphen_values = true)]
    pub codes: Option<[f64; 2]>,
    /// For the NNGP of relu, leaky-relu or abs of depth 1: the mean in integers of 32 bits, for a processor
    /// without floating point, with a bound of its error
    #[arg(long, conflicts_with_all = ["precision", "means", "level", "table"])]
    pub integer: bool,
    /// The range of each input for --integer: LOW,HIGH of x0, then of x1, and so on. Default: the samples,
    /// and a quarter of their span on either side
    #[arg(long = "box", value_parser = finite, value_delimiter = ',', value_name = "LOW,HIGH,..", requires = "integer", allow_hyphen_values = true)]
    pub range: Vec<f64>,
    /// The largest error of a table or of integers, in units of the output: one number, or one for each
    /// output. Default: a thousandth of the span of the labels for a table, 1e-5 of it for integers
    #[arg(long, value_parser = positive, value_delimiter = ',', value_name = "E", requires = "fixed", allow_hyphen_values = true)]
    pub max_error: Vec<f64>,
}
