//! The neural tangent kernel of an infinitely wide network (Theorem 1), all layers being trained.

use super::architecture::{Architecture, Layers, OneLayer};
use super::recursion::Recursion;
use super::{Kernel, Nngp, Prepared, VariableKernel};
use crate::activation::{DerivativeDual, GaussianPair};
use crate::{Error, Scalar};

/// The neural tangent kernel K(x, y) = lim <grad f(x), grad f(y)> of a network with activation A whose width
/// goes to infinity.
///
/// `Ntk<A>` is the lecture's: one hidden layer without biases, E[phi(u) phi(v)] + <x, y> E[phi'(u) phi'(v)]
/// with u = <b, x>, v = <b, y> and b standard normal (Theorem 1). `Ntk<A, Architecture<T>>` has any depth and
/// any variances of weights and biases, by the recursion of [`super::recursion`], and [`super::PerLayer`] has
/// variances of each layer's own.
///
/// With the ReLU, phi(z) = sqrt 2 max(0, z), this is Example 2: K(x, y) = |x||y| (sin t + 2 (pi - t) cos t) /
/// pi, t being the angle between x and y; on the diagonal K(x, x) = 2 |x|^2, and with the zero vector K = 0.
///
/// Units: squared units of x for homogeneous activations without biases. Cost of the ReLU's: d times two to
/// six operations, one to three divisions, one square root, a polynomial of degree 7 in `f32` and 18 in
/// `f64`; 128 instructions on a Cortex-M4F for d = 2 in `f32`, and three to four times that at obtuse angles
/// and near 90 degrees, where its terms cancel. Every further layer takes two polynomials, four square roots
/// and a division; other activations take two or three duals a layer. Error of the ReLU's: at most 4
/// roundings of |x||y| at any angle; of all others see the table in `host/tests/reference/tolerances.rs`.
///
/// ```
/// use ntk_core::{Architecture, Erf, Kernel, Ntk, Relu};
/// assert_eq!(Ntk::new(Relu).value(&[3.0, 4.0], &[3.0, 4.0]), 50.0);
/// assert!((Ntk::new(Relu).value(&[1.0, 0.0], &[0.0, 1.0]) - core::f64::consts::FRAC_1_PI).abs() < 2e-16);
/// // Three hidden layers with biases; `const`, so that it may stand in a `static`.
/// const THREE_LAYERS: Architecture<f64> = Architecture::ONE_LAYER.depth(3).weights(1.5).bias(0.1);
/// const DEEP: Ntk<Erf, Architecture<f64>> = Ntk::with(Erf, THREE_LAYERS);
/// assert!(DEEP.value(&[1.0, 0.2], &[0.3, -0.9]) > DEEP.nngp().value(&[1.0, 0.2], &[0.3, -0.9]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ntk<A, L = OneLayer> {
    activation: A,
    layers: L,
}

impl<A> Ntk<A> {
    /// Creates the NTK of Theorem 1: one hidden layer, weights of variance 1, no biases.
    pub const fn new(activation: A) -> Self {
        Self::with(activation, OneLayer)
    }
}

impl<A, L> Ntk<A, L> {
    /// Creates the NTK of a network of this architecture.
    pub const fn with(activation: A, layers: L) -> Self {
        Self { activation, layers }
    }

    /// Returns the activation phi.
    pub const fn activation(&self) -> &A {
        &self.activation
    }

    /// Returns the architecture.
    pub const fn layers(&self) -> &L {
        &self.layers
    }

    /// Returns the NNGP of the same network: the kernel of training its last layer alone.
    #[must_use]
    pub const fn nngp(self) -> Nngp<A, L>
    where
        A: Copy,
        L: Copy,
    {
        Nngp::with(self.activation, self.layers)
    }
}

impl<A, L> Ntk<A, L> {
    #[inline(always)]
    pub(super) fn recursion<T: Scalar>(&self) -> Recursion<A, T>
    where
        A: DerivativeDual<T>,
        L: Layers<T>,
    {
        Recursion::new(self.activation, &self.layers)
    }
}

