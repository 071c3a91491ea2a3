//! Both engines over 200 draws of Example 3: where single runs are chaotic, what counts is their
//! distribution.
#![allow(clippy::unwrap_used, missing_docs)]

use host::experiment::engine;
use host::experiment::example3::{Draw, Settings, Trained, test_mse, test_points};
use host::experiment::interrupt::Interrupt;
use host::experiment::{Engine, LiftName};
use ntk_core::train::StopRule;
use ntk_core::{Dataset, Lift, Rows};
use rayon::prelude::*;

const DRAWS: u64 = 200;

fn lifted(lift: LiftName, x: f64) -> [f64; 2] {
    let mut z = [0.0; 2];
    Lift::from(lift).apply(x, &mut z).unwrap();
    z
}

/// Steps and test error of every draw at a width, in order.
fn results(engine: Engine, lift: LiftName, width: usize) -> [Vec<f64>; 2] {
    // No step: the sweep would choose the engine of narrow networks itself.
    let settings = Settings {
        lift,
        engine,
        samples: 10,
        learning_rate: 0.02,
        target_mse: 2e-3,
        patience: 50,
        max_steps: 0,
    };
    let run = |seed| {
        let draw = Draw::new(seed, &settings).unwrap();
        let mut network =
            Trained::new(&draw, &settings, width, &Interrupt::default()).unwrap().initial().clone();
        let z: Vec<[f64; 2]> = draw.x.iter().map(|&x| lifted(lift, x)).collect();
        let data =
            Dataset::new(Rows::new(z.as_flattened(), 2).unwrap(), Rows::new(&draw.y, 1).unwrap()).unwrap();
        let rule = StopRule::example_3(width, 10, 2e-3, 50, 20_000);
        let outcome = engine::train(engine, &mut network, &data, 0.02, &rule, |_, _| true).unwrap();
        let values: Vec<f64> = test_points().map(|x| network.value(&lifted(lift, x), 0).unwrap()).collect();
        (f64::from(outcome.steps), test_mse(&values))
    };
    let (steps, errors) = (0..DRAWS).into_par_iter().map(run).unzip();
    [steps, errors]
}

/// The largest distance between two empirical distribution functions (Kolmogorov and Smirnov).
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let share = |all: &[f64], x: f64| all.iter().filter(|v| **v <= x).count() as f64 / all.len() as f64;
    a.iter().chain(b).map(|&x| (share(a, x) - share(b, x)).abs()).fold(0.0, f64::max)
}

#[test]
fn steps_and_test_errors_have_the_same_distribution() {
    let level = 1.628 * (2.0 / DRAWS as f64).sqrt(); // two samples of the same size, 1 %
    for (lift, width) in
        [(LiftName::Circle, 3), (LiftName::Circle, 10), (LiftName::Bias, 12), (LiftName::Circle, 40)]
    {
        let exact = results(Engine::Exact, lift, width);
        let plain = results(Engine::Plain, lift, width);
        for (what, (exact, plain)) in ["steps", "test error"].into_iter().zip(exact.iter().zip(&plain)) {
            let (found, equal) = (
                distance(exact, plain),
                exact.iter().zip(plain).filter(|(a, b)| (*a - *b).abs() < 1e-6 * *b).count(),
            );
            println!(
                "{lift}, k = {width}: {what}: distance {found:.3} (below {level:.3}), {equal} of {DRAWS} draws equal"
            );
            assert!(found < level, "{lift}, k = {width}: {what}: {found}");
        }
    }
}

/// The measure itself: 0 for the same numbers in another order, 1 for numbers that do not overlap, and the
/// shift of a uniform one.
#[test]
fn the_distance_tells_distributions_apart() {
    let ramp: Vec<f64> = (0..200).map(f64::from).collect();
    let shifted: Vec<f64> = ramp.iter().map(|x| x + 50.0).collect();
    let reversed: Vec<f64> = ramp.iter().rev().copied().collect();
    assert_eq!(distance(&ramp, &reversed), 0.0);
    assert!((distance(&ramp, &shifted) - 0.25).abs() < 1e-12);
    assert_eq!(distance(&ramp, &ramp.iter().map(|x| x + 500.0).collect::<Vec<_>>()), 1.0);
}
