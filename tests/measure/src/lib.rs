//! What the images share: data, a model's place in memory, values that the compiler cannot foresee.

#![no_std]

use core::cell::UnsafeCell;
pub use core::hint::black_box as opaque;

use ntk_core::{Params, Scalar};

/// Samples of most images, as in the lecture's Example 3.
pub const N: usize = 15;

/// The precision that the images run in.
#[cfg(not(feature = "double"))]
pub type Real = f32;
#[cfg(feature = "double")]
pub type Real = f64;

/// Something large in a `static`, where it costs no stack.
pub struct Place<T>(UnsafeCell<T>);

// The images have one thread and no interrupt that knows of a place.
unsafe impl<T> Sync for Place<T> {}

impl<T> Place<T> {
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// What stands there.
    ///
    /// # Safety
    /// One borrow at a time.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn get(&'static self) -> &'static mut T {
        unsafe { &mut *self.0.get() }
    }
}

/// N samples (u, 1) with u even on (-1, 1), and labels that bend.
pub fn samples<T: Scalar, const N: usize>() -> ([[T; 2]; N], [[T; 1]; N]) {
    let u = |i: usize| T::from_usize(2 * i + 1) / T::from_usize(N) - T::ONE;
    (core::array::from_fn(|i| [u(i), T::ONE]), core::array::from_fn(|i| [u(i) * u(i) - u(i)]))
}

/// The same as a sensor has them, in volts and degrees.
pub fn readings<T: Scalar, const N: usize>() -> ([T; N], [T; N]) {
    let (x, y) = samples::<T, N>();
    (x.map(|[u, _]| u + T::TWO), y.map(|[y]| T::from_f64(40.0) * y + T::from_f64(20.0)))
}

/// N samples of two inputs, spread over (-2, 2) squared so that each says something that the others do not.
pub fn heard<T: Scalar, const N: usize>() -> ([[T; 2]; N], [T; N]) {
    let spread = |i: usize, step: usize| T::from_usize((i + 1) * step % 64) / T::from_usize(16) - T::TWO;
    let x: [[T; 2]; N] = core::array::from_fn(|i| [spread(i, 23), spread(i, 37)]);
    (x, x.map(|[u, v]| u * u - v))
}

/// Weights of both signs, exact in every precision.
pub fn weights<T: Scalar, const K: usize>() -> Params<T, 2, K> {
    let weight = |i: usize| T::from_usize((37 * i + 11) % 64) / T::from_usize(16) - T::TWO;
    Params {
        a: [core::array::from_fn(|i| weight(3 * i))],
        b: core::array::from_fn(|d| core::array::from_fn(|i| weight(3 * i + 1 + d))),
    }
}
