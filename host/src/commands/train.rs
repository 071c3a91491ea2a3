//! `ntk train`: gradient descent on all layers, step by step.

use std::io::{BufWriter, Write, stdout};

use ntk_core::train::{StopReason, StopRule};
use ntk_core::{Activation, Dataset, Erf, Identity, Network, Relu, Sin, Tanh, largest_eigenvalue};

use super::{check_dimension, empirical};
use crate::activation::Named;
use crate::cli::TrainArgs;
use crate::engine;
use crate::error::{Failure, counted, remark};
use crate::table::{Columns, Table};
use crate::weights::{self, Weights};

pub(super) fn run(args: &TrainArgs) -> Result<(), Failure> {
    // The type of the activation is known to the compiler inside: its loops become vector code.
    match args.activation {
        Named::Relu => train(args, Relu),
        Named::Erf => train(args, Erf),
        Named::Tanh => train(args, Tanh),
        Named::Sin => train(args, Sin),
        Named::Identity => train(args, Identity),
    }
}

fn train<A: Activation<f64>>(args: &TrainArgs, activation: A) -> Result<(), Failure> {
    let initial = weights::read(&args.weights)?;
    let table = Table::read(&args.data)?;
    let (x, y) = (table.numbered("x", None)?, table.numbered("y", Some("y"))?);
    let mut network = Network::new(activation, initial.clone());
    let shape = network.shape();
    check_dimension(&args.data, &x, shape.inputs, "the network")?;
    if y.width != shape.outputs {
        return Err(Failure::new(format!(
            "{}:1: targets of dimension {}, the network has {}",
            args.data.display(),
            y.width,
            counted(shape.outputs, "output")
        )));
    }
    let data = Dataset::new(x.rows()?, y.rows()?)?;
    let rule = StopRule { target_mse: args.target_mse, patience: args.patience, max_steps: args.steps };
    let per_residual = 2.0 / y.values.len() as f64;

    let mut out = BufWriter::new(stdout().lock());
    let (mut last_printed, mut broken) = (None, None);
    let observe = |step: u32, loss: f64| {
        if step == 0 {
            broken = writeln!(out, "step,loss,mse").err();
        }
        if step.is_multiple_of(args.every) && loss.is_finite() && broken.is_none() {
            broken = writeln!(out, "{step},{loss:?},{:?}", loss * per_residual).err();
            last_printed = Some(step);
        }
    };
    let outcome = engine::train(args.engine, &mut network, &data, args.learning_rate, &rule, observe)?;
    if let Some(error) = broken {
        return Err(error.into());
    }
    let (steps, loss, mse) = (outcome.steps, outcome.loss, outcome.mse);
    if loss.is_finite() && last_printed != Some(steps) {
        writeln!(out, "{steps},{loss:?},{mse:?}")?;
    }
    out.flush()?;
    let why = match outcome.reason {
        StopReason::Target => "the target was reached",
        StopReason::Patience => "the loss had not improved for longer than the patience",
        StopReason::MaxSteps => "all steps were taken",
        StopReason::Diverged => return Err(diverged(args, initial, &x, steps)),
    };
    if let Some(path) = &args.save {
        weights::write(path, &network.weights)?;
    }
    remark(format_args!("stopped after step {steps}: {why}"));
    Ok(())
}

/// Says where, and which rates the linearised network would bear.
fn diverged(args: &TrainArgs, initial: Weights, x: &Columns, step: u32) -> Failure {
    if step == 0 {
        return Failure::new("the loss of the initial weights overflows; scale the weights or the data down");
    }
    let network = Network::new(args.activation, initial);
    let bound = empirical::rows(&network, x, x).and_then(|rows| {
        let gram = rows.concat();
        Ok(2.0 / largest_eigenvalue(&gram, rows.len(), &mut vec![0.0; 2 * rows.len()])?)
    });
    let advice = match bound {
        Ok(rate) if rate.is_finite() => {
            format!("2/lambda_max of the NTK at the initial weights is {rate:.3e}")
        }
        _ => "lambda_max of the NTK at the initial weights is not finite".to_owned(),
    };
    Failure::new(format!(
        "training diverged at step {step} with learning rate {:?}; {advice}: choose a smaller rate",
        args.learning_rate
    ))
}
