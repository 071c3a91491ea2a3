//! How both engines divide the memory that the caller lends.

use core::mem::take;

use crate::vector::LANES;

/// Bytes of a cache line. Only the speed depends on it.
const LINE: usize = 64;

/// Floats that [`aligned`] may skip: those before the first cache line, for the smallest float.
pub(super) const SLACK: usize = LINE / 4 - 1;

/// Returns the slice from its first cache line on.
pub(super) fn aligned<T>(floats: &mut [T]) -> &mut [T] {
    let skipped = floats.as_ptr().align_offset(LINE).min(SLACK);
    floats.get_mut(skipped..).unwrap_or(&mut [])
}

/// Rounds a count up to a multiple of [`LANES`].
pub(super) const fn whole_lanes(count: usize) -> usize {
    count.div_ceil(LANES).saturating_mul(LANES)
}

/// Takes the first `count` elements off a slice that has been checked to be long enough.
pub(super) fn cut<'m, E>(rest: &mut &'m mut [E], count: usize) -> &'m mut [E] {
    let (front, back) = take(rest).split_at_mut_checked(count).unwrap_or((&mut [], &mut []));
    *rest = back;
    front
}
