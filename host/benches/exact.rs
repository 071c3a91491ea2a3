//! The exact engine against the plain one on Example 3: circle lift, 15 samples, one seed, f64, to the lecture's stop rules.
//!
//! `cargo bench -p host --bench exact`; absolute times drift, compare within one run. The last lines are the whole of Example 3 (18
//! widths) and a network of 2^20 units, which the plain engine would need hours for.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, missing_docs)]

use std::time::Instant;

use host::vectorized::Vectorized;
use ntk_core::train::{
    Exact, Outcome, StopRule, Trainable, descend, exact_indices, exact_numbers, workspace_len,
};
use ntk_core::{Dataset, FlatParams, Lift, Network, Relu, Rows, Scalar, Shape, random};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const SAMPLES: usize = 15;
const WIDTHS: [usize; 18] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 32, 64, 128, 256, 512, 1024];

struct Problem {
    z: Vec<f64>,
    y: Vec<f64>,
}

impl Problem {
    fn new() -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let x: Vec<f64> = (0..SAMPLES).map(|_| random::uniform(&mut rng)).collect();
        let mut z = vec![0.0; 2 * SAMPLES];
        for (z, &x) in z.chunks_exact_mut(2).zip(&x) {
            Lift::Circle.apply(x, z).unwrap();
        }
        Self { z, y: x.iter().map(|&x| x + Scalar::sin(10.0 * x)).collect() }
    }

    /// Trains a network of width k; seconds and how it ended.
    fn run(&self, k: usize, exact: bool, steps: u32) -> (f64, Outcome<f64>) {
        let data = Dataset::new(Rows::new(&self.z, 2).unwrap(), Rows::new(&self.y, 1).unwrap()).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        rng.set_stream(k as u64);
        let shape = Shape { inputs: 2, width: k, outputs: 1 };
        let mut network = Network::new(Relu, FlatParams::new(shape, vec![0.0; shape.parameters()]).unwrap());
        network.initialize(&mut rng);
        let rule = StopRule::example_3(k, SAMPLES, 2e-3, 50, steps);
        let begin = Instant::now();
        let outcome = if exact {
            let mut numbers = vec![0.0; exact_numbers(SAMPLES, k)];
            let mut indices = vec![0; exact_indices(SAMPLES, k)];
            let mut engine = Exact::new(&mut network, SAMPLES, &mut numbers, &mut indices).unwrap();
            let outcome = train(&mut engine, &data, &rule);
            if std::env::var("LOOSE").is_ok() {
                eprintln!("loose {}", engine.loose_units());
            }
            outcome
        } else {
            train(&mut network, &data, &rule)
        };
        (begin.elapsed().as_secs_f64(), outcome)
    }
}

fn train(model: &mut impl Trainable<f64>, data: &Dataset<'_, f64>, rule: &StopRule<f64>) -> Outcome<f64> {
    let mut memory = vec![0.0; workspace_len(SAMPLES, 2, 1)];
    descend(&mut Vectorized::new(model), data, 0.01, rule, &mut memory, |_, _| ()).unwrap()
}

fn main() {
    let problem = Problem::new();
    println!("{:>8} {:>8} {:>12} {:>12} {:>7}", "width", "steps", "plain us", "exact us", "ratio");
    let mut whole = [0.0; 2];
    let mut all_steps = 0;
    for k in WIDTHS.into_iter().chain([16384]) {
        let (exact, outcome) = problem.run(k, true, 1_000_000);
        // A fair sample of the plain engine's steps suffices: they all cost the same.
        let cap = if k > 1024 { 500 } else { 1_000_000 };
        let (plain, slow) = problem.run(k, false, cap);
        let (exact_step, plain_step) = (exact / f64::from(outcome.steps), plain / f64::from(slow.steps));
        println!(
            "{k:>8} {:>8} {:>12.3} {:>12.3} {:>7.1}   {:?} {}",
            outcome.steps,
            1e6 * plain_step,
            1e6 * exact_step,
            plain_step / exact_step,
            outcome.reason,
            slow.steps
        );
        if k <= 1024 {
            whole[0] += plain;
            whole[1] += exact;
            all_steps += outcome.steps;
        }
    }
    println!("Example 3, {all_steps} steps on one core: plain {:.3} s, exact {:.3} s", whole[0], whole[1]);
    let (seconds, outcome) = problem.run(1 << 20, true, 1_000_000);
    println!("width 2^20: {} steps to an MSE of {:.3e} in {seconds:.1} s", outcome.steps, outcome.mse);
}
