//! `ntk predict`: prints predictions of a saved model.

use std::fs;
use std::io::Write;

use ntk_core::{Error, Rows};

use super::progress::{self, Work};
use super::{check_dimension, read_inputs};
use crate::cli::PredictArgs;
use crate::error::Failure;
use crate::files::device;
use crate::files::model::SavedModel;
use crate::files::output;
use crate::files::stream::{self, AnyStream};
use crate::files::table::Columns;
use crate::kernels::flow::{self, Flow};
use crate::kernels::gram::Real;
use crate::kernels::prediction::{Answer, Predictor};
use crate::kernels::regression::{self, Model};
use crate::kernels::{AnyKernel, KernelSpec, Kind};
use crate::memory;
use crate::work::ROUNDS;

pub(super) fn run(args: &PredictArgs) -> Result<(), Failure> {
    let inputs = read_inputs(&args.x)?;
    let bytes = fs::read(&args.model).map_err(|cause| Failure::file("read", &args.model, &cause))?;
    let refused = |why: &dyn std::fmt::Display| Failure::new(format!("{}: {why}", args.model.display()));
    let rows = if stream::is_stream(&bytes) {
        if args.time.is_some() {
            return Err(refused(&"--time needs a model of `ntk fit`, and this is a stream"));
        }
        match stream::read(&bytes).map_err(|e| refused(&e))? {
            stream::Any::Single(model) => heard(args, &inputs, &model)?,
            stream::Any::Double(model) => heard(args, &inputs, &model)?,
        }
    } else if bytes.starts_with(b"NTKM") {
        if args.time.is_some() {
            return Err(refused(&"--time needs a model of `ntk fit`, which has its samples in full"));
        }
        match device::read(&bytes).map_err(|e| refused(&e))? {
            device::Any::Single(model) => answers(args, &inputs, &model)?,
            device::Any::Double(model) => answers(args, &inputs, &model)?,
        }
    } else {
        let saved = SavedModel::read(&args.model)?;
        match args.time {
            None => {
                let [_, n, _] = saved.shape();
                let scaled = saved.scaled();
                let data = scaled.dataset()?;
                let work = Work::fit(saved.kernel, n);
                let model = progress::during(work, || saved.fit(&data)).map_err(|e| refused(&e))?;
                answers(args, &inputs, &device::Scaled::of(model, &saved))?
            }
            Some(time) => in_time(args, &saved, &inputs, time)?,
        }
    };
    output::print(&rows)
}

/// Returns the lines of the result, of kernel regression.
fn answers<T: Real>(
    args: &PredictArgs,
    inputs: &Columns,
    model: &device::Scaled<T>,
) -> Result<Vec<u8>, Failure> {
    let [d, n, c] = model.shape();
    check_dimension(&args.x, inputs, d, "the model")?;
    let rows: Vec<T> = inputs.rows()?.iter().flat_map(|x| model.input(x)).collect();
    let answer = |answer: Answer<T>| -> Result<Vec<f64>, Error> {
        let Answer { mean, deviation, observation_deviation, low, high } = answer;
        let deviation = if args.noise { observation_deviation } else { deviation };
        let undo = |values: &[T]| (0..c).map(|i| model.value(i, values[i])).collect::<Vec<f64>>();
        let mut deviations = Vec::with_capacity(c);
        for output in 0..c {
            deviations.push(model.deviation(output, deviation * model.model.amplitude(output)?));
        }
        Ok([undo(&mean), deviations, undo(&low), undo(&high)].concat())
    };
    let level = Some(T::from_f64(args.level));
    let work = Work::predictions(model.model.kernel().spec(), inputs.len(), n);
    let found =
        progress::during(work, || Predictor::new(&model.model, c)?.answers(Rows::new(&rows, d)?, level))?;
    memory::check::<[f64; 8]>(found.len().saturating_mul(c), format_args!("a list of {} rows", found.len()))?;
    let found = found.into_iter().map(|found| found.and_then(answer)).collect();
    let names = ["mean", "std", "low", "high"].map(|name| output::names(name, c)).concat();
    write(args, inputs, &names, found)
}

