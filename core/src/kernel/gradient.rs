//! Gradients of kernels in their first input, for the slope of a learned function.
//!
//! The derivatives go from layer to layer beside the values.
//!
//! Any change of x is a combination of two: x is stretched, which keeps the angle in the first layer, or
//! turned, which changes E[u v] only. With p and r the lengths sqrt(w |x|^2 + b) and sqrt(w |y|^2 + b), U = x
//! / p and V = y / r, t the angle of the first layer, and K' the derivatives in ln p and in E[u v],
//!
//! ```text
//! dK/dx = w (K'_ln p U / p + K'_uv r (V - cos t U)).
//! ```
//!
//! If x and y are nearly parallel, V - cos t U is small, and if phi has a kink, K'_uv is large. Their product
//! is as uncertain as the direction in which x and y differ, and no more.

use super::architecture::Layers;
use super::recursion::Recursion;
use super::{Kernel, Nngp, Ntk, Prepared};
use crate::Scalar;
use crate::activation::{DualGradient, GaussianPair};

/// A kernel that knows its gradient in one input: [`Ntk`] and [`Nngp`] of any [`DualGradient`].
pub trait KernelGradient<T: Scalar>: Kernel<T> {
    /// Adds weight dK(x, y)/dx, d numbers, to `gradient`. Where K has a kink, this is the mean of the
    /// gradients on both sides.
    fn add_gradient(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>, weight: T, gradient: &mut [T]);
}

/// The derivatives of the numbers that go from layer to layer, for one change of x.
#[derive(Clone, Copy)]
struct Along<T> {
    /// Of ln sqrt E[u^2].
    length: T,
    /// Of E[u v], beyond the part that is due to the length.
    turn: T,
    /// Of the NNGP and the NTK so far.
    nngp: T,
    ntk: T,
}

impl<A: DualGradient<T>, T: Scalar> Recursion<A, T> {
    /// Returns the derivatives of the NTK if `of_ntk`, otherwise of the NNGP: in ln sqrt E[u^2] at the same
    /// angle, and in E[u v] at the same lengths, with the u and v of the first layer. `after` returns the
    /// recursion after a layer, or `None` if it is this one.
    fn derivatives(
        &self,
        mut pair: GaussianPair<T>,
        of_ntk: bool,
        after: impl Fn(u16) -> Option<Self>,
    ) -> [T; 2] {
        let (phi, [w, b]) = (self.activation, self.variances());
        let mut ntk = pair.covariance();
        let mut stretched = Along { length: T::ONE, turn: T::ZERO, nngp: ntk, ntk };
        let mut turned = Along { length: T::ZERO, turn: T::ONE, nngp: T::ONE, ntk: T::ONE };
        for layer in 1..=self.architecture.depth {
            let other = after(layer);
            let (at, [w, b]) = other.as_ref().map_or((self, [w, b]), |other| (other, other.variances()));
            let (nngp, slope) = (at.nngp(&pair), w * phi.derivative_dual(&pair));
            let dual_by_length = w * phi.dual_by_length(&pair);
            let [derivative_dual_by_length, curvature] = if of_ntk {
                [w * phi.derivative_dual_by_length(&pair), w * phi.second_derivative_dual(&pair)]
            } else {
                [T::ZERO; 2]
            };
            let own = GaussianPair::equal(pair.x);
            let variance = at.nngp(&own);
            // The derivative of ln sqrt(variance). A length of 0 has no logarithm and no direction.
            let growth = if variance > T::ZERO { w * phi.dual_by_length(&own) / variance } else { T::ONE };
            for along in [&mut stretched, &mut turned] {
                let value = dual_by_length * along.length + slope * along.turn;
                let by_slope = derivative_dual_by_length * along.length + curvature * along.turn;
                let length = growth * along.length;
                *along = Along {
                    length,
                    turn: value - nngp * length,
                    nngp: value,
                    ntk: value + (along.ntk * slope + ntk * by_slope),
                };
            }
            ntk = nngp + ntk * slope;
            if layer < self.architecture.depth {
                pair =
                    GaussianPair::next_layer(phi.length(pair.x), phi.length(pair.y), phi.angle(&pair), w, b);
            }
        }
        [stretched, turned].map(|along| if of_ntk { along.ntk } else { along.nngp })
    }

