//! Predictions and intervals for many inputs, computed in blocks of inputs, with the core's bits.
//!
//! The matrix K(x, x_i) of a block of inputs is computed by tiles ([`super::gram`]), and its substitutions
//! with many right-hand sides at once ([`super::dense`]). The remaining work for an input are sums over the
//! samples, in the order of [`ntk_core::Regression::predict_into`] and [`ntk_core::regression::Intervals`],
//! whose documentation has the formulas.

use ntk_core::regression::rank;
use ntk_core::vector::dot;
use ntk_core::{Error, Kernel, Quantity, Rows};
use rayon::prelude::*;

use super::AnyKernel;
use super::dense::{self, Columns};
use super::gram::Real;
use super::regression::Model;
use crate::error::Failure;
use crate::memory;

/// Numbers of K(x, x_i) that are in memory at once, and as many right-hand sides.
const NUMBERS: usize = 1 << 22;

/// The prediction for an input, with its deviations and intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T> {
    /// The mean of each output.
    pub mean: Vec<T>,
    /// The standard deviation of the function, in units of the kernel.
    pub deviation: T,
    /// The standard deviation of an observation, in units of the kernel.
    pub observation_deviation: T,
    /// The lower end of each output's interval; empty if no interval was asked for.
    pub low: Vec<T>,
    /// The upper end of each output's interval; empty if no interval was asked for.
    pub high: Vec<T>,
}

/// A fitted model, and the number of each sample that its intervals need.
#[derive(Debug)]
pub struct Predictor<'m, T: Real> {
    model: &'m Model<AnyKernel<T>, T>,
    outputs: usize,
    /// 1 / C_ii, where C = (K + ridge I)^-1, summed as by [`ntk_core::Regression::intervals_into`].
    variances: Vec<T>,
}

