//! The noise of single samples beside the ridge: none ([`Common`]), which takes neither memory nor time, or a
//! standard deviation for each sample ([`PerSample`]).
//!
//! Deviations are in units of y and K is in units of the kernel, so a deviation is divided by the unit a: the
//! matrix that is factored is K + ridge I + diag(noise_i^2 / a^2), and its diagonal element K_ii + noise_i^2
//! / a^2 stands in the place of K_ii. `regression/unit.rs` says what a is.

use core::cell::Cell;
use core::fmt::Debug;

use crate::Scalar;

/// Which noise the samples of a model have beside the ridge: [`Common`] or [`PerSample`]. Sealed.
pub trait Noise: Copy + Debug + Default + sealed::Sealed + 'static {
    /// Whether samples have noise of their own.
    #[doc(hidden)]
    const OWN: bool;
    /// Memory for N samples.
    #[doc(hidden)]
    type Numbers<T: Scalar, const N: usize>: Numbers<T>;
    /// That memory, borrowed by a change.
    #[doc(hidden)]
    type Lent<'m, T: Scalar>: Lent<T>;
    /// The deviations of the samples of a fit.
    #[doc(hidden)]
    type Given<'d, T: Scalar>: Copy + Debug;
    /// The deviation of one sample.
    #[doc(hidden)]
    type One<T: Scalar>: Copy + Debug;

    #[doc(hidden)]
    fn lend<T: Scalar, const N: usize>(numbers: &mut Self::Numbers<T, N>) -> Self::Lent<'_, T>;
    /// Borrows a block of [`block_len`] numbers like `lend`.
    #[doc(hidden)]
    fn lend_block<T: Scalar>(block: &mut [T]) -> Self::Lent<'_, T>;
    #[doc(hidden)]
    fn lend_on<'s, 'm: 's, T: Scalar>(lent: Self::Lent<'m, T>) -> Self::Lent<'s, T>;
    /// Returns the deviations of samples without noise.
    #[doc(hidden)]
    fn nothing<T: Scalar>() -> Self::Given<'static, T>;
    /// Returns the deviation of sample i, or 0 if none was given.
    #[doc(hidden)]
    fn at<T: Scalar>(given: Self::Given<'_, T>, i: usize) -> T;
    /// Writes the given deviations divided by `scale` to memory for N; the others are 0.
    #[doc(hidden)]
    fn scaled<T: Scalar, const N: usize>(given: Self::Given<'_, T>, scale: T, into: &mut Self::Numbers<T, N>);
    #[doc(hidden)]
    fn given<T: Scalar, const N: usize>(numbers: &Self::Numbers<T, N>, n: usize) -> Self::Given<'_, T>;
    /// Returns a deviation of 0.
    #[doc(hidden)]
    fn zero<T: Scalar>() -> Self::One<T>;
    #[doc(hidden)]
    fn number<T: Scalar>(one: Self::One<T>) -> T;
}

/// The numbers of the samples' own noise.
pub trait Numbers<T>: Clone + Debug {
    const ZERO: Self;
    /// Returns N deviations, or none.
    fn deviations(&self) -> &[T];
    /// Returns the number that the deviations are divided by.
    fn unit(&self) -> T;
}

/// Write access to the numbers of the samples' own noise.
pub trait Lent<T: Scalar>: Copy + Debug {
    /// The same as [`Noise::OWN`].
    const OWN: bool;
    fn deviation(self, i: usize) -> T;
    fn set(self, i: usize, deviation: T);
    fn unit(self) -> T;
    fn set_unit(self, unit: T);
    /// Removes the deviation of sample i of n; later ones move up.
    fn leave(self, i: usize, n: usize);
    /// Returns whether one of the first n samples has noise.
    fn any(self, n: usize) -> bool;
}

/// Returns the variance of a deviation, in units of the kernel.
#[inline(always)]
pub(in crate::regression) fn in_units<T: Scalar>(deviation: T, unit: T) -> T {
    let ratio = deviation / unit;
    ratio * ratio
}

/// Returns how many numbers of a block hold the noise of n samples.
pub(super) const fn block_len<V: Noise>(n: usize) -> usize {
    if V::OWN { n.saturating_add(1) } else { 0 }
}

/// All samples have the same noise, the ridge. This takes neither memory nor time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Common;

impl Noise for Common {
    const OWN: bool = false;
    type Numbers<T: Scalar, const N: usize> = ();
    type Lent<'m, T: Scalar> = ();
    type Given<'d, T: Scalar> = ();
    type One<T: Scalar> = ();

    #[inline(always)]
    fn lend<T: Scalar, const N: usize>((): &mut ()) {}
    #[inline(always)]
    fn lend_block<T: Scalar>(_: &mut [T]) {}
    #[inline(always)]
    fn lend_on<'s, 'm: 's, T: Scalar>((): ()) {}
    #[inline(always)]
    fn nothing<T: Scalar>() {}
    #[inline(always)]
    fn at<T: Scalar>((): (), _: usize) -> T {
        T::ZERO
    }
    #[inline(always)]
    fn scaled<T: Scalar, const N: usize>((): (), _: T, (): &mut ()) {}
    #[inline(always)]
    fn given<T: Scalar, const N: usize>((): &(), _: usize) {}
    #[inline(always)]
    fn zero<T: Scalar>() {}
    #[inline(always)]
    fn number<T: Scalar>((): ()) -> T {
        T::ZERO
    }
}

impl<T: Scalar> Numbers<T> for () {
    const ZERO: Self = ();
    #[inline(always)]
    fn deviations(&self) -> &[T] {
        &[]
    }
    #[inline(always)]
    fn unit(&self) -> T {
        T::ONE
    }
}

impl<T: Scalar> Lent<T> for () {
    const OWN: bool = false;
    #[inline(always)]
    fn deviation(self, _: usize) -> T {
        T::ZERO
    }
    #[inline(always)]
    fn set(self, _: usize, _: T) {}
    #[inline(always)]
    fn unit(self) -> T {
        T::ONE
    }
    #[inline(always)]
    fn set_unit(self, _: T) {}
    #[inline(always)]
    fn leave(self, _: usize, _: usize) {}
    #[inline(always)]
    fn any(self, _: usize) -> bool {
        false
    }
}

/// Each sample has noise of its own beside the ridge. For example, some reference values are more precise
/// than others, or labels are means of different numbers of readings.
///
/// **Definition.** noise_i is the standard deviation of the own noise of sample i, in units of y, for any
/// amplitude s. The labels have covariance s^2 (K + ridge I) + diag(noise_i^2), where s^2 ridge is the
/// variance of the noise that all samples share. A search chooses the ridge; with 0 there is no shared noise.
/// With an amplitude of 1 and a ridge of 0, noise_i^2 is the `alpha` of scikit-learn's
/// `GaussianProcessRegressor`.
///
/// **Amplitude.** One factorisation, of K + ridge I + diag(noise_i^2 / a^2), serves all outputs. If the
/// amplitude s is given, a = s. Otherwise a^2 is the mean over the outputs of s^2 = y^T (K + ridge I +
/// diag(noise_i^2 / a^2))^-1 y / n, so that y^T C^-1 y = n for the covariance C of the labels of one output.
/// With one output a = s. With several, the noise of an output is s / a times noise_i, because all outputs
/// share the factorisation, so the labels of all outputs should have one unit and one size.
///
/// a is the positive root of an equation with at most one such root. Newton's method finds it in about five
/// factorisations instead of the one of a fit. There is no root if the noise alone explains the size of the
/// labels, sum of (y_i / noise_i)^2 <= n. Then a fit is refused, and the amplitude must be given.
///
/// [`crate::Regression::push_with_noise`] and other changes of single samples keep a;
/// [`crate::Regression::refresh`] computes it again.
///
/// The memory is N + 1 numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerSample;

/// Memory for the noise of N samples.
#[derive(Clone, Debug)]
pub struct OwnNumbers<T, const N: usize> {
    deviations: [T; N],
    unit: T,
}

/// [`OwnNumbers`], borrowed. It consists of cells, so that it can be reborrowed together with the other
/// memory.
#[derive(Clone, Copy, Debug)]
pub struct OwnLent<'m, T: Copy> {
    deviations: &'m [Cell<T>],
    unit: Option<&'m Cell<T>>,
}

