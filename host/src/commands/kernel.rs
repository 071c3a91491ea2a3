//! `ntk kernel`: the Gram matrix of an infinite-width kernel.

use ntk_core::{Rows, Scalar, kernel};

use super::{check_dimension, read_inputs};
use crate::cli::{KernelArgs, KernelChoice, Precision};
use crate::error::Failure;
use crate::output;
use crate::table::Columns;

pub(super) fn run(args: &KernelArgs) -> Result<(), Failure> {
    let x = read_inputs(&args.x)?;
    let y = match &args.y {
        None => None,
        Some(path) => {
            let y = read_inputs(path)?;
            check_dimension(path, &y, x.width, &args.x.display().to_string())?;
            Some(y)
        }
    };
    match args.precision {
        Precision::F64 => print::<f64>(&args.kernel, &x, y.as_ref()),
        Precision::F32 => print::<f32>(&args.kernel, &x, y.as_ref()),
    }
}

fn print<T: Scalar>(choice: &KernelChoice, x: &Columns, y: Option<&Columns>) -> Result<(), Failure> {
    let kernel = choice.build::<T>()?;
    let cast = |columns: &Columns| columns.values.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
    let left = cast(x);
    let left = Rows::new(&left, x.width)?;
    let (matrix, columns) = match y {
        None => {
            let mut matrix = vec![T::ZERO; left.len() * left.len()];
            kernel::gram(&kernel, left, &mut matrix)?;
            (matrix, left.len())
        }
        Some(y) => {
            let right = cast(y);
            let right = Rows::new(&right, y.width)?;
            let mut matrix = vec![T::ZERO; left.len() * right.len()];
            kernel::cross_gram(&kernel, left, right, &mut matrix)?;
            (matrix, right.len())
        }
    };
    if let Some(i) = matrix.iter().position(|k| !k.is_finite()) {
        let (row, column) = (i / columns, i % columns);
        let (input, partner) = (x.place(row), y.unwrap_or(x).place(column));
        return Err(Failure::new(format!(
            "{input}: the kernel of this input and {partner} overflows; scale the inputs or the variances down"
        )));
    }
    let mut out = Vec::new();
    for row in matrix.chunks_exact(columns) {
        output::line(&mut out, row)?;
    }
    output::print(&out)
}
