//! The exact engine against the plain one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::train::{
    Exact, Outcome, StopRule, Trainable, descend, exact_indices, exact_numbers, workspace_len,
};
use ntk_core::{Activation, Dataset, Lift, Relu, Rows, Scalar};
use rand_chacha::rand_core::Rng;
use support::{AnyWidth, moved, network, rng, uniforms};

/// Samples of x + sin 10 x under a lift.
struct Problem {
    z: Vec<f64>,
    y: Vec<f64>,
    lift: Lift,
}

impl Problem {
    fn new(lift: Lift, n: usize, rng: &mut impl Rng) -> Self {
        let x: Vec<f64> = (0..n).map(|_| ntk_core::random::uniform(rng)).collect();
        let mut z = vec![0.0; n * lift.dimension()];
        for (z, &x) in z.chunks_exact_mut(lift.dimension()).zip(&x) {
            lift.apply(x, z).unwrap();
        }
        let y = x.iter().map(|&x| x + Scalar::sin(10.0 * x)).collect();
        Self { z, y, lift }
    }

    fn data(&self) -> Dataset<'_, f64> {
        Dataset::new(Rows::new(&self.z, self.lift.dimension()).unwrap(), Rows::new(&self.y, 1).unwrap())
            .unwrap()
    }
}

fn losses(
    model: &mut impl Trainable<f64>,
    data: &Dataset<'_, f64>,
    rate: f64,
    steps: u32,
) -> (Vec<f64>, Outcome<f64>) {
    let rule = StopRule { target_mse: None, patience: None, max_steps: steps };
    let mut memory = vec![0.0; workspace_len(data.len(), data.x().columns(), 1)];
    let mut losses = Vec::new();
    let outcome = descend(model, data, rate, &rule, &mut memory, |_, loss| losses.push(loss)).unwrap();
    (losses, outcome)
}

fn exact_losses<A: Activation<f64>>(
    network: &mut AnyWidth<A>,
    data: &Dataset<'_, f64>,
    rate: f64,
    steps: u32,
) -> (Vec<f64>, Outcome<f64>) {
    let k = network.shape().width;
    let mut numbers = vec![0.0; exact_numbers(data.len(), k)];
    let mut indices = vec![0; exact_indices(data.len(), k)];
    let mut engine = Exact::new(network, data.len(), &mut numbers, &mut indices).unwrap();
    let r = losses(&mut engine, data, rate, steps);
    println!("loose {} of {k}", engine.loose_units());
    r
}

#[test]
fn the_same_losses_as_the_plain_engine() {
    for seed in 0..20 {
        let mut rng = rng(seed);
        let lift = [Lift::Raw, Lift::Bias, Lift::Sphere, Lift::Circle][seed as usize % 4];
        let n = 3 + (rng.next_u32() % 30) as usize;
        let k = 1 << (rng.next_u32() % 13);
        let problem = Problem::new(lift, n, &mut rng);
        let data = problem.data();
        let start = network(Relu, (lift.dimension(), k, 1), &mut rng);
        let (mut plain, mut exact) = (start.clone(), start.clone());
        let mut shaken = moved(&start, |i, w| if i % 2 == 0 { w * (1.0 + f64::EPSILON) } else { w });
        let steps = 2000;
        let (p, _) = losses(&mut plain, &data, 0.01, steps);
        let (e, _) = exact_losses(&mut exact, &data, 0.01, steps);
        let (s, _) = losses(&mut shaken, &data, 0.01, steps);
        let first = |a: &[f64], b: &[f64]| {
            a.iter().zip(b).position(|(a, b)| !((a - b).abs() <= 1e-9 * a.abs())).unwrap_or(a.len())
        };
        println!(
            "{lift:?} n {n} k {k}: exact {} shaken {} final {:e} {:e} {:e}",
            first(&p, &e),
            first(&p, &s),
            p[p.len() - 1],
            e[e.len() - 1],
            s[s.len() - 1]
        );
    }
}
