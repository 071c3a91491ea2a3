//! Whatever changes a model either succeeds or changes nothing: random histories, with failures of each kind,
//! and after each one of these not one bit of what the model holds differs.

use std::collections::BTreeMap;

use crate::support::growing::{held, random_samples};
use crate::support::rng;
use ntk_core::kernel::ActivationCode;
use ntk_core::random::uniform;
use ntk_core::regression::bytes::Contents;
use ntk_core::regression::{Criterion, Fixed, Variances, WhenFull};
use ntk_core::{Architecture, DerivativeDual, Erf, Error, Ntk, Quantity, Regression, Relu};
use rand_chacha::ChaCha8Rng;

const N: usize = 6;
const D: usize = 2;

type Model<A> = Regression<Ntk<A, Architecture<f64>>, Fixed<f64, D, N, [f64; 2]>>;
type Rectified = Regression<Ntk<Relu>, Fixed<f64, D, N, [f64; 2]>>;

/// Fits that fail, each for its own reason, with the ridge that they need for it.
fn hopeless(which: usize, rng: &mut ChaCha8Rng) -> (Vec<[f64; D]>, Vec<[f64; 2]>, f64) {
    let (mut x, mut y): (Vec<_>, Vec<_>) = random_samples::<f64>(5, rng).into_iter().unzip();
    match which {
        0 => x[2] = x[0],                                                    // the same sample
        1 => x = (0..5).map(|i| [1.0 + 1e-4 * f64::from(i), 0.0]).collect(), // the first give the others away
        2 => x[3] = x[3].map(|v| 1e200 * v),                                 // a kernel out of range
        3 => {
            x = vec![[1e-3, 0.0], [0.0, 1e-3]]; // coefficients out of range
            y = vec![[1.0, 1e308], [2.0, -1e308]];
        }
        4 => (x, y) = random_samples::<f64>(N + 1, rng).into_iter().unzip(),
        _ => return (x, y, -1.0),
    }
    y.truncate(x.len());
    (x, y, 0.0)
}

/// The name of a reason.
fn name(why: &Error) -> String {
    match why {
        Error::NotFinite { what, .. } => what.to_string(),
        Error::OutOfRange(setting) => format!("{setting:?}").to_lowercase(),
        other => format!("{other:?}").split(' ').next().unwrap().into(),
    }
}

/// One change of the model, drawn at random; `what` it was.
fn change<A: DerivativeDual<f64> + ActivationCode<f64> + core::fmt::Debug>(
    model: &mut Model<A>,
    rng: &mut ChaCha8Rng,
) -> (&'static str, Result<(), Error>) {
    let mut below = |n: usize| (uniform::<f64, _>(rng).abs() * n as f64) as usize;
    let (choice, index, other) = (below(16), below(N), below(64));
    let (mut x, mut y) = random_samples::<f64>(1, rng)[0];
    if other % 8 == 0
        && let Some((again, _)) = model.sample(index)
    {
        x = again; // the same sample once more
    }
    if other % 5 == 0 {
        y[1] *= 1e305; // its square overflows, and so do corrections of coefficients
    }
    let ridge = [0.0, 1e-3, 0.3, f64::NAN][other % 4];
    let criterion = [Criterion::LeaveOneOut, Criterion::MarginalLikelihood][other % 2];
    match choice {
        0..5 => {
            let policy = [WhenFull::Refuse, WhenFull::DropOldest, WhenFull::DropRedundant][other % 3];
            ("push", model.push(&x, y, policy).map(drop))
        }
        5 => ("remove", model.remove(index)),
        6 => ("replace", model.replace(index, &x, y)),
        7 => ("set_ridge", model.set_ridge(ridge)),
        8 => ("refresh", model.refresh()),
        9 => ("refine", model.refine().map(drop)),
        10 => ("tune_ridge", model.tune_ridge(criterion).map(drop)),
        11 => {
            let which = [Variances::Bias, Variances::Weight, Variances::Both][other % 3];
            ("tune_variances", model.tune_variances(criterion, which).map(drop))
        }
        12 => {
            let (x, y): (Vec<_>, Vec<_>) = random_samples::<f64>(1 + index, rng).into_iter().unzip();
            let (x, y) = (x.as_slice(), y.as_slice());
            let (ridge, first) = ([1e-3, 0.3][other % 2], model.is_empty());
            model.clone().fit(x, y, ridge).unwrap();
            let again = model.fit_empty(x, y, ridge);
            assert_eq!(again, if first { Ok(()) } else { Err(Error::AlreadyFitted) });
            ("fit_empty", again)
        }
        13 => {
            let mut file = vec![0; model.written_len(Contents::Means)];
            let written = model.write(Contents::Means, &mut file);
            assert_eq!(written.is_err(), model.is_empty());
            assert!(model.load(&file).is_err());
            ("load", Err(Error::NotFitted))
        }
        _ => {
            let (x, y, ridge) = hopeless(index, rng);
            let (x, y) = (x.as_slice(), y.as_slice());
            if other % 3 == 0 {
                return ("fit_with_jitter", model.fit_with_jitter(x, y, ridge, 0).map(drop));
            }
            ("fit", model.fit(x, y, ridge))
        }
    }
}

