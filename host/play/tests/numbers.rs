//! What the page shows, by a second road: regression with the empirical NTK, the minimum of the loss, and the
//! numbers of `ntk sweep`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use std::sync::Mutex;

use host::experiment::example3::{Draw, KernelPredictor, Settings, Trained};
use host::experiment::interrupt::Interrupt;
use host::experiment::{Engine, LiftName};
use ntk_core::regression::Fixed;
use ntk_core::{EmpiricalNtk, Error, Kernel, Lift, Network, Params, Regression, Relu};
use ntk_play::{Choice, Example, Lab, ROOM, WIDTHS, grid};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const SAMPLES: [[f64; 2]; 10] = [
    [-0.95, -0.4],
    [-0.7, -1.2],
    [-0.5, 0.3],
    [-0.3, 0.1],
    [-0.1, -0.9],
    [0.1, 0.8],
    [0.3, 0.5],
    [0.5, -0.6],
    [0.7, 1.3],
    [0.9, 1.2],
];

fn lifted(x: f64) -> [f64; 2] {
    let mut z = [0.0; 2];
    Lift::Circle.apply(x, &mut z).unwrap();
    z
}

#[test]
fn a_linearised_network_is_regression_with_its_own_ntk() {
    static LAB: Mutex<Lab> = Mutex::new(Lab::new());
    let mut lab = LAB.lock().unwrap();
    lab.set(Choice::Relu, 0.2).unwrap();
    lab.fit(&SAMPLES).unwrap();
    lab.draw(3).unwrap();
    let mut network = Network::new(Relu, Params::<f64, 2, 64>::zero());
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    rng.set_stream(64);
    network.initialize(&mut rng);
    let kernel = EmpiricalNtk::new(&network, 0).unwrap();
    let (x, y): (Vec<_>, Vec<_>) = SAMPLES.iter().map(|[x, y]| (lifted(*x), *y)).unzip();
    let mut model: Regression<_, Fixed<f64, 2, 10>> = Regression::new(kernel, Fixed::new());
    model.fit(&x[..], &y[..], 0.04).unwrap();
    for (x, value) in grid().zip(lab.line(6).unwrap()) {
        let expected = model.mean(&lifted(x)).unwrap();
        assert!((value - expected).abs() < 1e-11, "{x}: {value} {expected}");
    }
    assert!(model.kernel().value(&lifted(0.1), &lifted(0.2)) > 0.1);
}

/// The loss, the ridge's part included, falls until training has come to rest, and there the widest network
/// is nearer to the kernel's answer than a narrow one.
#[test]
fn training_comes_to_rest_and_near_the_kernel() {
    static LAB: Mutex<Lab> = Mutex::new(Lab::new());
    let mut lab = LAB.lock().unwrap();
    for choice in [Choice::Relu, Choice::Erf, Choice::Sin] {
        lab.set(choice, 0.3).unwrap();
        lab.fit(&SAMPLES).unwrap();
        lab.draw(1).unwrap();
        let loss = |lab: &Lab, index: usize| {
            0.5 * SAMPLES.len() as f64 * lab.progress(index)[1] + 0.5 * 0.09 * lab.moved(index)
        };
        let (mut before, mut rest) = (f64::MAX, 0.0);
        for _ in 0..8 {
            lab.descend(8, 250).unwrap();
            rest = before - loss(&lab, 8);
            // A step over a kink of the ReLU may raise the loss a little.
            assert!(rest > -1e-3 * before, "{choice:?}: the loss rises by {rest}");
            before = loss(&lab, 8);
        }
        assert!(rest.abs() < 1e-3 * before, "{choice:?}: {rest} of {before}");
        lab.descend(10, 2000).unwrap();
        lab.descend(2, 2000).unwrap();
        let distance = |index| lab.distance(&lab.network(index).unwrap());
        assert!(distance(10) < 0.5 * distance(2), "{choice:?}: {} {}", distance(10), distance(2));
        assert!(distance(10) < 0.15 && lab.distance(lab.line(10).unwrap()) < 0.15, "{choice:?}");
    }
}

