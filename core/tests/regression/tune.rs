//! The settings that a model chooses for itself.

use core::cell::Cell;

use ntk_core::kernel::VariableKernel;
use ntk_core::regression::{Criterion, Fixed, MOST_FACTORISATIONS, Tuned, Variances};
use ntk_core::{
    Architecture, DerivativeDual, Erf, Error, Kernel, Nngp, Ntk, Prepared, Quantity, Regression, Relu,
};

use crate::support::growing::held;
use crate::support::{normal_points, rng};

const N: usize = 7;
const CRITERIA: [Criterion; 3] =
    [Criterion::LeaveOneOut, Criterion::LeaveOneOutDensity, Criterion::MarginalLikelihood];

type Model = Regression<Ntk<Relu>, Fixed<f64, 3, N, [f64; 2]>>;

fn fitted(ridge: f64, amplitude: Option<f64>) -> Model {
    let (x, y) = (normal_points::<f64, 3, N>(&mut rng(1)), normal_points::<f64, 2, N>(&mut rng(2)));
    let mut model = Regression::new(Ntk::new(Relu), Fixed::new());
    model.set_amplitude(amplitude).unwrap();
    model.fit(&x, &y, ridge).unwrap();
    model
}

/// The criterion of one output, to be as small as possible, from what the model answers about each sample:
/// its label, and the mean and the deviation of the others. The density's amplitude is, unless given, the one
/// that makes it largest.
fn loss(criterion: Criterion, likelihood: f64, samples: &[[f64; 3]], amplitude: Option<f64>) -> f64 {
    let n = samples.len() as f64;
    match criterion {
        Criterion::MarginalLikelihood => -likelihood,
        Criterion::LeaveOneOut => samples.iter().map(|[y, mean, _]| (y - mean).powi(2)).sum(),
        Criterion::LeaveOneOutDensity => {
            let square = |[y, mean, deviation]: &[f64; 3]| ((y - mean) / deviation).powi(2);
            let best = samples.iter().map(square).sum::<f64>() / n;
            let s2 = amplitude.map_or(best, |_| 1.0);
            samples.iter().map(|s| square(s) / s2 + s2.ln() + 2.0 * s[2].ln()).sum()
        }
    }
}

fn score(model: &Model, criterion: Criterion, amplitude: Option<f64>) -> f64 {
    let of_output = |output: usize| {
        let samples: Vec<_> = (0..N)
            .map(|i| {
                let left_out = model.leave_one_out(i).unwrap();
                [model.sample(i).unwrap().1[output], left_out.mean[output], left_out.deviation[output]]
            })
            .collect();
        loss(criterion, model.log_marginal_likelihood(output).unwrap(), &samples, amplitude)
    };
    of_output(0) + of_output(1)
}

/// Up to a constant of the number of samples: the likelihood and the density are -2 ln p, less n ln 2 pi and,
/// with the amplitude of the labels, less n.
#[test]
fn a_criterion_is_that_of_the_answers() {
    for (criterion, amplitude) in
        CRITERIA.into_iter().flat_map(|c| [(c, None), (c, Some(0.6)), (c, Some(2.5))])
    {
        for ridge in [0.01, 0.7, 30.0] {
            let mut model = fitted(ridge, amplitude);
            let (n, own) = (N as f64, if amplitude.is_none() { 1.0 } else { 0.0 });
            let (scale, constant) = match criterion {
                Criterion::LeaveOneOut => (1.0, 0.0),
                Criterion::LeaveOneOutDensity => (1.0, -own * n),
                Criterion::MarginalLikelihood => (2.0, -n * (2.0 * core::f64::consts::PI).ln() - own * n),
            };
            let expected = scale * score(&model, criterion, amplitude) + 2.0 * constant;
            let found = model.criterion(criterion).unwrap();
            let close = (found - expected).abs() < 1e-9 * (1.0 + expected.abs());
            assert!(close, "{criterion:?}, {amplitude:?}, {ridge}: {found}, {expected}");
        }
    }
}

