//! Searches by blocks against those of the core.

use ntk_core::Rows;
use ntk_core::kernel::VariableKernel;

use super::*;
use crate::kernels::{ActivationName, Kind};

const CRITERIA: [Criterion; 3] =
    [Criterion::LeaveOneOut, Criterion::LeaveOneOutDensity, Criterion::MarginalLikelihood];

/// Returns n samples of two inputs, two outputs with some noise.
fn samples(n: usize) -> (Vec<f64>, Vec<f64>) {
    let x: Vec<f64> = (0..2 * n).map(|i| ((i * i) as f64 * 0.37).sin() * 1.5).collect();
    let y = x.chunks(2).enumerate().flat_map(|(i, x)| {
        let noise = 0.1 * ((7 * i * i) as f64).cos();
        [x[0] * x[1] + noise, (2.0 * x[0]).sin() - noise]
    });
    (x.clone(), y.collect())
}

fn spec(bias_variance: f64) -> KernelSpec {
    let (kind, activation) = (Kind::Nngp, ActivationName::Relu);
    KernelSpec { kind, activation, depth: 1, weight_variance: 1.0, bias_variance }
}

/// Returns a model of the core's own, fitted.
fn in_core(task: &Task<'_>, b: f64, ridge: f64) -> Model<AnyKernel<f64>> {
    let (x, y) = (task.data.x(), task.data.y());
    let mut model = regression::empty(spec(b).build().unwrap(), [2, x.len(), y.columns()]).unwrap();
    model.set_amplitude(task.amplitude).unwrap();
    match task.noise {
        Some(noise) => model.fit_with_noise(x, y, noise, ridge).unwrap(),
        None => model.fit(x, y, ridge).unwrap(),
    }
    model
}

/// Returns all that a model knows, in bits.
fn held(model: &Model<AnyKernel<f64>>) -> Vec<u64> {
    let outputs = (0..2).flat_map(|o| [model.coefficients(o).to_vec(), vec![model.amplitude(o).unwrap()]]);
    let architecture = model.kernel().architecture();
    let settings = vec![model.ridge(), architecture.weight_variance, architecture.bias_variance];
    outputs.chain([model.factor().reciprocals().to_vec(), settings]).flatten().map(f64::to_bits).collect()
}

