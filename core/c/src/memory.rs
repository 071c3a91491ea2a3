//! What C points at: checked before anything is read, so that misuse is a code and no undefined behaviour.
//!
//! What cannot be checked is left to the caller, as everywhere in C: that a pointer which is not null points
//! at as much memory as its type and length say, and that nobody else writes there during the call.

use core::ffi::c_void;

use crate::status::{Code, Outcome, Refusal};

/// What a model is in the memory of the caller.
#[repr(C)]
pub struct Cell<V> {
    magic: u32,
    value: V,
}

/// A kind of model of one shape.
///
/// # Safety
/// All bits zero are a value: its fields are numbers, flags and choices between two.
pub unsafe trait Kind: Sized {
    /// Marks memory that holds one: of this kind, this shape and this version of the layout.
    const MAGIC: u32;

    /// Makes the value of all zeros one without samples, where it lies: no second one on the stack.
    fn begin(&mut self);
}

/// Returns FNV-1a of kind and shape, which is neither 0 nor what memory often holds.
#[must_use]
pub const fn magic(kind: u8, inputs: usize, room: usize) -> u32 {
    let numbers = [b'n', b't', b'k', kind, inputs as u8, room as u8, (room >> 8) as u8, 1];
    let (mut hash, mut i) = (0x811c_9dc5_u32, 0);
    while i < numbers.len() {
        hash = (hash ^ numbers[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    hash
}

/// Writes an empty model.
///
/// # Safety
/// `size` bytes are there, for this call alone.
pub(crate) unsafe fn start<V: Kind>(memory: *mut c_void, size: usize) -> Outcome {
    let cell = check_pointer(memory.cast::<Cell<V>>())?;
    if size < size_of::<Cell<V>>() {
        return Err(Code::Memory.at(size_of::<Cell<V>>()));
    }
    // SAFETY: aligned, and the caller's for the size that was just compared; any bits are a u32.
    if unsafe { (&raw const (*cell).magic).read_volatile() } == V::MAGIC {
        return Err(Code::InUse.at(0));
    }
    // SAFETY: as above. What was there needs no drop: it is no model; and zeros are a value.
    unsafe {
        cell.write_bytes(0, 1);
        (*cell).value.begin();
        (&raw mut (*cell).magic).write(V::MAGIC);
    }
    Ok(())
}

/// The memory of a model, in which the mark was found.
pub(crate) struct Memory<V>(*mut Cell<V>);

impl<V: Kind> Memory<V> {
    /// Looks for the mark.
    ///
    /// # Safety
    /// The memory has the size of the C type, for the time of the call. What reads a model has it beside
    /// others that read; what changes it has it alone.
    pub(crate) unsafe fn of(memory: *const c_void) -> Result<Self, Refusal> {
        let cell = check_pointer(memory.cast_mut().cast::<Cell<V>>())?;
        // SAFETY: not null and aligned; the caller vouches for the size.
        if unsafe { (&raw const (*cell).magic).read_volatile() } == V::MAGIC {
            Ok(Self(cell))
        } else {
            Err(Code::NotInitialised.at(0))
        }
    }

    /// Returns the model, to be read.
    pub(crate) fn model(&self) -> &V {
        // SAFETY: `start` has written a model there, and who called `of` vouches that nobody changes it.
        unsafe { &(*self.0).value }
    }

    /// Returns the model, to be changed.
    pub(crate) fn model_mut(&mut self) -> &mut V {
        // SAFETY: as above, and nobody else reads it.
        unsafe { &mut (*self.0).value }
    }

    /// Takes the mark away; nothing needs to be dropped.
    pub(crate) fn end(self) {
        // SAFETY: as above.
        unsafe { (&raw mut (*self.0).magic).write_volatile(0) }
    }

    /// Numbers to be read, outside of the model.
    ///
    /// # Safety
    /// `len` values are there, and nobody writes to them during the call.
    pub(crate) unsafe fn slice<'m, T>(&self, data: *const T, len: usize) -> Result<&'m [T], Refusal> {
        if len == 0 {
            return Ok(&[]);
        }
        self.check_outside(data, len)?;
        // SAFETY: not null, aligned, within the address space, and the caller vouches for the values.
        Ok(unsafe { core::slice::from_raw_parts(data, len) })
    }

    /// Bytes to be written, outside of the model.
    ///
    /// # Safety
    /// `len` bytes are there, for this call alone.
    pub(crate) unsafe fn bytes_mut<'m>(&self, data: *mut u8, len: usize) -> Result<&'m mut [u8], Refusal> {
        if len == 0 {
            return Ok(&mut []);
        }
        self.check_outside(data, len)?;
        // SAFETY: as above; bytes have no invalid values.
        Ok(unsafe { core::slice::from_raw_parts_mut(data, len) })
    }

    /// Returns an input of D numbers, copied, so that a result may go where it came from.
    ///
    /// # Safety
    /// As [`Self::slice`].
    pub(crate) unsafe fn input<const D: usize>(
        &self,
        x: *const f32,
        count: usize,
    ) -> Result<[f32; D], Refusal> {
        if count != D {
            return Err(Code::Length.at(D));
        }
        self.check_outside(x, count)?;
        // SAFETY: checked, and an array has the alignment of its numbers.
        Ok(unsafe { x.cast::<[f32; D]>().read() })
    }

    /// Returns where an input of D numbers can be written.
    pub(crate) fn place<const D: usize>(&self, x: *mut f32, count: usize) -> Result<*mut [f32; D], Refusal> {
        if count != D {
            return Err(Code::Length.at(D));
        }
        self.check_outside(x, count)?;
        Ok(x.cast())
    }

    /// Checks that a result can be written.
    pub(crate) fn check_out<T>(&self, out: *mut T) -> Outcome {
        self.check_outside(out, 1)
    }

    fn check_outside<T>(&self, data: *const T, len: usize) -> Outcome {
        check_pointer(data.cast_mut())?;
        let (from, own) = (data as usize, self.0 as usize);
        let end = len.checked_mul(size_of::<T>()).filter(|&bytes| bytes <= isize::MAX as usize);
        let Some(end) = end.and_then(|bytes| from.checked_add(bytes)) else { return Err(Code::Length.at(0)) };
        if from < own.saturating_add(size_of::<Cell<V>>()) && own < end {
            return Err(Code::Overlap.at(0));
        }
        Ok(())
    }
}

/// Checks that a pointer is not null, and aligned for what it points at.
fn check_pointer<T>(pointer: *mut T) -> Result<*mut T, Refusal> {
    if pointer.is_null() {
        Err(Code::Null.at(0))
    } else if !pointer.is_aligned() {
        Err(Code::Unaligned.at(align_of::<T>()))
    } else {
        Ok(pointer)
    }
}

/// Writes a result.
///
/// # Safety
/// `out` has passed a check of [`Memory`], and the caller has memory for a `T` there.
pub(crate) unsafe fn put<T>(out: *mut T, value: T) -> Outcome {
    // SAFETY: the demand of this function.
    unsafe { out.write(value) };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::SHAPES;

    #[test]
    fn marks_tell_kinds_and_shapes_apart() {
        let marks: std::collections::BTreeSet<u32> =
            SHAPES.iter().flat_map(|&[d, n]| [b's', b'm', b'h'].map(|kind| magic(kind, d, n))).collect();
        assert_eq!(marks.len(), 3 * SHAPES.len());
        assert!(!marks.contains(&0) && !marks.contains(&u32::MAX));
    }
}