/// What the model chooses is at least as good as any ridge of a finer grid, and it is then fitted with it.
#[test]
fn the_ridge_that_the_data_ask_for() {
    for (criterion, amplitude) in CRITERIA.into_iter().flat_map(|c| [(c, None), (c, Some(1.0))]) {
        let mut model = fitted(0.7, amplitude);
        let ridge = model.tune_ridge(criterion).unwrap();
        assert_eq!(ridge, model.ridge());
        let best = score(&model, criterion, amplitude);
        for i in 0..400 {
            let other = 1e-6 * 10f64.powf(f64::from(i) / 40.0);
            let found = score(&fitted(other, amplitude), criterion, amplitude);
            assert!(best <= found + 1e-9, "{criterion:?}, {amplitude:?}: {ridge} against {other}");
        }
        let query = [0.2, -0.4, 1.0];
        assert_eq!(model.predict(&query), fitted(ridge, amplitude).predict(&query)); // to the bit
    }
    let mut none = Regression::new(Ntk::new(Relu), Fixed::<f64, 3, N, [f64; 2]>::new());
    assert_eq!(none.tune_ridge(Criterion::LeaveOneOut), Err(Error::NotFitted));
}

/// At the top the likelihood is level, on both sides: golden sections go on where the grid, half decades
/// apart, ends.
#[test]
fn the_likelihood_is_level_at_the_ridge_that_is_found() {
    let x: [[f64; 2]; 12] = core::array::from_fn(|i| [i as f64 / 6.0 - 1.0, 1.0]);
    let noise = normal_points::<f64, 1, 12>(&mut rng(3));
    let y: [f64; 12] = core::array::from_fn(|i| x[i][0] + 0.3 * noise[i][0]);
    for amplitude in [None, Some(1.0)] {
        let with = |ridge| {
            let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, 12>::new());
            model.set_amplitude(amplitude).unwrap();
            model.fit(&x, &y, ridge).unwrap();
            model
        };
        let ridge = with(0.7).tune_ridge(Criterion::MarginalLikelihood).unwrap();
        assert!(ridge > 1e-3 && ridge < 1e2, "{ridge} is an end of the search");
        let at = |ridge| -with(ridge).log_marginal_likelihood(0).unwrap();
        let slope = (at(ridge * 1.001) - at(ridge / 1.001)) / (2.0 * 1.001f64.ln()); // per unit of the logarithm
        assert!(slope.abs() < 1e-4, "{amplitude:?}: {slope}");
    }
}

/// Labels of 0 have leave-one-out errors of 0 with every ridge: the first of the grid stays, as no other is
/// better.
#[test]
fn a_golden_section_that_finds_nothing_better_is_not_taken() {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 1, 2>::new());
    model.fit(&[1.0, -1.0], &[0.0, 0.0], 0.1).unwrap(); // K is 2 times the identity
    let first = 2.0 * libm::exp(-12.0 * core::f64::consts::LN_10);
    assert_eq!(model.tune_ridge(Criterion::LeaveOneOut), Ok(first));
    assert_eq!(model.ridge(), first);
}

/// In single precision too, where the smallest ridges of the grid do nothing.
#[test]
fn a_device_tunes_for_itself() {
    let x: [[f32; 2]; 12] = core::array::from_fn(|i| [i as f32 / 6.0 - 1.0, 1.0]);
    let y = x.map(|[x, _]| x + 0.1 * if (1000.0 * x) as i32 % 2 == 0 { 1.0 } else { -1.0 });
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 12>::new());
    model.fit(&x, &y, 1.0).unwrap();
    let ridge = model.tune_ridge(Criterion::LeaveOneOut).unwrap();
    assert!(ridge > 1e-4 && ridge < 1e2, "{ridge}");
}

type Kinked<A> = Regression<Nngp<A, Architecture<f64>>, Fixed<f64, 1, 16>>;

/// Sixteen samples of a function with a kink away from 0: biases are needed, and the search finds how large.
fn kinked<A: DerivativeDual<f64> + Default>(amplitude: Option<f64>) -> Kinked<A> {
    let x: [[f64; 1]; 16] = core::array::from_fn(|i| [i as f64 / 8.0 - 0.9]);
    let y = x.map(|[x]| (x - 0.4).abs() + 0.3 * x);
    let mut model = Regression::new(Nngp::with(A::default(), Architecture::ONE_LAYER), Fixed::new());
    model.set_amplitude(amplitude).unwrap();
    model.fit(&x, &y, 1e-3).unwrap();
    model
}

fn kinked_score<A: DerivativeDual<f64>>(
    model: &Kinked<A>,
    criterion: Criterion,
    amplitude: Option<f64>,
) -> f64 {
    let samples: Vec<_> = (0..16)
        .map(|i| {
            let left_out = model.leave_one_out(i).unwrap();
            [model.sample(i).unwrap().1, left_out.mean, left_out.deviation]
        })
        .collect();
    loss(criterion, model.log_marginal_likelihood(0).unwrap(), &samples, amplitude)
}

