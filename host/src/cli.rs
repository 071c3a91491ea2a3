//! The command line: names, defaults and ranges of all options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::activation::Named;

mod values;

pub use values::{Aim, Engine, Kind, Language, LiftName, Precision, Ridge, Scale, Shard, Tune};
use values::{activation, claim, jobs, non_negative, positive, ridge, samples, seeds, shard, time, width};

/// Neural tangent kernels of one-hidden-layer networks: the lecture's experiment, and each of its parts
#[derive(Debug, Parser)]
#[command(
    name = "ntk",
    version,
    after_help = "Files are CSV with a header row. Results go to standard output or to the files named; progress, \
                  warnings and errors to standard error. Exit code 0: done; 1: it could not be done; 2: wrong usage."
)]
pub struct Cli {
    /// What to do; without it, help is printed.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Example 3: train networks of many widths, compare them with the NTK, draw Figure 1
    Sweep(SweepArgs),
    /// Join the shards of a sweep that were run in folders of their own
    Merge(MergeArgs),
    /// A sweep as one web page: figures with hover values, their data, tables, and the claims ledger
    Report(ReportArgs),
    /// The claims ledger: what the lecture states against what is measured, exit code 1 if a claim fails
    Verify(VerifyArgs),
    /// Gram matrix of the infinitely wide network: NTK or NNGP, any activation and depth
    Kernel(KernelArgs),
    /// The activations: names, formulas and what is known of their kernels
    Activations,
    /// Output f of a network at each input
    Network(NetworkArgs),
    /// NTK of a network of finite width, rows and columns by sample, then by output
    Empirical(EmpiricalArgs),
    /// Eigenvalues of the Hessian of f in the weights
    Hessian(HessianArgs),
    /// Gradient descent on all layers, step by step
    Train(TrainArgs),
    /// Kernel regression: fit a model to samples and save it
    Fit(FitArgs),
    /// Predictions of a saved model, with standard deviations
    Predict(PredictArgs),
    /// A saved model for a device: Rust or C source with its predict function, or a file for flash
    Export(ExportArgs),
}

/// Options of `ntk sweep`.
#[derive(Args, Debug)]
pub struct SweepArgs {
    /// Widths, separated by commas; the NTK (width inf) is always included. `lecture` stands for those of Figure 1: 1 to 10,
    /// 15, 20, 32, 64, 128, 256, 512, 1024
    #[arg(long, value_delimiter = ',', value_parser = width, value_name = "LIST", default_value = "lecture")]
    pub widths: Vec<Vec<usize>>,
    /// How many draws of data and weights: seeds 0 to N - 1
    #[arg(long, default_value_t = 8, value_parser = seeds, value_name = "N")]
    pub seeds: u64,
    /// One draw only, that of this seed
    #[arg(long, conflicts_with = "seeds", value_name = "S")]
    pub seed: Option<u64>,
    /// Training samples, uniform on (-1, 1)
    #[arg(long, default_value_t = 15, value_parser = samples, value_name = "N")]
    pub samples: usize,
    /// How the scalar x becomes the network's input
    #[arg(long, value_enum, default_value_t = LiftName::Circle)]
    pub lift: LiftName,
    /// The training engine
    #[arg(long, value_enum, default_value_t = Engine::Exact)]
    pub engine: Engine,
    /// Learning rate of gradient descent on 1/2 sum (y - f)^2
    #[arg(long, default_value_t = 0.01, value_parser = positive, allow_negative_numbers = true, value_name = "E")]
    pub learning_rate: f64,
    /// Networks with as many units as samples, or more, train until their mean squared error is below this
    #[arg(long, default_value_t = 2e-3, value_parser = positive, allow_negative_numbers = true, value_name = "T")]
    pub target_mse: f64,
    /// Networks with fewer units train until more than this many steps in a row have not lowered their best loss
    #[arg(long, default_value_t = 50, value_name = "P")]
    pub patience: u32,
    /// Most steps of any run
    #[arg(long, default_value_t = 1_000_000, value_name = "M")]
    pub max_steps: u32,
    /// Threads; default: one for each processor
    #[arg(long, value_parser = jobs, value_name = "J")]
    pub jobs: Option<usize>,
    /// Do only part I of N of the work, I from 1 to N; give all parts the same options. Parts done one after the
    /// other in one folder add up; those in folders of their own are joined by `ntk merge`
    #[arg(long, value_parser = shard, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Folder for sweep.csv, curves.csv, quantiles.csv, sentences.csv, figure1.svg, figure1.png, figure2.svg and figure2.png; a sweep already there goes on where it stopped
    #[arg(long, default_value = "out", value_name = "DIR")]
    pub out: PathBuf,
}

