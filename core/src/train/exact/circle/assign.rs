//! Assigning units to groups or to the free units, and the rare work of a step: rechecks and rewriting.
//!
//! A unit whose margin is worth many steps joins the group of its arc, and is rechecked when its margin is
//! used up. All other units are free. A recheck costs about as much as a hundred steps of a free unit, hence
//! [`STEPS_TO_ENTER`]. [`STEPS_TO_STAY`] is smaller, so that units do not alternate between group and free.

use super::lanes::{Lanes, with_margin};
use super::transport::{to_stored, to_weights};
use super::units::{PlaneUnits, length_bound};
use super::{ArcEngine, ON_KINK};
use crate::Scalar;
use crate::train::exact::margin::{margin, path_of};
use crate::train::exact::{STEPS_TO_ENTER, STEPS_TO_STAY};
use crate::vector::LANES;

impl<T: Scalar> ArcEngine<'_, T> {
    /// Assigns a unit that belongs nowhere yet, by its weights in `units`.
    ///
    /// If the sums over the free units have been formed in this step, the unit's contribution is added to
    /// them.
    pub(super) fn assign(&mut self, units: &mut PlaneUnits<'_, T>, unit: u32) {
        let w = units.get(unit);
        let Some(arc) = self.arcs.locate([w[1], w[2]]) else {
            self.set_location(unit, ON_KINK);
            self.on_kink.push(unit);
            return;
        };
        let (margin, kink) = self.margin(arc, w);
        if self.belongs_in_group(margin, arc) {
            if self.groups.is_empty(arc) {
                self.groups.restart(arc);
            }
            let u = to_stored(&self.groups.transport(arc), w);
            units.put(unit, u);
            self.groups.enter(arc, u);
            self.queue.push(arc, unit, self.groups.path(arc) + margin);
            self.groups.set_due(arc, self.queue.first(arc));
            self.set_location(unit, arc);
        } else if let Some(frame) = self.arcs.frame(kink) {
            self.free.insert(kink, frame, unit, w);
            self.arcs.add_moment(arc, w);
            self.set_location(unit, self.arcs.len() + kink);
        }
    }

    /// Returns the margin of a unit in this arc, and the nearer of the arc's two kinks.
    fn margin(&self, arc: usize, w: [T; 3]) -> (T, usize) {
        let [last, next] = self.arcs.distances(arc, [w[1], w[2]]);
        let (near, kink) =
            if last <= next { (last, arc) } else { (next, (arc + 1) % self.arcs.len().max(1)) };
        (margin(near, w[0].abs(), length_bound([w[1], w[2]])), kink)
    }

    /// Returns whether a unit of this margin is better off in the group of the arc.
    fn belongs_in_group(&self, margin: T, arc: usize) -> bool {
        margin > T::from_f64(STEPS_TO_STAY) * length_bound(self.arcs.h_of(arc))
    }

    /// Rewrites the groups if one of them needs it, and rechecks the units whose margins are used up.
    ///
    /// It is called after the groups have moved.
    #[cold]
    #[inline(never)]
    pub(super) fn recheck(&mut self, units: &mut PlaneUnits<'_, T>) {
        if self.groups.any_needs_rewrite() {
            self.rewrite(units); // before any unit is taken out
        }
        for first in (0..self.arcs.len()).step_by(LANES) {
            for (arc, due) in (first..).zip(self.groups.due(first)) {
                if due {
                    self.recheck_arc(arc, units);
                }
            }
        }
        while let Some(unit) = self.unassigned.pop() {
            self.assign(units, unit);
        }
    }

    /// Rechecks the units of one arc whose margins are used up.
    fn recheck_arc(&mut self, arc: usize, units: &mut PlaneUnits<'_, T>) {
        if self.groups.is_empty(arc) {
            self.groups.restart(arc);
            return;
        }
        let (p, path) = (self.groups.transport(arc), self.groups.path(arc));
        while self.queue.first(arc).is_some_and(|key| key <= path)
            && let Some(unit) = self.queue.pop(arc)
        {
            let u = units.get(unit);
            let w = to_weights(&p, u);
            let (margin, _) = self.margin(arc, w);
            let stays = self.arcs.holds(arc, [w[1], w[2]]) && self.belongs_in_group(margin, arc);
            if stays && path + margin > path {
                self.queue.push(arc, unit, path + margin);
            } else {
                units.put(unit, w);
                self.groups.leave(arc, u);
                self.unassigned.push(unit);
            }
        }
        self.groups.set_due(arc, self.queue.first(arc));
    }

    /// Assigns the units that have escaped from their kinks.
    #[cold]
    #[inline(never)]
    pub(super) fn assign_escaped(&mut self, units: &mut PlaneUnits<'_, T>) {
        while let Some(unit) = self.escaped.pop() {
            let kink = self.location(unit).wrapping_sub(self.arcs.len());
            self.free.remove(kink, unit);
            self.assign(units, unit);
        }
    }

    /// Assigns the units that were on a kink before this step; those that have left it come into an arc.
    #[cold]
    #[inline(never)]
    pub(super) fn reassign_on_kink(&mut self, units: &mut PlaneUnits<'_, T>) {
        while let Some(unit) = self.on_kink.pop() {
            self.unassigned.push(unit);
        }
        while let Some(unit) = self.unassigned.pop() {
            self.assign(units, unit);
        }
    }

    /// Moves free units of a large margin into the groups. It is called between two steps.
    #[cold]
    #[inline(never)]
    pub(super) fn gather(&mut self, units: &mut PlaneUnits<'_, T>) {
        let count = self.arcs.len();
        for kink in 0..count {
            let before = (kink + count - 1) % count;
            let paths = [before, kink].map(|arc| path_of(STEPS_TO_ENTER, length_bound(self.arcs.h_of(arc))));
            let Some(frame) = self.arcs.frame(kink) else { break };
            let which = |lanes: &Lanes<T>| with_margin(lanes, frame, paths);
            self.free.copy_selected(kink, frame, units, &mut self.escaped, which);
        }
        self.assign_escaped(units);
    }

    /// Rewrites all groups: u <- P u and P <- I, R is summed anew, and path lengths begin at 0.
    ///
    /// Cost: one pass over all units.
    #[cold]
    #[inline(never)]
    pub(super) fn rewrite(&mut self, units: &mut PlaneUnits<'_, T>) {
        let arcs = self.arcs.len();
        for unit in 0..u32::try_from(units.len()).unwrap_or(u32::MAX) {
            let location = self.location(unit);
            if location < arcs {
                units.put(unit, to_weights(&self.groups.transport(location), units.get(unit)));
                self.queue.shift(unit, self.groups.path(location));
            }
        }
        for arc in 0..arcs {
            self.groups.restart(arc);
            self.groups.set_due(arc, self.queue.first(arc));
        }
        for unit in 0..u32::try_from(units.len()).unwrap_or(u32::MAX) {
            let location = self.location(unit);
            if location < arcs {
                self.groups.add(location, units.get(unit));
            }
        }
        self.age = 0;
    }

    /// Writes the weights of all units back to the network: groups are rewritten, free units are copied.
    pub(super) fn write_back(&mut self, units: &mut PlaneUnits<'_, T>) {
        self.rewrite(units);
        for kink in 0..self.arcs.len() {
            let Some(frame) = self.arcs.frame(kink) else { break };
            self.free.copy_selected(kink, frame, units, &mut self.unassigned, |_| [true; LANES]);
            self.unassigned.clear();
        }
    }
}
