//! The exact engine.

mod arcs;
mod group;
mod loose;
mod memory;
mod place;
mod queue;
mod scan;
mod units;

use self::arcs::{Arcs, Slopes};
use self::group::Groups;
use self::loose::{List, Loose};
use self::queue::Queue;
use self::units::Units;
use super::{Trainable, Workspace};
use crate::error::check_len;
use crate::{Activation, Dataset, Error, Network, ParametersMut, Scalar, Shape};

/// A unit's home when it has no arc.
const SCANNED: usize = u32::MAX as usize;

/// Steps between two visits to the loose units.
const GATHER_EVERY: u32 = 32;

/// Everything but the weights.
#[derive(Debug)]
struct Engine<'m, T> {
    arcs: Arcs<'m, T>,
    groups: Groups<'m, T>,
    queue: Queue<'m, T>,
    loose: Loose<'m, T>,
    /// Loose units that have gone past a neighbouring kink.
    strays: List<'m>,
    /// Units that a look has taken out of their groups.
    looked: List<'m>,
    /// Units without an arc.
    scanned: List<'m>,
    /// For each unit the arc of its group, or the number of arcs plus the kink it is near, or [`SCANNED`].
    homes: &'m mut [u32],
    /// Steps since the groups were last rewritten.
    age: u32,
}

/// Numbers that [`Exact::new`] needs for n samples and k units.
#[must_use]
pub const fn exact_numbers(samples: usize, width: usize) -> usize {
    memory::numbers(samples, width)
}

/// Indices that [`Exact::new`] needs for n samples and k units.
#[must_use]
pub const fn exact_indices(samples: usize, width: usize) -> usize {
    memory::indices(samples, width)
}

/// A network with the memory that lets it be trained by groups.
#[derive(Debug)]
pub struct Exact<'m, T, A, W> {
    network: &'m mut Network<A, W>,
    engine: Engine<'m, T>,
    samples: usize,
    steps: u32,
}

impl<'m, T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> Exact<'m, T, A, W> {
    /// The network is trained in place.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] ...
    pub fn new(
        network: &'m mut Network<A, W>,
        samples: usize,
        numbers: &'m mut [T],
        indices: &'m mut [u32],
    ) -> Result<Self, Error> {
        let Shape { inputs, width, outputs } = network.shape();
        if !A::HOMOGENEOUS {
            return Err(Error::OutOfRange {
                what: "activation of the exact engine",
                must: "piecewise linear",
            });
        }
        if inputs > 2 {
            return Err(Error::OutOfRange { what: "inputs of the exact engine", must: "1 or 2" });
        }
        check_len("outputs of the exact engine", 1, outputs)?;
        check_len("numbers", exact_numbers(samples, width), numbers.len())?;
        check_len("indices", exact_indices(samples, width), indices.len())?;
        let engine = memory::divide(samples, width, numbers, indices);
        Ok(Self { network, engine, samples, steps: 0 })
    }

    /// How many units are loose or on a kink.
    pub fn loose_units(&self) -> usize {
        self.engine.homes.iter().filter(|&&home| home as usize >= self.engine.arcs.len()).count()
    }
}

impl<T: Scalar> Engine<'_, T> {
    fn home(&self, unit: u32) -> usize {
        self.homes.get(unit as usize).map_or(SCANNED, |&home| home as usize)
    }

    fn set_home(&mut self, unit: u32, home: usize) {
        if let Some(slot) = self.homes.get_mut(unit as usize) {
            *slot = u32::try_from(home).unwrap_or(u32::MAX);
        }
    }
}

impl<T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> Trainable<T> for Exact<'_, T, A, W> {
    fn shape(&self) -> Shape {
        self.network.shape()
    }

    fn check(&self, data: &Dataset<'_, T>) -> Result<(), Error> {
        check_len("number of samples", self.samples, data.len())
    }

    fn start(&mut self, data: &Dataset<'_, T>, work: &mut Workspace<'_, T>) {
        self.network.start(data, work);
        let engine = &mut self.engine;
        engine.arcs.sort(data.x());
        engine.groups.clear();
        engine.queue.clear();
        engine.loose.clear();
        for list in [&mut engine.strays, &mut engine.looked, &mut engine.scanned] {
            list.clear();
        }
        (self.steps, engine.age) = (0, 0);
        let mut units = Units::of(&mut self.network.weights);
        for unit in 0..u32::try_from(units.len()).unwrap_or(u32::MAX) {
            engine.place(&mut units, unit);
        }
    }

    #[inline(always)]
    fn step(&mut self, data: &Dataset<'_, T>, rate: T, work: &mut Workspace<'_, T>) {
        let (phi, scale) = (self.network.activation, self.network.scale());
        let low = phi.slope(-T::ONE);
        let slopes = Slopes { low, rise: phi.slope(T::ONE) - low };
        let mut units = Units::of(&mut self.network.weights);
        let engine = &mut self.engine;

        self.steps = self.steps.wrapping_add(1);
        if self.steps % GATHER_EVERY == 0 {
            engine.gather(&mut units);
        }
        engine.age += 1;
        if engine.age > REWRITE_AFTER {
            engine.rewrite(&mut units);
        }
        engine.arcs.directions(work.residuals, slopes.times(rate * scale));
        engine.loose.pass(&mut engine.arcs, &mut units, &mut engine.strays);
        if !engine.scanned.is_empty() {
            scan::step(phi, data, work.residuals, rate * scale, &engine.scanned, &mut units);
        }
        let due = engine.groups.advance(engine.arcs.h());
        if due {
            engine.look(&mut units);
        }
        if !engine.strays.is_empty() {
            engine.file_strays(&mut units);
        }
        engine.groups.sum_moments();
        engine.arcs.residuals(data, engine.groups.moments(), slopes.times(scale), work.residuals);
        if !engine.scanned.is_empty() {
            scan::add_outputs(phi, data, work.residuals, scale, &engine.scanned, &units);
            engine.unscan(&mut units);
        }
    }

    fn finish(&mut self) {
        self.engine.settle(&mut Units::of(&mut self.network.weights));
    }
}

/// Steps after which all groups are rewritten.
const REWRITE_AFTER: u32 = 1 << 14;