/// What it finds is fitted, better than the ridge alone, and not worse than any neighbour.
fn searched<A: DerivativeDual<f64> + Default>(amplitude: Option<f64>) {
    for criterion in CRITERIA {
        for which in [Variances::Bias, Variances::Weight, Variances::Both] {
            let mut alone = kinked::<A>(amplitude);
            alone.tune_ridge(criterion).unwrap();
            let mut model = kinked::<A>(amplitude);
            let found = model.tune_variances(criterion, which).unwrap();
            let Tuned { weight_variance: w, bias_variance: b, ridge } = found;
            assert_eq!(model.ridge(), ridge);
            assert_eq!(*model.kernel().layers(), Architecture::ONE_LAYER.weights(w).bias(b));
            assert!(w == 1.0 || which != Variances::Bias, "{found:?}");
            assert_eq!(b == 0.0, which == Variances::Weight, "{found:?}");
            let at = |w: f64, b: f64, ridge: f64| {
                let kernel = Nngp::with(A::default(), Architecture::ONE_LAYER.weights(w).bias(b));
                let mut fresh = Kinked::new(kernel, Fixed::new());
                let x: [[f64; 1]; 16] = core::array::from_fn(|i| model.sample(i).unwrap().0);
                let y: [f64; 16] = core::array::from_fn(|i| model.sample(i).unwrap().1);
                fresh.set_amplitude(amplitude).unwrap();
                fresh.fit(&x, &y, ridge).map(|()| fresh)
            };
            let best = kinked_score(&model, criterion, amplitude);
            let again = kinked_score(&at(w, b, ridge).unwrap(), criterion, amplitude);
            assert_eq!(best, again, "to the bit");
            let what = format!("{which:?}, {criterion:?}, {amplitude:?}: {found:?}");
            if which != Variances::Weight {
                assert!(best < kinked_score(&alone, criterion, amplitude), "{what}");
            }
            for factor in [0.5, 0.8, 1.25, 2.0] {
                let slack = match criterion {
                    Criterion::LeaveOneOut => 1e-3 * best,
                    // The matrix has a condition of 1e11: what errors of 1e-4 are left is rounding.
                    Criterion::LeaveOneOutDensity if ridge < 1e-9 => 2.0,
                    _ => 0.02,
                };
                let tuned = |free, v: f64| if free { v * factor } else { v };
                let near = [
                    at(tuned(which != Variances::Bias, w), b, ridge),
                    at(w, tuned(which != Variances::Weight, b), ridge),
                ];
                for near in near.into_iter().flatten() {
                    let near = kinked_score(&near, criterion, amplitude);
                    assert!(best <= near + slack, "{best} {near}, {what}");
                }
            }
        }
    }
}

#[test]
fn the_variances_that_the_data_ask_for() {
    searched::<Relu>(Some(1.0));
    searched::<Erf>(Some(1.0));
}

#[test]
fn the_variances_that_the_data_ask_for_with_their_own_amplitude() {
    searched::<Relu>(None);
    searched::<Erf>(None);
}

/// A search over the biases has the grid of `fit_tuned` among its starts, by every criterion: wherever it
/// begins, it never ends worse, and a search over both variances no worse than that.
#[test]
fn a_search_over_more_is_no_worse() {
    for seed in 0..12 {
        let (x, noise) =
            (normal_points::<f64, 2, 12>(&mut rng(seed)), normal_points::<f64, 1, 12>(&mut rng(!seed)));
        let y: [f64; 12] = core::array::from_fn(|i| (3.0 * x[i][0]).sin() * x[i][1] + 0.2 * noise[i][0]);
        for criterion in CRITERIA {
            let start = Architecture::ONE_LAYER.bias([1e-3, 100.0][seed as usize % 2]);
            let mut model = Regression::new(Nngp::with(Erf, start), Fixed::<f64, 2, 12>::new());
            model.fit(&x, &y, 1.0).unwrap();
            let mut grid = Regression::new(Nngp::with(Erf, start), Fixed::<f64, 2, 12>::new());
            grid.fit_tuned(&x, &y, criterion).unwrap();
            let mut losses = [grid.criterion(criterion).unwrap(); 3];
            for (loss, which) in losses[1..].iter_mut().zip([Variances::Bias, Variances::Both]) {
                model.fit(&x, &y, 1.0).unwrap();
                let mut model = model.clone();
                model.tune_variances(criterion, which).unwrap();
                *loss = model.criterion(criterion).unwrap();
            }
            assert!(losses.is_sorted_by(|a, b| a >= b), "seed {seed}, {criterion:?}: {losses:?}");
        }
    }
}

/// Counts its values.
#[derive(Clone, Copy)]
struct Counting<'c>(Nngp<Relu, Architecture<f64>>, &'c Cell<usize>);

