//! Conformal intervals of kernel regression, in closed form from the factor of one fit.
//!
//! Let C = (K + ridge I)^-1, a = C y, h_i = 1 / C_ii and e_i = a_i h_i, the label of sample i minus its
//! leave-one-out mean. For an input x let k = k(x), v = C k, mean = k . a and s2 = K(x, x) + ridge - k . v.
//! The model without sample i predicts
//!
//! ```text
//! mean_i = mean - v_i e_i        with variance        s2_i = s2 + v_i^2 h_i.
//! ```
//!
//! Take a label t for x and fit all n + 1 samples. The nonconformity score of a sample is its deleted
//! residual divided by the deviation of that residual. Call sample i at least as strange as (x, t) if its
//! score is at least as large in magnitude.
//!
//! Given the other n - 1 samples, (y_i, t) is a Gaussian pair with some correlation r. By the model without
//! sample i, let A be the residual of y_i divided by its marginal deviation, so that |A| = |e_i| / sqrt(h_i),
//! and let B be the same for t. The scores are (A - r B) / sqrt(1 - r^2) and (B - r A) / sqrt(1 - r^2). The
//! first is at least as large in magnitude if and only if |B| <= |A|, that is, if t lies within mean_i +-
//! |e_i| sqrt(s2_i / h_i).
//!
//! So the labels t for which more than a share alpha of the n + 1 samples is at least as strange form an
//! interval. Its ends are order statistics of the ends of these n intervals. This is full conformal
//! prediction (Vovk, Gammerman, Shafer 2005, Section 2.3) without a refit. It is also the scaled jackknife+
//! of Barber, Candes, Ramdas and Tibshirani 2021, with the guarantee 1 - alpha instead of 1 - 2 alpha.

use super::leave_one_out::left_out_variance;
use super::storage::{ArrayStorage, Columns, Noise, PerSample, Storage, View, in_units};
use super::{Regression, Row, check_noise};
use crate::error::{Quantity, check_len};
use crate::slices::{first_mut, set};
use crate::vector::dot;
use crate::{Error, Kernel, Scalar};

mod order;

pub use order::rank;
use order::smallest;

/// An interval that contains a new observation with a requested probability.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Interval<Y> {
    /// The lower end of each output, in units of y.
    pub low: Y,
    /// The upper end of each output, in units of y.
    pub high: Y,
}

/// The conformal intervals of a model, and its test for outliers.
///
/// **Guarantee.** Suppose that the samples and the new observation are exchangeable (their joint distribution
/// does not depend on their order) and that the settings do not depend on them. Then an interval of level 1 -
/// alpha contains the new observation with probability at least 1 - alpha. Without ties the probability is
/// exactly 1 - f / (n + 1), f = floor(alpha (n + 1)). This is true for every distribution and every kernel; a
/// wrong kernel makes intervals wide. With several outputs the guarantee is for each output separately.
///
/// **Limits.** The guarantee does not hold under drift, for a sensor that was swept in order instead of at
/// random, or for samples with noise of their own if that of the observation is not given
/// ([`Self::with_noise`]). Outside of the samples' range the interval widens with the deviation, without a
/// guarantee; [`Regression::familiarity`] is small there. Tuning the settings on the same samples costs some
/// coverage.
///
/// The interval is for a new observation, its noise included; the standard deviation of the function itself
/// is [`super::Prediction::deviation`]. The interval does not depend on the amplitude. `Intervals` borrows
/// the model, so the model cannot change in the meantime.
///
/// ```
/// use ntk_core::{Architecture, Erf, Ntk, Regression, regression::Fixed};
/// let kernel = Ntk::with(Erf, Architecture::ONE_LAYER.bias(1.0));
/// let mut model: Regression<_, Fixed<f64, 1, 9>> = Regression::new(kernel, Fixed::new());
/// let x = [-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0];
/// model.fit(&x, &[-1.05, -0.70, -0.52, -0.22, 0.03, 0.20, 0.55, 0.71, 1.02], 1e-3)?;
/// let intervals = model.intervals()?;
/// let at = intervals.at(&[0.1], 0.9)?;
/// assert!(at.low < 0.1 && 0.1 < at.high && at.high - at.low < 0.3);
/// assert!(intervals.p_value(&[0.1], 0.12)? > 0.1); // like the others
/// assert!(intervals.p_value(&[0.1], 1.0)? <= 0.1); // an outlier: at most one in ten is as strange
/// assert!(intervals.at(&[0.1], 0.95).is_err()); // nine samples are too few for this level
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Intervals<'m, K, M: Storage, W> {
    model: &'m Regression<K, M>,
    /// 1 / C_ii of each sample.
    variances: W,
    /// The deviation of the new observation's own noise.
    noise: <M::Noise as Noise>::One<M::Scalar>,
}

