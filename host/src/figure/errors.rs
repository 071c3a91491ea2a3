//! Panel (b): test error against width.

use super::bands::{Bands, Series, draw as bands, over};
use super::{Area, Drawn, NETWORKS};
use crate::sweep::{Curves, Quantity, Rows, Width, spread, spreads};

pub(super) fn draw(area: &Area<'_>, rows: &Rows, curves: &Curves) -> Drawn {
    let values = spreads(rows, Quantity::TestMse);
    let draws = values.iter().map(|(_, spread)| spread.draws).max().unwrap_or(0);
    let single: Vec<(f64, f64)> = rows
        .range((curves.seed, Width::Finite(0))..(curves.seed, Width::Infinite))
        .filter_map(|((_, width), row)| match width {
            Width::Finite(k) => Some((*k as f64, row.test_mse)),
            Width::Infinite => None,
        })
        .collect();
    bands(
        area,
        &Bands {
            caption: "(b) test error",
            y_name: "test MSE",
            series: vec![Series { name: over("networks", draws), colour: NETWORKS, values, law: None }],
            level: spread(rows, Width::Infinite, Quantity::TestMse),
            single: (draws > 1 && single.len() > 1).then(|| ("the draw of (a)".to_owned(), single)),
            samples: curves.samples.len(),
        },
    )
}
