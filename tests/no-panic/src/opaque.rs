//! Values that the compiler can neither foresee nor discard.

use core::mem::MaybeUninit;
use core::ptr;

/// `x`, as if it came from outside.
#[inline(never)]
pub fn value<T: Copy>(x: T) -> T {
    unsafe { ptr::read_volatile(&x) }
}

/// A front part of `x` of unknown length and content.
pub fn slice<T>(x: &[T]) -> &[T] {
    let x: &[T] = value(x);
    x.get(..value(x.len())).unwrap_or(&[])
}

/// As [`slice`], to write to.
pub fn slice_mut<T>(x: &mut [T]) -> &mut [T] {
    let length = value(x.len());
    x.get_mut(..length).unwrap_or(&mut [])
}

/// Uses a result.
#[inline(never)]
pub fn keep<T>(x: T) {
    let mut place = MaybeUninit::uninit();
    unsafe { ptr::write_volatile(place.as_mut_ptr(), x) }
}
