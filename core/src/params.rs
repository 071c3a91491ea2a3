//! The parameters w = (A, B) of a one-hidden-layer network. Its gradients and tangents have the same type.
//!
//! A is c x k (outputs by units). B is stored transposed, d x k (inputs by units), so that the weights of
//! neighbouring units are adjacent in memory. The lecture's w is A followed by B; only the order within B
//! differs.

use crate::error::{Setting, check_len};
use crate::slices::row;
use crate::vector::{axpy, dot};
use crate::{Error, Scalar};

/// The sizes of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The number of inputs, d.
    pub inputs: usize,
    /// The number of hidden units, k.
    pub width: usize,
    /// The number of outputs, c.
    pub outputs: usize,
}

impl Shape {
    /// Returns the number of parameters, k (c + d).
    #[must_use]
    pub const fn parameters(&self) -> usize {
        self.width.saturating_mul(self.inputs.saturating_add(self.outputs))
    }

    /// Checks that every size is at least 1.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the size that is 0.
    pub const fn check(&self) -> Result<(), Error> {
        let what = match self {
            Self { width: 0, .. } => "width",
            Self { inputs: 0, .. } => "number of inputs",
            Self { outputs: 0, .. } => "number of outputs",
            _ => return Ok(()),
        };
        Err(Setting::Size(what).out_of_range())
    }
}

/// A type that holds one number for each parameter of a network.
///
/// Implementations return slices of consistent lengths: c k for `a`, and d k for `b`.
pub trait Parameters {
    /// The type of number.
    type Scalar: Scalar;

    /// Returns the sizes d, k and c.
    fn shape(&self) -> Shape;
    /// Returns A row by row: all k units of output 0, then of output 1, ...
    fn a(&self) -> &[Self::Scalar];
    /// Returns B transposed row by row: all k units for input 0, then for input 1, ...
    fn b(&self) -> &[Self::Scalar];

    /// Returns A_{output, .}, one number for each unit. It is empty if there is no such output.
    #[inline(always)]
    fn a_row(&self, output: usize) -> &[Self::Scalar] {
        row(self.a(), self.shape().width, output, self.shape().width)
    }

    /// Returns B_{., input}, one number for each unit. It is empty if there is no such input.
    #[inline(always)]
    fn b_row(&self, input: usize) -> &[Self::Scalar] {
        row(self.b(), self.shape().width, input, self.shape().width)
    }

    /// Returns the inner product of R^p, as in the definition of the NTK (Definition 2).
    ///
    /// # Errors
    /// [`Error::Shape`] if `other` has another shape.
    fn inner<P: Parameters<Scalar = Self::Scalar>>(&self, other: &P) -> Result<Self::Scalar, Error> {
        check_len("a", self.a().len(), other.a().len())?;
        check_len("b", self.b().len(), other.b().len())?;
        Ok(dot(self.a(), other.a()) + dot(self.b(), other.b()))
    }

    /// Returns the squared length |w|^2 in R^p.
    fn norm2(&self) -> Self::Scalar {
        dot(self.a(), self.a()) + dot(self.b(), self.b())
    }
}

/// Parameters that can be changed.
pub trait ParametersMut: Parameters {
    /// Returns A and B, laid out as in [`Parameters`].
    fn parts_mut(&mut self) -> (&mut [Self::Scalar], &mut [Self::Scalar]);

    /// Sets every number to 0.
    fn clear(&mut self) {
        let (a, b) = self.parts_mut();
        a.fill(Self::Scalar::ZERO);
        b.fill(Self::Scalar::ZERO);
    }

    /// Adds c v to w. With v the gradient of the loss and c = -rate, this is one step of gradient descent.
    ///
    /// # Errors
    /// [`Error::Shape`] if v has another shape. Then nothing has changed.
    fn add_scaled<P: Parameters<Scalar = Self::Scalar>>(
        &mut self,
        c: Self::Scalar,
        v: &P,
    ) -> Result<(), Error> {
        check_len("a", self.a().len(), v.a().len())?;
        check_len("b", self.b().len(), v.b().len())?;
        let (a, b) = self.parts_mut();
        axpy(a, c, v.a());
        axpy(b, c, v.b());
        Ok(())
    }
}

/// Parameters in fixed arrays, for D inputs, K units and C outputs. Their size is that of K (C + D) numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params<T, const D: usize, const K: usize, const C: usize = 1> {
    /// A, outputs by units.
    pub a: [[T; K]; C],
    /// B transposed, inputs by units.
    pub b: [[T; K]; D],
}

impl<T: Scalar, const D: usize, const K: usize, const C: usize> Params<T, D, K, C> {
    /// Returns parameters that are all 0. The function is `const`, so it can initialise a `static`.
    ///
    /// ```compile_fail
    /// let no_units = ntk_core::Params::<f32, 2, 0>::zero();
    /// ```
    #[must_use]
    pub const fn zero() -> Self {
        const { assert!(D > 0 && K > 0 && C > 0, "a network has inputs, units and outputs") }
        Self { a: [[T::ZERO; K]; C], b: [[T::ZERO; K]; D] }
    }
}

