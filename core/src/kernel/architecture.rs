//! The architecture of an infinitely wide network: how many hidden layers, and the variances of weights and
//! biases.

use crate::error::Setting;
use crate::{Error, Scalar};

/// Hidden layers and variances of a fully connected network of infinite width.
///
/// `const` to build, so that a kernel can stand in a `static`. A kernel does not check its architecture:
/// [`Self::check`] does, and whoever fits a model calls it.
///
/// ```
/// use ntk_core::{Architecture, Erf, Ntk};
/// static KERNEL: Ntk<Erf, Architecture<f32>> = Ntk::with(Erf, Architecture::ONE_LAYER.bias(0.5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Architecture<T> {
    /// The number of hidden layers, 1 to [`Self::MOST_DEPTH`].
    pub depth: u16,
    /// The variance w of the weights of each layer, above 0.
    pub weight_variance: T,
    /// The variance b of the biases of each layer, 0 or more.
    pub bias_variance: T,
}

impl<T: Scalar> Architecture<T> {
    /// The lecture's network (Theorem 1): one hidden layer, w = 1, no biases.
    pub const ONE_LAYER: Self = Self { depth: 1, weight_variance: T::ONE, bias_variance: T::ZERO };

    /// The most hidden layers: the time of a kernel grows with their number, and a damaged file must not keep
    /// a device from its work. Long before, a kernel has lost what tells inputs apart.
    pub const MOST_DEPTH: u16 = 1024;

    /// This architecture with another number of hidden layers.
    #[must_use]
    pub const fn depth(self, depth: u16) -> Self {
        Self { depth, ..self }
    }

    /// This architecture with another variance of the weights.
    #[must_use]
    pub const fn weights(self, weight_variance: T) -> Self {
        Self { weight_variance, ..self }
    }

    /// This architecture with another variance of the biases.
    #[must_use]
    pub const fn bias(self, bias_variance: T) -> Self {
        Self { bias_variance, ..self }
    }

    /// Checks the range of each number.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a depth of 0 or above [`Self::MOST_DEPTH`], a weight variance that is not
    /// above 0, a bias variance below 0, or NaN or infinity.
    pub fn check(&self) -> Result<(), Error> {
        check_depth(self.depth)?;
        if !(self.weight_variance > T::ZERO && self.weight_variance.is_finite()) {
            return Err(Setting::WeightVariance.out_of_range());
        }
        if !(self.bias_variance >= T::ZERO && self.bias_variance.is_finite()) {
            return Err(Setting::BiasVariance.out_of_range());
        }
        Ok(())
    }
}

/// Checks the range of a depth.
pub(crate) fn check_depth(depth: u16) -> Result<(), Error> {
    if (1..=Architecture::<f32>::MOST_DEPTH).contains(&depth) {
        Ok(())
    } else {
        Err(Setting::Depth.out_of_range())
    }
}

/// Where a kernel gets depth and variances from: known when compiled ([`OneLayer`]), one pair of variances
/// for all layers ([`Architecture`]), or a pair for each ([`super::PerLayer`]).
///
/// Sealed. What is known when compiled costs neither memory nor time: [`OneLayer`] is 40 % of the flash of a
/// kernel of any depth.
pub trait Layers<T: Scalar>: Copy + sealed::Sealed {
    /// Whether layers may differ. If not, the variances are not read again in each layer.
    #[doc(hidden)]
    const VARY: bool = false;

    /// Returns the depth, and the variances of weights and biases between hidden layer `layer` and the next
    /// one: those of layer 0 lead from the input to the first hidden layer, those of the last to the output.
    #[must_use]
    fn layer(&self, layer: u16) -> Architecture<T>;

    /// Checks the range of each number.
    ///
    /// # Errors
    /// As [`Architecture::check`].
    #[inline(always)]
    #[doc(hidden)]
    fn check_all(&self) -> Result<(), Error> {
        self.layer(0).check()
    }
}

/// Layers with the same variances, which an [`Architecture`] describes, and so a model's file.
pub trait SameLayers<T: Scalar>: Layers<T> {
    /// Returns the depth and the variances that all layers share.
    #[doc(hidden)]
    #[must_use]
    #[inline(always)]
    fn architecture(&self) -> Architecture<T> {
        self.layer(0)
    }

    /// Creates the layers from an architecture, or returns `None` if this type stands for another one.
    #[doc(hidden)]
    #[must_use]
    fn from_architecture(architecture: &Architecture<T>) -> Option<Self>;
}

/// The architecture of the lecture's Theorem 1, known when compiled: [`Architecture::ONE_LAYER`] in 0 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneLayer;

impl<T: Scalar> Layers<T> for OneLayer {
    #[inline(always)]
    fn layer(&self, _: u16) -> Architecture<T> {
        Architecture::ONE_LAYER
    }
}

impl<T: Scalar> SameLayers<T> for OneLayer {
    fn from_architecture(architecture: &Architecture<T>) -> Option<Self> {
        (*architecture == Architecture::ONE_LAYER).then_some(Self)
    }
}

impl<T: Scalar> Layers<T> for Architecture<T> {
    #[inline(always)]
    fn layer(&self, _: u16) -> Self {
        *self
    }
}

impl<T: Scalar> SameLayers<T> for Architecture<T> {
    fn from_architecture(architecture: &Self) -> Option<Self> {
        architecture.check().is_ok().then_some(*architecture)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::OneLayer {}
    impl<T> Sealed for super::Architecture<T> {}
    impl<T, const DEPTH: usize> Sealed for super::super::PerLayer<T, DEPTH> {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_checked_on_both_sides_of_its_limit() {
        let usual = Architecture::<f64>::ONE_LAYER;
        assert!(
            usual.check().is_ok() && usual.bias(0.0).depth(1024).weights(f64::MIN_POSITIVE).check().is_ok()
        );
        for depth in [0, 1025, u16::MAX] {
            assert_eq!(usual.depth(depth).check(), Err(Setting::Depth.out_of_range()), "{depth}");
        }
        for w in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(usual.weights(w).check(), Err(Setting::WeightVariance.out_of_range()), "{w}");
        }
        for b in [-1e-300, f64::NAN, f64::INFINITY] {
            assert_eq!(usual.bias(b).check(), Err(Setting::BiasVariance.out_of_range()), "{b}");
        }
    }
}
