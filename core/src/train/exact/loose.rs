//! Loose units: those near a kink, moved one by one, in lanes.
//!
//! A loose unit is filed under the kink it is near, with others of the same kink in blocks of [`LANES`]. It may be on either
//! side: all that differs between the two arcs is h, and each lane chooses by the sign of normal . b. So a unit that crosses
//! its kink back and forth costs nothing more. Its kink changes only when it goes past a neighbouring one, which every
//! pass checks: such a unit is a stray, to be filed anew.
//!
//! The blocks of a kink form a list of which only the first may be partly empty. Empty lanes hold zeros, which stay zeros
//! and add nothing.

use core::hint::black_box;

use super::arcs::{Arcs, Sides, pair};
use super::queue::NONE;
use super::units::{Units, dot2};
use crate::Scalar;
use crate::vector::{LANES, across_lanes, sum_lanes};

/// a, b_0 and b_1 in lanes.
pub(super) type Lanes<T> = [[T; LANES]; 3];

/// Blocks of loose units and their lists, in lent memory.
#[derive(Debug)]
pub(super) struct Loose<'m, T> {
    blocks: &'m mut [Lanes<T>],
    /// The unit in each lane.
    units: &'m mut [[u32; LANES]],
    /// The next block of the same kink, or of the free ones.
    next: &'m mut [u32],
    /// The first block of each kink.
    heads: &'m mut [u32],
    /// Units in the first block of each kink.
    filled: &'m mut [u32],
    /// Block and lane of each loose unit, as one number.
    places: &'m mut [u32],
    free: u32,
}

/// Sums over lanes, where a vector register does not straddle two cache lines.
#[repr(align(64))]
struct Sums<T>([[T; LANES]; 4]);

/// What a pass over the units of one kink needs.
struct Kink<'k, T> {
    /// Normals of the kink before, this one and the next.
    normals: [&'k [T; 2]; 3],
    /// h of the arcs before and behind this kink.
    h: [[T; 2]; 2],
}

