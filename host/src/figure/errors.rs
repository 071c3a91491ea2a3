//! Panel (b): test error against width, median and 10 % to 90 % of the draws.

use std::ops::Range;

use plotters::chart::SeriesLabelPosition;
use plotters::coord::combinators::BindKeyPoints;
use plotters::prelude::*;

use super::clip::pieces;
use super::{Area, DASH, Drawn, NETWORKS, NTK, dashed_key, legend, line_key, panel, ticks};
use crate::statistics::quantile;
use crate::sweep::{Rows, Width, test_errors, widths};

/// Length and gap of the dots at k = n.
const DOTS: (u32, u32) = (6, 10);

/// Three quantiles of the test error; NaN where a run diverged or the axis has no place for the value.
#[derive(Clone, Copy)]
struct Spread {
    draws: usize,
    low: f64,
    median: f64,
    high: f64,
}

impl Spread {
    fn of(rows: &Rows, width: Width) -> Self {
        let errors = test_errors(rows, width);
        let at = |q| Some(quantile(&errors, q)).filter(|v| v.is_finite() && *v > 0.0).unwrap_or(f64::NAN);
        Self { draws: errors.len(), low: at(0.1), median: at(0.5), high: at(0.9) }
    }

    fn is_drawn(&self) -> bool {
        !self.low.is_nan()
    }

    /// The largest value that is one.
    fn top(&self) -> f64 {
        self.low.max(self.median).max(self.high)
    }

    /// Lower and upper end of the band; above a run that diverged there is no end.
    fn band(&self, ceiling: f64) -> (f64, f64) {
        (self.low, if self.high.is_nan() { ceiling } else { self.high })
    }
}

pub(super) fn draw(area: &Area<'_>, rows: &Rows, samples: usize) -> Drawn {
    let networks: Vec<(f64, Spread)> =
        widths(rows).into_iter().map(|k| (k as f64, Spread::of(rows, Width::Finite(k)))).collect();
    let ntk = Some(Spread::of(rows, Width::Infinite)).filter(Spread::is_drawn);
    let x = horizontal(networks.iter().map(|(k, _)| *k));
    let y = vertical(&networks, ntk, (x.start * x.end).sqrt());
    let mut chart = panel(
        area,
        "(b) test error",
        (x.clone().log_scale().with_key_points(ticks::powers_of_two(&x)), "width k"),
        (y.clone().log_scale().with_key_points(ticks::logarithmic(&y)), "test MSE"),
    )?;

    for run in networks.split(|(_, spread)| !spread.is_drawn()) {
        let bands = run.iter().map(|(k, spread)| (*k, spread.band(y.end)));
        if let [(k, spread)] = run {
            let (low, high) = spread.band(y.end);
            let bar = PathElement::new([(*k, low), (*k, high)], NETWORKS.mix(0.25).stroke_width(20));
            chart.draw_series([bar])?;
        } else if !run.is_empty() {
            let back = bands.clone().rev().map(|(k, (low, _))| (k, low));
            let outline: Vec<_> = bands.map(|(k, (_, high))| (k, high)).chain(back).collect();
            chart.draw_series([Polygon::new(outline, NETWORKS.mix(0.18).filled())])?;
        }
    }
    if let Some((low, high)) = ntk.map(|spread| spread.band(y.end)) {
        let corners = [(x.start, low), (x.end, low), (x.end, high), (x.start, high)];
        chart.draw_series([Polygon::new(corners, NTK.mix(0.13).filled())])?;
    }
    if networks.iter().any(|(_, spread)| spread.is_drawn()) {
        let medians = || networks.iter().map(|(k, spread)| (*k, spread.median));
        let lines = pieces(medians(), &y).into_iter();
        chart
            .draw_series(lines.map(|piece| PathElement::new(piece, NETWORKS.stroke_width(6))))?
            .label(label("networks", networks.iter().map(|(_, spread)| spread.draws).max().unwrap_or(0)))
            .legend(|at| line_key(at, NETWORKS));
        let dots = medians().filter(|(_, median)| !median.is_nan());
        chart.draw_series(dots.map(|p| Circle::new(p, 10, NETWORKS.filled())))?;
    }
    if let Some(Spread { draws, median, .. }) = ntk.filter(|spread| !spread.median.is_nan()) {
        let (ends, style) = ([(x.start, median), (x.end, median)], NTK.stroke_width(6));
        chart
            .draw_series(DashedLineSeries::new(ends, DASH.0, DASH.1, style))?
            .label(label("NTK", draws))
            .legend(move |at| dashed_key(at, DASH, style));
    }
    let threshold = samples as f64;
    if x.contains(&threshold) {
        let (ends, style) = ([(threshold, y.start), (threshold, y.end)], BLACK.mix(0.6).stroke_width(3));
        chart
            .draw_series(DashedLineSeries::new(ends, DOTS.0, DOTS.1, style))?
            .label(format!("k = n = {samples}"))
            .legend(move |at| dashed_key(at, DOTS, style));
    }
    legend(&mut chart, SeriesLabelPosition::UpperRight)
}

/// Most widths of a part of a sweep may have one draw though there are several.
fn label(name: &str, draws: usize) -> String {
    match draws {
        1 => format!("{name}, one draw"),
        _ => format!("{name}, {draws} draws: median, 10\u{2013}90 %"),
    }
}

/// The widths and some room, a factor of 8 at least.
fn horizontal(widths: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = widths.fold((f64::INFINITY, 0.0f64), |(low, high), k| (low.min(k), high.max(k)));
    let (low, high) = if low <= high { (low / 1.2, high * 1.2) } else { (1.0, 1024.0) };
    let widen = (8.0 * low / high).max(1.0).sqrt();
    low / widen..high * widen
}

/// All values and some room: 6 % below, 5 % above, and 27 % for the legend above what stands in the right half; a factor
/// of 4 at least.
fn vertical(networks: &[(f64, Spread)], ntk: Option<Spread>, middle: f64) -> Range<f64> {
    let all =
        || networks.iter().map(|(k, spread)| (*k >= middle, spread)).chain(ntk.iter().map(|s| (true, s)));
    let low = all().fold(f64::INFINITY, |low, (_, spread)| low.min(spread.low)).ln();
    let top = all().fold(0.0f64, |top, (_, spread)| top.max(spread.top())).ln();
    let right = all().filter(|(right, _)| *right).fold(0.0f64, |top, (_, spread)| top.max(spread.top())).ln();
    if !(low <= top) {
        return 0.01..10.0;
    }
    let height = ((top - low) / 0.89).max((right - low) / 0.67).max(4f64.ln());
    let bottom = low - 0.06 * height;
    bottom.max(-700.0).exp()..(bottom + height).min(700.0).exp()
}
