//! Figure 1 of the lecture: (a) the data, (b) test error against width, (c) learned functions; as SVG and PNG.

use std::error::Error;
use std::path::Path;
use std::sync::Once;

use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::chart::SeriesLabelPosition;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::FontStyle;
use resvg::{tiny_skia, usvg};

use crate::error::Failure;
use crate::output;
use crate::sweep::{Curves, Rows};

mod clip;
mod data;
mod errors;
mod functions;
mod ticks;

// Plotters rounds to whole units, so the drawing is made large and the bitmap half as large.
const SIZE: (u32, u32) = (3600, 1240);
const FONT: &str = "sans-serif";
const TEXT: u32 = 48;

// Okabe and Ito's palette: distinct to colour-blind readers and in grey.
const SAMPLES: RGBColor = RGBColor(240, 228, 66);
const NTK: RGBColor = RGBColor(213, 94, 0);
const NETWORKS: RGBColor = RGBColor(0, 114, 178);
const CURVES: [RGBColor; 3] = [RGBColor(204, 121, 167), RGBColor(0, 158, 115), RGBColor(0, 114, 178)];

/// Length and gap of dashes, wherever the NTK is drawn.
const DASH: (u32, u32) = (20, 10);

type Drawn = Result<(), Box<dyn Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b, X, Y> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<X, Y>>;

/// Writes `figure1.svg` and `figure1.png`.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(folder: &Path, rows: &Rows, curves: &Curves) -> Result<(), Failure> {
    let svg = svg(rows, curves)?;
    let path = folder.join("figure1.png");
    let png = rasterize(&svg).map_err(|e| Failure::new(format!("cannot draw {}: {e}", path.display())))?;
    output::replace_file(&folder.join("figure1.svg"), svg.as_bytes())?;
    output::replace_file(&path, &png)
}

/// The figure as SVG: what the rows and curves hold, and nothing for what they do not.
///
/// # Errors
/// None but those of the drawing library.
pub fn svg(rows: &Rows, curves: &Curves) -> Result<String, Failure> {
    static REGISTER: Once = Once::new();
    REGISTER.call_once(|| {
        let _ = plotters::style::register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT);
    });
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
    draw(&area, rows, curves).map_err(|e| Failure::new(format!("cannot draw Figure 1: {e}")))?;
    drop(area);
    Ok(text)
}

fn draw(area: &Area<'_>, rows: &Rows, curves: &Curves) -> Drawn {
    area.fill(&WHITE)?;
    let panels = area.split_evenly((1, 3));
    if let [a, b, c] = &panels[..] {
        data::draw(a, &curves.samples)?;
        errors::draw(b, rows, curves.samples.len())?;
        functions::draw(c, curves)?;
    }
    Ok(area.present()?)
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

/// A panel with its axes.
fn panel<'a, 'b, X, Y>(
    area: &'a Area<'b>,
    caption: &str,
    (x, x_name): (X, &str),
    (y, y_name): (Y, &str),
) -> Result<Chart<'a, 'b, X::CoordDescType, Y::CoordDescType>, Box<dyn Error>>
where
    X: AsRangedCoord<Value = f64, CoordDescType: ValueFormatter<f64>>,
    Y: AsRangedCoord<Value = f64, CoordDescType: ValueFormatter<f64>>,
{
    let mut chart = ChartBuilder::on(area)
        .caption(caption, (FONT, TEXT + 8))
        .margin(24)
        .x_label_area_size(112)
        .y_label_area_size(144)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .bold_line_style(BLACK.mix(0.12))
        .light_line_style(WHITE)
        .label_style((FONT, TEXT - 8))
        .axis_desc_style((FONT, TEXT))
        .x_desc(x_name)
        .y_desc(y_name)
        .x_labels(6)
        .y_labels(9)
        .x_label_formatter(&|v| ticks::label(*v))
        .y_label_formatter(&|v| ticks::label(*v))
        .draw()?;
    Ok(chart)
}

fn dot(p: (f64, f64)) -> [Circle<(f64, f64), i32>; 2] {
    [Circle::new(p, 12, SAMPLES.filled()), Circle::new(p, 12, BLACK.stroke_width(2))]
}

/// A stroke of the legend.
fn line_key((x, y): (i32, i32), colour: RGBColor) -> PathElement<(i32, i32)> {
    PathElement::new(vec![(x, y), (x + 52, y)], colour.stroke_width(6))
}

/// A stroke of the legend in dashes, so many as fit.
fn dashed_key(
    (x, y): (i32, i32),
    (dash, gap): (u32, u32),
    style: ShapeStyle,
) -> DashedPathElement<std::array::IntoIter<(i32, i32), 2>, u32> {
    DashedPathElement::new([(x, y), (x + 52, y)], dash, gap, style)
}

fn legend<'a, 'b: 'a, X, Y>(chart: &mut Chart<'a, 'b, X, Y>, position: SeriesLabelPosition) -> Drawn
where
    X: Ranged<ValueType = f64>,
    Y: Ranged<ValueType = f64>,
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
