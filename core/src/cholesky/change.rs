//! Appends and removes a row of a factorisation in place.
//!
//! Appending solves one triangular system. Its operations are those of the factorisation, in the same order,
//! so the result has the bits of a fresh factorisation.
//!
//! Removing row i leaves one subdiagonal entry in each later row, which Givens rotations eliminate from the
//! top down (Golub and Van Loan, Matrix Computations, Section 6.5.2). They add at most a few roundings of the
//! diagonal to R^T R, and they cannot cancel. They need no `hypot`, because the squares that they add are
//! parts of K_jj + ridge.

use core::cell::Cell;

use super::Factor;
use super::factor::{check_storage, reciprocal_root};
use crate::{Error, Scalar};

/// Returns 1/R_nn of a new last row, from the new column R^-T k and K_nn + ridge.
///
/// # Errors
/// [`Error::NotPositiveDefinite`] as in [`super::factor`].
pub(crate) fn append_pivot<T: Scalar>(column: &[T], diagonal: T) -> Result<T, Error> {
    let pivot = column.iter().fold(diagonal, |pivot, &r| pivot - r * r);
    reciprocal_root(pivot, diagonal, column.len())
}

/// Writes the new row of K, its diagonal element, and the new column of R.
pub(crate) fn append<T: Scalar>(matrix: &mut [T], stride: usize, row: &[T], diagonal: T, column: &[T]) {
    let n = column.len();
    for (own, &r) in matrix.chunks_exact_mut(stride.max(1)).zip(column) {
        if let Some(place) = own.get_mut(n) {
            *place = r;
        }
    }
    let new = matrix.get_mut(n.saturating_mul(stride)..).unwrap_or(&mut []);
    for (place, &k) in new.iter_mut().zip(row.iter().take(n).chain([&diagonal])) {
        *place = k;
    }
}

/// Removes row and column i of the n x n matrix and of its factor, n = `reciprocals.len()`; later rows and
/// columns move up.
///
/// Afterwards the contents of the last row, column and reciprocal are unspecified. Cost: (n - i)^2/2
/// rotations of two numbers, four multiplications each, and for each of the n - i rows a square root and two
/// divisions. Relative to the diagonal, R^T R then differs from K + ridge I by a few [`Scalar::EPSILON`] more
/// than before.
///
/// # Errors
/// [`Error::OutOfBounds`] if there is no row i, [`Error::Shape`] if the array is too small. After an error
/// nothing has changed.
pub(crate) fn remove<T: Scalar>(
    matrix: &mut [T],
    stride: usize,
    reciprocals: &mut [T],
    i: usize,
) -> Result<(), Error> {
    let n = reciprocals.len();
    remove_from_factor(matrix, stride, reciprocals, i, |_, _, _| ())?;
    let mut rows = matrix.get_mut(i * stride..).unwrap_or(&mut []);
    for a in i + 1..n {
        let Some((above, below)) = rows.split_at_mut_checked(stride) else { break };
        let (left, right) = (below.get(..i).unwrap_or(&[]), below.get(i + 1..=a).unwrap_or(&[]));
        for (place, &k) in above.iter_mut().zip(left.iter().chain(right)) {
            *place = k;
        }
        rows = below;
    }
    Ok(())
}