impl Noise for PerSample {
    const OWN: bool = true;
    type Numbers<T: Scalar, const N: usize> = OwnNumbers<T, N>;
    type Lent<'m, T: Scalar> = OwnLent<'m, T>;
    type Given<'d, T: Scalar> = &'d [T];
    type One<T: Scalar> = T;

    fn lend<T: Scalar, const N: usize>(numbers: &mut OwnNumbers<T, N>) -> OwnLent<'_, T> {
        let deviations = Cell::from_mut(numbers.deviations.as_mut_slice()).as_slice_of_cells();
        OwnLent { deviations, unit: Some(Cell::from_mut(&mut numbers.unit)) }
    }
    fn lend_block<T: Scalar>(block: &mut [T]) -> OwnLent<'_, T> {
        match Cell::from_mut(block).as_slice_of_cells() {
            [deviations @ .., unit] => OwnLent { deviations, unit: Some(unit) },
            [] => OwnLent { deviations: &[], unit: None },
        }
    }
    fn lend_on<'s, 'm: 's, T: Scalar>(lent: OwnLent<'m, T>) -> OwnLent<'s, T> {
        lent
    }
    fn nothing<T: Scalar>() -> &'static [T] {
        &[]
    }
    fn at<T: Scalar>(given: &[T], i: usize) -> T {
        given.get(i).copied().unwrap_or(T::ZERO)
    }
    fn scaled<T: Scalar, const N: usize>(given: &[T], scale: T, into: &mut OwnNumbers<T, N>) {
        for (i, place) in into.deviations.iter_mut().enumerate() {
            *place = Self::at(given, i) / scale;
        }
    }
    fn given<T: Scalar, const N: usize>(numbers: &OwnNumbers<T, N>, n: usize) -> &[T] {
        crate::slices::first(&numbers.deviations, n)
    }
    fn zero<T: Scalar>() -> T {
        T::ZERO
    }
    fn number<T: Scalar>(one: T) -> T {
        one
    }
}

impl<T: Scalar, const N: usize> Numbers<T> for OwnNumbers<T, N> {
    const ZERO: Self = Self { deviations: [T::ZERO; N], unit: T::ONE };
    fn deviations(&self) -> &[T] {
        &self.deviations
    }
    fn unit(&self) -> T {
        self.unit
    }
}

impl<T: Scalar> Lent<T> for OwnLent<'_, T> {
    const OWN: bool = true;
    fn deviation(self, i: usize) -> T {
        self.deviations.get(i).map_or(T::ZERO, Cell::get)
    }
    fn set(self, i: usize, deviation: T) {
        if let Some(place) = self.deviations.get(i) {
            place.set(deviation);
        }
    }
    fn unit(self) -> T {
        self.unit.map_or(T::ONE, Cell::get)
    }
    fn set_unit(self, unit: T) {
        if let Some(place) = self.unit {
            place.set(unit);
        }
    }
    fn leave(self, i: usize, n: usize) {
        for j in i..n {
            self.set(j, self.deviation(j.saturating_add(1)));
        }
    }
    fn any(self, n: usize) -> bool {
        self.deviations.iter().take(n).any(|deviation| deviation.get() > T::ZERO)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Common {}
    impl Sealed for super::PerSample {}
}
