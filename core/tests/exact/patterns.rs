//! The exact engine for any number of inputs and outputs: the same losses and weights as the plain one, step by step.

use ntk_core::train::{
    Exact, ExactGeneral, StopReason, StopRule, descend, exact_general_indices, exact_general_numbers,
    exact_indices, exact_numbers, workspace_len,
};
use ntk_core::{Activation, Error, Relu, Shape, Tanh};
use rand_chacha::rand_core::Rng;

use super::support::exact::{Leaky, Problem, agree, steps, train, train_exactly, train_generally};
use super::support::{AnyWidth, assert_close, moved, network, rng};
use super::{TOLERANCE, shaken};

const STEPS: u32 = 2_000;

/// One problem of d inputs and c outputs. The part of the units that ended in groups; none if the engines agreed for fewer steps
/// than asked, but no fewer than the plain engine with itself.
fn compare<A: Activation<f64>>(phi: A, (d, c): (usize, usize), groups: usize, seed: u64) -> Option<f64> {
    let mut rng = rng(seed);
    let (n, k) = (3 + rng.next_u32() as usize % (2 + 24 / d), 1 << (rng.next_u32() % 11));
    let problem = Problem::normal(n, (d, c), &mut rng);
    let data = problem.data();
    let rate = 0.3 / (n * d) as f64;
    let start = network(phi, (d, k, c), &mut rng);
    let (mut plain, mut exact) = (start.clone(), start.clone());
    // Below this target rounding would be all that is left of a loss.
    let rule = StopRule { target_mse: Some(1e-20), ..steps(STEPS) };
    let (expected, end) = train(&mut plain, &data, rate, &rule);
    let (found, outcome, loose) = train_generally(&mut exact, groups, &data, rate, &rule);
    let agreed = agree(&expected, &found, TOLERANCE);
    println!("d {d}, c {c}, n {n}, k {k}: {loose} loose, agree for {agreed} steps");
    if agreed == expected.len() {
        assert_eq!((outcome.steps, outcome.reason), (end.steps, end.reason));
        let size = plain.weights.values().iter().fold(0.0f64, |m, w| m.max(w.abs()));
        for (a, b) in plain.weights.values().iter().zip(exact.weights.values()) {
            assert_close(*b, *a, TOLERANCE * size);
        }
        return Some(1.0 - loose as f64 / k as f64);
    }
    let own = (0..8).map(|copy| {
        let (losses, _) = train(&mut shaken(&start, copy), &data, rate, &rule);
        agree(&expected, &losses, TOLERANCE)
    });
    let own = own.min().unwrap();
    assert!(agreed >= own, "d {d}, c {c}, n {n}, k {k}: {agreed} steps, the plain engine with itself {own}");
    None
}

/// All d up to 8 and c up to 3. There must be problems in which most units go by groups, up to d = 8.
#[test]
fn any_number_of_inputs_and_outputs() {
    let (mut whole, mut grouped) = (0, [0.0f64; 9]);
    for seed in 0..96 {
        let (d, c) = (1 + seed as usize % 8, 1 + seed as usize / 8 % 3);
        let part = match seed / 24 % 3 {
            0 => compare(Relu, (d, c), 256, seed),
            1 => compare(Leaky(0.125), (d, c), 256, seed),
            _ => compare(Leaky(-1.0), (d, c), 256, seed),
        };
        whole += u32::from(part.is_some());
        grouped[d] = grouped[d].max(part.unwrap_or(0.0));
    }
    println!("{whole} of 96, in groups at most {grouped:?}");
    assert!(whole >= 94, "only {whole} of 96 agree for all {STEPS} steps");
    assert!(grouped[1..].iter().all(|&part| part > 0.5), "{grouped:?}");
}

/// A table that is full, and none at all.
#[test]
fn a_small_table_changes_nothing() {
    for (groups, seed) in [(0, 1), (1, 2), (8, 3), (8, 4), (16, 5)] {
        let mut rng = rng(seed);
        let problem = Problem::normal(9, (3, 2), &mut rng);
        let start = network(Relu, (3, 300, 2), &mut rng);
        let (expected, _) = train(&mut start.clone(), &problem.data(), 0.02, &steps(500));
        let (found, _, loose) =
            train_generally(&mut start.clone(), groups, &problem.data(), 0.02, &steps(500));
        assert_eq!(agree(&expected, &found, TOLERANCE), expected.len(), "{groups} groups");
        assert!(if groups == 0 { loose == 300 } else { loose < 300 }, "{groups} groups: {loose} loose");
    }
}

