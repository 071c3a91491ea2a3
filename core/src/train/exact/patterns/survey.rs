//! A look at one unit: its pattern, its room, and how hard the next step pulls at it.

use crate::train::exact::room::room;
use crate::vector::{dot, length};
use crate::{Dataset, Scalar};

/// What a step shows to the units.
pub(super) struct Seen<'s, T> {
    pub(super) data: &'s Dataset<'s, T>,
    pub(super) residuals: &'s [T],
    /// phi' below and above the kink.
    pub(super) slopes: [T; 2],
    /// The rate over sqrt k.
    pub(super) factor: T,
}

impl<'s, T: Scalar> Seen<'s, T> {
    /// Samples, the c residuals at each.
    #[inline(always)]
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'s [T], &'s [T])> {
        self.data.x().iter().zip(self.residuals.chunks_exact(self.data.y().columns().max(1)))
    }

    /// phi' at each sample for a unit of weights (a, b).
    pub(super) fn pattern<'w>(&'w self, w: &'w [T]) -> impl Iterator<Item = T> + 'w {
        let b = w.get(self.data.y().columns()..).unwrap_or(&[]);
        let [low, high] = self.slopes;
        self.data.x().iter().map(move |z| if dot(b, z) > T::ZERO { high } else { low })
    }
}

/// What is seen of a unit.
pub(super) struct Survey<T> {
    /// FNV-1a of the pattern.
    pub(super) hash: u32,
    /// A path length within which it cannot meet a kink. NaN for a unit that is not finite.
    pub(super) room: T,
    /// The Frobenius norm of its H.
    pub(super) pull: T,
}

/// Looks at the unit of weights w; `h` is scratch for c d numbers. Cost: n d (c + 1) multiply-adds.
pub(super) fn survey<T: Scalar>(seen: &Seen<'_, T>, w: &[T], inverse: &[T], h: &mut [T]) -> Survey<T> {
    let (c, d) = (seen.data.y().columns(), seen.data.x().columns().max(1));
    let (a, b) = w.split_at_checked(c).unwrap_or((w, &[]));
    let (mut hash, mut near) = (2_166_136_261u32, None);
    h.fill(T::ZERO);
    for ((z, r), &inverse) in seen.rows().zip(inverse) {
        let product = dot(b, z);
        let active = product > T::ZERO;
        hash = (hash ^ u32::from(active)).wrapping_mul(16_777_619);
        if inverse > T::ZERO {
            let distance = product.abs() * inverse;
            near = Some(near.filter(|near| *near <= distance).unwrap_or(distance));
        }
        let slope = seen.slopes[usize::from(active)];
        for (h, &r) in h.chunks_exact_mut(d).zip(r) {
            for (h, &z) in h.iter_mut().zip(z) {
                *h += slope * r * z;
            }
        }
    }
    Survey { hash, room: room(near.unwrap_or(T::ZERO), length(a), length(b)), pull: seen.factor * length(h) }
}
