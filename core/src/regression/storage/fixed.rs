//! Storage of a model in arrays.

use super::memory::{Memory, Scratch, Slices, slices};
use super::noise::Numbers;
use super::{ArrayStorage, Columns, Common, Noise, Row, Storage, StorageMut};
use crate::Scalar;
use crate::cholesky::Factor;
use crate::slices::first;

/// Storage for N samples of D inputs in arrays. `Y` is `T` for one output and `[T; C]` for C outputs. `V` is
/// [`Common`], or [`super::PerSample`] if samples have noise of their own.
///
/// The memory is N (D + N + 2 C + 3) + C numbers, and N + 1 more with [`super::PerSample`]. `new` is `const`,
/// so a large model can be a `static`.
#[derive(Clone, Debug)]
pub struct Fixed<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T> = T, V: Noise = Common> {
    x: [[T; D]; N],
    lengths: [[T; 2]; N],
    matrix: [[T; N]; N],
    reciprocals: [T; N],
    labels: Y::Columns<N>,
    coefficients: Y::Columns<N>,
    amplitudes: Y,
    noise: V::Numbers<T, N>,
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> Fixed<T, D, N, Y, V> {
    /// Creates a storage without samples.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(D > 0 && N > 0 && Y::LEN > 0, "a model has inputs, samples and outputs") }
        Self {
            x: [[T::ZERO; D]; N],
            lengths: [[T::ZERO; 2]; N],
            matrix: [[T::ZERO; N]; N],
            reciprocals: [T::ZERO; N],
            labels: <Y::Columns<N> as Columns<T>>::ZERO,
            coefficients: <Y::Columns<N> as Columns<T>>::ZERO,
            amplitudes: Y::ZEROS,
            noise: <V::Numbers<T, N> as Numbers<T>>::ZERO,
        }
    }
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> Default
    for Fixed<T, D, N, Y, V>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> Storage
    for Fixed<T, D, N, Y, V>
{
    type Scalar = T;
    type Noise = V;
    type View<'a>
        = Slices<'a, T>
    where
        Y: 'a;

    fn deviation(&self, i: usize) -> Option<T> {
        self.noise.deviations().get(i).copied()
    }

    fn unit(&self) -> T {
        self.noise.unit()
    }

    #[inline(always)] // so that slices which the caller does not use are never built
    fn view(&self, n: usize) -> Slices<'_, T> {
        slices(
            n,
            D,
            self.x.as_flattened(),
            &self.lengths,
            (self.matrix.as_flattened(), N, &self.reciprocals),
            self.labels.as_slice(),
            self.coefficients.as_slice(),
            self.amplitudes.as_slice(),
        )
    }
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> ArrayStorage
    for Fixed<T, D, N, Y, V>
{
    type Input = [T; D];
    type Output = Y;
    type Work = [T; N];
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> StorageMut
    for Fixed<T, D, N, Y, V>
{
    type Sample = [T; D];
    type Label<'y> = Y;

    #[inline(always)]
    fn shape(&self) -> [usize; 3] {
        [D, N, Y::LEN]
    }

    #[inline(always)]
    fn memory(&mut self) -> Memory<'_, T, V> {
        Memory {
            x: self.x.as_flattened_mut(),
            lengths: &mut self.lengths,
            matrix: self.matrix.as_flattened_mut(),
            stride: N,
            reciprocals: &mut self.reciprocals,
            labels: self.labels.as_mut_slice(),
            coefficients: self.coefficients.as_mut_slice(),
            amplitudes: self.amplitudes.as_mut_slice(),
            noise: V::lend(&mut self.noise),
        }
    }

    #[inline(always)]
    fn samples(&self, n: usize) -> &[T] {
        first(&self.x, n).as_flattened()
    }

    fn slices(&self, n: usize) -> Slices<'_, T> {
        self.view(n)
    }

    fn noise(&self, n: usize) -> (&[T], T) {
        (first(self.noise.deviations(), n), self.noise.unit())
    }

    fn factor(&self, n: usize) -> Factor<'_, T> {
        self.view(n).factor
    }

    #[inline(always)]
    fn with_work<R>(&mut self, change: impl FnOnce(Memory<'_, T, V>, &mut [T]) -> R) -> R {
        let mut work = [T::ZERO; N];
        change(self.memory(), &mut work)
    }

    #[inline(always)]
    fn with_scratch<R>(&mut self, change: impl FnOnce(Memory<'_, T, V>, Scratch<'_, T>) -> R) -> R {
        let (mut vectors, mut coefficients) = ([[T::ZERO; N]; 4], <Y::Columns<N> as Columns<T>>::ZERO);
        let scratch = Scratch {
            vectors: vectors.each_mut().map(|vector| vector.as_mut_slice()),
            coefficients: coefficients.as_mut_slice(),
        };
        change(self.memory(), scratch)
    }
}
