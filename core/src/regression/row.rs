//! One number or an array of numbers: the type of inputs and outputs.

use core::fmt::Debug;

use crate::Scalar;

/// A number `T`, or an array `[T; C]` of numbers. A model of one output predicts a `T`, a model of C outputs
/// a `[T; C]`. The trait is sealed.
pub trait Row: Copy + Debug + PartialEq + sealed::Sealed {
    /// T.
    type Scalar: Scalar;
    /// How many numbers.
    #[doc(hidden)]
    const LEN: usize;
    /// All of them 0.
    #[doc(hidden)]
    const ZEROS: Self;
    /// All of them 1.
    #[doc(hidden)]
    const ONES: Self;

    /// One row of N numbers for each.
    #[doc(hidden)]
    type Columns<const N: usize>: Columns<Self::Scalar>;

    /// Returns the numbers.
    #[must_use]
    #[doc(hidden)]
    fn as_slice(&self) -> &[Self::Scalar];
    /// Returns the numbers, to write.
    #[doc(hidden)]
    fn as_mut_slice(&mut self) -> &mut [Self::Scalar];
}

/// Memory for C rows of N numbers. Sealed.
pub trait Columns<T>: Clone + Debug + sealed::Sealed {
    /// All 0.
    const ZERO: Self;

    /// Returns the numbers, row after row.
    #[must_use]
    fn as_slice(&self) -> &[T];
    /// Returns the numbers, to write.
    fn as_mut_slice(&mut self) -> &mut [T];
}

impl<T: Scalar> Row for T {
    type Scalar = T;
    const LEN: usize = 1;
    const ZEROS: Self = T::ZERO;
    const ONES: Self = T::ONE;
    type Columns<const N: usize> = [T; N];

    #[inline(always)]
    fn as_slice(&self) -> &[T] {
        core::slice::from_ref(self)
    }
    #[inline(always)]
    fn as_mut_slice(&mut self) -> &mut [T] {
        core::slice::from_mut(self)
    }
}

impl<T: Scalar, const C: usize> Row for [T; C] {
    type Scalar = T;
    const LEN: usize = C;
    const ZEROS: Self = [T::ZERO; C];
    const ONES: Self = [T::ONE; C];
    type Columns<const N: usize> = [[T; N]; C];

    #[inline(always)]
    fn as_slice(&self) -> &[T] {
        self
    }
    #[inline(always)]
    fn as_mut_slice(&mut self) -> &mut [T] {
        self
    }
}

impl<T: Scalar, const N: usize> Columns<T> for [T; N] {
    const ZERO: Self = [T::ZERO; N];

    #[inline(always)]
    fn as_slice(&self) -> &[T] {
        self
    }
    #[inline(always)]
    fn as_mut_slice(&mut self) -> &mut [T] {
        self
    }
}

impl<T: Scalar, const N: usize, const C: usize> Columns<T> for [[T; N]; C] {
    const ZERO: Self = [[T::ZERO; N]; C];

    #[inline(always)]
    fn as_slice(&self) -> &[T] {
        self.as_flattened()
    }
    #[inline(always)]
    fn as_mut_slice(&mut self) -> &mut [T] {
        self.as_flattened_mut()
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T: crate::Scalar> Sealed for T {}
    impl<T: crate::Scalar, const N: usize> Sealed for [T; N] {}
    impl<T: crate::Scalar, const N: usize, const C: usize> Sealed for [[T; N]; C] {}
}