/// With one output and two inputs both exact engines can train.
#[test]
fn the_other_exact_engine_agrees() {
    let mut rng = rng(6);
    let problem = Problem::normal(12, (2, 1), &mut rng);
    let start = network(Relu, (2, 400, 1), &mut rng);
    let (expected, _) = train_exactly(&mut start.clone(), &problem.data(), 0.02, &steps(STEPS));
    let (found, _, loose) = train_generally(&mut start.clone(), 32, &problem.data(), 0.02, &steps(STEPS));
    assert_eq!(agree(&expected, &found, TOLERANCE), expected.len());
    assert!(loose < 200, "{loose}");
}

/// From rates that train quietly to such that overflow.
#[test]
fn too_large_a_rate_ends_in_the_same_way() {
    let mut diverged = 0;
    for seed in 0..60 {
        let mut rng = rng(700 + seed);
        let problem = Problem::normal(2 + seed as usize % 5, (3, 2), &mut rng);
        let start = network(Leaky(0.125), (3, 1 + seed as usize % 40, 2), &mut rng);
        let rate = 0.02 * 1.15f64.powi(seed as i32);
        let (expected, plain) = train(&mut start.clone(), &problem.data(), rate, &steps(60));
        let (found, exact, _) = train_generally(&mut start.clone(), 32, &problem.data(), rate, &steps(60));
        if plain.reason == StopReason::Diverged {
            diverged += 1;
            assert_eq!(exact.reason, StopReason::Diverged, "seed {seed}");
            assert!(exact.steps.abs_diff(plain.steps) <= 2, "seed {seed}: {} {}", exact.steps, plain.steps);
        } else {
            let own = (0..4).map(|copy| {
                let (losses, _) = train(&mut shaken(&start, copy), &problem.data(), rate, &steps(60));
                agree(&expected, &losses, 1e-6)
            });
            let agreed = agree(&expected, &found, 1e-6);
            assert!(agreed >= own.min().unwrap(), "seed {seed}, rate {rate}: {agreed}");
        }
    }
    assert!((10..50).contains(&diverged), "{diverged} diverged");
}

/// Units on a kink, at 0, and numbers that are none: as the plain engine has it.
#[test]
fn special_weights_and_samples() {
    let mut rng = rng(9);
    let mut problem = Problem::normal(6, (3, 2), &mut rng);
    problem.z[3..6].fill(0.0); // the second sample is a zero vector
    problem.z[6..9].copy_from_slice(&[1.0, 0.0, 0.0]);
    let random = network(Relu, (3, 40, 2), &mut rng);
    // B stands behind the two rows of A. Units 0 to 4 are orthogonal to the third sample, units 3 and 4 have b = 0.
    let start = moved(&random, |i, w| {
        let (row, unit) = (i / 40, i % 40);
        if (row == 2 && unit < 5) || (row > 2 && (3..5).contains(&unit)) { 0.0 } else { w }
    });
    let (expected, _) = train(&mut start.clone(), &problem.data(), 0.05, &steps(STEPS));
    let (found, _, _) = train_generally(&mut start.clone(), 16, &problem.data(), 0.05, &steps(STEPS));
    assert_eq!(agree(&expected, &found, TOLERANCE), expected.len());
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for place in [3, 60, 130] {
            let broken = moved(&start, |i, w| if i == place { bad } else { w });
            let (_, plain) = train(&mut broken.clone(), &problem.data(), 0.05, &steps(50));
            let (_, exact, _) = train_generally(&mut broken.clone(), 16, &problem.data(), 0.05, &steps(50));
            assert_eq!((exact.steps, exact.reason), (plain.steps, plain.reason), "{bad} at {place}");
        }
    }
}

