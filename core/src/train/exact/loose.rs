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
use super::lanes::{Kink, Lanes, Sums, add_moments, advance, expel};
use super::list::List;
use super::queue::NONE;
use super::units::Units;
use crate::Scalar;
use crate::vector::{LANES, across_lanes, sum_lanes};

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
