//! Assigning units to groups or to the free units: gathering, rechecks and rewriting.

use super::inspect::{StepView, inspect};
use super::units::Units;
use super::{FREE, PatternEngine, UNITS_TO_CREATE};
use crate::Scalar;
use crate::train::exact::{STEPS_TO_ENTER, STEPS_TO_STAY};

impl<T: Scalar> PatternEngine<'_, T> {
    /// Dissolves groups of one unit, and moves free units of a large margin into groups.
    #[cold]
    #[inline(never)]
    pub(super) fn gather(&mut self, view: &StepView<'_, T>, units: &mut Units<'_, T>) {
        for group in 0..self.table.capacity() {
            if self.table.size(group) == 1
                && let Some(unit) = self.queue.pop(group)
            {
                self.evict(units, group, unit);
            }
        }
        self.candidates.fill(0);
        let enter = T::from_f64(STEPS_TO_ENTER);
        for &unit in self.free.units() {
            units.get(unit, self.scratch.w);
            let found = inspect(view, self.scratch.w, self.reciprocals, self.scratch.h);
            if found.margin > enter * found.step_norm
                && let Some(candidate) =
                    self.candidates.get_mut(found.hash as usize % self.candidates.len().max(1))
            {
                *candidate += 1;
            }
        }
        for position in (0..self.free.units().len()).rev() {
            let Some(&unit) = self.free.units().get(position) else { continue };
            units.get(unit, self.scratch.w);
            let found = inspect(view, self.scratch.w, self.reciprocals, self.scratch.h);
            if !(found.margin > enter * found.step_norm) {
                continue;
            }
            let count = self.candidates.get(found.hash as usize % self.candidates.len().max(1));
            let group = self.table.find(view, found.hash, self.scratch.w).or_else(|| {
                let enough = count.is_some_and(|&count| count >= UNITS_TO_CREATE);
                enough.then(|| self.table.create(view, found.hash, self.scratch.w)).flatten()
            });
            let Some(group) = group else { continue };
            self.free.remove(unit);
            self.table.stored(group, self.scratch.w, self.scratch.square);
            units.put(unit, self.scratch.w);
            self.table.enter(group, self.scratch.w);
            self.queue.push(group, unit, self.table.path(group) + found.margin);
            self.table.set_due(group, self.queue.first(group));
            self.set_location(unit, group);
        }
    }

    /// Rewrites the groups if one of them needs it, and rechecks the units whose margins the next step would
    /// use up.
    #[cold]
    #[inline(never)]
    pub(super) fn recheck(&mut self, view: &StepView<'_, T>, units: &mut Units<'_, T>) {
        if (0..self.table.capacity())
            .any(|group| self.table.size(group) > 0 && self.table.needs_rewrite(group))
        {
            self.rewrite(units);
        }
        for group in 0..self.table.capacity() {
            if self.table.size(group) == 0 || !self.table.is_due(group) {
                continue;
            }
            let (next, step_norm) = (self.table.next(group), self.table.step_norm(group));
            while self.queue.first(group).is_some_and(|key| !(key > next))
                && let Some(unit) = self.queue.pop(group)
            {
                self.rechecked.push(unit);
            }
            while let Some(unit) = self.rechecked.pop() {
                units.get(unit, self.scratch.u);
                self.table.weights(group, self.scratch.u, self.scratch.w);
                let found = inspect(view, self.scratch.w, self.reciprocals, self.scratch.h);
                if found.margin > T::from_f64(STEPS_TO_STAY) * step_norm
                    && found.hash == self.table.hash(group)
                {
                    self.queue.push(group, unit, self.table.path(group) + found.margin);
                } else {
                    self.evict(units, group, unit);
                }
            }
            self.table.set_due(group, self.queue.first(group));
        }
    }

    /// Takes a unit out of its group and sets it free. It has been taken off the group's queue.
    fn evict(&mut self, units: &mut Units<'_, T>, group: usize, unit: u32) {
        units.get(unit, self.scratch.u);
        self.table.weights(group, self.scratch.u, self.scratch.w);
        units.put(unit, self.scratch.w);
        self.table.leave(group, self.scratch.u);
        self.free.push(unit);
        if let Some(location) = self.locations.get_mut(unit as usize) {
            *location = FREE;
        }
    }

    /// Rewrites all groups: u <- P u and P <- I, R is summed anew, and path lengths begin at 0.
    ///
    /// Cost: m^2 multiply-adds for each unit.
    #[cold]
    #[inline(never)]
    pub(super) fn rewrite(&mut self, units: &mut Units<'_, T>) {
        for (&location, unit) in self.locations.iter().zip(0..) {
            if location != FREE {
                units.get(unit, self.scratch.u);
                self.table.weights(location as usize, self.scratch.u, self.scratch.w);
                units.put(unit, self.scratch.w);
                self.queue.shift(unit, self.table.path(location as usize));
            }
        }
        for group in 0..self.table.capacity() {
            self.table.restart(group);
            self.table.set_due(group, self.queue.first(group));
        }
        for (&location, unit) in self.locations.iter().zip(0..) {
            if location != FREE {
                units.get(unit, self.scratch.w);
                self.table.add(location as usize, self.scratch.w, T::ONE);
            }
        }
        self.age = 0;
    }

    fn set_location(&mut self, unit: u32, group: usize) {
        if let Some(location) = self.locations.get_mut(unit as usize) {
            *location = u32::try_from(group).unwrap_or(FREE);
        }
    }
}
