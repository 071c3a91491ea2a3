//! `ntk fit`: fits kernel regression to a file of samples.

use std::io::Write;

use ntk_core::scaling::Constants;
use ntk_core::{Dataset, Error, Kernel, Quantity, Setting};

use super::fit_report::Report;
use super::progress::{self, Work};
use crate::cli::Criterion::Likelihood;
use crate::cli::{Choice, FitArgs, Scale};
use crate::error::Failure;
use crate::files::model::SavedModel;
use crate::files::output;
use crate::files::scaling::ColumnScaling;
use crate::files::table::{Columns, Table};
use crate::kernels::regression::{Model, Refused};
use crate::kernels::search::{Settings, Task};
use crate::kernels::{AnyKernel, KernelSpec};

pub(super) fn run(args: &FitArgs) -> Result<(), Failure> {
    let table = Table::read(&args.train)?;
    let (x, y) = (table.numbered("x", None)?, table.numbered("y", Some("y"))?);
    args.spec().build::<f64>()?;
    let x_scaling = scaling(args, &x, "x", Constants::ToOne)?;
    let y_scaling = scaling(args, &y, "y", Constants::ToZero)?;
    let mut saved =
        SavedModel::new(args.spec(), (x_scaling, x.values.clone()), (y_scaling, y.values.clone()));
    saved.noise = noise(args, &table, y.width)?;
    saved.amplitude = if let Choice::Given(s) = args.amplitude { Some(s) } else { None };
    let scaled = saved.scaled();
    let data = scaled.dataset()?;
    let (model, report) = progress::during(work(args, &saved, data.len()), || {
        let model = choose(args, &saved, &data).map_err(|refused| match refused {
            Refused::Samples(error) => explain(args, &x, &saved, error),
            Refused::Memory(failure) => failure,
        })?;
        (saved.kernel, saved.ridge) = (model.kernel().spec(), model.ridge());
        let report = Report::of(&saved, &model, &data)?;
        Ok::<_, Failure>((model, report))
    })?;
    if !report.is_finite() {
        let file = args.train.display();
        return Err(Failure::new(format!(
            "{file}: the leave-one-out error overflows; scale the targets down"
        )));
    }
    if let Some(path) = &args.loo {
        let header = [output::names("loo_mean", y.width), output::names("loo_std", y.width)].concat();
        let mut text = (header.join(",") + "\n").into_bytes();
        for row in report.left_out() {
            output::line(&mut text, row)?;
        }
        output::replace_file(path, &text)?;
    }
    saved.write(&args.model)?;
    let mut out = Vec::new();
    writeln!(out, "samples {}", x.len())?;
    let KernelSpec { kind, activation, depth, weight_variance, bias_variance } = saved.kernel;
    writeln!(out, "kernel {kind} of {activation}, depth {depth}")?;
    writeln!(out, "weight variance {weight_variance:?}")?;
    writeln!(out, "bias variance {bias_variance:?}")?;
    writeln!(out, "ridge {:?} (in units of the kernel)", saved.ridge)?;
    report.write(&mut out)?;
    output::print(&out)?;
    let mut warnings: Vec<_> = report.warnings().collect();
    if warnings.is_empty() {
        warnings.extend(at_the_end(args, &model, &data));
    }
    for warning in warnings {
        eprintln!("warning: {warning}");
    }
    Ok(())
}

/// Returns the own noise of each sample, if the file has a column for it.
fn noise(args: &FitArgs, table: &Table, targets: usize) -> Result<Option<Vec<f64>>, Failure> {
    let Some(noise) = table.optional("noise")? else { return Ok(None) };
    if let Some(row) = noise.values.iter().position(|deviation| *deviation < 0.0) {
        return Err(Failure::new(format!(
            "{}: the noise of this sample is negative; it is a standard deviation, 0 or more",
            noise.place(row)
        )));
    }
    if targets > 1 {
        return Err(Failure::new(format!(
            "{}: a column 'noise' is in units of one target and there are {targets}; fit each of them from a file of its \
             own, or rename the column",
            args.train.display()
        )));
    }
    Ok(Some(noise.values))
}

fn scaling(
    args: &FitArgs,
    columns: &Columns,
    name: &str,
    constants: Constants,
) -> Result<ColumnScaling, Failure> {
    if args.scale == Scale::None {
        return Ok(ColumnScaling::none(columns.width));
    }
    ColumnScaling::standard(columns.rows()?, constants).map_err(|error| match error {
        Error::NotFinite { column, .. } => {
            let number = if name == "y" && columns.width == 1 { String::new() } else { column.to_string() };
            Failure::new(format!(
                "{}: the mean or deviation of column {name}{number} overflows; scale it down",
                args.train.display()
            ))
        }
        other => other.into(),
    })
}

/// Returns the settings that the options leave to a search.
fn settings(args: &FitArgs) -> Settings {
    match (args.tune, args.bias_variance, args.ridge) {
        (Some(which), ..) => Settings::Variances(which.into()),
        (None, Choice::Auto, Choice::Auto) => Settings::BiasAndRidge,
        (None, Choice::Given(_), Choice::Auto) => Settings::Ridge,
        (None, Choice::Given(_), Choice::Given(ridge)) => Settings::Given(ridge),
        (None, Choice::Auto, Choice::Given(ridge)) => Settings::Bias(ridge),
    }
}

