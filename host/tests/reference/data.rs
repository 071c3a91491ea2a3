//! Reading `host/reference`, and its weights in this library's layout.

use std::fs;
use std::path::PathBuf;

use ntk_core::{FlatParams, Kernel, Scalar, Shape};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The path of a reference file.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("reference").join(name)
}

/// A JSON file of reference values. Its numbers come back with the bits that were written.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    let text = fs::read_to_string(path(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Weights, a gradient or a displacement, as the lecture writes them: A is c x k, B is k x d.
#[derive(Deserialize)]
pub(crate) struct Weights {
    pub(crate) a: Vec<Vec<f64>>,
    pub(crate) b: Vec<Vec<f64>>,
}

impl Weights {
    pub(crate) fn shape(&self) -> Shape {
        Shape { inputs: self.b[0].len(), width: self.b.len(), outputs: self.a.len() }
    }

    /// A row by row, then B transposed row by row: the order of [`FlatParams`].
    pub(crate) fn values(&self) -> Vec<f64> {
        let column = |input: usize| self.b.iter().map(move |unit| unit[input]);
        self.a.concat().into_iter().chain((0..self.shape().inputs).flat_map(column)).collect()
    }

    pub(crate) fn flat(&self) -> FlatParams<Vec<f64>> {
        FlatParams::new(self.shape(), self.values()).unwrap()
    }
}

/// The same numbers in T, without rounding.
pub(crate) fn exactly<T: Scalar>(values: &[f64]) -> Vec<T> {
    let cast: Vec<T> = values.iter().map(|&v| T::from_f64(v)).collect();
    assert!(cast.iter().zip(values).all(|(c, &v)| c.to_f64() == v), "{values:?} is not exact");
    cast
}

/// |x|.
pub(crate) fn length(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// K(x, y), after making sure that K(y, x) has the same bits.
pub(crate) fn symmetric<T: Scalar, K: Kernel<T>>(kernel: &K, x: &[T], y: &[T]) -> T {
    let (value, swapped) = (kernel.value(x, y), kernel.value(y, x));
    assert_eq!(value.to_f64().to_bits(), swapped.to_f64().to_bits(), "{x:?} {y:?}");
    value
}
