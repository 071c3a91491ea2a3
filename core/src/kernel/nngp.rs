//! The covariance of an infinitely wide network at its random start, the kernel of training its last layer
//! alone.

use super::architecture::{Architecture, Layers, OneLayer};
use super::recursion::Recursion;
use super::{Kernel, Prepared, VariableKernel};
use crate::activation::{Dual, GaussianPair};
use crate::{Error, Scalar};

/// The neural network Gaussian process kernel K(x, y) = E[f(x) f(y)] of a network with activation A and
/// random weights.
///
/// `Nngp<A>` is the lecture's: E[phi(u) phi(v)] of one hidden layer without biases. With the ReLU it is that
/// of Example 2,
/// |x||y| (sin t + (pi - t) cos t) / pi, t being the angle between x and y, and |x|^2 on the diagonal.
/// `Nngp<A, Architecture<T>>` has any depth and any variances. Units, cost and error as for [`super::Ntk`].
///
/// ```
/// use ntk_core::{Kernel, Nngp, Relu};
/// assert_eq!(Nngp::new(Relu).value(&[3.0, 4.0], &[3.0, 4.0]), 25.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Nngp<A, L = OneLayer> {
    activation: A,
    layers: L,
}

impl<A> Nngp<A> {
    /// Creates the NNGP of the lecture: one hidden layer, weights of variance 1, no biases.
    pub const fn new(activation: A) -> Self {
        Self::with(activation, OneLayer)
    }
}

impl<A, L> Nngp<A, L> {
    /// Creates the NNGP of a network of this architecture.
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

    #[inline(always)]
    pub(super) fn recursion<T: Scalar>(&self) -> Recursion<A, T>
    where
        A: Dual<T>,
        L: Layers<T>,
    {
        Recursion::new(self.activation, &self.layers)
    }
}

impl<T: Scalar, A: Dual<T>, L: Layers<T>> Kernel<T> for Nngp<A, L> {
    #[inline(always)]
    fn prepare<'x>(&self, x: &'x [T]) -> Prepared<'x, T> {
        let [w, b] = self.recursion().variances();
        Prepared::affine(x, w, b)
    }

    #[inline]
    fn between(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>) -> T {
        let recursion = self.recursion();
        let mut pair = recursion.first(x, y);
        for layer in 1..recursion.architecture.depth {
            pair = recursion.after(&self.layers, layer).step(&pair);
        }
        recursion.after(&self.layers, recursion.architecture.depth).nngp(&pair)
    }

    #[inline]
    fn diagonal(&self, x: &Prepared<'_, T>) -> T {
        let recursion = self.recursion();
        let mut pair = GaussianPair::of_equal_inputs(x);
        for layer in 1..recursion.architecture.depth {
            pair = recursion.after(&self.layers, layer).step(&pair);
        }
        recursion.after(&self.layers, recursion.architecture.depth).nngp(&pair)
    }

    fn check(&self) -> Result<(), Error> {
        self.layers.check_all()
    }
}

impl<T: Scalar, A: Dual<T>> VariableKernel<T> for Nngp<A, Architecture<T>> {
    fn architecture(&self) -> Architecture<T> {
        self.layers
    }

    fn with_architecture(&self, architecture: Architecture<T>) -> Self {
        Self { layers: architecture, ..*self }
    }
}
