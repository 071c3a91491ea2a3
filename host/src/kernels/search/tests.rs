//! Searches by blocks against those of the core.

use ntk_core::Rows;
use ntk_core::kernel::VariableKernel;

use super::*;
use crate::kernels::regression::{self, Model};
use crate::kernels::{ActivationName, KernelSpec, Kind};

const CRITERIA: [Criterion; 3] =
    [Criterion::LeaveOneOut, Criterion::LeaveOneOutDensity, Criterion::MarginalLikelihood];

/// n samples of two inputs, two outputs with some noise.
fn samples(n: usize) -> (Vec<f64>, Vec<f64>) {
    let x: Vec<f64> = (0..2 * n).map(|i| ((i * i) as f64 * 0.37).sin() * 1.5).collect();
    let y = x.chunks(2).enumerate().flat_map(|(i, x)| {
        let noise = 0.1 * ((7 * i * i) as f64).cos();
        [x[0] * x[1] + noise, (2.0 * x[0]).sin() - noise]
    });
    (x.clone(), y.collect())
}

fn kernel(b: f64) -> AnyKernel<f64> {
    let (kind, activation) = (Kind::Nngp, ActivationName::Relu);
    KernelSpec { kind, activation, depth: 1, weight_variance: 1.0, bias_variance: b }.build().unwrap()
}

fn in_core(
    n: usize,
    x: Rows<'_, f64>,
    y: Rows<'_, f64>,
    b: f64,
    amplitude: Option<f64>,
) -> Model<AnyKernel<f64>> {
    let mut model = regression::empty(kernel(b), [2, n, 2]).unwrap();
    model.set_amplitude(amplitude).unwrap();
    model.fit(x, y, 3.0).unwrap();
    model
}

/// On both sides of the least that blocks are used for.
#[test]
fn the_settings_are_those_of_the_core() {
    for n in [9, 64, 65, 81] {
        let (x, y) = samples(n);
        let (x, y) = (Rows::new(&x, 2).unwrap(), Rows::new(&y, 2).unwrap());
        let data = Dataset::new(x, y).unwrap();
        for (criterion, amplitude) in CRITERIA.into_iter().zip([None, Some(0.7), None]) {
            let aim = Aim { criterion, amplitude };
            let mut model = in_core(n, x, y, 0.0, amplitude);
            let expected = model.fit_tuned(x, y, criterion).unwrap();
            let (found, ridge) = tuned(&kernel(0.0), &data, aim).unwrap();
            assert_eq!((found.architecture().bias_variance, ridge), (expected.bias_variance, expected.ridge));
            let mut model = in_core(n, x, y, 0.5, amplitude);
            let expected = model.tune_ridge(criterion).unwrap();
            assert_eq!(ridge_of(&data, aim), expected, "{n} samples, {criterion:?}");
        }
    }
}

fn ridge_of(data: &Dataset<'_, f64>, aim: Aim) -> f64 {
    ridge(&kernel(0.5), data, aim).unwrap()
}

#[test]
fn a_criterion_has_the_bits_of_the_core() {
    let n = 150;
    let (x, y) = samples(n);
    let (x, y) = (Rows::new(&x, 2).unwrap(), Rows::new(&y, 2).unwrap());
    let data = Dataset::new(x, y).unwrap();
    for (criterion, amplitude) in CRITERIA.into_iter().flat_map(|c| [(c, None), (c, Some(0.3))]) {
        let mut system = System::new(&data, Aim { criterion, amplitude }).unwrap();
        system.fill(&kernel(0.5)).unwrap();
        for ridge in [1e-3, 0.1, 3.0] {
            let mut model = regression::empty(kernel(0.5), [2, n, 2]).unwrap();
            model.set_amplitude(amplitude).unwrap();
            model.fit(x, y, ridge).unwrap();
            let expected = model.criterion(criterion).unwrap();
            assert_eq!(system.loss(ridge).unwrap().to_bits(), expected.to_bits(), "{criterion:?}, {ridge}");
        }
    }
}

/// A fit by blocks is the core's to the bit, and so are its leave-one-out predictions.
#[test]
fn a_fit_by_blocks_is_that_of_the_core() {
    for n in [5, 64, 65, 150, 300] {
        let (x, y) = samples(n);
        let (x, y) = (Rows::new(&x, 2).unwrap(), Rows::new(&y, 2).unwrap());
        for ridge in [1e-3, 0.5] {
            let found = regression::fit(kernel(0.25), x, y, ridge).unwrap();
            let mut expected = regression::empty(kernel(0.25), [2, n, 2]).unwrap();
            expected.fit(x, y, ridge).unwrap();
            assert_eq!(found.factor(), expected.factor());
            for output in 0..2 {
                assert_eq!(found.coefficients(output), expected.coefficients(output));
                assert_eq!(
                    found.amplitude(output).unwrap().to_bits(),
                    expected.amplitude(output).unwrap().to_bits()
                );
            }
            let (mut work, mut mean) = (vec![0.0; n], vec![0.0; 2]);
            for (i, (own, deviation)) in regression::left_out(&found, 2).unwrap().into_iter().enumerate() {
                let expected = expected.leave_one_out_into(i, &mut work, &mut mean).unwrap();
                assert_eq!((own, deviation), (mean.clone(), expected), "sample {i} of {n}");
            }
        }
    }
}

#[test]
fn what_cannot_be_fitted_is_refused_as_by_the_core() {
    let n = 80;
    let (x, mut y) = samples(n);
    let aim = Aim { criterion: Criterion::LeaveOneOut, amplitude: None };
    let mut twins = x.clone();
    twins.copy_within(0..2, 2 * 70);
    let rows = Rows::new(&twins, 2).unwrap();
    let refused = |x: &[f64], y: &[f64], ridge| {
        let fit = regression::fit(kernel(0.25), Rows::new(x, 2).unwrap(), Rows::new(y, 2).unwrap(), ridge);
        let mut model = regression::empty(kernel(0.25), [2, n, 2]).unwrap();
        let own = model.fit(Rows::new(x, 2).unwrap(), Rows::new(y, 2).unwrap(), ridge).unwrap_err();
        assert_eq!(fit.unwrap_err().to_string(), crate::error::Failure::from(own).to_string());
    };
    refused(&twins, &y, 0.0);
    refused(&x, &y, 1e-300);
    refused(&x, &y, -1.0);
    let rows_y = Rows::new(&y, 2).unwrap();
    let data = Dataset::new(rows, rows_y).unwrap();
    assert!(matches!(bias(&kernel(0.25), &data, 0.0, aim), Err(Refused::Samples(Error::Coincident { .. }))));
    // Targets that are all 0 have a likelihood without bounds: no ridge is the best.
    y.fill(0.0);
    let data = Dataset::new(Rows::new(&x, 2).unwrap(), Rows::new(&y, 2).unwrap()).unwrap();
    let aim = Aim { criterion: Criterion::MarginalLikelihood, amplitude: None };
    assert!(matches!(ridge(&kernel(0.25), &data, aim), Err(Refused::Samples(Error::NotFinite { .. }))));
}
