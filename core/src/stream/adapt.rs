//! Estimates of amplitude, noise and rate of forgetting from the one-step-ahead errors of a stream.
//!
//! Let e be the error of a prediction, t its variance in units of the kernel, and s the amplitude.
//!
//! **Amplitude.** s^2 is the mean of e^2 / t, over all samples at first and later over about the last
//! thousand. If all samples are in the basis, this is the amplitude of largest marginal likelihood, as in a
//! regression.
//!
//! **Noise.** ln v follows the gradient of the log predictive density of labels whose prior has variance 1 in
//! scaled units, s^2 K(x, x) = 1. The gradient is (e^2 K(x, x) / t - 1) v / 2t.
//!
//! **Forgetting.** ln(1 - lambda) follows the gradient of the log predictive density. The gradient is e / t
//! times the derivative of the mean, which follows from dm / d ln(1 - lambda). This derivative has its own
//! recursion and is stored in the place of the labels, which a stream does not keep. The only approximation
//! is d S / d ln(1 - lambda) = S / 2: if forgetting and learning are in balance, S grows as the square root
//! of 1 - lambda. A gradient is slow if the function jumps. So while the mean of the last 16 squared errors
//! exceeds four times its expectation, each sample forgets another tenth.
//!
//! **A sensor that is stuck.** If more than 16 successive samples are equal, bit for bit, the 17th and later
//! ones are ignored.

use super::Forgetting;
use crate::Scalar;

/// Settings and estimates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Adaptive<T> {
    pub(super) heard: u32,
    /// The [`code`] of the last sample.
    last: u16,
    /// The number of successive samples equal to the one before.
    repeats: u8,
    /// The flags [`FINDS_NOISE`] and [`FINDS_RATE`], in one byte, so that it shares one word of memory with
    /// the two fields above.
    finds: u8,
    /// If the rate is found, ln(-ln lambda) minus that of the first rate; otherwise -ln lambda.
    rate: T,
    /// The mean of the last squared errors over their variances.
    surprise: T,
}

/// Flags of what is found.
const FINDS_NOISE: u8 = 1;
const FINDS_RATE: u8 = 2;
/// The first noise relative to K(x, x), and the bounds of a noise that is found.
const FIRST_NOISE: f64 = 0.1;
const NOISE: [f64; 2] = [1e-6, 100.0];
/// The first 1 - lambda, and its bounds, in logarithms: 1e-3, 1e-6 and 0.1.
const RATE: [f64; 3] = [-6.907_755_278_982_137, -13.815_510_557_964_274, -core::f64::consts::LN_10];
/// The step sizes of noise and rate.
const NOISE_STEP: f64 = 0.02;
const RATE_STEP: f64 = 0.2;
/// The number of last samples over which an amplitude is averaged.
const MEMORY: f64 = 1000.0;
/// The number of last samples over which `surprise` is averaged, the threshold of this mean, and the rate of
/// forgetting that is added above the threshold.
const SURPRISED: f64 = 16.0;
const SURPRISE: f64 = 4.0;
const JUMP_RATE: f64 = 0.1;
/// The number of successive samples equal to the first one that are still learned.
const REPEATS: u8 = 15;

impl<T: Scalar> Adaptive<T> {
    pub(super) const NEW: Self = Self {
        heard: 0,
        last: 0,
        repeats: 0,
        finds: FINDS_NOISE | FINDS_RATE,
        rate: T::ZERO,
        surprise: T::ONE,
    };

    /// Returns the initial state with the same settings.
    pub(super) fn cleared(self) -> Self {
        let rate = if self.finds_rate() { T::ZERO } else { self.rate };
        Self { finds: self.finds, rate, ..Self::NEW }
    }

    pub(super) fn finds_noise(&self) -> bool {
        self.finds & FINDS_NOISE != 0
    }

    pub(super) fn finds_rate(&self) -> bool {
        self.finds & FINDS_RATE != 0
    }

    pub(super) fn set_finds_noise(&mut self, finds: bool) {
        self.set(FINDS_NOISE, finds);
    }

    fn set(&mut self, flag: u8, on: bool) {
        self.finds = if on { self.finds | flag } else { self.finds & !flag };
    }

    pub(super) fn set_forgetting(&mut self, forgetting: Forgetting<T>) {
        let (finds, rate) = match forgetting {
            Forgetting::Never => (false, T::ZERO),
            Forgetting::Factor(factor) => (false, -factor.ln()),
            Forgetting::Auto => (true, T::ZERO),
        };
        self.set(FINDS_RATE, finds);
        self.rate = rate;
    }

