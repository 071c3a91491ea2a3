//! Training data: n samples x in R^d with labels y in R^c (lecture, Section 2).

use crate::error::Quantity;
use crate::{Error, Rows, Scalar};

/// Samples and as many labels, all finite. A data set is never empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dataset<'a, T> {
    x: Rows<'a, T>,
    y: Rows<'a, T>,
}

impl<'a, T: Scalar> Dataset<'a, T> {
    /// Takes n samples of d numbers and n labels of c numbers, as rows.
    ///
    /// # Errors
    /// [`Error::Shape`] if there are no samples or the numbers of samples and labels differ;
    /// [`Error::NotFinite`] with the row and column of the first NaN or infinity.
    pub fn new(x: impl Into<Rows<'a, T>>, y: impl Into<Rows<'a, T>>) -> Result<Self, Error> {
        let (x, y) = (x.into(), y.into());
        if x.is_empty() {
            return Err(Error::Shape { what: "number of samples", expected: 1, found: 0 });
        }
        if y.len() != x.len() {
            return Err(Error::Shape { what: "number of labels", expected: x.len(), found: y.len() });
        }
        x.check_finite(Quantity::X)?;
        y.check_finite(Quantity::Y)?;
        Ok(Self { x, y })
    }

    /// Returns the samples, n rows of d.
    #[inline]
    #[must_use]
    pub fn x(&self) -> Rows<'a, T> {
        self.x
    }

    /// Returns the labels, n rows of c.
    #[inline]
    #[must_use]
    pub fn y(&self) -> Rows<'a, T> {
        self.y
    }

    /// Iterates over the samples, each with its labels.
    ///
    /// Not as a zip of two [`Rows::iter`]: that divides by the lengths of rows, and where a compiler does not
    /// see that they are not 0 the division can panic.
    #[inline(always)]
    pub(crate) fn samples(&self) -> impl Iterator<Item = (&'a [T], &'a [T])> + use<'a, T> {
        let (mut x, mut y) = (self.x.iter(), self.y.iter());
        core::iter::from_fn(move || Some((x.next()?, y.next()?)))
    }

    /// Returns the number of samples, n.
    #[inline]
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // a data set is never empty
    pub fn len(&self) -> usize {
        self.x.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_trained_on_is_refused() {
        let (x, y) = ([[1.0, 2.0], [3.0, 4.0]], [[1.0], [2.0]]);
        assert!(Dataset::new(&x, &y).is_ok());
        let short = Dataset::new(&x, &y[..1]);
        assert_eq!(short, Err(Error::Shape { what: "number of labels", expected: 2, found: 1 }));
        let none = Dataset::new(&x[..0], &y[..0]);
        assert_eq!(none, Err(Error::Shape { what: "number of samples", expected: 1, found: 0 }));
        let nan = Dataset::new(&x, &[[1.0], [f64::NAN]]);
        assert_eq!(nan, Err(Error::NotFinite { what: Quantity::Y, row: 1, column: 0 }));
    }
}
