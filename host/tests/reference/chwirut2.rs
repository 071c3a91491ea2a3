//! `chwirut2.json`: kernel ridge regression on a NIST data set at 50 digits.

use host::kernels::{relu_nngp, relu_ntk};
use ntk_core::regression::Fixed;
use ntk_core::{Kernel, Regression};
use serde::Deserialize;

use crate::data;
use crate::tolerances::{Worst, check, largest};

/// Observations in the data set.
pub(crate) const N: usize = 54;

#[derive(Deserialize)]
struct File {
    data: String,
    fits: Vec<Fit>,
}

#[derive(Deserialize)]
struct Fit {
    kernel: String,
    ridge: f64,
    predict: Vec<Query>,
    loo_mean: Vec<f64>,
    loo_std: Vec<f64>,
    loo_rmse: f64,
    log_marginal_likelihood: f64,
}

/// A prediction at (x, 1).
#[derive(Deserialize)]
struct Query {
    x: f64,
    mean: f64,
    std: f64,
}

#[derive(Deserialize)]
pub(crate) struct Observation {
    pub(crate) x0: f64,
    pub(crate) x1: f64,
    pub(crate) y: f64,
}

/// The largest errors over all fits.
struct Errors {
    mean: Worst,
    deviation: Worst,
    loo_mean: Worst,
    loo_deviation: Worst,
    loo_rmse: Worst,
    likelihood: Worst,
}

pub(crate) fn observations(name: &str) -> Vec<Observation> {
    let mut reader = csv::Reader::from_path(data::path(name)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn compare<K: Kernel<f64> + Copy>(kernel: K, fit: &Fit, observations: &[Observation], errors: &mut Errors) {
    let x: Vec<[f64; 2]> = observations.iter().map(|o| [o.x0, o.x1]).collect();
    let y: Vec<f64> = observations.iter().map(|o| o.y).collect();
    let mut model = Regression::new(kernel, Fixed::<f64, 2, N>::new());
    model.set_amplitude(Some(1.0)).unwrap(); // the file's deviations are in units of the kernel
    model.fit(x.as_slice(), y.as_slice(), fit.ridge).unwrap();
    let (place, size) = (format!("{}, ridge {}", fit.kernel, fit.ridge), largest(&y));

    for query in &fit.predict {
        let place = format!("{place}, x = {}", query.x);
        let prior = kernel.value(&[query.x, 1.0], &[query.x, 1.0]);
        let found = model.predict(&[query.x, 1.0]).unwrap();
        assert_eq!(model.mean(&[query.x, 1.0]).unwrap(), found.mean, "{place}");
        errors.mean.compare(&[found.mean], &[query.mean], size, &place);
        // The variance is a difference from the prior's, and d std = d variance / (2 std).
        errors.deviation.compare(&[found.deviation], &[query.std], prior / query.std, &place);
    }

    let left_out: Vec<_> = (0..N).map(|i| model.leave_one_out(i).unwrap()).collect();
    let mean: Vec<f64> = left_out.iter().map(|l| l.mean).collect();
    let deviation: Vec<f64> = left_out.iter().map(|l| l.deviation).collect();
    errors.loo_mean.compare(&mean, &fit.loo_mean, size, &place);
    errors.loo_deviation.compare(&deviation, &fit.loo_std, largest(&fit.loo_std), &place);
    let squares: f64 = mean.iter().zip(&y).map(|(mean, y)| (mean - y).powi(2)).sum();
    errors.loo_rmse.compare(&[(squares / N as f64).sqrt()], &[fit.loo_rmse], fit.loo_rmse, &place);

    let likelihood = model.log_marginal_likelihood(0).unwrap();
    errors.likelihood.compare(
        &[likelihood],
        &[fit.log_marginal_likelihood],
        fit.log_marginal_likelihood.abs(),
        &place,
    );
}

#[test]
fn predictions_leave_one_out_and_likelihood() {
    let file: File = data::read("chwirut2.json");
    let observations = observations(&file.data);
    let [mean, deviation, loo_mean, loo_deviation, loo_rmse, likelihood] = [const { Worst::new() }; 6];
    let mut errors = Errors { mean, deviation, loo_mean, loo_deviation, loo_rmse, likelihood };
    for fit in &file.fits {
        match fit.kernel.as_str() {
            "ntk" => compare(relu_ntk(), fit, &observations, &mut errors),
            "nngp" => compare(relu_nngp(), fit, &observations, &mut errors),
            other => panic!("no kernel {other}"),
        }
    }
    check::<f64>("regression mean", &errors.mean);
    check::<f64>("regression deviation", &errors.deviation);
    check::<f64>("leave-one-out mean", &errors.loo_mean);
    check::<f64>("leave-one-out deviation", &errors.loo_deviation);
    check::<f64>("leave-one-out rmse", &errors.loo_rmse);
    check::<f64>("log marginal likelihood", &errors.likelihood);
}
