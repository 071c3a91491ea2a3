//! `ntk sweep`: Example 3 and Figure 1.

use std::io::{BufWriter, Write, stdout};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{LiftName, SweepArgs};
use crate::error::{Failure, counted, remark};
use crate::example3::{Draw, Settings};
use crate::figure;
use crate::statistics::{median, quantile};
use crate::sweep::{Curves, Measured, Rows, Store, Width, keys, test_errors, widths};

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
    let mut store = Store::open(&args.out, &settings)?;
    let keys = keys(&seeds, &args.widths, args.shard);
    let missing = keys.iter().filter(|key| !store.rows.contains_key(key)).count();
    let bar = progress(missing as u64);
    let result = store.complete(&keys, args.jobs, || bar.inc(1));
    bar.finish_and_clear();
    result?;
    let curves = Curves::of(&args.out, seeds[0], &settings)?;
    figure::write(&args.out, &store.rows, &curves)?;

    let mut out = BufWriter::new(stdout().lock());
    table(&mut out, &settings, &store.rows)?;
    if let Some(found) = found(&settings, &store.rows) {
        writeln!(out, "\nFound: {found}.")?;
    }
    if settings.lift == LiftName::Raw {
        writeln!(out, "{}", why_raw_cannot_fit(&seeds, &settings)?)?;
    }
    let folder = args.out.display();
    writeln!(
        out,
        "\nWritten: {folder}/sweep.csv, {folder}/curves.csv, {folder}/figure1.svg, {folder}/figure1.png"
    )?;
    out.flush()?;
    warn_of_divergence(&store.rows);
    Ok(())
}

/// On a terminal a bar with rate and time left; elsewhere nothing.
fn progress(tasks: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {elapsed} so far, {eta} left");
    let bar = ProgressBar::new(tasks);
    bar.enable_steady_tick(Duration::from_millis(250));
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

fn table(out: &mut impl Write, settings: &Settings, rows: &Rows) -> Result<(), Failure> {
    let mut seeds: Vec<u64> = rows.keys().map(|(seed, _)| *seed).collect();
    seeds.dedup();
    let (samples, draws) = (counted(settings.samples, "sample"), counted(seeds.len(), "draw"));
    writeln!(
        out,
        "Example 3: {} lift, {samples}, {draws}, learning rate {}; medians, and 10 % .. 90 % of the draws\n",
        settings.lift, settings.learning_rate
    )?;
    writeln!(
        out,
        "{:>7} {:>9} {:>10} {:>9}   {:<18}  stopped by",
        "width", "steps", "train MSE", "test MSE", ""
    )?;
    let all = widths(rows).into_iter().map(Width::Finite).chain([Width::Infinite]);
    for width in all {
        let of_width: Vec<&Measured> =
            rows.iter().filter(|((_, w), _)| *w == width).map(|(_, m)| m).collect();
        if of_width.is_empty() {
            continue; // a shard may have no row of the NTK
        }
        let column = |f: &dyn Fn(&Measured) -> f64| of_width.iter().map(|m| f(m)).collect::<Vec<_>>();
        let (test, train) = (column(&|m| m.test_mse), column(&|m| m.train_mse));
        writeln!(
            out,
            "{:>7} {:>9.0} {:>10.2e} {:>9.3}   {:>7.3} .. {:<7.3}  {}",
            width.to_string(),
            median(&column(&|m| f64::from(m.steps))),
            median(&train),
            median(&test),
            quantile(&test, 0.1),
            quantile(&test, 0.9),
            reasons(&of_width)
        )?;
    }
    Ok(())
}

/// "target 7, max-steps 1": how the runs of one width ended.
fn reasons(rows: &[&Measured]) -> String {
    let mut names: Vec<&str> = rows.iter().map(|m| m.stop.as_str()).collect();
    names.sort_unstable();
    let groups = names.chunk_by(|a, b| a == b).map(|group| format!("{} {}", group[0], group.len()));
    groups.collect::<Vec<_>>().join(", ")
}

/// What was found, in one sentence: the two sides of width = samples, and the NTK.
fn found(settings: &Settings, rows: &Rows) -> Option<String> {
    let at = |k: usize| median(&test_errors(rows, Width::Finite(k)));
    let (narrow, wide): (Vec<usize>, Vec<usize>) = widths(rows).iter().partition(|&&k| k < settings.samples);
    let mut parts = Vec::new();
    if let (Some(&first), Some(&last)) = (wide.first(), wide.last())
        && first < last
    {
        let verb = if at(last) < at(first) { "falls" } else { "does not fall" };
        parts.push(format!(
            "from width {first} to {last} the median test MSE {verb} ({:.3} to {:.3})",
            at(first),
            at(last)
        ));
        if let Some(&least) =
            narrow.iter().filter(|k| !at(**k).is_nan()).min_by(|a, b| at(**a).total_cmp(&at(**b)))
        {
            let verb = if at(least) < at(first) { "rises" } else { "does not rise" };
            parts.push(format!(
                "from its least value below ({:.3} at width {least}) it {verb} towards width {first}",
                at(least)
            ));
        }
    }
    let seeds: Vec<u64> = rows.keys().filter(|(_, w)| *w == Width::Infinite).map(|(seed, _)| *seed).collect();
    if !seeds.is_empty() {
        let lowest = seeds.iter().filter(|&&seed| kernel_is_best(rows, seed)).count();
        let ntk = median(&test_errors(rows, Width::Infinite));
        let draws = counted(seeds.len(), "draw");
        parts.push(format!("the NTK has {ntk:.3} and is the best predictor in {lowest} of {draws}"));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn kernel_is_best(rows: &Rows, seed: u64) -> bool {
    let of_seed = || rows.iter().filter(move |((s, _), _)| *s == seed);
    let least = of_seed().map(|(_, m)| m.test_mse).fold(f64::INFINITY, f64::min);
    of_seed().any(|((_, width), m)| *width == Width::Infinite && m.test_mse == least)
}

fn why_raw_cannot_fit(seeds: &[u64], settings: &Settings) -> Result<String, Failure> {
    let floors = seeds.iter().map(|&seed| Ok(Draw::new(seed, settings)?.two_slope_floor()));
    let floor = median(&floors.collect::<Result<Vec<_>, Failure>>()?);
    Ok(format!(
        "No width can fit with the raw lift: a ReLU network of a scalar without biases is c+ x for x > 0 and c- x for x < 0, \
         whatever its width, and the best two slopes leave a training MSE of {floor:.3} (median), not {:e}. \
         A second coordinate mends it: --lift circle, sphere or bias.",
        settings.target_mse
    ))
}

fn warn_of_divergence(rows: &Rows) {
    let diverged = rows.values().filter(|m| m.stop == "diverged").count();
    if diverged > 0 {
        let runs = counted(diverged, "run");
        remark(format_args!(
            "warning: {runs} diverged; choose a smaller --learning-rate (and another --out)"
        ));
    }
}
