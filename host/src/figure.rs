//! Figure 1 of the lecture as a distribution over draws, (a) the data, (b) test error against width, (c)
//! learned functions; and Figure 2, what its theory says of the same runs, (d) to (g). As SVG, and with the
//! feature `png` as PNG too; all panels in one look.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::sync::Once;

use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::chart::SeriesLabelPosition;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::FontStyle;

use crate::error::Failure;
use crate::files::output;
use crate::sweep::{Curves, Rows};

mod bands;
mod clip;
mod data;
mod errors;
mod functions;
#[cfg(feature = "png")]
mod png;
mod theory;
mod ticks;

// Plotters rounds to whole units, so the drawing is made large and the bitmap half as large. In print, at 180
// mm for three panels, the smallest letters have 6.5 points.
const PANEL: (u32, u32) = (1200, 1240);
const FONT: &str = "sans-serif";
const TEXT: u32 = 54;
const SMALL: u32 = 46;

// Okabe and Ito's palette: distinct to colour-blind readers and in grey.
const SAMPLES: RGBColor = RGBColor(240, 228, 66);
const NTK: RGBColor = RGBColor(213, 94, 0);
const NETWORKS: RGBColor = RGBColor(0, 114, 178);
const SMOOTH: RGBColor = RGBColor(0, 158, 115);
const CURVES: [RGBColor; 3] = [RGBColor(204, 121, 167), RGBColor(0, 158, 115), RGBColor(0, 114, 178)];

/// Length and gap of dashes, wherever the NTK is drawn.
const DASH: (u32, u32) = (20, 10);

type Drawn = Result<Vec<Mark>, Box<dyn Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b, X, Y> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<X, Y>>;

/// A place in the drawing whose value is shown when a reader points at it.
struct Mark {
    at: (i32, i32),
    text: String,
}

/// The panels, by letter, with what they show.
pub const PANELS: [(char, &str); 7] = [
    ('a', "The data: g and the samples of one draw."),
    ('b', "Test error against width, over draws; the single draw of (a) and (c) beside it, and the NTK."),
    ('c', "Functions learned from the draw of (a)."),
    (
        'd',
        "Steps of gradient descent until the rule that ends it: patience below k = n, the target training error from there; a run that came to the cap counts as longer than any other.",
    ),
    (
        'e',
        "How far training moves the NTK of the samples, Frobenius norm. Proposition 1 and step 2: it vanishes as the width grows.",
    ),
    (
        'f',
        "Norm of the Hessian before training, maximum over the samples. Of ReLU it is exactly that of Proposition 1; of its smooth \
           twin GELU, with Gaussian weights, it has a further factor, the square root of ln k.",
    ),
    (
        'g',
        "Distance from the trained network to two predictions without training, root mean square over the test points: to the NTK of \
           the lecture's figure, whose labels ignore where the network started, and to the empirical NTK with corrected labels (Section 2) \
           after as many steps.",
    ),
];

/// Writes `figure1.svg` and `figure2.svg`, and with the feature `png` both as `.png`.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(folder: &Path, rows: &Rows, curves: &Curves) -> Result<(), Failure> {
    for (name, panels) in [("figure1", &["abc"][..]), ("figure2", &["de", "fg"])] {
        let svg = svg(panels, rows, curves)?;
        output::replace_file(&folder.join(format!("{name}.svg")), svg.as_bytes())?;
        #[cfg(feature = "png")]
        {
            let path = folder.join(format!("{name}.png"));
            let png = png::rasterize(&svg, size(panels))
                .map_err(|e| Failure::new(format!("cannot draw {}: {e}", path.display())))?;
            output::replace_file(&path, &png)?;
        }
    }
    Ok(())
}

fn size(panels: &[&str]) -> (u32, u32) {
    let columns = panels.iter().map(|row| row.len()).max().unwrap_or(0);
    (PANEL.0 * columns as u32, PANEL.1 * panels.len() as u32)
}

