//! NNGP and NTK of infinitely wide networks of any depth, with weight and bias variance and any activation.
//!
//! Start with S = T = w <x, y> + b. Each hidden layer maps
//!
//! ```text
//! S' = w E[phi(u) phi(v)] + b,      T' = S' + T w E[phi'(u) phi'(v)],      (u, v) ~ N(0, [[S(x,x), S(x,y)], [., S(y,y)]]).
//! ```
//!
//! The NNGP is the last S, the NTK the last T (Jacot, Gabriel, Hongler 2018; the lecture announces the recursion in its
//! Section 6). One hidden layer, w = 1 and b = 0 is Theorem 1.
//!
//! Depth drives all inputs together, so what goes from layer to layer is not S but lengths and an angle, of which 1 - cos
//! keeps its digits ([`Pair`]). For the arc-cosine family it does so however deep the network; for other activations the
//! angle between phi(u) and phi(v) is good to a rounding of 1.

use core::fmt;

use super::{Coded, Identity, Kernel, Point};
use crate::activation::{Dual, HalfAngle, Pair, Relu, SlopeDual};
use crate::{Error, Scalar};

mod gradient;

/// The kernels of an infinitely wide network with `depth` hidden layers of one activation.
///
/// Units: squared units of x for homogeneous activations, w = 1 and b = 0. Cost for the arc-cosine family: that of
/// [`crate::ReluNtk`], and for every further layer two polynomials, four square roots and a division; for others two or
/// three duals a layer. Errors: see the table in `host/tests/reference/tolerances.rs`.
///
/// ```
/// use ntk_core::{Deep, Erf, Kernel};
/// let ntk = Deep::<Erf, f64>::ntk(3, 1.5, 0.1)?;
/// let nngp = Deep::<Erf, f64>::nngp(3, 1.5, 0.1)?; // the last layer trained alone
/// let (x, y) = ([1.0, 0.2], [0.3, -0.9]);
/// assert!(ntk.value(&x, &y) > nngp.value(&x, &y));
/// assert_eq!(ntk.both(&x, &y), [nngp.value(&x, &y), ntk.value(&x, &y)]); // in one pass
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Deep<A, T> {
    activation: A,
    depth: u16,
    weight_variance: T,
    bias_variance: T,
    /// What the NTK needs of the activation beyond the NNGP; none for an NNGP.
    slopes: Option<Slopes<A, T>>,
}

type TangentDual<A, T> = fn(A, &Pair<T>, &Point<'_, T>, &Point<'_, T>, [T; 2]) -> T;

/// [`SlopeDual`] as values, so that one type serves activations with and without it.
#[derive(Clone, Copy)]
struct Slopes<A, T> {
    slope_dual: fn(A, &Pair<T>) -> T,
    tangent_dual_of: TangentDual<A, T>,
}

impl<A: SlopeDual<T>, T: Scalar> Slopes<A, T> {
    fn of() -> Self {
        Self { slope_dual: A::slope_dual, tangent_dual_of: A::tangent_dual_of }
    }
}

/// The ReLU's kernels of any depth.
pub type DeepRelu<T> = Deep<Relu, T>;

impl<A: Dual<T>, T: Scalar> Deep<A, T> {
    /// The NTK, all layers trained. `weight_variance` w > 0, `bias_variance` b >= 0.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a depth of 0 or a variance out of its range.
    pub fn ntk(depth: u16, weight_variance: T, bias_variance: T) -> Result<Self, Error>
    where
        A: SlopeDual<T> + Default,
    {
        Self::ntk_with(A::default(), depth, weight_variance, bias_variance)
    }

    /// The NNGP, only the last layer trained.
    ///
    /// # Errors
    /// As [`Deep::ntk`].
    pub fn nngp(depth: u16, weight_variance: T, bias_variance: T) -> Result<Self, Error>
    where
        A: Default,
    {
        Self::nngp_with(A::default(), depth, weight_variance, bias_variance)
    }

    /// The NTK of a given activation.
    ///
    /// # Errors
    /// As [`Deep::ntk`].
    pub fn ntk_with(activation: A, depth: u16, weight_variance: T, bias_variance: T) -> Result<Self, Error>
    where
        A: SlopeDual<T>,
    {
        let slopes = Slopes::of();
        let nngp = Self::nngp_with(activation, depth, weight_variance, bias_variance)?;
        Ok(Self { slopes: Some(slopes), ..nngp })
    }