/// Returns how often each change failed, and how often each reason was given.
fn history<A: DerivativeDual<f64> + ActivationCode<f64> + Default + core::fmt::Debug>(
    bias: f64,
    seed: u64,
) -> [BTreeMap<String, usize>; 2] {
    let rng = &mut rng(seed);
    let mut model =
        Model::<A>::new(Ntk::with(A::default(), Architecture::ONE_LAYER.bias(bias)), Fixed::new());
    let mut failures = [BTreeMap::new(), BTreeMap::new()];
    for step in 0..4_000 {
        if step % 100 == 0 {
            model =
                Model::<A>::new(Ntk::with(A::default(), Architecture::ONE_LAYER.bias(bias)), Fixed::new()); // with the variances that it had
        }
        let (before, mut unharmed) = (held(&model), model.clone());
        let (what, result) = change(&mut model, rng);
        let Err(why) = result else { continue };
        assert_eq!(held(&model), before, "{what}: {why:?}");
        *failures[0].entry(what.into()).or_default() += 1;
        *failures[1].entry(name(&why)).or_default() += 1;
        // It goes on as if nothing had been.
        let (x, y) = random_samples::<f64>(1, rng)[0];
        let pushed = [&mut model, &mut unharmed].map(|model| model.push(&x, y, WhenFull::DropOldest));
        assert_eq!((pushed[0], held(&model)), (pushed[1], held(&unharmed)), "{what}: {why:?}");
    }
    failures
}

#[test]
fn random_histories_in_which_nothing_is_half_done() {
    for [changes, reasons] in [history::<Relu>(0.0, 1), history::<Erf>(0.1, 2)] {
        println!("{changes:?}\n{reasons:?}");
        for change in [
            "push",
            "remove",
            "replace",
            "set_ridge",
            "refine",
            "tune_ridge",
            "tune_variances",
            "fit_empty",
            "load",
            "fit_with_jitter",
            "fit",
        ] {
            assert!(
                changes.get(change).is_some_and(|&count| count > 4),
                "{change} never failed: {changes:?}"
            );
        }
        for reason in [
            "Coincident",
            "NotPositiveDefinite",
            "kernel matrix",
            "coefficients",
            "Capacity",
            "ridge",
            "OutOfBounds",
            "AlreadyFitted",
            "criterion",
            "correction",
        ] {
            assert!(reasons.get(reason).is_some_and(|&count| count > 4), "{reason} never given: {reasons:?}");
        }
    }
}

/// A fit in place of another has the bits of a first fit, whether it is larger or smaller; so has another
/// ridge.
#[test]
fn a_second_fit_is_a_first_fit() {
    let (x, y): (Vec<_>, Vec<_>) = random_samples::<f64>(N, &mut rng(11)).into_iter().unzip();
    for (first, second) in [(2, 5), (5, 2), (N, N), (1, 4)] {
        let (mut again, mut once) =
            (Rectified::new(Ntk::new(Relu), Fixed::new()), Rectified::new(Ntk::new(Relu), Fixed::new()));
        again.fit(&x[N - first..], &y[..first], 0.3).unwrap();
        again.fit(&x[N - second..], &y[..second], 0.02).unwrap();
        once.fit_empty(&x[N - second..], &y[..second], 0.02).unwrap();
        assert_eq!(held(&again), held(&once), "{first} then {second}");
        again.fit(&x[N - second..], &y[..second], 0.4).unwrap();
        again.set_ridge(0.02).unwrap();
        assert_eq!(held(&again), held(&once), "ridge, {second}");
        again.clear();
        assert_eq!((again.len(), again.ridge(), again.mean(&x[0])), (0, 0.02, Err(Error::NotFitted)));
        again.fit_empty(&x[N - second..], &y[..second], 0.02).unwrap();
        assert_eq!(held(&again), held(&once), "after clear, {second}");
    }
}

/// Both roads give the same reasons, and an empty model stays empty, with its ridge.
#[test]
fn both_roads_of_a_fit_fail_alike() {
    let (x, y): (Vec<_>, Vec<_>) = random_samples::<f64>(4, &mut rng(5)).into_iter().unzip();
    let good = (x.as_slice(), y.as_slice());
    for which in 0..6 {
        let mut empty = Rectified::new(Ntk::new(Relu), Fixed::new());
        empty.set_ridge(0.7).unwrap();
        let mut full = empty.clone();
        full.fit(good.0, good.1, 0.1).unwrap();
        let before = held(&full);
        let (x, y, ridge) = hopeless(which, &mut rng(6));
        let (x, y) = (x.as_slice(), y.as_slice());
        let why = full.fit(x, y, ridge).unwrap_err();
        assert_eq!(held(&full), before);
        assert_eq!(full.fit_empty(x, y, ridge), Err(Error::AlreadyFitted));
        assert_eq!(held(&full), before);
        for result in [empty.fit(x, y, ridge), empty.fit_empty(x, y, ridge)] {
            assert_eq!(result, Err(why));
            assert_eq!((empty.len(), empty.ridge()), (0, 0.7));
        }
        assert_eq!(empty.predict(&x[0]), Err(Error::NotFitted));
        full.clear();
        empty.fit(good.0, good.1, 0.1).unwrap();
        full.fit(good.0, good.1, 0.1).unwrap();
        assert_eq!((held(&empty), held(&full)), (before.clone(), before));
    }
}

/// Labels corrected by their caller to a number out of range, one road or the other.
#[test]
fn differences_of_labels_that_overflow() {
    let (x, y) = ([[1.0, 0.0], [0.0, 1.0]], [[1e308, 0.0], [0.0, 1.0]]);
    let initial = [[-1e308, 0.0], [0.0, 0.0]];
    let corrected: [[f64; 2]; 2] =
        core::array::from_fn(|i| core::array::from_fn(|o| y[i][o] - initial[i][o]));
    let mut model = Rectified::new(Ntk::new(Relu), Fixed::new());
    let overflow = Err(Error::NotFinite { what: Quantity::Y, row: 0, column: 0 });
    assert_eq!(model.fit(&x, &corrected, 0.1), overflow);
    model.fit(&x, &y, 0.1).unwrap();
    let before = held(&model);
    assert_eq!(model.fit(&x, &corrected, 0.1), overflow);
    assert_eq!(held(&model), before);
}
