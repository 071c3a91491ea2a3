//! Storage of a model in one block of numbers, for a shape known only at run time.

use core::fmt;
use core::marker::PhantomData;

use super::memory::{Memory, Scratch, Slices, slices};
use super::noise::block_len;
use super::{Common, Noise, PerSample, Storage, StorageMut};
use crate::cholesky::Factor;
use crate::error::check_len;
use crate::slices::first;
use crate::{Error, Scalar};

/// Storage for n samples of d inputs and c outputs in a block `B` of numbers: a borrowed slice, `&mut [T]`,
/// or an owner such as a `Vec`.
///
/// ```
/// use ntk_core::{Ntk, Regression, Relu, regression::Flat};
/// let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [1.0, 2.0, 2.5]);
/// let mut memory = [0.0f64; Flat::<f64>::len(2, 3, 1)];
/// let mut model = Regression::new(Ntk::new(Relu), Flat::new(2, 3, 1, memory.as_mut_slice())?);
/// model.fit(&x, &y, 0.0)?;
/// let (mut work, mut mean) = ([0.0; 3], [0.0]);
/// model.predict_into(&[0.5, 1.0], &mut work, &mut mean)?;
/// assert!((mean[0] - 2.0).abs() < 1e-12);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Flat<T, B = [T; 0], V = Common> {
    /// [d, n, c].
    shape: [usize; 3],
    block: B,
    numbers: PhantomData<(T, V)>,
}

impl<T> Flat<T> {
    /// Returns the length of the block for d inputs, up to n samples and c outputs: n (d + n + 3 c + 7) + c.
    /// This is more than in [`super::Fixed`], which uses the stack as working memory for changes. Returns
    /// `usize::MAX` if the length overflows.
    #[must_use]
    pub const fn len(d: usize, n: usize, c: usize) -> usize {
        let row = d.saturating_add(n).saturating_add(c.saturating_mul(3)).saturating_add(7);
        n.saturating_mul(row).saturating_add(c)
    }

    /// Returns the length of the block for samples with noise of their own ([`PerSample`]), n + 1 more than
    /// [`Flat::len`].
    #[must_use]
    pub const fn len_with_noise(d: usize, n: usize, c: usize) -> usize {
        Self::len(d, n, c).saturating_add(block_len::<PerSample>(n))
    }
}

impl<T: Scalar, B: AsRef<[T]>> Flat<T, B> {
    /// Creates a storage for up to n samples of d inputs and c outputs, in a block of [`Flat::len`] arbitrary
    /// numbers.
    ///
    /// # Errors
    /// [`Error::Shape`] for a block of another length, or a d, n or c of 0.
    pub fn new(d: usize, n: usize, c: usize, block: B) -> Result<Self, Error> {
        Self::of_block(d, n, c, block)
    }
}

impl<T: Scalar, B: AsRef<[T]>> Flat<T, B, PerSample> {
    /// Creates a storage for samples with noise of their own, in a block of [`Flat::len_with_noise`]
    /// arbitrary numbers.
    ///
    /// # Errors
    /// Those of [`Flat::new`].
    pub fn with_noise(d: usize, n: usize, c: usize, block: B) -> Result<Self, Error> {
        Self::of_block(d, n, c, block)
    }
}

impl<T: Scalar, B: AsRef<[T]>, V: Noise> Flat<T, B, V> {
    fn of_block(d: usize, n: usize, c: usize, block: B) -> Result<Self, Error> {
        for (what, count) in [("number of inputs", d), ("number of samples", n), ("number of outputs", c)] {
            if count == 0 {
                return Err(Error::Shape { what, expected: 1, found: 0 });
            }
        }
        let needed = Flat::<T>::len(d, n, c).saturating_add(block_len::<V>(n));
        check_len("memory of a model", needed, block.as_ref().len())?;
        Ok(Self { shape: [d, n, c], block, numbers: PhantomData })
    }

    /// Returns the samples' own noise, at the end of the block, and the number that it is divided by.
    fn own_noise(&self) -> Option<(&[T], T)> {
        let (block, [_, n, _]) = (self.block.as_ref(), self.shape);
        let start = block.len().checked_sub(block_len::<V>(n))?;
        let (unit, deviations) = block.get(start..)?.split_last()?;
        Some((deviations, *unit))
    }
}

/// A block from which parts are split off at the front.
struct Parts<'m, T>(&'m mut [T]);