impl<T: Scalar, K: Kernel<T>, M: Storage<Scalar = T>> Regression<K, M> {
    /// Returns the intervals of a model whose shape is known only at run time. `variances` is a buffer of n
    /// numbers. Cost: n^3/6 multiply-adds.
    ///
    /// # Errors
    /// [`Error::NotFitted`], [`Error::MeansOnly`] for a file of means, or [`Error::Shape`] for another
    /// length.
    pub fn intervals_into<'m>(
        &'m self,
        variances: &'m mut [T],
    ) -> Result<Intervals<'m, K, M, &'m [T]>, Error> {
        self.leave_one_out_variances(variances)?;
        Ok(Intervals::of_parts(self, variances))
    }

    /// Writes 1 / C_ii of each sample. Sample i uses the numbers from i on as a buffer, because the ones
    /// before are 0.
    pub(crate) fn leave_one_out_variances(&self, variances: &mut [T]) -> Result<(), Error> {
        let view = self.full_view()?;
        let [_, n, _] = view.shape();
        check_len("variances", n, variances.len())?;
        for i in 0..n {
            view.forward_unit_from(i, variances);
            let column = variances.get(i..).unwrap_or(&[]);
            // An overflow is refused where the variance is used: a changed model must keep all variances.
            let variance = left_out_variance(dot(column, column), i).unwrap_or(T::NAN);
            set(variances, i, variance);
        }
        Ok(())
    }
}

impl<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T>> Regression<K, M> {
    /// Returns the intervals of the model. Cost: n^3/6 multiply-adds, once.
    ///
    /// # Errors
    /// [`Error::NotFitted`], or [`Error::MeansOnly`] for a file of means.
    pub fn intervals(&self) -> Result<Intervals<'_, K, M, M::Work>, Error> {
        let mut variances = <M::Work as Columns<T>>::ZERO;
        self.leave_one_out_variances(first_mut(variances.as_mut_slice(), self.len))?;
        Ok(Intervals::of_parts(self, variances))
    }
}

/// The mean, deviation and interval at an input.
pub(crate) struct Answer<Y> {
    pub(crate) mean: Y,
    /// The standard deviation of the function.
    pub(crate) deviation: Y,
    pub(crate) interval: Interval<Y>,
}

/// The numbers of an input that the intervals of all samples share.
struct Query<'w, T, V> {
    /// The fitted model.
    view: V,
    /// The standard deviation of the function.
    deviation: T,
    /// s2: the variance of an observation.
    variance: T,
    /// v.
    weights: &'w [T],
}

impl<'m, K, M: Storage, W> Intervals<'m, K, M, W> {
    /// Creates the intervals from the result of [`Regression::leave_one_out_variances`].
    pub(crate) fn of_parts(model: &'m Regression<K, M>, variances: W) -> Self {
        Self { model, variances, noise: M::Noise::zero() }
    }
}

impl<T: Scalar, K, M: Storage<Scalar = T, Noise = PerSample>, W> Intervals<'_, K, M, W> {
    /// Sets the standard deviation, in units of y, of the observation's own noise, which adds to that of the
    /// ridge. Without this call it is 0.
    ///
    /// The guarantee then requires that the triples (x, noise, y) of the samples and of the observation are
    /// exchangeable.
    ///
    /// # Errors
    /// [`Error::NotFinite`] and [`Error::OutOfRange`] for a deviation that is not finite or negative.
    pub fn with_noise(self, noise: T) -> Result<Self, Error> {
        check_noise(&[noise], 1)?;
        Ok(Self { noise, ..self })
    }
}

