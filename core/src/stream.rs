//! A model that hears every sample and keeps room for a few.
//!
//! A [`Stream`] has at most M basis inputs z_1 to z_M. With K_zz = R^T R, features phi(x) = R^-T k_z(x) and
//! weights w, the function is f(x) = phi(x) . w and what the basis cannot say: independent, of variance r(x)
//! = K(x, x) - |phi(x)|^2. The prior of w is N(0, I); what was heard makes it N(m, S).
//!
//! ```text
//! a sample (x, y) of noise variance v     g = S phi,  t = v + r + phi . g,
//!                                         m += g (y - phi . m) / t,  S -= g g^T / t
//! x is new and there is room              R gains the row (phi, sqrt r), m a 0, S a 1 on its diagonal;
//!                                         then as above
//! forgetting by a factor lambda           S <- lambda S + (1 - lambda) I,   m <- sqrt(lambda) m
//! ```
//!
//! While there is room and nothing is forgotten the answers are those of [`Regression`] with all samples.
//! When there is none a new input takes the place of a basis input if it says more (`stream/basis.rs`). S
//! stands in the triangle that R leaves free: the memory is that of a regression of M samples.
//!
//! Sources: Engel, Mannor, Meir 2004 (kernel recursive least squares); Csato and Opper 2002 (sparse online
//! Gaussian processes); Van Vaerenbergh, Lazaro-Gredilla, Santamaria 2012 (the tracker, with forgetting).
//! What each rule was measured against stands in `docs/streaming.md`.

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

/// A stream of D inputs with room for M basis inputs, in arrays, with the default kernel: the NTK of erf with
/// one hidden layer, weights and biases of variance 1.
///
/// `T` is `f32` unless said otherwise; `Y` is `T` for one output and `[T; C]` for C of them.
pub type Listener<const D: usize, const M: usize, T = f32, Y = T> =
    Stream<Ntk<Erf, Architecture<T>>, Fixed<T, D, M, Y>>;

/// How a stream forgets, per unit of time; a sample takes one unit unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Forgetting<T> {
    /// Not at all: the truth does not change.
    Never,
    /// By this factor, above 0 and at most 1: a sample counts 1 / e after 1 / (1 - factor) units of time.
    Factor(T),
    /// By the factor of largest predictive density, followed on line: `stream/adapt.rs`.
    Auto,
}

/// A model that hears every sample: recursive kernel regression on at most M basis inputs, in the memory of
/// a regression of M samples.
///
/// Whatever is refused changes nothing: after an error the model answers, and learns on, as before to the
/// bit. Memory: that of [`Fixed`], 2 (D + C) + 4 C numbers and settings.
///
/// ```
/// use ntk_core::Listener;
/// let mut model = Listener::<1, 16>::new(); // `const`: it may stand in a `static`
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
    /// Kernel, basis inputs, R, m in the place of the coefficients, S in that of K. The ridge is the noise.
    basis: Regression<K, M>,
    extra: M::Extra,
    adaptive: Adaptive<M::Scalar>,
}

impl<T: Scalar, const D: usize, const M: usize, Y: Row<Scalar = T>> Listener<D, M, T, Y> {
    /// Without samples.
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
    /// Without samples, with a kernel of one's own.
    #[must_use]
    pub const fn with(kernel: K) -> Self {
        Self { basis: Regression::new(kernel, Fixed::new()), extra: Arrays::new(), adaptive: Adaptive::NEW }
    }

    /// As new, with this kernel: forgets samples, scaling and choices. It writes these and not the arrays of
    /// the basis, so that a large stream is begun again without another one on the stack.
    pub fn reset(&mut self, kernel: K) {
        self.basis.reset(kernel);
        (self.extra, self.adaptive) = (Arrays::new(), Adaptive::NEW);
    }
}

impl<T: Scalar, K: Kernel<T>, B: AsRef<[T]> + AsMut<[T]> + core::fmt::Debug> Stream<K, Flat<T, B>> {
    /// Without samples, for a shape known at run time only: `rest` lends 2 (d + c) + 4 c numbers.
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
    /// The numbers of inputs and of outputs.
    #[must_use]
    pub fn shape(&self) -> [usize; 2] {
        let [shift, _, label_shift, _] = self.extra.scaling();
        [shift.len(), label_shift.len()]
    }

    /// The number of basis inputs.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.basis.len()
    }

    /// Nothing was heard.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.basis.is_empty()
    }

    /// The number of samples heard, at most 2^32 - 1.
    #[must_use]
    pub const fn heard(&self) -> u32 {
        self.adaptive.heard
    }

    /// The kernel.
    #[must_use]
    pub const fn kernel(&self) -> &K {
        self.basis.kernel()
    }

    /// The variance of the labels' noise in units of the kernel, as it is now.
    #[must_use]
    pub fn noise(&self) -> T {
        self.basis.ridge
    }

    /// The factor by which a unit of time is forgotten, as it is now.
    #[must_use]
    pub fn forgetting(&self) -> T {
        self.adaptive.factor(T::ONE)
    }
}

impl<T: Scalar, K: Kernel<T>, M: Room<Scalar = T>> Stream<K, M> {
    /// Forgets all samples and what was found from them; kernel, scaling and choices stay.
    pub fn clear(&mut self) {
        self.basis.len = 0;
        self.extra.tails_mut().fill(T::ZERO);
        self.adaptive = self.adaptive.cleared();
    }

    /// Sets the variance of the labels' noise in units of the kernel; `None`, as at first: follows that of
    /// largest predictive density.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a noise that is not above 0 and finite; then nothing has changed.
    pub fn set_noise(&mut self, noise: Option<T>) -> Result<(), Error> {
        if let Some(noise) = noise {
            check_noise(noise)?;
            self.basis.ridge = noise;
        }
        self.adaptive.set_finds_noise(noise.is_none());
        Ok(())
    }

    /// Sets how the stream forgets; at first it is [`Forgetting::Auto`].
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a factor that is not above 0 and at most 1; then nothing has changed.
    pub fn set_forgetting(&mut self, forgetting: Forgetting<T>) -> Result<(), Error> {
        if let Forgetting::Factor(factor) = forgetting
            && !(factor > T::ZERO && factor <= T::ONE)
        {
            return Err(Setting::Forgetting.out_of_range());
        }
        self.adaptive.set_forgetting(forgetting);
        Ok(())
    }

    /// Sets the amplitude s of all outputs, in units of the scaled labels: s^2 K is the prior's covariance
    /// and s^2 noise the noise's variance. `None`, as at first: the root of the mean of the squared
    /// one-step-ahead errors over their variances, for each output, which makes deviations as large as
    /// errors.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an amplitude that is not above 0 and finite; then nothing has changed.
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
