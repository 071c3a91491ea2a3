//! A model that is read in place from the bytes of a file.

use super::read::{Bytes, Head, read};
use super::{
    FACTOR, FileError, GIVEN_AMPLITUDE, HEAD, OWN_NOISE, Prepared, SCALING, Scalar, StorableKernel, triangle,
};
use crate::Kernel;
use crate::regression::Regression;
use crate::regression::fit::Amplitude;
use crate::regression::row::Row;
use crate::regression::storage::{ArrayStorage, Common, Noise, Storage, View, in_units};
use crate::vector::{LANES, sum_lanes};

/// The storage of a model that stays in flash, of up to N samples of D inputs. `Y` is `T` for one output and
/// `[T; C]` for C outputs; `V` is [`crate::regression::PerSample`] if samples have noise of their own.
///
/// The model makes all predictions of a model in memory, with the same bits, but cannot learn. It takes no
/// memory except N numbers on the stack during a call, so a large N costs nothing else. The bytes may have
/// any alignment.
///
/// ```
/// use ntk_core::{Ntk, Regression, Relu, regression::{Fixed, bytes::{Contents, Flash}}};
/// # let mut model: Regression<_, Fixed<f32, 2, 15>> = Regression::new(Ntk::new(Relu), Fixed::new());
/// # model.fit(&[[0.0, 1.0], [1.0, 1.0]], &[1.0, 2.5], 0.0)?;
/// # let (mut memory, contents) = ([0; 256], Contents::Everything);
/// # let length = model.write(contents, &mut memory).unwrap();
/// # let file: &[u8] = &memory[..length];
/// // In firmware: static FILE: &[u8] = include_bytes!("model.ntk");
/// let stored = Regression::<Ntk<Relu>, Flash<'_, f32, 2, 15>>::open(file).unwrap();
/// assert_eq!(stored.predict(&[0.5, 1.0]), model.predict(&[0.5, 1.0]));
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Flash<'b, T, const D: usize, const N: usize, Y = T, V = Common> {
    pub(super) sections: Sections<'b>,
    /// [n, c].
    counts: [usize; 2],
    numbers: core::marker::PhantomData<(T, Y, V)>,
}

/// The parts of a file. Without labels and factor these are empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sections<'b> {
    /// Shifts and scales of the inputs, then of the labels.
    pub(super) scaling: &'b [u8],
    amplitudes: &'b [u8],
    samples: &'b [u8],
    coefficients: &'b [u8],
    labels: &'b [u8],
    /// R, followed by the samples' own noise.
    factor: &'b [u8],
}

