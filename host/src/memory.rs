//! Memory that grows with the input is asked for before it is used, so that a lack of it is an error and not
//! the end of the program.
//!
//! What is asked for has to leave something free, an eighth of itself and 33 MB, for the small things that
//! the work on it takes.

use std::fmt;

use crate::error::Failure;

/// What has to stay free beside any memory that is asked for.
///
/// glibc maps every request above 32 MB by itself and unmaps it when it is freed. Less than that it may take
/// from its heap, which then keeps the memory; a thread, whose small requests are mapped one by one where
/// there is no room for a heap of its own, finds none left.
const BESIDE: usize = 33 << 20;

/// Returns an empty list with room for `count` values. `what` says in the message what takes the memory, as
/// in "a matrix of 5 x 7".
///
/// # Errors
/// If there is no memory for it.
pub fn room<V>(count: usize, what: impl fmt::Display) -> Result<Vec<V>, Failure> {
    let bytes = count.saturating_mul(size_of::<V>());
    let mut list = Vec::new();
    let reserved = list.try_reserve_exact(count).is_ok();
    if reserved && Vec::<u8>::new().try_reserve_exact((bytes / 8).saturating_add(BESIDE)).is_ok() {
        return Ok(list);
    }
    Err(lack(bytes, what))
}

/// Returns `count` copies of a value; `what` as in [`room`].
///
/// # Errors
/// As [`room`].
pub fn filled<V: Clone>(count: usize, value: V, what: impl fmt::Display) -> Result<Vec<V>, Failure> {
    let mut list = room(count, what)?;
    list.resize(count, value);
    Ok(list)
}

/// Returns a copy of a list; `what` as in [`room`].
///
/// # Errors
/// As [`room`].
pub fn copied<V: Copy>(values: &[V], what: impl fmt::Display) -> Result<Vec<V>, Failure> {
    let mut list = room(values.len(), what)?;
    list.extend_from_slice(values);
    Ok(list)
}

/// Checks that there is memory for `count` values in lists that a library makes; `what` as in [`room`].
///
/// # Errors
/// If there is none.
pub fn check<V>(count: usize, what: impl fmt::Display) -> Result<(), Failure> {
    room::<V>(count, what).map(drop)
}

fn lack(bytes: usize, what: impl fmt::Display) -> Failure {
    let gigabytes = bytes as f64 / 1e9;
    let digits = if gigabytes < 0.1 { 3 } else { 1 };
    Failure::new(format!("{what} takes {gigabytes:.digits$} GB of memory, more than there is"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_no_machine_has_is_refused_with_its_size() {
        let said = |found: Result<(), Failure>| found.unwrap_err().to_string();
        let most = isize::MAX as usize / 8;
        for count in [most, most + 1, usize::MAX] {
            let text = said(check::<f64>(count, format_args!("a list of {count}")));
            assert!(text.starts_with(&format!("a list of {count} takes ")), "{text}");
            assert!(text.ends_with(" GB of memory, more than there is"), "{text}");
        }
        assert!(said(check::<f64>(most, "it")).contains("9223372036.9 GB"));
        assert!(lack(50_000_000, "it").to_string().contains("0.050 GB"));
    }

    #[test]
    fn what_there_is_is_given() {
        assert_eq!(filled(3, 0.5, "three").unwrap(), [0.5; 3]);
        assert_eq!(copied(&[1, 2], "two").unwrap(), [1, 2]);
        let list = room::<u16>(1000, "a thousand").unwrap();
        assert!(list.is_empty() && list.capacity() >= 1000);
        assert!(filled(0, 1u8, "none").unwrap().is_empty());
    }
}