    /// The NNGP of a given activation.
    ///
    /// # Errors
    /// As [`Deep::ntk`].
    pub fn nngp_with(activation: A, depth: u16, weight_variance: T, bias_variance: T) -> Result<Self, Error> {
        if depth == 0 {
            return Err(Error::OutOfRange { what: "depth", must: "1 or more" });
        }
        if !(weight_variance > T::ZERO && weight_variance.is_finite()) {
            return Err(Error::OutOfRange { what: "weight variance", must: "above 0 and finite" });
        }
        if !(bias_variance >= T::ZERO && bias_variance.is_finite()) {
            return Err(Error::OutOfRange { what: "bias variance", must: "0 or more and finite" });
        }
        Ok(Self { activation, depth, weight_variance, bias_variance, slopes: None })
    }

    /// [w, b].
    #[inline(always)]
    #[must_use]
    pub fn variances(&self) -> [T; 2] {
        [self.weight_variance, self.bias_variance]
    }

    /// The same kernel with other variances.
    ///
    /// # Errors
    /// As [`Deep::ntk`].
    pub fn with_variances(self, weight_variance: T, bias_variance: T) -> Result<Self, Error> {
        let nngp = Self::nngp_with(self.activation, self.depth, weight_variance, bias_variance)?;
        Ok(Self { slopes: self.slopes, ..nngp })
    }

    /// [NNGP, NTK] of two inputs of equal dimension, in one pass.
    #[must_use]
    pub fn both(&self, x: &[T], y: &[T]) -> [T; 2]
    where
        A: SlopeDual<T>,
    {
        let slopes = Slopes::of();
        let inputs = [self.prepare(x), self.prepare(y)];
        let (pair, before) = self.last_layer([&inputs[0], &inputs[1]], Some(slopes));
        [self.nngp_of(&pair), self.ntk_between(&pair, before, [&inputs[0], &inputs[1]], slopes)]
    }

    pub(super) fn numbers(&self) -> Identity<T>
    where
        A: Coded<T>,
    {
        Identity {
            tangent: self.slopes.is_some(),
            activation: A::CODE,
            parameter: self.activation.parameter(),
            depth: self.depth,
            weight_variance: self.weight_variance,
            bias_variance: self.bias_variance,
        }
    }

