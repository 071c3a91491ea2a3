//! A model that learns and forgets in place, against fresh fits: single changes, and refusals.

use crate::support::growing::{Model, Sample, difference, fresh, random_samples};
use crate::support::{normal_points, rng};
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::{Cholesky, Error, Kernel, Ntk, Quantity, Regression, Relu, Scalar, Setting};

fn bits<T: Scalar, const N: usize>(model: &Model<T, N>) -> String {
    format!("{model:?}") // every field, used or not; shortest form that reads back to the same bits
}

#[test]
fn pushing_one_by_one_gives_the_bits_of_a_fit() {
    let samples = random_samples::<f32>(9, &mut rng(1));
    let mut model = Model::<f32, 9>::new(Ntk::new(Relu), Fixed::new());
    model.set_ridge(1e-3).unwrap();
    for (n, (x, y)) in samples.iter().enumerate() {
        assert_eq!(model.push(x, *y, WhenFull::Refuse), Ok(None));
        assert_eq!((model.len(), model.sample(n)), (n + 1, Some((*x, *y))));
    }
    assert_eq!(bits(&model), bits(&fresh::<f32, 9>(&samples, 1e-3)));
}

#[test]
fn every_removal_and_replacement_is_a_refit() {
    let mut samples = random_samples::<f64>(8, &mut rng(2));
    let (new_x, new_y) = random_samples::<f64>(1, &mut rng(3))[0];
    for i in 0..8 {
        let mut removed = fresh::<f64, 8>(&samples, 1e-3);
        let mut replaced = removed.clone();
        removed.remove(i).unwrap();
        replaced.replace(i, &new_x, new_y).unwrap();
        let mut others = samples.clone();
        others.remove(i);
        assert!(difference(&removed, &fresh(&others, 1e-3)) < 1e-12);
        assert!(removed.drift() < 10.0 * f64::EPSILON, "{:e}", removed.drift());
        others.push((new_x, new_y));
        assert!(difference(&replaced, &fresh(&others, 1e-3)) < 1e-12);
        let order: Vec<_> = (0..8).filter_map(|j| replaced.sample(j)).collect();
        assert_eq!(order, others);
        for mut model in [removed, replaced] {
            let n = model.len();
            let before = model.ridge();
            model.refresh().unwrap();
            for query in normal_points::<f64, 2, 4>(&mut rng(4)) {
                let again = fresh::<f64, 8>(&others[..n], before);
                assert_eq!(model.predict(&query), again.predict(&query)); // to the bit
            }
        }
        samples.rotate_left(1);
    }
}

/// The same sample with another label, without a ridge: the old one must be gone before the new one is
/// judged.
#[test]
fn a_sample_can_be_replaced_by_its_twin() {
    let samples = random_samples::<f64>(6, &mut rng(5));
    for i in 0..6 {
        let mut model = fresh::<f64, 6>(&samples, 0.0);
        let (x, y) = (samples[i].0, [7.0, -7.0]);
        model.replace(i, &x, y).unwrap();
        let mut expected = samples.clone();
        expected.remove(i);
        expected.push((x, y));
        assert!(difference(&model, &fresh(&expected, 0.0)) < 1e-11);
    }
}

