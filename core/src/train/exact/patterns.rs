//! The exact engine for any number of inputs and outputs: groups by the samples that a unit sees.
//!
//! With c outputs a unit is w = (a, b), a in R^c and b in R^d, m = c + d numbers. Its pattern S says at which samples
//! b . z_i > 0. With the c x d matrix H(S) = rate / sqrt k sum_i phi'_i r_i z_i', r_i the c residuals at sample i, its step is
//!
//! ```text
//! a <- a - H b,    b <- b - H' a,    that is    w <- T w,    T = I - [[0, H], [H', 0]],
//! ```
//!
//! again one linear map for all units with the same S. What [`super`] says of two inputs and one output holds, with these changes:
//!
//! * **Patterns** (`table.rs`). n samples cut R^d into up to 2^n cones, most of them without a unit. So the groups stand in a
//!   table of bounded size, found by a hash of S and compared sample by sample. A group costs about as much as two loose units; it
//!   is founded when [`WORTH`] of them would join, and given up when one is left. All other units are loose.
//! * **Outputs** (`table.rs`). Each group adds what it contributes to every sample; there are no prefix sums.
//! * **When a unit leaves** (`survey.rs`). Its nearest kink is the least |b . z_i| / |z_i| over all samples, and the path length is the sum
//!   of Frobenius norms of H. A look comes before the step that would use up a unit's room.
//! * **Loose units** (`loose.rs`) move as the plain engine moves them, wherever they are; units on a kink are among them. If all
//!   units are loose, a step costs what the plain engine's does and a little more.

mod block;
mod loose;
mod memory;
mod survey;
mod table;
mod transport;
mod units;

use self::loose::Loose;
use self::memory::Scratch;
use self::survey::{Seen, survey};
use self::table::Table;
use self::units::Units;
use super::list::List;
use super::queue::Queue;
use super::{GATHER_EVERY, REWRITE_AFTER};
use crate::error::check_len;
use crate::train::{Trainable, Workspace};
use crate::vector::{LANES, across_lanes, sum_lanes};
use crate::{Activation, Dataset, Error, Network, ParametersMut, Scalar, Shape};

/// The home of a loose unit.
const LOOSE: u32 = u32::MAX;

/// Units that found a group.
const WORTH: u32 = 4;

/// A unit in a group whose room is worth fewer steps than this becomes loose.
const STAY: f64 = 16.0;
/// A loose unit whose room is worth more steps than this may join a group.
const ENTER: f64 = 48.0;

/// Everything but the weights.
#[derive(Debug)]
struct Engine<'m, T> {
    table: Table<'m, T>,
    queue: Queue<'m, T>,
    loose: Loose<'m>,
    /// Units that a look has taken off the queue.
    looked: List<'m>,
    /// The group of each unit, or [`LOOSE`].
    homes: &'m mut [u32],
    /// Loose units that would join a group, counted by the hash of their pattern.
    wishes: &'m mut [u32],
    /// 1 / |z| of each sample, 0 for a zero vector.
    inverse: &'m mut [T],
    scratch: Scratch<'m, T>,
    /// Steps since all groups were last rewritten.
    age: u32,
    /// Steps since the start.
    steps: u32,
}

/// Numbers that [`ExactGeneral::new`] needs for n samples, m = c + d weights to a unit, k units and G groups: about
/// k + G (n + 2 m^2 + 2 c d).
#[must_use]
pub const fn exact_general_numbers(samples: usize, shape: Shape, groups: usize) -> usize {
    memory::numbers(samples, shape, groups)
}

/// Indices that [`ExactGeneral::new`] needs: about 6 k + 6 G.
#[must_use]
pub const fn exact_general_indices(shape: Shape, groups: usize) -> usize {
    memory::indices(shape, groups)
}

