//! `dynamics.json`: infinitely wide networks in training, as neural-tangents solves them.

use host::kernels::{relu_nngp, relu_ntk};
use ntk_core::dynamics::Training;
use ntk_core::{Dataset, Dynamics, Ntk, Relu};
use serde::Deserialize;

use crate::data;
use crate::tolerances::{Worst, check, largest};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    x: Vec<Vec<f64>>,
    y: Vec<[f64; 1]>,
    queries: Vec<Vec<f64>>,
    eigenvalues: Vec<f64>,
    rate: f64,
    flow: Vec<Flow>,
    descent: Vec<Descent>,
}

#[derive(Deserialize)]
struct Flow {
    time: f64,
    train: Vec<[f64; 1]>,
    test: Vec<[f64; 1]>,
    variance: Vec<f64>,
}

#[derive(Deserialize)]
struct Descent {
    steps: u64,
    train: Vec<[f64; 1]>,
    test: Vec<[f64; 1]>,
}

/// The largest errors over all cases.
struct Errors {
    flow: Worst,
    descent: Worst,
    variance: Worst,
    eigenvalues: Worst,
}

fn compare<const D: usize>(case: &Case, errors: &mut Errors) {
    let points = |rows: &[Vec<f64>]| -> Vec<[f64; D]> {
        rows.iter().map(|row| row.as_slice().try_into().unwrap()).collect()
    };
    let (x, queries) = (points(&case.x), points(&case.queries));
    let mut network = Dynamics::<f64, Ntk<Relu>, D, 15>::new(relu_ntk());
    network.fit(&Dataset::new(x.as_slice(), case.y.as_slice()).unwrap()).unwrap();
    let size = largest(case.y.as_flattened());
    errors.eigenvalues.compare(network.eigenvalues(), &case.eigenvalues, case.eigenvalues[0], &case.name);
    let means = |points: &[[f64; D]], training| -> Vec<f64> {
        points.iter().map(|x| network.mean(x, training).unwrap()[0]).collect()
    };
    for Flow { time, train, test, variance } in &case.flow {
        let training = Training::Flow(*time);
        let place = format!("{}, time {time}", case.name);
        errors.flow.compare(&means(&x, training), train.as_flattened(), size, &place);
        errors.flow.compare(&means(&queries, training), test.as_flattened(), size, &place);
        let deviation = |x| network.deviation(&relu_nngp(), x, training).unwrap();
        let found: Vec<f64> = queries.iter().map(|x| deviation(x).powi(2)).collect();
        errors.variance.compare(&found, variance, largest(&case.flow[0].variance), &place);
    }
    for Descent { steps, train, test } in &case.descent {
        let training = Training::Descent { rate: case.rate, steps: *steps };
        let place = format!("{}, {steps} steps", case.name);
        errors.descent.compare(&means(&x, training), train.as_flattened(), size, &place);
        errors.descent.compare(&means(&queries, training), test.as_flattened(), size, &place);
    }
}

#[test]
fn training_in_closed_form() {
    let [flow, descent, variance, eigenvalues] = [const { Worst::new() }; 4];
    let mut errors = Errors { flow, descent, variance, eigenvalues };
    for case in &data::read::<File>("dynamics.json").cases {
        match case.x[0].len() {
            2 => compare::<2>(case, &mut errors),
            3 => compare::<3>(case, &mut errors),
            other => panic!("{} has {other} inputs", case.name),
        }
    }
    check::<f64>("mean in flow", &errors.flow);
    check::<f64>("variance in flow", &errors.variance);
    check::<f64>("mean in descent", &errors.descent);
    check::<f64>("ntk eigenvalues", &errors.eigenvalues);
}