/// Options of `ntk merge`.
#[derive(Args, Debug)]
pub struct MergeArgs {
    /// Folders of shards of one sweep, all of them: no row may be missing or be there twice
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Folder for the whole sweep, the same bytes as if it had not been divided
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Options of `ntk report`.
#[derive(Args, Debug)]
pub struct ReportArgs {
    /// Folder of a finished sweep
    #[arg(long, default_value = "out", value_name = "DIR")]
    pub sweep: PathBuf,
    /// A claims ledger, as `ntk verify --json FILE` writes it; without it the page has none
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// Write the page here; it needs no other file and no network
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Options of `ntk verify`.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// Claims to check, separated by commas, C1 to C17; default: all
    #[arg(long, value_delimiter = ',', value_parser = claim, value_name = "LIST")]
    pub only: Vec<&'static str>,
    /// Fewer draws and narrower networks: seconds instead of a minute
    #[arg(long)]
    pub quick: bool,
    /// Seed of everything that is drawn
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..1 << 32), value_name = "S")]
    pub seed: u64,
    /// Threads; default: one for each processor. The results do not depend on it
    #[arg(long, value_parser = jobs, value_name = "J")]
    pub jobs: Option<usize>,
    /// Write the rows and the numbers behind them here
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

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
    /// Entries with the bits that `ntk fit` takes, for the NTK of relu and leaky-relu: to an ulp where its terms cancel, at 30
    /// to 60 times the cost; default: to 2.5 u sqrt(K(x,x) K(y,y)) with one hidden layer, u = 2^-53 (f64) or 2^-24 (f32).
    /// Other kernels have these bits anyway
    #[arg(long)]
    pub core_bits: bool,
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
    /// The activation: relu, leaky-relu:SLOPE, abs, step, erf, gelu, sin, cos, exp, gaussian, identity, quadratic, tanh,
    /// sigmoid, softplus or silu; `ntk activations` has their formulas
    #[arg(long, value_parser = activation, default_value_t = Named::Relu, value_name = "A")]
    pub activation: Named,
    /// Number of hidden layers
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..), value_name = "L")]
    pub depth: u16,
    /// Variance of the weights
    #[arg(long, default_value_t = 1.0, value_parser = positive, allow_negative_numbers = true, value_name = "V")]
    pub weight_variance: f64,
    /// Variance of the biases
    #[arg(long, default_value_t = 0.0, value_parser = non_negative, allow_negative_numbers = true, value_name = "V")]
    pub bias_variance: f64,
}

/// Options of `ntk network`.
#[derive(Args, Debug)]
pub struct NetworkArgs {
    /// Weights, columns a,b0,b1,... (or a0,a1,..,b0,..), one row per hidden unit
    #[arg(long, value_name = "FILE")]
    pub weights: PathBuf,
    /// Inputs, columns x0, x1, ...
    #[arg(long, value_name = "FILE")]
    pub x: PathBuf,
    /// The activation: relu, leaky-relu:SLOPE, abs, step, erf, gelu, sin, cos, exp, gaussian, identity, quadratic, tanh,
    /// sigmoid, softplus or silu; `ntk activations` has their formulas
    #[arg(long, value_parser = activation, value_name = "A")]
    pub activation: Named,
}

/// Options of `ntk empirical`.
#[derive(Args, Debug)]
pub struct EmpiricalArgs {
    /// Weights and inputs
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Partners, one column of the matrix each (columns x0, x1, ...); default: the inputs themselves
    #[arg(long, value_name = "FILE")]
    pub y: Option<PathBuf>,
}

/// Options of `ntk hessian`.
#[derive(Args, Debug)]
pub struct HessianArgs {
    /// Weights and inputs
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Print the spectral norm (the largest absolute eigenvalue) only
    #[arg(long)]
    pub norm: bool,
    /// Which output of a network of several, from 0
    #[arg(long, default_value_t = 0, value_name = "O")]
    pub output: usize,
}

