//! Predictions from a file where it lies.

use super::read::{Bytes, Head, read};
use super::{Error, FACTOR, HEAD, Point, Portable, SCALING, Scalar, triangle};
use crate::regression::scaled::finite;
use crate::regression::{ScaledPrediction, first, first_mut};
use crate::vector::{self, LANES, sum_lanes};

/// A model that stays in flash: up to N samples of D inputs and C outputs.
///
/// Bits as those of the [`crate::Regression`] or [`crate::regression::ScaledRegression`] that was written. Takes no memory but the
/// stack of a call: D + N numbers. A capacity N of many samples costs nothing but that.
///
/// ```
/// use ntk_core::{Dataset, Regression, ReluNtk, regression::{Labels, bytes::{Contents, Stored}}};
/// # let mut model = Regression::<f32, ReluNtk, 2, 15>::new(ReluNtk);
/// # model.fit(&Dataset::new(&[[0.0, 1.0], [1.0, 1.0]], &[[1.0], [2.5]])?, 0.0, Labels::AsGiven)?;
/// # let (mut memory, contents) = ([0; 256], Contents::Everything);
/// # let length = model.write(contents, &mut memory).unwrap();
/// # let file: &[u8] = &memory[..length];
/// // In firmware: static FILE: &[u8] = include_bytes!("model.ntk");
/// let stored = Stored::<f32, ReluNtk, 2, 15>::new(file).unwrap();
/// assert_eq!(stored.mean(&[0.5, 1.0]), model.mean(&[0.5, 1.0]));
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Stored<'b, T, K, const D: usize, const N: usize, const C: usize = 1> {
    kernel: K,
    head: Head<T>,
    /// Shifts and scales.
    scaling: &'b [u8],
    samples: &'b [u8],
    coefficients: &'b [u8],
    factor: &'b [u8],
}

