//! What a fit, a prediction and a search of `ntk` spend their time in, by themselves.
//!
//! `cargo bench -p host --bench dense -- factor 4000 5`: one line of JSON with the seconds of each of five
//! rounds; `core` for the factor of the core, `left-out` for the diagonal of the inverse, `predict` for
//! 10,000 inputs, `tune` for the search of ridge and bias variance, `ridge` for that of the ridge alone,
//! `variances` for that of `--tune bias`.
//! `host/benches/peers/fit.py` calls it in turns with other libraries.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::time::Instant;

use host::kernels::dense::{Factoring, precisions};
use host::kernels::prediction::Predictor;
use host::kernels::regression::{self, Model};
use host::kernels::search::{Settings, Task};
use host::kernels::{ActivationName, AnyKernel, KernelSpec, Kind};
use ntk_core::regression::{Criterion, Variances};
use ntk_core::{Dataset, Rows, cholesky, random};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const INPUTS: usize = 4;
const RIDGE: f64 = 0.1;

fn normals(count: usize) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    (0..count).map(|_| random::standard_normal::<f64, _>(&mut rng)).collect()
}

const SPEC: KernelSpec = KernelSpec {
    kind: Kind::Nngp,
    activation: ActivationName::Relu,
    depth: 1,
    weight_variance: 1.0,
    bias_variance: 0.25,
};

fn kernel() -> AnyKernel<f64> {
    SPEC.build().unwrap()
}

/// Seconds.
fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let [what, n, rounds] = &args[..] else {
        println!("say what to measure, n and the number of rounds: factor 1000 5");
        return;
    };
    let (n, rounds): (usize, usize) = (n.parse().unwrap(), rounds.parse().unwrap());
    let (x, noise) = (normals(n * INPUTS), normals(n));
    let rows = Rows::new(&x, INPUTS).unwrap();
    let y: Vec<f64> = rows.iter().zip(&noise).map(|(x, e)| x[0] * x[1] - x[2] + 0.1 * e).collect();
    let labels = Rows::new(&y, 1).unwrap();
    let data = Dataset::new(rows, labels).unwrap();
    let task = Task { data: &data, noise: None, amplitude: None, criterion: Criterion::MarginalLikelihood };
    let fit = || -> Model<AnyKernel<f64>> { regression::fit(kernel(), rows, labels, RIDGE).unwrap() };
    let (mut matrix, mut reciprocals) = (Vec::new(), vec![0.0; n]);
    if ["factor", "core"].contains(&what.as_str()) {
        matrix.resize(n * n, 0.0);
        kernel().gram(rows, &mut matrix).unwrap();
    }
    let model = (what == "left-out" || what == "predict").then(fit);
    let queries = normals(10_000 * INPUTS);
    let mut round = || match what.as_str() {
        "factor" => timed(|| {
            Factoring::new(n).unwrap().factor(&mut matrix, n, RIDGE, &mut reciprocals).unwrap();
        }),
        "core" => timed(|| cholesky::factor(&mut matrix, n, RIDGE, &mut reciprocals).unwrap()),
        "fit" => timed(|| drop(fit())),
        "left-out" => timed(|| drop(precisions(model.as_ref().unwrap().factor()).unwrap())),
        "predict" => {
            let predictor = Predictor::new(model.as_ref().unwrap(), 1).unwrap();
            timed(|| drop(predictor.answers(Rows::new(&queries, INPUTS).unwrap(), Some(0.9)).unwrap()))
        }
        "tune" => timed(|| drop(task.fit(SPEC, Settings::BiasAndRidge).unwrap())),
        "ridge" => timed(|| drop(task.fit(SPEC, Settings::Ridge).unwrap())),
        "variances" => timed(|| drop(task.fit(SPEC, Settings::Variances(Variances::Bias)).unwrap())),
        other => panic!("there is nothing called {other}"),
    };
    let seconds: Vec<String> = (0..rounds).map(|_| format!("{:.6}", round())).collect();
    println!("[{}]", seconds.join(", "));
}
