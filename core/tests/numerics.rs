//! Numbers at the edge: jitter that is asked for, scaling inside the model, and what refinement can and cannot do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::random::uniform;
use ntk_core::regression::{Labels, ScaledRegression, Scaling, WhenFull};
use ntk_core::{Cholesky, Dataset, Error, Kernel, Lift, Regression, ReluNtk, Rows};
use support::{assert_close, normal_points, rng};

const N: usize = 15;

/// Samples of Example 3, drawn in `f32`.
fn example_3(lift: Lift, seed: u64) -> ([[f32; 2]; N], [[f32; 1]; N]) {
    let mut rng = rng(seed);
    let s: [f32; N] = core::array::from_fn(|_| uniform(&mut rng));
    (s.map(|s| lifted(lift, s)), s.map(|s| [s + (10.0 * s).sin()]))
}

fn lifted(lift: Lift, s: f32) -> [f32; 2] {
    let mut z = [0.0; 2];
    lift.apply(s, &mut z).unwrap();
    z
}

/// Relative errors of the mean on a grid for one draw: plain `f32`, refined `f32`, and in `f64` from the K that `f32` has.
fn errors(lift: Lift, seed: u64) -> [f64; 3] {
    let (x, y) = example_3(lift, seed);
    let mut device = Regression::<f32, ReluNtk, 2, N>::new(ReluNtk);
    device.fit(&Dataset::new(&x, &y).unwrap(), 0.0, Labels::AsGiven).unwrap();
    let mut refined = device.clone();
    refined.refine().unwrap();
    let (wide_x, wide_y) = (x.map(|x| x.map(f64::from)), y.map(|y| y.map(f64::from)));
    let mut exact = Regression::<f64, ReluNtk, 2, N>::new(ReluNtk);
    exact.fit(&Dataset::new(&wide_x, &wide_y).unwrap(), 0.0, Labels::AsGiven).unwrap();
    let mut rounded_k = Cholesky::<f64, N>::new();
    rounded_k.factor(N, 0.0, |i, j| f64::from(ReluNtk.value(&x[i], &x[j]))).unwrap();
    let mut coefficients = wide_y.map(|[y]| y);
    rounded_k.view().solve(&mut coefficients).unwrap();
    let (mut errors, mut size) = ([0.0f64; 3], 0.0f64);
    for i in 0..101 {
        let query = lifted(lift, i as f32 / 50.0 - 1.0);
        let wide = query.map(f64::from);
        let [expected] = exact.mean(&wide).unwrap();
        let k = |i: usize| ReluNtk.value(&wide, &wide_x[i]);
        let limited: f64 = (0..N).map(|i| k(i) * coefficients[i]).sum();
        let found =
            [device.mean(&query).unwrap()[0].into(), refined.mean(&query).unwrap()[0].into(), limited];
        for (error, found) in errors.iter_mut().zip(found) {
            *error = error.max((found - expected).abs());
        }
        size = size.max(expected.abs());
    }
    errors.map(|error| error / size)
}

/// 500 draws of the lecture, medians and 99 %. Half of the error is the rounding of K to 24 bits, which no solver can take
/// back; the rest that of k(x) and of the sum over it. Refinement takes a tenth.
#[test]
fn what_limits_single_precision() {
    for lift in [Lift::Circle, Lift::Bias] {
        let mut all: Vec<[f64; 3]> = (0..500).map(|seed| errors(lift, seed)).collect();
        let mut quantile = |column: usize, rank: usize| {
            all.sort_by(|a, b| a[column].total_cmp(&b[column]));
            all[rank][column]
        };
        let [plain, refined, limit] = [0, 1, 2].map(|column| [250, 494].map(|rank| quantile(column, rank)));
        assert!(plain[0] < 1.5e-5 && plain[1] < 5e-5);
        assert!(refined[0] < plain[0] && refined[1] < plain[1]);
        assert!(limit[1] > 1e-6); // with every later step exact
        println!("{lift:?}: plain {plain:?}, refined {refined:?}, K rounded to f32 {limit:?}");
    }
}

#[test]
fn jitter_only_when_asked_for_and_by_name() {
    let (x, y) = ([[1.0f32, 0.5], [0.3, -0.2], [1.0, 0.5]], [[1.0], [2.0], [3.0]]);
    let data = Dataset::new(&x, &y).unwrap();
    let mut model = Regression::<f32, ReluNtk, 2, 4>::new(ReluNtk);
    let coincident = Error::Coincident { first: 0, second: 2 };
    assert_eq!(model.fit_with_jitter(&data, 0.0, Labels::AsGiven, 0), Err(coincident));
    assert!(model.is_empty());
    let jitter = model.fit_with_jitter(&data, 0.0, Labels::AsGiven, 5).unwrap();
    assert!(jitter > 0.0 && jitter < 1e-2 && jitter == model.ridge(), "{jitter}");
    let mut same = Regression::<f32, ReluNtk, 2, 4>::new(ReluNtk);
    same.fit(&data, jitter, Labels::AsGiven).unwrap();
    assert_eq!(model.predict(&[0.1, 0.2]), same.predict(&[0.1, 0.2]));
    assert_eq!(model.fit_with_jitter(&data, 0.1, Labels::AsGiven, 5), Ok(0.0));
    assert_eq!(model.ridge(), 0.1);
    let bad_ridge = model.fit_with_jitter(&data, -1.0, Labels::AsGiven, 5);
    assert!(matches!(bad_ridge, Err(Error::OutOfRange { what: "ridge", .. })));
    assert_eq!(model.len(), 3); // refused before anything was written
}

