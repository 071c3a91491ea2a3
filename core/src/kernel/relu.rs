//! NNGP and NTK of the infinitely wide ReLU network with one hidden layer (Example 2, on and off the sphere).

use super::{Kernel, Point};
use crate::Scalar;
use crate::activation::{Dual, Pair, Relu, SlopeDual};

/// The Neural Tangent Kernel of Example 2: K(x, y) = |x||y| (sin t + 2 (pi - t) cos t) / pi, t the angle of x and y.
///
/// On the unit sphere, with xi = cos t, this is Theorem 1: dual(xi) + xi dual'(xi). Off the sphere the lengths come in as
/// factors, since phi(z) = sqrt 2 max(0, z) is homogeneous. On the diagonal K(x, x) = 2 |x|^2; with the zero vector K = 0.
///
/// Units: squared units of x. Cost: d times two to six operations, one to three divisions, one square root, a polynomial of
/// degree 7 in `f32` and 18 in `f64`; 128 instructions on a Cortex-M4F for d = 2 in `f32`. At obtuse angles and near 90
/// degrees, where its terms cancel, three to four times that. Error: at most 4 roundings of |x||y| at any angle, see the table in `host/tests/reference/tolerances.rs`.
///
/// ```
/// use ntk_core::{Kernel, ReluNtk};
/// assert_eq!(ReluNtk.value(&[3.0, 4.0], &[3.0, 4.0]), 50.0);
/// assert!((ReluNtk.value(&[1.0, 0.0], &[0.0, 1.0]) - core::f64::consts::FRAC_1_PI).abs() < 2e-16);
/// assert_eq!(ReluNtk.value(&[1.0f32, 2.0], &[0.0, 0.0]), 0.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReluNtk;

/// The NNGP of Example 2: K(x, y) = |x||y| (sin t + (pi - t) cos t) / pi, t the angle of x and y.
///
/// The kernel of training the last layer only. On the diagonal K(x, x) = |x|^2. Units, cost and error as for [`ReluNtk`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReluNngp;

impl<T: Scalar> Kernel<T> for ReluNtk {
    #[inline(always)]
    fn between(&self, x: &Point<'_, T>, y: &Point<'_, T>) -> T {
        Relu.tangent_dual_of(&Pair::of_inputs(x, y, T::ONE, T::ZERO), x, y, [T::ONE, T::ZERO])
    }

    #[inline(always)]
    fn diagonal(&self, x: &Point<'_, T>) -> T {
        T::TWO * square(x)
    }
}

impl<T: Scalar> Kernel<T> for ReluNngp {
    #[inline(always)]
    fn between(&self, x: &Point<'_, T>, y: &Point<'_, T>) -> T {
        Relu.value_dual(&Pair::of_inputs(x, y, T::ONE, T::ZERO))
    }

    #[inline(always)]
    fn diagonal(&self, x: &Point<'_, T>) -> T {
        square(x)
    }
}

/// |x|^2.
#[inline(always)]
fn square<T: Scalar>(x: &Point<'_, T>) -> T {
    x.norm * x.norm + T::TWO * (x.norm * x.rest)
}