#[test]
fn single_precision() {
    let mut rng = rng(10);
    let problem = Problem::<f32>::normal(8, (3, 3), &mut rng);
    let start = network::<f32, _>(Relu, (3, 500, 3), &mut rng);
    let (expected, _) = train(&mut start.clone(), &problem.data(), 0.01, &steps(STEPS));
    let (found, _, loose) = train_generally(&mut start.clone(), 64, &problem.data(), 0.01, &steps(STEPS));
    assert!(loose < 250, "{loose}");
    for (a, b) in expected.iter().zip(&found) {
        assert_close(f64::from(*b), f64::from(*a), 1e-4 * f64::from(*a) + 1e-7 * f64::from(expected[0]));
    }
}

/// An observer that ends the training finds the weights of that step, from either exact engine.
#[test]
fn an_observer_finds_the_weights() {
    let mut rng = rng(11);
    let problem = Problem::normal(5, (2, 1), &mut rng);
    let (data, start) = (problem.data(), network(Relu, (2, 50, 1), &mut rng));
    let shape = start.shape();
    let mut memory = vec![0.0; workspace_len(5, 2, 1)];
    let mut networks: [AnyWidth<Relu>; 3] = core::array::from_fn(|_| start.clone());
    let [plain, exact, general] = &mut networks;
    let stop = |step, _| step < 20;
    let expected = descend(plain, &data, 0.05, &steps(100), &mut memory, stop).unwrap();
    assert_eq!((expected.steps, expected.reason), (20, StopReason::Observer));
    let (mut numbers, mut indices) = (vec![0.0; exact_numbers(5, 50)], vec![0; exact_indices(5, 50)]);
    let mut engine = Exact::new(exact, 5, &mut numbers, &mut indices).unwrap();
    descend(&mut engine, &data, 0.05, &steps(100), &mut memory, stop).unwrap();
    let mut numbers = vec![0.0; exact_general_numbers(5, shape, 16)];
    let mut indices = vec![0; exact_general_indices(shape, 16)];
    let mut engine = ExactGeneral::new(general, 5, 16, &mut numbers, &mut indices).unwrap();
    descend(&mut engine, &data, 0.05, &steps(100), &mut memory, stop).unwrap();
    assert_ne!(plain.weights, start.weights);
    for network in [exact, general] {
        for (a, b) in plain.weights.values().iter().zip(network.weights.values()) {
            assert_close(*b, *a, 1e-12);
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let shape = Shape { inputs: 3, width: 5, outputs: 2 };
    let (numbers, indices) = (exact_general_numbers(4, shape, 8), exact_general_indices(shape, 8));
    let mut rng = rng(12);
    let mut refused = |numbers: usize, indices: usize| {
        let mut network = network::<f64, _>(Relu, (3, 5, 2), &mut rng);
        let (mut numbers, mut indices) = (vec![0.0; numbers], vec![0; indices]);
        ExactGeneral::new(&mut network, 4, 8, &mut numbers, &mut indices).map(|_| ())
    };
    let wrong = |what, expected, found| Err(Error::Shape { what, expected, found });
    assert_eq!(refused(numbers, indices), Ok(()));
    assert_eq!(refused(numbers - 1, indices), wrong("numbers for the exact engine", numbers, numbers - 1));
    assert_eq!(refused(numbers, indices + 1), wrong("indices for the exact engine", indices, indices + 1));
    let mut smooth = network::<f64, _>(Tanh, (3, 5, 2), &mut super::rng(13));
    let (mut numbers, mut indices) = (vec![0.0; numbers], vec![0; indices]);
    assert!(matches!(
        ExactGeneral::new(&mut smooth, 4, 8, &mut numbers, &mut indices),
        Err(Error::OutOfRange { what: "activation", .. })
    ));
    // As many samples as it was made for.
    let mut network = network::<f64, _>(Relu, (3, 5, 2), &mut super::rng(13));
    let before = network.clone();
    let problem = Problem::<f64>::normal(5, (3, 2), &mut super::rng(14));
    let mut engine = ExactGeneral::new(&mut network, 4, 8, &mut numbers, &mut indices).unwrap();
    let mut memory = vec![0.0; workspace_len(5, 3, 2)];
    let found = descend(&mut engine, &problem.data(), 0.1, &steps(3), &mut memory, |_, _| true);
    assert_eq!(found, Err(Error::Shape { what: "number of samples", expected: 4, found: 5 }));
    assert_eq!(network, before);
}
