//! Where a unit belongs, and the rare work of a step: looks, strays, rewriting.
//!
//! A unit whose room is worth many steps joins the group of its arc, to be looked at when its room is used up; the others are
//! loose. A look costs as much as a hundred steps of a loose unit or so, hence [`ENTER`]; [`STAY`] is smaller, so that units do
//! not go back and forth.

use super::lanes::{Lanes, with_room};
use super::room::{path_of, room};
use super::transport::{moved, unmoved};
use super::units::{Units, length_bound};
use super::{Engine, SCANNED};
use crate::Scalar;
use crate::vector::LANES;

/// A unit in a group whose room is worth fewer steps than this becomes loose.
const STAY: f64 = 16.0;
/// A loose unit whose room is worth more steps than this joins a group.
const ENTER: f64 = 48.0;

impl<T: Scalar> Engine<'_, T> {
    /// Files a unit that is nowhere, by its weights in `units`; if the sums of this step are already made, adds it to them.
    pub(super) fn place(&mut self, units: &mut Units<'_, T>, unit: u32) {
        let w = units.get(unit);
        let Some(arc) = self.arcs.locate([w[1], w[2]]) else {
            self.set_home(unit, SCANNED);
            self.scanned.push(unit);
            return;
        };
        let (room, kink) = self.room(arc, w);
        if self.is_worth(room, arc) {
            if self.groups.is_empty(arc) {
                self.groups.restart(arc);
            }
            let u = unmoved(&self.groups.transport(arc), w);
            units.put(unit, u);
            self.groups.enter(arc, u);
            self.queue.push(arc, unit, self.groups.path(arc) + room);
            self.groups.set_due(arc, self.queue.first(arc));
            self.set_home(unit, arc);
        } else if let Some(frame) = self.arcs.frame(kink) {
            self.loose.insert(kink, frame, unit, w);
            self.arcs.add_moment(arc, w);
            self.set_home(unit, self.arcs.len() + kink);
        }
    }

    /// Path length for which a unit cannot meet a kink of the arc that it is in, and the nearer of the two.
    fn room(&self, arc: usize, w: [T; 3]) -> (T, usize) {
        let [last, next] = self.arcs.distances(arc, [w[1], w[2]]);
        let (near, kink) =
            if last <= next { (last, arc) } else { (next, (arc + 1) % self.arcs.len().max(1)) };
        (room(near, w[0].abs(), length_bound([w[1], w[2]])), kink)
    }

    /// A unit with so much room is better off in the group.
    fn is_worth(&self, room: T, arc: usize) -> bool {
        room > T::from_f64(STAY) * length_bound(self.arcs.h_of(arc))
    }

    /// After the groups have moved: rewrites them if one is worn, and looks at the units whose room is used up.
    #[cold]
    #[inline(never)]
    pub(super) fn look(&mut self, units: &mut Units<'_, T>) {
        if self.groups.are_worn() {
            self.rewrite(units); // before any unit is taken out
        }
        for first in (0..self.arcs.len()).step_by(LANES) {
            for (arc, due) in (first..).zip(self.groups.due(first)) {
                if due {
                    self.look_at(arc, units);
                }
            }
        }
        while let Some(unit) = self.looked.pop() {
            self.place(units, unit);
        }
    }

    /// Looks at the units of one arc.
    fn look_at(&mut self, arc: usize, units: &mut Units<'_, T>) {
        if self.groups.is_empty(arc) {
            self.groups.restart(arc);
            return;
        }
        let (p, path) = (self.groups.transport(arc), self.groups.path(arc));
        while self.queue.first(arc).is_some_and(|key| key <= path)
            && let Some(unit) = self.queue.pop(arc)
        {
            let u = units.get(unit);
            let w = moved(&p, u);
            let (room, _) = self.room(arc, w);
            if self.arcs.holds(arc, [w[1], w[2]]) && self.is_worth(room, arc) && path + room > path {
                self.queue.push(arc, unit, path + room);
            } else {
                units.put(unit, w);
                self.groups.leave(arc, u);
                self.looked.push(unit);
            }
        }
        self.groups.set_due(arc, self.queue.first(arc));
    }

    /// Files the strays that the pass over loose units has found.
    #[cold]
    #[inline(never)]
    pub(super) fn file_strays(&mut self, units: &mut Units<'_, T>) {
        while let Some(unit) = self.strays.pop() {
            let kink = self.home(unit).wrapping_sub(self.arcs.len());
            self.loose.remove(kink, unit);
            self.place(units, unit);
        }
    }

    /// After a step: units that have left a kink for an arc are filed there.
    #[cold]
    #[inline(never)]
    pub(super) fn unscan(&mut self, units: &mut Units<'_, T>) {
        while let Some(unit) = self.scanned.pop() {
            self.looked.push(unit);
        }
        while let Some(unit) = self.looked.pop() {
            self.place(units, unit);
        }
    }

    /// Between two steps: loose units with much room join the groups.
    #[cold]
    #[inline(never)]
    pub(super) fn gather(&mut self, units: &mut Units<'_, T>) {
        let count = self.arcs.len();
        for kink in 0..count {
            let before = (kink + count - 1) % count;
            let paths = [before, kink].map(|arc| path_of(ENTER, length_bound(self.arcs.h_of(arc))));
            let Some(frame) = self.arcs.frame(kink) else { break };
            let which = |lanes: &Lanes<T>| with_room(lanes, frame, paths);
            self.loose.choose(kink, frame, units, &mut self.strays, which);
        }
        self.file_strays(units);
    }

    /// Rewrites all groups: u <- P u, P <- I, R from the units, path lengths from 0. Cost: one pass over all units.
    #[cold]
    #[inline(never)]
    pub(super) fn rewrite(&mut self, units: &mut Units<'_, T>) {
        let arcs = self.arcs.len();
        for unit in 0..u32::try_from(units.len()).unwrap_or(u32::MAX) {
            let home = self.home(unit);
            if home < arcs {
                units.put(unit, moved(&self.groups.transport(home), units.get(unit)));
                self.queue.shift(unit, self.groups.path(home));
            }
        }
        for arc in 0..arcs {
            self.groups.restart(arc);
            self.groups.set_due(arc, self.queue.first(arc));
        }
        for unit in 0..u32::try_from(units.len()).unwrap_or(u32::MAX) {
            let home = self.home(unit);
            if home < arcs {
                self.groups.add(home, units.get(unit));
            }
        }
        self.age = 0;
    }

    /// Writes the weights of all units back to the network: groups rewritten, loose units copied.
    pub(super) fn settle(&mut self, units: &mut Units<'_, T>) {
        self.rewrite(units);
        for kink in 0..self.arcs.len() {
            let Some(frame) = self.arcs.frame(kink) else { break };
            self.loose.choose(kink, frame, units, &mut self.looked, |_| [true; LANES]);
            self.looked.clear();
        }
    }
}