/// A network of any number of inputs and outputs, trained by groups of units: the same descent as that of the [`Network`]
/// itself. Take [`super::Exact`] for one output and up to two inputs: it knows their order on the circle.
///
/// The activation must be piecewise linear with its kink at 0 ([`Activation::HOMOGENEOUS`]). It pays where many more units than
/// patterns see the samples, that is for few inputs or few samples. Cost of a step: O(n c d + m^2 c) for each group, and for each
/// loose unit that of the plain engine's step.
///
/// ```
/// use ntk_core::train::{ExactGeneral, StopRule, descend, exact_general_indices, exact_general_numbers, workspace_len};
/// use ntk_core::{Dataset, Network, Params, Relu, Shape};
/// let (x, y) = ([[-1.0, 1.0], [0.5, 1.0]], [[0.0, 1.0], [1.0, 0.0]]); // two outputs
/// let weights = Params { a: [[1.0, -0.5, 0.7], [0.2, 0.4, -0.6]], b: [[0.3, -0.2, 1.1], [0.1, 0.9, -0.4]] };
/// const SHAPE: Shape = Shape { inputs: 2, width: 3, outputs: 2 };
/// let mut network = Network::new(Relu, weights);
/// let (mut numbers, mut indices) = ([0.0; exact_general_numbers(2, SHAPE, 8)], [0; exact_general_indices(SHAPE, 8)]);
/// let mut exact = ExactGeneral::new(&mut network, 2, 8, &mut numbers, &mut indices)?;
/// let rule = StopRule { target_mse: Some(1e-6), patience: None, max_steps: 10_000 };
/// descend(&mut exact, &Dataset::new(&x, &y)?, 0.1, &rule, &mut [0.0; workspace_len(2, 2, 2)], |_, _| true)?;
/// assert!((network.value(&[0.5, 1.0], 0)? - 1.0f64).abs() < 4e-3);
/// # Ok::<(), ntk_core::Error>(())
/// ```
///
/// Whoever calls [`Trainable::step`] directly must call [`Trainable::finish`] before reading the weights.
#[derive(Debug)]
pub struct ExactGeneral<'m, T, A, W> {
    network: &'m mut Network<A, W>,
    engine: Engine<'m, T>,
    samples: usize,
}

impl<'m, T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> ExactGeneral<'m, T, A, W> {
    /// Lends a network and memory for training on n = `samples` samples with at most `groups` groups, rounded up to a multiple of
    /// eight: [`exact_general_numbers`] numbers and [`exact_general_indices`] indices, whatever they hold.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an activation that is not homogeneous, [`Error::Shape`] for slices of other lengths.
    pub fn new(
        network: &'m mut Network<A, W>,
        samples: usize,
        groups: usize,
        numbers: &'m mut [T],
        indices: &'m mut [u32],
    ) -> Result<Self, Error> {
        super::check_homogeneous::<T, A>()?;
        let shape = network.shape();
        check_len(
            "numbers for the exact engine",
            exact_general_numbers(samples, shape, groups),
            numbers.len(),
        )?;
        check_len("indices for the exact engine", exact_general_indices(shape, groups), indices.len())?;
        let engine = memory::divide(samples, shape, groups, numbers, indices);
        Ok(Self { network, engine, samples })
    }

    /// How many units are moved one by one at present.
    #[must_use]
    pub fn loose_units(&self) -> usize {
        self.engine.loose.units().len()
    }
}

impl<T: Scalar> Engine<'_, T> {
    /// Loose units with much room join groups; a group of one unit is given up.
    #[cold]
    #[inline(never)]
    fn gather(&mut self, seen: &Seen<'_, T>, units: &mut Units<'_, T>) {
        for group in 0..self.table.capacity() {
            if self.table.size(group) == 1
                && let Some(unit) = self.queue.pop(group)
            {
                self.evict(units, group, unit);
            }
        }
        self.wishes.fill(0);
        let enter = T::from_f64(ENTER);
        for &unit in self.loose.units() {
            units.get(unit, self.scratch.w);
            let found = survey(seen, self.scratch.w, self.inverse, self.scratch.h);
            if found.room > enter * found.pull
                && let Some(wish) = self.wishes.get_mut(found.hash as usize % self.wishes.len().max(1))
            {
                *wish += 1;
            }
        }
        for place in (0..self.loose.units().len()).rev() {
            let Some(&unit) = self.loose.units().get(place) else { continue };
            units.get(unit, self.scratch.w);
            let found = survey(seen, self.scratch.w, self.inverse, self.scratch.h);
            if !(found.room > enter * found.pull) {
                continue;
            }
            let wishes = self.wishes.get(found.hash as usize % self.wishes.len().max(1));
            let group = self.table.find(seen, found.hash, self.scratch.w).or_else(|| {
                let enough = wishes.is_some_and(|&wishes| wishes >= WORTH);
                enough.then(|| self.table.found(seen, found.hash, self.scratch.w)).flatten()
            });
            let Some(group) = group else { continue };
            self.loose.remove(unit);
            self.table.unmoved(group, self.scratch.w, self.scratch.square);
            units.put(unit, self.scratch.w);
            self.table.enter(group, self.scratch.w);
            self.queue.push(group, unit, self.table.path(group) + found.room);
            self.table.set_due(group, self.queue.first(group));
            self.set_home(unit, group);
        }
    }

    /// Before a step: rewrites the groups if one is worn, and looks at the units whose room the step would use up.
    #[cold]
    #[inline(never)]
    fn look(&mut self, seen: &Seen<'_, T>, units: &mut Units<'_, T>) {
        if (0..self.table.capacity()).any(|group| self.table.size(group) > 0 && self.table.is_worn(group)) {
            self.rewrite(units);
        }
        for group in 0..self.table.capacity() {
            if self.table.size(group) == 0 || !self.table.is_due(group) {
                continue;
            }
            let (next, pull) = (self.table.next(group), self.table.pull(group));
            while self.queue.first(group).is_some_and(|key| !(key > next))
                && let Some(unit) = self.queue.pop(group)
            {
                self.looked.push(unit);
            }
            while let Some(unit) = self.looked.pop() {
                units.get(unit, self.scratch.u);
                self.table.moved(group, self.scratch.u, self.scratch.w);
                let found = survey(seen, self.scratch.w, self.inverse, self.scratch.h);
                if found.room > T::from_f64(STAY) * pull && found.hash == self.table.hash(group) {
                    self.queue.push(group, unit, self.table.path(group) + found.room);
                } else {
                    self.evict(units, group, unit);
                }
            }
            self.table.set_due(group, self.queue.first(group));
        }
    }

    /// A unit that has been taken off its group's queue becomes loose.
    fn evict(&mut self, units: &mut Units<'_, T>, group: usize, unit: u32) {
        units.get(unit, self.scratch.u);
        self.table.moved(group, self.scratch.u, self.scratch.w);
        units.put(unit, self.scratch.w);
        self.table.leave(group, self.scratch.u);
        self.loose.push(unit);
        if let Some(home) = self.homes.get_mut(unit as usize) {
            *home = LOOSE;
        }
    }

    /// Rewrites all groups: u <- P u, P <- I, R from the units, path lengths from 0. Cost: m^2 for each unit.
    #[cold]
    #[inline(never)]
    fn rewrite(&mut self, units: &mut Units<'_, T>) {
        for (&home, unit) in self.homes.iter().zip(0..) {
            if home != LOOSE {
                units.get(unit, self.scratch.u);
                self.table.moved(home as usize, self.scratch.u, self.scratch.w);
                units.put(unit, self.scratch.w);
                self.queue.shift(unit, self.table.path(home as usize));
            }
        }
        for group in 0..self.table.capacity() {
            self.table.restart(group);
            self.table.set_due(group, self.queue.first(group));
        }
        for (&home, unit) in self.homes.iter().zip(0..) {
            if home != LOOSE {
                units.get(unit, self.scratch.w);
                self.table.add(home as usize, self.scratch.w, T::ONE);
            }
        }
        self.age = 0;
    }

    fn set_home(&mut self, unit: u32, group: usize) {
        if let Some(home) = self.homes.get_mut(unit as usize) {
            *home = u32::try_from(group).unwrap_or(LOOSE);
        }
    }
}

