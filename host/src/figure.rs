//! Figure 1 of the lecture: (a) the data, (b) test error against width, (c) learned functions; as SVG and PNG.

use std::error::Error;
use std::ops::Range;
use std::path::Path;
use std::sync::Once;

use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::chart::SeriesLabelPosition;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::FontStyle;
use resvg::{tiny_skia, usvg};

use crate::error::Failure;
use crate::example3::{test_points, truth};
use crate::output;
use crate::statistics::quantile;
use crate::sweep::{Rows, Width};

/// What panels (a) and (c) show: one draw and what was learned from it.
#[derive(Clone, Debug)]
pub struct Curves {
    /// The samples.
    pub samples: Vec<(f64, f64)>,
    /// A name and a value for each test point; the NTK's last.
    pub learned: Vec<(String, Vec<f64>)>,
}

// Plotters rounds to whole units, so the drawing is made large and the bitmap half as large.
const SIZE: (u32, u32) = (3600, 1240);
const FONT: &str = "sans-serif";
const TEXT: u32 = 48;

// Okabe and Ito's palette: distinct to colour-blind readers and in grey.
const SAMPLES: RGBColor = RGBColor(240, 228, 66);
const NTK: RGBColor = RGBColor(213, 94, 0);
const NETWORKS: RGBColor = RGBColor(0, 114, 178);
const CURVES: [RGBColor; 3] = [RGBColor(204, 121, 167), RGBColor(0, 158, 115), RGBColor(0, 114, 178)];

type Drawn = Result<(), Box<dyn Error>>;

/// Writes `figure1.svg` and `figure1.png`.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(folder: &Path, rows: &Rows, samples: usize, curves: &Curves) -> Result<(), Failure> {
    static REGISTER: Once = Once::new();
    REGISTER.call_once(|| {
        let _ = plotters::style::register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT);
    });
    let failed = |path: &Path, e: &dyn Error| Failure::new(format!("cannot write {}: {e}", path.display()));
    let (svg, png) = (folder.join("figure1.svg"), folder.join("figure1.png"));
    let mut text = String::new();
    let figure = Figure { rows, samples, curves };
    figure
        .draw(SVGBackend::with_string(&mut text, SIZE).into_drawing_area())
        .map_err(|e| failed(&svg, &*e))?;
    let bitmap = rasterize(&text).map_err(|e| failed(&png, &*e))?;
    output::replace_file(&svg, text.as_bytes())?;
    output::replace_file(&png, &bitmap)
}

/// The same drawing as pixels, with its font, so that both look alike on any machine.
fn rasterize(svg: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut options = usvg::Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_font_data(UBUNTU_LIGHT.to_vec());
    let family = fonts.faces().next().and_then(|face| face.families.first()).map(|(name, _)| name.clone());
    fonts.set_sans_serif_family(family.unwrap_or_default());
    let tree = usvg::Tree::from_str(svg, &options)?;
    let mut pixels = tiny_skia::Pixmap::new(SIZE.0 / 2, SIZE.1 / 2).ok_or("no memory for the picture")?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(0.5, 0.5), &mut pixels.as_mut());
    Ok(pixels.encode_png()?)
}

struct Figure<'f> {
    rows: &'f Rows,
    samples: usize,
    curves: &'f Curves,
}

