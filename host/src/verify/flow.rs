//! C19: the training of an infinitely wide network in closed form (lecture, Section 2) and that of a finite
//! one by groups of units, against many small steps.

use ntk_core::dynamics::Training;
use ntk_core::train::StopRule;
use ntk_core::{Dataset, Dynamics, Kernel, LeakyRelu, Relu};
use rayon::prelude::*;

use super::Options;
use super::dense::{gram, inner, quadratic};
use super::problem::{self, gaussian, normals};
use super::row::{Cell, Data, Row, largest};
use crate::error::Failure;
use crate::experiment::{Engine, engine};
use crate::kernels::{relu_nngp, relu_ntk};

const N: usize = 8;

/// C19.
///
/// # Errors
/// None.
pub(super) fn c19(options: &Options) -> Result<Vec<Row>, Failure> {
    let mut rows = closed_forms(options, options.factor())?;
    rows.push(engines(options, options.factor())?);
    Ok(rows)
}

/// What the labels weigh in the output at an input, and each sample's in the outputs at the samples, in the
/// course of training: columns of I - exp(-K t) and the like, one for each label.
struct Course {
    at_samples: Vec<Vec<f64>>,
    at_query: Vec<f64>,
}

/// df/dt = -K(., X) (f(X) - y) for each unit label y, by the method of Runge and Kutta for a flow and
/// by its own steps for a descent.
fn course(matrix: &[Vec<f64>], k: &[f64], training: Training<f64>, largest: f64) -> Course {
    let residual = |label: usize, f: &[f64]| -> Vec<f64> {
        (0..N).map(|i| if i == label { 1.0 - f[i] } else { -f[i] }).collect()
    };
    let slope = |label: usize, f: &[f64]| -> Vec<f64> {
        let residual = residual(label, f);
        matrix.iter().map(|row| inner(row, &residual)).chain([inner(k, &residual)]).collect()
    };
    let moved = |f: &[f64], step: f64, slope: &[f64]| -> Vec<f64> {
        f.iter().zip(slope).map(|(f, slope)| f + step * slope).collect()
    };
    let (steps, step) = match training {
        Training::Flow(time) => {
            let steps = (50.0 * time * largest).ceil().max(1.0);
            (steps as u64, time / steps)
        }
        Training::Descent { rate, steps } => (steps, rate),
    };
    let outputs = |label: usize| {
        let mut f = vec![0.0; N + 1];
        for _ in 0..steps {
            let first = slope(label, &f);
            f = if matches!(training, Training::Flow(_)) {
                let second = slope(label, &moved(&f, 0.5 * step, &first));
                let third = slope(label, &moved(&f, 0.5 * step, &second));
                let fourth = slope(label, &moved(&f, step, &third));
                let sum = |i: usize| first[i] + 2.0 * (second[i] + third[i]) + fourth[i];
                (0..=N).map(|i| f[i] + step / 6.0 * sum(i)).collect()
            } else {
                moved(&f, step, &first)
            };
        }
        f
    };
    let all: Vec<Vec<f64>> = (0..N).map(outputs).collect();
    let at = |i: usize| all.iter().map(|f| f[i]).collect::<Vec<f64>>();
    Course { at_samples: (0..N).map(at).collect(), at_query: at(N) }
}