impl<T: Scalar, K: Kernel<T>, M: Storage<Scalar = T>, W: AsRef<[T]>> Intervals<'_, K, M, W> {
    /// Writes the interval of each output at x, which contains an observation with probability `level`.
    /// `work` is a buffer of 3 n numbers; `low` and `high` take c numbers each.
    ///
    /// Cost: that of a prediction, another n^2/2 multiply-adds, and for each output n square roots and f
    /// passes over n numbers.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a level that is not above 0 and below 1, [`Error::TooFewSamples`] if no
    /// finite interval of so few samples has this level; otherwise those of [`Regression::predict_into`].
    pub fn at_into(
        &self,
        x: &[T],
        level: T,
        work: &mut [T],
        low: &mut [T],
        high: &mut [T],
    ) -> Result<(), Error> {
        let n = self.model.len();
        check_len("work", n.saturating_mul(3), work.len())?;
        let (weights, ends) = work.split_at_mut_checked(n).unwrap_or((&mut [], &mut []));
        let (lows, highs) = ends.split_at_mut_checked(n).unwrap_or((&mut [], &mut []));
        check_len("upper ends", low.len(), high.len())?;
        let f = rank(level, n)?;
        let query = self.query(x, weights, low)?; // `low` first holds the means
        for (output, (low, high)) in low.iter_mut().zip(high).enumerate() {
            (*low, *high) = self.ends(&query, output, *low, f, lows, highs)?;
        }
        Ok(())
    }

    /// Returns the interval of one output, given the mean. `lows` and `highs` are buffers of n numbers each.
    fn ends(
        &self,
        query: &Query<'_, T, M::View<'_>>,
        output: usize,
        mean: T,
        f: usize,
        lows: &mut [T],
        highs: &mut [T],
    ) -> Result<(T, T), Error> {
        for (i, (lower, upper)) in lows.iter_mut().zip(&mut *highs).enumerate() {
            let (centre, half) = self.without(i, output, mean, query);
            (*lower, *upper) = (centre - half, -(centre + half));
        }
        let (low, high) = (smallest(lows, f), -smallest(highs, f));
        if low.is_finite() && high.is_finite() {
            Ok((low, high))
        } else {
            Err(Error::NotFinite { what: Quantity::Prediction, row: 0, column: output })
        }
    }

    /// Writes the conformal p-value of an observation (x, y) for each output: the share of the n + 1 samples,
    /// the observation included, that are at least as strange as the observation. `work` is a buffer of n
    /// numbers; `p` takes c.
    ///
    /// An observation that is exchangeable with the samples has a p-value of at most alpha with probability
    /// at most alpha, for every distribution. So alpha bounds the rate of false alarms of a test for
    /// outliers. The smallest p-value is 1 / (n + 1). Cost: that of an interval.
    ///
    /// # Errors
    /// [`Error::Shape`] for another number of labels, [`Error::NotFinite`] for a label that is not finite;
    /// otherwise those of [`Regression::predict_into`].
    pub fn p_value_into(&self, x: &[T], y: &[T], work: &mut [T], p: &mut [T]) -> Result<(), Error> {
        if let Some(column) = y.iter().position(|y| !y.is_finite()) {
            return Err(Error::NotFinite { what: Quantity::Y, row: 0, column });
        }
        let n = self.model.len();
        let query = self.query(x, work, p)?;
        check_len("labels", p.len(), y.len())?;
        for (output, (p, &y)) in p.iter_mut().zip(y).enumerate() {
            let (mean, mut strange) = (*p, 1);
            for i in 0..n {
                let (centre, half) = self.without(i, output, mean, &query);
                if !(centre.is_finite() && half.is_finite()) {
                    return Err(Error::NotFinite { what: Quantity::Prediction, row: i, column: output });
                }
                strange += usize::from((y - centre).abs() <= half);
            }
            *p = T::from_usize(strange) / T::from_usize(n.saturating_add(1));
        }
        Ok(())
    }

    /// Writes v to `weights`, and the mean of each output.
    fn query<'w>(
        &self,
        x: &[T],
        weights: &'w mut [T],
        mean: &mut [T],
    ) -> Result<Query<'w, T, M::View<'_>>, Error> {
        let model = self.model;
        let view = model.full_view()?; // a file with means only has no variances
        let prior = model.kernel_vector(&view, x, weights)?;
        model.mean_of(&view, x, weights, mean)?;
        view.forward(weights);
        let variance = model.variance(x, prior, weights)?;
        let deviation = variance.sqrt();
        let mut variance = variance + model.ridge();
        if M::Noise::OWN {
            variance += in_units(M::Noise::number(self.noise), model.storage.unit());
        }
        view.backward(weights);
        Ok(Query { view, deviation, variance, weights })
    }

    /// Returns centre and half-width of the interval of labels at x that are at most as strange as sample i.
    #[inline]
    fn without(&self, i: usize, output: usize, mean: T, query: &Query<'_, T, M::View<'_>>) -> (T, T) {
        let at = |values: &[T]| values.get(i).copied().unwrap_or(T::NAN);
        let (weight, own) = (at(query.weights), at(self.variances.as_ref()));
        let (_, coefficient) = query.view.label_and_coefficient(output, i).unwrap_or((T::NAN, T::NAN));
        let centre = mean - weight * (coefficient * own);
        let variance = query.variance + weight * weight * own;
        (centre, coefficient.abs() * (own * variance).sqrt())
    }
}

