//! Predictions and intervals of many inputs, by blocks of them, with the core's bits.
//!
//! K(x, x_i) of a block of inputs is a matrix by tiles ([`super::gram`]), its substitutions are those of many
//! right-hand sides ([`super::dense`]). What remains of an input are sums over the samples, in the order of
//! [`ntk_core::Regression::predict_into`] and [`ntk_core::regression::Intervals`]: see there for the
//! formulas.

use ntk_core::regression::rank;
use ntk_core::vector::dot;
use ntk_core::{Error, Kernel, Quantity, Rows};
use rayon::prelude::*;

use super::AnyKernel;
use super::dense::{self, Columns, reserve};
use super::gram::Real;
use super::regression::Model;
use crate::error::Failure;

/// Numbers of K(x, x_i) that are in memory at once, and as many right-hand sides.
const NUMBERS: usize = 1 << 22;

/// All that is said of an input.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T> {
    /// The mean of each output.
    pub mean: Vec<T>,
    /// The standard deviation of the function, in units of the kernel.
    pub deviation: T,
    /// The standard deviation of an observation, in units of the kernel.
    pub observation_deviation: T,
    /// The lower end of each output's interval.
    pub low: Vec<T>,
    /// The upper end.
    pub high: Vec<T>,
}

/// A fitted model and what its intervals need of each sample.
#[derive(Debug)]
pub struct Predictor<'m, T: Real> {
    model: &'m Model<AnyKernel<T>, T>,
    outputs: usize,
    /// 1 / C_ii, C = (K + ridge I)^-1, summed as by [`ntk_core::Regression::intervals_into`].
    variances: Vec<T>,
}

/// What is known of an input before its interval.
struct Query<T> {
    mean: Vec<T>,
    /// Of the function.
    variance: T,
}

impl<'m, T: Real> Predictor<'m, T> {
    /// Cost: n^3/6 multiply-adds.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn new(model: &'m Model<AnyKernel<T>, T>, outputs: usize) -> Result<Self, Failure> {
        let variance = |i: usize, column: &[T]| T::ONE / dot(&column[i..], &column[i..]);
        Ok(Self { model, outputs, variances: dense::units(model.factor(), variance)? })
    }

    /// Means, deviations and intervals of a level, input by input. Cost of each: n kernel values, n^2
    /// multiply-adds, and for each output n square roots and the selection of two of n numbers.
    ///
    /// # Errors
    /// If there is no memory. The error of an input is that of [`ntk_core::Regression::predict_into`] and
    /// [`ntk_core::regression::Intervals::at_into`].
    pub fn answers(&self, x: Rows<'_, T>, level: T) -> Result<Vec<Result<Answer<T>, Error>>, Failure> {
        let (n, d) = (self.model.len(), x.columns());
        let together = (NUMBERS / n.max(1)).clamp(1, Columns::<T>::MANY).min(x.len().max(1));
        let (mut k, mut columns) = (Vec::new(), Columns::new(n, together)?);
        reserve(&mut k, n * together, "a block of predictions")?;
        let mut all = Vec::with_capacity(x.len());
        for x in x.values().chunks(together * d) {
            let x = Rows::new(x, d)?;
            k.clear();
            k.resize(n * x.len(), T::ZERO);
            all.extend(self.block(x, level, &mut k, &mut columns)?);
        }
        Ok(all)
    }

    fn block(
        &self,
        x: Rows<'_, T>,
        level: T,
        k: &mut [T],
        columns: &mut Columns<T>,
    ) -> Result<Vec<Result<Answer<T>, Error>>, Failure> {
        let (model, n, d) = (self.model, self.model.len(), x.columns());
        model.kernel().cross_gram(x, Rows::new(model.inputs(), d)?, k)?;
        columns.set(k);
        columns.forward(model.factor());
        let squares = columns.map(|_, column| dot(column, column));
        let inputs: Vec<&[T]> = x.iter().collect();
        let queries: Vec<Result<Query<T>, Error>> = inputs
            .par_iter()
            .zip(k.par_chunks(n))
            .zip(squares)
            .map(|((x, k), square)| self.query(x, k, square))
            .collect();
        let rank = rank(level, n);
        if rank.is_ok() {
            columns.backward(model.factor());
        }
        let answer = |column: usize, weights: &[T]| -> Option<Result<Answer<T>, Error>> {
            let query = match queries.get(column)? {
                Ok(query) => query,
                Err(why) => return Some(Err(*why)),
            };
            Some(rank.and_then(|rank| self.answer(query, weights, rank)))
        };
        Ok(columns.map(answer).into_iter().flatten().collect())
    }

    /// From K(x, x_i) and the square of R^-T k.
    fn query(&self, x: &[T], k: &[T], square: T) -> Result<Query<T>, Error> {
        let model = self.model;
        let prior = model.kernel().diagonal(&model.kernel().prepare(x));
        let mean: Vec<T> = (0..self.outputs).map(|output| dot(k, model.coefficients(output))).collect();
        let (variance, least) = (prior - square, T::EPSILON * prior);
        if mean.iter().all(|mean| mean.is_finite()) && variance.is_finite() {
            return Ok(Query { mean, variance: if variance > least { variance } else { least } });
        }
        // The core knows why.
        let (mut work, mut mean) = (vec![T::ZERO; k.len()], mean);
        match model.predict_into(x, &mut work, &mut mean) {
            Err(why) => Err(why),
            Ok(_) => Err(Error::NotFinite { what: Quantity::Variance, row: 0, column: 0 }),
        }
    }

    /// The interval from v = C k.
    fn answer(&self, query: &Query<T>, weights: &[T], rank: usize) -> Result<Answer<T>, Error> {
        let Query { ref mean, variance } = *query;
        let observation = variance + self.model.ridge();
        let (mut low, mut high) = (Vec::with_capacity(mean.len()), Vec::with_capacity(mean.len()));
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
            low.push(lower);
            high.push(upper);
        }
        Ok(Answer {
            mean: mean.clone(),
            deviation: variance.sqrt(),
            observation_deviation: observation.sqrt(),
            low,
            high,
        })
    }
}

/// The f-th smallest number.
///
/// A selection gives the core's number, unless the order says nothing: of NaN, and of 0 and -0.
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
