//! Panel (a): g and the samples.

use plotters::chart::SeriesLabelPosition;
use plotters::prelude::*;

use super::{Area, Drawn, Mark, SAMPLES, dot, legend, line_key, panel, value};
use crate::error::counted;
use crate::experiment::example3::{test_points, truth};

pub(super) fn draw(area: &Area<'_>, samples: &[(f64, f64)]) -> Drawn {
    let mut chart = panel(area, "(a) the data", (-1.05..1.05, "x"), (-2.4..2.4, "y"))?;
    let g = LineSeries::new(test_points().map(|x| (x, truth(x))), BLACK.stroke_width(4));
    chart.draw_series(g)?.label("g(x) = x + sin 10x").legend(|at| line_key(at, BLACK.stroke_width(6)));
    chart.draw_series(samples.iter().flat_map(|&p| dot(p)))?.label(counted(samples.len(), "sample")).legend(
        |(x, y)| {
            EmptyElement::at((x + 24, y))
                + Circle::new((0, 0), 12, SAMPLES.filled())
                + Circle::new((0, 0), 12, BLACK.stroke_width(2))
        },
    );
    legend(&mut chart, SeriesLabelPosition::UpperLeft)?;
    let said = |p: &(f64, f64)| format!("x = {}, y = {}", value(p.0), value(p.1));
    Ok(samples.iter().map(|p| Mark { at: chart.backend_coord(p), text: said(p) }).collect())
}
