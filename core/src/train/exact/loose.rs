//! Loose units: those near a kink, moved one by one, in lanes.
//!
//! A loose unit is filed under the kink it is near, with others of the same kink in blocks of [`LANES`], in the kink's frame
//! (`frames.rs`). It may be on either side: all that differs between the two arcs is h, and each lane chooses by the sign of a
//! coordinate. So a unit that crosses its kink back and forth costs nothing more. Its kink changes only when it goes past
//! a neighbouring one, which every pass checks: such a unit is a stray, to be filed anew.
//!
//! The blocks of a kink form a list of which only the first may be partly empty. Empty lanes hold zeros, which stay zeros
//! and add nothing.

use core::hint::black_box;

use super::arcs::{Arcs, Sides};
use super::frames::{Frame, turned};
use super::lanes::{Lanes, add_moments, advance, expel, sum_rows};
use super::list::List;
use super::queue::NONE;
use super::units::Units;
use crate::Scalar;
use crate::vector::{LANES, any};

/// Sums over lanes, where a vector register does not straddle two cache lines.
#[repr(align(64))]
struct Sums<T>([[T; LANES]; 3]);

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
        let Sides { frames, h: [h0, h1], moments: [m0, m1] } = arcs.sides();
        let mut before = [h0, h1].map(|h| h.last().copied().unwrap_or(T::ZERO));
        // The sums before a kink complete those of the arc that the kink before it has begun.
        let mut first = [T::ZERO; 2];
        let mut begun: Option<(&mut T, &mut T)> = None;
        let arcs = h0.iter().zip(h1).zip(m0.iter_mut().zip(m1));
        for (e, (frame, ((&h0, &h1), moments))) in frames.iter().zip(arcs).enumerate() {
            let h = [before, [h0, h1]];
            before = [h0, h1];
            let mut sums = [[T::ZERO; 2]; 2];
            let head = self.heads.get(e).copied().unwrap_or(NONE);
            if head != NONE {
                sums = self.pass_kink(head, frame, h, units, strays);
            }
            let [[x, y], behind] = sums;
            match &mut begun {
                None => first = [x, y],
                Some((m0, m1)) => {
                    **m0 += x;
                    **m1 += y;
                }
            }
            (*moments.0, *moments.1) = (behind[0], behind[1]);
            begun = Some(moments);
        }
        if let Some((m0, m1)) = begun {
            *m0 += first[0];
            *m1 += first[1];
        }
    }

    /// The same for one kink, given its first block and h before and behind it: the sums of a b before and behind it. What is along
    /// the kink may be counted on either side: only the kink's own samples tell the sides apart, and they stand across.
    #[inline(always)]
    fn pass_kink(
        &mut self,
        head: u32,
        frame: &Frame<T>,
        h: [[T; 2]; 2],
        units: &mut Units<'_, T>,
        strays: &mut List<'_>,
    ) -> [[T; 2]; 2] {
        let [normal, limits, _] = *frame;
        let h = h.map(|h| turned(normal, h));
        let mut sums = Sums([[T::ZERO; LANES]; 3]);
        black_box(&mut sums); // in memory, or the compiler tears the lanes apart for the sums below
        let mut block = head;
        while let Some(lanes) = self.blocks.get_mut(block as usize) {
            let (mut moved, outside) = advance(lanes, limits, h);
            *lanes = moved;
            if outside && let Some(ids) = self.units.get(block as usize) {
                expel(lanes, ids, frame, units, strays);
                moved = *lanes;
            }
            add_moments(&moved, &mut sums.0);
            block = self.next.get(block as usize).copied().unwrap_or(NONE);
        }
        let [along, across, behind] = sum_rows(&sums.0);
        [turned(normal, [across - behind, along]), [normal[0] * behind, normal[1] * behind]]
    }

    /// Files a unit under a kink.
    pub(super) fn insert(&mut self, kink: usize, [normal, ..]: &Frame<T>, unit: u32, [a, b0, b1]: [T; 3]) {
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
        let [across, along] = turned(*normal, [b0, b1]);
        self.write(place, unit, [a, across, along]);
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

    /// The weights of every loose unit of a kink that `which` picks, block by block, go to `units`; the unit itself to `chosen`.
    #[inline(always)]
    pub(super) fn choose(
        &self,
        kink: usize,
        frame: &Frame<T>,
        units: &mut Units<'_, T>,
        chosen: &mut List<'_>,
        which: impl Fn(&Lanes<T>) -> [bool; LANES],
    ) {
        let mut block = self.heads.get(kink).copied().unwrap_or(NONE);
        while let (Some(lanes), Some(ids)) = (self.blocks.get(block as usize), self.units.get(block as usize))
        {
            let free = which(lanes);
            if any(free) {
                for (lane, (&unit, free)) in ids.iter().zip(free).enumerate() {
                    if unit != NONE && free {
                        let (_, [a, across, along]) = self.read((block, lane));
                        let b = turned(frame[0], [across, along]);
                        units.put(unit, [a, b[0], b[1]]);
                        chosen.push(unit);
                    }
                }
            }
            block = self.next.get(block as usize).copied().unwrap_or(NONE);
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