impl Figure<'_> {
    fn draw<B: DrawingBackend>(&self, area: DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        area.fill(&WHITE)?;
        let panels = area.split_evenly((1, 3));
        if let [a, b, c] = &panels[..] {
            self.data(a)?;
            self.errors(b)?;
            self.functions(c)?;
        }
        area.present()?;
        Ok(())
    }

    /// (a) g and the samples.
    fn data<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        let mut chart = ChartBuilder::on(area)
            .caption("(a) the data", (FONT, TEXT + 8))
            .margin(24)
            .x_label_area_size(112)
            .y_label_area_size(128)
            .build_cartesian_2d(-1.05..1.05, -2.4..2.4)?;
        mesh(&mut chart, "x", "y")?;
        let g = chart
            .draw_series(LineSeries::new(test_points().map(|x| (x, truth(x))), BLACK.stroke_width(4)))?;
        g.label("g(x) = x + sin 10x").legend(|(x, y)| line_key(x, y, &BLACK));
        chart
            .draw_series(self.curves.samples.iter().flat_map(|&p| dot(p)))?
            .label(format!("{} samples", self.curves.samples.len()))
            .legend(|(x, y)| {
                EmptyElement::at((x + 24, y))
                    + Circle::new((0, 0), 12, SAMPLES.filled())
                    + Circle::new((0, 0), 12, BLACK.stroke_width(2))
            });
        legend(&mut chart, SeriesLabelPosition::UpperLeft)
    }

    /// (b) test error against width: median and 10 % to 90 % of the draws.
    fn errors<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        let quantiles = |errors: &[f64]| [0.1, 0.5, 0.9].map(|q| quantile(errors, q));
        let finite: Vec<(f64, [f64; 3])> = widths(self.rows)
            .into_iter()
            .map(|k| (k as f64, quantiles(&test_errors(self.rows, Width::Finite(k)))))
            .filter(|(_, q)| q.iter().all(|v| v.is_finite() && *v > 0.0))
            .collect();
        let ntk = quantiles(&test_errors(self.rows, Width::Infinite));
        let shown = finite.iter().flat_map(|(_, q)| *q).chain(ntk).filter(|v| v.is_finite() && *v > 0.0);
        let (low, high) = shown.fold((f64::INFINITY, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
        let y = if low < high { low / 1.25..high * 1.6 } else { 0.01..10.0 };
        let widest = finite.last().map_or(10.0, |(k, _)| *k);
        let x: Range<f64> = 0.85..(widest * 1.2).max(2.0);
        let mut chart = ChartBuilder::on(area)
            .caption("(b) test error", (FONT, TEXT + 8))
            .margin(24)
            .x_label_area_size(112)
            .y_label_area_size(152)
            .build_cartesian_2d(x.clone().log_scale(), y.clone().log_scale())?;
        mesh(&mut chart, "width k", "test MSE")?;
        let band = |f: &dyn Fn(&[f64; 3]) -> f64| finite.iter().map(|(k, q)| (*k, f(q))).collect::<Vec<_>>();
        let mut outline = band(&|q| q[2]);
        outline.extend(band(&|q| q[0]).into_iter().rev());
        chart.draw_series([Polygon::new(outline, NETWORKS.mix(0.18).filled())])?;
        chart.draw_series([Polygon::new(
            vec![(x.start, ntk[0]), (x.end, ntk[0]), (x.end, ntk[2]), (x.start, ntk[2])],
            NTK.mix(0.13).filled(),
        )])?;
        let threshold = self.samples as f64;
        if x.contains(&threshold) {
            let dots = [(threshold, y.start), (threshold, y.end)];
            chart.draw_series(DashedLineSeries::new(dots, 6, 10, BLACK.mix(0.6).stroke_width(2)))?;
        }
        chart
            .draw_series(LineSeries::new(finite.iter().map(|(k, q)| (*k, q[1])), NETWORKS.stroke_width(6)))?
            .label("networks: median, 10\u{2013}90 %")
            .legend(|(x, y)| line_key(x, y, &NETWORKS));
        chart.draw_series(finite.iter().map(|(k, q)| Circle::new((*k, q[1]), 10, NETWORKS.filled())))?;
        chart
            .draw_series(DashedLineSeries::new(
                [(x.start, ntk[1]), (x.end, ntk[1])],
                12,
                6,
                NTK.stroke_width(6),
            ))?
            .label("NTK: median, 10\u{2013}90 %")
            .legend(|(x, y)| line_key(x, y, &NTK));
        legend(&mut chart, SeriesLabelPosition::UpperRight)
    }

    /// (c) the functions learned from one draw.
    fn functions<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        let mut chart = ChartBuilder::on(area)
            .caption("(c) learned functions", (FONT, TEXT + 8))
            .margin(24)
            .x_label_area_size(112)
            .y_label_area_size(128)
            .build_cartesian_2d(-1.05..1.05, -2.4..3.6)?;
        mesh(&mut chart, "x", "f(x)")?;
        chart
            .draw_series(LineSeries::new(
                test_points().map(|x| (x, truth(x))),
                BLACK.mix(0.35).stroke_width(12),
            ))?
            .label("g")
            .legend(|(x, y)| line_key(x, y, &RGBColor(166, 166, 166)));
        let last = self.curves.learned.len().saturating_sub(1);
        for (i, (name, values)) in self.curves.learned.iter().enumerate() {
            let colour = if i == last { NTK } else { CURVES[i % CURVES.len()] };
            let points = test_points().zip(values.iter().map(|v| v.clamp(-2.4, 3.6)));
            chart
                .draw_series(LineSeries::new(points, colour.stroke_width(6)))?
                .label(name.clone())
                .legend(move |(x, y)| line_key(x, y, &colour));
        }
        chart.draw_series(self.curves.samples.iter().flat_map(|&p| dot(p)))?;
        legend(&mut chart, SeriesLabelPosition::UpperLeft)
    }
}