impl<'m, T> Parts<'m, T> {
    fn take(&mut self, count: usize) -> &'m mut [T] {
        let all = core::mem::take(&mut self.0);
        let (part, rest) = all.split_at_mut_checked(count).unwrap_or((&mut [], &mut []));
        self.0 = rest;
        part
    }
}

impl<T: Scalar, B: AsMut<[T]>, V: Noise> Flat<T, B, V> {
    fn parts(&mut self) -> (Memory<'_, T, V>, Scratch<'_, T>) {
        let [d, n, c] = self.shape;
        let mut parts = Parts(self.block.as_mut());
        let (x, lengths, matrix) =
            (parts.take(n * d), parts.take(2 * n).as_chunks_mut().0, parts.take(n * n));
        let (reciprocals, labels, coefficients) = (parts.take(n), parts.take(c * n), parts.take(c * n));
        let amplitudes = parts.take(c);
        let vectors = [parts.take(n), parts.take(n), parts.take(n), parts.take(n)];
        let scratch = Scratch { vectors, coefficients: parts.take(c * n) };
        let noise = V::lend_block(parts.take(block_len::<V>(n)));
        let stride = n;
        let memory =
            Memory { x, lengths, matrix, stride, reciprocals, labels, coefficients, amplitudes, noise };
        (memory, scratch)
    }
}

impl<T: Scalar, B: AsRef<[T]>, V: Noise> fmt::Debug for Flat<T, B, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [d, n, c] = self.shape;
        let mut rest = self.block.as_ref();
        let mut all = f.debug_struct("Flat");
        for (name, count) in [
            ("x", n * d),
            ("lengths", 2 * n),
            ("matrix", n * n),
            ("reciprocals", n),
            ("labels", c * n),
            ("coefficients", c * n),
            ("amplitudes", c),
            ("scratch", (4 + c) * n),
            ("noise", block_len::<V>(n)),
        ] {
            let (part, after) = rest.split_at_checked(count).unwrap_or((&[], &[]));
            rest = after;
            all.field(name, &part);
        }
        all.finish()
    }
}

impl<T: Scalar, B: AsRef<[T]>, V: Noise> Storage for Flat<T, B, V> {
    type Scalar = T;
    type Noise = V;
    type View<'a>
        = Slices<'a, T>
    where
        Self: 'a;

    fn view(&self, samples: usize) -> Slices<'_, T> {
        let [d, n, c] = self.shape;
        let mut rest = self.block.as_ref();
        let mut take = |count: usize| {
            let (part, after) = rest.split_at_checked(count).unwrap_or((&[], &[]));
            rest = after;
            part
        };
        let (x, lengths, matrix) = (take(n * d), take(2 * n).as_chunks().0, take(n * n));
        let (reciprocals, labels, coefficients, amplitudes) = (take(n), take(c * n), take(c * n), take(c));
        slices(samples, d, x, lengths, (matrix, n, reciprocals), labels, coefficients, amplitudes)
    }

    fn deviation(&self, i: usize) -> Option<T> {
        self.own_noise()?.0.get(i).copied()
    }

    fn unit(&self) -> T {
        self.own_noise().map_or(T::ONE, |(_, unit)| unit)
    }
}

impl<T: Scalar, B: AsRef<[T]> + AsMut<[T]>, V: Noise> StorageMut for Flat<T, B, V> {
    type Sample = [T];
    type Label<'y> = &'y [T];

    fn shape(&self) -> [usize; 3] {
        self.shape
    }

    fn memory(&mut self) -> Memory<'_, T, V> {
        self.parts().0
    }

    fn samples(&self, samples: usize) -> &[T] {
        let [d, ..] = self.shape;
        first(self.block.as_ref(), samples.saturating_mul(d))
    }

    fn slices(&self, n: usize) -> Slices<'_, T> {
        self.view(n)
    }

    fn noise(&self, n: usize) -> (&[T], T) {
        self.own_noise().map_or((&[], T::ONE), |(deviations, unit)| (first(deviations, n), unit))
    }

    fn factor(&self, n: usize) -> Factor<'_, T> {
        self.view(n).factor
    }

    fn with_work<R>(&mut self, change: impl FnOnce(Memory<'_, T, V>, &mut [T]) -> R) -> R {
        let (memory, Scratch { vectors: [work, ..], .. }) = self.parts();
        change(memory, work)
    }

    fn with_scratch<R>(&mut self, change: impl FnOnce(Memory<'_, T, V>, Scratch<'_, T>) -> R) -> R {
        let (memory, scratch) = self.parts();
        change(memory, scratch)
    }
}
