//! `ntk kernel`: prints the Gram matrix of an infinite-width kernel.

use std::io::{IsTerminal, stdout};

use ntk_core::Rows;

use super::progress::{self, Work};
use super::{check_dimension, read_inputs};
use crate::cli::{KernelArgs, Precision};
use crate::error::Failure;
use crate::files::output;
use crate::files::table::Columns;
use crate::kernels::gram::Real;
use crate::memory;
use crate::threads;

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
    let pool = threads::pool(args.jobs)?;
    pool.install(|| match args.precision {
        Precision::F64 => print::<f64>(args, &x, y.as_ref()),
        Precision::F32 => print::<f32>(args, &x, y.as_ref()),
    })
}

fn print<T: Real>(args: &KernelArgs, x: &Columns, y: Option<&Columns>) -> Result<(), Failure> {
    let kernel = args.kernel.spec().build_as::<T>(args.accurate)?;
    // Inputs in this precision, as rows and as columns of tiles.
    let numbers = x.values.len().saturating_add(y.unwrap_or(x).values.len());
    memory::check::<T>(numbers.saturating_mul(3), format_args!("a kernel of {numbers} numbers"))?;
    let cast = |columns: &Columns| columns.values.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
    let left = cast(x);
    let left = Rows::new(&left, x.width)?;
    let columns = y.unwrap_or(x).len();
    let what = format_args!("a matrix of {} x {columns}", left.len());
    let numbers = left.len().saturating_mul(columns);
    let mut matrix = memory::filled(numbers, T::ZERO, what)?;
    let values = if y.is_some() { numbers as f64 } else { numbers as f64 / 2.0 };
    let printing = numbers as f64 * output::PRINTING as f64;
    let calculate = || {
        match y {
            None => kernel.gram(left, &mut matrix)?,
            Some(y) => kernel.cross_gram(left, Rows::new(&cast(y), y.width)?, &mut matrix)?,
        }
        check(&matrix, x, y.unwrap_or(x))?;
        Ok::<_, Failure>(matrix)
    };
    // On a terminal the rows themselves show how far printing is.
    if stdout().is_terminal() {
        let matrix = progress::during(Work::new(kernel.spec(), values, 0.0), calculate)?;
        return output::print_matrix(&matrix, columns);
    }
    progress::during(Work::new(kernel.spec(), values, printing), || {
        output::print_matrix(&calculate()?, columns)
    })
}

/// Refuses a matrix with a value that is not finite.
fn check<T: Real>(matrix: &[T], x: &Columns, y: &Columns) -> Result<(), Failure> {
    if let Some(i) = matrix.iter().position(|k| !k.is_finite()) {
        let (row, column) = (i / y.len(), i % y.len());
        let (input, partner) = (x.place(row), y.place(column));
        return Err(Failure::new(format!(
            "{input}: the kernel of this input and {partner} overflows; scale the inputs or the variances down"
        )));
    }
    Ok(())
}
