//! Streaming regression: a model that learns from every sample in the memory of a few.
//!
//! A [`Stream`] has at most M basis inputs z_1 to z_M. With K_zz = R^T R, features phi(x) = R^-T k_z(x) and
//! weights w, the function is f(x) = phi(x) . w plus an independent part of variance r(x) = K(x, x) -
//! |phi(x)|^2, which the basis cannot represent. The prior of w is N(0, I), and its posterior given all
//! samples so far is N(m, S).
//!
//! ```text
//! a sample (x, y) of noise variance v     g = S phi,  t = v + r + phi . g,
//!                                         m += g (y - phi . m) / t,  S -= g g^T / t
//! x is new and there is room              R gains the row (phi, sqrt r), m a 0, S a 1 on its diagonal;
//!                                         then as above
//! forgetting by a factor lambda           S <- lambda S + (1 - lambda) I,   m <- sqrt(lambda) m
//! ```
//!
//! While there is room and nothing is forgotten, the predictions equal those of [`Regression`] with all
//! samples. Once the basis is full, a new input replaces a basis input if it contributes more to the mean
//! (`stream/basis.rs`). S is stored in the triangle that R leaves free, so the memory is that of a regression
//! of M samples.
//!
//! The method follows Engel, Mannor, Meir 2004 (kernel recursive least squares); Csato and Opper 2002 (sparse
//! online Gaussian processes); Van Vaerenbergh, Lazaro-Gredilla, Santamaria 2012 (the tracker, with
//! forgetting). `docs/streaming.md` gives the measurements behind each rule.

use crate::error::Setting;
use crate::kernel::{Architecture, Ntk};
use crate::regression::{Amplitude, Fixed, Flat, Row, StorageMut};
use crate::{Erf, Error, Kernel, Regression, Scalar};

mod adapt;
mod answer;
mod basis;
mod features;
pub mod file;
mod hear;
mod room;
mod scaled;
mod tail;
mod update;

use adapt::Adaptive;
use room::{Arrays, Block, Extra};

pub use answer::Answer;
pub use hear::{Learned, Occasion};
pub use room::Room;

/// A [`Stream`] of D inputs with room for M basis inputs, stored in arrays, with the default kernel: the NTK
/// of erf with one hidden layer and weights and biases of variance 1.
///
/// `T` is `f32` by default; `Y` is `T` for one output and `[T; C]` for C outputs.
pub type Listener<const D: usize, const M: usize, T = f32, Y = T> =
    Stream<Ntk<Erf, Architecture<T>>, Fixed<T, D, M, Y>>;

/// How a stream forgets per unit of time. A sample takes one unit unless [`Stream::hear_on`] sets another
/// time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Forgetting<T> {
    /// The stream does not forget: the function does not change.
    Never,
    /// The stream forgets by this factor, above 0 and at most 1. The weight of a sample falls to 1 / e after
    /// about 1 / (1 - factor) units of time.
    Factor(T),
    /// The stream follows the factor of largest predictive density (`stream/adapt.rs`).
    Auto,
}

/// Recursive kernel regression that learns from every sample, on at most M basis inputs, in the memory of a
/// regression of M samples.
///
/// Every method that changes a stream either succeeds or leaves it as it was, to the bit. The memory is that
/// of [`Fixed`], 2 (D + C) + 4 C numbers and settings.
///
/// ```
/// use ntk_core::Listener;
/// let mut model = Listener::<1, 16>::new(); // `const`, so it can initialise a `static`
/// model.set_range(&[0.0], &[10.0])?; // of the sensor, in its units
/// model.set_labels(&-2.0, &2.0)?;
/// for i in 0..2000u16 {
///     let x = 5.0 + 5.0 * (0.7 * f32::from(i)).sin();
///     let noise = 0.4 * ((12.9 * f32::from(i)).sin() * 43_758.5).fract();
///     model.hear(&[x], x.sin() + noise)?;
/// }
/// let at = model.answer(&[4.0], 0.9)?;
/// assert!((at.mean - 4f32.sin()).abs() < 0.1 && at.low < at.mean && at.mean < at.high);
/// assert!(model.len() <= 16 && model.heard() == 2000);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stream<K, M: Room> {
    /// Kernel, basis inputs and R, with m stored as the coefficients, S as K and the noise as the ridge.
    basis: Regression<K, M>,
    extra: M::Extra,
    adaptive: Adaptive<M::Scalar>,
}

impl<T: Scalar, const D: usize, const M: usize, Y: Row<Scalar = T>> Listener<D, M, T, Y> {
    /// Creates a stream without samples.
    #[must_use]
    pub const fn new() -> Self {
        let architecture = Architecture { depth: 1, weight_variance: T::ONE, bias_variance: T::ONE };
        Self::with(Ntk::with(Erf, architecture))
    }
}