/// Other units, other zero: the same function. And constant columns are no division by zero.
#[test]
fn units_do_not_matter() {
    let x = normal_points::<f64, 2, 8>(&mut rng(1)).map(|[a, b]| [a, b, 1.0]);
    let y = normal_points::<f64, 1, 8>(&mut rng(2)).map(|[a]| [a, 4.0]);
    let other_x = x.map(|[a, b, one]| [1e6 * a + 3e6, 1e-4 * b - 5.0, one]);
    let other_y = y.map(|[a, four]| [1e3 * a - 2e4, four]);
    let fit = |x: &[[f64; 3]], y: &[[f64; 2]]| {
        let mut model = ScaledRegression::<f64, ReluNtk, 3, 9, 2>::new(ReluNtk);
        model.fit(&Dataset::new(x, y).unwrap(), 1e-3).unwrap();
        model
    };
    let (mut model, mut other) = (fit(&x, &y), fit(&other_x, &other_y));
    for round in 0..2 {
        for [a, b] in normal_points::<f64, 2, 10>(&mut rng(3)) {
            let here = model.predict(&[a, b, 1.0]).unwrap();
            let query = [1e6 * a + 3e6, 1e-4 * b - 5.0, 1.0];
            let there = other.predict(&query).unwrap();
            assert_close(there.mean[0], 1e3 * here.mean[0] - 2e4, 1e-5);
            assert_eq!((here.mean[1], there.mean[1]), (4.0, 4.0)); // a constant is known
            assert_close(there.deviation[0], 1e3 * here.deviation[0], 1e-5);
            assert_close(there.observation_deviation[0], 1e3 * here.observation_deviation[0], 1e-5);
            assert_close(there.novelty, here.novelty, 1e-9);
            assert_eq!(other.mean(&query), Ok(there.mean));
        }
        if round == 0 {
            let scaling = *model.scaling().0;
            model.push(&[0.3, 0.4, 1.0], &[5.0, 4.0], WhenFull::Refuse).unwrap();
            other
                .push(&[1e6 * 0.3 + 3e6, 1e-4 * 0.4 - 5.0, 1.0], &[1e3 * 5.0 - 2e4, 4.0], WhenFull::Refuse)
                .unwrap();
            assert_eq!((model.model().len(), *model.scaling().0), (9, scaling));
        }
    }
    model.model_mut().remove(0).unwrap();
    assert_eq!(model.model().len(), 8);
}

#[test]
fn scaling_by_hand() {
    let rows = [[1.0, 7.0, 1e300], [3.0, 7.0, -1e300]];
    let of = |shift| Scaling::<f64, 3>::of(Rows::from(&rows), shift);
    assert_eq!(of(false), Err(Error::NotFinite { what: "deviation", row: 0, column: 2 }));
    let rows = [[1.0, 7.0], [3.0, 7.0]];
    let scaling = Scaling::<f64, 2>::of(Rows::from(&rows), false).unwrap();
    assert_eq!(scaling.apply(&[3.0, 7.0]), [1.0, 7.0]);
    assert_eq!(scaling.undo(&[1.0, 7.0]), [3.0, 7.0]);
    let scaling = Scaling::<f64, 2>::of(Rows::from(&rows), true).unwrap();
    assert_eq!(scaling.apply(&[1.0, 7.0]), [-1.0, 0.0]);
    assert_eq!(scaling.undo_deviation(2.0), [2.0, 2.0]);
    assert!(Scaling::<f64, 3>::of(Rows::from(&rows), true).is_err());
    assert_eq!(Scaling::<f64, 2>::none().apply(&[5.0, -0.5]), [5.0, -0.5]);
    // 0.1 three times has a mean that is not 0.1 but for rounding: still constant.
    let noise = Scaling::<f64, 1>::of(Rows::from(&[[0.1], [0.1], [0.1]]), false).unwrap();
    assert_eq!(noise, Scaling::none());
}

#[test]
fn a_scaled_model_refuses_like_the_other() {
    let mut model = ScaledRegression::<f64, ReluNtk, 2, 3>::new(ReluNtk);
    let x = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.7], [0.1, 0.2]];
    let y = [[1.0], [2.0], [3.0], [4.0]];
    let refused = model.fit(&Dataset::new(&x, &y).unwrap(), 0.1);
    assert_eq!(refused, Err(Error::Capacity { capacity: 3, found: 4 }));
    assert!(model.fit(&Dataset::new(&y, &y).unwrap(), 0.1).is_err());
    assert_eq!(model.mean(&x[0]), Err(Error::NotFitted));
    model.fit(&Dataset::new(&x[..3], &y[..3]).unwrap(), 0.1).unwrap();
    let before = format!("{model:?}");
    assert!(model.push(&[f64::NAN, 0.0], &[1.0], WhenFull::DropOldest).is_err());
    assert!(model.push(&x[3], &[1.0], WhenFull::Refuse).is_err());
    assert!(model.predict(&[f64::INFINITY, 0.0]).is_err());
    assert!(model.fit(&Dataset::new(&x[..3], &y[..3]).unwrap(), f64::NAN).is_err());
    assert_eq!(format!("{model:?}"), before);
}
