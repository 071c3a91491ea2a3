//! The exact engine for any number of inputs and outputs: groups by the samples that are active for a unit.
//!
//! With c outputs a unit is w = (a, b), a in R^c and b in R^d, m = c + d numbers. With the c x d matrix
//! H(S) = rate / sqrt k sum_i phi'_i r_i z_i', r_i the c residuals at sample i, a step of the unit is
//!
//! ```text
//! a <- a - H b,    b <- b - H' a,    that is    w <- T w,    T = I - [[0, H], [H', 0]],
//! ```
//!
//! again one linear map for all units of the same pattern S. It differs from the engine for arcs in this:
//!
//! * **Groups** (`table.rs`). n samples cut R^d into up to 2^n cones, most of them without a unit. So the
//!   groups are entries of a table of bounded size, found by a hash of S and compared sample by sample. A
//!   group costs about as much as two free units. It is created when [`UNITS_TO_CREATE`] units would join,
//!   and dissolved when one unit is left.
//! * **Outputs** (`table.rs`). Each group adds its contribution to every sample; there are no prefix sums.
//! * **Rechecks** (`inspect.rs`). The distance from the nearest kink is the least |b . z_i| / |z_i| over all
//!   samples, and the path length is the sum of Frobenius norms of H. A recheck precedes the step that would
//!   use up a unit's margin.
//! * **Free units** (`free.rs`) move as the plain engine moves them, wherever they are, on a kink too. All
//!   units are free at the start. If none joins a group, a step costs a little more than the plain engine's.

mod assign;
mod block;
mod entry;
mod free;
mod inspect;
pub(super) mod memory;
mod table;
mod transport;
mod units;

use self::free::FreeList;
use self::inspect::StepView;
use self::memory::Scratch;
use self::table::Table;
use self::units::Units;
use super::list::List;
use super::queue::Queue;
use super::{GATHER_EVERY, REWRITE_AFTER};
use crate::train::{Trainable, Workspace};
use crate::vector::{LANES, across_lanes, sum_lanes};
use crate::{Activation, Dataset, Network, ParametersMut, Scalar};

/// The location of a free unit.
const FREE: u32 = u32::MAX;

/// The number of units of one pattern for which a group is created.
const UNITS_TO_CREATE: u32 = 4;

/// The engine without the weights.
#[derive(Debug)]
pub(super) struct PatternEngine<'m, T> {
    table: Table<'m, T>,
    queue: Queue<'m, T>,
    free: FreeList<'m>,
    /// Units that are due for a recheck, taken off the queue.
    rechecked: List<'m>,
    /// The group of each unit, or [`FREE`].
    locations: &'m mut [u32],
    /// The number of free units that would join a group, by the hash of their pattern.
    candidates: &'m mut [u32],
    /// 1 / |z| of each sample, 0 for a zero vector.
    reciprocals: &'m mut [T],
    scratch: Scratch<'m, T>,
    /// Steps since the groups were last rewritten.
    age: u32,
    /// Steps since the start.
    steps: u32,
}

impl<T: Scalar> PatternEngine<'_, T> {
    /// Computes the residuals and sets all units free.
    pub(super) fn start<A: Activation<T>, W: ParametersMut<Scalar = T>>(
        &mut self,
        network: &mut Network<A, W>,
        data: &Dataset<'_, T>,
        work: &mut Workspace<'_, T>,
    ) {
        network.start(data, work);
        self.table.clear();
        self.queue.clear();
        self.rechecked.clear();
        self.locations.fill(FREE);
        self.free.fill();
        for (reciprocal, z) in self.reciprocals.iter_mut().zip(data.x().iter()) {
            let length = crate::vector::length(z);
            *reciprocal = if length > T::ZERO { T::ONE / length } else { T::ZERO };
        }
        (self.steps, self.age) = (0, 0);
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
        let slopes = [phi.derivative(-T::ONE), phi.derivative(T::ONE)];
        let mut units = Units::of(&mut network.weights);

        let view = StepView { data, residuals: work.residuals, slopes, factor: rate * scale };
        if self.steps.is_multiple_of(GATHER_EVERY) {
            self.gather(&view, &mut units);
        }
        self.steps = self.steps.wrapping_add(1);
        self.age += 1;
        if self.age > REWRITE_AFTER {
            self.rewrite(&mut units);
        }
        if self.table.compute_h(&view) {
            self.recheck(&view, &mut units);
        }
        work.sums.fill([T::ZERO; LANES]);
        let lanes = (&mut *self.scratch.lanes, &mut *work.gradient);
        free::step(phi, &view, self.free.units(), &mut units, lanes, work.sums);
        self.table.advance(data, work.sums);
        for ((residual, sums), &y) in work.residuals.iter_mut().zip(&*work.sums).zip(data.y().values()) {
            across_lanes();
            *residual = scale * sum_lanes(sums) - y;
        }
    }

    /// Writes the weights of all units back to the network.
    pub(super) fn finish<W: ParametersMut<Scalar = T>>(&mut self, weights: &mut W) {
        self.rewrite(&mut Units::of(weights));
    }

    /// Returns the number of units that are in no group.
    #[cfg(test)]
    pub(super) fn free_units(&self) -> usize {
        self.free.units().len()
    }

    /// Returns the number of steps since the groups were last rewritten.
    #[cfg(test)]
    pub(super) fn age(&self) -> u32 {
        self.age
    }
}
