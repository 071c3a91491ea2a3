//! What a fitted model answers: uncertainties of two meanings, slope of the mean, and the settings it chooses for itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use core::cell::Cell;

use ntk_core::regression::{
    Criterion, Labels, MOST_FACTORISATIONS, Memory, Tuned, Variances, tune_variances,
};
use ntk_core::{
    Dataset, Deep, Dual, Erf, Error, Kernel, Point, Regression, Relu, ReluNngp, ReluNtk, SlopeDual, Tanh,
};
use support::dense::{inner, inverse_and_determinant, matrix, multiply};
use support::growing::held;
use support::{assert_close, normal_points, rng};

const N: usize = 7;

fn fitted<K: Kernel<f64>>(kernel: K, ridge: f64) -> Regression<f64, K, 3, N, 2> {
    let (x, y) = (normal_points::<f64, 3, N>(&mut rng(1)), normal_points::<f64, 2, N>(&mut rng(2)));
    let mut model = Regression::new(kernel);
    model.fit(&Dataset::new(&x, &y).unwrap(), ridge, Labels::AsGiven).unwrap();
    model
}

#[test]
fn a_variance_lies_between_none_and_the_priors() {
    let model = fitted(ReluNtk, 0.0);
    for scale in [1.0, 1e-6, 1e6] {
        for query in normal_points::<f64, 3, 50>(&mut rng(3)) {
            let query = query.map(|v| scale * v);
            let answer = model.predict(&query).unwrap();
            let prior = ReluNtk.value(&query, &query);
            assert!((0.0..=1.0).contains(&answer.novelty));
            assert!(answer.deviation >= 0.0 && answer.deviation <= prior.sqrt());
            assert_eq!(answer.observation_deviation, answer.deviation); // no noise
        }
    }
    let known = model.predict(&[0.0; 3]).unwrap(); // the kernel is 0 there
    assert_eq!((known.deviation, known.novelty, known.mean), (0.0, 0.0, [0.0; 2]));
    let (&at_a_sample, _) = model.sample(4).unwrap();
    assert!(model.predict(&at_a_sample).unwrap().novelty < 1e-12);
    let noisy = fitted(ReluNtk, 0.3);
    let answer = noisy.predict(&at_a_sample).unwrap();
    assert_close(answer.observation_deviation, (answer.deviation.powi(2) + 0.3).sqrt(), 1e-15);
}

/// A kernel whose diagonal is fine and whose other values are enormous at one place: the variance overflows or is NaN.
#[test]
fn a_variance_that_is_not_known_is_not_zero() {
    struct Spike(f64);
    impl Kernel<f64> for Spike {
        fn between(&self, x: &Point<'_, f64>, y: &Point<'_, f64>) -> f64 {
            let (spike_x, spike_y) = (x.x[0] == 9.0, y.x[0] == 9.0);
            if spike_x == spike_y { ReluNtk.between(x, y) } else { self.0 }
        }
    }
    let overflow = Error::NotFinite { what: "variance", row: 0, column: 0 };
    let model = fitted(Spike(1e200), 0.1);
    assert_eq!(model.predict(&[9.0, 0.0, 0.0]), Err(overflow));
    let model = fitted(Spike(f64::NAN), 0.1);
    assert!(matches!(model.predict(&[9.0, 0.0, 0.0]), Err(Error::NotFinite { .. })));
}

