//! Access to parts of slices that cannot panic: what does not exist is empty, or is not written.

/// Returns the first n elements; none if there are fewer.
#[inline(always)]
pub(crate) fn first<T>(values: &[T], n: usize) -> &[T] {
    values.get(..n).unwrap_or(&[])
}

#[inline(always)]
pub(crate) fn first_mut<T>(values: &mut [T], n: usize) -> &mut [T] {
    values.get_mut(..n).unwrap_or(&mut [])
}

/// Returns the first n elements of a row, rows being `stride` apart.
#[inline(always)]
pub(crate) fn row<T>(values: &[T], stride: usize, row: usize, n: usize) -> &[T] {
    let start = row.saturating_mul(stride);
    values.get(start..start.saturating_add(n)).unwrap_or(&[])
}

#[inline(always)]
pub(crate) fn row_mut<T>(values: &mut [T], stride: usize, row: usize, n: usize) -> &mut [T] {
    let start = row.saturating_mul(stride);
    values.get_mut(start..start.saturating_add(n)).unwrap_or(&mut [])
}

/// Returns the elements of a range; none if the slice is too short.
#[inline(always)]
pub(crate) fn range_mut<T>(values: &mut [T], from: usize, to: usize) -> &mut [T] {
    values.get_mut(from..to).unwrap_or(&mut [])
}

/// Writes one element, if it exists.
#[inline(always)]
pub(crate) fn set<T>(values: &mut [T], index: usize, value: T) {
    if let Some(place) = values.get_mut(index) {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_do_not_exist_are_empty() {
        let values = [1, 2, 3, 4, 5, 6];
        assert_eq!((row(&values, 2, 1, 2), row(&values, 2, 2, 2)), (&[3, 4][..], &[5, 6][..]));
        assert!(row(&values, 2, 3, 2).is_empty() && row(&values, 2, 1 << (usize::BITS - 1), 2).is_empty());
    }
}
