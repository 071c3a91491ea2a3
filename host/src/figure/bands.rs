//! A quantity against width: median, quartiles and 10 % to 90 % of the draws.

use std::ops::Range;

use plotters::chart::SeriesLabelPosition;
use plotters::coord::combinators::BindKeyPoints;
use plotters::element::DashedPathElement;
use plotters::prelude::*;

use super::clip::pieces;
use super::{Area, DASH, Drawn, Mark, NTK, dashed_key, legend, line_key, panel, ticks, value};
use crate::error::counted;
use crate::statistics::Spread;

/// Length and gap of the dots at k = n.
const DOTS: (u32, u32) = (6, 10);

/// One quantity of networks.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) colour: RGBColor,
    /// The distributions by width, ascending.
    pub(super) values: Vec<(usize, Spread)>,
    /// A straight line through it, c k^slope as (c, slope).
    pub(super) law: Option<(f64, f64)>,
}

/// A panel.
pub(super) struct Bands<'p> {
    pub(super) caption: &'p str,
    pub(super) y_name: &'p str,
    pub(super) series: Vec<Series>,
    /// The NTK, the same at all widths.
    pub(super) level: Option<Spread>,
    /// One draw alone, with its name.
    pub(super) single: Option<(String, Vec<(f64, f64)>)>,
    /// The number of samples, where networks become able to fit.
    pub(super) samples: usize,
}

/// Quantiles as they are drawn: NaN where a run diverged or the axis has no place for the value.
#[derive(Clone, Copy)]
struct Shown {
    q: [f64; 5],
}

impl Shown {
    fn of(spread: &Spread) -> Self {
        Self { q: spread.quantiles.map(|v| if v.is_finite() && v > 0.0 { v } else { f64::NAN }) }
    }

    fn is_drawn(&self) -> bool {
        !self.q[0].is_nan()
    }

    /// Returns the largest value that is one.
    fn top(&self) -> f64 {
        self.q.iter().copied().fold(f64::NAN, f64::max)
    }

    /// Returns the two ends of 10 % to 90 %, or of the quartiles; above a run that diverged there is no end.
    fn band(&self, inset: usize, ceiling: f64) -> (f64, f64) {
        let end = |v: f64| if v.is_nan() { ceiling } else { v };
        (end(self.q[inset]), end(self.q[4 - inset]))
    }
}

pub(super) fn draw(area: &Area<'_>, bands: &Bands<'_>) -> Drawn {
    let series: Vec<(&Series, Vec<(f64, Shown)>)> = bands
        .series
        .iter()
        .map(|s| (s, s.values.iter().map(|(k, spread)| (*k as f64, Shown::of(spread))).collect()))
        .collect();
    let level = bands.level.as_ref().map(Shown::of).filter(Shown::is_drawn);
    let x = horizontal(series.iter().flat_map(|(_, values)| values.iter().map(|(k, _)| *k)));
    let y = vertical(&series, level, bands.single.as_ref(), legend_start(bands, &x));
    let mut chart = panel(
        area,
        bands.caption,
        (x.clone().log_scale().with_key_points(ticks::powers_of_two(&x)), "width k"),
        (y.clone().log_scale().with_key_points(ticks::logarithmic(&y)), bands.y_name),
    )?;
    let mut marks = Vec::new();

    for ((s, values), inset) in series.iter().flat_map(|one| [(one, 0), (one, 1)]) {
        for run in values.split(|(_, shown)| !shown.is_drawn()) {
            let ends = run.iter().map(|(k, shown)| (*k, shown.band(inset, y.end)));
            if let [(k, shown)] = run {
                let (low, high) = shown.band(inset, y.end);
                let bar = PathElement::new([(*k, low), (*k, high)], s.colour.mix(0.2).stroke_width(20));
                chart.draw_series([bar])?;
            } else if !run.is_empty() {
                let back = ends.clone().rev().map(|(k, (low, _))| (k, low));
                let outline: Vec<_> = ends.map(|(k, (_, high))| (k, high)).chain(back).collect();
                chart.draw_series([Polygon::new(outline, s.colour.mix(0.16).filled())])?;
            }
        }
    }
    if let Some(level) = level {
        for inset in [0, 1] {
            let (low, high) = level.band(inset, y.end);
            let corners = [(x.start, low), (x.end, low), (x.end, high), (x.start, high)];
            chart.draw_series([Polygon::new(corners, NTK.mix(0.1).filled())])?;
        }
    }
    if let Some((name, line)) = &bands.single {
        let style = BLACK.mix(0.7).stroke_width(3);
        let drawn = pieces(line.iter().copied(), &y).into_iter();
        chart
            .draw_series(drawn.map(|piece| PathElement::new(piece, style)))?
            .label(name.clone())
            .legend(move |at| line_key(at, style));
    }
    for (s, values) in series.iter().filter(|(_, values)| values.iter().any(|(_, shown)| shown.is_drawn())) {
        let medians = || values.iter().map(|(k, shown)| (*k, shown.q[2]));
        let (lines, style) = (pieces(medians(), &y).into_iter(), s.colour.stroke_width(6));
        chart
            .draw_series(lines.map(|piece| PathElement::new(piece, style)))?
            .label(s.name.clone())
            .legend(move |at| line_key(at, style));
        let dots = || medians().filter(|(_, median)| !median.is_nan());
        chart.draw_series(dots().map(|p| Circle::new(p, 10, s.colour.filled())))?;
        for ((k, spread), p) in s.values.iter().zip(medians()).filter(|(_, (_, median))| !median.is_nan()) {
            marks.push(Mark { at: chart.backend_coord(&p), text: said(&format!("k = {k}"), spread) });
        }
        if let Some((c, slope)) = s.law {
            let style = s.colour.stroke_width(3);
            let ends = [bands.samples as f64, x.end].map(|k| (k, c * k.powf(slope)));
            let dashes = pieces(ends, &y).into_iter();
            chart.draw_series(dashes.map(|piece| DashedPathElement::new(piece, DOTS.0, DOTS.1, style)))?;
        }
    }
    if let (Some(shown), Some(spread)) = (level.filter(|shown| !shown.q[2].is_nan()), &bands.level) {
        let (ends, style) = ([(x.start, shown.q[2]), (x.end, shown.q[2])], NTK.stroke_width(6));
        chart
            .draw_series(DashedLineSeries::new(ends, DASH.0, DASH.1, style))?
            .label(over("NTK", spread.draws))
            .legend(move |at| dashed_key(at, DASH, style));
        for k in [x.start, x.end] {
            marks.push(Mark { at: chart.backend_coord(&(k, shown.q[2])), text: said("NTK", spread) });
        }
    }
    let draws =
        bands.series.iter().flat_map(|s| &s.values).map(|(_, spread)| spread.draws).max().unwrap_or(0);
    if draws > 1 {
        let key = |(x, y): (i32, i32)| {
            EmptyElement::at((x, y))
                + Rectangle::new([(0, -16), (52, 16)], BLACK.mix(0.12).filled())
                + Rectangle::new([(0, -8), (52, 8)], BLACK.mix(0.2).filled())
        };
        let none: [PathElement<(f64, f64)>; 0] = [];
        chart.draw_series(none)?.label("quartiles, 10\u{2013}90 %").legend(key);
    }
    let threshold = bands.samples as f64;
    if x.contains(&threshold) {
        let (ends, style) = ([(threshold, y.start), (threshold, y.end)], BLACK.mix(0.6).stroke_width(3));
        chart
            .draw_series(DashedLineSeries::new(ends, DOTS.0, DOTS.1, style))?
            .label(format!("k = n = {}", bands.samples))
            .legend(move |at| dashed_key(at, DOTS, style));
    }
    legend(&mut chart, SeriesLabelPosition::UpperRight)?;
    Ok(marks)
}