impl<T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> Trainable<T> for ExactGeneral<'_, T, A, W> {
    fn shape(&self) -> Shape {
        self.network.shape()
    }

    fn check(&self, data: &Dataset<'_, T>) -> Result<(), Error> {
        check_len("number of samples", self.samples, data.len())
    }

    fn start(&mut self, data: &Dataset<'_, T>, work: &mut Workspace<'_, T>) {
        self.network.start(data, work);
        let engine = &mut self.engine;
        engine.table.clear();
        engine.queue.clear();
        engine.looked.clear();
        engine.homes.fill(LOOSE);
        engine.loose.fill();
        for (inverse, z) in engine.inverse.iter_mut().zip(data.x().iter()) {
            let length = crate::vector::length(z);
            *inverse = if length > T::ZERO { T::ONE / length } else { T::ZERO };
        }
        (engine.steps, engine.age) = (0, 0);
    }

    #[inline(always)]
    fn step(&mut self, data: &Dataset<'_, T>, rate: T, work: &mut Workspace<'_, T>) {
        let (phi, scale) = (self.network.activation, self.network.scale());
        let factor = rate * scale;
        let slopes = [phi.slope(-T::ONE), phi.slope(T::ONE)];
        let mut units = Units::of(&mut self.network.weights);
        let engine = &mut self.engine;

        let seen = Seen { data, residuals: work.residuals, slopes, factor };
        if engine.steps.is_multiple_of(GATHER_EVERY) {
            engine.gather(&seen, &mut units);
        }
        engine.steps = engine.steps.wrapping_add(1);
        engine.age += 1;
        if engine.age > REWRITE_AFTER {
            engine.rewrite(&mut units);
        }
        if engine.table.directions(&seen) {
            engine.look(&seen, &mut units);
        }
        work.sums.fill([T::ZERO; LANES]);
        let lanes = (&mut *engine.scratch.lanes, &mut *work.gradient);
        loose::pass(phi, &seen, engine.loose.units(), &mut units, lanes, work.sums);
        engine.table.advance(data, work.sums);
        for ((residual, sums), &y) in work.residuals.iter_mut().zip(&*work.sums).zip(data.y().values()) {
            across_lanes();
            *residual = scale * sum_lanes(sums) - y;
        }
    }

    fn finish(&mut self) {
        self.engine.rewrite(&mut Units::of(&mut self.network.weights));
    }
}
