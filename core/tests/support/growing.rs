//! Models that grow and shrink, and the fresh fits that they are compared with.

use ntk_core::regression::Labels;
use ntk_core::{Dataset, Regression, ReluNtk, Scalar};
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
