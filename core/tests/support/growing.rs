//! Models that grow and shrink, and the fresh fits that they are compared with.

use core::fmt::Debug;

use ntk_core::regression::Labels;
use ntk_core::{Dataset, Kernel, Regression, ReluNtk, Scalar};
use rand_chacha::ChaCha8Rng;

use super::{normal_points, rng};

/// A model of two inputs and two outputs.
pub type Model<T, const N: usize> = Regression<T, ReluNtk, 2, N, 2>;
/// An input and its labels.
pub type Sample<T> = ([T; 2], [T; 2]);

/// Fitted at once.
pub fn fresh<T: Scalar, const N: usize>(samples: &[Sample<T>], ridge: f64) -> Model<T, N> {
    let (x, y): (Vec<_>, Vec<_>) = samples.iter().copied().unzip();
    let mut model = Model::new(ReluNtk);
    let data = Dataset::new(x.as_slice(), y.as_slice()).unwrap();
    model.fit(&data, T::from_f64(ridge), Labels::AsGiven).unwrap();
    model
}

/// Normal inputs and labels.
pub fn random_samples<T: Scalar>(n: usize, rng: &mut ChaCha8Rng) -> Vec<Sample<T>> {
    (0..n).map(|_| (normal_points::<T, 2, 1>(rng)[0], normal_points::<T, 2, 1>(rng)[0])).collect()
}

/// Largest difference of means and variances at some queries, relative to the labels' and the prior's size.
pub fn difference<T: Scalar, const N: usize>(model: &Model<T, N>, expected: &Model<T, N>) -> f64 {
    let mut worst = 0.0f64;
    for query in normal_points::<T, 2, 8>(&mut rng(9)) {
        let (got, expected) = (model.predict(&query).unwrap(), expected.predict(&query).unwrap());
        for (got, expected) in got.mean.iter().zip(&expected.mean) {
            worst = worst.max((got.to_f64() - expected.to_f64()).abs());
        }
        worst = worst.max((got.novelty.to_f64() - expected.novelty.to_f64()).abs());
    }
    worst
}

/// Kernel, ridge and all numbers that a model holds for its samples, as text that tells any two apart. What stands beyond them in
/// its arrays is not looked at: no answer and no change depends on it.
pub fn held<T: Scalar, K: Kernel<T> + Debug, const D: usize, const N: usize, const C: usize>(
    model: &Regression<T, K, D, N, C>,
) -> String {
    let text = format!("{model:?}"); // every field; a number's shortest form reads back to the same bits
    let (kernel, arrays) = text.split_once(" x: [[").unwrap();
    let tokens = arrays.split(['[', ']', ',', ' ']).filter(|token| token.parse::<f64>().is_ok());
    let (tokens, n): (Vec<_>, _) = (tokens.collect(), model.len());
    let mut rest = tokens.as_slice();
    let mut held = vec![kernel];
    let [x, lengths, matrix] = [(N, D, n, D), (N, 2, n, 2), (N, N, n, n)];
    let [inverse, labels, coefficients] = [(1, N, 1, n), (C, N, C, n), (C, N, C, n)];
    for (rows, columns, used_rows, used_columns) in [x, lengths, matrix, inverse, labels, coefficients] {
        let array;
        (array, rest) = rest.split_at(rows * columns);
        held.extend(array.chunks(columns).take(used_rows).flat_map(|row| &row[..used_columns]));
    }
    assert_eq!(rest.len(), 2, "ridge and length");
    held.extend(rest);
    held.join(" ")
}