/// Panels by their letters, a string for each row, as SVG: what the rows and curves hold, and nothing for
/// what they do not. Pointing at a value shows it.
///
/// # Errors
/// None but those of the drawing library.
pub fn svg(panels: &[&str], rows: &Rows, curves: &Curves) -> Result<String, Failure> {
    static REGISTER: Once = Once::new();
    REGISTER.call_once(|| {
        let _ = plotters::style::register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT);
    });
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, size(panels)).into_drawing_area();
    let marks = draw(&area, panels, rows, curves)
        .map_err(|e| Failure::new(format!("cannot draw the figure: {e}")))?;
    drop(area);
    if let Some(end) = text.rfind("</svg>") {
        text.truncate(end);
    }
    for Mark { at: (x, y), text: said } in marks {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"22\" fill=\"none\" pointer-events=\"all\"><title>{said}</title></circle>"
        );
    }
    text.push_str("</svg>\n");
    Ok(text)
}

fn draw(area: &Area<'_>, panels: &[&str], rows: &Rows, curves: &Curves) -> Drawn {
    area.fill(&WHITE)?;
    let columns = panels.iter().map(|row| row.len()).max().unwrap_or(0);
    let areas = area.split_evenly((panels.len(), columns));
    let letters = panels.iter().flat_map(|row| row.chars());
    let mut marks = Vec::new();
    for (letter, area) in letters.zip(&areas) {
        let samples = curves.samples.len();
        marks.extend(match letter {
            'a' => data::draw(area, &curves.samples)?,
            'b' => errors::draw(area, rows, curves)?,
            'c' => functions::draw(area, curves)?,
            'd' => theory::steps(area, rows, samples)?,
            'e' => theory::change(area, rows, samples)?,
            'f' => theory::hessian(area, rows, samples)?,
            _ => theory::gaps(area, rows, samples)?,
        });
    }
    area.present()?;
    Ok(marks)
}

/// Returns a panel with its axes.
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
        .caption(caption, (FONT, TEXT + 6))
        .margin(24)
        .margin_right(56)
        .x_label_area_size(124)
        .y_label_area_size(168)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .bold_line_style(BLACK.mix(0.12))
        .light_line_style(WHITE)
        .label_style((FONT, SMALL))
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

/// Returns a stroke of the legend.
fn line_key((x, y): (i32, i32), style: ShapeStyle) -> PathElement<(i32, i32)> {
    PathElement::new(vec![(x, y), (x + 52, y)], style)
}

/// Returns a stroke of the legend in dashes, so many as fit.
fn dashed_key(
    (x, y): (i32, i32),
    (dash, gap): (u32, u32),
    style: ShapeStyle,
) -> DashedPathElement<std::array::IntoIter<(i32, i32), 2>, u32> {
    DashedPathElement::new([(x, y), (x + 52, y)], dash, gap, style)
}

/// Returns a value as a reader wants it, four digits.
fn value(v: f64) -> String {
    if !v.is_finite() {
        "none".to_owned()
    } else if v != 0.0 && !(1e-3..1e5).contains(&v.abs()) {
        format!("{v:.3e}")
    } else {
        let decimals = (3.0 - v.abs().max(1e-3).log10().floor()).clamp(0.0, 6.0) as usize;
        format!("{v:.decimals$}")
    }
}

fn legend<'a, 'b: 'a, X, Y>(
    chart: &mut Chart<'a, 'b, X, Y>,
    position: SeriesLabelPosition,
) -> Result<(), Box<dyn Error>>
where
    X: Ranged<ValueType = f64>,
    Y: Ranged<ValueType = f64>,
{
    chart
        .configure_series_labels()
        .position(position)
        .background_style(WHITE.mix(0.85))
        .label_font((FONT, SMALL))
        .legend_area_size(68)
        .margin(16)
        .draw()?;
    Ok(())
}
