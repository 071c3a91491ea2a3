//! The recursion from layer to layer, step by step.
//!
//! Start with S = T = w <x, y> + b. Each hidden layer maps
//!
//! ```text
//! S' = w E[phi(u) phi(v)] + b,      T' = S' + T w E[phi'(u) phi'(v)],
//! (u, v) ~ N(0, [[S(x,x), S(x,y)], [S(x,y), S(y,y)]]).
//! ```
//!
//! Where layers have variances of their own ([`super::PerLayer`]), w and b are those of the weights that the
//! step passes. The NNGP is the last S, the NTK the last T (Jacot, Gabriel, Hongler 2018; the lecture
//! announces the recursion in its Section 6). One hidden layer, w = 1 and b = 0 is Theorem 1.
//!
//! Depth drives all inputs together, so what goes from layer to layer is not S but lengths and an angle, of
//! which 1 - cos keeps its digits ([`GaussianPair`]). For the arc-cosine family it does so however deep the
//! network is; for other activations the angle between phi(u) and phi(v) is good to a rounding of 1.

use super::Prepared;
use super::architecture::{Architecture, Layers};
use crate::Scalar;
use crate::activation::{DerivativeDual, Dual, GaussianPair, HalfAngle};

/// One network's recursion, for callers that evaluate it for many pairs of inputs at once. Kernels are
/// [`super::Ntk`] and [`super::Nngp`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recursion<A, T> {
    /// phi.
    pub activation: A,
    /// Depth and variances.
    pub architecture: Architecture<T>,
}

impl<A: Dual<T>, T: Scalar> Recursion<A, T> {
    #[inline(always)]
    pub(super) fn new<L: Layers<T>>(activation: A, layers: &L) -> Self {
        Self { activation, architecture: layers.layer(0) }
    }

    /// Returns the same recursion with the variances that follow a hidden layer.
    #[inline(always)]
    pub(super) fn after<L: Layers<T>>(&self, layers: &L, layer: u16) -> Self {
        if L::VARY { Self { activation: self.activation, architecture: layers.layer(layer) } } else { *self }
    }

    /// Returns [w, b].
    #[inline(always)]
    pub(super) fn variances(&self) -> [T; 2] {
        [self.architecture.weight_variance, self.architecture.bias_variance]
    }

    /// Returns [p, sqrt(w p^2 + b)] for a preactivation of standard deviation q: the root mean square of phi
    /// and the standard deviation that enters the next layer.
    #[inline(always)]
    #[must_use]
    pub fn next_deviation(&self, deviation: T) -> [T; 2] {
        let (length, [w, b]) = (self.activation.length(deviation), self.variances());
        [length, (w * (length * length) + b).sqrt()]
    }

    /// Returns the angle between phi(u) and phi(v).
    #[inline(always)]
    #[must_use]
    pub fn angle(&self, pair: &GaussianPair<T>) -> HalfAngle<T> {
        self.activation.angle(pair)
    }

    /// Returns the pair that enters the next hidden layer, from [`Self::next_deviation`] of both inputs and
    /// [`Self::angle`].
    ///
    /// `root` is used as in [`GaussianPair::of_sums`].
    #[inline(always)]
    #[must_use]
    pub fn next(&self, x: [T; 2], y: [T; 2], angle: HalfAngle<T>, root: impl Fn(T) -> T) -> GaussianPair<T> {
        let [w, b] = self.variances();
        GaussianPair::next_layer_by(x, y, angle, w, b, root)
    }

    /// Returns the NNGP, given the pair that enters the last hidden layer.
    #[inline]
    #[must_use]
    pub fn nngp(&self, pair: &GaussianPair<T>) -> T {
        let [w, b] = self.variances();
        affine(self.activation.dual(pair), w, b)
    }

    /// Returns the NTK, given the pair that enters the last hidden layer. `before` is the NTK of the layers
    /// before, if any.
    ///
    /// The error is that of [`DerivativeDual::ntk`]: a few roundings of the scale sqrt(K(x, x) K(y, y)), also
    /// where the value is smaller.
    #[inline(always)]
    #[must_use]
    pub fn ntk(&self, pair: &GaussianPair<T>, before: Option<T>) -> T
    where
        A: DerivativeDual<T>,
    {
        let [w, b] = self.variances();
        match before {
            None => affine(self.activation.ntk(pair), w, b),
            Some(ntk) => self.nngp(pair) + ntk * (w * self.activation.derivative_dual(pair)),
        }
    }

    /// Returns the NTK from the inputs themselves, to roundings of its value; see [`DerivativeDual::ntk_of`].
    #[inline]
    pub(super) fn accurate_ntk(
        &self,
        pair: &GaussianPair<T>,
        before: Option<T>,
        [x, y]: [&Prepared<'_, T>; 2],
    ) -> T
    where
        A: DerivativeDual<T>,
    {
        let [w, b] = self.variances();
        match before {
            None => affine(self.activation.ntk_of(pair, x, y, [w, b]), w, b),
            Some(ntk) => {
                let derivative = w * self.activation.derivative_dual(pair);
                self.nngp(pair) + ntk * derivative
            }
        }
    }

    /// Returns the NTK of layers with variances of their own, in the steps of [`Self::accurate_ntk`].
    pub(super) fn varied_ntk<L: Layers<T>>(&self, layers: &L, [x, y]: [&Prepared<'_, T>; 2]) -> T
    where
        A: DerivativeDual<T>,
    {
        let (mut pair, mut at) = (self.first(x, y), self.after(layers, 1));
        let [w, b] = at.variances();
        let mut ntk = affine(self.activation.ntk_of(&pair, x, y, self.variances()), w, b);
        for layer in 2..=self.architecture.depth {
            pair = at.step(&pair);
            at = self.after(layers, layer);
            ntk = at.accurate_ntk(&pair, Some(ntk), [x, y]);
        }
        ntk
    }

    /// Returns the NTK of one hidden layer of an input with itself.
    #[inline(always)]
    pub(super) fn own_ntk(&self, x: &Prepared<'_, T>) -> T
    where
        A: DerivativeDual<T>,
    {
        let [w, b] = self.variances();
        affine(self.activation.own_ntk(x), w, b)
    }

    /// Returns the pair that enters the first hidden layer.
    #[inline(always)]
    pub(super) fn first(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>) -> GaussianPair<T> {
        let [w, b] = self.variances();
        GaussianPair::of_inputs(x, y, w, b)
    }

    /// Returns the pair that enters the next hidden layer, from the one that enters this layer.
    #[inline(always)]
    pub(super) fn step(&self, pair: &GaussianPair<T>) -> GaussianPair<T> {
        let (phi, [w, b]) = (self.activation, self.variances());
        GaussianPair::next_layer(phi.length(pair.x), phi.length(pair.y), phi.angle(pair), w, b)
    }
}

/// Returns w v + b. The branch lets the compiler omit the addition where b is known to be 0. Without it the
/// compiler could not, because v can be -0.
#[inline(always)]
fn affine<T: Scalar>(v: T, w: T, b: T) -> T {
    if b == T::ZERO { w * v } else { w * v + b }
}