#[test]
fn what_happens_when_the_model_is_full() {
    let samples = random_samples::<f64>(5, &mut rng(6));
    let (x, y) = random_samples::<f64>(1, &mut rng(7))[0];
    let full = fresh::<f64, 5>(&samples, 1e-2);
    let mut model = full.clone();
    assert_eq!(model.push(&x, y, WhenFull::Refuse), Err(Error::Capacity { capacity: 5, found: 6 }));
    assert_eq!(bits(&model), bits(&full));
    assert_eq!(model.push(&x, y, WhenFull::DropOldest), Ok(Some(0)));
    let mut expected = samples[1..].to_vec();
    expected.push((x, y));
    assert!(difference(&model, &fresh(&expected, 1e-2)) < 1e-12);

    // A sample right next to the third: one of the two is what the others know most of.
    let mut near = full.clone();
    let beside = samples[2].0.map(|v| v + 1e-3);
    near.replace(4, &beside, [0.0, 0.0]).unwrap();
    let novelties: Vec<_> = (0..5).map(|i| near.novelty_of(i).unwrap()).collect();
    let least = (0..5).min_by(|&i, &j| novelties[i].total_cmp(&novelties[j])).unwrap();
    assert!(least == 2 || least == 4, "{novelties:?}");
    for (i, &novelty) in novelties.iter().enumerate() {
        let mut without = near.clone();
        let (x, _) = near.sample(i).unwrap();
        without.remove(i).unwrap();
        without.set_amplitude(Some(1.0)).unwrap();
        let left_out = without.predict(&x).unwrap().observation_deviation[0].powi(2);
        assert!((novelty - left_out / (Ntk::new(Relu).value(&x, &x) + 1e-2)).abs() < 1e-10);
    }
    assert_eq!(near.push(&x, y, WhenFull::DropRedundant), Ok(Some(least)));
}

/// Every cause of failure, in push, replace and a full model's push: not one bit differs.
#[test]
fn a_refused_change_changes_nothing() {
    let samples = random_samples::<f64>(4, &mut rng(8));
    let good = ([0.3, -0.8], [1.0, 2.0]);
    let not_finite = |what, column| Error::NotFinite { what, row: 0, column };
    let mut refusals = vec![
        (([f64::NAN, 0.0], good.1), 0.1, not_finite(Quantity::X, 0)),
        (([0.0, f64::INFINITY], good.1), 0.1, not_finite(Quantity::X, 1)),
        ((good.0, [0.0, f64::NAN]), 0.1, not_finite(Quantity::Y, 1)),
        ((good.0, [f64::NEG_INFINITY, 0.0]), 0.1, not_finite(Quantity::Y, 0)),
        ((samples[2].0, good.1), 0.0, Error::Coincident { first: 2, second: 4 }),
    ];
    let far = Error::NotFinite { what: Quantity::KernelMatrix, row: 4, column: 0 };
    refusals.push((([1e200, 1e200], good.1), 0.1, far));
    for ((x, y), ridge, expected) in refusals {
        let before = fresh::<f64, 5>(&samples, ridge);
        let mut model = before.clone();
        assert_eq!(model.push(&x, y, WhenFull::Refuse), Err(expected));
        assert_eq!(model.replace(0, &x, y), Err(expected));
        assert_eq!(bits(&model), bits(&before));
        let before = fresh::<f64, 4>(&samples, ridge); // full
        let mut model = before.clone();
        assert_eq!(model.push(&x, y, WhenFull::DropOldest), Err(expected));
        assert_eq!(bits(&model), bits(&before));
    }
    let before = fresh::<f64, 5>(&samples, 0.1);
    let mut model = before.clone();
    let no_sample = Err(Error::OutOfBounds { what: "sample", count: 4, index: 4 });
    assert_eq!(model.remove(4), no_sample);
    assert_eq!(model.replace(4, &good.0, good.1), no_sample);
    assert_eq!(model.novelty_of(4).err(), no_sample.err());
    for ridge in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(model.set_ridge(ridge), Err(Error::OutOfRange(Setting::Ridge))));
    }
    assert_eq!(bits(&model), bits(&before));
    let mut empty = Model::<f64, 5>::new(Ntk::new(Relu), Fixed::new());
    assert_eq!(empty.remove(0), Err(Error::OutOfBounds { what: "sample", count: 0, index: 0 }));
    assert!(empty.replace(usize::MAX, &good.0, good.1).is_err());
    assert_eq!((empty.refresh(), empty.drift()), (Ok(()), 0.0));
}

