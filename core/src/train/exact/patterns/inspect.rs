//! Inspecting one unit: its pattern, its margin, and the length of its next step.

use crate::train::exact::margin::margin;
use crate::vector::{dot, length};
use crate::{Dataset, Scalar};

/// What a step of a unit depends on, besides its weights.
pub(super) struct StepView<'s, T> {
    pub(super) data: &'s Dataset<'s, T>,
    pub(super) residuals: &'s [T],
    /// phi' below and above the kink.
    pub(super) slopes: [T; 2],
    /// The rate over sqrt k.
    pub(super) factor: T,
}

impl<'s, T: Scalar> StepView<'s, T> {
    /// Iterates over the samples and the c residuals at each.
    #[inline(always)]
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'s [T], &'s [T])> {
        self.data.x().iter().zip(self.residuals.chunks_exact(self.data.y().columns().max(1)))
    }

    /// Iterates over phi' at each sample, for a unit of weights (a, b).
    pub(super) fn pattern<'w>(&'w self, w: &'w [T]) -> impl Iterator<Item = T> + 'w {
        let b = w.get(self.data.y().columns()..).unwrap_or(&[]);
        let [low, high] = self.slopes;
        self.data.x().iter().map(move |z| if dot(b, z) > T::ZERO { high } else { low })
    }
}

/// The result of inspecting a unit.
pub(super) struct Inspection<T> {
    /// The FNV-1a hash of the pattern.
    pub(super) hash: u32,
    /// A path length within which the unit cannot meet a kink. NaN for a unit that is not finite.
    pub(super) margin: T,
    /// The Frobenius norm of the unit's H.
    pub(super) step_norm: T,
}

/// Inspects the unit of weights w. `h` is scratch memory for c d numbers.
///
/// Cost: n d (c + 1) multiply-adds.
pub(super) fn inspect<T: Scalar>(
    view: &StepView<'_, T>,
    w: &[T],
    reciprocals: &[T],
    h: &mut [T],
) -> Inspection<T> {
    let (c, d) = (view.data.y().columns(), view.data.x().columns().max(1));
    let (a, b) = w.split_at_checked(c).unwrap_or((w, &[]));
    let (mut hash, mut near) = (2_166_136_261u32, None);
    h.fill(T::ZERO);
    for ((z, r), &reciprocal) in view.rows().zip(reciprocals) {
        let product = dot(b, z);
        let active = product > T::ZERO;
        hash = (hash ^ u32::from(active)).wrapping_mul(16_777_619);
        if reciprocal > T::ZERO {
            let distance = product.abs() * reciprocal;
            near = Some(near.filter(|near| *near <= distance).unwrap_or(distance));
        }
        let slope = view.slopes[usize::from(active)];
        for (h, &r) in h.chunks_exact_mut(d).zip(r) {
            for (h, &z) in h.iter_mut().zip(z) {
                *h += slope * r * z;
            }
        }
    }
    Inspection {
        hash,
        margin: margin(near.unwrap_or(T::ZERO), length(a), length(b)),
        step_norm: view.factor * length(h),
    }
}
