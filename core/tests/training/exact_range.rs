//! Numbers at the edge of their range: samples that are subnormal, which the exact engine refuses and the
//! plain engine trains on, and learning rates of any size.

use ntk_core::train::{Exact, StopReason, StopRule, descend, workspace_len};
use ntk_core::{Dataset, Error, Lift, Network, Params, Relu, Setting};
use rand_chacha::rand_core::Rng;

use crate::support::exact::{self, Problem, steps, train_exactly};
use crate::support::{network, rng};

const RULE: StopRule<f64> = StopRule { target_mse: None, patience: None, max_steps: 20 };

fn train(scale: f64, exactly: bool) -> (Result<(), Error>, Params<f64, 2, 5, 1>) {
    let (x, y) = ([[scale, 0.0], [-0.6 * scale, 0.8 * scale], [0.0, 0.0]], [[0.5], [-0.25], [0.0]]);
    let weights = Params {
        a: [[1.0, -0.5, 0.7, 0.3, -0.9]],
        b: [[0.3, -0.2, 1.1, -1.0, 0.4], [0.1, 0.9, -0.4, 0.2, 0.6]],
    };
    let data = Dataset::new(&x, &y).unwrap();
    let mut network = Network::new(Relu, weights);
    let shape = network.shape();
    let mut work = vec![0.0; workspace_len(3, 2, 1)];
    let rate = (0.01 / (scale * scale)).min(1e100);
    let found = if exactly {
        let mut floats = vec![0.0; Exact::floats_len(3, shape, 0)];
        let mut indices = vec![0; Exact::indices_len(3, shape, 0)];
        let mut exact = Exact::new(&mut network, 3, 0, &mut floats, &mut indices).unwrap();
        descend(&mut exact, &data, rate, &RULE, &mut work, |_, _| true)
    } else {
        descend(&mut network, &data, rate, &RULE, &mut work, |_, _| true)
    };
    (found.map(drop), network.weights)
}

#[test]
fn lengths_on_both_sides_of_the_limits() {
    for (scale, fits) in
        [(1.0, true), (1e-100, true), (1e-300, true), (2e-308, false), (1e-310, false), (5e-324, false)]
    {
        let before = train(scale, false).1;
        let (found, after) = train(scale, true);
        assert_eq!(found, if fits { Ok(()) } else { Err(Error::OutOfRange(Setting::Length)) }, "{scale:e}");
        let all = after.a.as_flattened().iter().chain(after.b.as_flattened());
        assert!(all.clone().all(|w| w.is_finite()), "{scale:e}: {after:?}");
        if fits {
            for (exact, plain) in all.zip(before.a.as_flattened().iter().chain(before.b.as_flattened())) {
                assert!((exact - plain).abs() <= 1e-9 * plain.abs().max(1.0), "{scale:e}: {exact} {plain}");
            }
        }
    }
}

/// Steps that throw units as far as numbers go: where the plain engine ends with units that are all silent,
/// or diverges, the exact one does the same, in the same step.
#[test]
fn learning_rates_of_any_size_end_as_in_the_plain_engine() {
    let mut reasons = [0; 2];
    for seed in 0..2_000 {
        let mut rng = rng(7_000 + seed);
        let lift = [Lift::Raw, Lift::Bias, Lift::Sphere, Lift::Circle][seed as usize % 4];
        let (n, k) = (1 + rng.next_u32() as usize % 6, 1 + rng.next_u32() as usize % 12);
        let rate = 10f64.powf(f64::from(rng.next_u32() % 3_100) / 10.0 - 3.0);
        let problem = Problem::<f64>::lifted(lift, n, &mut rng);
        let start = network(Relu, (lift.dimension(), k, 1), &mut rng);
        let (losses, plain) = exact::train(&mut start.clone(), &problem.data(), rate, &steps(40));
        let (found, own) = train_exactly(&mut start.clone(), &problem.data(), rate, &steps(40));
        assert_eq!((plain.reason, plain.steps), (own.reason, own.steps), "seed {seed}, rate {rate:e}");
        if rate > 1e6 {
            let are_close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-6 * a.abs() || !a.is_finite();
            assert!(losses.iter().zip(&found).all(are_close), "seed {seed}: {losses:?}, {found:?}");
        }
        reasons[usize::from(plain.reason == StopReason::Diverged)] += 1;
    }
    assert!(reasons.iter().all(|count| *count > 200), "{reasons:?}");
}
