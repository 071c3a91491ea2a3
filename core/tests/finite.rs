//! Numbers of any size, in data, settings, weights and matrices: no answer that is `Ok` holds one that is not
//! finite.
//!
//! `NTK_FUZZ_CASES=1000000 cargo test --release -p ntk-core --test finite` tries more of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use core::fmt::Debug;

use ntk_core::dynamics::Training;
use ntk_core::regression::{Criterion, Fixed};
use ntk_core::{
    Architecture, Calibration, Dataset, Dynamics, Erf, Error, Gelu, Network, Nngp, Ntk, Params, Regression,
    Relu, Scalar, hessian, largest_eigenvalue, symmetric_eigen,
};
use proptest::prelude::*;
use support::cases;

/// Everyday numbers, some that are 0, and every power of ten that an `f64` has.
fn number() -> impl Strategy<Value = f64> {
    let wide = (-320i32..309, -9.99f64..9.99).prop_map(|(power, digits)| digits * 10f64.powi(power));
    prop_oneof![6 => -3.0..3.0, 3 => wide, 1 => Just(0.0), 1 => prop::sample::select(vec![f64::MAX, f64::MIN, 5e-324])]
}

/// Numbers of one size, so that a matrix of them factors; now and then one of another.
fn numbers<const N: usize>() -> impl Strategy<Value = [f64; N]> {
    let alike = (-300i32..300, prop::array::uniform::<_, N>(-3.0..3.0f64))
        .prop_map(|(power, digits)| digits.map(|d| d * 10f64.powi(power)));
    prop_oneof![2 => prop::array::uniform::<_, N>(-3.0..3.0f64), 3 => alike, 2 => prop::array::uniform::<_, N>(number())]
}

fn positive() -> impl Strategy<Value = f64> {
    prop_oneof![2 => Just(1.0), 2 => Just(0.1), 2 => number().prop_map(f64::abs)]
}

/// Every number of an answer that was given.
fn finite<T: Scalar>(what: &str, answer: Result<impl IntoIterator<Item = T>, impl Debug>) {
    if let Ok(values) = answer {
        for value in values {
            assert!(value.is_finite(), "{what}: {value:?}");
        }
    }
}

fn one<T>(answer: Result<T, Error>) -> Result<[T; 1], Error> {
    answer.map(|value| [value])
}

const CRITERIA: [Criterion; 3] =
    [Criterion::LeaveOneOut, Criterion::LeaveOneOutDensity, Criterion::MarginalLikelihood];

/// A model of these samples: everything that can be asked of it.
fn ask<T: Scalar>(x: &[T; 8], y: &[T; 8], [ridge, bias, amplitude]: [T; 3], queries: &[T; 4], level: T) {
    let kernel = Ntk::with(Relu, Architecture::ONE_LAYER.bias(bias));
    let mut model = Regression::new_low_precision(kernel, Fixed::<T, 2, 4, [T; 2]>::new());
    let (x, y) = (x.as_chunks::<2>().0, y.as_chunks::<2>().0);
    if amplitude != T::ONE {
        let _ = model.set_amplitude(Some(amplitude));
    }
    if model.fit(x, y, ridge).is_ok() {
        for round in 0..2 {
            for output in 0..2 {
                finite("amplitude", one(model.amplitude(output)));
                finite("likelihood", one(model.log_marginal_likelihood(output)));
            }
            for i in 0..model.len() {
                finite("left out", model.leave_one_out(i).map(|p| [p.mean, p.deviation].concat()));
                finite("novelty", one(model.novelty_of(i)));
            }
            for q in queries.as_chunks::<2>().0.iter().chain(x) {
                finite("mean", model.mean(q));
                finite(
                    "prediction",
                    model.predict(q).map(|p| {
                        [&p.mean[..], &p.deviation, &p.observation_deviation, &[p.novelty]].concat()
                    }),
                );
                let (mut work, mut mean) = (vec![T::ZERO; model.len()], [T::ZERO; 2]);
                let found = model.predict_into(q, &mut work, &mut mean);
                finite("uncertainty", found.map(|u| [u.deviation, u.observation_deviation, u.novelty]));
                finite("slope", model.mean_gradient(q, 0));
                finite("familiarity", one(model.familiarity(q)));
                finite("ensemble", one(model.ensemble_deviation(&Nngp::new(Relu), q)));
                if let Ok(intervals) = model.intervals() {
                    finite("interval", intervals.at(q, level).map(|i| [i.low, i.high].concat()));
                    finite("p-value", intervals.p_value(q, y[0]));
                }
            }
            for criterion in CRITERIA {
                finite("criterion", one(model.criterion(criterion)));
            }
            finite("refinement", one(model.refine()));
            if round == 0 {
                let _ = (model.remove(1), model.tune_ridge(CRITERIA[0]));
            }
        }
    }
    let mut sensor = Calibration::with(kernel, Fixed::<T, 2, 4, [T; 2]>::new());
    if sensor.fit(x, y).is_ok() {
        for q in queries.as_chunks::<2>().0.iter().chain(x) {
            finite("value", sensor.mean(q));
            finite(
                "reading",
                sensor
                    .read(q, level)
                    .map(|r| [&r.value[..], &r.low, &r.high, &r.deviation, &[r.familiarity]].concat()),
            );
            finite(
                "reading's deviation",
                sensor.predict(q).map(|p| [p.mean, p.observation_deviation].concat()),
            );
            finite("reading's p-value", sensor.p_value(q, y[1]));
        }
        for i in 0..sensor.len() {
            finite("reading left out", sensor.leave_one_out(i).map(|p| [p.mean, p.deviation].concat()));
        }
    }
}

