//! Learns one sample.

use super::adapt::{Adaptive, code};
use super::features::{Features, features};
use super::room::{Extra, Room};
use super::update::{Weights, learn};
use super::{Stream, check_noise, tail};
use crate::error::{Quantity, Setting, check_len};
use crate::regression::{Amplitude, Common, Memory, Scratch, StorageMut};
use crate::slices::row;
use crate::vector::dot;
use crate::{Error, Kernel, Scalar};

/// What a sample did to the basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Learned {
    /// Its input joined the basis.
    Joined,
    /// Its input replaced the basis input of this index. Later ones have moved up, and the new one is the
    /// last.
    Replaced(usize),
    /// The basis represents its input well enough: the sample was learned, but its input did not join the
    /// basis.
    Absorbed,
    /// The sample was ignored: it is the 17th or a later one of successive samples that are equal, bit for
    /// bit, as from a stuck sensor.
    Repeated,
}

/// The time and the noise of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Occasion<T> {
    /// The time since the last sample, in the units of [`super::Forgetting`].
    pub elapsed: T,
    /// The variance of this sample's noise in units of the kernel, or `None` for that of the stream; see
    /// [`Stream::noise_of`].
    pub noise: Option<T>,
}

impl<T: Scalar> Occasion<T> {
    /// Returns one unit of time and the noise of the stream.
    pub const USUAL: Self = Self { elapsed: T::ONE, noise: None };
}

/// An error of more standard deviations than this counts as one of exactly this many, by assuming a larger
/// noise for its sample (Huber's weights). This starts only once there are more samples than room, because
/// until then predictions are exact.
const LIMIT: f64 = 4.0;

impl<T: Scalar, K: Kernel<T>, M: Room<Scalar = T> + StorageMut> Stream<K, M> {
    /// Learns a sample of scaled numbers.
    pub(super) fn hear_scaled(&mut self, x: &[T], y: &[T], occasion: Occasion<T>) -> Result<Learned, Error> {
        let [d, capacity, c] = self.basis.storage.shape();
        check_len("number of inputs", d, x.len())?;
        check_len("number of outputs", c, y.len())?;
        for (what, values) in [(Quantity::X, x), (Quantity::Y, y)] {
            if let Some(column) = values.iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what, row: 0, column });
            }
        }
        if !(occasion.elapsed >= T::ZERO && occasion.elapsed.is_finite()) {
            return Err(Setting::Elapsed.out_of_range());
        }
        let kernel = &self.basis.kernel;
        kernel.check()?;
        let point = kernel.prepare(x);
        let mut usual_noise = self.basis.ridge;
        if self.adaptive.heard == 0 && self.adaptive.finds_noise() {
            usual_noise = Adaptive::first_noise(kernel.diagonal(&point));
        }
        let noise = occasion.noise.unwrap_or(usual_noise);
        check_noise(noise)?;
        let factor = self.adaptive.factor(occasion.elapsed);
        let derives = self.adaptive.finds_rate();
        let mut weights = Weights { factor, noise, usual_noise, derives };
        let mut adaptive = self.adaptive;
        if adaptive.repeats(code(x, y)) {
            self.adaptive = adaptive;
            return Ok(Learned::Repeated);
        }
        let (n, amplitude) = (self.basis.len, self.basis.amplitude);
        let tails = self.extra.tails_mut();
        let (learned, len) = self.basis.storage.with_scratch(|mut memory, scratch| {
            let Scratch { vectors: [phi, gain, first, second], coefficients } = scratch;
            let features = features(kernel, &point, n, &memory, [phi, gain])?;
            // There are more samples than room, so predictions are no longer exact.
            let is_bounded = usize::try_from(adaptive.heard).is_ok_and(|heard| heard > capacity);
            if is_bounded {
                weights.noise = bounded_noise(&features, y, noise, &memory);
            }
            check(&features, y, weights.noise, &memory)?;
            follow(
                &features,
                y,
                noise,
                (amplitude, is_bounded),
                &mut memory,
                tails,
                (&mut adaptive, &mut usual_noise),
            );
            learn(&mut memory, features, capacity, &point, y, weights, [first, second, coefficients])
        })?;
        (self.adaptive, self.basis.len, self.basis.ridge) = (adaptive, len, usual_noise);
        Ok(learned)
    }
}

