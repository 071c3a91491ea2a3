//! `ntk train`: trains all layers by gradient descent and prints each step.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write, stdout};
use std::time::{Duration, Instant};

use ntk_core::train::{StopReason, StopRule};
use ntk_core::{
    Abs, Activation, Dataset, Erf, Identity, LeakyRelu, Network, Relu, Sin, Tanh, largest_eigenvalue,
};

use super::{check_dimension, empirical, progress};
use crate::cli::TrainArgs;
use crate::error::{Failure, counted, remark};
use crate::experiment::engine;
use crate::files::table::{Columns, Table};
use crate::files::weights::{self, Weights};
use crate::kernels::activations::ActivationName;
use crate::work::ROUNDS;

/// The longest time that a printed step waits in the buffer before it is written.
const PATIENCE_OF_READERS: Duration = Duration::from_millis(100);

pub(super) fn run(args: &TrainArgs) -> Result<(), Failure> {
    // Where the type of the activation is known to the compiler, its loops become vector code.
    match args.activation {
        ActivationName::Relu => train(args, Relu),
        ActivationName::Erf => train(args, Erf),
        ActivationName::Tanh => train(args, Tanh),
        ActivationName::Sin => train(args, Sin),
        ActivationName::Identity => train(args, Identity),
        ActivationName::Abs => train(args, Abs),
        ActivationName::LeakyRelu(slope) => train(args, LeakyRelu { slope }),
        named => train(args, named),
    }
}

fn train<A: Activation<f64>>(args: &TrainArgs, activation: A) -> Result<(), Failure> {
    let initial = weights::read(&args.weights)?;
    let table = Table::read(&args.data)?;
    let (x, y) = (table.numbered("x", None)?, table.numbered("y", Some("y"))?);
    let mut network = Network::new(activation, weights::copy(&initial)?);
    let shape = network.shape();
    check_dimension(&args.data, &x, shape.inputs, "the network")?;
    if y.width != shape.outputs {
        return Err(Failure::new(format!(
            "{}:1: targets of dimension {}, the network has {}; make them equal",
            args.data.display(),
            y.width,
            counted(shape.outputs, "output")
        )));
    }
    let data = Dataset::new(x.rows()?, y.rows()?)?;
    let rule = StopRule { target_mse: args.target_mse, patience: args.patience, max_steps: args.steps };
    let per_residual = 2.0 / y.values.len() as f64;

    let mut out = BufWriter::new(stdout().lock());
    let (mut last_printed, mut broken, mut seen) = (None, None, Instant::now());
    // If weights are to be saved, training goes on even when nobody reads the steps any more.
    let stops = |error: &io::Error| args.save.is_none() || error.kind() != ErrorKind::BrokenPipe;
    let observe = |step: u32, loss: f64| {
        ROUNDS.add(1);
        if step == 0 {
            broken = writeln!(out, "step,loss,mse").err();
        }
        if step.is_multiple_of(args.every) && loss.is_finite() && broken.is_none() {
            let mut written = writeln!(out, "{step},{loss:?},{:?}", loss * per_residual);
            if seen.elapsed() > PATIENCE_OF_READERS {
                written = written.and_then(|()| out.flush());
                seen = Instant::now();
            }
            (last_printed, broken) = (Some(step), written.err());
        }
        !broken.as_ref().is_some_and(stops)
    };
    let train = || engine::train(args.engine, &mut network, &data, args.learning_rate, &rule, observe);
    // On a terminal the steps themselves show how far training is.
    let outcome =
        if stdout().is_terminal() { train() } else { progress::rounds(rule.max_steps as usize, train) }?;
    let (steps, loss, mse) = (outcome.steps, outcome.loss, outcome.mse);
    if broken.is_none() {
        let last = if loss.is_finite() && last_printed != Some(steps) {
            writeln!(out, "{steps},{loss:?},{mse:?}")
        } else {
            Ok(())
        };
        broken = last.and_then(|()| out.flush()).err();
    }
    if let Some(error) = broken.filter(stops) {
        return Err(error.into());
    }
    let why = match outcome.reason {
        StopReason::Target => "the target was reached",
        StopReason::Patience => "the loss had not improved for longer than the patience",
        StopReason::MaxSteps => "all steps were taken",
        StopReason::Diverged => return Err(diverged(args, initial, &x, steps)),
        StopReason::Observer => "nobody read on", // an error, returned above
    };
    if let Some(path) = &args.save {
        weights::write(path, &network.weights)?;
    }
    remark(format_args!("stopped after step {steps}: {why}"));
    Ok(())
}

/// Says at which step, and up to which rate the linearised network would converge.
fn diverged(args: &TrainArgs, initial: Weights, x: &Columns, step: u32) -> Failure {
    if step == 0 {
        let (weights, data) = (args.weights.display(), args.data.display());
        return Failure::new(format!(
            "{weights}: the loss of these initial weights on {data} overflows; scale the weights or the data down"
        ));
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
        "training on {} diverged at step {step} with learning rate {:?}; {advice}: choose a smaller rate",
        args.data.display(),
        args.learning_rate
    ))
}
