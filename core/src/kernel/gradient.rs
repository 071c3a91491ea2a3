//! Gradients of kernels in their first input, for the slope of a learned function.

use super::arc_cosine::wedge;
use super::{Kernel, Point, ReluNngp, ReluNtk};
use crate::Scalar;
use crate::activation::Pair;

/// A kernel that knows its gradient in one input: [`ReluNngp`], [`ReluNtk`], and [`super::Deep`] with any
/// [`crate::DualGradient`].
pub trait KernelGradient<T: Scalar>: Kernel<T> {
    /// gradient <- gradient + weight dK(x, y)/dx, d numbers. Where K has a kink, the mean of the slopes on both sides.
    fn add_gradient(&self, x: &Point<'_, T>, y: &Point<'_, T>, weight: T, gradient: &mut [T]);
}

/// With u and v the directions of x and y and t their angle, dK/dx = |y| (sin t u + (pi - t) v) / pi.
impl<T: Scalar> KernelGradient<T> for ReluNngp {
    #[inline]
    fn add_gradient(&self, x: &Point<'_, T>, y: &Point<'_, T>, weight: T, gradient: &mut [T]) {
        let pair = Pair::of_inputs(x, y, T::ONE, T::ZERO);
        let along_x = weight * y.norm * sine_over_pi(&pair);
        let along_y = weight * y.norm * wedge(&pair);
        let (x_inverse, y_inverse) = (reciprocal(x.norm), reciprocal(y.norm));
        for ((g, &x_i), &y_i) in gradient.iter_mut().zip(x.x).zip(y.x) {
            *g += along_x * (x_i * x_inverse) + along_y * (y_i * y_inverse);
        }
    }
}

/// dK/dx = |y| (sin t u + 2 (pi - t) v + cos t (v - cos t u) / sin t) / pi.
///
/// The last term is a unit vector times cos t, and jumps where x and y are parallel: there the NTK has a kink.
impl<T: Scalar> KernelGradient<T> for ReluNtk {
    #[inline]
    fn add_gradient(&self, x: &Point<'_, T>, y: &Point<'_, T>, weight: T, gradient: &mut [T]) {
        let pair = Pair::of_inputs(x, y, T::ONE, T::ZERO);
        let (sine, scale) = (sine_over_pi(&pair), weight * y.norm);
        let toward = if pair.angle.obtuse { -T::ONE } else { T::ONE };
        let cosine = toward * (T::ONE - T::TWO * pair.angle.square);
        // cos t / (pi sin t) = cos t / (pi^2 sine)
        let pi_squared = T::from_f64(core::f64::consts::PI * core::f64::consts::PI);
        let kink = if sine > T::ZERO { scale * cosine / (pi_squared * sine) } else { T::ZERO };
        let along_x = scale * sine;
        let along_y = T::TWO * scale * wedge(&pair);
        let gap = T::TWO * pair.angle.square * toward; // v - cos t u = (v -+ u) +- 2 q^2 u, without cancellation
        let (x_inverse, y_inverse) = (reciprocal(x.norm), reciprocal(y.norm));
        for ((g, &x_i), &y_i) in gradient.iter_mut().zip(x.x).zip(y.x) {
            let (u, v) = (x_i * x_inverse, y_i * y_inverse);
            *g += along_x * u + along_y * v + kink * ((v - toward * u) + gap * u);
        }
    }
}

/// sin t / pi = 2 q sqrt(1 - q^2) / pi.
#[inline(always)]
fn sine_over_pi<T: Scalar>(pair: &Pair<T>) -> T {
    T::from_f64(2.0 * core::f64::consts::FRAC_1_PI) * pair.sine * (T::ONE - pair.angle.square).sqrt()
}

/// 1 / length; 0 for the zero vector.
#[inline(always)]
fn reciprocal<T: Scalar>(length: T) -> T {
    if length > T::ZERO { T::ONE / length } else { T::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        against_differences(&ReluNngp);
        against_differences(&ReluNtk);
    }

    #[test]
    fn at_a_kink_both_sides_count_the_same() {
        let x = [0.6f64, 0.8];
        let (mut ntk, mut sides) = ([0.0; 2], [0.0; 2]);
        ReluNtk.add_gradient(&ReluNtk.prepare(&x), &ReluNtk.prepare(&x), 1.0, &mut ntk);
        for turn in [1e-7, -1e-7] {
            let turned = [0.6 - 0.8 * turn, 0.8 + 0.6 * turn];
            ReluNtk.add_gradient(&ReluNtk.prepare(&turned), &ReluNtk.prepare(&x), 0.5, &mut sides);
        }
        assert!(ntk.iter().zip(&sides).all(|(a, b)| (a - b).abs() < 1e-6), "{ntk:?} {sides:?}");
        let mut zero = [0.0; 2];
        ReluNtk.add_gradient(&ReluNtk.prepare(&[0.0, 0.0]), &ReluNtk.prepare(&x), 1.0, &mut zero);
        assert!((zero[0] - 0.6).abs() < 1e-15 && (zero[1] - 0.8).abs() < 1e-15, "{zero:?}");
    }
}