/// The finite widths of the rows, ascending.
#[must_use]
pub fn widths(rows: &Rows) -> Vec<usize> {
    let mut widths: Vec<usize> = rows
        .keys()
        .filter_map(|(_, width)| match width {
            Width::Finite(k) => Some(*k),
            Width::Infinite => None,
        })
        .collect();
    widths.sort_unstable();
    widths.dedup();
    widths
}

/// The test errors of all draws at one width.
#[must_use]
pub fn test_errors(rows: &Rows, width: Width) -> Vec<f64> {
    rows.iter().filter(|((_, w), _)| *w == width).map(|(_, m)| m.test_mse).collect()
}

fn dot(p: (f64, f64)) -> [Circle<(f64, f64), i32>; 2] {
    [Circle::new(p, 12, SAMPLES.filled()), Circle::new(p, 12, BLACK.stroke_width(2))]
}

fn line_key(x: i32, y: i32, colour: &RGBColor) -> PathElement<(i32, i32)> {
    PathElement::new(vec![(x, y), (x + 52, y)], colour.stroke_width(6))
}

fn mesh<B, X, Y>(chart: &mut ChartContext<'_, B, Cartesian2d<X, Y>>, x: &str, y: &str) -> Drawn
where
    B: DrawingBackend,
    B::ErrorType: 'static,
    X: Ranged<ValueType = f64> + plotters::coord::ranged1d::ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + plotters::coord::ranged1d::ValueFormatter<f64>,
{
    chart
        .configure_mesh()
        .bold_line_style(BLACK.mix(0.12))
        .light_line_style(WHITE)
        .label_style((FONT, TEXT - 8))
        .axis_desc_style((FONT, TEXT))
        .x_desc(x)
        .y_desc(y)
        .x_labels(6)
        .y_labels(9)
        .x_label_formatter(&|v| format!("{v}"))
        .y_label_formatter(&|v| format!("{v}"))
        .draw()?;
    Ok(())
}

fn legend<'a, B, C>(chart: &mut ChartContext<'a, B, C>, position: SeriesLabelPosition) -> Drawn
where
    B: DrawingBackend + 'a,
    B::ErrorType: 'static,
    C: CoordTranslate,
{
    chart
        .configure_series_labels()
        .position(position)
        .background_style(WHITE.mix(0.85))
        .label_font((FONT, TEXT - 8))
        .legend_area_size(68)
        .margin(16)
        .draw()?;
    Ok(())
}
