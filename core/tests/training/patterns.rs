//! The exact engine has the losses and weights of the plain one, step by step, for any number of inputs and
//! outputs.

use ntk_core::train::{Exact, StopReason, StopRule, descend, workspace_len};
use ntk_core::{Activation, Error, FlatParams, Network, Relu, Setting, Shape, Tanh};
use rand_chacha::rand_core::Rng;

use super::exact::{TOLERANCE, shaken};
use crate::support::exact::{Leaky, Problem, agree, steps, train, train_exactly, train_in_groups};
use crate::support::{AnyWidth, assert_close, moved, network, rng};

const STEPS: u32 = 2_000;

/// Compares the engines on one problem of d inputs and c outputs. Returns true if they agree over all steps;
/// else the plain engine must disagree with itself no later.
fn compare<A: Activation<f64>>(phi: A, (d, c): (usize, usize), groups: usize, seed: u64) -> bool {
    let mut rng = rng(seed);
    let (n, k) = (3 + rng.next_u32() as usize % (2 + 24 / d), 1 << (rng.next_u32() % 11));
    let problem = Problem::normal(n, (d, c), &mut rng);
    let data = problem.data();
    let rate = 0.3 / (n * d) as f64;
    let start = network(phi, (d, k, c), &mut rng);
    let (mut plain, mut exact) = (start.clone(), start.clone());
    // Below this target a loss would consist of rounding errors.
    let rule = StopRule { target_mse: Some(1e-20), ..steps(STEPS) };
    let (expected, end) = train(&mut plain, &data, rate, &rule);
    let (found, outcome) = train_in_groups(&mut exact, groups, &data, rate, &rule);
    let agreed = agree(&expected, &found, TOLERANCE);
    println!("d {d}, c {c}, n {n}, k {k}: agree for {agreed} steps");
    if agreed == expected.len() {
        assert_eq!((outcome.steps, outcome.reason), (end.steps, end.reason));
        let size = plain.weights.values().iter().fold(0.0f64, |m, w| m.max(w.abs()));
        for (a, b) in plain.weights.values().iter().zip(exact.weights.values()) {
            assert_close(*b, *a, TOLERANCE * size);
        }
        return true;
    }
    let own = (0..8).map(|copy| {
        let (losses, _) = train(&mut shaken(&start, copy), &data, rate, &rule);
        agree(&expected, &losses, TOLERANCE)
    });
    let own = own.min().unwrap();
    assert!(agreed >= own, "d {d}, c {c}, n {n}, k {k}: {agreed} steps, the plain engine with itself {own}");
    false
}

/// All d up to 8 and all c up to 3.
#[test]
fn any_number_of_inputs_and_outputs() {
    let mut whole = 0;
    for seed in 0..96 {
        let (d, c) = (1 + seed as usize % 8, 1 + seed as usize / 8 % 3);
        let agreed = match seed / 24 % 3 {
            0 => compare(Relu, (d, c), 256, seed),
            1 => compare(Leaky(0.125), (d, c), 256, seed),
            _ => compare(Leaky(-1.0), (d, c), 256, seed),
        };
        whole += u32::from(agreed);
    }
    println!("{whole} of 96");
    assert!(whole >= 94, "only {whole} of 96 agree for all {STEPS} steps");
}

/// Neither a full table nor a table of no groups changes the losses.
#[test]
fn a_small_table_changes_nothing() {
    for (groups, seed) in [(0, 1), (1, 2), (8, 3), (8, 4), (16, 5)] {
        let mut rng = rng(seed);
        let problem = Problem::normal(9, (3, 2), &mut rng);
        let start = network(Relu, (3, 300, 2), &mut rng);
        let (expected, _) = train(&mut start.clone(), &problem.data(), 0.02, &steps(500));
        let (found, _) = train_in_groups(&mut start.clone(), groups, &problem.data(), 0.02, &steps(500));
        assert_eq!(agree(&expected, &found, TOLERANCE), expected.len(), "{groups} groups");
    }
}

/// A third input that is always 0 changes nothing but the shape: patterns take the place of arcs.
#[test]
fn arcs_and_patterns_agree() {
    let mut rng = rng(6);
    let problem = Problem::normal(12, (2, 1), &mut rng);
    let start = network(Relu, (2, 400, 1), &mut rng);
    let (expected, _) = train_exactly(&mut start.clone(), &problem.data(), 0.02, &steps(STEPS));
    let z = problem.z.chunks_exact(2).flat_map(|z| [z[0], z[1], 0.0]).collect();
    let longer = Problem { z, inputs: 3, ..problem };
    let mut weights = start.weights.values().to_vec();
    weights.extend([0.0; 400]);
    let shape = Shape { inputs: 3, ..start.shape() };
    let mut general = Network::new(Relu, FlatParams::new(shape, weights).unwrap());
    let (found, _) = train_in_groups(&mut general, 32, &longer.data(), 0.02, &steps(STEPS));
    assert_eq!(agree(&expected, &found, TOLERANCE), expected.len());
}