/// Removes row i of the factor only; the lower triangle and the diagonal stay as they are.
///
/// `also(a, cosine, sine)` is called for each rotation in turn, with a from i + 1 to n - 1. The rotation
/// replaces numbers u and v that belong to the rows a - 1 and a by cosine v + sine u and cosine u - sine v.
/// Afterwards row n - 1 belongs to the part of the removed sample that is independent of the others.
///
/// # Errors
/// Those of [`remove`].
pub(crate) fn remove_from_factor<T: Scalar>(
    matrix: &mut [T],
    stride: usize,
    reciprocals: &mut [T],
    i: usize,
    mut also: impl FnMut(usize, T, T),
) -> Result<(), Error> {
    let n = reciprocals.len();
    check_storage(matrix.len(), stride, n)?;
    if i >= n {
        return Err(Error::OutOfBounds { what: "row", count: n, index: i });
    }
    for row in matrix.chunks_exact_mut(stride.max(1)).take(i) {
        shift(row.get_mut(i..n).unwrap_or(&mut []), 1);
    }
    let mut rows = matrix.get_mut(i * stride..).unwrap_or(&mut []);
    for a in i + 1..n {
        // `above` holds what is left of the removed row, to the right of its diagonal; row a takes its place.
        let Some((above, below)) = rows.split_at_mut_checked(stride) else { break };
        let Some([previous_reciprocal, current_reciprocal]) = reciprocals.get_mut(a - 1..a + 1) else {
            break;
        };
        let (Some(row), Some([entry_to_eliminate, rest_of_removed_row @ ..])) =
            (below.get_mut(..n), above.get_mut(a..n))
        else {
            break;
        };
        let Rotation { cosine, sine, reciprocal } = Rotation::new(*current_reciprocal, *entry_to_eliminate);
        *previous_reciprocal = reciprocal;
        for (removed, r) in rest_of_removed_row.iter_mut().zip(row.get_mut(a + 1..).unwrap_or(&mut [])) {
            (*removed, *r) = (cosine * *r + sine * *removed, cosine * *removed - sine * *r);
        }
        shift(above.get_mut(a..n).unwrap_or(&mut []), 1);
        also(a, cosine, sine);
        rows = below;
    }
    Ok(())
}

/// Moves all elements towards the front by `by` places; the last `by` elements stay as they were.
pub(crate) fn shift<T: Copy>(values: &mut [T], by: usize) {
    let cells = Cell::from_mut(values).as_slice_of_cells();
    for (place, later) in cells.iter().zip(cells.get(by..).unwrap_or(&[])) {
        place.set(later.get());
    }
}

/// A rotation that eliminates an entry by adding its square to that of the diagonal element R_aa.
struct Rotation<T> {
    cosine: T,
    sine: T,
    /// 1 / sqrt(R_aa^2 + entry^2), the reciprocal of the new diagonal element.
    reciprocal: T,
}

impl<T: Scalar> Rotation<T> {
    /// Creates the rotation from 1 / R_aa and the entry.
    #[inline(always)]
    fn new(reciprocal: T, entry: T) -> Self {
        let diagonal = T::ONE / reciprocal;
        let reciprocal = T::ONE / (diagonal * diagonal + entry * entry).sqrt();
        Self { cosine: diagonal * reciprocal, sine: entry * reciprocal, reciprocal }
    }
}

impl<T: Scalar> Factor<'_, T> {
    /// Computes the column R^-T k of a row that will be appended after row i has been removed, by applying
    /// the rotations of [`remove`] to that column only.
    ///
    /// `column` has n entries, of which the first n - 1 hold the result; `work` is a buffer of n numbers.
    /// Nothing else is written, so replacing a row can be refused before it begins. Cost: (n - i)^2/2
    /// rotations of one number, two multiplications each, and for each of the n - i rows a square root and
    /// two divisions.
    pub(crate) fn column_after_removal(&self, i: usize, column: &mut [T], work: &mut [T]) {
        for (place, &r) in work.iter_mut().skip(i + 1).zip(self.row(i)) {
            *place = r;
        }
        for (a, &reciprocal) in self.reciprocals.iter().enumerate().skip(i + 1) {
            let Some([entry_to_eliminate, rest_of_removed_row @ ..]) = work.get_mut(a..) else { break };
            let Some([previous, current]) = column.get_mut(a - 1..a + 1) else { break };
            let Rotation { cosine, sine, .. } = Rotation::new(reciprocal, *entry_to_eliminate);
            for (removed, &r) in rest_of_removed_row.iter_mut().zip(self.row(a)) {
                *removed = cosine * *removed - sine * r;
            }
            (*previous, *current) =
                (cosine * *current + sine * *previous, cosine * *previous - sine * *current);
        }
    }
}