#[test]
fn a_network_starts_as_nothing_and_returns_there() {
    static LAB: Mutex<Lab> = Mutex::new(Lab::new());
    let mut lab = LAB.lock().unwrap();
    lab.set(Choice::Erf, 0.2).unwrap();
    lab.fit(&SAMPLES).unwrap();
    lab.draw(1).unwrap();
    let zero = |lab: &Lab| lab.network(5).unwrap().iter().all(|v| *v == 0.0);
    assert!(zero(&lab));
    lab.descend(5, 3).unwrap();
    assert!(!zero(&lab) && lab.moved(5) > 0.0);
    lab.restart();
    assert!(zero(&lab) && lab.progress(5)[0] == 0.0);
    lab.descend(5, 3).unwrap();
    lab.set(Choice::Relu, 0.2).unwrap();
    assert!(zero(&lab), "another activation is another network");
}

#[test]
fn what_is_refused_changes_nothing() {
    static LAB: Mutex<Lab> = Mutex::new(Lab::new());
    let mut lab = LAB.lock().unwrap();
    lab.set(Choice::Relu, 0.2).unwrap();
    lab.fit(&SAMPLES).unwrap();
    lab.draw(1).unwrap();
    let before = *lab.mean();
    assert_eq!(lab.fit(&[[0.0; 2]; ROOM + 1]), Err(Error::Capacity { capacity: ROOM, found: ROOM + 1 }));
    for bad in [f64::NAN, f64::INFINITY] {
        assert!(matches!(lab.fit(&[[0.1, bad]]), Err(Error::NotFinite { row: 0, .. })));
        assert!(lab.fit(&[[0.1, 0.2], [bad, 0.0]]).is_err());
    }
    for noise in [-0.1, f64::NAN, f64::INFINITY] {
        assert!(lab.set(Choice::Erf, noise).is_err());
    }
    // Without noise a narrow network's own kernel is singular; labels may overflow whatever the noise.
    let (intervals, line) = (*lab.interval(), *lab.line(3).unwrap());
    assert!(matches!(lab.set(Choice::Erf, 0.0), Err(Error::NotPositiveDefinite { .. })));
    assert!(lab.fit(&[[0.5, 1e308], [0.1, -1e308], [0.2, 1e308]]).is_err());
    assert_eq!((lab.mean(), lab.interval(), lab.line(3)), (&before, &intervals, Some(&line)));
    // With noise two samples at one place are no trouble. Nine samples have an interval, eight none.
    lab.fit(&[SAMPLES[0]; ROOM]).unwrap();
    lab.fit(&SAMPLES[..9]).unwrap();
    assert!(lab.interval()[0].iter().all(|v| v.is_finite()));
    lab.fit(&SAMPLES[..8]).unwrap();
    assert!(lab.interval()[0].iter().all(|v| v.is_nan()));
    assert!(lab.descend(WIDTHS.len(), 1).is_err() && lab.network(WIDTHS.len()).is_err());
}

#[test]
fn example_3_has_the_bits_of_a_sweep() {
    static EXAMPLE: Mutex<Example> = Mutex::new(Example::new());
    let mut example = EXAMPLE.lock().unwrap();
    let settings = Settings {
        lift: LiftName::Circle,
        engine: Engine::Exact,
        samples: 15,
        learning_rate: 0.01,
        target_mse: 2e-3,
        patience: 50,
        max_steps: 1_000_000,
    };
    for seed in [0, 5] {
        let draw = Draw::new(seed, &settings).unwrap();
        example.draw(seed).unwrap();
        let (x, y): (Vec<_>, Vec<_>) = example.samples().map(|[x, y]| (x, y)).unzip();
        assert_eq!((&x, &y), (&draw.x, &draw.y));
        let kernel = KernelPredictor::new(&draw).unwrap();
        let expected = host::experiment::example3::test_mse(&kernel.values().unwrap());
        assert_eq!(example.kernel().unwrap().0, expected);
        // One below the samples' number, the plain engine's last width and the exact one's.
        for width in [8, 32, 64] {
            let (own, theirs) = (
                example.train(width).unwrap(),
                Trained::new(&draw, &settings, width, &Interrupt::default()).unwrap(),
            );
            let expected = host::experiment::example3::test_mse(&theirs.values().unwrap());
            assert_eq!((own.test_mse, own.outcome), (expected, theirs.outcome), "seed {seed}, {width} units");
        }
    }
    assert!(example.train(0).is_err() && example.train(1025).is_err());
}