impl<'b, T: Scalar, K: Portable<T>, const D: usize, const N: usize, const C: usize>
    Stored<'b, T, K, D, N, C>
{
    /// Checks the whole file, which may lie at any address. Cost: two table steps a byte, and a length of each sample.
    ///
    /// # Errors
    /// Whatever the file can have wrong; see [`Error`].
    pub fn new(bytes: &'b [u8]) -> Result<Self, Error> {
        const { assert!(D > 0 && N > 0 && C > 0, "a model has inputs, samples and outputs") }
        let (kernel, head) = read::<T, K, _, D, N, C>(&mut Bytes::new(bytes)?)?;
        let mut rest = bytes;
        let mut cut = |count: Option<usize>| {
            let place = count.and_then(|count| rest.split_at_checked(count.checked_mul(size_of::<T>())?));
            let (section, after) = place.unwrap_or((&[], &[])); // all are there, as their number was checked
            rest = after;
            section
        };
        let (n, scaled) = (head.samples, head.contents & SCALING != 0);
        let _ = cut(Some(HEAD / size_of::<T>() + 4)); // 24 bytes are a whole number of either
        let scaling = cut(Some(if scaled { 2 * (D + C) } else { 0 }));
        let samples = cut(n.checked_mul(D + 2));
        let coefficients = cut(n.checked_mul(C));
        let (_labels, factor) = if head.contents & FACTOR == 0 {
            (&[][..], &[][..])
        } else {
            (cut(n.checked_mul(C)), cut(triangle(n)))
        };
        Ok(Self { kernel, head, scaling, samples, coefficients, factor })
    }

    /// The number of samples n.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(&self) -> usize {
        self.head.samples
    }

    /// The kernel, with the settings of the file.
    #[must_use]
    pub fn kernel(&self) -> &K {
        &self.kernel
    }

    /// The ridge.
    #[must_use]
    pub fn ridge(&self) -> T {
        self.head.ridge
    }

    /// The mean, in the labels' units. Cost: n kernel values and n c multiply-adds.
    ///
    /// # Errors
    /// [`crate::Error::NotFinite`] for an input with NaN or infinity or one so far out that the kernel or the mean overflows.
    pub fn mean(&self, x: &[T; D]) -> Result<[T; C], crate::Error> {
        let (mut k, x) = ([T::ZERO; N], self.scaled(x));
        self.kernel_vector(&x, &mut k);
        self.mean_from(&x, &k)
    }

    /// The mean and how far it may be off, in the labels' units. Cost: that of the mean and n^2/2 multiply-adds.
    ///
    /// # Errors
    /// [`Error::MeansOnly`] if the file has no factor; else as [`Stored::mean`], and [`crate::Error::NotFinite`] if the variance
    /// overflows.
    pub fn predict(&self, x: &[T; D]) -> Result<ScaledPrediction<T, C>, Error> {
        if self.head.contents & FACTOR == 0 {
            return Err(Error::MeansOnly);
        }
        let (mut k, x) = ([T::ZERO; N], self.scaled(x));
        let query = self.kernel_vector(&x, &mut k);
        let mean = self.mean_from(&x, &k)?;
        let k = first_mut(&mut k, self.head.samples);
        self.forward(k);
        let prior = self.kernel.diagonal(&query);
        let variance = prior - vector::dot(k, k);
        if !variance.is_finite() {
            return Err(crate::Error::NotFinite { what: "variance", row: 0, column: 0 }.into());
        }
        let variance = if variance > T::ZERO { variance } else { T::ZERO };
        let own = |deviation: T| self.label_scaling().map(|(_, scale)| scale * deviation);
        Ok(ScaledPrediction {
            mean,
            deviation: finite(own(variance.sqrt()))?,
            observation_deviation: finite(own((variance + self.head.ridge).sqrt()))?,
            novelty: if prior > T::ZERO { variance / prior } else { T::ZERO },
        })
    }

    fn scaled(&self, x: &[T; D]) -> [T; D] {
        let (shifts, scales) = (numbers(self.scaling), numbers(self.scaling).skip(D));
        let mut scaled = *x;
        for ((x, shift), scale) in scaled.iter_mut().zip(shifts).zip(scales) {
            *x = (*x - shift) / scale;
        }
        scaled
    }

    /// Shift and scale of each output.
    fn label_scaling(&self) -> [(T, T); C] {
        let mut scaling = [(T::ZERO, T::ONE); C];
        let (shifts, scales) = (numbers(self.scaling).skip(2 * D), numbers(self.scaling).skip(2 * D + C));
        for (place, pair) in scaling.iter_mut().zip(shifts.zip(scales)) {
            *place = pair;
        }
        scaling
    }

    fn kernel_vector<'x>(&self, x: &'x [T; D], k: &mut [T; N]) -> Point<'x, T> {
        let query = self.kernel.prepare(x);
        let mut fields = numbers(self.samples);
        for k in k.iter_mut().take(self.head.samples) {
            let mut sample = [T::ZERO; D];
            for (place, value) in sample.iter_mut().zip(&mut fields) {
                *place = value;
            }
            let (norm, rest) = (fields.next().unwrap_or(T::NAN), fields.next().unwrap_or(T::NAN));
            *k = self.kernel.between(&query, &Point { x: &sample, norm, rest });
        }
        query
    }

    fn mean_from(&self, x: &[T; D], k: &[T; N]) -> Result<[T; C], crate::Error> {
        let k = first(k, self.head.samples);
        let mut coefficients = numbers(self.coefficients);
        let mut mean = self.label_scaling();
        let scaled = self.head.contents & SCALING != 0;
        for (column, (mean, scale)) in mean.iter_mut().enumerate() {
            let sum = dot(k, &mut coefficients);
            if !sum.is_finite() {
                let x = x.iter().position(|v| !v.is_finite());
                let (what, column) = x.map_or(("prediction", column), |column| ("x", column));
                return Err(crate::Error::NotFinite { what, row: 0, column });
            }
            *mean = if scaled { sum * *scale + *mean } else { sum };
        }
        finite(mean.map(|(mean, _)| mean))
    }

    /// R^-T k in place, in the order of [`crate::cholesky::Factor::forward`].
    fn forward(&self, k: &mut [T]) {
        let (mut rest, mut factor) = (k, numbers(self.factor));
        while let Some((first, tail)) = rest.split_first_mut() {
            *first *= factor.next().unwrap_or(T::NAN);
            for (k, r) in tail.iter_mut().zip(&mut factor) {
                *k += -*first * r;
            }
            rest = tail;
        }
    }
}

/// The numbers of a section.
fn numbers<T: Scalar>(mut bytes: &[u8]) -> impl Iterator<Item = T> {
    core::iter::from_fn(move || {
        let (number, rest) = T::of_le(bytes)?;
        bytes = rest;
        Some(number)
    })
}

/// The sum of [`vector::dot`], in its order.
fn dot<T: Scalar>(x: &[T], y: &mut impl Iterator<Item = T>) -> T {
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