/// Below the ridge 0 two samples a rounding apart, not the same to the kernel, leave no pivot; and labels can
/// overflow.
#[test]
fn a_change_that_fails_on_its_numbers_changes_nothing() {
    struct Linear; // of rank 2: a third sample always depends on the others
    impl Kernel<f64> for Linear {
        fn between(&self, x: &ntk_core::Prepared<'_, f64>, y: &ntk_core::Prepared<'_, f64>) -> f64 {
            x.x[0] * y.x[0] + x.x[1] * y.x[1]
        }
    }
    let mut model = Regression::new(Linear, Fixed::<f64, 2, 3>::new());
    model.fit(&[[1.0, 0.0], [0.0, 1.0]], &[[1.0], [2.0]], 0.0).unwrap();
    let parts = |model: &Regression<Linear, Fixed<f64, 2, 3>>| {
        (
            model.len(),
            [0, 1, 2].map(|i| model.leave_one_out(i)),
            [[0.1, 0.9], [3.0, -2.0]].map(|x| model.predict(&x)),
        )
    };
    let before = parts(&model);
    let refused = model.push(&[0.5, 0.25], 0.0, WhenFull::Refuse);
    assert!(matches!(refused, Err(Error::NotPositiveDefinite { pivot: 2, .. })), "{refused:?}");
    assert_eq!(parts(&model), before);
    let refused = model.replace(0, &[0.0, 2.0], 0.0);
    assert!(matches!(refused, Err(Error::NotPositiveDefinite { pivot: 1, .. })), "{refused:?}");
    assert_eq!(parts(&model), before);

    let overflow = Error::NotFinite { what: Quantity::Coefficients, row: 0, column: 0 };
    let near: Vec<Sample<f64>> = vec![([1e-3, 0.0], [1.0, 1.0])];
    let before = fresh::<f64, 2>(&near, 0.0);
    let mut model = before.clone();
    assert_eq!(model.push(&[0.0, 1e-3], [1e308, 0.0], WhenFull::Refuse), Err(overflow));
    assert_eq!(bits(&model), bits(&before));

    // Two equal samples share a load that one alone cannot carry.
    let load = 3.8e306;
    let pair: Vec<Sample<f64>> = vec![([0.1, 0.0], [load, 0.0]); 2];
    let before = fresh::<f64, 2>(&pair, 1e-6);
    let mut model = before.clone();
    let alone = Err(Error::NotFinite { what: Quantity::Coefficients, row: 0, column: 0 });
    assert_eq!((model.remove(0), model.remove(1)), (alone, alone));
    assert_eq!(bits(&model), bits(&before));
    assert_eq!(model.set_ridge(0.0), Err(Error::Coincident { first: 0, second: 1 }));
    assert_eq!(bits(&model), bits(&before));
}

#[test]
fn the_factorisation_alone_grows_and_shrinks() {
    let x = normal_points::<f64, 2, 6>(&mut rng(10));
    let entry = |i: usize, j: usize| Ntk::new(Relu).value(&x[i], &x[j]);
    let mut whole = Cholesky::<f64, 6>::new();
    whole.factor(6, 1e-3, entry).unwrap();
    let mut grown = Cholesky::<f64, 6>::new();
    for n in 0..6 {
        grown.push(1e-3, |j| entry(n, j)).unwrap();
    }
    assert_eq!(grown, whole); // to the bit
    assert_eq!(grown.push(1e-3, |_| 0.0), Err(Error::Capacity { capacity: 6, found: 7 }));
    assert_eq!(grown.remove(6), Err(Error::OutOfBounds { what: "row", count: 6, index: 6 }));
    assert_eq!(grown, whole);
    grown.remove(2).unwrap();
    let before = grown.clone();
    let refused = grown.push(0.0, |j| if j == 5 { 1.0 } else { 1e3 });
    assert!(matches!(refused, Err(Error::NotPositiveDefinite { pivot: 5, .. })));
    assert_eq!(grown, before);
    let stay = [0, 1, 3, 4, 5];
    let mut fresh = Cholesky::<f64, 6>::new();
    fresh.factor(5, 1e-3, |i, j| entry(stay[i], stay[j])).unwrap();
    let (mut got, mut expected) = ([1.0, -2.0, 3.0, 0.5, 1.0], [1.0, -2.0, 3.0, 0.5, 1.0]);
    grown.solve(&mut got).unwrap();
    fresh.solve(&mut expected).unwrap();
    for (i, (got, expected)) in got.iter().zip(&expected).enumerate() {
        assert!((got - expected).abs() < 1e-11 * expected.abs().max(1.0), "{got} {expected}");
        for j in 0..=i {
            assert_eq!(grown.view().original(i, j), fresh.view().original(i, j));
        }
    }
}