impl<T: Scalar, const D: usize, const M: usize, Y: Row<Scalar = T>> Default for Listener<D, M, T, Y> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar, K: Kernel<T>, const D: usize, const M: usize, Y: Row<Scalar = T>>
    Stream<K, Fixed<T, D, M, Y>>
{
    /// Creates a stream without samples, with a given kernel.
    #[must_use]
    pub const fn with(kernel: K) -> Self {
        Self { basis: Regression::new(kernel, Fixed::new()), extra: Arrays::new(), adaptive: Adaptive::NEW }
    }

    /// Resets the stream to a new one with this kernel, without samples, scaling and settings. The arrays of
    /// the basis are not written, so resetting a large stream needs no second stream on the stack.
    pub fn reset(&mut self, kernel: K) {
        self.basis.reset(kernel);
        (self.extra, self.adaptive) = (Arrays::new(), Adaptive::NEW);
    }
}

impl<T: Scalar, K: Kernel<T>, B: AsRef<[T]> + AsMut<[T]> + core::fmt::Debug> Stream<K, Flat<T, B>> {
    /// Creates a stream without samples whose shape is known only at run time. `rest` is a buffer of 2 (d +
    /// c) + 4 c numbers.
    ///
    /// # Errors
    /// [`Error::Shape`] for another length.
    pub fn in_blocks(kernel: K, basis: Flat<T, B>, rest: B) -> Result<Self, Error> {
        let [d, _, c] = basis.shape();
        let extra = Block::new(rest, d, c)?;
        Ok(Self { basis: Regression::new(kernel, basis), extra, adaptive: Adaptive::NEW })
    }
}

impl<T: Scalar, K, M: Room<Scalar = T>> Stream<K, M> {
    /// Returns the number of inputs and the number of outputs.
    #[must_use]
    pub fn shape(&self) -> [usize; 2] {
        let [shift, _, label_shift, _] = self.extra.scaling();
        [shift.len(), label_shift.len()]
    }

    /// Returns the number of basis inputs.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.basis.len()
    }

    /// Returns whether no sample was learned yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.basis.is_empty()
    }

    /// Returns the number of samples learned so far, at most 2^32 - 1.
    #[must_use]
    pub const fn heard(&self) -> u32 {
        self.adaptive.heard
    }

    /// Returns the kernel.
    #[must_use]
    pub const fn kernel(&self) -> &K {
        self.basis.kernel()
    }

    /// Returns the current variance of the labels' noise, in units of the kernel.
    #[must_use]
    pub fn noise(&self) -> T {
        self.basis.ridge
    }

    /// Returns the current factor of forgetting per unit of time.
    #[must_use]
    pub fn forgetting(&self) -> T {
        self.adaptive.factor(T::ONE)
    }
}

impl<T: Scalar, K: Kernel<T>, M: Room<Scalar = T>> Stream<K, M> {
    /// Removes all samples and everything estimated from them. Kernel, scaling and settings stay.
    pub fn clear(&mut self) {
        self.basis.len = 0;
        self.extra.tails_mut().fill(T::ZERO);
        self.adaptive = self.adaptive.cleared();
    }

    /// Sets the variance of the labels' noise, in units of the kernel. With `None`, the default, the stream
    /// follows the noise of largest predictive density.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a noise that is not above 0 and finite; nothing has changed then.
    pub fn set_noise(&mut self, noise: Option<T>) -> Result<(), Error> {
        if let Some(noise) = noise {
            check_noise(noise)?;
            self.basis.ridge = noise;
        }
        self.adaptive.set_finds_noise(noise.is_none());
        Ok(())
    }

    /// Sets how the stream forgets. The default is [`Forgetting::Auto`].
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a factor that is not above 0 and at most 1; nothing has changed then.
    pub fn set_forgetting(&mut self, forgetting: Forgetting<T>) -> Result<(), Error> {
        if let Forgetting::Factor(factor) = forgetting
            && !(factor > T::ZERO && factor <= T::ONE)
        {
            return Err(Setting::Forgetting.out_of_range());
        }
        self.adaptive.set_forgetting(forgetting);
        Ok(())
    }

    /// Sets the amplitude s of all outputs, in units of the scaled labels: the prior has covariance s^2 K and
    /// the noise has variance s^2 noise. With `None`, the default, s^2 of each output is the mean of the
    /// squared one-step-ahead errors divided by their variances, so that deviations have the size of the
    /// errors.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an amplitude that is not above 0 and finite; nothing has changed then.
    pub fn set_amplitude(&mut self, amplitude: Option<T>) -> Result<(), Error>
    where
        M: StorageMut,
    {
        match amplitude {
            None => self.basis.amplitude = Amplitude::OfLabels,
            Some(s) if s > T::ZERO && s.is_finite() => {
                self.basis.amplitude = Amplitude::Given(s);
                self.basis.storage.memory().amplitudes.fill(s);
            }
            Some(_) => return Err(Setting::Amplitude.out_of_range()),
        }
        Ok(())
    }
}

fn check_noise<T: Scalar>(noise: T) -> Result<(), Error> {
    if noise > T::ZERO && noise.is_finite() { Ok(()) } else { Err(Setting::StreamNoise.out_of_range()) }
}
