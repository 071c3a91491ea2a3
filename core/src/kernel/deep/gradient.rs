//! The gradient in x, by derivatives that go from layer to layer beside the values.
//!
//! x is changed in two ways that together are any: stretched, which keeps the angle in the first layer, or turned, which changes
//! E[u v] only. With p and r the lengths sqrt(w |x|^2 + b) and sqrt(w |y|^2 + b), U = x / p and V = y / r, t the angle of the first
//! layer, and K' the derivatives in ln p and in E[u v],
//!
//! ```text
//! dK/dx = w (K'_ln p U / p + K'_uv r (V - cos t U)).
//! ```
//!
//! Where x and y are nearly parallel V - cos t U is short, and if phi has a kink K'_uv is long: their product is as uncertain as the
//! direction in which x and y differ, and no more.

use super::{Deep, Pair, Point};
use crate::Scalar;
use crate::activation::DualGradient;
use crate::kernel::KernelGradient;

/// What a change of x does to what goes from layer to layer.
#[derive(Clone, Copy)]
struct Along<T> {
    /// To ln sqrt E[u^2].
    length: T,
    /// To E[u v], beyond what the length does to it.
    turn: T,
    /// To the NNGP and the NTK so far.
    nngp: T,
    ntk: T,
}

impl<A: DualGradient<T>, T: Scalar> Deep<A, T> {
    /// The derivatives of K in ln sqrt E[u^2] at the same angle, and in E[u v] at the same lengths, u and v of the first layer.
    fn derivatives(&self, mut pair: Pair<T>) -> [T; 2] {
        let (phi, w, b) = (self.activation, self.weight_variance, self.bias_variance);
        let mut ntk = pair.covariance();
        let mut stretched = Along { length: T::ONE, turn: T::ZERO, nngp: ntk, ntk };
        let mut turned = Along { length: T::ZERO, turn: T::ONE, nngp: T::ONE, ntk: T::ONE };
        for layer in 1..=self.depth {
            let (nngp, slope) = (self.nngp_of(&pair), w * phi.slope_dual(&pair));
            let value_by_length = w * phi.value_by_length(&pair);
            let [slope_by_length, curvature] = match self.slopes {
                Some(_) => [w * phi.slope_by_length(&pair), w * phi.curvature_dual(&pair)],
                None => [T::ZERO; 2],
            };
            let own = Pair::twice(pair.x);
            let variance = self.nngp_of(&own);
            // Of ln sqrt(variance); a length of 0 has no logarithm and no direction.
            let growth = if variance > T::ZERO { w * phi.value_by_length(&own) / variance } else { T::ONE };
            for along in [&mut stretched, &mut turned] {
                let value = value_by_length * along.length + slope * along.turn;
                let by_slope = slope_by_length * along.length + curvature * along.turn;
                let length = growth * along.length;
                *along = Along {
                    length,
                    turn: value - nngp * length,
                    nngp: value,
                    ntk: value + (along.ntk * slope + ntk * by_slope),
                };
            }
            ntk = nngp + ntk * slope;
            if layer < self.depth {
                pair = Pair::after(phi.length(pair.x), phi.length(pair.y), phi.angle(&pair), w, b);
            }
        }
        [stretched, turned].map(|along| if self.slopes.is_some() { along.ntk } else { along.nngp })
    }
}

/// Cost: seven duals a layer, and what it takes to reach the next one; that of two to four kernel values. Error of an NNGP and of a smooth
/// NTK: at most 14 roundings of sqrt(w K(x, x) K(y, y)) / p; of an NTK with a kink 2 of them over sin t, as its direction there
/// depends on the inputs' last digits (`host/tests/reference/tolerances.rs`).
impl<A: DualGradient<T>, T: Scalar> KernelGradient<T> for Deep<A, T> {
    fn add_gradient(&self, x: &Point<'_, T>, y: &Point<'_, T>, weight: T, gradient: &mut [T]) {
        let pair = Pair::of_inputs(x, y, self.weight_variance, self.bias_variance);
        let [by_length, by_covariance] = self.derivatives(pair).map(|k| weight * self.weight_variance * k);
        let inverse = |length: T| if length > T::ZERO { T::ONE / length } else { T::ZERO };
        let (x_inverse, y_inverse) = (inverse(x.norm), inverse(y.norm));
        let (along, across) = (by_length * x_inverse, by_covariance * y.norm);
        // V - cos t U = (V -+ U) +- 2 q^2 U, without cancellation.
        let toward = if pair.angle.obtuse { -T::ONE } else { T::ONE };
        let gap = T::TWO * pair.angle.square * toward;
        for ((g, &x_i), &y_i) in gradient.iter_mut().zip(x.x).zip(y.x) {
            let (u, v) = (x_i * x_inverse, y_i * y_inverse);
            *g += along * u + across * ((v - toward * u) + gap * u);
        }
    }
}
