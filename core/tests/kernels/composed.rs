//! Sums and products of kernels against the matrices of their parts.

use crate::support::{assert_close, dense};
use ntk_core::kernel::{KernelGradient, PerLayer, Product, Sum, gram};
use ntk_core::regression::Fixed;
use ntk_core::{Architecture, Erf, Error, Kernel, Nngp, Ntk, Rbf, Regression, Relu, Rows};

const X: [[f64; 2]; 6] = [[0.3, -1.2], [1.0, 0.4], [-0.3, 1.1], [0.31, -1.19], [2.0, 0.1], [-0.7, -0.6]];
const Y: [f64; 6] = [0.3, -1.0, 0.8, 0.25, 1.5, -0.2];
const RIDGE: f64 = 1e-3;
const FIRST: Ntk<Relu, Architecture<f64>> = Ntk::with(Relu, Architecture::ONE_LAYER.bias(0.3));
const SECOND: Nngp<Rbf<f64>, PerLayer<f64, 2>> =
    Nngp::with(Rbf { gamma: 0.7 }, PerLayer::new([1.5, 0.0], [[0.5, 0.1], [2.0, 0.2]]));

fn matrix<K: Kernel<f64>>(kernel: &K) -> [f64; 36] {
    let mut matrix = [0.0; 36];
    gram(kernel, Rows::from(&X), &mut matrix).unwrap();
    matrix
}

/// The mean of a model with this kernel, against K (M + ridge I)^-1 y with the matrix M written out.
fn matches<K: KernelGradient<f64> + Copy>(kernel: K, combine: impl Fn(f64, f64) -> f64) {
    let (first, second) = (matrix(&FIRST), matrix(&SECOND));
    let found = matrix(&kernel);
    for i in 0..6 {
        for j in 0..6 {
            assert_eq!(found[6 * i + j], combine(first[6 * i + j], second[6 * i + j]));
            assert_eq!(found[6 * i + j], kernel.value(&X[j], &X[i]), "symmetric bit for bit");
        }
        let point = kernel.prepare(&X[i]);
        assert_eq!(kernel.diagonal(&point), kernel.between(&point, &point));
    }
    let written = dense::matrix(6, |i, j| {
        combine(first[6 * i + j], second[6 * i + j]) + if i == j { RIDGE } else { 0.0 }
    });
    let coefficients = dense::multiply(&dense::inverse_and_determinant(&written).0, &Y);
    let mut model = Regression::new(kernel, Fixed::<f64, 2, 6>::new());
    model.fit(&X, &Y, RIDGE).unwrap();
    for query in [[0.0, 0.0], [0.5, 0.5], [-1.0, 2.0]] {
        let of = |i: usize| combine(FIRST.value(&query, &X[i]), SECOND.value(&query, &X[i]));
        let mean: f64 = (0..6).map(|i| coefficients[i] * of(i)).sum();
        assert_close(model.mean(&query).unwrap(), mean, 1e-11);
        let mut gradient = [1.0; 2];
        kernel.add_gradient(&kernel.prepare(&query), &kernel.prepare(&X[1]), 2.0, &mut gradient);
        for i in 0..2 {
            let moved = |h: f64| {
                let mut x = query;
                x[i] += h;
                kernel.value(&x, &X[1])
            };
            assert_close(gradient[i], 1.0 + (moved(1e-6) - moved(-1e-6)) / 1e-6, 1e-8);
        }
    }
}

#[test]
fn sums_and_products_are_those_of_the_matrices() {
    matches(Sum(FIRST, SECOND), |a, b| a + b);
    matches(Product(FIRST, SECOND), |a, b| a * b);
    // Of three kernels.
    let three = Sum(Product(FIRST, SECOND), Ntk::new(Erf));
    let sum = FIRST.value(&X[0], &X[1]) * SECOND.value(&X[0], &X[1]) + Ntk::new(Erf).value(&X[0], &X[1]);
    assert_eq!(three.value(&X[0], &X[1]), sum);
}

#[test]
fn both_parts_are_checked() {
    let bad: Ntk<Erf, Architecture<f64>> = Ntk::with(Erf, Architecture::ONE_LAYER.weights(-1.0));
    let is_refused = |result: Result<(), Error>| matches!(result, Err(Error::OutOfRange { .. }));
    assert!(is_refused(Sum(bad, FIRST).check()) && is_refused(Sum(FIRST, bad).check()));
    assert!(is_refused(Product(bad, FIRST).check()) && is_refused(Product(FIRST, bad).check()));
    let mut model = Regression::new(Sum(FIRST, bad), Fixed::<f64, 2, 6>::new());
    assert!(is_refused(model.fit(&X, &Y, RIDGE)));
    assert_eq!(Sum(FIRST, SECOND).check(), Ok(()));
}
