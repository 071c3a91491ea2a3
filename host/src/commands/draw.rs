//! `ntk draw`: draws functions from the Gaussian process of an infinitely wide network.

use std::io::Write;
use std::path::Path;

use ntk_core::{Kernel, Rows};

use super::progress::{self, Work};
use super::{check_dimension, read_inputs};
use crate::cli::DrawArgs;
use crate::error::Failure;
use crate::files::model::SavedModel;
use crate::files::output;
use crate::files::table::Columns;
use crate::kernels::process::{Drawer, covariance};
use crate::kernels::{KernelSpec, regression};

/// The distribution of one output: its values at all inputs are mean + scale f.
struct Output {
    mean: Vec<f64>,
    /// From units of the kernel to those of the target.
    scale: f64,
}

pub(super) fn run(args: &DrawArgs) -> Result<(), Failure> {
    let inputs = read_inputs(&args.x)?;
    let m = inputs.len();
    let Some(path) = &args.model else {
        let kernel = args.kernel.spec().build::<f64>()?;
        let drawn = progress::during(work(args, kernel.spec(), m, [0, 1]), || {
            let matrix = covariance(&kernel, None, inputs.rows()?)?;
            check(&matrix, m, &inputs)?;
            let prior = Output { mean: vec![0.0; m], scale: 1.0 };
            text(args, matrix, m, 0.0, 0.0, &[prior])
        })?;
        return print(&drawn);
    };
    let saved = SavedModel::read(path)?;
    let [d, n, c] = saved.shape();
    check_dimension(&args.x, &inputs, d, "the model")?;
    print(&progress::during(work(args, saved.kernel, m, [n, c]), || given(args, path, &saved, &inputs))?)
}

/// Lines, and a note for standard error.
type Drawn = (Vec<u8>, Option<String>);

fn print((lines, note): &Drawn) -> Result<(), Failure> {
    if let Some(note) = note {
        eprintln!("note: {note}");
    }
    output::print(lines)
}

/// Returns the work of drawing functions at m inputs, given n samples of c outputs.
fn work(args: &DrawArgs, kernel: KernelSpec, m: usize, [n, c]: [usize; 2]) -> Work {
    let (m, n, count) = (m as f64, n as f64, c as f64 * args.count as f64);
    let (given, draws) = (n.powi(3) / 6.0 + n * m * (n + m) / 2.0, m.powi(3) / 6.0 + count * m * m / 2.0);
    Work::new(kernel, (m * m + n * n) / 2.0 + n * m, given + draws)
}

/// Returns the lines of functions from the distribution that a model's samples leave, and a note.
fn given(args: &DrawArgs, path: &Path, saved: &SavedModel, inputs: &Columns) -> Result<Drawn, Failure> {
    let (m, [d, _, c]) = (inputs.len(), saved.shape());
    let model = saved
        .fit(&saved.scaled().dataset()?)
        .map_err(|why| Failure::new(format!("{}: {why}", path.display())))?;
    let x: Vec<f64> = inputs.rows()?.iter().flat_map(|x| saved.x_scaling.apply(x)).collect();
    let x = Rows::new(&x, d)?;
    let matrix = covariance(model.kernel(), Some(&model), x)?;
    check(&matrix, m, inputs)?;
    let means = x.iter().map(|x| regression::mean(&model, x, c)).collect::<Result<Vec<_>, _>>()?;
    let outputs = (0..c).map(|output| {
        let mean = means.iter().map(|mean| saved.y_scaling.undo(output, mean[output])).collect();
        Ok(Output { mean, scale: model.amplitude(output)? * saved.y_scaling.scale[output] })
    });
    let noise = if args.noise { model.ridge() } else { 0.0 };
    let prior = x.iter().map(|x| model.kernel().value(x, x)).fold(0.0, f64::max);
    text(args, matrix, m, noise, prior, &outputs.collect::<Result<Vec<_>, Failure>>()?)
}

fn check(matrix: &[f64], m: usize, inputs: &Columns) -> Result<(), Failure> {
    let Some(i) = matrix.iter().position(|k| !k.is_finite()) else { return Ok(()) };
    let (row, column) = (inputs.place(i / m), inputs.place(i % m));
    Err(Failure::new(format!(
        "{row}: the kernel of this input and {column} overflows; scale the inputs or the variances down"
    )))
}

/// Returns the lines of the result, and a note if a jitter was necessary. `prior` is the largest K(x, x), to
/// whose size the covariances were rounded, unless a variance in the matrix is larger.
fn text(
    args: &DrawArgs,
    matrix: Vec<f64>,
    m: usize,
    noise: f64,
    prior: f64,
    outputs: &[Output],
) -> Result<Drawn, Failure> {
    if args.covariance {
        let mut out = output::text(m * outputs.len(), m)?;
        for of in outputs {
            for (i, row) in matrix.chunks_exact(m).enumerate() {
                let with_noise = |j: usize, k: f64| if i == j { k + noise } else { k };
                let scaled = row.iter().enumerate().map(|(j, k)| with_noise(j, *k) * of.scale * of.scale);
                output::line(&mut out, scaled)?;
            }
        }
        return Ok((out, None));
    }
    let size = matrix.iter().step_by(m + 1).fold(prior, |most, k| k.max(most));
    let drawer = Drawer::new(matrix, m, noise, size)?;
    let note = (drawer.jitter > noise).then(|| {
        let share = drawer.jitter / size;
        format!("{share:e} of the largest variance was added so that the covariance factors")
    });
    let mut columns = Vec::with_capacity(outputs.len() * args.count);
    let mut names = Vec::with_capacity(columns.capacity());
    for (output, of) in outputs.iter().enumerate() {
        for number in 0..args.count {
            // One of its own for each output and function.
            let values = drawer.draw(args.seed, (output as u64) << 32 | number as u64)?;
            columns
                .push(values.iter().zip(&of.mean).map(|(f, mean)| mean + of.scale * f).collect::<Vec<f64>>());
            let of_output = if outputs.len() == 1 { String::new() } else { format!("y{output}_") };
            names.push(format!("{of_output}draw{number}"));
        }
    }
    let mut out = output::text(m, columns.len())?;
    writeln!(out, "{}", names.join(","))?;
    for row in 0..m {
        output::line(&mut out, columns.iter().map(|values| values[row]))?;
    }
    Ok((out, note))
}
