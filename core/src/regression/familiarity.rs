//! The familiarity of an input: a p-value that compares its distance from the samples with their distances
//! from each other.
//!
//! Let d(x) be the distance of x to the nearest sample, and d_i that of sample i to the nearest other one.
//! Among the n + 1 inputs, x included, the nearest neighbour of sample i is at distance min(d_i, |x - x_i|),
//! and |x - x_i| >= d(x). So sample i is at least as far from its neighbour as x from its own if and only if
//! d_i >= d(x). The share of such inputs is a conformal p-value. It does not use the kernel: the variance of
//! a kernel that extrapolates in straight lines can be small far from all samples.

use super::prediction::check_query;
use super::storage::{ArrayStorage, Storage, View};
use super::{Regression, Row};
use crate::{Error, Scalar};

impl<T: Scalar, K, M: Storage<Scalar = T>> Regression<K, M> {
    /// Returns the share of the n + 1 inputs, x included, that are at least as far from their nearest
    /// neighbour as x is from its own. Distances are Euclidean. The share lies between 1 / (n + 1), far from
    /// all samples, and 1.
    ///
    /// For an input from the distribution of the samples, it is at most alpha with probability at most alpha.
    /// Cost: n^2 distances.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::Shape`] for another number of inputs, [`Error::NotFinite`] for an x
    /// that is not finite.
    pub fn familiarity_of(&self, x: &[T]) -> Result<T, Error> {
        let view = self.view()?;
        let [d, n, _] = view.shape();
        check_query(d, x)?;
        let (mut nearest, mut far) = (None, 0);
        view.each_sample(0, |sample, _| nearest = smaller(nearest, squared_distance(x, sample.x)));
        let mut i = 0;
        view.each_sample(0, |own, _| {
            let (mut least, mut j) = (None, 0);
            view.each_sample(0, |other, _| {
                if i != j {
                    least = smaller(least, squared_distance(own.x, other.x));
                }
                j += 1;
            });
            i += 1;
            // A single sample has no neighbour, so no input is farther from its neighbour.
            let is_nearer = matches!((least, nearest), (Some(least), Some(nearest)) if least < nearest);
            far += usize::from(!is_nearer);
        });
        Ok(T::from_usize(1 + far) / T::from_usize(n.saturating_add(1)))
    }
}

impl<T: Scalar, K, M: ArrayStorage<Scalar = T>> Regression<K, M> {
    /// Returns the familiarity of x, a p-value between 0 and 1; see [`Regression::familiarity_of`].
    ///
    /// # Errors
    /// Those of [`Regression::familiarity_of`].
    pub fn familiarity(&self, x: &M::Input) -> Result<T, Error> {
        self.familiarity_of(x.as_slice())
    }
}

fn squared_distance<T: Scalar>(x: &[T], y: &[T]) -> T {
    x.iter().zip(y).fold(T::ZERO, |sum, (&x, &y)| sum + (x - y) * (x - y))
}

fn smaller<T: Scalar>(least: Option<T>, value: T) -> Option<T> {
    match least {
        Some(least) if least <= value => Some(least),
        _ => Some(value),
    }
}
