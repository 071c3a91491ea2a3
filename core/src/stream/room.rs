//! Where a stream keeps what a regression has no place for: scaling, and the tail of its errors.

use core::fmt::Debug;

use super::tail::ANCHORS;
use crate::error::check_len;
use crate::regression::{Columns, Common, Fixed, Flat, Row, Storage, StorageMut};
use crate::scaling::Scaling;
use crate::{Error, Scalar};

/// A storage that a stream can stand in. Sealed by [`Storage`]: [`Fixed`], [`Flat`] and
/// [`crate::regression::bytes::Flash`].
pub trait Room: Storage<Noise = Common> {
    /// Scaling and tails.
    #[doc(hidden)]
    type Extra: Extra<Self::Scalar>;

    /// Returns phi^T S phi for the first n = phi.len() basis inputs: sum_i phi_i (S_ii phi_i + 2 sum_{j<i}
    /// S_ij phi_j).
    #[doc(hidden)]
    fn quadratic(&self, extra: &Self::Extra, phi: &[Self::Scalar]) -> Self::Scalar;
}

/// Scaling and tails of a stream. In a private module.
pub trait Extra<T>: Debug {
    /// Returns shifts and scales of the inputs, then of the labels.
    fn scaling(&self) -> [&[T]; 4];
    /// Returns the same numbers for writing.
    fn scaling_mut(&mut self) -> [&mut [T]; 4];
    /// Returns `ANCHORS` numbers for each output.
    fn tails(&self) -> &[T];
    /// Returns the same numbers for writing.
    fn tails_mut(&mut self) -> &mut [T];
}

/// Scaling and tails in arrays.
#[derive(Clone, Debug)]
pub struct Arrays<T: Scalar, const D: usize, Y: Row<Scalar = T>> {
    pub(super) inputs: Scaling<[T; D]>,
    pub(super) labels: Scaling<Y>,
    tails: Y::Columns<ANCHORS>,
}

impl<T: Scalar, const D: usize, Y: Row<Scalar = T>> Arrays<T, D, Y> {
    pub(super) const fn new() -> Self {
        Self {
            inputs: Scaling::none(),
            labels: Scaling::none(),
            tails: <Y::Columns<ANCHORS> as Columns<T>>::ZERO,
        }
    }
}

impl<T: Scalar, const D: usize, Y: Row<Scalar = T>> Extra<T> for Arrays<T, D, Y> {
    fn scaling(&self) -> [&[T]; 4] {
        let (inputs, labels) = (&self.inputs, &self.labels);
        [&inputs.shift, &inputs.scale, labels.shift.as_slice(), labels.scale.as_slice()]
    }
    fn scaling_mut(&mut self) -> [&mut [T]; 4] {
        let (inputs, labels) = (&mut self.inputs, &mut self.labels);
        [&mut inputs.shift, &mut inputs.scale, labels.shift.as_mut_slice(), labels.scale.as_mut_slice()]
    }
    fn tails(&self) -> &[T] {
        self.tails.as_slice()
    }
    fn tails_mut(&mut self) -> &mut [T] {
        self.tails.as_mut_slice()
    }
}

/// Scaling and tails in a block of 2 d + 2 c + `ANCHORS` c numbers, lent or owned.
#[derive(Clone, Debug)]
pub struct Block<B> {
    numbers: B,
    inputs: usize,
    outputs: usize,
}

impl<B: Debug> Block<B> {
    /// Creates a block whose scaling leaves numbers as they are. Former contents are overwritten.
    pub(super) fn new<T: Scalar>(numbers: B, inputs: usize, outputs: usize) -> Result<Self, Error>
    where
        B: AsRef<[T]> + AsMut<[T]>,
    {
        check_len("memory of a stream", 2 * (inputs + outputs) + ANCHORS * outputs, numbers.as_ref().len())?;
        let mut block = Self { numbers, inputs, outputs };
        block.numbers.as_mut().fill(T::ZERO);
        let [_, scale, _, label_scale] = Extra::<T>::scaling_mut(&mut block);
        scale.fill(T::ONE);
        label_scale.fill(T::ONE);
        Ok(block)
    }
}

impl<T: Scalar, B: AsRef<[T]> + AsMut<[T]> + Debug> Extra<T> for Block<B> {
    fn scaling(&self) -> [&[T]; 4] {
        let mut rest = self.numbers.as_ref();
        [self.inputs, self.inputs, self.outputs, self.outputs].map(|count| {
            let (part, after) = rest.split_at_checked(count).unwrap_or((&[], &[]));
            rest = after;
            part
        })
    }
    fn scaling_mut(&mut self) -> [&mut [T]; 4] {
        let (inputs, outputs) = (self.inputs, self.outputs);
        let mut rest = self.numbers.as_mut();
        [inputs, inputs, outputs, outputs].map(|count| {
            let all = core::mem::take(&mut rest);
            let (part, after) = all.split_at_mut_checked(count).unwrap_or((&mut [], &mut []));
            rest = after;
            part
        })
    }
    fn tails(&self) -> &[T] {
        self.numbers.as_ref().get(2 * (self.inputs + self.outputs)..).unwrap_or(&[])
    }
    fn tails_mut(&mut self) -> &mut [T] {
        self.numbers.as_mut().get_mut(2 * (self.inputs + self.outputs)..).unwrap_or(&mut [])
    }
}

impl<T: Scalar, const D: usize, const M: usize, Y: Row<Scalar = T>> Room for Fixed<T, D, M, Y> {
    type Extra = Arrays<T, D, Y>;

    fn quadratic(&self, _: &Self::Extra, phi: &[T]) -> T {
        let factor = self.factor(phi.len());
        quadratic(phi, |i| factor.lower_row(i))
    }
}

impl<T: Scalar, B: AsRef<[T]> + AsMut<[T]> + Debug> Room for Flat<T, B> {
    type Extra = Block<B>;

    fn quadratic(&self, _: &Self::Extra, phi: &[T]) -> T {
        let factor = self.factor(phi.len());
        quadratic(phi, |i| factor.lower_row(i))
    }
}

/// Returns phi^T S phi, where `row(i)` is S_i0 to S_ii.
fn quadratic<'m, T: Scalar>(phi: &[T], row: impl Fn(usize) -> &'m [T]) -> T {
    let mut sum = T::ZERO;
    for (i, &own) in phi.iter().enumerate() {
        let row = row(i);
        let below = crate::vector::dot(crate::slices::first(phi, i), row);
        sum += own * (row.last().copied().unwrap_or(T::ZERO) * own + T::TWO * below);
    }
    sum
}
