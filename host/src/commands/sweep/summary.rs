//! The summary of a sweep: a row for each width, and the findings.

use std::io::Write;

use crate::error::{Failure, counted, remark};
use crate::experiment::LiftName;
use crate::experiment::example3::{Draw, Settings};
use crate::statistics::{median, quantile};
use crate::sweep::{Measured, Rows, Share, Store, Width, test_errors, widths};

/// Writes the table, what was found, what of the lecture holds, and for the raw lift why it cannot fit.
pub(super) fn write(out: &mut impl Write, store: &Store, shares: &[Share]) -> Result<(), Failure> {
    let (settings, rows) = (store.settings(), &store.rows);
    table(out, settings, rows)?;
    if let Some(found) = found(settings, rows) {
        writeln!(out, "\nFound: {found}.")?;
    }
    sentences(out, shares)?;
    if settings.lift == LiftName::Raw {
        let seeds: Vec<u64> = store.plan().seeds.iter().copied().collect();
        writeln!(out, "{}", why_raw_cannot_fit(&seeds, settings)?)?;
    }
    Ok(())
}

/// Writes what holds of Section 5 of the lecture, sentence by sentence.
fn sentences(out: &mut impl Write, shares: &[Share]) -> Result<(), Failure> {
    if shares.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nSection 5 of the lecture: draws in which a sentence holds, their share with Wilson's 95 % interval\n"
    )?;
    for Share { lecture, checked, holds, draws, interval: (low, high) } in shares {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let (share, low, high) = (percent(*holds as f64 / *draws as f64), percent(*low), percent(*high));
        writeln!(out, "{holds:>5} of {draws:<5} {share:>7}  ({low:>6} .. {high:>7})  {lecture}")?;
        writeln!(out, "{:42}  [{checked}]", "")?;
    }
    Ok(())
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

/// Returns "target 7, max-steps 1": how the runs of one width ended.
fn reasons(rows: &[&Measured]) -> String {
    let mut names: Vec<&str> = rows.iter().map(|m| m.stop.as_str()).collect();
    names.sort_unstable();
    let groups = names.chunk_by(|a, b| a == b).map(|group| format!("{} {}", group[0], group.len()));
    groups.collect::<Vec<_>>().join(", ")
}

/// Returns what was found, in one sentence: the two sides of width = samples, and the NTK.
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

/// Prints one line on standard error.
pub(super) fn warn_of_divergence(rows: &Rows) {
    let diverged = rows.values().filter(|m| m.stop == "diverged").count();
    if diverged > 0 {
        let runs = counted(diverged, "run");
        remark(format_args!(
            "warning: {runs} diverged; choose a smaller --learning-rate (and another --out)"
        ));
    }
}
