//! Both engines over 200 draws of Example 3: where single runs are chaotic, what counts is their distribution.
#![allow(clippy::unwrap_used, missing_docs)]

use host::cli::{Engine, LiftName};
use host::example3::{Draw, Settings, Trained, test_mse};
use host::interrupt::Interrupt;
use rayon::prelude::*;

const DRAWS: u64 = 200;

/// Steps and test error of every draw at a width, in order.
fn results(engine: Engine, lift: LiftName, width: usize) -> [Vec<f64>; 2] {
    let settings = Settings {
        lift,
        engine,
        samples: 10,
        learning_rate: 0.02,
        target_mse: 2e-3,
        patience: 50,
        max_steps: 20_000,
    };
    let run = |seed| {
        let draw = Draw::new(seed, &settings).unwrap();
        let trained = Trained::new(&draw, &settings, width, &Interrupt::default()).unwrap();
        (f64::from(trained.outcome.steps), test_mse(|x| trained.predict(x)).unwrap())
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

/// The measure itself: 0 for the same numbers in another order, 1 for numbers that do not overlap, and the shift of a uniform one.
#[test]
fn the_distance_tells_distributions_apart() {
    let ramp: Vec<f64> = (0..200).map(f64::from).collect();
    let shifted: Vec<f64> = ramp.iter().map(|x| x + 50.0).collect();
    let reversed: Vec<f64> = ramp.iter().rev().copied().collect();
    assert_eq!(distance(&ramp, &reversed), 0.0);
    assert!((distance(&ramp, &shifted) - 0.25).abs() < 1e-12);
    assert_eq!(distance(&ramp, &ramp.iter().map(|x| x + 500.0).collect::<Vec<_>>()), 1.0);
}
