//! Variances of each layer's own.

use super::architecture::{Architecture, Layers};
use crate::error::Setting;
use crate::{Error, Scalar};

/// The layers of a network with DEPTH hidden layers, each with variances of its own for weights and biases.
///
/// The recursion of [`super::recursion`] then has w and b of the layer that it passes: [w, b] = `first` in S
/// = T = w <x, y> + b, and [w, b] = `hidden[l - 1]` where it leaves hidden layer l, the last of which leads
/// to the output. Equal variances in all layers give the bits of [`super::Architecture`]. `const` to build; a
/// kernel does not check it, a fit does.
///
/// Size: 2 (DEPTH + 1) numbers. Cost: that of an architecture of the same depth. A model's file has one pair
/// of variances, so these kernels are not [`super::StorableKernel`]s, and a search of variances does not take
/// them.
///
/// ```
/// use ntk_core::{Erf, Kernel, Ntk, kernel::PerLayer};
/// const LAYERS: PerLayer<f64, 2> = PerLayer::new([1.0, 0.5], [[2.0, 0.0], [1.5, 0.1]]);
/// static KERNEL: Ntk<Erf, PerLayer<f64, 2>> = Ntk::with(Erf, LAYERS);
/// assert!(KERNEL.check().is_ok() && KERNEL.value(&[0.3], &[0.4]) > KERNEL.value(&[0.3], &[-0.4]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerLayer<T, const DEPTH: usize> {
    first: [T; 2],
    hidden: [[T; 2]; DEPTH],
}

impl<T, const DEPTH: usize> PerLayer<T, DEPTH> {
    /// Creates the architecture from the variances [w, b] of the first layer of weights, and of those that
    /// follow each hidden layer.
    #[must_use]
    pub const fn new(first: [T; 2], hidden: [[T; 2]; DEPTH]) -> Self
    where
        T: Copy,
    {
        Self { first, hidden }
    }
}

impl<T: Scalar, const DEPTH: usize> Layers<T> for PerLayer<T, DEPTH> {
    const VARY: bool = true;

    #[inline(always)]
    fn layer(&self, layer: u16) -> Architecture<T> {
        let hidden = usize::from(layer).checked_sub(1).and_then(|before| self.hidden.get(before));
        let &[weight_variance, bias_variance] = hidden.unwrap_or(&self.first);
        // A depth that does not fit into 16 bits is refused by `check_all`.
        Architecture { depth: DEPTH as u16, weight_variance, bias_variance }
    }

    fn check_all(&self) -> Result<(), Error> {
        let depth = u16::try_from(DEPTH).map_err(|_| Setting::Depth.out_of_range())?;
        (0..=depth).try_for_each(|layer| self.layer(layer).check())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_layer_is_checked() {
        let with = |first, hidden| PerLayer::<f64, 2>::new(first, hidden).check_all();
        let good = [1.0, 0.0];
        assert_eq!(with(good, [good, [0.5, 3.0]]), Ok(()));
        for bad in [[0.0, 0.0], [f64::NAN, 0.0], [-1.0, 0.0], [f64::INFINITY, 0.0]] {
            let error = Err(Setting::WeightVariance.out_of_range());
            assert_eq!([with(bad, [good; 2]), with(good, [bad, good]), with(good, [good, bad])], [error; 3]);
        }
        for bad in [[1.0, -1.0], [1.0, f64::NAN], [1.0, f64::INFINITY]] {
            let error = Err(Setting::BiasVariance.out_of_range());
            assert_eq!([with(bad, [good; 2]), with(good, [bad, good]), with(good, [good, bad])], [error; 3]);
        }
        let error = Err(Setting::Depth.out_of_range());
        assert_eq!(PerLayer::<f64, 0>::new(good, []).check_all(), error);
        assert_eq!(PerLayer::<f64, 1025>::new(good, [good; 1025]).check_all(), error);
        // More layers than a `u16` counts: a megabyte, which is too much for the stack of a test.
        static DEEP: PerLayer<f64, 65_537> = PerLayer::new([1.0, 0.0], [[1.0, 0.0]; 65_537]);
        assert_eq!(DEEP.check_all(), error);
        assert_eq!(PerLayer::<f64, 1024>::new(good, [good; 1024]).check_all(), Ok(()));
    }
}
