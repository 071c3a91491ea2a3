//! Free units: units near a kink, moved one by one, eight side by side.
//!
//! A free unit is filed under the kink that it is near, together with other units of that kink in blocks of
//! [`LANES`], in the coordinates of the kink (`frames.rs`). It may be on either side of the kink: the two
//! arcs differ only in h, and each lane selects its h by the sign of a coordinate. So a unit that crosses its
//! kink back and forth costs nothing extra. Its kink changes only when it crosses a neighbouring one, which
//! every step checks: such a unit has escaped and is assigned anew.
//!
//! The blocks of a kink form a list of which only the first may be partly empty. Empty lanes hold zeros,
//! which stay zeros and add nothing.

use core::hint::black_box;

use super::arcs::{Arcs, KinkView};
use super::frames::{Frame, reflected};
use super::lanes::{Lanes, add_moments, advance, remove_escaped, sum_rows};
use super::units::PlaneUnits;
use crate::Scalar;
use crate::train::exact::list::List;
use crate::train::exact::queue::NONE;
use crate::vector::{LANES, any};

/// Sums by lane, aligned so that no vector register straddles two cache lines.
#[repr(align(64))]
struct Sums<T>([[T; LANES]; 3]);

/// The blocks of free units and their lists, in lent memory.
#[derive(Debug)]
pub(super) struct FreeUnits<'m, T> {
    blocks: &'m mut [Lanes<T>],
    /// The unit in each lane.
    units: &'m mut [[u32; LANES]],
    /// The next block of the same kink, or the next unused block.
    next: &'m mut [u32],
    /// The first block of each kink.
    heads: &'m mut [u32],
    /// The number of units in the first block of each kink.
    filled: &'m mut [u32],
    /// The block and the lane of each free unit, as one number.
    positions: &'m mut [u32],
    /// The first unused block.
    unused: u32,
}

