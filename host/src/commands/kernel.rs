//! `ntk kernel`: prints the Gram matrix of an infinite-width kernel.

use ntk_core::Rows;

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
    let mut matrix = memory::filled(left.len().saturating_mul(columns), T::ZERO, what)?;
    match y {
        None => kernel.gram(left, &mut matrix)?,
        Some(y) => {
            let right = cast(y);
            kernel.cross_gram(left, Rows::new(&right, y.width)?, &mut matrix)?;
        }
    }
    if let Some(i) = matrix.iter().position(|k| !k.is_finite()) {
        let (row, column) = (i / columns, i % columns);
        let (input, partner) = (x.place(row), y.unwrap_or(x).place(column));
        return Err(Failure::new(format!(
            "{input}: the kernel of this input and {partner} overflows; scale the inputs or the variances down"
        )));
    }
    output::print_matrix(&matrix, columns)
}
