//! `ntk sweep`: runs Example 3 and draws Figure 1. `ntk merge`: joins the parts of a sweep.

use std::io::{BufWriter, Write, stdout};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{MergeArgs, SweepArgs};
use crate::error::Failure;
use crate::experiment::example3::Settings;
use crate::experiment::interrupt::Interrupt;
use crate::figure;
use crate::files::output;
use crate::memory;
use crate::sweep::{
    self, Curves, Measured, Plan, Store, WRITTEN, keys, quantiles_csv, sentences_csv, shares,
};

mod summary;

pub(super) fn run(args: &SweepArgs) -> Result<(), Failure> {
    let settings = Settings {
        lift: args.lift,
        engine: args.engine,
        samples: args.samples,
        learning_rate: args.learning_rate,
        target_mse: args.target_mse,
        patience: args.patience,
        max_steps: args.max_steps,
    };
    let seeds: Vec<u64> = args.seed.map_or_else(|| (0..args.seeds).collect(), |seed| vec![seed]);
    let widths = args.widths.concat();
    let parts = args.shard.map_or(1, |shard| shard.count);
    let most = seeds.len().saturating_mul(widths.len() + 1).div_ceil(parts);
    // The rows are kept as they are, in a map, and as text.
    memory::check::<[Measured; 4]>(most, format_args!("a sweep of {most} rows"))?;
    let keys = keys(&seeds, &widths, args.shard);
    let interrupt = Interrupt::listen()?;
    let mut store = Store::open(&args.out, &settings)?;
    store.extend_plan(&Plan {
        seeds: seeds.iter().copied().collect(),
        widths: widths.iter().copied().collect(),
    })?;
    let missing = keys.iter().filter(|key| !store.rows.contains_key(key)).count();
    let bar = progress(missing as u64);
    let result = store.run_missing(&keys, args.jobs, &interrupt, || bar.inc(1));
    let done = keys.len() - missing + bar.position() as usize;
    bar.finish_and_clear();
    result.and_then(|()| finish(&store, seeds[0], &interrupt)).map_err(|failure| match failure.signal() {
        None => failure,
        Some(signal) => Failure::interrupted(
            signal,
            format!(
                "interrupted: {done} of {} rows are kept in {}; the same command goes on from there",
                keys.len(),
                args.out.join("sweep.csv").display()
            ),
        ),
    })
}

pub(super) fn merge(args: &MergeArgs) -> Result<(), Failure> {
    let store = sweep::merge(&args.folders, &args.out)?;
    let seed = store.plan().seeds.first().copied().unwrap_or(0);
    finish(&store, seed, &Interrupt::default())
}

/// Writes the figure, its data and the table of the rows that are there; the functions are those of one draw.
fn finish(store: &Store, seed: u64, interrupt: &Interrupt) -> Result<(), Failure> {
    let folder = store.folder();
    let curves = Curves::of(folder, seed, store.settings(), interrupt)?;
    figure::write(folder, &store.rows, &curves)?;
    let shares = shares(&store.rows, store.settings());
    output::replace_file(&folder.join("quantiles.csv"), quantiles_csv(&store.rows).as_bytes())?;
    output::replace_file(&folder.join("sentences.csv"), sentences_csv(&shares).as_bytes())?;

    let mut out = BufWriter::new(stdout().lock());
    summary::write(&mut out, store, &shares)?;
    let files: Vec<_> = WRITTEN.iter().map(|file| folder.join(file).display().to_string()).collect();
    let files = files.join(", ");
    writeln!(out, "\nWritten: {files}")?;
    out.flush()?;
    summary::warn_of_divergence(&store.rows);
    Ok(())
}

/// Returns a bar with rate and time left on a terminal, nothing elsewhere.
fn progress(tasks: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {per_sec}, {elapsed} so far, {eta} left");
    let bar = ProgressBar::new(tasks);
    bar.enable_steady_tick(Duration::from_millis(250));
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