impl<'m, T: Real> Predictor<'m, T> {
    /// Computes the numbers of the samples that intervals need. Cost: n^3/6 multiply-adds.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn new(model: &'m Model<AnyKernel<T>, T>, outputs: usize) -> Result<Self, Failure> {
        let variance = |i: usize, column: &[T]| T::ONE / dot(&column[i..], &column[i..]);
        Ok(Self { model, outputs, variances: dense::units(model.factor(), variance)? })
    }

    /// Returns 1 / C_ii of each sample, where C = (K + ridge I)^-1. This is the variance of the sample given
    /// all others, its own noise included.
    #[must_use]
    pub fn variances(&self) -> &[T] {
        &self.variances
    }

    /// Returns means and deviations for each input, and intervals if there is a level. Cost of each input: n
    /// kernel values and n^2/2 multiply-adds. Intervals take as many multiply-adds again, and for each output
    /// n square roots and two selections of one of n numbers.
    ///
    /// # Errors
    /// If there is no memory. The error of an input is that of [`ntk_core::Regression::predict_into`] and
    /// [`ntk_core::regression::Intervals::at_into`].
    pub fn answers(
        &self,
        x: Rows<'_, T>,
        level: Option<T>,
    ) -> Result<Vec<Result<Answer<T>, Error>>, Failure> {
        let (n, d) = (self.model.len(), x.columns());
        let together = (NUMBERS / n.max(1)).clamp(1, Columns::<T>::MANY).min(x.len().max(1));
        let (count, c) = (x.len(), self.outputs);
        let what = format_args!("a list of {count} predictions");
        let mut all = memory::room(count, what)?;
        memory::check::<[T; 16]>(count.saturating_mul(c), what)?; // the three lists of each, to be safe
        let mut columns = Columns::new(n, together)?;
        let mut k = memory::room(n * together, "a block of predictions")?;
        for x in x.values().chunks(together * d) {
            let x = Rows::new(x, d)?;
            k.clear();
            k.resize(n * x.len(), T::ZERO);
            self.block(x, level, &mut k, &mut columns, &mut all)?;
        }
        Ok(all)
    }

    /// Appends the answers of a block to those before it. Threads return no lists of their own: where memory
    /// is short, an allocator may give each small list of a thread a page.
    fn block(
        &self,
        x: Rows<'_, T>,
        level: Option<T>,
        k: &mut [T],
        columns: &mut Columns<T>,
        all: &mut Vec<Result<Answer<T>, Error>>,
    ) -> Result<(), Failure> {
        let (model, n, d) = (self.model, self.model.len(), x.columns());
        model.kernel().cross_gram(x, Rows::new(model.inputs(), d)?, k)?;
        columns.set(k);
        columns.forward(model.factor());
        let squares = columns.map(|_, column| dot(column, column));
        let inputs: Vec<&[T]> = x.iter().collect();
        let c = self.outputs;
        let (mut means, mut ends) = (vec![T::ZERO; c * inputs.len()], vec![T::ZERO; 2 * c * inputs.len()]);
        let variances: Vec<Result<T, Error>> = inputs
            .par_iter()
            .zip(k.par_chunks(n))
            .zip(squares)
            .zip(means.par_chunks_mut(c))
            .map(|(((x, k), square), mean)| self.query(x, k, square, mean))
            .collect();
        let rank = level.map(|level| rank(level, n)).transpose();
        if let Ok(Some(_)) = rank {
            columns.backward(model.factor());
        }
        let results = columns.map_into(&mut ends, 2 * c, |column, weights, ends| {
            let variance = variances[column]?;
            if let Some(rank) = rank? {
                self.interval((&means[column * c..][..c], variance), weights, rank, ends)?;
            }
            Ok(variance)
        });
        for ((result, mean), ends) in results.into_iter().zip(means.chunks(c)).zip(ends.chunks(2 * c)) {
            let (low, high) = if level.is_some() { ends.split_at(c) } else { (&[][..], &[][..]) };
            all.push(result.map(|variance| Answer {
                mean: mean.to_vec(),
                deviation: variance.sqrt(),
                observation_deviation: (variance + model.ridge()).sqrt(),
                low: low.to_vec(),
                high: high.to_vec(),
            }));
        }
        Ok(())
    }

    /// Writes the means and returns the variance of the function, from k_i = K(x, x_i) and the squared length
    /// of R^-T k.
    fn query(&self, x: &[T], k: &[T], square: T, mean: &mut [T]) -> Result<T, Error> {
        let model = self.model;
        let prior = model.kernel().diagonal(&model.kernel().prepare(x));
        for (output, mean) in mean.iter_mut().enumerate() {
            *mean = dot(k, model.coefficients(output));
        }
        let (variance, least) = (prior - square, T::EPSILON * prior);
        if mean.iter().all(|mean| mean.is_finite()) && variance.is_finite() {
            return Ok(if variance > least { variance } else { least });
        }
        // The core finds the reason and returns it as an error.
        let mut work = vec![T::ZERO; k.len()];
        match model.predict_into(x, &mut work, mean) {
            Err(why) => Err(why),
            Ok(_) => Err(Error::NotFinite { what: Quantity::Variance, row: 0, column: 0 }),
        }
    }

    /// Computes the intervals from v = C k. Writes to `ends` the lower ends of all outputs, then the upper
    /// ends.
    fn interval(
        &self,
        (mean, variance): (&[T], T),
        weights: &[T],
        rank: usize,
        ends: &mut [T],
    ) -> Result<(), Error> {
        let observation = variance + self.model.ridge();
        let (mut lows, mut highs) = (Vec::with_capacity(weights.len()), Vec::with_capacity(weights.len()));
        for (output, &mean) in mean.iter().enumerate() {
            lows.clear();
            highs.clear();
            let samples = weights.iter().zip(&self.variances).zip(self.model.coefficients(output));
            for ((&weight, &own), &coefficient) in samples {
                let centre = mean - weight * (coefficient * own);
                let variance = observation + weight * weight * own;
                let half = coefficient.abs() * (own * variance).sqrt();
                lows.push(centre - half);
                highs.push(-(centre + half));
            }
            let (lower, upper) = (smallest(&mut lows, rank), -smallest(&mut highs, rank));
            if !(lower.is_finite() && upper.is_finite()) {
                return Err(Error::NotFinite { what: Quantity::Prediction, row: 0, column: output });
            }
            (ends[output], ends[self.outputs + output]) = (lower, upper);
        }
        Ok(())
    }
}

/// Returns the f-th smallest number, where f counts from 1.
///
/// A selection gives the same number as the core, except where comparison does not decide the order: with
/// NaN, and with 0 and -0.
fn smallest<T: Real>(values: &mut [T], f: usize) -> T {
    let ordered = values.iter().all(|v| v.partial_cmp(&T::ZERO).is_some_and(std::cmp::Ordering::is_ne));
    if ordered && (1..=values.len()).contains(&f) {
        let compare = |a: &T, b: &T| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
        return *values.select_nth_unstable_by(f - 1, compare).1;
    }
    let (mut found, mut rest) = (T::NAN, values);
    for _ in 0..f {
        let Some((first, others)) = rest.split_first_mut() else { break };
        for other in &mut *others {
            if *other < *first {
                std::mem::swap(other, first);
            }
        }
        found = *first;
        rest = others;
    }
    found
}

#[cfg(test)]
mod tests;