    /// Returns lambda to the power of the elapsed time.
    pub(super) fn factor(&self, elapsed: T) -> T {
        let mut rate = self.rate;
        if self.finds_rate() {
            rate = (T::from_f64(RATE[0]) + self.rate).exp();
            if self.surprise > T::from_f64(SURPRISE) {
                rate += T::from_f64(JUMP_RATE);
            }
        }
        (-(elapsed * rate)).exp()
    }

    /// Counts a sample, and returns whether it only repeats the value of a stuck sensor.
    pub(super) fn repeats(&mut self, code: u16) -> bool {
        self.repeats = if self.heard > 0 && code == self.last { self.repeats.saturating_add(1) } else { 0 };
        self.last = code;
        self.repeats > REPEATS
    }

    /// Returns the noise before the first sample, from K(x, x).
    pub(super) fn first_noise(prior: T) -> T {
        within(T::from_f64(FIRST_NOISE) * prior, noises())
    }

    /// Returns the noise after a sample; `square` is e^2 K(x, x) / t and `part` is v / t.
    pub(super) fn next_noise(&self, noise: T, square: T, part: T) -> T {
        let (first, least) = (T::TWO / self.counted(10), T::from_f64(NOISE_STEP)); // larger steps at first
        let step = if first > least { first } else { least };
        let next = noise * (step * (square - T::ONE) * part).exp();
        within(next, noises())
    }

    /// Updates the rate of forgetting along its gradient, and the mean of the squared errors; `square` is
    /// z^2.
    pub(super) fn learn(&mut self, gradient: T, square: T) {
        if self.finds_rate() {
            let [first, least, most] = RATE;
            let bounds = [T::from_f64(least - first), T::from_f64(most - first)];
            self.rate = within(self.rate + T::from_f64(RATE_STEP) * gradient, bounds);
        }
        self.surprise += (square - self.surprise) / T::from_f64(SURPRISED);
        self.heard = self.heard.saturating_add(1);
    }

    /// Returns the numbers that a file stores: flags and repeats; heard and code; rate and surprise.
    pub(super) fn stored(&self) -> ([u8; 2], [u32; 2], [T; 2]) {
        let numbers = [self.rate, self.surprise];
        ([self.finds, self.repeats], [self.heard, u32::from(self.last)], numbers)
    }

    /// Restores the state from the numbers of a file. Returns `None` if no stream has these numbers.
    pub(super) fn of_stored(
        [flags, repeats]: [u8; 2],
        [heard, last]: [u32; 2],
        [rate, surprise]: [T; 2],
    ) -> Option<Self> {
        let last = u16::try_from(last).ok()?;
        let known = Self { heard, last, repeats, finds: flags, rate, surprise };
        let is_rate = rate.is_finite() && (known.finds_rate() || rate >= T::ZERO);
        let is_known = flags <= FINDS_NOISE | FINDS_RATE && heard > 0 && is_rate;
        (is_known && surprise >= T::ZERO && surprise.is_finite()).then_some(known)
    }

    /// Returns the weight of the newest sample in an amplitude.
    pub(super) fn share(&self) -> T {
        let (heard, most) = (self.counted(1), T::from_f64(MEMORY));
        T::ONE / if heard < most { heard } else { most }
    }

    /// Returns the number of samples heard plus `more`.
    fn counted(&self, more: u32) -> T {
        T::from_usize(usize::try_from(self.heard.saturating_add(more)).unwrap_or(usize::MAX))
    }
}

/// Returns a hash of the numbers of a sample: FNV-1a of their bytes, folded to 16 bits. Two different samples
/// have the same hash once in 65,536; the second is then ignored if the sensor was stuck just before.
pub(super) fn code<T: Scalar>(x: &[T], y: &[T]) -> u16 {
    let mut code = 0x811c_9dc5u32;
    for value in x.iter().chain(y) {
        for &byte in value.to_le().as_ref() {
            code = (code ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    let [low, high, other_low, other_high] = code.to_le_bytes();
    u16::from_le_bytes([low ^ other_low, high ^ other_high])
}

/// Returns the bounds of a noise that is found. Each constant is converted by itself, when compiled: in a
/// loop `f32` would need double precision on the device.
fn noises<T: Scalar>() -> [T; 2] {
    let [least, most] = NOISE;
    [T::from_f64(least), T::from_f64(most)]
}

/// Returns the nearest number between two bounds, or the smaller bound for NaN.
fn within<T: Scalar>(value: T, [least, most]: [T; 2]) -> T {
    if !(value > least) {
        least
    } else if value < most {
        value
    } else {
        most
    }
}
