//! Long random histories of a model that learns and forgets in place, against fresh fits.

use crate::support::growing::{Model, Sample, difference, fresh, random_samples};
use crate::support::rng;
use ntk_core::random::uniform;
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::{Error, Ntk, Quantity, Relu, Scalar};

/// 10,000 random changes: push, remove, replace, each policy, and some that are refused. No refresh on the
/// way.
///
/// The factorisation stays within 2 N roundings of K, as documented; the condition number (about 10^3) times
/// that is what the answers may differ by.
fn history<T: Scalar>(seed: u64) {
    const N: usize = 12;
    let rng = &mut rng(seed);
    let ridge = 0.05;
    let mut model = Model::<T, N>::new(Ntk::new(Relu), Fixed::new());
    model.set_ridge(T::from_f64(ridge)).unwrap();
    let mut expected: Vec<Sample<T>> = Vec::new();
    let (mut worst, mut drift, mut refused) = (0.0f64, 0.0f64, 0);
    for step in 0..10_000 {
        let mut sample = random_samples::<T>(1, rng)[0];
        let choice = (uniform::<f64, _>(rng).abs() * 8.0) as usize;
        let index = (uniform::<f64, _>(rng).abs() * N as f64) as usize;
        if index == 3 && choice == 4 {
            sample.1[0] = T::NAN;
        }
        let full = expected.len() == N;
        let policy = [WhenFull::Refuse, WhenFull::DropOldest, WhenFull::DropRedundant][choice % 3];
        let result = match choice {
            0 => model.remove(index).map(|()| (Some(index), false)),
            1 => model.replace(index, &sample.0, sample.1).map(|()| (Some(index), true)),
            _ => model.push(&sample.0, sample.1, policy).map(|left| (left, true)),
        };
        match result {
            Ok((left, joined)) => {
                left.map(|i| expected.remove(i));
                expected.extend(joined.then_some(sample));
            }
            Err(Error::Capacity { .. }) => assert!(full && policy == WhenFull::Refuse),
            Err(Error::OutOfBounds { .. }) => assert!(index >= expected.len() && choice < 2),
            Err(why) => assert!(matches!(why, Error::NotFinite { what: Quantity::Y, .. }), "{why:?}"),
        }
        refused += usize::from(result.is_err());
        assert_eq!(model.len(), expected.len());
        if step % 10 == 9 && !expected.is_empty() {
            worst = worst.max(difference(&model, &fresh(&expected, ridge)));
            drift = drift.max(model.drift().to_f64());
        }
    }
    for (i, &(x, y)) in expected.iter().enumerate() {
        assert_eq!(model.sample(i), Some((x, y)));
    }
    let u = T::EPSILON.to_f64();
    println!("largest difference {:.0} u, drift {:.1} u, {refused} refused", worst / u, drift / u);
    assert!(refused > 300 && refused < 5_000);
    assert!(worst < 2_000.0 * u && drift < 24.0 * u, "{:.0} {:.1}", worst / u, drift / u);
}

#[test]
fn ten_thousand_changes_in_f32() {
    history::<f32>(11);
}

#[test]
fn ten_thousand_changes_in_f64() {
    history::<f64>(12);
}
