//! Models that grow and shrink, and the fresh fits that they are compared with.

use core::fmt::Debug;

use ntk_core::regression::{Fixed, StorageMut};
use ntk_core::{Kernel, Ntk, Regression, Relu, Scalar};
use rand_chacha::ChaCha8Rng;

use super::{normal_points, rng};

/// A model of two inputs and two outputs.
pub type Model<T, const N: usize> = Regression<Ntk<Relu>, Fixed<T, 2, N, [T; 2]>>;
/// An input and its labels.
pub type Sample<T> = ([T; 2], [T; 2]);

/// Fitted at once.
pub fn fresh<T: Scalar, const N: usize>(samples: &[Sample<T>], ridge: f64) -> Model<T, N> {
    let (x, y): (Vec<_>, Vec<_>) = samples.iter().copied().unzip();
    let mut model = Model::new(Ntk::new(Relu), Fixed::new());
    model.fit(x.as_slice(), y.as_slice(), T::from_f64(ridge)).unwrap();
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

/// Kernel, ridge, amplitude and all numbers that a model of D inputs, room for N samples and C outputs holds
/// for its samples, as text that tells any two apart. What stands beyond them in its arrays is not looked at:
/// no answer and no change depends on it.
pub fn held_in<T: Scalar, K: Kernel<T> + Debug, M: StorageMut<Scalar = T>>(
    model: &Regression<K, M>,
    [d, room, c]: [usize; 3],
) -> String {
    let text = format!("{model:?}"); // every field; a number's shortest form reads back to the same bits
    let (kernel, rest) = text.split_once("storage: ").unwrap();
    let (arrays, settings) = rest.split_once(", ridge: ").unwrap();
    let arrays = arrays.split_once("scratch: ").map_or(arrays, |(arrays, _)| arrays);
    let n = model.len();
    let mut held = vec![kernel];
    let mut array = |name: &str, [rows, columns]: [usize; 2], [used_rows, used_columns]: [usize; 2]| {
        let (_, after) = arrays.split_once(&format!(" {name}: ")).unwrap();
        let tokens = after.split(['[', ']', ',', ' ']).filter(|token| token.parse::<f64>().is_ok());
        let tokens: Vec<_> = tokens.take(rows * columns).collect();
        held.extend(tokens.chunks(columns).take(used_rows).flat_map(|row| &row[..used_columns]));
    };
    array("x", [room, d], [n, d]);
    array("lengths", [room, 2], [n, 2]);
    array("matrix", [room, room], [n, n]);
    array("reciprocals", [1, room], [1, n]);
    array("labels", [c, room], [c, n]);
    array("coefficients", [c, room], [c, n]);
    if n > 0 {
        array("amplitudes", [1, c], [1, c]);
    }
    held.push(settings);
    held.join(" ")
}

/// [`held_in`] of a model in arrays.
pub fn held<K: Kernel<T> + Debug, T: Scalar, const D: usize, const N: usize, const C: usize>(
    model: &Regression<K, Fixed<T, D, N, [T; C]>>,
) -> String {
    held_in(model, [D, N, C])
}
