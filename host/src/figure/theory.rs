//! Panels (d) to (g): what the lecture's theory says of the same runs.

use plotters::style::RGBColor;

use super::bands::{Bands, Series, draw, over};
use super::{Area, Drawn, NETWORKS, NTK, SMOOTH};
use crate::statistics::MeanLaw;
use crate::sweep::{Quantity, Rows, power_law, spreads};

pub(super) fn steps(area: &Area<'_>, rows: &Rows, samples: usize) -> Drawn {
    let values = spreads(rows, Quantity::Steps);
    let draws = values.iter().map(|(_, spread)| spread.draws).max().unwrap_or(0);
    let series = vec![Series { name: over("networks", draws), colour: NETWORKS, values, law: None }];
    plain(area, "(d) steps to convergence", "steps", series, samples)
}

pub(super) fn change(area: &Area<'_>, rows: &Rows, samples: usize) -> Drawn {
    let series = vec![with_slope(rows, Quantity::NtkChange, "networks", NETWORKS, samples)];
    plain(area, "(e) change of the NTK by training", "||K(t) \u{2212} K(0)||", series, samples)
}

pub(super) fn hessian(area: &Area<'_>, rows: &Rows, samples: usize) -> Drawn {
    let series = vec![
        with_slope(rows, Quantity::HessianNorm, "ReLU", NETWORKS, samples),
        with_slope(rows, Quantity::HessianNormGelu, "GELU", SMOOTH, samples),
    ];
    plain(area, "(f) Hessian at the start", "||H||", series, samples)
}

pub(super) fn gaps(area: &Area<'_>, rows: &Rows, samples: usize) -> Drawn {
    let series = vec![
        with_slope(rows, Quantity::GapUncorrected, "to the NTK", NTK, samples),
        with_slope(rows, Quantity::GapCorrected, "labels corrected", NETWORKS, samples),
    ];
    plain(area, "(g) trained network to NTK", "distance", series, samples)
}

fn plain(area: &Area<'_>, caption: &str, y_name: &str, series: Vec<Series>, samples: usize) -> Drawn {
    draw(area, &Bands { caption, y_name, series, level: None, single: None, samples })
}

/// Returns a quantity with its power law over the widths from the number of samples up.
fn with_slope(rows: &Rows, quantity: Quantity, name: &str, colour: RGBColor, samples: usize) -> Series {
    let law = power_law(rows, quantity, samples);
    let name = match law {
        None => name.to_owned(),
        Some(law) => {
            let error = law.half_width.map_or(String::new(), |half| format!(" \u{b1} {half:.3}"));
            format!("{name}: slope {:.3}{error}", law.mean.exponent).replace('-', "\u{2212}")
        }
    };
    let law = law.map(|MeanLaw { mean, .. }| (mean.intercept.exp(), mean.exponent));
    Series { name, colour, values: spreads(rows, quantity), law }
}
