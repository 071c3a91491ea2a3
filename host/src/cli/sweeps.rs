//! Options of the commands about Example 3 and the claims ledger: `ntk sweep`, `merge`, `report` and
//! `verify`.

use std::path::PathBuf;

use clap::Args;

use super::values::{claim, jobs, non_negative, positive, repeats, samples, seeds, shard, width};
use crate::experiment::{Engine, LiftName};
use crate::sweep::Shard;

/// Options of `ntk sweep`.
#[derive(Args, Debug)]
pub struct SweepArgs {
    /// Widths, separated by commas; the NTK (width inf) is always included. `lecture` stands for those of
    /// Figure 1: 1 to 10, 15, 20, 32, 64, 128, 256, 512, 1024
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
    /// Networks with fewer units train until more than this many steps in a row have not lowered their best
    /// loss
    #[arg(long, default_value_t = 50, value_name = "P")]
    pub patience: u32,
    /// Largest number of steps of a run
    #[arg(long, default_value_t = 1_000_000, value_name = "M")]
    pub max_steps: u32,
    /// Threads; default: one for each processor
    #[arg(long, value_parser = jobs, value_name = "J")]
    pub jobs: Option<usize>,
    /// Do only part I of N of the work, I from 1 to N; give all parts the same options. Parts done one after
    /// the other in one folder add up; those in folders of their own are joined by `ntk merge`
    #[arg(long, value_parser = shard, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Folder for sweep.csv, curves.csv, quantiles.csv, sentences.csv, figure1.svg and figure2.svg (also as
    /// .png if built with the feature png); an existing sweep resumes where it stopped
    #[arg(long, default_value = "out", value_name = "DIR")]
    pub out: PathBuf,
}

/// Options of `ntk merge`.
#[derive(Args, Debug)]
pub struct MergeArgs {
    /// Folders of all shards of one sweep; no row may be missing or occur twice
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
    /// A claims ledger written by `ntk verify --json FILE`; without it the page has none
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// Write the page here; it needs no other file and no network
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Options of `ntk verify`.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// Claims to check, separated by commas, C1 to C23; default: all
    #[arg(long, value_delimiter = ',', value_parser = claim, value_name = "LIST")]
    pub only: Vec<&'static str>,
    /// Fewer draws and narrower networks: seconds instead of a minute
    #[arg(long)]
    pub quick: bool,
    /// Seed of everything that is drawn
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..1 << 32), value_name = "S")]
    pub seed: u64,
    /// Add this relative error to every formula, for example 0.01: rows that detect it fail
    #[arg(long, default_value_t = 0.0, value_parser = non_negative, value_name = "E")]
    pub error: f64,
    /// Run this many seeds, two or more, and print how often each row fails and how often it passes with
    /// --error
    #[arg(long, value_parser = repeats, conflicts_with = "json", value_name = "N")]
    pub repeat: Option<usize>,
    /// Threads; default: one for each processor. The results do not depend on it
    #[arg(long, value_parser = jobs, value_name = "J")]
    pub jobs: Option<usize>,
    /// Write the rows and the numbers behind them here
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}