/// The rates range from stable ones to those that overflow.
#[test]
fn too_large_a_rate_ends_in_the_same_way() {
    let mut diverged = 0;
    for seed in 0..60 {
        let mut rng = rng(700 + seed);
        let problem = Problem::normal(2 + seed as usize % 5, (3, 2), &mut rng);
        let start = network(Leaky(0.125), (3, 1 + seed as usize % 40, 2), &mut rng);
        let rate = 0.02 * 1.15f64.powi(seed as i32);
        let (expected, plain) = train(&mut start.clone(), &problem.data(), rate, &steps(60));
        let (found, exact) = train_in_groups(&mut start.clone(), 32, &problem.data(), rate, &steps(60));
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

/// Units on a kink, units with b = 0, and weights that are not finite are treated as in the plain engine.
#[test]
fn special_weights_and_samples() {
    let mut rng = rng(9);
    let mut problem = Problem::normal(6, (3, 2), &mut rng);
    problem.z[3..6].fill(0.0); // the second sample is a zero vector
    problem.z[6..9].copy_from_slice(&[1.0, 0.0, 0.0]);
    let random = network(Relu, (3, 40, 2), &mut rng);
    // B stands behind the two rows of A. Units 0 to 4 are orthogonal to the third sample, units 3 and 4 have
    // b = 0.
    let start = moved(&random, |i, w| {
        let (row, unit) = (i / 40, i % 40);
        if (row == 2 && unit < 5) || (row > 2 && (3..5).contains(&unit)) { 0.0 } else { w }
    });
    let (expected, _) = train(&mut start.clone(), &problem.data(), 0.05, &steps(STEPS));
    let (found, _) = train_in_groups(&mut start.clone(), 16, &problem.data(), 0.05, &steps(STEPS));
    assert_eq!(agree(&expected, &found, TOLERANCE), expected.len());
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for place in [3, 60, 130] {
            let broken = moved(&start, |i, w| if i == place { bad } else { w });
            let (_, plain) = train(&mut broken.clone(), &problem.data(), 0.05, &steps(50));
            let (_, exact) = train_in_groups(&mut broken.clone(), 16, &problem.data(), 0.05, &steps(50));
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
    let (found, _) = train_in_groups(&mut start.clone(), 64, &problem.data(), 0.01, &steps(STEPS));
    for (a, b) in expected.iter().zip(&found) {
        assert_close(f64::from(*b), f64::from(*a), 1e-4 * f64::from(*a) + 1e-7 * f64::from(expected[0]));
    }
}

/// An observer that ends the training finds the weights of that step.
#[test]
fn an_observer_finds_the_weights() {
    for (inputs, groups) in [(2, 0), (3, 16)] {
        let mut rng = rng(11);
        let problem = Problem::normal(5, (inputs, 1), &mut rng);
        let (data, start) = (problem.data(), network(Relu, (inputs, 50, 1), &mut rng));
        let shape = start.shape();
        let mut memory = vec![0.0; workspace_len(5, inputs, 1)];
        let [mut plain, mut exact]: [AnyWidth<Relu>; 2] = core::array::from_fn(|_| start.clone());
        let stop = |step, _| step < 20;
        let expected = descend(&mut plain, &data, 0.05, &steps(100), &mut memory, stop).unwrap();
        assert_eq!((expected.steps, expected.reason), (20, StopReason::Observer));
        let mut floats = vec![0.0; Exact::floats_len(5, shape, groups)];
        let mut indices = vec![0; Exact::indices_len(5, shape, groups)];
        let mut engine = Exact::new(&mut exact, 5, groups, &mut floats, &mut indices).unwrap();
        descend(&mut engine, &data, 0.05, &steps(100), &mut memory, stop).unwrap();
        assert_ne!(plain.weights, start.weights);
        for (a, b) in plain.weights.values().iter().zip(exact.weights.values()) {
            assert_close(*b, *a, 1e-12);
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let shape = Shape { inputs: 3, width: 5, outputs: 2 };
    let (floats, indices) = (Exact::floats_len(4, shape, 8), Exact::indices_len(4, shape, 8));
    let mut rng = rng(12);
    let mut refused = |floats: usize, indices: usize| {
        let mut network = network::<f64, _>(Relu, (3, 5, 2), &mut rng);
        let (mut floats, mut indices) = (vec![0.0; floats], vec![0; indices]);
        Exact::new(&mut network, 4, 8, &mut floats, &mut indices).map(|_| ())
    };
    let wrong = |what, expected, found| Err(Error::Shape { what, expected, found });
    assert_eq!(refused(floats, indices), Ok(()));
    assert_eq!(refused(floats - 1, indices), wrong("floats for the exact engine", floats, floats - 1));
    assert_eq!(refused(floats, indices + 1), wrong("indices for the exact engine", indices, indices + 1));
    let mut smooth = network::<f64, _>(Tanh, (3, 5, 2), &mut crate::support::rng(13));
    let (mut floats, mut indices) = (vec![0.0; floats], vec![0; indices]);
    assert!(matches!(
        Exact::new(&mut smooth, 4, 8, &mut floats, &mut indices),
        Err(Error::OutOfRange(Setting::Activation))
    ));
    // The engine trains on as many samples as it was made for.
    let mut network = network::<f64, _>(Relu, (3, 5, 2), &mut crate::support::rng(13));
    let before = network.clone();
    let problem = Problem::<f64>::normal(5, (3, 2), &mut crate::support::rng(14));
    let mut engine = Exact::new(&mut network, 4, 8, &mut floats, &mut indices).unwrap();
    let mut memory = vec![0.0; workspace_len(5, 3, 2)];
    let found = descend(&mut engine, &problem.data(), 0.1, &steps(3), &mut memory, |_, _| true);
    assert_eq!(found, Err(Error::Shape { what: "number of samples", expected: 4, found: 5 }));
    assert_eq!(network, before);
}
