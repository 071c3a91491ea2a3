//! `ntk predict`: predictions of a saved model.

use std::io::{BufWriter, Write, stdout};

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
    let x = read_inputs(&args.x)?;
    check_dimension(&args.x, &x, dimension, "the model")?;
    let fit = model.fit().map_err(|e| Failure::new(format!("{}: {e}", args.model.display())))?;
    let mut out = BufWriter::new(stdout().lock());
    let header = [output::names("mean", outputs), output::names("std", outputs)].concat();
    writeln!(out, "{}", header.join(","))?;
    for x in x.rows()?.iter() {
        let (mean, deviation) = fit.predict(&model.x_scaling.apply(x))?;
        let noise = if args.noise { model.ridge } else { 0.0 };
        let deviation = (deviation * deviation + noise).sqrt();
        let means = mean.iter().enumerate().map(|(output, mean)| {
            let (shift, scale) = model.y_scaling.column(output);
            mean * scale + shift
        });
        let deviations = (0..outputs).map(|output| deviation * model.y_scaling.column(output).1);
        output::line(&mut out, means.chain(deviations))?;
    }
    Ok(out.flush()?)
}