impl Kernel<f64> for Counting<'_> {
    fn between(&self, x: &Prepared<'_, f64>, y: &Prepared<'_, f64>) -> f64 {
        self.1.set(self.1.get() + 1);
        self.0.between(&self.0.prepare(x.x), &self.0.prepare(y.x))
    }
}

impl VariableKernel<f64> for Counting<'_> {
    fn architecture(&self) -> Architecture<f64> {
        *self.0.layers()
    }
    fn with_architecture(&self, architecture: Architecture<f64>) -> Self {
        Self(Nngp::with(Relu, architecture), self.1)
    }
}

/// The number of factorisations is what is promised, and one to know beforehand that the search ends well:
/// each needs one K at most, of 16 * 17 / 2 values.
#[test]
fn a_search_is_bounded() {
    let count = Cell::new(0);
    let x: [[f64; 1]; 16] = core::array::from_fn(|i| [i as f64 / 8.0 - 0.9]);
    let y: [f64; 16] = core::array::from_fn(|i| (i as f64).sin());
    let kernel = Counting(Nngp::with(Relu, Architecture::ONE_LAYER), &count);
    let mut model = Regression::new(kernel, Fixed::<f64, 1, 16>::new());
    model.fit(&x, &y, 1e-3).unwrap();
    count.set(0);
    model.tune_variances(Criterion::LeaveOneOut, Variances::Both).unwrap();
    assert_eq!(MOST_FACTORISATIONS, 569, "as documented");
    assert!(count.get() > 20 * 136 && count.get() <= (MOST_FACTORISATIONS + 1) * 136, "{}", count.get());
}

/// Without samples, and where the squares of all errors overflow.
#[test]
fn a_search_that_finds_nothing() {
    let kernel = Ntk::with(Relu, Architecture::ONE_LAYER.weights(2.0).bias(0.5));
    let mut model = Regression::new(kernel, Fixed::<f64, 1, 4, [f64; 1]>::new());
    let criterion = Criterion::LeaveOneOut;
    assert_eq!(model.tune_variances(criterion, Variances::Both), Err(Error::NotFitted));
    let huge = [[1e200], [-1e200], [3e200]];
    model.fit(&[[0.1], [0.7], [-0.4]], &huge, 0.1).unwrap();
    let (before, overflow) =
        (held(&model), Error::NotFinite { what: Quantity::Criterion, row: 0, column: 0 });
    for criterion in [Criterion::LeaveOneOut, Criterion::LeaveOneOutDensity] {
        assert_eq!(model.tune_variances(criterion, Variances::Both), Err(overflow));
        assert_eq!(model.tune_ridge(criterion), Err(overflow));
        assert_eq!(held(&model), before);
    }
    // The likelihood takes the logarithm of the amplitude, which has no square that overflows.
    assert!(model.tune_ridge(Criterion::MarginalLikelihood).is_ok());
}

/// An amplitude neither overflows nor underflows where its square would: labels times a power of two have
/// answers times it.
#[test]
fn labels_of_any_size_have_deviations_of_their_size() {
    let x = [[0.1f32], [0.7], [-0.4], [1.9]];
    let kernel = Ntk::with(Relu, Architecture::ONE_LAYER.bias(0.5));
    let fitted = |scale: f32| {
        let mut model = Regression::new(kernel, Fixed::<f32, 1, 4>::new());
        model.fit(&x, &[scale, -2.0 * scale, 0.5 * scale, scale], 0.1).unwrap();
        model.predict(&[0.3]).unwrap()
    };
    let usual = fitted(1.0);
    for scale in [2f32.powi(90), 2f32.powi(-90)] {
        let found = fitted(scale);
        assert!((found.deviation / scale / usual.deviation - 1.0).abs() < 1e-6, "{found:?}");
        assert_eq!(found.novelty, usual.novelty);
    }
}

/// Inputs of 0 have a K of 0: the ridges are then in units of 1, and the model is one of noise alone.
#[test]
fn a_kernel_of_zero_has_ridges_in_units_of_one() {
    let mut model = Regression::new(Ntk::new(Relu), Fixed::<f64, 2, 3>::new());
    model.fit(&[[0.0; 2]; 3], &[1.0, -2.0, 0.5], 0.1).unwrap();
    for criterion in CRITERIA {
        let ridge = model.tune_ridge(criterion).unwrap();
        assert!((1e-12..=1e3).contains(&(ridge * (1.0 + 1e-9))), "{criterion:?}: {ridge}");
        assert_eq!(model.mean(&[0.0; 2]), Ok(0.0));
    }
}