/// K of a new sample with itself may be beyond all numbers where that with every other is not.
#[test]
fn a_kernel_that_overflows_for_the_new_sample_alone() {
    let far = [1.2e154, 0.0]; // its square is a number, and K, twice that, is none
    let samples = random_samples::<f64>(4, &mut rng(12));
    for n in [0, 1, 4] {
        let mut model = Model::<f64, 5>::new(Ntk::new(Relu), Fixed::new());
        model.set_ridge(0.1).unwrap();
        for (x, y) in &samples[..n] {
            model.push(x, *y, WhenFull::Refuse).unwrap();
        }
        let before = bits(&model);
        let refused = Err(Error::NotFinite { what: Quantity::KernelMatrix, row: n, column: n });
        assert_eq!(model.push(&far, [0.0; 2], WhenFull::Refuse), refused);
        assert_eq!(bits(&model), before);
    }
}

/// A second sample takes a part of a load that is almost too much for the first; with a label of the other
/// sign it adds to it.
#[test]
fn a_new_sample_takes_a_part_of_the_load() {
    let (x, ridge) = ([0.1, 0.0], 0.02);
    let load = 0.9 * f64::MAX * (Ntk::new(Relu).value(&x, &x) + ridge);
    let before = fresh::<f64, 2>(&[(x, [load, 0.0])], ridge);
    let mut model = before.clone();
    assert_eq!(model.push(&x, [load, 0.0], WhenFull::Refuse), Ok(None));
    let [mean, _] = model.mean(&[1e-9, 0.0]).unwrap();
    let single = before.mean(&[1e-9, 0.0]).unwrap()[0];
    assert!((mean / single - 4.0 / 3.0).abs() < 1e-12, "{mean:e} {single:e}");
    let mut model = before.clone();
    let overflow = Err(Error::NotFinite { what: Quantity::Coefficients, row: 0, column: 0 });
    assert_eq!(model.push(&x, [-load, 0.0], WhenFull::Refuse), overflow);
    assert_eq!(bits(&model), bits(&before));
}