/// A network in the course of its training.
fn train<T: Scalar>(x: &[T; 8], y: &[T; 8], queries: &[T; 4], time: T) {
    let Ok(data) = Dataset::new(x.as_chunks::<2>().0, y.as_chunks::<2>().0) else { return };
    let mut network = Dynamics::<T, Ntk<Erf>, 2, 4, 2>::new(Ntk::new(Erf));
    let before = format!("{network:?}");
    if network.fit(&data).is_err() {
        // The matrix that eigenvalues are found in is of no use before and after.
        assert!(network.eigenvalues().is_empty() && before.len() > 10);
        return;
    }
    finite("eigenvalues", Ok::<_, Error>(network.eigenvalues().to_vec()));
    finite("rate", one(network.largest_learning_rate()));
    for training in [Training::Flow(time), Training::Descent { rate: time, steps: 1000 }] {
        for q in queries.as_chunks::<2>().0 {
            finite("trained mean", network.mean(q, training));
            finite("trained deviation", one(network.deviation(&Nngp::new(Erf), q, training)));
        }
    }
}

fn spectra<T: Scalar>(entries: &[T; 9], weights: &[T; 9]) {
    let mut matrix = *entries;
    for i in 0..3 {
        for j in 0..i {
            matrix[j * 3 + i] = matrix[i * 3 + j];
        }
    }
    finite("largest eigenvalue", one(largest_eigenvalue(&matrix, 3, &mut [T::ZERO; 6])));
    let (mut values, mut vectors) = ([T::ZERO; 3], [T::ZERO; 9]);
    let found = symmetric_eigen(&mut matrix, 3, &mut values, &mut vectors);
    finite("spectrum", found.map(|()| [&values[..], &vectors].concat()));
    let [a0, a1, b0, b1, b2, b3, x0, x1, _] = *weights;
    let network = Network::new(Gelu, Params { a: [[a0, a1]], b: [[b0, b1], [b2, b3]] });
    let mut roots = [T::ZERO; 4];
    let found = hessian::eigenvalues(&network, &[x0, x1], 0, &mut roots);
    finite("Hessian", found.map(|()| roots));
    finite("norm", one(hessian::spectral_norm(&network, &[x0, x1], 0)));
    finite("block", hessian::block(&network, &[x0, x1], 1, 0).map(|b| [b.mixed, b.curvature, b.norm()]));
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn models(
        x in numbers::<8>(), y in numbers::<8>(), queries in numbers::<4>(),
        ridge in positive(), bias in positive(), amplitude in positive(),
    ) {
        ask::<f64>(&x, &y, [ridge, bias, amplitude], &queries, 0.5);
        let single = |v: f64| v as f32;
        let settings = [ridge, bias, amplitude].map(single);
        ask::<f32>(&x.map(single), &y.map(single), settings, &queries.map(single), 0.5);
    }

    #[test]
    fn training(x in numbers::<8>(), y in numbers::<8>(), queries in numbers::<4>(), time in positive()) {
        train::<f64>(&x, &y, &queries, time);
        let single = |v: f64| v as f32;
        train::<f32>(&x.map(single), &y.map(single), &queries.map(single), time as f32);
    }

    #[test]
    fn matrices_and_weights(entries in numbers::<9>(), weights in numbers::<9>()) {
        spectra::<f64>(&entries, &weights);
        spectra::<f32>(&entries.map(|v| v as f32), &weights.map(|v| v as f32));
    }
}

/// Labels so large that the square of a residual, but not the residual, overflows: what used to be `Ok(inf)`.
#[test]
fn large_labels_are_refused_or_answered() {
    for size in [1.0, 1e150, 1e307, f64::MAX] {
        let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 1, 2>::new());
        model.set_amplitude(Some(1e-5)).unwrap();
        if model.fit(&[[1.0], [-2.0]], &[size, -size], 0.5).is_err() {
            continue;
        }
        let found = (model.log_marginal_likelihood(0), model.criterion(Criterion::LeaveOneOut));
        assert_eq!((found.0.is_ok(), found.1.is_ok()), (size < 1e140, size < 1e154), "{size:e}: {found:?}");
        assert!(model.leave_one_out(0).is_ok() || size > 1e300);
    }
    let mut silent = Regression::new(Ntk::new(Relu), Fixed::<f64, 1, 2>::new());
    silent.fit(&[[1.0], [-2.0]], &[0.0, 0.0], 0.5).unwrap();
    let error = silent.log_marginal_likelihood(0).unwrap_err();
    assert!(error.to_string().contains("likelihood[0][0] is NaN or infinite; scale"), "{error}");
}