/// Returns the noise with which the largest error of an output counts as one of [`LIMIT`] standard
/// deviations.
fn bounded_noise<T: Scalar>(
    features: &Features<'_, T>,
    y: &[T],
    noise: T,
    memory: &Memory<'_, T, Common>,
) -> T {
    let variance = features.variance(noise);
    let mut most = T::ONE;
    for (output, (&y, &s)) in y.iter().zip(&*memory.amplitudes).enumerate() {
        let times = (features.error(memory, output, y) / (s * variance.sqrt())).abs() / T::from_f64(LIMIT);
        // An amplitude of 0 is ignored: it means that there was no error so far.
        most = if times > most && times.is_finite() { times } else { most };
    }
    noise + (most - T::ONE) * variance
}

/// Checks that all means stay finite.
fn check<T: Scalar>(
    features: &Features<'_, T>,
    y: &[T],
    noise: T,
    memory: &Memory<'_, T, Common>,
) -> Result<(), Error> {
    for (column, &y) in y.iter().enumerate() {
        // However the basis changes, no coefficient changes by more than this.
        let most = features.error(memory, column, y) * (T::ONE + features.prior) / noise;
        if !(most * most).is_finite() {
            return Err(Error::NotFinite { what: Quantity::Coefficients, row: features.n, column });
        }
    }
    Ok(())
}

/// Updates amplitudes, tails, noise and rate of forgetting from the errors of the predictions.
fn follow<T: Scalar>(
    features: &Features<'_, T>,
    y: &[T],
    noise: T,
    (amplitude, is_bounded): (Amplitude<T>, bool),
    memory: &mut Memory<'_, T, Common>,
    tails: &mut [T],
    (adaptive, ridge): (&mut Adaptive<T>, &mut T),
) {
    let variance = features.variance(noise);
    let root = variance.sqrt();
    let (limit, share) = (T::from_f64(LIMIT), adaptive.share());
    let bounded =
        |z: T| if is_bounded && !(z.abs() <= limit) { if z > T::ZERO { limit } else { -limit } } else { z };
    let (mut squares, mut prior_squares, mut gradient) = (T::ZERO, T::ZERO, T::ZERO);
    for (output, &y) in y.iter().enumerate() {
        let error = features.error(memory, output, y) / root;
        let derivative = dot(features.phi(), row(memory.labels, memory.stride, output, features.n)) / root;
        let Some(s) = memory.amplitudes.get_mut(output) else { break };
        if adaptive.heard == 0 {
            *s = if let Amplitude::Given(s) = amplitude { s } else { T::ZERO }; // lent memory is arbitrary
        }
        if *s > T::ZERO {
            let z = bounded(error / *s);
            tail::learn(tails.get_mut(tail::ANCHORS * output..).unwrap_or(&mut []), (error / *s).abs());
            gradient += z * (derivative / *s);
            squares += z * z;
            if amplitude == Amplitude::OfLabels {
                *s *= (T::ONE + share * (z * z - T::ONE)).sqrt();
            }
        } else {
            *s = error.abs() * share.sqrt();
        }
        let unit = if let Amplitude::Given(s) = amplitude { s } else { T::ONE / features.prior.sqrt() };
        let z = bounded(error / unit);
        prior_squares += z * z;
    }
    let outputs = T::from_usize(y.len());
    let spread = features.known / variance;
    if adaptive.finds_noise() {
        *ridge = adaptive.next_noise(*ridge, prior_squares / outputs, noise / variance);
    }
    let gradient = gradient + T::HALF * T::HALF * (squares - outputs) * spread;
    adaptive.learn(gradient / outputs, squares / outputs);
}