impl<T: Scalar, const D: usize, const K: usize, const C: usize> Parameters for Params<T, D, K, C> {
    type Scalar = T;

    #[inline(always)]
    fn shape(&self) -> Shape {
        Shape { inputs: D, width: K, outputs: C }
    }
    #[inline(always)]
    fn a(&self) -> &[T] {
        self.a.as_flattened()
    }
    #[inline(always)]
    fn b(&self) -> &[T] {
        self.b.as_flattened()
    }
}

impl<T: Scalar, const D: usize, const K: usize, const C: usize> ParametersMut for Params<T, D, K, C> {
    #[inline(always)]
    fn parts_mut(&mut self) -> (&mut [T], &mut [T]) {
        (self.a.as_flattened_mut(), self.b.as_flattened_mut())
    }
}

/// Parameters of any size in one flat slice, A first.
///
/// `S` is `&[T]` for reading, `&mut [T]` or an owning container for training.
#[derive(Clone, Debug, PartialEq)]
pub struct FlatParams<S> {
    shape: Shape,
    values: S,
}

impl<T: Scalar, S: core::ops::Deref<Target = [T]>> FlatParams<S> {
    /// Takes k (c + d) numbers: A row by row, then B transposed row by row.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an empty shape, [`Error::Shape`] for a slice of another length.
    pub fn new(shape: Shape, values: S) -> Result<Self, Error> {
        shape.check()?;
        check_len("parameters", shape.parameters(), values.len())?;
        Ok(Self { shape, values })
    }

    /// Returns all numbers.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// Returns the index at which B begins. If the container has become shorter, the slices are short;
    /// nothing panics.
    #[inline(always)]
    fn split(&self) -> usize {
        (self.shape.outputs * self.shape.width).min(self.values.len())
    }
}

impl<T: Scalar, S: core::ops::Deref<Target = [T]>> Parameters for FlatParams<S> {
    type Scalar = T;

    #[inline(always)]
    fn shape(&self) -> Shape {
        self.shape
    }
    #[inline(always)]
    fn a(&self) -> &[T] {
        self.values.get(..self.split()).unwrap_or(&[])
    }
    #[inline(always)]
    fn b(&self) -> &[T] {
        self.values.get(self.split()..).unwrap_or(&[])
    }
}

impl<T: Scalar, S: core::ops::DerefMut<Target = [T]>> ParametersMut for FlatParams<S> {
    #[inline(always)]
    fn parts_mut(&mut self) -> (&mut [T], &mut [T]) {
        let split = self.split();
        self.values.split_at_mut_checked(split).unwrap_or((&mut [], &mut []))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_and_flat_slices_hold_the_same_numbers() {
        let params = Params { a: [[1.0, 2.0, 3.0]], b: [[4.0, 5.0, 6.0], [7.0, 8.0, 9.0]] };
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        let flat = FlatParams::new(params.shape(), values.as_slice()).unwrap();
        assert_eq!((flat.a(), flat.b()), (params.a(), params.b()));
        assert_eq!((flat.b_row(1), flat.a_row(1)), (params.b_row(1), params.a_row(1)));
        assert_eq!(flat.b_row(1), [7.0, 8.0, 9.0]);
        assert_eq!(flat.inner(&params), Ok(285.0));
        assert_eq!(params.norm2(), 285.0);
    }

    #[test]
    fn a_refused_update_changes_nothing() {
        let mut w = Params::<f32, 2, 3>::zero();
        let before = w;
        let other = Params { a: [[1.0; 4]], b: [[1.0; 4]; 2] };
        assert_eq!(w.add_scaled(1.0, &other), Err(Error::Shape { what: "a", expected: 3, found: 4 }));
        assert_eq!(w, before);
        assert!(w.inner(&other).is_err());
    }

    #[test]
    fn impossible_shapes_are_refused() {
        let shape = |inputs, width, outputs| Shape { inputs, width, outputs };
        let refused = |s| FlatParams::new(s, [0.0f32; 6].as_slice()).map(|_| ());
        assert_eq!(refused(shape(1, 0, 1)), Err(Setting::Size("width").out_of_range()));
        assert!(refused(shape(0, 6, 1)).is_err() && refused(shape(1, 6, 0)).is_err());
        assert_eq!(refused(shape(2, 3, 1)), Err(Error::Shape { what: "parameters", expected: 9, found: 6 }));
        assert!(refused(shape(usize::MAX, usize::MAX, 1)).is_err());
        assert_eq!(refused(shape(2, 2, 1)), Ok(()));
    }
}
