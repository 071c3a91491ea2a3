//! `sample_noise.json`: scikit-learn's Gaussian process with a noise variance for each sample.

use host::kernels::{relu_nngp, relu_ntk};
use ntk_core::regression::{Fixed, PerSample};
use ntk_core::{Kernel, Regression};
use serde::Deserialize;

use crate::chwirut2::{N, observations};
use crate::data;

#[derive(Deserialize)]
struct File {
    data: String,
    noise: Vec<f64>,
    fits: Vec<Fit>,
}

#[derive(Deserialize)]
struct Fit {
    kernel: String,
    predict: Vec<Query>,
    log_marginal_likelihood: f64,
}

#[derive(Deserialize)]
struct Query {
    x: f64,
    mean: f64,
    std: f64,
}

/// What two roads in doubles may differ by, relative: the condition number is 1e4.
const CLOSE: f64 = 1e-10;

fn compare<K: Kernel<f64>>(kernel: K, fit: &Fit, file: &File) {
    let observations = observations(&file.data);
    let x: Vec<[f64; 2]> = observations.iter().map(|o| [o.x0, o.x1]).collect();
    let y: Vec<f64> = observations.iter().map(|o| o.y).collect();
    let mut model = Regression::new(kernel, Fixed::<f64, 2, N, f64, PerSample>::new());
    model.set_amplitude(Some(1.0)).unwrap();
    model.fit_with_noise(x.as_slice(), y.as_slice(), &file.noise, 0.0).unwrap();
    let close = |found: f64, expected: f64, what: &str| {
        let error = (found - expected).abs() / expected.abs();
        assert!(error < CLOSE, "{} of {}: {found:e}, not {expected:e}", what, fit.kernel);
    };
    for query in &fit.predict {
        let found = model.predict(&[query.x, 1.0]).unwrap();
        close(found.mean, query.mean, "mean");
        close(found.deviation, query.std, "deviation");
    }
    close(model.log_marginal_likelihood(0).unwrap(), fit.log_marginal_likelihood, "likelihood");
}

#[test]
fn means_deviations_and_likelihood_are_those_of_scikit_learn() {
    let file: File = data::read("sample_noise.json");
    assert_eq!(file.fits.len(), 2);
    for fit in &file.fits {
        match fit.kernel.as_str() {
            "ntk" => compare(relu_ntk(), fit, &file),
            "nngp" => compare(relu_nngp(), fit, &file),
            other => panic!("no kernel {other}"),
        }
    }
}
