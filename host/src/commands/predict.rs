//! `ntk predict`: predictions of a saved model.

use std::io::Write;

use ntk_core::Error;

use super::{check_dimension, read_inputs};
use crate::cli::{Kind, PredictArgs};
use crate::dynamics::Flow;
use crate::error::Failure;
use crate::model::{KernelSpec, SavedModel};
use crate::output;
use crate::regression::Fit;

/// Means and standard deviation of the scaled outputs at a scaled input.
type Predictor = Box<dyn Fn(&[f64]) -> Result<(Vec<f64>, f64), Error>>;

pub(super) fn run(args: &PredictArgs) -> Result<(), Failure> {
    let model = SavedModel::read(&args.model)?;
    let (dimension, outputs) = {
        let data = model.dataset()?;
        (data.x().columns(), data.y().columns())
    };
    let inputs = read_inputs(&args.x)?;
    check_dimension(&args.x, &inputs, dimension, "the model")?;
    let refused = |why: &dyn std::fmt::Display| Failure::new(format!("{}: {why}", args.model.display()));
    let predict = predictor(&model, args).map_err(|e| refused(&e))?;
    let mut out = Vec::new();
    let header = [output::names("mean", outputs), output::names("std", outputs)].concat();
    writeln!(out, "{}", header.join(","))?;
    for (row, x) in inputs.rows()?.iter().enumerate() {
        let overflows = || {
            let place = inputs.place(row);
            Failure::new(format!("{place}: the prediction overflows, this input lies too far out; remove it"))
        };
        let (mean, deviation) = predict(&model.x_scaling.apply(x)).map_err(|_| overflows())?;
        let means = mean.iter().enumerate().map(|(output, mean)| {
            let (shift, scale) = model.y_scaling.column(output);
            mean * scale + shift
        });
        let deviations = (0..outputs).map(|output| deviation * model.y_scaling.column(output).1);
        let values: Vec<f64> = means.chain(deviations).collect();
        if !values.iter().all(|v| v.is_finite()) {
            return Err(overflows());
        }
        output::line(&mut out, values)?;
    }
    output::print(&out)
}

/// Kernel regression, or networks after a time of training.
fn predictor(model: &SavedModel, args: &PredictArgs) -> Result<Predictor, Failure> {
    let kernel = model.kernel.build()?;
    let Some(time) = args.time else {
        let fit = model.fit(kernel)?;
        let noise = if args.noise { model.ridge } else { 0.0 };
        return Ok(Box::new(move |x| {
            let (mean, deviation) = fit.predict(x)?;
            Ok((mean, (deviation * deviation + noise).sqrt()))
        }));
    };
    let nngp = KernelSpec { kind: Kind::Nngp, ..model.kernel }.build()?;
    if time.is_infinite() {
        let no_ridge = |e| {
            Failure::new(format!("--time inf is regression without a ridge: {e}; or give a large T instead"))
        };
        let fit = Fit::new(kernel, &model.dataset()?, 0.0).map_err(no_ridge)?;
        return Ok(Box::new(move |x| fit.ensemble(&nngp, x)));
    }
    let flow = Flow::new(kernel, nngp, &model.dataset()?)?;
    Ok(Box::new(move |x| flow.predict(x, time)))
}
