//! Panel (c): the functions learned from one draw.

use plotters::chart::SeriesLabelPosition;
use plotters::element::DashedPathElement;
use plotters::prelude::*;

use super::clip::pieces;
use super::{Area, CURVES, DASH, Drawn, Mark, NTK, dashed_key, dot, legend, line_key, panel, value};
use crate::experiment::example3::{test_points, truth};
use crate::sweep::{Curves, Width};

/// Room for g, whose values are within 1.8 of 0, and for the legend above it.
const SHOWN: std::ops::Range<f64> = -2.4..4.0;

/// Every so many test points have their values shown.
const EVERY: usize = 37;

pub(super) fn draw(area: &Area<'_>, curves: &Curves) -> Drawn {
    let mut chart = panel(area, "(c) learned functions", (-1.05..1.05, "x"), (SHOWN, "f(x)"))?;
    let g = LineSeries::new(test_points().map(|x| (x, truth(x))), BLACK.mix(0.35).stroke_width(12));
    chart.draw_series(g)?.label("g").legend(|at| line_key(at, RGBColor(166, 166, 166).stroke_width(6)));
    let mut marks = Vec::new();
    let mut colours = CURVES.iter().cycle();
    for (width, values) in &curves.learned {
        let drawn = pieces(test_points().zip(values.iter().copied()), &SHOWN).into_iter();
        for (x, f) in test_points().zip(values).step_by(EVERY).filter(|(_, f)| SHOWN.contains(f)) {
            let name = if *width == Width::Infinite { "NTK".to_owned() } else { format!("k = {width}") };
            let text = format!("{name}: f({}) = {}", value(x), value(*f));
            marks.push(Mark { at: chart.backend_coord(&(x, *f)), text });
        }
        match width {
            Width::Finite(k) => {
                let colour = *colours.next().unwrap_or(&BLACK);
                chart
                    .draw_series(drawn.map(|piece| PathElement::new(piece, colour.stroke_width(6))))?
                    .label(format!("k = {k}"))
                    .legend(move |at| line_key(at, colour.stroke_width(6)));
            }
            // Dashed, for a wide network lies below it.
            Width::Infinite => {
                let style = NTK.stroke_width(6);
                let dashes = drawn.map(|piece| DashedPathElement::new(piece, DASH.0, DASH.1, style));
                chart.draw_series(dashes)?.label("NTK").legend(move |at| dashed_key(at, DASH, style));
            }
        }
    }
    chart.draw_series(curves.samples.iter().flat_map(|&p| dot(p)))?;
    legend(&mut chart, SeriesLabelPosition::UpperLeft)?;
    Ok(marks)
}
