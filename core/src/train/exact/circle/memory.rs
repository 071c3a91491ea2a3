//! Dividing the lent memory.

use super::ArcEngine;
use super::arcs::Arcs;
use super::free::FreeUnits;
use super::group::{self, Groups};
use crate::Scalar;
use crate::train::exact::list::List;
use crate::train::exact::memory::{SLACK, aligned, cut, whole_lanes};
use crate::train::exact::queue::Queue;
use crate::vector::LANES;

/// Returns the number of arcs that n samples can have, rounded up to whole lanes.
const fn arcs(samples: usize) -> usize {
    whole_lanes(samples.saturating_mul(2))
}

/// Returns the number of blocks that k free units can need: the first block of every kink may be partly
/// empty.
const fn blocks(samples: usize, width: usize) -> usize {
    (width / LANES).saturating_add(samples.saturating_mul(2))
}

/// The floats that the engine needs for n samples and k units.
pub(in crate::train::exact) const fn floats(samples: usize, width: usize) -> usize {
    let for_samples = samples.saturating_mul(3 + 6 + 12).saturating_add(6);
    let for_arcs = arcs(samples).saturating_mul(6 + 2 + group::ROWS);
    let for_units = width.saturating_add(blocks(samples, width).saturating_mul(3 * LANES));
    for_samples.saturating_add(for_arcs).saturating_add(for_units).saturating_add(SLACK)
}

/// The indices that the engine needs for n samples and k units.
pub(in crate::train::exact) const fn indices(samples: usize, width: usize) -> usize {
    let for_samples = samples.saturating_mul(2);
    let for_arcs = arcs(samples).saturating_mul(4).saturating_add(arcs(samples) / LANES);
    let for_units = width.saturating_mul(7).saturating_add(blocks(samples, width).saturating_mul(1 + LANES));
    for_samples.saturating_add(for_arcs).saturating_add(for_units)
}

/// Makes an engine without units. The slices have the lengths that [`floats`] and [`indices`] say.
pub(in crate::train::exact) fn divide<'m, T: Scalar>(
    samples: usize,
    width: usize,
    floats: &'m mut [T],
    indices: &'m mut [u32],
) -> ArcEngine<'m, T> {
    let (mut t, mut i) = (aligned(floats), indices);
    let (arcs, blocks) = (arcs(samples), blocks(samples, width));
    let (t, i) = (&mut t, &mut i);
    let lanes = cut(t, blocks * 3 * LANES).as_chunks_mut().0.as_chunks_mut().0;
    let groups = cut(t, arcs * group::ROWS).as_chunks_mut().0.as_chunks_mut().0;
    let mut pair = || [cut(t, arcs), cut(t, arcs)];
    let (for_arcs, group_moments) = ([pair(), pair(), pair()], pair());
    ArcEngine {
        arcs: Arcs::new(
            cut(i, 2 * samples).as_chunks_mut().0,
            cut(t, 3 * samples).as_chunks_mut().0,
            cut(t, 4 * samples + 4).as_chunks_mut().0,
            cut(t, 2 * samples + 2),
            cut(t, 12 * samples).as_chunks_mut().0.as_chunks_mut().0,
            for_arcs,
        ),
        groups: Groups::new(groups, group_moments, [cut(i, arcs), cut(i, arcs / LANES)]),
        queue: Queue::new(cut(t, width), [cut(i, width), cut(i, width)], cut(i, arcs)),
        free: FreeUnits::new(
            lanes,
            cut(i, blocks * LANES).as_chunks_mut().0,
            [cut(i, blocks), cut(i, arcs), cut(i, arcs), cut(i, width)],
        ),
        escaped: List::new(cut(i, width)),
        unassigned: List::new(cut(i, width)),
        on_kink: List::new(cut(i, width)),
        locations: cut(i, width),
        age: 0,
        steps: 0,
    }
}