/// Lee et al. 2019, with the inverse written out; at a sample without ridge all networks agree.
#[test]
fn the_ensembles_variance_by_the_inverse_matrix() {
    for ridge in [0.0, 0.2] {
        let model = fitted(ReluNtk, ridge);
        let x: Vec<[f64; 3]> = (0..N).map(|i| *model.sample(i).unwrap().0).collect();
        let (inverse, _) = inverse_and_determinant(&matrix(N, |i, j| {
            ReluNtk.value(&x[i], &x[j]) + if i == j { ridge } else { 0.0 }
        }));
        let covariance = matrix(N, |i, j| ReluNngp.value(&x[i], &x[j]));
        for query in normal_points::<f64, 3, 20>(&mut rng(4)) {
            let k: Vec<_> = x.iter().map(|x| ReluNtk.value(&query, x)).collect();
            let s: Vec<_> = x.iter().map(|x| ReluNngp.value(&query, x)).collect();
            let w = multiply(&inverse, &k);
            let expected =
                ReluNngp.value(&query, &query) - 2.0 * inner(&w, &s) + inner(&w, &multiply(&covariance, &w));
            let got = model.ensemble_deviation(&ReluNngp, &query).unwrap();
            assert_close(got.powi(2), expected, 1e-12);
            let process = model.predict(&query).unwrap().deviation;
            assert!((got - process).abs() > 1e-3, "two meanings, two values");
        }
        let at_a_sample = model.ensemble_deviation(&ReluNngp, &x[2]).unwrap();
        assert!(if ridge == 0.0 { at_a_sample < 1e-6 } else { at_a_sample > 1e-2 });
    }
    let model = fitted(ReluNtk, 0.1);
    assert!(matches!(
        model.ensemble_deviation(&ReluNngp, &[f64::NAN; 3]),
        Err(Error::NotFinite { what: "x", .. })
    ));
}

#[test]
fn the_slope_of_the_mean() {
    fn check<K: ntk_core::kernel::KernelGradient<f64>>(kernel: K) {
        let model = fitted(kernel, 0.1);
        for query in normal_points::<f64, 3, 20>(&mut rng(5)) {
            for output in 0..2 {
                let gradient = model.mean_gradient(&query, output).unwrap();
                for i in 0..3 {
                    let moved = |step: f64| {
                        let mut x = query;
                        x[i] += step;
                        model.mean(&x).unwrap()[output]
                    };
                    assert_close(gradient[i], (moved(1e-6) - moved(-1e-6)) / 2e-6, 1e-7);
                }
            }
        }
        assert!(matches!(model.mean_gradient(&[1.0; 3], 2), Err(Error::NoSuch { what: "output", .. })));
        let bad = model.mean_gradient(&[0.0, f64::NAN, 0.0], 0);
        assert_eq!(bad, Err(Error::NotFinite { what: "x", row: 0, column: 1 }));
    }
    check(ReluNtk);
    check(ReluNngp);
    check(Deep::<Relu, f64>::ntk(3, 1.2, 0.1).unwrap());
    check(Deep::<Erf, f64>::ntk(2, 1.2, 0.1).unwrap());
    check(Deep::<Erf, f64>::nngp(2, 1.2, 0.1).unwrap());
    check(Deep::<Tanh, f64>::ntk(1, 1.2, 0.1).unwrap());
}

#[test]
fn the_slope_of_the_likelihood() {
    for ridge in [1e-2, 0.3, 5.0] {
        for output in 0..2 {
            let h = 1e-5 * ridge;
            let at = |ridge| fitted(ReluNtk, ridge).log_marginal_likelihood(output).unwrap();
            let expected = (at(ridge + h) - at(ridge - h)) / (2.0 * h);
            let got = fitted(ReluNtk, ridge).likelihood_slope(output).unwrap();
            assert_close(got, expected, 1e-8 * expected.abs().max(1.0));
        }
    }
}

