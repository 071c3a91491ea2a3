//! One allocation, which the search for a heap must find.

extern crate alloc;

use alloc::boxed::Box;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

use crate::opaque;

struct Empty;

unsafe impl GlobalAlloc for Empty {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        ptr::null_mut()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static HEAP: Empty = Empty;

pub fn once() {
    opaque::keep(Box::new(opaque::value(1)));
}
