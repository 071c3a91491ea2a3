//! A table of numbers, row by row. Samples are such a table, with one row for each.

use crate::error::Quantity;
use crate::slices::row;
use crate::{Error, Scalar};

/// Rows of `columns` numbers each, borrowed from a flat slice or from an array of arrays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rows<'a, T> {
    values: &'a [T],
    columns: usize,
}

impl<'a, T: Scalar> Rows<'a, T> {
    /// Takes rows of `columns` numbers in row-major order.
    ///
    /// # Errors
    /// [`Error::Shape`] if there are no columns or the last row is not complete.
    pub fn new(values: &'a [T], columns: usize) -> Result<Self, Error> {
        match values.len().checked_rem(columns) {
            Some(0) => Ok(Self { values, columns }),
            rest => Err(Error::Shape { what: "row", expected: columns, found: rest.unwrap_or(0) }),
        }
    }

    /// Returns the number of rows.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Returns whether there are no rows.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the number of columns.
    #[inline]
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Returns all numbers, row after row.
    #[inline]
    #[must_use]
    pub fn values(&self) -> &'a [T] {
        self.values
    }

    /// Returns row `i`; an empty slice if there is no such row.
    #[inline]
    #[must_use]
    pub fn row(&self, i: usize) -> &'a [T] {
        row(self.values, self.columns, i, self.columns)
    }

    /// Iterates over the rows in order.
    #[inline]
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [T]> + use<'a, T> {
        self.values.chunks_exact(self.columns.max(1))
    }

    /// Checks that all numbers are finite.
    ///
    /// # Errors
    /// [`Error::NotFinite`] with the row and column of the first NaN or infinity.
    pub(crate) fn check_finite(&self, what: Quantity) -> Result<(), Error> {
        for (row, values) in self.iter().enumerate() {
            if let Some(column) = values.iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFinite { what, row, column });
            }
        }
        Ok(())
    }
}

impl<'a, T, const D: usize> From<&'a [[T; D]]> for Rows<'a, T> {
    fn from(rows: &'a [[T; D]]) -> Self {
        const { assert!(D > 0, "a row has at least one number") }
        Self { values: rows.as_flattened(), columns: D }
    }
}

impl<'a, T, const D: usize, const N: usize> From<&'a [[T; D]; N]> for Rows<'a, T> {
    fn from(rows: &'a [[T; D]; N]) -> Self {
        Self::from(rows.as_slice())
    }
}

impl<'a, T: Scalar> From<&'a [T]> for Rows<'a, T> {
    /// Rows of one number each.
    fn from(values: &'a [T]) -> Self {
        Self { values, columns: 1 }
    }
}

impl<'a, T: Scalar, const N: usize> From<&'a [T; N]> for Rows<'a, T> {
    /// Rows of one number each.
    fn from(values: &'a [T; N]) -> Self {
        Self { values, columns: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_and_slices_agree() {
        let arrays = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let rows = Rows::from(&arrays);
        assert_eq!(Rows::new(arrays.as_flattened(), 2), Ok(rows));
        assert_eq!((rows.len(), rows.columns()), (3, 2));
        assert_eq!(rows.row(1), [3.0, 4.0]);
        assert!(rows.row(3).is_empty() && rows.row(usize::MAX).is_empty());
        assert!(rows.iter().eq(arrays.iter().map(|r| r.as_slice())));
    }

    #[test]
    fn incomplete_rows_are_refused() {
        let found = Rows::new(&[1.0, 2.0, 3.0], 2);
        assert_eq!(found, Err(Error::Shape { what: "row", expected: 2, found: 1 }));
        assert!(Rows::<f32>::new(&[], 0).is_err());
        assert!(Rows::<f32>::new(&[], 3).is_ok_and(|r| r.is_empty() && r.iter().len() == 0));
    }

    #[test]
    fn the_first_bad_number_is_named() {
        let rows = [[0.0, 1.0], [2.0, f32::NAN], [f32::INFINITY, 0.0]];
        let found = Rows::from(&rows).check_finite(Quantity::X);
        assert_eq!(found, Err(Error::NotFinite { what: Quantity::X, row: 1, column: 1 }));
    }
}