/// What the model chooses is at least as good as any ridge of a finer grid, and it is then fitted with it.
#[test]
fn the_ridge_that_the_data_ask_for() {
    let score = |model: &Regression<f64, ReluNtk, 3, N, 2>, criterion| -> f64 {
        (0..2)
            .map(|output| match criterion {
                Criterion::MarginalLikelihood => -model.log_marginal_likelihood(output).unwrap(),
                Criterion::LeaveOneOut => (0..N)
                    .map(|i| {
                        model.leave_one_out(i, output).unwrap().mean - model.sample(i).unwrap().1[output]
                    })
                    .map(|error| error * error)
                    .sum(),
            })
            .sum()
    };
    for criterion in [Criterion::LeaveOneOut, Criterion::MarginalLikelihood] {
        let mut model = fitted(ReluNtk, 0.7);
        let ridge = model.tune_ridge(criterion).unwrap();
        assert_eq!(ridge, model.ridge());
        let best = score(&model, criterion);
        for i in 0..400 {
            let other = 1e-6 * 10f64.powf(f64::from(i) / 40.0);
            assert!(best <= score(&fitted(ReluNtk, other), criterion) + 1e-9, "{ridge} against {other}");
        }
        let query = [0.2, -0.4, 1.0];
        assert_eq!(model.predict(&query), fitted(ReluNtk, ridge).predict(&query)); // to the bit
    }
    let mut slope = 0.0;
    let mut model = fitted(ReluNtk, 0.7);
    model.tune_ridge(Criterion::MarginalLikelihood).unwrap();
    for output in 0..2 {
        slope += model.likelihood_slope(output).unwrap();
    }
    assert!((slope * model.ridge()).abs() < 1e-4, "{slope}"); // at the top
    let mut none = Regression::<f64, ReluNtk, 3, N, 2>::new(ReluNtk);
    assert_eq!(none.tune_ridge(Criterion::LeaveOneOut), Err(Error::NotFitted));
}

/// In single precision too, where the smallest ridges of the grid do nothing.
#[test]
fn a_device_tunes_for_itself() {
    let x: [[f32; 2]; 12] = core::array::from_fn(|i| [i as f32 / 6.0 - 1.0, 1.0]);
    let y = x.map(|[x, _]| [x + 0.1 * if (1000.0 * x) as i32 % 2 == 0 { 1.0 } else { -1.0 }]);
    let mut model = Regression::<f32, ReluNtk, 2, 12>::new(ReluNtk);
    model.fit(&Dataset::new(&x, &y).unwrap(), 1.0, Labels::AsGiven).unwrap();
    let ridge = model.tune_ridge(Criterion::LeaveOneOut).unwrap();
    assert!(ridge > 1e-4 && ridge < 1e2, "{ridge}");
}

/// Sixteen samples of a function with a kink away from 0: biases are needed, and the search finds how large.
fn kinked<A: SlopeDual<f64> + Default>() -> Regression<f64, Deep<A, f64>, 1, 16> {
    let x: [[f64; 1]; 16] = core::array::from_fn(|i| [i as f64 / 8.0 - 0.9]);
    let y = x.map(|[x]| [(x - 0.4).abs() + 0.3 * x]);
    let mut model = Regression::new(Deep::<A, f64>::nngp(1, 1.0, 0.0).unwrap());
    model.fit(&Dataset::new(&x, &y).unwrap(), 1e-3, Labels::AsGiven).unwrap();
    model
}

fn score<A: Dual<f64>>(model: &Regression<f64, Deep<A, f64>, 1, 16>, criterion: Criterion) -> f64 {
    match criterion {
        Criterion::MarginalLikelihood => -model.log_marginal_likelihood(0).unwrap(),
        Criterion::LeaveOneOut => (0..16)
            .map(|i| (model.leave_one_out(i, 0).unwrap().mean - model.sample(i).unwrap().1[0]).powi(2))
            .sum(),
    }
}

