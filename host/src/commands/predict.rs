//! `ntk predict`: predictions of a saved model.

use std::io::Write;

use super::{check_dimension, read_inputs};
use crate::cli::PredictArgs;
use crate::error::Failure;
use crate::model::SavedModel;
use crate::output;

pub(super) fn run(args: &PredictArgs) -> Result<(), Failure> {
    let model = SavedModel::read(&args.model)?;
    let (dimension, outputs) = {
        let data = model.dataset()?;
        (data.x().columns(), data.y().columns())
    };
    let inputs = read_inputs(&args.x)?;
    check_dimension(&args.x, &inputs, dimension, "the model")?;
    let refused = |why: &dyn std::fmt::Display| Failure::new(format!("{}: {why}", args.model.display()));
    let kernel = model.kernel.build().map_err(|e| refused(&e))?;
    let fit = model.fit(kernel).map_err(|e| refused(&e))?;
    let mut out = Vec::new();
    let header = [output::names("mean", outputs), output::names("std", outputs)].concat();
    writeln!(out, "{}", header.join(","))?;
    for (row, x) in inputs.rows()?.iter().enumerate() {
        let overflows = || {
            let place = inputs.place(row);
            Failure::new(format!("{place}: the prediction overflows, this input lies too far out; remove it"))
        };
        let (mean, deviation) = fit.predict(&model.x_scaling.apply(x)).map_err(|_| overflows())?;
        let noise = if args.noise { model.ridge } else { 0.0 };
        let deviation = (deviation * deviation + noise).sqrt();
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
