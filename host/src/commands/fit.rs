//! `ntk fit`: kernel regression.

use std::io::Write;

use ntk_core::regression::Tuned;
use ntk_core::{Error, Kernel, Rows};

use crate::cli::{FitArgs, Ridge, Scale};
use crate::error::Failure;
use crate::kernel::AnyKernel;
use crate::model::{KernelSpec, SavedModel};
use crate::output;
use crate::regression::{Fit, tune_ridge, tune_variances};
use crate::scaling::Scaling;
use crate::table::{Columns, Table};

pub(super) fn run(args: &FitArgs) -> Result<(), Failure> {
    let table = Table::read(&args.train)?;
    let (x, y) = (table.numbered("x", None)?, table.numbered("y", Some("y"))?);
    let choice = &args.kernel;
    let spec = KernelSpec {
        kind: choice.kind,
        activation: choice.activation,
        depth: choice.depth,
        weight_variance: choice.weight_variance,
        bias_variance: choice.bias_variance,
    };
    let kernel = spec.build()?;
    let scaling = |columns: &Columns, standard: fn(Rows<'_, f64>) -> Scaling| match args.scale {
        Scale::None => Ok(Scaling::none(columns.width)),
        Scale::Standard => columns.rows().map(standard),
    };
    let scaled = |columns: &Columns, scaling: Scaling, name: &str| -> Result<(Scaling, Vec<f64>), Failure> {
        if let Some(column) = scaling.overflowing() {
            let file = args.train.display();
            return Err(Failure::new(format!(
                "{file}: the deviation of column {name}{column} overflows; scale it down"
            )));
        }
        let values = scaling.apply(&columns.values);
        Ok((scaling, values))
    };
    let (of_x, of_y) = (scaling(&x, Scaling::of_inputs)?, scaling(&y, Scaling::of_targets)?);
    let mut model = SavedModel::new(spec, 0.0, scaled(&x, of_x, "x")?, scaled(&y, of_y, "y")?);
    choose(args, &kernel, &mut model).map_err(|e| explain(args, &x, &model, e))?;
    let fit = model.fit(model.kernel.build()?).map_err(|e| explain(args, &x, &model, e))?;
    let report = report(&model, &fit, y.width)?;
    let numbers = report.left_out.iter().flat_map(|(means, deviations)| means.iter().chain(deviations));
    if !numbers.chain([&report.rmse, &report.log_likelihood]).all(|v| v.is_finite()) {
        let file = args.train.display();
        return Err(Failure::new(format!(
            "{file}: the leave-one-out error overflows; scale the targets down"
        )));
    }
    if let Some(path) = &args.loo {
        let header = [output::names("loo_mean", y.width), output::names("loo_std", y.width)].concat();
        let mut text = (header.join(",") + "\n").into_bytes();
        for (means, deviations) in &report.left_out {
            output::line(&mut text, means.iter().chain(deviations))?;
        }
        output::replace_file(path, &text)?;
    }
    model.write(&args.model)?;
    let mut out = Vec::new();
    writeln!(out, "samples {}", x.len())?;
    writeln!(out, "leave-one-out RMSE {:?}", report.rmse)?;
    writeln!(out, "log marginal likelihood {:?}", report.log_likelihood)?;
    if args.tune.is_some() {
        writeln!(out, "weight variance {:?}", model.kernel.weight_variance)?;
        writeln!(out, "bias variance {:?}", model.kernel.bias_variance)?;
    }
    let unit = if args.scale == Scale::None { "y" } else { "the scaled y" };
    writeln!(out, "ridge {:?} (a variance, in units of {unit} squared)", model.ridge)?;
    writeln!(out, "jitter 0")?;
    output::print(&out)
}