/// What it finds is fitted, better than the ridge alone, not worse than any neighbour, and within the promised number of
/// factorisations, each of which asks for 16 * 17 / 2 values of the kernel at most.
#[test]
fn the_variances_that_the_data_ask_for() {
    fn searched<A: SlopeDual<f64> + Default>() {
        for criterion in [Criterion::LeaveOneOut, Criterion::MarginalLikelihood] {
            for which in [Variances::Bias, Variances::Weight, Variances::Both] {
                let mut alone = kinked::<A>();
                alone.tune_ridge(criterion).unwrap();
                let mut model = kinked::<A>();
                let found = model.tune_variances(criterion, which).unwrap();
                let Tuned { weight_variance: w, bias_variance: b, ridge } = found;
                assert_eq!(model.ridge(), ridge);
                assert!(w == 1.0 || which != Variances::Bias, "{found:?}");
                assert_eq!(b == 0.0, which == Variances::Weight, "{found:?}");
                let at = |w: f64, b: f64, ridge: f64| {
                    let mut fresh = Regression::new(Deep::<A, f64>::nngp(1, w, b).unwrap());
                    let x: [[f64; 1]; 16] = core::array::from_fn(|i| *model.sample(i).unwrap().0);
                    let y: [[f64; 1]; 16] = core::array::from_fn(|i| model.sample(i).unwrap().1);
                    fresh.fit(&Dataset::new(&x, &y).unwrap(), ridge, Labels::AsGiven).map(|()| fresh)
                };
                let best = score(&model, criterion);
                assert_eq!(best, score(&at(w, b, ridge).unwrap(), criterion), "to the bit");
                if which != Variances::Weight {
                    assert!(best < score(&alone, criterion), "{which:?}, {criterion:?}: {found:?}");
                }
                for factor in [0.5, 0.8, 1.25, 2.0] {
                    let slack = if criterion == Criterion::LeaveOneOut { 1e-3 * best } else { 0.02 };
                    let tuned = |free, v: f64| if free { v * factor } else { v };
                    let near = [
                        at(tuned(which != Variances::Bias, w), b, ridge),
                        at(w, tuned(which != Variances::Weight, b), ridge),
                    ];
                    for near in near.into_iter().flatten() {
                        let near = score(&near, criterion);
                        assert!(best <= near + slack, "{which:?}, {criterion:?}: {best} {near}, {found:?}");
                    }
                }
            }
        }
    }
    searched::<Relu>();
    searched::<Erf>();
}

/// The number of factorisations is what is promised: each needs one K at most, of 16 * 17 / 2 values.
#[test]
fn a_search_is_bounded() {
    struct Counting<'c>(Deep<Relu, f64>, &'c Cell<usize>);
    impl Kernel<f64> for Counting<'_> {
        fn between(&self, x: &Point<'_, f64>, y: &Point<'_, f64>) -> f64 {
            self.1.set(self.1.get() + 1);
            self.0.between(&self.0.prepare(x.x), &self.0.prepare(y.x))
        }
    }
    let count = Cell::new(0);
    let (mut x, mut labels) = ([0.0; 16], [0.0; 16]);
    for (i, (x, label)) in x.iter_mut().zip(&mut labels).enumerate() {
        (*x, *label) = (i as f64 / 8.0 - 0.9, (i as f64).sin());
    }
    let (mut inverse, mut coefficients, mut work) = ([0.0; 16], [0.0; 16], [0.0; 16]);
    let memory = Memory {
        x: &mut x,
        lengths: &mut [[0.0; 2]; 16],
        matrix: &mut [0.0; 256],
        stride: 16,
        inverse: &mut inverse,
        labels: &mut labels,
        coefficients: &mut coefficients,
    };
    let kernel = |[w, b]: [f64; 2]| Ok(Counting(Deep::nngp(1, w, b)?, &count));
    let (criterion, both) = (Criterion::LeaveOneOut, Variances::Both);
    tune_variances(criterion, both, [1.0, 0.0], kernel, 16, memory, &mut work).unwrap();
    assert!(count.get() > 20 * 136 && count.get() <= MOST_FACTORISATIONS * 136, "{}", count.get());
}

/// Without samples, and where the squares of all errors overflow.
#[test]
fn a_search_that_finds_nothing() {
    let mut empty = Regression::<f64, Deep<Relu, f64>, 1, 4>::new(Deep::ntk(1, 2.0, 0.5).unwrap());
    let criterion = Criterion::LeaveOneOut;
    assert_eq!(empty.tune_variances(criterion, Variances::Both), Err(Error::NotFitted));
    let mut model = empty;
    let huge = [[1e200], [-1e200], [3e200]];
    model.fit(&Dataset::new(&[[0.1], [0.7], [-0.4]], &huge).unwrap(), 0.1, Labels::AsGiven).unwrap();
    let (before, overflow) = (held(&model), Error::NotFinite { what: "criterion", row: 0, column: 0 });
    assert_eq!(model.tune_variances(criterion, Variances::Both), Err(overflow));
    assert_eq!(model.tune_ridge(criterion), Err(overflow));
    assert_eq!(held(&model), before);
}
