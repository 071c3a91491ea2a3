//! `ntk verify`: checks the claims of the lecture.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::VerifyArgs;
use crate::error::Failure;
use crate::files::output;
use crate::threads;
use crate::verify::{self, Options, Power, Row};

pub(super) fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let options = Options { only: args.only.clone(), quick: args.quick, seed: args.seed, error: args.error };
    let pool = threads::pool(args.jobs)?;
    let claims = options.claims().count() as u64;
    if let Some(runs) = args.repeat {
        let bar = progress(claims * runs as u64 * if args.error == 0.0 { 1 } else { 2 });
        let rows = pool.install(|| verify::repeat(&options, runs, || bar.inc(1)));
        bar.finish_and_clear();
        let rows = rows?;
        output::print(verify::powers(&rows, args.error).as_bytes())?;
        return repeated(&rows);
    }
    let bar = progress(claims);
    let rows = pool.install(|| verify::run(&options, || bar.inc(1)));
    bar.finish_and_clear();
    let rows = rows?;
    if let Some(path) = &args.json {
        output::replace_file(path, verify::json(&rows, &options)?.as_bytes())?;
    }
    output::print(verify::text(&rows).as_bytes())?;
    verdict(&rows)
}

/// Returns a bar on a terminal, nothing elsewhere.
fn progress(claims: u64) -> ProgressBar {
    let bar = ProgressBar::new(claims);
    bar.enable_steady_tick(Duration::from_millis(250));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} claims, {elapsed} so far");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

/// Fails with the claims that fail.
fn verdict(rows: &[Row]) -> Result<(), Failure> {
    let mut failed: Vec<&str> = rows.iter().filter(|row| row.fails()).map(|row| row.id).collect();
    failed.dedup();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "not confirmed: {}; see the rows marked FAILS, and try another --seed: one run in 1,000 misses by chance",
        failed.join(", ")
    )))
}

/// Fails with the claims that have failed more than once: one may be chance.
fn repeated(rows: &[Power]) -> Result<(), Failure> {
    let mut failed: Vec<&str> = rows.iter().filter(|row| row.failures > 1).map(|row| row.id).collect();
    failed.dedup();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("not confirmed, failed for more than one seed: {}", failed.join(", "))))
}