impl<T: Scalar, K: Kernel<T>, M: ArrayStorage<Scalar = T>, W: AsRef<[T]>> Intervals<'_, K, M, W> {
    /// Returns the interval of each output at x, which contains an observation with probability `level`.
    /// Cost: that of a prediction, another n^2/2 multiply-adds, and for each output n square roots and f =
    /// floor((1 - level) (n + 1)) passes over n numbers.
    ///
    /// # Errors
    /// Those of [`Self::at_into`].
    pub fn at(&self, x: &M::Input, level: T) -> Result<Interval<M::Output>, Error> {
        let Answer { interval, .. } = self.answer(x, level)?;
        Ok(interval)
    }

    /// Returns mean, deviation and interval at x, in one pass.
    pub(crate) fn answer(&self, x: &M::Input, level: T) -> Result<Answer<M::Output>, Error> {
        let (mut mean, mut low, mut high) = (M::Output::ZEROS, M::Output::ZEROS, M::Output::ZEROS);
        let mut work = [const { <M::Work as Columns<T>>::ZERO }; 3];
        let n = self.model.len();
        let [weights, lows, highs] = work.each_mut().map(|work| first_mut(work.as_mut_slice(), n));
        let f = rank(level, n)?;
        let query = self.query(x.as_slice(), weights, mean.as_mut_slice())?;
        let ends = low.as_mut_slice().iter_mut().zip(high.as_mut_slice());
        for (output, ((low, high), &mean)) in ends.zip(mean.as_slice()).enumerate() {
            (*low, *high) = self.ends(&query, output, mean, f, lows, highs)?;
        }
        let deviation = self.model.in_units_of_y(query.deviation)?;
        Ok(Answer { mean, deviation, interval: Interval { low, high } })
    }

    /// Returns the conformal p-value of an observation (x, y) for each output; see [`Self::p_value_into`].
    ///
    /// # Errors
    /// Those of [`Self::p_value_into`].
    pub fn p_value(&self, x: &M::Input, y: M::Output) -> Result<M::Output, Error> {
        let (mut p, mut work) = (M::Output::ZEROS, <M::Work as Columns<T>>::ZERO);
        let work = first_mut(work.as_mut_slice(), self.model.len());
        self.p_value_into(x.as_slice(), y.as_slice(), work, p.as_mut_slice())?;
        Ok(p)
    }
}