/// Calls `f` with tasks of these numbers of samples, by every criterion, with and without an amplitude and
/// noise.
fn each(sizes: &[usize], mut f: impl FnMut(&Task<'_>)) {
    for &n in sizes {
        let (x, y) = samples(n);
        let data = Dataset::new(Rows::new(&x, 2).unwrap(), Rows::new(&y, 2).unwrap()).unwrap();
        let own: Vec<f64> = (0..n).map(|i| 0.05 * (i % 3) as f64).collect();
        let kinds = [(None, None), (Some(0.7), None), (None, Some(&own[..])), (Some(0.3), Some(&own[..]))];
        for (i, (amplitude, noise)) in kinds.into_iter().enumerate() {
            f(&Task { data: &data, noise, amplitude, criterion: CRITERIA[(i + n) % 3] });
        }
    }
}

/// On both sides of the least size that blocks are used for.
#[test]
fn a_fit_is_that_of_the_core() {
    each(&[5, 64, 65, 150, 300], |task| {
        for ridge in [1e-3, 0.5] {
            let expected = in_core(task, 0.25, ridge);
            let found = task.fit(spec(0.25), Settings::Given(ridge)).unwrap();
            assert_eq!(held(&found), held(&expected));
            assert_eq!(found.factor(), expected.factor());
            let (mut work, mut mean) = (vec![0.0; found.len()], vec![0.0; 2]);
            for (i, (own, deviation)) in regression::left_out(&found, 2).unwrap().into_iter().enumerate() {
                let expected = expected.leave_one_out_into(i, &mut work, &mut mean).unwrap();
                assert_eq!((own, deviation), (mean.clone(), expected), "sample {i}");
            }
        }
    });
}

#[test]
fn a_criterion_has_the_bits_of_the_core() {
    each(&[150, 151, 152], |task| {
        let (mut model, mut blocks) = (in_core(task, 0.5, 0.1), Blocks::new(152).unwrap());
        let found = model.criterion_by(task.criterion, &mut blocks).unwrap();
        assert_eq!(found.to_bits(), model.criterion(task.criterion).unwrap().to_bits());
    });
}

#[test]
fn the_settings_are_those_of_the_core() {
    each(&[9, 64, 65, 81], |task| {
        let criterion = task.criterion;
        let mut model = in_core(task, 0.0, 3.0);
        match task.noise {
            Some(noise) => {
                model.fit_tuned_with_noise(task.data.x(), task.data.y(), noise, criterion).unwrap()
            }
            None => model.fit_tuned(task.data.x(), task.data.y(), criterion).unwrap(),
        };
        assert_eq!(held(&task.fit(spec(0.0), Settings::BiasAndRidge).unwrap()), held(&model));
        let mut model = in_core(task, 0.5, 3.0);
        model.tune_ridge(criterion).unwrap();
        assert_eq!(held(&task.fit(spec(0.5), Settings::Ridge).unwrap()), held(&model));
    });
    each(&[65], |task| {
        for which in [Variances::Bias, Variances::Weight, Variances::Both] {
            let mut model = in_core(task, 0.5, 3.0);
            model.tune_variances(task.criterion, which).unwrap();
            assert_eq!(held(&task.fit(spec(0.5), Settings::Variances(which)).unwrap()), held(&model));
        }
    });
}

#[test]
fn a_bias_variance_is_the_best_of_three() {
    each(&[70], |task| {
        let loss = |b: f64| in_core(task, b, 0.1).criterion(task.criterion).unwrap();
        let best = bias_variances().into_iter().min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap();
        let found = task.fit(spec(7.0), Settings::Bias(0.1)).unwrap();
        assert_eq!(held(&found), held(&in_core(task, best, 0.1)));
    });
}

fn by_likelihood<'d>(data: &'d Dataset<'d, f64>) -> Task<'d> {
    Task { data, noise: None, amplitude: None, criterion: Criterion::MarginalLikelihood }
}

#[test]
fn what_cannot_be_fitted_is_refused_as_by_the_core() {
    let n = 80;
    let (x, mut y) = samples(n);
    let mut twins = x.clone();
    twins.copy_within(0..2, 2 * 70);
    let refused = |x: &[f64], y: &[f64], ridge| {
        let (x, y) = (Rows::new(x, 2).unwrap(), Rows::new(y, 2).unwrap());
        let data = Dataset::new(x, y).unwrap();
        let mut model = regression::empty(spec(0.25).build().unwrap(), [2, n, 2]).unwrap();
        let own = model.fit(x, y, ridge).unwrap_err();
        for settings in [Settings::Given(ridge), Settings::Bias(ridge)] {
            match by_likelihood(&data).fit(spec(0.25), settings) {
                Err(Refused::Samples(why)) => assert_eq!(why, own),
                other => panic!("{:?}", other.map(|model| model.len())),
            }
        }
    };
    refused(&twins, &y, 0.0);
    refused(&x, &y, 1e-300);
    refused(&x, &y, -1.0);
    // Targets that are all 0 have a likelihood without bounds: no ridge is the best.
    y.fill(0.0);
    let data = Dataset::new(Rows::new(&x, 2).unwrap(), Rows::new(&y, 2).unwrap()).unwrap();
    for settings in [Settings::Ridge, Settings::Variances(Variances::Bias)] {
        let refused = by_likelihood(&data).fit(spec(0.25), settings).map(|_| ());
        assert!(matches!(refused, Err(Refused::Samples(Error::NotFinite { .. }))), "{refused:?}");
    }
}