/// `factor` multiplies what the library says, 1 in the claim.
fn closed_forms(options: &Options, factor: f64) -> Result<Vec<Row>, Failure> {
    let one = |draw: u64| -> Result<[f64; 3], Failure> {
        let mut rng = problem::rng(options.seed, 19, 0, draw);
        let mut point = || -> [f64; 2] { std::array::from_fn(|_| normals(1, &mut rng)[0]) };
        let (x, query): ([[f64; 2]; N], [f64; 2]) = (std::array::from_fn(|_| point()), point());
        let y: [[f64; 1]; N] = std::array::from_fn(|_| [normals(1, &mut rng)[0]]);
        let mut network = Dynamics::<f64, _, 2, N>::new(relu_ntk());
        network.fit(&Dataset::new(&x, &y)?)?;
        let (matrix, labels) = (gram(&relu_ntk(), &x, 0.0), y.as_flattened());
        let k: Vec<f64> = x.iter().map(|x| relu_ntk().value(&query, x)).collect();
        let start = gram(&relu_nngp(), &x, 0.0);
        let start_row: Vec<f64> = x.iter().map(|x| relu_nngp().value(&query, x)).collect();
        let largest_rate = network.largest_learning_rate()?;
        let top = 2.0 / largest_rate;
        let mut worst = [0.0f64; 3];
        let size = problem::length(labels);
        for (place, training) in [
            (0, Training::Flow(0.3 / top)),
            (0, Training::Flow(3.0 / top)),
            (0, Training::Flow(20.0 / top)),
            (1, Training::Descent { rate: 0.9 * largest_rate, steps: 1 }),
            (1, Training::Descent { rate: 0.5 * largest_rate, steps: 7 }),
            (1, Training::Descent { rate: 0.9 * largest_rate, steps: 300 }),
        ] {
            let Course { at_samples, at_query } = course(&matrix, &k, training, top);
            let mut error = (factor * network.mean(&query, training)?[0] - inner(&at_query, labels)).abs();
            for (x, weights) in x.iter().zip(&at_samples) {
                error = error.max((factor * network.mean(x, training)?[0] - inner(weights, labels)).abs());
            }
            worst[place] = worst[place].max(error / size);
            let variance = relu_nngp().value(&query, &query) - 2.0 * inner(&at_query, &start_row)
                + quadratic(&start, &at_query);
            let said = factor * network.deviation(&relu_nngp(), &query, training)?;
            worst[2] = worst[2].max((said * said / variance - 1.0).abs());
        }
        Ok(worst)
    };
    let found = (0..options.choose(4, 16)).into_par_iter().map(one).collect::<Result<Vec<_>, _>>()?;
    let mut data = Data::new(&["draw", "flow", "descent", "deviation"]);
    for (draw, errors) in found.iter().enumerate() {
        data.push([Cell::from(draw)].into_iter().chain(errors.map(Cell::from)));
    }
    let row = |statement: &str, place: usize, tolerance: f64| {
        let worst = largest(found.iter().map(|errors| (String::new(), errors[place])));
        Row::error(statement, worst, tolerance, data.clone())
    };
    Ok(vec![
        row("gradient flow in closed form = small steps, error", 0, 1e-7),
        row("descent in closed form = its steps, error", 1, 1e-9),
        row("spread of networks in training, variance, error", 2, 1e-6),
    ])
}

/// Returns the largest relative difference of the losses of both engines, step by step. `times` multiplies
/// the rate of the exact engine, 1 in the claim.
fn engines(options: &Options, times: f64) -> Result<Row, Failure> {
    const STEPS: u32 = 200;
    let shapes: [[usize; 3]; 3] = [[1, 256, 1], [2, 256, 1], [3, 128, 2]];
    let cases: Vec<(u64, [usize; 3])> =
        (0..options.choose(4, 16)).flat_map(|draw| shapes.map(|shape| (draw, shape))).collect();
    let one = |&(draw, shape): &(u64, [usize; 3])| -> Result<f64, Failure> {
        let mut rng = problem::rng(options.seed, 19, shape[0], draw);
        let (x, y) = (normals(N * shape[0], &mut rng), normals(N * shape[2], &mut rng));
        let data = Dataset::new(ntk_core::Rows::new(&x, shape[0])?, ntk_core::Rows::new(&y, shape[2])?)?;
        let rule = StopRule { target_mse: None, patience: None, max_steps: STEPS };
        let losses = |engine: Engine, rate: f64, rng: &mut rand_chacha::ChaCha8Rng| {
            let mut losses = Vec::new();
            let keep = |_: u32, loss: f64| {
                losses.push(loss);
                true
            };
            if draw % 2 == 0 {
                engine::train(engine, &mut gaussian(Relu, shape, rng)?, &data, rate, &rule, keep)?;
            } else {
                let phi = LeakyRelu { slope: 0.2 };
                engine::train(engine, &mut gaussian(phi, shape, rng)?, &data, rate, &rule, keep)?;
            }
            Ok::<_, Failure>(losses)
        };
        let plain = losses(Engine::Plain, 0.02, &mut rng.clone())?;
        let exact = losses(Engine::Exact, 0.02 * times, &mut rng)?;
        let errors = exact.iter().zip(&plain).map(|(e, p)| (String::new(), (e - p).abs() / p));
        Ok(if exact.len() == plain.len() { largest(errors).1 } else { f64::NAN })
    };
    let errors = cases.par_iter().map(one).collect::<Result<Vec<f64>, _>>()?;
    let mut data = Data::new(&["draw", "inputs", "outputs", "largest difference"]);
    for ((draw, [inputs, _, outputs]), error) in cases.iter().zip(&errors) {
        data.push([(*draw as f64).into(), Cell::from(*inputs), (*outputs).into(), (*error).into()]);
    }
    let named = cases.iter().zip(errors).map(|((_, [d, _, c]), error)| (format!("d = {d}, c = {c}"), error));
    Ok(Row::error("loss by the exact engine = by the plain one, error", largest(named), 1e-7, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms_that_are_wrong_by_a_thousandth_are_seen() {
        assert!(!closed_forms(&Options::quick(0), 1.0).unwrap().iter().any(Row::fails));
        assert!(closed_forms(&Options::quick(0), 1.001).unwrap().iter().all(Row::fails));
    }

    #[test]
    fn an_exact_engine_with_another_rate_is_seen() {
        assert!(!engines(&Options::quick(0), 1.0).unwrap().fails());
        assert!(engines(&Options::quick(0), 1.001).unwrap().fails());
    }
}
