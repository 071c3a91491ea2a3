//! Dividing the lent memory.

use super::block;
use super::loose::Loose;
use super::table::Table;
use super::{Engine, LOOSE};
use crate::train::exact::list::List;
use crate::train::exact::memory::{LINE, SLACK, cut};
use crate::train::exact::queue::Queue;
use crate::vector::LANES;
use crate::{Scalar, Shape};

/// Room for one unit's weights and what is worked out from them.
#[derive(Debug)]
pub(super) struct Scratch<'m, T> {
    /// Weights and stored coordinates of a unit.
    pub(super) w: &'m mut [T],
    pub(super) u: &'m mut [T],
    /// Its H.
    pub(super) h: &'m mut [T],
    /// m rows of m + 1: a system of equations.
    pub(super) square: &'m mut [T],
    /// The weights of a block of units.
    pub(super) lanes: &'m mut [[T; LANES]],
}

/// Weights of a unit, c + d.
const fn weights(shape: Shape) -> usize {
    shape.inputs.saturating_add(shape.outputs)
}

/// Groups, filled up to whole lanes.
const fn whole(groups: usize) -> usize {
    groups.div_ceil(LANES).saturating_mul(LANES)
}

/// Numbers that the engine needs.
pub(super) const fn numbers(samples: usize, shape: Shape, groups: usize) -> usize {
    let m = weights(shape);
    let table = whole(groups).saturating_mul(block::rows(samples, shape));
    let lanes = LANES.saturating_mul(m.saturating_add(shape.outputs));
    let square = m.saturating_mul(m.saturating_add(1));
    let vectors = m.saturating_mul(2).saturating_add(shape.inputs.saturating_mul(shape.outputs));
    let small = square.saturating_add(vectors).saturating_add(samples).saturating_add(shape.width);
    table.saturating_add(lanes).saturating_add(small).saturating_add(SLACK)
}

/// Indices that it needs.
pub(super) const fn indices(shape: Shape, groups: usize) -> usize {
    let for_groups = whole(groups).saturating_mul(5).saturating_add(whole(groups) / LANES);
    shape.width.saturating_mul(6).saturating_add(for_groups)
}

/// The engine's parts, empty. The slices have the lengths that [`numbers`] and [`indices`] say.
pub(super) fn divide<'m, T: Scalar>(
    samples: usize,
    shape: Shape,
    groups: usize,
    numbers: &'m mut [T],
    indices: &'m mut [u32],
) -> Engine<'m, T> {
    let skipped = numbers.as_ptr().align_offset(LINE).min(SLACK);
    let (mut t, mut i) = (numbers.get_mut(skipped..).unwrap_or(&mut []), indices);
    let (t, i) = (&mut t, &mut i);
    let (m, width, groups) = (weights(shape), shape.width, whole(groups));
    let rows = cut(t, groups * block::rows(samples, shape)).as_chunks_mut().0;
    let delta = cut(t, LANES * shape.outputs).as_chunks_mut().0;
    let lanes = cut(t, LANES * m).as_chunks_mut().0;
    let counts = [cut(i, groups), cut(i, groups), cut(i, groups / LANES)];
    Engine {
        table: Table::new(samples, shape, rows, delta, counts),
        queue: Queue::new(cut(t, width), [cut(i, width), cut(i, width)], cut(i, groups)),
        loose: Loose::new(cut(i, width), cut(i, width)),
        looked: List::new(cut(i, width)),
        homes: {
            let homes = cut(i, width);
            homes.fill(LOOSE);
            homes
        },
        wishes: cut(i, 2 * groups),
        inverse: cut(t, samples),
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
