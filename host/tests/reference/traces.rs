//! `traces.json`: 2,000 steps of gradient descent on both layers, as a plain loop in NumPy takes them.

use ntk_core::train::{StopReason, StopRule, descend, workspace_len};
use ntk_core::{Activation, Dataset, Erf, Identity, Network, Relu, Rows, Shape, Sin, Tanh};
use serde::Deserialize;

use crate::data::{self, Weights};
use crate::tolerances::{Worst, check, largest, roundings};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    activation: String,
    rate: f64,
    #[serde(flatten)]
    weights: Weights,
    x: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    /// Steps taken and the loss after them.
    loss: Vec<(u32, f64)>,
    a_final: Vec<Vec<f64>>,
    b_final: Vec<Vec<f64>>,
}

/// What a run gives: the loss before each step and after the last, and the weights.
struct Run {
    losses: Vec<f64>,
    weights: Vec<f64>,
}

fn train<A: Activation<f64>>(activation: A, case: &Case) -> Run {
    let Shape { inputs, outputs, .. } = case.weights.shape();
    let (x, y) = (case.x.concat(), case.y.concat());
    let data = Dataset::new(Rows::new(&x, inputs).unwrap(), Rows::new(&y, outputs).unwrap()).unwrap();
    let mut network = Network::new(activation, case.weights.flat());
    let max_steps = case.loss.last().unwrap().0;
    let rule = StopRule { target_mse: None, patience: None, max_steps };
    let mut memory = vec![f64::NAN; workspace_len(data.len(), inputs, outputs)];
    let mut losses = Vec::new();
    let observe = |step, loss| {
        assert_eq!(step as usize, losses.len());
        losses.push(loss);
        true
    };
    let outcome = descend(&mut network, &data, case.rate, &rule, &mut memory, observe).unwrap();
    assert_eq!((outcome.steps, outcome.reason), (max_steps, StopReason::MaxSteps), "{}", case.name);
    assert_eq!(Some(&outcome.loss), losses.last());
    Run { losses, weights: network.weights.values().to_vec() }
}

fn run(case: &Case) -> Run {
    match case.activation.as_str() {
        "relu" => train(Relu, case),
        "erf" => train(Erf, case),
        "tanh" => train(Tanh, case),
        "sin" => train(Sin, case),
        "identity" => train(Identity, case),
        other => panic!("no activation {other}"),
    }
}

#[test]
fn losses_and_final_weights() {
    let [mut loss, mut weights] = [const { Worst::new() }; 2];
    for case in data::read::<File>("traces.json").cases {
        let found = run(&case);
        for &(step, expected) in &case.loss {
            let place = format_args!("{}, step {step}", case.name);
            loss.see(roundings(found.losses[step as usize], expected, expected), place);
        }
        let expected = Weights { a: case.a_final, b: case.b_final }.values();
        weights.compare(&found.weights, &expected, largest(&expected), &case.name);
    }
    check::<f64>("training loss", &loss);
    check::<f64>("trained weights", &weights);
}
