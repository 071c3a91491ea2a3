//! Ranks: which of the samples' intervals end the one of a level.

use crate::error::Setting;
use crate::{Error, Scalar};

/// Returns how many of n + 1 samples may be stranger than a new one in an interval of this level: f =
/// floor((1 - level) (n + 1)). The rounding of the level is allowed for, up to 4 roundings.
///
/// # Errors
/// [`Error::OutOfRange`] for a level that is not above 0 and below 1, [`Error::NotFitted`] without samples,
/// [`Error::TooFewSamples`] if f is 0.
#[doc(hidden)]
pub fn rank<T: Scalar>(level: T, n: usize) -> Result<usize, Error> {
    if !(level > T::ZERO && level < T::ONE) {
        return Err(Setting::Level.out_of_range());
    }
    let alpha = (T::ONE - level) + T::TWO * T::TWO * T::EPSILON;
    let at_most = |n: usize| largest(|f| T::from_usize(f) <= alpha * T::from_usize(n.saturating_add(1)));
    match at_most(n) {
        0 if n == 0 => Err(Error::NotFitted),
        0 => {
            let too_few = largest(|n| T::from_usize(n.saturating_add(1)) * alpha < T::ONE);
            Err(Error::TooFewSamples { needed: too_few.saturating_add(1), found: n })
        }
        f => Ok(f),
    }
}

/// Returns the largest count below 2^31 that `holds`, given that all smaller ones do; 0 if none does.
fn largest(holds: impl Fn(usize) -> bool) -> usize {
    let mut count = 0;
    for bit in (0..31).rev() {
        let next = count + (1 << bit);
        if holds(next) {
            count = next;
        }
    }
    count
}

/// Returns the f-th smallest number. The order of the numbers changes. Cost: f passes over all of them.
pub(super) fn smallest<T: Scalar>(values: &mut [T], f: usize) -> T {
    let mut found = T::NAN;
    let mut rest = values;
    for _ in 0..f {
        let Some((first, others)) = rest.split_first_mut() else { break };
        for other in &mut *others {
            if *other < *first {
                core::mem::swap(other, first);
            }
        }
        found = *first;
        rest = others;
    }
    found
}
