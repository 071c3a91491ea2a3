//! The exact engine for one output and one or two inputs: groups by arcs of the circle of directions.
//!
//! With two inputs S depends on the direction of b alone. One input counts as two, of which the second is 0.
//! n samples cut the circle of directions into at most 2 n arcs, and all g(S) and all outputs are prefix sums
//! over the arcs.

mod arcs;
mod assign;
mod frames;
mod free;
mod group;
mod kinks;
mod lanes;
pub(super) mod memory;
mod on_kink;
mod transport;
mod units;

use self::arcs::{Arcs, Slopes};
use self::free::FreeUnits;
use self::group::Groups;
use self::units::PlaneUnits;
use super::list::List;
use super::queue::Queue;
use super::{GATHER_EVERY, REWRITE_AFTER};
use crate::train::{Trainable, Workspace};
use crate::{Activation, Dataset, Network, ParametersMut, Scalar};

/// The location of a unit that has no arc.
const ON_KINK: usize = u32::MAX as usize;

/// The engine without the weights.
#[derive(Debug)]
pub(super) struct ArcEngine<'m, T> {
    arcs: Arcs<'m, T>,
    groups: Groups<'m, T>,
    queue: Queue<'m, T>,
    free: FreeUnits<'m, T>,
    /// Free units that have crossed a neighbouring kink, or that join a group.
    escaped: List<'m>,
    /// Units that a recheck has taken out of their groups.
    unassigned: List<'m>,
    /// Units without an arc.
    on_kink: List<'m>,
    /// For each unit the arc of its group, or the number of arcs plus the kink it is near, or [`ON_KINK`].
    locations: &'m mut [u32],
    /// Steps since the groups were last rewritten.
    age: u32,
    /// Steps since the start.
    steps: u32,
}

impl<T: Scalar> ArcEngine<'_, T> {
    /// Computes the residuals and assigns every unit.
    pub(super) fn start<A: Activation<T>, W: ParametersMut<Scalar = T>>(
        &mut self,
        network: &mut Network<A, W>,
        data: &Dataset<'_, T>,
        work: &mut Workspace<'_, T>,
    ) {
        network.start(data, work);
        self.arcs.sort(data.x());
        self.groups.clear();
        self.queue.clear();
        self.free.clear();
        for list in [&mut self.escaped, &mut self.unassigned, &mut self.on_kink] {
            list.clear();
        }
        (self.steps, self.age) = (0, 0);
        let mut units = PlaneUnits::of(&mut network.weights);
        for unit in 0..u32::try_from(units.len()).unwrap_or(u32::MAX) {
            self.assign(&mut units, unit);
        }
    }

    /// Takes one step of gradient descent.
    #[inline(always)]
    pub(super) fn step<A: Activation<T>, W: ParametersMut<Scalar = T>>(
        &mut self,
        network: &mut Network<A, W>,
        data: &Dataset<'_, T>,
        rate: T,
        work: &mut Workspace<'_, T>,
    ) {
        let (phi, scale) = (network.activation, network.scale());
        let low = phi.derivative(-T::ONE);
        let slopes = Slopes { low, rise: phi.derivative(T::ONE) - low };
        let mut units = PlaneUnits::of(&mut network.weights);

        self.between_steps(&mut units);
        self.arcs.compute_h(work.residuals, slopes.times(rate * scale));
        self.free.step(&mut self.arcs, &mut units, &mut self.escaped);
        if !self.on_kink.is_empty() {
            on_kink::step(phi, data, work.residuals, rate * scale, &self.on_kink, &mut units);
        }
        let due = self.groups.advance(self.arcs.h());
        if due {
            self.recheck(&mut units);
        }
        if !self.escaped.is_empty() {
            self.assign_escaped(&mut units);
        }
        self.groups.sum_moments();
        self.arcs.residuals(data, self.groups.moments(), slopes.times(scale), work.residuals);
        if !self.on_kink.is_empty() {
            on_kink::add_outputs(phi, data, work.residuals, scale, &self.on_kink, &units);
            self.reassign_on_kink(&mut units);
        }
    }

    /// Writes the weights of all units back to the network.
    pub(super) fn finish<W: ParametersMut<Scalar = T>>(&mut self, weights: &mut W) {
        self.write_back(&mut PlaneUnits::of(weights));
    }

    /// Gathers and rewrites, every so many steps.
    #[inline(always)]
    fn between_steps(&mut self, units: &mut PlaneUnits<'_, T>) {
        self.steps = self.steps.wrapping_add(1);
        self.age += 1;
        if self.steps.is_multiple_of(GATHER_EVERY) {
            self.gather(units);
        }
        if self.age > REWRITE_AFTER {
            self.rewrite(units);
        }
    }

    fn location(&self, unit: u32) -> usize {
        self.locations.get(unit as usize).map_or(ON_KINK, |&location| location as usize)
    }

    fn set_location(&mut self, unit: u32, location: usize) {
        if let Some(slot) = self.locations.get_mut(unit as usize) {
            *slot = u32::try_from(location).unwrap_or(u32::MAX);
        }
    }

    /// Returns the number of units that are in no group.
    #[cfg(test)]
    pub(super) fn free_units(&self) -> usize {
        self.locations.iter().filter(|&&location| location as usize >= self.arcs.len()).count()
    }

    /// Returns the number of steps since the groups were last rewritten.
    #[cfg(test)]
    pub(super) fn age(&self) -> u32 {
        self.age
    }
}