impl<'m, T: Scalar> FreeUnits<'m, T> {
    pub(super) fn new(
        blocks: &'m mut [Lanes<T>],
        units: &'m mut [[u32; LANES]],
        [next, heads, filled, positions]: [&'m mut [u32]; 4],
    ) -> Self {
        Self { blocks, units, next, heads, filled, positions, unused: NONE }
    }

    /// Empties all lists.
    pub(super) fn clear(&mut self) {
        self.blocks.fill([[T::ZERO; LANES]; 3]);
        self.units.fill([NONE; LANES]);
        self.heads.fill(NONE);
        self.filled.fill(0);
        self.unused = NONE;
        for (block, next) in (0..).zip(&mut *self.next) {
            *next = self.unused;
            self.unused = block;
        }
    }

    /// Moves every free unit by one step and sums a b over those of each arc.
    ///
    /// The weights of a unit that escapes go to `units`, the unit itself to `escaped`, and zeros to its lane.
    #[inline(always)]
    pub(super) fn step(
        &mut self,
        arcs: &mut Arcs<'_, T>,
        units: &mut PlaneUnits<'_, T>,
        escaped: &mut List<'_>,
    ) {
        let KinkView { frames, h: [h0, h1], moments: [m0, m1] } = arcs.kink_view();
        let mut before = [h0, h1].map(|h| h.last().copied().unwrap_or(T::ZERO));
        // The sum of an arc has two parts: that behind the kink before it, and that before the next kink.
        let mut first = [T::ZERO; 2];
        let mut begun: Option<(&mut T, &mut T)> = None;
        let arcs = h0.iter().zip(h1).zip(m0.iter_mut().zip(m1));
        for (e, (frame, ((&h0, &h1), moments))) in frames.iter().zip(arcs).enumerate() {
            let h = [before, [h0, h1]];
            before = [h0, h1];
            let mut sums = [[T::ZERO; 2]; 2];
            let head = self.heads.get(e).copied().unwrap_or(NONE);
            if head != NONE {
                sums = self.step_kink(head, frame, h, units, escaped);
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

    /// Takes the step of one kink's units, given its first block and h before and behind it. Returns the sums
    /// of a b before and behind the kink.
    ///
    /// The component along the kink is counted before it, on whichever side the unit is: only the kink's own
    /// samples tell the sides apart, and these are orthogonal to the kink.
    #[inline(always)]
    fn step_kink(
        &mut self,
        head: u32,
        frame: &Frame<T>,
        h: [[T; 2]; 2],
        units: &mut PlaneUnits<'_, T>,
        escaped: &mut List<'_>,
    ) -> [[T; 2]; 2] {
        let [normal, limits, _] = *frame;
        let h = h.map(|h| reflected(normal, h));
        let mut sums = Sums([[T::ZERO; LANES]; 3]);
        black_box(&mut sums); // keeps the sums in memory; else the compiler takes the lanes apart for the sums below
        let mut block = head;
        while let Some(lanes) = self.blocks.get_mut(block as usize) {
            let (mut moved, outside) = advance(lanes, limits, h);
            *lanes = moved;
            if outside && let Some(ids) = self.units.get(block as usize) {
                remove_escaped(lanes, ids, frame, units, escaped);
                moved = *lanes;
            }
            add_moments(&moved, &mut sums.0);
            block = self.next.get(block as usize).copied().unwrap_or(NONE);
        }
        let [along, across, behind] = sum_rows(&sums.0);
        [reflected(normal, [across - behind, along]), [normal[0] * behind, normal[1] * behind]]
    }

    /// Files a unit under a kink.
    pub(super) fn insert(&mut self, kink: usize, [normal, ..]: &Frame<T>, unit: u32, [a, b0, b1]: [T; 3]) {
        let (Some(head), Some(filled)) = (self.heads.get_mut(kink), self.filled.get_mut(kink)) else {
            return;
        };
        if *head == NONE || *filled as usize == LANES {
            let block = self.unused;
            let Some(next) = self.next.get_mut(block as usize) else { return };
            self.unused = *next;
            *next = *head;
            (*head, *filled) = (block, 0);
        }
        let position = (*head, *filled as usize);
        *filled += 1;
        let [across, along] = reflected(*normal, [b0, b1]);
        self.write(position, unit, [a, across, along]);
    }

    /// Removes a unit from a kink's blocks: the last unit of the first block moves into the gap.
    pub(super) fn remove(&mut self, kink: usize, unit: u32) {
        let code = self.positions.get(unit as usize).copied().unwrap_or(NONE);
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
            *next = self.unused;
            self.unused = block;
        }
        let (moved, w) = self.read(last);
        self.write(gap, moved, w);
        self.write(last, NONE, [T::ZERO; 3]);
    }

    /// Copies the weights of those free units of a kink that `which` selects in each block to `units`, and
    /// the units themselves to `selected`.
    #[inline(always)]
    pub(super) fn copy_selected(
        &self,
        kink: usize,
        frame: &Frame<T>,
        units: &mut PlaneUnits<'_, T>,
        selected: &mut List<'_>,
        which: impl Fn(&Lanes<T>) -> [bool; LANES],
    ) {
        let mut block = self.heads.get(kink).copied().unwrap_or(NONE);
        while let (Some(lanes), Some(ids)) = (self.blocks.get(block as usize), self.units.get(block as usize))
        {
            let wanted = which(lanes);
            if any(wanted) {
                for (lane, (&unit, wanted)) in ids.iter().zip(wanted).enumerate() {
                    if unit != NONE && wanted {
                        let (_, [a, across, along]) = self.read((block, lane));
                        let b = reflected(frame[0], [across, along]);
                        units.put(unit, [a, b[0], b[1]]);
                        selected.push(unit);
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
        if let Some(position) = self.positions.get_mut(unit as usize) {
            *position = block * LANES as u32 + lane as u32;
        }
    }
}