/// At the end of all numbers a removal that is accepted leaves finite coefficients, although a fresh solve
/// would round beyond it.
#[test]
fn coefficients_at_the_end_of_all_numbers() {
    let (mut accepted, mut beyond, mut refused) = (0, 0, 0);
    for (trial, &[a, b]) in normal_points::<f64, 2, 400>(&mut rng(13)).iter().enumerate() {
        let (x, other) = ([0.1 + 0.01 * a, 0.02], [0.1, 0.01 * b]);
        let ridge = 1e-3;
        let own = Ntk::new(Relu).value(&x, &x) + ridge;
        let mut load = f64::MAX * own;
        for _ in 0..trial % 4 {
            load = load.next_down();
        }
        // The label that the first sample alone would predict for the second, and a little more.
        let pair = [(x, [load, 0.0]), (other, [1.02 * Ntk::new(Relu).value(&x, &other) * (load / own), 0.0])];
        let (xs, ys): (Vec<_>, Vec<_>) = pair.into_iter().unzip();
        let mut model = Model::<f64, 2>::new(Ntk::new(Relu), Fixed::new());
        if model.fit(xs.as_slice(), ys.as_slice(), ridge).is_err() {
            continue;
        }
        let before = bits(&model);
        if model.remove(1).is_err() {
            refused += 1;
            assert_eq!(bits(&model), before);
            continue;
        }
        accepted += 1;
        let query = [1e-3, 0.0];
        let expected = f64::MAX * Ntk::new(Relu).value(&query, &x);
        let [mean, _] = model.mean(&query).unwrap();
        assert!((mean / expected - 1.0).abs() < 1e-11, "{mean:e} {expected:e}");
        let mut fresh = Model::<f64, 2>::new(Ntk::new(Relu), Fixed::new());
        beyond += usize::from(fresh.fit(&xs[..1], &ys[..1], ridge).is_err());
    }
    println!("{accepted} accepted, {beyond} of them beyond a fresh fit, {refused} refused");
    assert!(accepted > 10 && beyond > 0 && refused > 10, "{accepted} {beyond} {refused}");
}

/// Of samples that add equally much the first leaves; and what rounds to more than 1 counts as 1.
#[test]
fn the_first_of_least_novelty_leaves() {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 1, 2>::new());
    for length in [1.0, 0.3, 7.0] {
        model.fit(&[length, -length], &[1.0, 2.0], 0.1).unwrap(); // they know nothing of each other
        assert_eq!(model.novelty_of(0), model.novelty_of(1));
        assert_eq!(model.push(&[0.5], 1.0, WhenFull::DropRedundant), Ok(Some(0)), "{length}");
    }
    let (mut above, mut one) = (0, Regression::new(Ntk::new(Relu), Fixed::<f64, 1, 1>::new()));
    for length in normal_points::<f64, 1, 200>(&mut rng(14)) {
        one.fit(&[length], &[1.0], 0.1).unwrap();
        let novelty = one.novelty_of(0).unwrap();
        assert!(novelty <= 1.0 && novelty > 1.0 - 1e-15, "{novelty:e}");
        let reciprocal = one.factor().reciprocals()[0];
        let raw = 1.0 / (reciprocal * reciprocal * (one.factor().original(0, 0).unwrap() + 0.1));
        above += usize::from(raw > 1.0);
    }
    assert!(above > 10, "{above} round to more than 1");
    // Two lengths, one of which rounds to more than 1: the first leaves all the same.
    let mut ties = 0;
    for [a, b] in normal_points::<f64, 2, 200>(&mut rng(15)) {
        model.fit(&[a.abs(), -b.abs()], &[1.0, 2.0], 0.1).unwrap();
        let [first, second] = [0, 1].map(|i| model.novelty_of(i).unwrap());
        ties += usize::from(first == second);
        let least = usize::from(second < first);
        assert_eq!(model.push(&[0.5], 1.0, WhenFull::DropRedundant), Ok(Some(least)));
    }
    assert!(ties > 10, "{ties}");
}

#[test]
fn while_there_is_room_nothing_leaves() {
    let samples = random_samples::<f64>(4, &mut rng(41));
    for when_full in [WhenFull::Refuse, WhenFull::DropOldest, WhenFull::DropRedundant] {
        let mut model = Model::<f64, 4>::new(Ntk::new(Relu), Fixed::new());
        model.set_ridge(1e-3).unwrap();
        assert!(model.factor().is_empty());
        for (n, (x, y)) in samples.iter().enumerate() {
            assert_eq!(model.push(x, *y, when_full), Ok(None), "{when_full:?}");
            assert_eq!((model.len(), model.factor().len(), model.factor().is_empty()), (n + 1, n + 1, false));
        }
        assert_eq!(bits(&model), bits(&fresh::<f64, 4>(&samples, 1e-3)), "{when_full:?}");
    }
}