/// Returns the lines of the result, of a stream.
fn heard<T: Real>(args: &PredictArgs, inputs: &Columns, model: &AnyStream<T>) -> Result<Vec<u8>, Failure> {
    let [d, c] = model.shape();
    check_dimension(&args.x, inputs, d, "the model")?;
    let mut work = vec![T::ZERO; d + c + model.len()];
    let none = || vec![T::ZERO; c];
    let (mut mean, mut deviation, mut low, mut high) = (none(), none(), none(), none());
    let rows = inputs.rows()?.iter().map(|x| {
        ROUNDS.add(1);
        let x: Vec<T> = x.iter().map(|v| T::from_f64(*v)).collect();
        let answer = [&mut mean, &mut deviation, &mut low, &mut high].map(Vec::as_mut_slice);
        let room = work.get_mut(..d + model.len()).unwrap_or(&mut []);
        model.answer_into(&x, T::from_f64(args.level), room, answer)?;
        if args.noise {
            for (output, deviation) in deviation.iter_mut().enumerate() {
                (_, *deviation) = model.observation_into(&x, &mut work, output)?;
            }
        }
        Ok([&mean, &deviation, &low, &high].into_iter().flatten().map(|v| v.to_f64()).collect())
    });
    let names = ["mean", "std", "low", "high"].map(|name| output::names(name, c)).concat();
    write(args, inputs, &names, progress::rounds(inputs.len(), || rows.collect()))
}

/// Returns the header and the rows as text, or fails with the first input that could not be predicted.
fn write(
    args: &PredictArgs,
    inputs: &Columns,
    names: &[String],
    rows: Vec<Result<Vec<f64>, Error>>,
) -> Result<Vec<u8>, Failure> {
    let mut out = output::text(rows.len(), names.len())?;
    writeln!(out, "{}", names.join(","))?;
    for (row, values) in rows.into_iter().enumerate() {
        match values {
            Ok(values) if values.iter().all(|v| v.is_finite()) => output::line(&mut out, values)?,
            Err(Error::TooFewSamples { needed, found }) => {
                let (model, most) = (args.model.display(), found as f64 / (found as f64 + 1.0));
                return Err(Failure::new(format!(
                    "{model}: an interval of level {:?} needs {needed} samples and the model has {found}; lower --level \
                     to {most:.3} or less, or fit more samples",
                    args.level
                )));
            }
            Err(error @ Error::MeansOnly) => {
                return Err(Failure::new(format!("{}: {error}", args.model.display())));
            }
            _ => {
                let place = inputs.place(row);
                return Err(Failure::new(format!(
                    "{place}: the prediction overflows, this input lies too far out; remove it"
                )));
            }
        }
    }
    Ok(out)
}

/// Networks that were trained for this time.
fn in_time(args: &PredictArgs, saved: &SavedModel, inputs: &Columns, time: f64) -> Result<Vec<u8>, Failure> {
    let [d, _, c] = saved.shape();
    check_dimension(&args.x, inputs, d, "the model")?;
    let scaled = saved.scaled();
    let data = scaled.dataset()?;
    let refused = |why: &dyn std::fmt::Display| Failure::new(format!("{}: {why}", args.model.display()));
    let (kernel, nngp) = (saved.kernel.build()?, KernelSpec { kind: Kind::Nngp, ..saved.kernel }.build()?);
    let limit: Option<Model<AnyKernel<f64>>> = if time.is_infinite() {
        let work = Work::fit(saved.kernel, data.len());
        let fit = progress::during(work, || regression::fit(kernel.clone(), data.x(), data.y(), 0.0));
        Some(fit.map_err(|e| {
            refused(&format!("--time inf is regression without a ridge: {e}; or give a large T instead"))
        })?)
    } else {
        None
    };
    let flow = if limit.is_none() {
        let decompose = || Flow::new(kernel, nngp.clone(), &data);
        Some(progress::timed(flow::time(data.len()), decompose).map_err(|e| refused(&e))?)
    } else {
        None
    };
    let predict = |x: &[f64]| -> Result<(Vec<f64>, f64), Error> {
        match (&limit, &flow) {
            (Some(model), _) => {
                let mut work = vec![0.0; model.len()];
                Ok((regression::mean(model, x, c)?, model.ensemble_deviation_into(&nngp, x, &mut work)?))
            }
            (None, Some(flow)) => flow.predict(x, time),
            (None, None) => Err(Error::NotFitted),
        }
    };
    let rows = inputs.rows()?.iter().map(|x| {
        ROUNDS.add(1);
        let (mean, deviation) = predict(&saved.x_scaling.apply(x))?;
        let means = mean.iter().enumerate().map(|(output, mean)| saved.y_scaling.undo(output, *mean));
        Ok(means.chain(saved.y_scaling.scale.iter().map(|scale| deviation * scale)).collect())
    });
    let names = ["mean", "std"].map(|name| output::names(name, c)).concat();
    write(args, inputs, &names, progress::rounds(inputs.len(), || rows.collect()))
}