impl<'b, T: Scalar, K: StorableKernel<T>, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise>
    Regression<K, Flash<'b, T, D, N, Y, V>>
{
    /// Opens a model in the bytes of a file, all of which are checked. Cost: two table look-ups for each
    /// byte, and the length of each sample.
    ///
    /// A file of means gives only means; other methods return [`crate::Error::MeansOnly`].
    ///
    /// # Errors
    /// [`FileError::Scaled`] for the file of a [`crate::Calibration`], and other errors for an invalid file.
    pub fn open(bytes: &'b [u8]) -> Result<Self, FileError> {
        let (model, scaling) = Self::open_scaled(bytes)?;
        if scaling.is_empty() { Ok(model) } else { Err(FileError::Scaled) }
    }

    /// Returns the model of the scaled samples, and the bytes of the scaling.
    pub(crate) fn open_scaled(bytes: &'b [u8]) -> Result<(Self, &'b [u8]), FileError> {
        const { assert!(D > 0 && N > 0 && Y::LEN > 0, "a model has inputs, samples and outputs") }
        let mut x = [T::ZERO; D];
        let (kernel, head) = read::<T, K, V, _>(&mut Bytes::new(bytes)?, [D, N, Y::LEN], &mut x)?;
        let Head { contents, shape: [d, n, c], ridge } = head;
        let mut rest = bytes;
        let mut cut = |count: Option<usize>| {
            let place = count.and_then(|count| rest.split_at_checked(count.checked_mul(size_of::<T>())?));
            let (section, after) = place.unwrap_or((&[], &[])); // never the default: the length was checked
            rest = after;
            section
        };
        let _ = cut(Some(HEAD / size_of::<T>() + 4)); // 24 is a multiple of both sizes, 4 and 8
        let only = |bit: u8, count: Option<usize>| if contents & bit == 0 { Some(0) } else { count };
        let noise = if V::OWN && contents & OWN_NOISE != 0 { n + 1 } else { 0 };
        let sections = Sections {
            scaling: cut(only(SCALING, Some(2 * (d + c)))),
            amplitudes: cut(Some(c)),
            samples: cut(n.checked_mul(d + 2)),
            coefficients: cut(n.checked_mul(c)),
            labels: cut(only(FACTOR, n.checked_mul(c))),
            factor: cut(only(FACTOR, triangle(n).and_then(|count| count.checked_add(noise)))),
        };
        let storage = Flash { sections, counts: [n, c], numbers: core::marker::PhantomData };
        let amplitude = if contents & GIVEN_AMPLITUDE == 0 {
            Amplitude::OfLabels
        } else {
            Amplitude::Given(number(sections.amplitudes, 0).unwrap_or(T::NAN))
        };
        Ok((Self { kernel, storage, ridge, amplitude, len: n }, sections.scaling))
    }

    /// Returns whether the file has labels and factor, without which it gives only means.
    #[must_use]
    pub fn has_deviations(&self) -> bool {
        !self.storage.sections.factor.is_empty()
    }
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise>
    crate::regression::storage::sealed::Sealed for Flash<'_, T, D, N, Y, V>
{
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> Storage
    for Flash<'_, T, D, N, Y, V>
{
    type Scalar = T;
    type Noise = V;
    type View<'a>
        = Self
    where
        Self: 'a;

    fn view(&self, _: usize) -> Self {
        *self
    }

    fn deviation(&self, i: usize) -> Option<T> {
        let [n, _] = self.counts;
        if !V::OWN || i >= n {
            return None;
        }
        Some(number(self.row(n), i.saturating_add(1)).unwrap_or(T::ZERO))
    }

    fn unit(&self) -> T {
        let [n, _] = self.counts;
        if V::OWN { number(self.row(n), 0).unwrap_or(T::ONE) } else { T::ONE }
    }
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> ArrayStorage
    for Flash<'_, T, D, N, Y, V>
{
    type Input = [T; D];
    type Output = Y;
    type Work = [T; N];
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> Flash<'_, T, D, N, Y, V> {
    /// Calls `f` with sample i, prepared for the kernel, and returns the result.
    fn sample<R>(&self, i: usize, f: impl FnOnce(&Prepared<'_, T>) -> R) -> R {
        let mut fields = numbers(self.sections.samples.get(i * (D + 2) * size_of::<T>()..).unwrap_or(&[]));
        let mut x = [T::NAN; D];
        for (place, value) in x.iter_mut().zip(&mut fields) {
            *place = value;
        }
        let (norm, norm_low) = (fields.next().unwrap_or(T::NAN), fields.next().unwrap_or(T::NAN));
        f(&Prepared { x: &x, norm, norm_low })
    }

    /// Returns the bytes of a section from the first number of one output on. Each output has n numbers.
    fn output(section: &[u8], output: usize, n: usize) -> &[u8] {
        section.get(output * n * size_of::<T>()..).unwrap_or(&[])
    }

    /// Returns the bytes from row i of R on. The rows before have n, n - 1, ... numbers.
    fn row(&self, i: usize) -> &[u8] {
        let [n, _] = self.counts;
        let before = triangle(n).unwrap_or(0).saturating_sub(triangle(n.saturating_sub(i)).unwrap_or(0));
        self.sections.factor.get(before * size_of::<T>()..).unwrap_or(&[])
    }
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> View<T>
    for Flash<'_, T, D, N, Y, V>
{
    fn shape(&self) -> [usize; 3] {
        let [n, c] = self.counts;
        [D, n, c]
    }

    fn has_factor(&self) -> bool {
        !self.sections.factor.is_empty()
    }

    fn kernel_row<K: Kernel<T>>(&self, kernel: &K, x: &Prepared<'_, T>, k: &mut [T]) {
        for (i, k) in k.iter_mut().enumerate() {
            *k = self.sample(i, |sample| kernel.between(x, sample));
        }
    }

    fn kernel_row_inline<K: Kernel<T>>(&self, kernel: &K, x: &Prepared<'_, T>, k: &mut [T]) {
        self.kernel_row(kernel, x, k);
    }

    fn each_sample(&self, output: usize, mut f: impl FnMut(&Prepared<'_, T>, T)) {
        let [n, _] = self.counts;
        for (i, coefficient) in
            numbers(Self::output(self.sections.coefficients, output, n)).enumerate().take(n)
        {
            self.sample(i, |sample| f(sample, coefficient));
        }
    }

    fn dot_coefficients(&self, output: usize, k: &[T]) -> T {
        dot(k, &mut numbers(Self::output(self.sections.coefficients, output, k.len())))
    }

    fn label_and_coefficient(&self, output: usize, i: usize) -> Option<(T, T)> {
        let [n, _] = self.counts;
        let at = |section| if i < n { number(Self::output(section, output, n), i) } else { None };
        Some((at(self.sections.labels)?, at(self.sections.coefficients)?))
    }

    fn amplitude_of(&self, output: usize) -> T {
        number(self.sections.amplitudes, output).unwrap_or(T::NAN)
    }

    fn own_kernel<K: Kernel<T>>(&self, kernel: &K, i: usize) -> Option<T> {
        let [n, _] = self.counts;
        let own = (i < n).then(|| self.sample(i, |sample| kernel.diagonal(sample)))?;
        if !V::OWN {
            return Some(own);
        }
        Some(own + in_units(self.deviation(i).unwrap_or(T::ZERO), self.unit()))
    }

    fn reciprocal(&self, i: usize) -> Option<T> {
        let [n, _] = self.counts;
        if i < n { number(self.row(i), 0) } else { None }
    }

    fn forward(&self, b: &mut [T]) {
        self.forward_from(0, b);
    }

    /// Computes in the order of [`crate::cholesky::Factor::backward`].
    fn backward(&self, b: &mut [T]) {
        for i in (0..b.len()).rev() {
            let row = self.row(i);
            let Some([first, below @ ..]) = b.get_mut(i..) else { break };
            for (j, b) in below.iter().enumerate().rev() {
                *first -= *b * number(row, j + 1).unwrap_or(T::NAN);
            }
            *first *= number(row, 0).unwrap_or(T::NAN);
        }
    }

    fn forward_unit_from(&self, i: usize, b: &mut [T]) {
        if let Some((first, rest)) = b.get_mut(i..).and_then(|b| b.split_first_mut()) {
            *first = T::ONE;
            rest.fill(T::ZERO);
        }
        self.forward_from(i, b);
    }
}

impl<T: Scalar, const D: usize, const N: usize, Y: Row<Scalar = T>, V: Noise> Flash<'_, T, D, N, Y, V> {
    /// Replaces b by R^-T b in the order of [`crate::cholesky::Factor::forward`], given that the first i
    /// numbers are 0.
    fn forward_from(&self, i: usize, b: &mut [T]) {
        let (mut rest, mut factor) = (b.get_mut(i..).unwrap_or(&mut []), numbers(self.row(i)));
        while let Some((first, tail)) = rest.split_first_mut() {
            *first *= factor.next().unwrap_or(T::NAN);
            for (b, r) in tail.iter_mut().zip(&mut factor) {
                *b += -*first * r;
            }
            rest = tail;
        }
    }
}

/// Returns number i of a section, or `None` if the section is shorter.
fn number<T: Scalar>(section: &[u8], i: usize) -> Option<T> {
    section.get(i.checked_mul(size_of::<T>())?..).and_then(T::of_le).map(|(number, _)| number)
}

/// Returns an iterator over the numbers of a section.
pub(crate) fn numbers<T: Scalar>(mut bytes: &[u8]) -> impl Iterator<Item = T> {
    core::iter::from_fn(move || {
        let (number, rest) = T::of_le(bytes)?;
        bytes = rest;
        Some(number)
    })
}

/// Returns the same sum as [`crate::vector::dot`], added in the same order.
pub(crate) fn dot<T: Scalar>(x: &[T], y: &mut impl Iterator<Item = T>) -> T {
    let (groups, rest) = x.as_chunks::<LANES>();
    let mut sum = T::ZERO;
    if !groups.is_empty() {
        let mut lanes = [T::ZERO; LANES];
        for group in groups {
            for ((lane, &x), y) in lanes.iter_mut().zip(group).zip(&mut *y) {
                *lane += x * y;
            }
        }
        sum = sum_lanes(&lanes);
    }
    for (&x, y) in rest.iter().zip(y) {
        sum += x * y;
    }
    sum
}
