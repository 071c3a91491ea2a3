//! Kernel regression of any size: the core's model, in memory that the host owns.

use ntk_core::regression::{Flat, Regression};
use ntk_core::{Error, Kernel, Rows, Scalar};

use crate::error::Failure;

/// A model of run-time shape that owns its memory.
pub type Model<K, T = f64> = Regression<K, Flat<T, Vec<T>>>;

/// An empty model for samples of d inputs and c outputs, with room for n of them.
///
/// # Errors
/// If there is no memory for it.
pub fn empty<K: Kernel<T>, T: Scalar>(kernel: K, [d, n, c]: [usize; 3]) -> Result<Model<K, T>, Failure> {
    let count = Flat::<T>::len(d, n, c);
    let mut block = Vec::new();
    block.try_reserve_exact(count).map_err(|_| {
        let gigabytes = count as f64 * size_of::<T>() as f64 / 1e9;
        Failure::new(format!("a model of {n} samples takes {gigabytes:.1} GB of memory, more than there is"))
    })?;
    block.resize(count, T::ZERO);
    Ok(Regression::new(kernel, Flat::new(d, n, c, block)?))
}

/// A model of these samples.
///
/// # Errors
/// As [`empty`] and [`Regression::fit`].
pub fn fit<K: Kernel<T>, T: Scalar>(
    kernel: K,
    x: Rows<'_, T>,
    y: Rows<'_, T>,
    ridge: T,
) -> Result<Model<K, T>, Failure> {
    let mut model = empty(kernel, [x.columns(), x.len(), y.columns()])?;
    model.fit(x, y, ridge)?;
    Ok(model)
}

/// The mean of each output of a model with c of them.
///
/// # Errors
/// As [`Regression::mean_into`].
pub fn mean<K: Kernel<f64>>(model: &Model<K>, x: &[f64], c: usize) -> Result<Vec<f64>, Error> {
    let (mut work, mut mean) = (vec![0.0; model.len()], vec![0.0; c]);
    model.mean_into(x, &mut work, &mut mean)?;
    Ok(mean)
}
