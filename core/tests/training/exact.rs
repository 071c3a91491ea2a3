//! The exact engine has the same losses, weights, stops and divergences as the plain one, step by step.

use ntk_core::train::{StopReason, StopRule};
use ntk_core::{Activation, Lift, Parameters, Relu, loss};
use rand_chacha::rand_core::Rng;

use crate::support::exact::{Leaky, Problem, agree, steps, train, train_exactly};
use crate::support::{AnyWidth, assert_close, fitted_exponent, moved, network, rng};

const STEPS: u32 = 2_000;
pub(crate) const TOLERANCE: f64 = 1e-9;

/// A copy of a network in which every weight is changed by one unit in the last place, up or down.
pub(crate) fn shaken<A: Copy>(network: &AnyWidth<A>, seed: u64) -> AnyWidth<A> {
    let mut rng = rng(seed);
    let ups: Vec<bool> = network.weights.values().iter().map(|_| rng.next_u32().is_multiple_of(2)).collect();
    moved(network, |i, w| if ups[i] { w.next_up() } else { w.next_down() })
}

/// Compares the engines on one problem. Returns true if they agree over all steps; else the plain engine must
/// disagree with itself no later.
fn compare<A: Activation<f64>>(phi: A, lift: Lift, seed: u64) -> bool {
    let mut rng = rng(seed);
    let (n, k) = (3 + rng.next_u32() as usize % 30, 1 << (rng.next_u32() % 13));
    let problem = Problem::lifted(lift, n, &mut rng);
    let data = problem.data();
    let start = network(phi, (lift.dimension(), k, 1), &mut rng);
    let (mut plain, mut exact) = (start.clone(), start.clone());
    let (expected, _) = train(&mut plain, &data, 0.01, &steps(STEPS));
    let (found, outcome) = train_exactly(&mut exact, &data, 0.01, &steps(STEPS));
    assert_eq!((outcome.steps, outcome.reason), (STEPS, StopReason::MaxSteps));
    assert_close(loss(&exact, &data).unwrap(), outcome.loss, 1e-12 * outcome.loss);
    let agreed = agree(&expected, &found, TOLERANCE);
    if agreed == expected.len() {
        let size = plain.weights.values().iter().fold(0.0f64, |m, w| m.max(w.abs()));
        for (a, b) in plain.weights.values().iter().zip(exact.weights.values()) {
            assert_close(*b, *a, TOLERANCE * size);
        }
        return true;
    }
    let own = (0..8).map(|copy| {
        let (losses, _) = train(&mut shaken(&start, copy), &data, 0.01, &steps(STEPS));
        agree(&expected, &losses, TOLERANCE)
    });
    let own = own.min().unwrap();
    println!("{lift:?}, n {n}, k {k}: agree for {agreed} steps, the plain engine with itself for {own}");
    assert!(agreed >= own, "{lift:?}, n {n}, k {k}: {agreed} steps, the plain engine with itself {own}");
    false
}

fn compare_all(lift: Lift) {
    let mut whole = 0;
    for seed in 0..25 {
        whole += u32::from(match seed % 5 {
            3 => compare(Leaky(0.125), lift, seed),
            4 => compare(Leaky(-1.0), lift, seed),
            _ => compare(Relu, lift, seed),
        });
    }
    assert!(whole >= 24, "{lift:?}: only {whole} of 25 agree for all {STEPS} steps");
}

#[test]
fn two_thousand_steps_raw() {
    compare_all(Lift::Raw);
}

#[test]
fn two_thousand_steps_bias() {
    compare_all(Lift::Bias);
}

#[test]
fn two_thousand_steps_sphere() {
    compare_all(Lift::Sphere);
}

#[test]
fn two_thousand_steps_circle() {
    compare_all(Lift::Circle);
}

/// In single precision the engines agree to its rounding.
#[test]
fn single_precision() {
    for (seed, k) in [(1, 5), (2, 64), (3, 700)] {
        let mut rng = rng(seed);
        let problem = Problem::<f32>::lifted(Lift::Circle, 12, &mut rng);
        let start = network::<f32, _>(Relu, (2, k, 1), &mut rng);
        let (expected, _) = train(&mut start.clone(), &problem.data(), 0.01, &steps(500));
        let (found, _) = train_exactly(&mut start.clone(), &problem.data(), 0.01, &steps(500));
        for (a, b) in expected.iter().zip(&found) {
            assert_close(f64::from(*b), f64::from(*a), 1e-4 * f64::from(*a));
        }
    }
}

