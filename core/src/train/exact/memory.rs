//! Dividing the lent memory.

use core::mem::take;

use super::Engine;
use super::arcs::Arcs;
use super::group::{self, Groups};
use super::list::List;
use super::loose::Loose;
use super::queue::Queue;
use crate::Scalar;
use crate::vector::LANES;

/// Arcs for n samples, filled up to whole lanes.
const fn arcs(samples: usize) -> usize {
    samples.saturating_mul(2).div_ceil(LANES).saturating_mul(LANES)
}

/// Blocks that k loose units of n samples can need: every kink's first block may be partly empty.
const fn blocks(samples: usize, width: usize) -> usize {
    (width / LANES).saturating_add(samples.saturating_mul(2))
}

/// Numbers that may be skipped so that lanes begin at a cache line of [`LINE`] bytes; only the speed depends on it.
pub(super) const SLACK: usize = LINE / 4 - 1;
pub(super) const LINE: usize = 64;

/// Numbers that the exact engine needs for n samples and k units.
pub(super) const fn numbers(samples: usize, width: usize) -> usize {
    let for_samples = samples.saturating_mul(3 + 6 + 12).saturating_add(6);
    let for_arcs = arcs(samples).saturating_mul(6 + 2 + group::ROWS);
    let for_units = width.saturating_add(blocks(samples, width).saturating_mul(3 * LANES));
    for_samples.saturating_add(for_arcs).saturating_add(for_units).saturating_add(SLACK)
}

/// Indices that it needs.
pub(super) const fn indices(samples: usize, width: usize) -> usize {
    let for_samples = samples.saturating_mul(2);
    let for_arcs = arcs(samples).saturating_mul(4).saturating_add(arcs(samples) / LANES);
    let for_units = width.saturating_mul(7).saturating_add(blocks(samples, width).saturating_mul(1 + LANES));
    for_samples.saturating_add(for_arcs).saturating_add(for_units)
}

/// Takes the first `count` elements off a slice that has been checked to be long enough.
pub(super) fn cut<'m, E>(rest: &mut &'m mut [E], count: usize) -> &'m mut [E] {
    let (front, back) = take(rest).split_at_mut_checked(count).unwrap_or((&mut [], &mut []));
    *rest = back;
    front
}

/// The engine's parts, empty. The slices have the lengths that [`numbers`] and [`indices`] say.
pub(super) fn divide<'m, T: Scalar>(
    samples: usize,
    width: usize,
    numbers: &'m mut [T],
    indices: &'m mut [u32],
) -> Engine<'m, T> {
    let skipped = numbers.as_ptr().align_offset(LINE).min(SLACK);
    let (mut t, mut i) = (numbers.get_mut(skipped..).unwrap_or(&mut []), indices);
    let (arcs, blocks) = (arcs(samples), blocks(samples, width));
    let (t, i) = (&mut t, &mut i);
    let lanes = cut(t, blocks * 3 * LANES).as_chunks_mut().0.as_chunks_mut().0;
    let groups = cut(t, arcs * group::ROWS).as_chunks_mut().0.as_chunks_mut().0;
    let mut pair = || [cut(t, arcs), cut(t, arcs)];
    let (for_arcs, group_moments) = ([pair(), pair(), pair()], pair());
    Engine {
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
        loose: Loose::new(
            lanes,
            cut(i, blocks * LANES).as_chunks_mut().0,
            [cut(i, blocks), cut(i, arcs), cut(i, arcs), cut(i, width)],
        ),
        strays: List::new(cut(i, width)),
        looked: List::new(cut(i, width)),
        scanned: List::new(cut(i, width)),
        homes: cut(i, width),
        age: 0,
        steps: 0,
    }
}