/// Ridge and variances, as given or searched.
fn choose(args: &FitArgs, kernel: &AnyKernel<f64>, model: &mut SavedModel) -> Result<(), Error> {
    let criterion = args.criterion.into();
    match (args.tune, args.ridge) {
        (None, Ridge::Given(ridge)) => model.ridge = ridge,
        (None, Ridge::Auto) => model.ridge = tune_ridge(kernel, &model.dataset()?, criterion)?,
        (Some(which), _) => {
            let spec = model.kernel;
            let built = |[weight_variance, bias_variance]: [f64; 2]| {
                let spec = KernelSpec { weight_variance, bias_variance, ..spec };
                spec.build().map_err(|_| Error::OutOfRange { what: "variance", must: "in range" })
            };
            let start = [spec.weight_variance, spec.bias_variance];
            let tuned = tune_variances(built, start, &model.dataset()?, criterion, which.into())?;
            let Tuned { weight_variance, bias_variance, ridge } = tuned;
            model.kernel = KernelSpec { weight_variance, bias_variance, ..spec };
            model.ridge = ridge;
        }
    }
    Ok(())
}

struct Report {
    rmse: f64,
    log_likelihood: f64,
    /// Means and standard deviations by sample, in the units of the file.
    left_out: Vec<(Vec<f64>, Vec<f64>)>,
}

/// Leave-one-out error and log marginal likelihood in the units of the file, whatever the scaling.
fn report(model: &SavedModel, fit: &Fit<AnyKernel<f64>>, outputs: usize) -> Result<Report, Failure> {
    let scaled = fit.leave_one_out()?;
    let data = model.dataset()?;
    let (mut sum, mut left_out) = (0.0, Vec::with_capacity(scaled.len()));
    for (sample, y) in scaled.iter().zip(data.y().iter()) {
        let (mut means, mut deviations) = (Vec::new(), Vec::new());
        for (output, (left, y)) in sample.iter().zip(y).enumerate() {
            let (shift, scale) = model.y_scaling.column(output);
            means.push(left.mean * scale + shift);
            deviations.push(left.deviation * scale);
            sum += ((left.mean - y) * scale) * ((left.mean - y) * scale);
        }
        left_out.push((means, deviations));
    }
    let n = scaled.len() as f64;
    let log_likelihood = fit.log_marginal_likelihood()? - n * model.y_scaling.log_volume();
    Ok(Report { rmse: (sum / (n * outputs as f64)).sqrt(), log_likelihood, left_out })
}

/// Names samples by their line in the file, and the option that helps.
fn explain(args: &FitArgs, x: &Columns, model: &SavedModel, error: Error) -> Failure {
    let file = args.train.display();
    Failure::new(match error {
        Error::Coincident { first, second } => format!(
            "{}: samples {first} and {second} (lines {} and {}) coincide: the kernel cannot tell them apart; \
             remove one of them, or set --ridge above 0 or to auto",
            x.place(second),
            x.line(first),
            x.line(second)
        ),
        Error::NotPositiveDefinite { pivot, .. } if is_silent(model, pivot) => format!(
            "{}: the kernel of sample {pivot} with itself is 0, as it is at the zero vector: nothing can be learned \
             from its target; remove it, or set --bias-variance or --ridge above 0",
            x.place(pivot)
        ),
        Error::NotPositiveDefinite { pivot, value } => format!(
            "{}: the kernel matrix is not positive definite at sample {pivot} (pivot {value:e}): it nearly depends on \
             the samples before it; remove it, or raise --ridge or set it to auto",
            x.place(pivot)
        ),
        Error::NotFinite { what: "kernel matrix", row, .. } => format!(
            "{}: the kernel of this sample overflows; scale the inputs down, or use --scale standard",
            x.place(row)
        ),
        // No ridge was chosen, because none has a leave-one-out error that is a number.
        Error::NotFinite { what: "criterion", .. } => {
            format!("{file}: the leave-one-out error overflows whatever the ridge; scale the targets down")
        }
        Error::NotFinite { .. } => format!("{file}: the coefficients overflow; scale the targets down"),
        other => format!("{file}: {other}"),
    })
}

/// Whether the kernel of a sample with itself is 0.
fn is_silent(model: &SavedModel, sample: usize) -> bool {
    let (Ok(kernel), Ok(data)) = (model.kernel.build(), model.dataset()) else { return false };
    data.x().iter().nth(sample).is_some_and(|x| kernel.value(x, x) == 0.0)
}
