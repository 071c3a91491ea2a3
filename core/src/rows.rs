//! A table of numbers, row by row: the samples of the lecture, one row each.

use crate::{Error, Scalar};

/// `len` rows of `columns` numbers each, borrowed from a flat slice or from an array of arrays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rows<'a, T> {
    values: &'a [T],
    columns: usize,
}

impl<'a, T: Scalar> Rows<'a, T> {
    /// Rows of `columns` numbers in row-major order.
    ///
    /// # Errors
    /// [`Error::Shape`] if there are no columns or the last row is not complete.
    pub fn new(values: &'a [T], columns: usize) -> Result<Self, Error> {
        match values.len().checked_rem(columns) {
            Some(0) => Ok(Self { values, columns }),
            rest => Err(Error::Shape { what: "row", expected: columns, found: rest.unwrap_or(0) }),
        }
    }

    /// Number of rows.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// No rows at all.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Numbers in a row.
    #[inline]
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All numbers, row after row.
    #[inline]
    #[must_use]
    pub fn values(&self) -> &'a [T] {
        self.values
    }

    /// Row `i`; empty if there is no such row.
    #[inline]
    #[must_use]
    pub fn row(&self, i: usize) -> &'a [T] {
        let start = i.saturating_mul(self.columns);
        self.values.get(start..start.saturating_add(self.columns)).unwrap_or(&[])
    }

    /// The rows in order.
    #[inline]
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [T]> + use<'a, T> {
        self.values.chunks_exact(self.columns.max(1))
    }

    /// Refuses NaN and infinity.
    ///
    /// # Errors
    /// [`Error::NotFinite`] with the place of the first offender.
    pub fn check_finite(&self, what: &'static str) -> Result<(), Error> {
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
        let found = Rows::from(&rows).check_finite("x");
        assert_eq!(found, Err(Error::NotFinite { what: "x", row: 1, column: 1 }));
    }
}
