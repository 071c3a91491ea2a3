//! Dividing the lent memory.

use super::block;
use super::free::FreeList;
use super::table::Table;
use super::{FREE, PatternEngine};
use crate::train::exact::list::List;
use crate::train::exact::memory::{SLACK, aligned, cut, whole_lanes};
use crate::train::exact::queue::Queue;
use crate::vector::LANES;
use crate::{Scalar, Shape};

/// Scratch memory for one unit's weights and what is computed from them.
#[derive(Debug)]
pub(super) struct Scratch<'m, T> {
    /// The weights of a unit.
    pub(super) w: &'m mut [T],
    /// The stored coordinates of a unit.
    pub(super) u: &'m mut [T],
    /// The H of a unit.
    pub(super) h: &'m mut [T],
    /// A system of equations: m rows of m + 1 numbers.
    pub(super) square: &'m mut [T],
    /// The weights of a block of units.
    pub(super) lanes: &'m mut [[T; LANES]],
}

/// Returns the number of weights of a unit, m = c + d.
const fn weights(shape: Shape) -> usize {
    shape.inputs.saturating_add(shape.outputs)
}

/// The floats that the engine needs.
pub(in crate::train::exact) const fn floats(samples: usize, shape: Shape, groups: usize) -> usize {
    let m = weights(shape);
    let table = whole_lanes(groups).saturating_mul(block::rows(samples, shape));
    let lanes = LANES.saturating_mul(m.saturating_add(shape.outputs));
    let square = m.saturating_mul(m.saturating_add(1));
    let vectors = m.saturating_mul(2).saturating_add(shape.inputs.saturating_mul(shape.outputs));
    let small = square.saturating_add(vectors).saturating_add(samples).saturating_add(shape.width);
    table.saturating_add(lanes).saturating_add(small).saturating_add(SLACK)
}

/// The indices that the engine needs.
pub(in crate::train::exact) const fn indices(shape: Shape, groups: usize) -> usize {
    let for_groups = whole_lanes(groups).saturating_mul(5).saturating_add(whole_lanes(groups) / LANES);
    shape.width.saturating_mul(6).saturating_add(for_groups)
}

/// Makes an engine without units. The slices have the lengths that [`floats`] and [`indices`] say.
pub(in crate::train::exact) fn divide<'m, T: Scalar>(
    samples: usize,
    shape: Shape,
    groups: usize,
    floats: &'m mut [T],
    indices: &'m mut [u32],
) -> PatternEngine<'m, T> {
    let (mut t, mut i) = (aligned(floats), indices);
    let (t, i) = (&mut t, &mut i);
    let (m, width, groups) = (weights(shape), shape.width, whole_lanes(groups));
    let rows = cut(t, groups * block::rows(samples, shape)).as_chunks_mut().0;
    let delta = cut(t, LANES * shape.outputs).as_chunks_mut().0;
    let lanes = cut(t, LANES * m).as_chunks_mut().0;
    let counts = [cut(i, groups), cut(i, groups), cut(i, groups / LANES)];
    PatternEngine {
        table: Table::new(samples, shape, rows, delta, counts),
        queue: Queue::new(cut(t, width), [cut(i, width), cut(i, width)], cut(i, groups)),
        free: FreeList::new(cut(i, width), cut(i, width)),
        rechecked: List::new(cut(i, width)),
        locations: {
            let locations = cut(i, width);
            locations.fill(FREE);
            locations
        },
        candidates: cut(i, 2 * groups),
        reciprocals: cut(t, samples),
        scratch: Scratch {
            w: cut(t, m),
            u: cut(t, m),
            h: cut(t, shape.inputs * shape.outputs),
            square: cut(t, m * (m + 1)),
            lanes,
        },
        age: 0,
        steps: 0,
    }
}