    /// What enters the last hidden layer, and the NTK of the layers before it; none if it is the first.
    #[inline]
    fn last_layer(&self, inputs: [&Point<'_, T>; 2], slopes: Option<Slopes<A, T>>) -> (Pair<T>, Option<T>) {
        let (phi, w, b) = (self.activation, self.weight_variance, self.bias_variance);
        let mut pair = Pair::of_inputs(inputs[0], inputs[1], w, b);
        let mut ntk = None;
        for _ in 1..self.depth {
            if let Some(slopes) = slopes {
                ntk = Some(self.ntk_between(&pair, ntk, inputs, slopes));
            }
            let angle: HalfAngle<T> = phi.angle(&pair);
            pair = Pair::after(phi.length(pair.x), phi.length(pair.y), angle, w, b);
        }
        (pair, ntk)
    }

    // The recursion step by step, for callers that take it for many pairs at once.

    /// Of a deviation q that enters a hidden layer: [p, sqrt(w p^2 + b)], the deviation of phi and that which enters the next layer.
    #[inline(always)]
    #[must_use]
    pub fn lengths_after(&self, deviation: T) -> [T; 2] {
        let length = self.activation.length(deviation);
        [length, (self.weight_variance * (length * length) + self.bias_variance).sqrt()]
    }

    /// The number of hidden layers.
    #[inline(always)]
    #[must_use]
    pub fn depth(&self) -> u16 {
        self.depth
    }

    /// The angle between phi(u) and phi(v).
    #[inline(always)]
    #[must_use]
    pub fn angle(&self, pair: &Pair<T>) -> HalfAngle<T> {
        self.activation.angle(pair)
    }

    /// The pair that enters the next hidden layer, from the lengths of both and the angle between phi(u) and phi(v).
    ///
    /// `root` as in [`Pair::of_sums`].
    #[inline(always)]
    #[must_use]
    pub fn next(&self, x: [T; 2], y: [T; 2], angle: HalfAngle<T>, root: impl Fn(T) -> T) -> Pair<T> {
        Pair::after_by(x, y, angle, self.weight_variance, self.bias_variance, root)
    }

    /// The NNGP, if this is the pair that enters the last hidden layer.
    #[inline]
    #[must_use]
    pub fn nngp_of(&self, pair: &Pair<T>) -> T {
        self.weight_variance * self.activation.value_dual(pair) + self.bias_variance
    }

    /// The NTK, if this is the pair that enters the last hidden layer; `before` is the NTK of the layers before, if any.
    ///
    /// By [`SlopeDual::tangent_dual`]: to a few roundings of the scale sqrt(K(x, x) K(y, y)), also where the value is smaller.
    #[inline(always)]
    #[must_use]
    pub fn ntk_of(&self, pair: &Pair<T>, before: Option<T>) -> T
    where
        A: SlopeDual<T>,
    {
        let (phi, w, b) = (self.activation, self.weight_variance, self.bias_variance);
        match before {
            None => w * phi.tangent_dual(pair) + b,
            Some(ntk) => self.nngp_of(pair) + ntk * (w * phi.slope_dual(pair)),
        }
    }

    #[inline]
    fn ntk_between(
        &self,
        pair: &Pair<T>,
        before: Option<T>,
        [x, y]: [&Point<'_, T>; 2],
        slopes: Slopes<A, T>,
    ) -> T {
        let (phi, w, b) = (self.activation, self.weight_variance, self.bias_variance);
        match before {
            None => w * (slopes.tangent_dual_of)(phi, pair, x, y, [w, b]) + b,
            Some(ntk) => {
                let slope = w * (slopes.slope_dual)(phi, pair);
                self.nngp_of(pair) + ntk * slope
            }
        }
    }
}

impl<A: Dual<T>, T: Scalar> Kernel<T> for Deep<A, T> {
    #[inline]
    fn prepare<'x>(&self, x: &'x [T]) -> Point<'x, T> {
        Point::affine(x, self.weight_variance, self.bias_variance)
    }

    fn between(&self, x: &Point<'_, T>, y: &Point<'_, T>) -> T {
        let (pair, before) = self.last_layer([x, y], self.slopes);
        match self.slopes {
            None => self.nngp_of(&pair),
            Some(slopes) => self.ntk_between(&pair, before, [x, y], slopes),
        }
    }
}

impl<A: fmt::Debug, T: fmt::Debug> fmt::Debug for Deep<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(if self.slopes.is_some() { "DeepNtk" } else { "DeepNngp" })
            .field("activation", &self.activation)
            .field("depth", &self.depth)
            .field("weight_variance", &self.weight_variance)
            .field("bias_variance", &self.bias_variance)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReluNngp, ReluNtk};

    #[test]
    fn one_layer_is_theorem_1() {
        let (x, y) = ([0.3, -1.2, 0.5], [1.0, 0.4, -0.2]);
        let (ntk, nngp) = (DeepRelu::ntk(1, 1.0, 0.0).unwrap(), DeepRelu::nngp(1, 1.0, 0.0).unwrap());
        assert_eq!(ntk.value(&x, &y), ReluNtk.value(&x, &y));
        assert_eq!(nngp.value(&x, &y), ReluNngp.value(&x, &y));
    }

    #[test]
    fn a_bias_is_a_constant_input() {
        let (x, y) = ([0.3, -1.2], [1.0, 0.4]);
        let kernel = DeepRelu::ntk(1, 1.0, 0.25).unwrap();
        let lifted = ReluNtk.value(&[0.3, -1.2, 0.5], &[1.0, 0.4, 0.5]);
        assert!((kernel.value(&x, &y) - (lifted + 0.25)).abs() < 1e-15);
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        assert!(DeepRelu::ntk(0, 1.0, 0.0).is_err());
        for w in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(DeepRelu::ntk(1, w, 0.0).is_err());
        }
        for b in [-1e-9, f64::NAN, f64::INFINITY] {
            assert!(DeepRelu::nngp(1, 1.0, b).is_err());
        }
    }
}