impl<T: Scalar, A: DerivativeDual<T>, L: Layers<T>> Kernel<T> for Ntk<A, L> {
    #[inline(always)]
    fn prepare<'x>(&self, x: &'x [T]) -> Prepared<'x, T> {
        let [w, b] = self.recursion().variances();
        Prepared::affine(x, w, b)
    }

    #[inline(always)] // a mean knows the dimension, and keeps the constants of the formula in registers
    fn between(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>) -> T {
        let recursion = self.recursion();
        if L::VARY {
            return recursion.varied_ntk(&self.layers, [x, y]);
        }
        let (mut pair, mut ntk) = (recursion.first(x, y), None);
        for _ in 1..recursion.architecture.depth {
            ntk = Some(recursion.accurate_ntk(&pair, ntk, [x, y]));
            pair = recursion.step(&pair);
        }
        recursion.accurate_ntk(&pair, ntk, [x, y])
    }

    #[inline]
    fn diagonal(&self, x: &Prepared<'_, T>) -> T {
        let recursion = self.recursion();
        if recursion.architecture.depth == 1 {
            return recursion.after(&self.layers, 1).own_ntk(x);
        }
        let (mut pair, mut ntk) = (GaussianPair::of_equal_inputs(x), None);
        for layer in 1..recursion.architecture.depth {
            let at = recursion.after(&self.layers, layer);
            ntk = Some(at.ntk(&pair, ntk));
            pair = at.step(&pair);
        }
        recursion.after(&self.layers, recursion.architecture.depth).ntk(&pair, ntk)
    }

    fn check(&self) -> Result<(), Error> {
        self.layers.check_all()
    }
}

impl<T: Scalar, A: DerivativeDual<T>> VariableKernel<T> for Ntk<A, Architecture<T>> {
    fn architecture(&self) -> Architecture<T> {
        self.layers
    }

    fn with_architecture(&self, architecture: Architecture<T>) -> Self {
        Self { layers: architecture, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Abs, Cos, Erf, Exp, Gaussian, Gelu, Identity, LeakyRelu, Quadratic, Relu, Sin, Tanh};

    #[test]
    fn an_architecture_of_one_layer_is_theorem_1() {
        let (x, y) = ([0.3f64, -1.2, 0.5], [1.0f64, 0.4, -0.2]);
        let general = Ntk::with(Relu, Architecture::ONE_LAYER);
        assert_eq!(general.value(&x, &y).to_bits(), Ntk::new(Relu).value(&x, &y).to_bits());
        assert_eq!(general.nngp().value(&x, &y).to_bits(), Nngp::new(Relu).value(&x, &y).to_bits());
    }

    #[test]
    fn a_bias_is_a_constant_input() {
        let (x, y) = ([0.3, -1.2], [1.0, 0.4]);
        let kernel = Ntk::with(Relu, Architecture::ONE_LAYER.bias(0.25));
        let lifted = Ntk::new(Relu).value(&[0.3, -1.2, 0.5], &[1.0, 0.4, 0.5]);
        assert!((kernel.value(&x, &y) - (lifted + 0.25)).abs() < 1e-15);
    }

    fn diagonal_is_value<A: DerivativeDual<f64> + core::fmt::Debug>(phi: A) {
        for x in [[0.3, -1.2], [0.0, 0.0], [1e-3, 40.0], [7.0, 0.1]] {
            for depth in [1, 3] {
                for b in [0.0, 0.3] {
                    let kernel = Ntk::with(phi, Architecture::ONE_LAYER.depth(depth).weights(0.9).bias(b));
                    let point = kernel.prepare(&x);
                    let (own, pair) = (kernel.diagonal(&point), kernel.between(&point, &point));
                    assert_eq!(own.to_bits(), pair.to_bits(), "{kernel:?} {x:?}: {own} {pair}");
                    let nngp = kernel.nngp();
                    let (own, pair) = (nngp.diagonal(&point), nngp.between(&point, &point));
                    assert_eq!(own.to_bits(), pair.to_bits(), "{nngp:?} {x:?}: {own} {pair}");
                }
            }
        }
    }

    #[test]
    fn the_diagonal_has_the_bits_of_the_kernel_of_an_input_with_itself() {
        diagonal_is_value(Relu);
        diagonal_is_value(LeakyRelu { slope: -0.2 });
        diagonal_is_value(Abs);
        diagonal_is_value(Erf);
        diagonal_is_value(Gelu);
        diagonal_is_value(Sin);
        diagonal_is_value(Cos);
        diagonal_is_value(Gaussian);
        diagonal_is_value(Identity);
        diagonal_is_value(Quadratic);
        diagonal_is_value(Tanh);
        let exp = Ntk::new(Exp);
        let point = Kernel::<f64>::prepare(&exp, &[0.3, -0.2]);
        assert_eq!(exp.diagonal(&point).to_bits(), exp.between(&point, &point).to_bits());
    }
}
