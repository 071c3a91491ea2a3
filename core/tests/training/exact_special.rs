//! The exact engine for samples that are parallel, opposite or zero, for units on kinks, and its errors.

use crate::support::exact::{Leaky, Problem, agree, steps, train, train_exactly};
use crate::support::{AnyWidth, assert_close, network, rng};
use ntk_core::train::{Exact, Trainable, descend, workspace_len};
use ntk_core::{Activation, Error, FlatParams, Identity, Lift, Network, Relu, Setting, Shape, Tanh};
use rand_chacha::rand_core::Rng;

fn same<A: Activation<f64>>(start: &AnyWidth<A>, problem: &Problem, count: u32, what: &str) {
    let (mut plain, mut exact) = (start.clone(), start.clone());
    let (expected, _) = train(&mut plain, &problem.data(), 0.01, &steps(count));
    let (found, _) = train_exactly(&mut exact, &problem.data(), 0.01, &steps(count));
    let agreed = agree(&expected, &found, 1e-10);
    assert_eq!(agreed, expected.len(), "{what}: {:?} {:?}", &expected[agreed..], &found[agreed..]);
    for (a, b) in plain.weights.values().iter().zip(exact.weights.values()) {
        assert_close(*b, *a, 1e-9);
    }
}

/// Trains on samples and weights from a grid of small integers, most pairs of which are parallel, opposite or
/// orthogonal.
fn on_a_grid<A: Activation<f64>>(phi: A, seed: u64) {
    let mut rng = rng(seed);
    let mut small = |most: u32| f64::from(rng.next_u32() % (2 * most + 1)) - f64::from(most);
    let (n, k) = (1 + seed as usize % 9, 1 + seed as usize % 14);
    let z: Vec<f64> = (0..2 * n).map(|_| small(2)).collect();
    let y = (0..n).map(|_| small(3)).collect();
    let values = (0..3 * k).map(|_| small(2)).collect();
    let shape = Shape { inputs: 2, width: k, outputs: 1 };
    let start = Network::new(phi, FlatParams::new(shape, values).unwrap());
    let problem = Problem { z, y, inputs: 2, outputs: 1 };
    same(&start, &problem, 1, &format!("first step, seed {seed}"));
    same(&start, &problem, 40, &format!("seed {seed}"));
}

#[test]
fn coincident_directions() {
    for seed in 0..300 {
        match seed % 4 {
            0 => on_a_grid(Leaky(0.125), seed),
            1 => on_a_grid(Leaky(-1.0), seed),
            _ => on_a_grid(Relu, seed),
        }
    }
}

#[test]
fn no_direction_at_all() {
    let mut rng = rng(1);
    let start = network(Relu, (2, 9, 1), &mut rng);
    same(
        &start,
        &Problem { z: vec![0.0; 6], y: vec![1.0, -2.0, 0.5], inputs: 2, outputs: 1 },
        20,
        "zero samples",
    );
    let one = Problem { z: vec![0.3, -0.7], y: vec![1.0], inputs: 2, outputs: 1 };
    same(&start, &one, 300, "one sample");
    let line =
        Problem { z: vec![1.0, 2.0, -0.5, -1.0, 0.25, 0.5], y: vec![1.0, 0.0, 3.0], inputs: 2, outputs: 1 };
    same(&start, &line, 300, "one line");
    let scalar = Problem { z: vec![1.0, 0.0, -2.0], y: vec![1.0, 0.0, 3.0], inputs: 1, outputs: 1 };
    same(&network(Relu, (1, 9, 1), &mut rng), &scalar, 300, "one input");
    same(&network(Identity, (2, 9, 1), &mut rng), &line, 300, "identity");
}

/// Distances from kinks are formed without squares, so tiny samples of lengths down to 1e-160 are no problem.
#[test]
fn samples_of_extreme_length() {
    let mut rng = rng(2);
    let start = network(Relu, (2, 30, 1), &mut rng);
    let z = vec![1e-150, 2e-150, 0.3, -0.4, -3e-160, 1e-150, 0.1, 0.9];
    same(&start, &Problem { z, y: vec![1.0, 2.0, -1.0, 0.5], inputs: 2, outputs: 1 }, 500, "tiny samples");
}

#[test]
fn what_it_cannot_train_is_refused_and_nothing_changes() {
    let mut rng = rng(3);
    let shape = Shape { inputs: 2, width: 3, outputs: 1 };
    let mut t = vec![0.0; Exact::floats_len(4, shape, 0)];
    let mut i = vec![0u32; Exact::indices_len(4, shape, 0)];
    let mut tanh = network(Tanh, (2, 3, 1), &mut rng);
    let range = Err(Error::OutOfRange(Setting::Activation));
    assert_eq!(Exact::new(&mut tanh, 4, 0, &mut t, &mut i).map(|_| ()), range);
    let mut deep = network(Relu, (3, 3, 1), &mut rng);
    assert!(Exact::new(&mut deep, 4, 0, &mut t, &mut i).is_err());
    let mut many = network(Relu, (2, 3, 2), &mut rng);
    assert!(Exact::new(&mut many, 4, 0, &mut t, &mut i).is_err());
    let mut good = network(Relu, (2, 3, 1), &mut rng);
    assert!(Exact::new(&mut good, 4, 0, &mut t[1..], &mut i).is_err());
    assert!(Exact::new(&mut good, 4, 0, &mut t, &mut i[1..]).is_err());
    let before = good.clone();
    let problem = Problem::lifted(Lift::Circle, 5, &mut rng);
    let mut engine = Exact::new(&mut good, 4, 0, &mut t, &mut i).unwrap();
    let mut memory = vec![0.0; workspace_len(5, 2, 1)];
    let refused = descend(&mut engine, &problem.data(), 0.1, &steps(3), &mut memory, |_, _| panic!());
    assert_eq!(refused, Err(Error::Shape { what: "number of samples", expected: 4, found: 5 }));
    engine.finish();
    assert_eq!(good, before);
    let endless = Shape { width: usize::MAX, ..shape };
    assert_eq!(Exact::floats_len(usize::MAX, shape, 0), usize::MAX);
    assert_eq!(Exact::indices_len(2, endless, 0), usize::MAX);
}

/// Training can be resumed with the same engine and memory.
#[test]
fn a_second_run_goes_on_from_the_first() {
    let mut rng = rng(4);
    let problem = Problem::lifted(Lift::Sphere, 9, &mut rng);
    let start = network(Relu, (2, 100, 1), &mut rng);
    let mut whole = start.clone();
    let (expected, _) = train_exactly(&mut whole, &problem.data(), 0.01, &steps(600));
    let mut parts = start;
    let shape = parts.shape();
    let mut t = vec![0.0; Exact::floats_len(9, shape, 0)];
    let mut i = vec![0; Exact::indices_len(9, shape, 0)];
    let mut engine = Exact::new(&mut parts, 9, 0, &mut t, &mut i).unwrap();
    train(&mut engine, &problem.data(), 0.01, &steps(250));
    let (found, _) = train(&mut engine, &problem.data(), 0.01, &steps(350));
    assert_eq!(agree(&expected[250..], &found, 1e-11), 351);
}