impl<'m, T: Scalar> Loose<'m, T> {
    pub(super) fn new(
        blocks: &'m mut [Lanes<T>],
        units: &'m mut [[u32; LANES]],
        [next, heads, filled, places]: [&'m mut [u32]; 4],
    ) -> Self {
        Self { blocks, units, next, heads, filled, places, free: NONE }
    }

    /// Empties all lists.
    pub(super) fn clear(&mut self) {
        self.blocks.fill([[T::ZERO; LANES]; 3]);
        self.units.fill([NONE; LANES]);
        self.heads.fill(NONE);
        self.filled.fill(0);
        self.free = NONE;
        for (block, next) in (0..).zip(&mut *self.next) {
            *next = self.free;
            self.free = block;
        }
    }

    /// Moves every loose unit by one step and adds up a b for each arc. Strays get zeros in their lanes; their weights go to
    /// `units`, and they wait in `strays`.
    #[inline(always)]
    pub(super) fn pass(&mut self, arcs: &mut Arcs<'_, T>, units: &mut Units<'_, T>, strays: &mut List<'_>) {
        let count = arcs.len();
        let Sides { normals, h, moments } = arcs.sides();
        let none = [T::ZERO; 2]; // with one line only there is no neighbour to go past
        let [m0, m1] = moments;
        m0.fill(T::ZERO);
        m1.fill(T::ZERO);
        let mut before = count.wrapping_sub(1);
        for (e, (normals, &head)) in normals.windows(3).zip(&*self.heads).enumerate() {
            let [last, own, next] = normals else { break };
            let arcs = [before, e];
            before = e;
            if head == NONE {
                continue;
            }
            let (last, next) = if count > 2 { (last, next) } else { (&none, &none) };
            let kink = Kink { normals: [last, own, next], h: arcs.map(|arc| pair(h, arc)) };
            let mut sums = Sums([[T::ZERO; LANES]; 4]);
            black_box(&mut sums); // in memory, or the compiler tears the lanes apart for the sums below
            let mut block = head;
            while let Some(lanes) = self.blocks.get_mut(block as usize) {
                let (mut moved, outside) = advance(lanes, &kink);
                *lanes = moved;
                if outside && let Some(ids) = self.units.get(block as usize) {
                    expel(lanes, ids, &kink, units, strays);
                    moved = *lanes;
                }
                add_moments(&moved, own, &mut sums);
                block = self.next.get(block as usize).copied().unwrap_or(NONE);
            }
            across_lanes();
            let [all0, all1, behind0, behind1] = sums.0.each_ref().map(sum_lanes);
            let sums = [[all0 - behind0, all1 - behind1], [behind0, behind1]]; // exactly 0 if all are behind
            for (arc, [x, y]) in arcs.into_iter().zip(sums) {
                if let (Some(m0), Some(m1)) = (m0.get_mut(arc), m1.get_mut(arc)) {
                    *m0 += x;
                    *m1 += y;
                }
            }
        }
    }

    /// Files a unit under a kink.
    pub(super) fn insert(&mut self, kink: usize, unit: u32, w: [T; 3]) {
        let (Some(head), Some(filled)) = (self.heads.get_mut(kink), self.filled.get_mut(kink)) else {
            return;
        };
        if *head == NONE || *filled as usize == LANES {
            let block = self.free;
            let Some(next) = self.next.get_mut(block as usize) else { return };
            self.free = *next;
            *next = *head;
            (*head, *filled) = (block, 0);
        }
        let place = (*head, *filled as usize);
        *filled += 1;
        self.write(place, unit, w);
    }

    /// Takes a unit out of a kink's blocks: the last lane of the first block moves into the gap.
    pub(super) fn remove(&mut self, kink: usize, unit: u32) {
        let code = self.places.get(unit as usize).copied().unwrap_or(NONE);
        let gap = (code / LANES as u32, code as usize % LANES);
        let (Some(head), Some(filled)) = (self.heads.get_mut(kink), self.filled.get_mut(kink)) else {
            return;
        };
        let block = *head;
        *filled = filled.wrapping_sub(1);
        let last = (block, *filled as usize);
        if *filled == 0
            && let Some(next) = self.next.get_mut(block as usize)
        {
            *head = *next;
            *filled = if *head == NONE { 0 } else { LANES as u32 };
            *next = self.free;
            self.free = block;
        }
        let (moved, w) = self.read(last);
        self.write(gap, moved, w);
        self.write(last, NONE, [T::ZERO; 3]);
    }

    /// The weights of every loose unit of a kink that `which` picks go to `units`; the unit itself to `chosen`.
    pub(super) fn choose(
        &self,
        kink: usize,
        units: &mut Units<'_, T>,
        chosen: &mut List<'_>,
        which: impl Fn([T; 3]) -> bool,
    ) {
        let mut block = self.heads.get(kink).copied().unwrap_or(NONE);
        while let (Some(ids), Some(&next)) = (self.units.get(block as usize), self.next.get(block as usize)) {
            for (lane, &unit) in ids.iter().enumerate() {
                let (_, w) = self.read((block, lane));
                if unit != NONE && which(w) {
                    units.put(unit, w);
                    chosen.push(unit);
                }
            }
            block = next;
        }
    }

    fn read(&self, (block, lane): (u32, usize)) -> (u32, [T; 3]) {
        let unit = self.units.get(block as usize).and_then(|ids| ids.get(lane)).copied();
        let lanes = self.blocks.get(block as usize);
        let weight = |row: usize| lanes.and_then(|w| w.get(row)?.get(lane)).copied().unwrap_or(T::ZERO);
        (unit.unwrap_or(NONE), [weight(0), weight(1), weight(2)])
    }

    fn write(&mut self, (block, lane): (u32, usize), unit: u32, w: [T; 3]) {
        if let Some(id) = self.units.get_mut(block as usize).and_then(|ids| ids.get_mut(lane)) {
            *id = unit;
        }
        for (row, w) in self.blocks.get_mut(block as usize).into_iter().flatten().zip(w) {
            if let Some(slot) = row.get_mut(lane) {
                *slot = w;
            }
        }
        if let Some(place) = self.places.get_mut(unit as usize) {
            *place = block * LANES as u32 + lane as u32;
        }
    }
}

/// A block after one step, and whether a unit has gone past a neighbouring kink.
#[inline(always)]
fn advance<T: Scalar>(lanes: &Lanes<T>, kink: &Kink<'_, T>) -> (Lanes<T>, bool) {
    let [last, own, next] = kink.normals;
    let [before, behind] = kink.h;
    let [mut a, mut b0, mut b1] = *lanes;
    let mut outside = [false; LANES];
    across_lanes();
    for l in 0..LANES {
        let is_behind = own[0] * b0[l] + own[1] * b1[l] > T::ZERO;
        let h0 = if is_behind { behind[0] } else { before[0] };
        let h1 = if is_behind { behind[1] } else { before[1] };
        let back = a[l];
        a[l] -= h0 * b0[l] + h1 * b1[l];
        b0[l] -= back * h0;
        b1[l] -= back * h1;
        let from_last = last[0] * b0[l] + last[1] * b1[l];
        let to_next = next[0] * b0[l] + next[1] * b1[l];
        outside[l] = (from_last < T::ZERO) | (to_next > T::ZERO);
    }
    ([a, b0, b1], outside.iter().fold(false, |any, &one| any | one))
}

/// Adds a b of all units of a block to the first two sums, of those behind the kink to the others.
#[inline(always)]
fn add_moments<T: Scalar>([a, b0, b1]: &Lanes<T>, own: &[T; 2], Sums(sums): &mut Sums<T>) {
    across_lanes();
    let [mut all0, mut all1, mut behind0, mut behind1] = *sums;
    for l in 0..LANES {
        let (m0, m1) = (a[l] * b0[l], a[l] * b1[l]);
        let is_behind = own[0] * b0[l] + own[1] * b1[l] > T::ZERO;
        all0[l] += m0;
        all1[l] += m1;
        behind0[l] += if is_behind { m0 } else { T::ZERO };
        behind1[l] += if is_behind { m1 } else { T::ZERO };
    }
    *sums = [all0, all1, behind0, behind1];
}

/// Writes the strays of a block to `units` and leaves zeros in their lanes.
#[cold]
#[inline(never)]
fn expel<T: Scalar>(
    lanes: &mut Lanes<T>,
    ids: &[u32; LANES],
    kink: &Kink<'_, T>,
    units: &mut Units<'_, T>,
    strays: &mut List<'_>,
) {
    let [last, _, next] = kink.normals;
    let [a, b0, b1] = lanes;
    for l in 0..LANES {
        let b = [b0[l], b1[l]];
        if dot2(last, &b) < T::ZERO || dot2(next, &b) > T::ZERO {
            units.put(ids[l], [a[l], b[0], b[1]]);
            strays.push(ids[l]);
            (a[l], b0[l], b1[l]) = (T::ZERO, T::ZERO, T::ZERO);
        }
    }
}

/// A list of units, last in first out, through one link for each.
#[derive(Debug)]
pub(super) struct List<'m> {
    links: &'m mut [u32],
    first: u32,
}

impl<'m> List<'m> {
    pub(super) fn new(links: &'m mut [u32]) -> Self {
        Self { links, first: NONE }
    }

    pub(super) fn clear(&mut self) {
        self.first = NONE;
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.first == NONE
    }

    pub(super) fn push(&mut self, unit: u32) {
        if let Some(link) = self.links.get_mut(unit as usize) {
            *link = self.first;
            self.first = unit;
        }
    }

    pub(super) fn pop(&mut self) -> Option<u32> {
        let unit = self.first;
        self.first = *self.links.get(unit as usize)?;
        Some(unit)
    }

    /// All units, from the last one pushed.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let next = |unit: &u32| self.links.get(*unit as usize).copied();
        core::iter::successors((self.first != NONE).then_some(self.first), move |unit| {
            next(unit).filter(|&n| n != NONE)
        })
    }
}