    /// Adds weight dK(x, y)/dx to `gradient`.
    fn add_gradient(
        &self,
        of_ntk: bool,
        x: &Prepared<'_, T>,
        y: &Prepared<'_, T>,
        weight: T,
        gradient: &mut [T],
        after: impl Fn(u16) -> Option<Self>,
    ) {
        let [w, _] = self.variances();
        let pair = self.first(x, y);
        let [by_length, by_covariance] = self.derivatives(pair, of_ntk, after).map(|k| weight * w * k);
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

/// Cost: seven duals a layer, and what it takes to reach the next one; that of two to four kernel values.
/// Error of a smooth NTK: at most 14 roundings of sqrt(w K(x, x) K(y, y)) / p; of an NTK with a kink 2 of
/// them over sin t, as its direction there depends on the inputs' last digits
/// (`host/tests/reference/tolerances.rs`).
impl<A: DualGradient<T>, L: Layers<T>, T: Scalar> KernelGradient<T> for Ntk<A, L> {
    fn add_gradient(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>, weight: T, gradient: &mut [T]) {
        if L::VARY {
            let after = |layer| Some(self.recursion().after(self.layers(), layer));
            return self.recursion().add_gradient(true, x, y, weight, gradient, after);
        }
        self.recursion().add_gradient(true, x, y, weight, gradient, |_| None);
    }
}

/// Cost and error as for the NTK of a smooth activation.
impl<A: DualGradient<T>, L: Layers<T>, T: Scalar> KernelGradient<T> for Nngp<A, L> {
    fn add_gradient(&self, x: &Prepared<'_, T>, y: &Prepared<'_, T>, weight: T, gradient: &mut [T]) {
        if L::VARY {
            let after = |layer| Some(self.recursion().after(self.layers(), layer));
            return self.recursion().add_gradient(false, x, y, weight, gradient, after);
        }
        self.recursion().add_gradient(false, x, y, weight, gradient, |_| None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Relu;

    fn against_differences<K: KernelGradient<f64>>(kernel: &K) {
        let points =
            [[0.3, -1.2, 0.5], [1.0, 0.4, -0.2], [-0.3, 1.1, -0.5], [0.31, -1.19, 0.5], [1e-3, 0.0, 0.0]];
        for x in points {
            for y in points.into_iter().filter(|y| *y != x) {
                let mut gradient = [1.0; 3];
                kernel.add_gradient(&kernel.prepare(&x), &kernel.prepare(&y), 2.0, &mut gradient);
                for i in 0..3 {
                    let moved = |step: f64| {
                        let mut x = x;
                        x[i] += step;
                        kernel.value(&x, &y)
                    };
                    let h = 1e-6 * kernel.prepare(&x).norm;
                    let expected = (moved(h) - moved(-h)) / (2.0 * h);
                    let got = (gradient[i] - 1.0) / 2.0;
                    assert!((got - expected).abs() < 2e-8, "{x:?} {y:?} {i}: {got} {expected}");
                }
            }
        }
    }

    #[test]
    fn gradients_are_central_differences() {
        against_differences(&Nngp::new(Relu));
        against_differences(&Ntk::new(Relu));
    }

    #[test]
    fn at_a_kink_both_sides_count_the_same() {
        let (kernel, x) = (Ntk::new(Relu), [0.6f64, 0.8]);
        let (mut ntk, mut sides) = ([0.0; 2], [0.0; 2]);
        kernel.add_gradient(&Ntk::new(Relu).prepare(&x), &Ntk::new(Relu).prepare(&x), 1.0, &mut ntk);
        for turn in [1e-7, -1e-7] {
            let turned = [0.6 - 0.8 * turn, 0.8 + 0.6 * turn];
            kernel.add_gradient(
                &Ntk::new(Relu).prepare(&turned),
                &Ntk::new(Relu).prepare(&x),
                0.5,
                &mut sides,
            );
        }
        assert!(ntk.iter().zip(&sides).all(|(a, b)| (a - b).abs() < 1e-6), "{ntk:?} {sides:?}");
        let mut zero = [0.0; 2];
        kernel.add_gradient(
            &Ntk::new(Relu).prepare(&[0.0, 0.0]),
            &Ntk::new(Relu).prepare(&x),
            1.0,
            &mut zero,
        );
        assert!((zero[0] - 0.6).abs() < 1e-15 && (zero[1] - 0.8).abs() < 1e-15, "{zero:?}");
    }
}