/// Options of `ntk train`.
#[derive(Args, Debug)]
pub struct TrainArgs {
    /// Initial weights, columns a,b0,b1,... (or a0,a1,..,b0,..), one row per hidden unit
    #[arg(long, value_name = "FILE")]
    pub weights: PathBuf,
    /// Samples, columns x0, x1, ... and y (or y0, y1, ...)
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// The activation: relu, leaky-relu:SLOPE, abs, step, erf, gelu, sin, cos, exp, gaussian, identity, quadratic, tanh,
    /// sigmoid, softplus or silu; `ntk activations` has their formulas
    #[arg(long, value_parser = activation, value_name = "A")]
    pub activation: Named,
    /// Learning rate of gradient descent on 1/2 sum (y - f)^2
    #[arg(long, value_parser = positive, allow_negative_numbers = true, value_name = "E")]
    pub learning_rate: f64,
    /// Most steps to take
    #[arg(long, value_name = "N")]
    pub steps: u32,
    /// Print every M-th step; the last one is always printed
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), value_name = "M")]
    pub every: u32,
    /// The training engine
    #[arg(long, value_enum, default_value_t = Engine::Plain)]
    pub engine: Engine,
    /// Stop when the mean squared error on the samples is below this
    #[arg(long, value_parser = positive, allow_negative_numbers = true, value_name = "T")]
    pub target_mse: Option<f64>,
    /// Stop when more than this many steps in a row have not lowered the best loss
    #[arg(long, value_name = "P")]
    pub patience: Option<u32>,
    /// Write the trained weights here; then all steps are taken even if nobody reads them
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
}

/// Options of `ntk fit`.
#[derive(Args, Debug)]
pub struct FitArgs {
    /// Samples, columns x0, x1, ... and y (or y0, y1, ...)
    #[arg(long, value_name = "FILE")]
    pub train: PathBuf,
    /// Which kernel
    #[command(flatten)]
    pub kernel: KernelChoice,
    /// Variance of the noise in y, added to the kernel's diagonal: in units of y squared, or with --scale standard in
    /// those of the scaled y squared. auto: the one that is best by --criterion
    #[arg(long, default_value = "0", value_parser = ridge, allow_negative_numbers = true, value_name = "R|auto")]
    pub ridge: Ridge,
    /// Search the ridge together with these variances of the kernel, starting from the ones given (a bias variance of 0
    /// starts at the weight variance)
    #[arg(long, value_enum, conflicts_with = "ridge", value_name = "WHICH")]
    pub tune: Option<Tune>,
    /// What --ridge auto and --tune make as good as possible
    #[arg(long, value_enum, default_value_t = Aim::LeaveOneOut)]
    pub criterion: Aim,
    /// Scaling of inputs and targets inside the model; results stay in the units of the file
    #[arg(long, value_enum, default_value_t = Scale::None)]
    pub scale: Scale,
    /// Write the leave-one-out predictions here, columns loo_mean,loo_std (numbered if there are several targets)
    #[arg(long, value_name = "FILE")]
    pub loo: Option<PathBuf>,
    /// Write the model here, for `ntk predict`
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
}

/// Options of `ntk export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// A model written by `ntk fit`
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
    /// What to write. As source: relu, leaky-relu, abs, step, erf, gelu, gaussian, identity and quadratic, of any depth; as a file: all
    #[arg(long, value_enum)]
    pub lang: Language,
    /// Folder to write to, made if it is not there
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Arithmetic of the device
    #[arg(long, value_enum, default_value_t = Precision::F64)]
    pub precision: Precision,
    /// Means alone, without standard deviations: leaves out n (n + 1) / 2 numbers of n samples
    #[arg(long)]
    pub means: bool,
}

/// Options of `ntk predict`.
#[derive(Args, Debug)]
pub struct PredictArgs {
    /// A model written by `ntk fit`
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
    /// Inputs, columns x0, x1, ...; other columns are passed over
    #[arg(long, value_name = "FILE")]
    pub x: PathBuf,
    /// Standard deviations of new observations (ridge included) instead of those of the function itself
    #[arg(long)]
    pub noise: bool,
    /// Predict what infinitely wide networks give that were trained for this time and no longer: gradient flow
    /// dw/dt = -dL/dw on L = 1/2 sum (y - f)^2, in units of 1/eigenvalue of the kernel; gradient descent takes
    /// T / learning rate steps for it. std is that over networks, each from its own random weights. The ridge plays no
    /// part; inputs and targets are scaled as the model says. 0: not trained; inf: to the end
    #[arg(long, value_parser = time, allow_negative_numbers = true, value_name = "T", conflicts_with = "noise")]
    pub time: Option<f64>,
}