#[test]
fn the_stop_rules_give_the_same_steps() {
    let mut reasons = Vec::new();
    for seed in 0..24 {
        let mut rng = rng(100 + seed);
        let problem = Problem::lifted(Lift::Circle, 6, &mut rng);
        let start = network(Relu, (2, [2, 4, 40, 400][seed as usize % 4], 1), &mut rng);
        let patient = seed % 3 == 0;
        let target = StopRule { target_mse: Some(0.02), patience: None, max_steps: 1_500 };
        let patience = StopRule { target_mse: None, patience: Some(1), max_steps: 100 };
        // At the large rate the loss rises again long before rounding could decide which loss is lower.
        let (rule, rate) = if patient { (patience, 0.5) } else { (target, 0.1) };
        let (_, plain) = train(&mut start.clone(), &problem.data(), rate, &rule);
        let (_, exact) = train_exactly(&mut start.clone(), &problem.data(), rate, &rule);
        println!("{plain:?}");
        assert_eq!((plain.steps, plain.reason), (exact.steps, exact.reason), "seed {seed}");
        assert_close(exact.mse, plain.mse, 1e-9 * plain.mse);
        reasons.push(plain.reason);
    }
    for reason in [StopReason::Target, StopReason::Patience, StopReason::MaxSteps] {
        assert!(reasons.contains(&reason), "{reason:?} is not in {reasons:?}");
    }
}

/// The rates range from stable ones to those with ||h|| above 1 that overflow. The slope of a leaky rectifier
/// is never 0, so no unit stops moving.
#[test]
fn too_large_a_rate_ends_in_the_same_way() {
    let (mut diverged, mut wild) = (0, 0);
    for seed in 0..200 {
        let mut rng = rng(300 + seed);
        let problem = Problem::lifted(Lift::Bias, 2 + seed as usize % 7, &mut rng);
        let start = network(Leaky(0.125), (2, 1 + seed as usize % 20, 1), &mut rng);
        let rate = 0.02 * 1.05f64.powi(seed as i32);
        let (expected, plain) = train(&mut start.clone(), &problem.data(), rate, &steps(60));
        let (found, exact) = train_exactly(&mut start.clone(), &problem.data(), rate, &steps(60));
        let quiet = agree(&expected, &found, 1e-6) == expected.len();
        let own = (0..4).map(|copy| {
            let (losses, _) = train(&mut shaken(&start, copy), &problem.data(), rate, &steps(60));
            agree(&expected, &losses, 1e-6)
        });
        if plain.reason == StopReason::Diverged {
            diverged += 1;
            assert_eq!(exact.reason, StopReason::Diverged, "seed {seed}");
            assert!(exact.steps.abs_diff(plain.steps) <= 2, "seed {seed}: {} {}", exact.steps, plain.steps);
        } else if own.min() == Some(expected.len()) {
            assert!(quiet, "seed {seed}, rate {rate}: {:?}", agree(&expected, &found, 1e-6));
            wild += u32::from(expected.iter().any(|l| *l > 2.0 * expected[0]));
        }
    }
    println!("{diverged} diverged, {wild} went up and stayed finite");
    assert!(diverged > 100 && wild > 5, "{diverged} diverged, {wild} went up and stayed finite");
}

#[test]
fn weights_that_are_not_finite_are_a_divergence_at_once() {
    let mut rng = rng(5);
    let problem = Problem::lifted(Lift::Circle, 5, &mut rng);
    let start = network(Relu, (2, 20, 1), &mut rng);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for place in [3, 23, 43] {
            let mut broken = moved(&start, |i, w| if i == place { bad } else { w });
            let (_, plain) = train(&mut broken.clone(), &problem.data(), 0.01, &steps(50));
            let (_, exact) = train_exactly(&mut broken, &problem.data(), 0.01, &steps(50));
            assert_eq!((exact.steps, exact.reason), (plain.steps, plain.reason), "{bad} at {place}");
        }
    }
}

/// A step changes a^2 - |b|^2 by (h . b)^2 - a^2 |h|^2, and h is proportional to the rate: over a given time
/// the change is proportional to the rate.
#[test]
fn what_gradient_flow_conserves() {
    let mut rng = rng(8);
    let problem = Problem::lifted(Lift::Circle, 10, &mut rng);
    let start = network(Relu, (2, 300, 1), &mut rng);
    let invariants = |network: &AnyWidth<Relu>| -> Vec<f64> {
        let w = &network.weights;
        let rows = w.a_row(0).iter().zip(w.b_row(0)).zip(w.b_row(1));
        rows.map(|((a, b), c)| a * a - b * b - c * c).collect()
    };
    let before = invariants(&start);
    let points = [(0.04, 500), (0.02, 1_000), (0.01, 2_000), (0.005, 4_000)].map(|(rate, count)| {
        let mut network = start.clone();
        train_exactly(&mut network, &problem.data(), rate, &steps(count));
        let change = invariants(&network).iter().zip(&before).fold(0.0f64, |m, (x, y)| m.max((x - y).abs()));
        (rate, change)
    });
    println!("{points:?}");
    assert_close(fitted_exponent(&points), 1.0, 0.1);
    assert!(points[3].1 < 5e-3);
}
