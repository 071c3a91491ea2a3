//! Vectors of `f32` and `f64`, as wide as the machine has them.
//!
//! Code that is generic over [`Vectors`] is compiled once for each kind of machine and selected at run time.
//! No operations are fused and lanes are never combined, so the width of the vectors does not change a bit of
//! the results.

use ntk_core::Scalar;
use pulp::{Simd, WithSimd};

use super::gram::Real;

/// The arithmetic of vectors on a machine S, for either type.
pub trait Vectors<S: Simd>: Scalar {
    /// As many numbers as a register holds.
    type Vector: Copy;
    /// Returns a vector with this number in each lane.
    fn splat(simd: S, value: Self) -> Self::Vector;
    /// Returns a + b.
    fn plus(simd: S, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Returns a - b.
    fn minus(simd: S, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Returns a b.
    fn times(simd: S, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Returns numbers as vectors, without the last ones if they do not fill a vector.
    fn of(values: &[Self]) -> &[Self::Vector];
    /// Returns numbers as mutable vectors; see [`Self::of`].
    fn of_mut(values: &mut [Self]) -> &mut [Self::Vector];
}

/// A computation in vectors of T that runs on any machine.
pub trait Work<T> {
    /// The result of the computation.
    type Output;
    /// Runs the computation.
    fn run<S: Simd>(self, simd: S) -> Self::Output
    where
        T: Vectors<S>;
}

/// [`Work`] as the dispatcher takes it.
#[derive(Debug)]
pub struct InVectors<T, W> {
    work: W,
    numbers: std::marker::PhantomData<T>,
}

/// Runs a computation in the widest vectors of a machine.
#[inline]
pub fn run<T: Real, W: Work<T>>(arch: pulp::Arch, work: W) -> W::Output {
    arch.dispatch(InVectors { work, numbers: std::marker::PhantomData })
}

impl<T: Real, W: Work<T>> WithSimd for InVectors<T, W> {
    type Output = W::Output;
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> W::Output {
        T::in_vectors(simd, self.work)
    }
}

impl<S: Simd> Vectors<S> for f64 {
    type Vector = S::f64s;
    #[inline(always)]
    fn splat(simd: S, value: Self) -> S::f64s {
        simd.splat_f64s(value)
    }
    #[inline(always)]
    fn plus(simd: S, a: S::f64s, b: S::f64s) -> S::f64s {
        simd.add_f64s(a, b)
    }
    #[inline(always)]
    fn minus(simd: S, a: S::f64s, b: S::f64s) -> S::f64s {
        simd.sub_f64s(a, b)
    }
    #[inline(always)]
    fn times(simd: S, a: S::f64s, b: S::f64s) -> S::f64s {
        simd.mul_f64s(a, b)
    }
    #[inline(always)]
    fn of(values: &[Self]) -> &[S::f64s] {
        S::as_simd_f64s(values).0
    }
    #[inline(always)]
    fn of_mut(values: &mut [Self]) -> &mut [S::f64s] {
        S::as_mut_simd_f64s(values).0
    }
}

impl<S: Simd> Vectors<S> for f32 {
    type Vector = S::f32s;
    #[inline(always)]
    fn splat(simd: S, value: Self) -> S::f32s {
        simd.splat_f32s(value)
    }
    #[inline(always)]
    fn plus(simd: S, a: S::f32s, b: S::f32s) -> S::f32s {
        simd.add_f32s(a, b)
    }
    #[inline(always)]
    fn minus(simd: S, a: S::f32s, b: S::f32s) -> S::f32s {
        simd.sub_f32s(a, b)
    }
    #[inline(always)]
    fn times(simd: S, a: S::f32s, b: S::f32s) -> S::f32s {
        simd.mul_f32s(a, b)
    }
    #[inline(always)]
    fn of(values: &[Self]) -> &[S::f32s] {
        S::as_simd_f32s(values).0
    }
    #[inline(always)]
    fn of_mut(values: &mut [Self]) -> &mut [S::f32s] {
        S::as_mut_simd_f32s(values).0
    }
}
