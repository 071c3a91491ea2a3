//! Storages for the numbers of a model: arrays ([`Fixed`]), a borrowed slice ([`Flat`]), or the bytes of a
//! file ([`super::bytes::Flash`]).
//!
//! Algorithms work on slices, which a storage provides. Algorithms that change a model take [`Memory`] and
//! [`Scratch`]; those that only read it take a [`View`].

use core::fmt::Debug;

use super::row::Row;
use crate::cholesky::Factor;
use crate::{Kernel, Prepared, Scalar};

mod fixed;
mod flat;
mod memory;
mod noise;

pub use fixed::Fixed;
pub use flat::Flat;
pub(super) use memory::Slices;
pub(crate) use memory::{Memory, Scratch, kernel_row};
pub(crate) use noise::Numbers;
pub use noise::{Common, Noise, PerSample};
pub(super) use noise::{Lent, in_units};

/// A storage for the numbers of a model. The trait is sealed; it is implemented by [`Fixed`], [`Flat`] and
/// [`super::bytes::Flash`].
pub trait Storage: Debug + sealed::Sealed {
    /// The type of the numbers.
    type Scalar: Scalar;
    /// Whether samples have noise of their own: [`Common`] or [`PerSample`].
    type Noise: Noise;

    /// Read access.
    #[doc(hidden)]
    type View<'a>: View<Self::Scalar>
    where
        Self: 'a;

    /// Returns read access to the first n samples.
    #[doc(hidden)]
    fn view(&self, n: usize) -> Self::View<'_>;

    /// Returns the standard deviation of sample i's own noise; none if there is no room for such a sample.
    #[doc(hidden)]
    fn deviation(&self, i: usize) -> Option<Self::Scalar>;

    /// Returns the number that these deviations are divided by.
    #[doc(hidden)]
    fn unit(&self) -> Self::Scalar;
}

/// A storage whose shape is known at compile time, so predictions need no buffers. The trait is sealed; it is
/// implemented by [`Fixed`] and [`super::bytes::Flash`].
pub trait ArrayStorage: Storage {
    /// An input, `[T; D]`.
    type Input: Row<Scalar = Self::Scalar>;
    /// What is predicted: `T` for one output, `[T; C]` for C of them.
    type Output: Row<Scalar = Self::Scalar>;
    /// A number for each sample that there is room for, `[T; N]`.
    #[doc(hidden)]
    type Work: Columns<Self::Scalar> + AsRef<[Self::Scalar]>;
}

pub(super) use super::row::Columns;

/// A storage in which a model can learn. The trait is sealed; it is implemented by [`Fixed`] and [`Flat`].
pub trait StorageMut: Storage {
    /// An input of one sample: `[T; D]` or, where D is known at run time only, `[T]`.
    type Sample: ?Sized + AsRef<[Self::Scalar]>;
    /// The labels of one sample: `T` or `[T; C]`, and `&[T]` where C is known at run time only.
    type Label<'y>: AsLabels<Self::Scalar>;

    /// Returns [inputs, room for samples, outputs].
    #[doc(hidden)]
    fn shape(&self) -> [usize; 3];

    #[doc(hidden)]
    fn memory(&mut self) -> Memory<'_, Self::Scalar, Self::Noise>;

    /// Returns all numbers of the first n samples.
    #[doc(hidden)]
    fn slices(&self, n: usize) -> Slices<'_, Self::Scalar>;

    /// Returns the first n samples, row after row.
    #[doc(hidden)]
    fn samples(&self, n: usize) -> &[Self::Scalar];

    /// Returns the deviations of the first n samples' own noise, and the number that they are divided by.
    #[doc(hidden)]
    fn noise(&self, n: usize) -> (&[Self::Scalar], Self::Scalar);

    /// Returns the factorisation of the first n samples.
    #[doc(hidden)]
    fn factor(&self, n: usize) -> Factor<'_, Self::Scalar>;

    /// Calls `change` with the memory and a buffer of as many numbers as there is room for samples.
    #[doc(hidden)]
    fn with_work<R>(
        &mut self,
        change: impl FnOnce(Memory<'_, Self::Scalar, Self::Noise>, &mut [Self::Scalar]) -> R,
    ) -> R;

    /// Calls `change` with the memory and the buffers of a change.
    #[doc(hidden)]
    fn with_scratch<R>(
        &mut self,
        change: impl FnOnce(Memory<'_, Self::Scalar, Self::Noise>, Scratch<'_, Self::Scalar>) -> R,
    ) -> R;
}

/// The labels of one sample. Sealed.
pub trait AsLabels<T> {
    /// Returns one number for each output.
    fn labels(&self) -> &[T];
}

/// Read access to a fitted model of n samples. In a private module.
pub trait View<T: Scalar>: Copy {
    /// Returns [d, n, c].
    fn shape(&self) -> [usize; 3];
    /// Returns whether there are labels and a factor; otherwise only means can be computed.
    fn has_factor(&self) -> bool {
        true
    }
    /// Writes K(x, x_i) for each sample. The caller must check that the values are finite.
    fn kernel_row<K: Kernel<T>>(&self, kernel: &K, x: &Prepared<'_, T>, k: &mut [T]);
    /// Works like [`Self::kernel_row`], but is inlined into the caller.
    fn kernel_row_inline<K: Kernel<T>>(&self, kernel: &K, x: &Prepared<'_, T>, k: &mut [T]);
    /// Calls `f` with each sample in turn and its coefficient for this output.
    fn each_sample(&self, output: usize, f: impl FnMut(&Prepared<'_, T>, T));
    /// Returns the sum of k_i a_i, where a are the coefficients of an output.
    fn dot_coefficients(&self, output: usize, k: &[T]) -> T;
    /// Returns label and coefficient of a sample, if they exist.
    fn label_and_coefficient(&self, output: usize, i: usize) -> Option<(T, T)>;
    /// Returns the amplitude of an output.
    fn amplitude_of(&self, output: usize) -> T;
    /// Returns K(x_i, x_i), if there is such a sample.
    fn own_kernel<K: Kernel<T>>(&self, kernel: &K, i: usize) -> Option<T>;
    /// Returns 1 / R_ii, if there is such a row.
    fn reciprocal(&self, i: usize) -> Option<T>;
    /// Replaces b, n numbers, by R^-T b.
    fn forward(&self, b: &mut [T]);
    /// Replaces b, n numbers, by R^-1 b.
    fn backward(&self, b: &mut [T]);
    /// Writes R^-T e_i to b, n numbers. The entries before i are 0 and are not written.
    fn forward_unit_from(&self, i: usize, b: &mut [T]);
}

pub(super) mod sealed {
    pub trait Sealed {}
    impl<T: crate::Scalar, const D: usize, const N: usize, Y: super::Row<Scalar = T>, V: super::Noise> Sealed
        for super::Fixed<T, D, N, Y, V>
    {
    }
    impl<T, B, V> Sealed for super::Flat<T, B, V> {}
}

impl<T: Scalar, Y: Row<Scalar = T>> AsLabels<T> for Y {
    #[inline(always)]
    fn labels(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: Scalar> AsLabels<T> for &[T] {
    #[inline(always)]
    fn labels(&self) -> &[T] {
        self
    }
}
