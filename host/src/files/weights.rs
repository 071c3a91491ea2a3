//! Weights of a network as CSV: header `a,b0,b1,...` (or `a0,a1,..,b0,..`), one row per hidden unit.

use std::path::Path;

use ntk_core::{FlatParams, Parameters, Shape};

use crate::error::{Failure, counted};
use crate::files::output;
use crate::files::table::Table;
use crate::memory;

/// Weights of any size, owned.
pub type Weights = FlatParams<Vec<f64>>;

/// Weights that are all 0.
///
/// # Errors
/// If there is no memory for them.
pub fn zeros(shape: Shape) -> Result<Weights, Failure> {
    let values = memory::filled(shape.parameters(), 0.0, what(shape))?;
    Ok(FlatParams::new(shape, values)?)
}

/// Returns a copy of weights.
///
/// # Errors
/// If there is no memory for it.
pub fn copy(weights: &Weights) -> Result<Weights, Failure> {
    let shape = weights.shape();
    Ok(FlatParams::new(shape, memory::copied(weights.values(), what(shape))?)?)
}

fn what(shape: Shape) -> String {
    format!("a network of {}", counted(shape.width, "unit"))
}

/// Reads weights.
///
/// # Errors
/// As [`Table::read`], or if the columns are not those of weights.
pub fn read(path: &Path) -> Result<Weights, Failure> {
    let table = Table::read(path)?;
    let (a, b) = (table.numbered("a", Some("a"))?, table.numbered("b", None)?);
    let shape = Shape { inputs: b.width, width: a.len(), outputs: a.width };
    let mut values = memory::room(shape.parameters(), what(shape))?;
    for columns in [&a, &b] {
        for i in 0..columns.width {
            values.extend(columns.values.iter().skip(i).step_by(columns.width).copied());
        }
    }
    Ok(FlatParams::new(shape, values)?)
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
