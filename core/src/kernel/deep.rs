//! NNGP and NTK of the infinitely wide ReLU network of any depth, with weight and bias variance.
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
//! Depth drives all inputs together, so the recursion carries 1 - cos of the angle instead of the cosine. With
//! p = sqrt(S(x,x)), r = sqrt(S(y,y)) and g = 1 - NNGP of unit vectors, the new gap is
//!
//! ```text
//! 1 - cos' = (w p r g + w b (p - r)^2 / (n + w p r + b)) / n,      n = sqrt(w p^2 + b) sqrt(w r^2 + b),
//! ```
//!
//! sums of positive terms, so that near-parallel inputs keep their digits.

use super::arc_cosine::HalfAngle;
use super::{Kernel, Point};
use crate::vector::dot;
use crate::{Error, Scalar};

/// The kernels of an infinitely wide ReLU network with `depth` hidden layers.
///
/// Units: squared units of x for w = 1, b = 0. Cost: that of [`crate::ReluNtk`], and for every further layer two
/// polynomials, three square roots and two divisions. Error: two more roundings of the result's scale per layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeepRelu<T> {
    kind: Kind,
    depth: u16,
    weight_variance: T,
    bias_variance: T,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Nngp,
    Ntk,
}

/// Both kernels after some layers, and what the next one needs.
struct Layer<T> {
    x_norm: T,
    y_norm: T,
    angle: HalfAngle<T>,
    ntk: T,
}

impl<T: Scalar> DeepRelu<T> {
    /// The NTK, all layers trained. `weight_variance` w > 0, `bias_variance` b >= 0.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a depth of 0 or a variance out of its range.
    pub fn ntk(depth: u16, weight_variance: T, bias_variance: T) -> Result<Self, Error> {
        Self::new(Kind::Ntk, depth, weight_variance, bias_variance)
    }

    /// The NNGP, only the last layer trained.
    ///
    /// # Errors
    /// As [`DeepRelu::ntk`].
    pub fn nngp(depth: u16, weight_variance: T, bias_variance: T) -> Result<Self, Error> {
        Self::new(Kind::Nngp, depth, weight_variance, bias_variance)
    }

    fn new(kind: Kind, depth: u16, weight_variance: T, bias_variance: T) -> Result<Self, Error> {
        if depth == 0 {
            return Err(Error::OutOfRange { what: "depth", must: "1 or more" });
        }
        if !(weight_variance > T::ZERO && weight_variance.is_finite()) {
            return Err(Error::OutOfRange { what: "weight variance", must: "above 0 and finite" });
        }
        if !(bias_variance >= T::ZERO && bias_variance.is_finite()) {
            return Err(Error::OutOfRange { what: "bias variance", must: "0 or more and finite" });
        }
        Ok(Self { kind, depth, weight_variance, bias_variance })
    }

    /// One hidden layer: from the angle and the NTK before it to those after it.
    fn layer(&self, before: &Layer<T>) -> Layer<T> {
        let (w, b) = (self.weight_variance, self.bias_variance);
        let (p, r) = (before.x_norm, before.y_norm);
        let (x_norm, y_norm) = ((w * p * p + b).sqrt(), (w * r * r + b).sqrt());
        let (n, product) = (x_norm * y_norm, w * (p * r));
        let apart = (p - r) * (p - r) * (w * b / (n + product + b));
        let gap = if n == T::ZERO { T::ZERO } else { (product * before.angle.nngp_gap() + apart) / n };
        let nngp = product * before.angle.nngp() + b;
        let ntk = nngp + before.ntk * w * before.angle.slope();
        Layer { x_norm, y_norm, angle: HalfAngle::from_gap(gap), ntk }
    }
}

impl<T: Scalar> Kernel<T> for DeepRelu<T> {
    #[inline]
    fn prepare<'x>(&self, x: &'x [T]) -> Point<'x, T> {
        Point::new(x, (self.weight_variance * dot(x, x) + self.bias_variance).sqrt())
    }

    fn between(&self, x: &Point<'_, T>, y: &Point<'_, T>) -> T {
        let angle = HalfAngle::between(x, y, self.weight_variance, self.bias_variance);
        let ntk = x.norm * y.norm * angle.cosine();
        let mut layer = Layer { x_norm: x.norm, y_norm: y.norm, angle, ntk };
        for _ in 1..self.depth {
            layer = self.layer(&layer);
        }
        let scale = self.weight_variance * (layer.x_norm * layer.y_norm);
        match self.kind {
            Kind::Nngp => scale * layer.angle.nngp() + self.bias_variance,
            Kind::Ntk if self.depth == 1 => scale * layer.angle.ntk() + self.bias_variance,
            Kind::Ntk => self.layer(&layer).ntk,
        }
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