/// Returns the most work of a fit: n^2/2 kernel values for each Gram matrix, and n^3/6 multiply-adds for each
/// factorisation, for the final leave-one-out predictions, and for each criterion that needs leave-one-out
/// variances. With noise per sample and an amplitude from the targets, a fit is about five factorisations.
fn work(args: &FitArgs, saved: &SavedModel, n: usize) -> Work {
    let (settings, n) = (settings(args), n as f64);
    let left_out = if args.criterion == Likelihood { 0 } else { settings.factorisations() - 1 };
    let in_units = if saved.noise.is_some() && args.amplitude == Choice::Auto { 5 } else { 1 };
    let triangles = settings.factorisations() * in_units + left_out + 1;
    Work::new(saved.kernel, settings.gram_matrices() as f64 * n * n / 2.0, triangles as f64 * n.powi(3) / 6.0)
}

/// Returns the model with ridge and variances as given or searched.
fn choose(
    args: &FitArgs,
    saved: &SavedModel,
    data: &Dataset<'_, f64>,
) -> Result<Model<AnyKernel<f64>>, Refused> {
    let (noise, amplitude, criterion) = (saved.scaled_noise(), saved.amplitude, args.criterion.into());
    let task = Task { data, noise: noise.as_deref(), amplitude, criterion };
    task.fit(saved.kernel, settings(args))
}

/// Returns whether a search ended at the largest ridge that it tries, as it does if the targets are only
/// noise. With fewer than nine samples, too few for an interval of 90 %, this says little.
fn at_the_end(args: &FitArgs, model: &Model<AnyKernel<f64>>, data: &Dataset<'_, f64>) -> Option<String> {
    let diagonal = data.x().iter().map(|x| model.kernel().value(x, x));
    let mean = diagonal.sum::<f64>() / data.len() as f64;
    let is_default = args.tune.is_none() && args.bias_variance == Choice::Auto;
    let largest = if is_default { 1.0 } else { 1e3 };
    let y = data.y().values();
    let is_searched = args.ridge == Choice::Auto && data.len() >= 9 && y.iter().any(|v| Some(v) != y.first());
    (is_searched && model.ridge() >= 0.9 * largest * mean).then(|| {
        format!(
            "the ridge is the largest that is tried, {largest:?} of the mean kernel: to --criterion the targets are mostly \
             noise; other columns or another kernel may say more, and --tune tries larger ridges"
        )
    })
}

/// Names samples by their line in the file, and the option that helps.
fn explain(args: &FitArgs, x: &Columns, model: &SavedModel, error: Error) -> Failure {
    let file = args.train.display();
    // Without biases a kernel cannot distinguish some inputs; with one input it depends only on the sign.
    let bias =
        if model.kernel.bias_variance == 0.0 { "set --bias-variance above 0 or to auto, " } else { "" };
    let row = |i: usize| x.values.chunks(x.width.max(1)).nth(i);
    Failure::new(match error {
        Error::Coincident { first, second } if row(first) != row(second) && is_silent(model, first) => {
            format!(
                "{}: the kernel of samples {first} and {second} with themselves is 0, as it is where the squares of inputs \
             underflow; use --scale standard, {bias}or set --ridge above 0 or to auto",
                x.place(second)
            )
        }
        Error::Coincident { first, second } => format!(
            "{}: samples {first} and {second} (lines {} and {}) coincide: the kernel cannot tell them apart; \
             {bias}remove one of them, or set --ridge above 0 or to auto",
            x.place(second),
            x.line(first),
            x.line(second)
        ),
        Error::NotPositiveDefinite { pivot, .. } if is_silent(model, pivot) => format!(
            "{}: the kernel of sample {pivot} with itself is 0, as it is at the zero vector: nothing can be learned \
             from its target; {bias}remove it, or set --ridge above 0 or to auto",
            x.place(pivot)
        ),
        Error::NotPositiveDefinite { pivot, value } => format!(
            "{}: the kernel matrix is not positive definite at sample {pivot} (pivot {value:e}): it nearly depends on \
             the samples before it; {bias}remove it, or raise --ridge or set it to auto",
            x.place(pivot)
        ),
        Error::RidgeTooSmall { sample } => format!(
            "{}: --ridge is lost in rounding beside the kernel of sample {sample} with itself; use --scale standard, or \
             raise --ridge or set it to 0 or auto",
            x.place(sample)
        ),
        Error::NotFinite { what: Quantity::KernelMatrix, row, .. } => format!(
            "{}: the kernel of this sample overflows; scale the inputs down, or use --scale standard",
            x.place(row)
        ),
        // No ridge was chosen, because none has a criterion that is a number.
        Error::NotFinite { what: Quantity::Criterion, .. } => format!(
            "{file}: no setting has a criterion that is a number: targets that are all 0 or overflow; set --ridge, or \
             scale the targets"
        ),
        Error::OutOfRange(Setting::NoiseOfAll) => format!(
            "{file}: the targets are no larger than the column 'noise' alone would make them, so nothing is left for the \
             kernel; lower the noise, or set --amplitude"
        ),
        Error::NotFinite { what: Quantity::Noise, .. } => {
            format!("{file}: the column 'noise' overflows beside the targets; scale both")
        }
        Error::NotFinite { .. } => format!("{file}: the coefficients overflow; scale the targets down"),
        other => format!("{file}: {other}"),
    })
}

/// Returns whether the kernel of a sample with itself is 0.
fn is_silent(model: &SavedModel, sample: usize) -> bool {
    let (Ok(kernel), scaled) = (model.kernel.build::<f64>(), model.scaled()) else { return false };
    let Ok(data) = scaled.dataset() else { return false };
    data.x().iter().nth(sample).is_some_and(|x| kernel.value(x, x) == 0.0)
}
