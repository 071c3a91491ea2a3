//! Weights of a network as CSV: header `a,b0,b1,...` (or `a0,a1,..,b0,..`), one row per hidden unit.

use std::path::Path;

use ntk_core::{FlatParams, Parameters, Shape};

use crate::error::Failure;
use crate::files::output;
use crate::files::table::Table;

/// Weights of any size, owned.
pub type Weights = FlatParams<Vec<f64>>;

/// Reads weights.
///
/// # Errors
/// As [`Table::read`], or if the columns are not those of weights.
pub fn read(path: &Path) -> Result<Weights, Failure> {
    let table = Table::read(path)?;
    let (a, b) = (table.numbered("a", Some("a"))?, table.numbered("b", None)?);
    let shape = Shape { inputs: b.width, width: a.len(), outputs: a.width };
    let column = |columns: &crate::files::table::Columns, i: usize| -> Vec<f64> {
        columns.values.iter().skip(i).step_by(columns.width).copied().collect()
    };
    let a_rows = (0..a.width).flat_map(|i| column(&a, i));
    let b_rows = (0..b.width).flat_map(|i| column(&b, i));
    Ok(FlatParams::new(shape, a_rows.chain(b_rows).collect())?)
}

/// Writes weights so that [`read`] gives the same bits.
///
/// # Errors
/// If the file cannot be written.
pub fn write(path: &Path, weights: &impl Parameters<Scalar = f64>) -> Result<(), Failure> {
    let Shape { inputs, width, outputs } = weights.shape();
    let b_names = (0..inputs).map(|i| format!("b{i}"));
    let header: Vec<String> = output::names("a", outputs).into_iter().chain(b_names).collect();
    let mut text = header.join(",").into_bytes();
    text.push(b'\n');
    for unit in 0..width {
        let a = (0..outputs).map(|o| weights.a_row(o)[unit]);
        let b = (0..inputs).map(|i| weights.b_row(i)[unit]);
        output::line(&mut text, a.chain(b))?;
    }
    output::replace_file(path, &text)
}