/// Returns "networks, 8 draws".
pub(super) fn over(name: &str, draws: usize) -> String {
    if draws == 1 { format!("{name}, one draw") } else { format!("{name}, {}", counted(draws, "draw")) }
}

fn said(what: &str, spread: &Spread) -> String {
    let [a, b, c, d, e] = spread.quantiles.map(value);
    match spread.draws {
        1 => format!("{what}: {c}"),
        draws => {
            format!("{what}: median {c}, quartiles {b} to {d}, 10\u{2013}90 % {a} to {e}, {draws} draws")
        }
    }
}

/// Returns where the legend begins, from the length of its longest line.
fn legend_start(bands: &Bands<'_>, x: &Range<f64>) -> f64 {
    let names = bands.series.iter().map(|s| s.name.chars().count());
    let part = names.fold(20, usize::max) as f64 * 0.022 + 0.14;
    x.end * (x.start / x.end).powf(part.min(1.0))
}

/// Returns the widths and some room, a factor of 8 at least.
fn horizontal(widths: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = widths.fold((f64::INFINITY, 0.0f64), |(low, high), k| (low.min(k), high.max(k)));
    let (low, high) = if low <= high { (low / 1.2, high * 1.2) } else { (1.0, 1024.0) };
    let widen = (8.0 * low / high).max(1.0).sqrt();
    low / widen..high * widen
}

/// Returns all values and some room: 6 % below, 5 % above, and for the legend above what stands below it as
/// much as its lines need; a factor of 4 at least.
fn vertical(
    series: &[(&Series, Vec<(f64, Shown)>)],
    level: Option<Shown>,
    single: Option<&(String, Vec<(f64, f64)>)>,
    legend: f64,
) -> Range<f64> {
    let single = || {
        let points = single.into_iter().flat_map(|(_, line)| line);
        points.filter(|(_, v)| *v > 0.0 && v.is_finite()).map(|(k, v)| (*k >= legend, Shown { q: [*v; 5] }))
    };
    let all = || {
        let values = series.iter().flat_map(|(_, values)| values);
        let values = values.map(|(k, shown)| (*k >= legend, *shown));
        values.chain(level.iter().map(|shown| (true, *shown))).chain(single())
    };
    let lines = series.len() + usize::from(level.is_some()) + usize::from(single().next().is_some()) + 2;
    let room = (0.065 * lines as f64 + 0.03).min(0.5);
    let low = all().fold(f64::INFINITY, |low, (_, shown)| low.min(shown.q[0])).ln();
    let top = all().fold(0.0f64, |top, (_, shown)| top.max(shown.top())).ln();
    let right = all().filter(|(right, _)| *right).fold(0.0f64, |top, (_, shown)| top.max(shown.top())).ln();
    if !(low <= top) {
        return 0.01..10.0;
    }
    let height = ((top - low) / 0.89).max((right - low) / (0.94 - room)).max(4f64.ln());
    let bottom = low - 0.06 * height;
    bottom.max(-700.0).exp()..(bottom + height).min(700.0).exp()
}
