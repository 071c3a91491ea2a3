//! The exact engine: full-batch gradient descent whose step hardly grows with the width.
//!
//! For a piecewise linear phi, phi'(z) = s+ for z > 0 and s- below, a unit w = (a, b) feels the samples only through the set S of
//! those with b . z > 0. With g(S) = sum_i phi'_i r_i z_i over all samples, r the residuals, and h = rate / sqrt k g(S), its step is
//!
//! ```text
//! a <- a - h . b,    b <- b - a h,    that is    w <- T(h) w,    T(h) = I - [[0, h'], [h, 0]],
//! ```
//!
//! a linear map that is the same for all units with the same S. The outputs need only sums of a b over such units:
//! f(z) = 1/sqrt k sum over S of phi'_z (sum of a b over the units of S) . z. So units with the same S form a group, and a step
//! moves a small matrix for each group instead of all units.
//!
//! * **Arcs** (`arcs.rs`, `kinks.rs`). With two inputs S depends on the direction of b alone: n samples cut the circle of directions into at
//!   most 2 n arcs, and all g(S) and all outputs are prefix sums over arcs. One input counts as two, the second one 0.
//! * **Groups** (`group.rs`, `transport.rs`), one for each arc. A unit has stored coordinates u in the network's own memory; its weights are
//!   w = P u with one P for each group, and a step is P <- T P. The sums of a b follow from P and the sum of all u u'.
//! * **When a unit leaves** (`place.rs`, `room.rs`, `queue.rs`). It must be seen before it crosses a kink, the border of its arc. Its
//!   distance from the kinks gives its room: a length of path, the sum of ||h|| over steps, within which it cannot reach one. A queue
//!   for each group says whose room is used up; nobody looks at the others.
//! * **Loose units** (`loose.rs`, `lanes.rs`, `frames.rs`). Some units hover at a kink for thousands of steps. They are taken out and
//!   moved one by one, eight at a time, each with the h of the side that it is on, until they have gone away from it. These are what is
//!   left of the width in the cost of a step: of 1,024 units about a third, of 2^20 one in a hundred (Example 3, near its end).
//! * **Rewriting** (`place.rs`). u <- P u and P <- I, now and then, so that rounding in P does not add up, and before P is
//!   so far from I that its inverse, which a unit needs to come in, would lose digits. It may be done at any time.
//! * Units exactly on a kink, or with b = 0, have no arc (`scan.rs`); there are hardly ever any. They are moved as the
//!   plain engine moves them.
//!
//! All this is for one output and up to two inputs, [`Exact`]. `patterns.rs` has the other shapes, [`ExactGeneral`].
//!
//! In real arithmetic all this is the plain engine's step, to the last digit; there is no tolerance and nothing is skipped.
//! In floating point the two differ by rounding, as two orders of summation do. That lasts until a unit comes so close to a
//! kink that rounding decides its side; a narrow network can be chaotic from then on, and then the plain engine differs as
//! much from itself with one weight changed in the last bit. `core/tests/exact.rs` measures both.
//!
//! A step with ||h|| >= 1 turns units over: T is singular or changes the sign of its determinant. Nothing is wrong in that and
//! the plain engine would do it too, so the group is rewritten and training goes on; where it is the beginning of a divergence,
//! the loss overflows as in the plain engine and is reported as [`super::StopReason::Diverged`].

mod arcs;
mod frames;
mod group;
mod kinks;
mod lanes;
mod list;
mod loose;
mod memory;
mod patterns;
mod place;
mod queue;
mod room;
mod scan;
mod transport;
mod units;

use self::arcs::{Arcs, Slopes};
use self::group::Groups;
use self::list::List;
use self::loose::Loose;
pub use self::patterns::{ExactGeneral, exact_general_indices, exact_general_numbers};
use self::queue::Queue;
use self::units::Units;
use super::{Trainable, Workspace};
use crate::error::check_len;
use crate::{Activation, Dataset, Error, Network, ParametersMut, Scalar, Shape};

/// A unit's home when it has no arc.
const SCANNED: usize = u32::MAX as usize;

/// Steps between two visits to the loose units, to see which can join a group.
const GATHER_EVERY: u32 = 64;

/// Steps after which all groups are rewritten, whatever their path lengths.
const REWRITE_AFTER: u32 = 1 << 14;

/// At this path length a group is rewritten: P's condition number is then below (3/2) / (1/2) e or so.
fn transport_limit<T: Scalar>() -> T {
    T::HALF
}

fn check_homogeneous<T: Scalar, A: Activation<T>>() -> Result<(), Error> {
    if A::HOMOGENEOUS {
        return Ok(());
    }
    Err(Error::OutOfRange { what: "activation", must: "piecewise linear for the exact engine" })
}

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
    /// Steps since the start.
    steps: u32,
}

/// Numbers that [`Exact::new`] needs for n samples and k units: about 4 k + 120 n.
#[must_use]
pub const fn exact_numbers(samples: usize, width: usize) -> usize {
    memory::numbers(samples, width)
}

/// Indices that [`Exact::new`] needs for n samples and k units: about 8 k + 30 n.
#[must_use]
pub const fn exact_indices(samples: usize, width: usize) -> usize {
    memory::indices(samples, width)
}

/// A network of one output and one or two inputs, trained by groups of units: the same descent as that of the
/// [`Network`] itself, for wide networks many times as fast.
///
/// The activation must be piecewise linear with its kink at 0 ([`Activation::HOMOGENEOUS`]). Cost of a step: O(n) and a few
/// operations for each loose unit; of the start O(k log n + n^2).
///
/// ```
/// use ntk_core::train::{Exact, StopRule, descend, exact_indices, exact_numbers, workspace_len};
/// use ntk_core::{Dataset, Network, Params, Relu};
/// let (x, y) = ([[-1.0, 1.0], [0.5, 1.0]], [[0.0], [1.0]]);
/// let mut network = Network::new(Relu, Params { a: [[1.0, -0.5, 0.7]], b: [[0.3, -0.2, 1.1], [0.1, 0.9, -0.4]] });
/// let (mut numbers, mut indices) = ([0.0; exact_numbers(2, 3)], [0; exact_indices(2, 3)]);
/// let mut exact = Exact::new(&mut network, 2, &mut numbers, &mut indices)?;
/// let rule = StopRule { target_mse: Some(1e-6), patience: None, max_steps: 10_000 };
/// descend(&mut exact, &Dataset::new(&x, &y)?, 0.1, &rule, &mut [0.0; workspace_len(2, 2, 1)], |_, _| true)?;
/// assert!((network.value(&[0.5, 1.0], 0)? - 1.0f64).abs() < 2e-3);
/// # Ok::<(), ntk_core::Error>(())
/// ```
///
/// Whoever calls [`Trainable::step`] directly must call [`Trainable::finish`] before reading the weights.
#[derive(Debug)]
pub struct Exact<'m, T, A, W> {
    network: &'m mut Network<A, W>,
    engine: Engine<'m, T>,
    samples: usize,
}

impl<'m, T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> Exact<'m, T, A, W> {
    /// Lends a network and memory for training on n = `samples` samples: [`exact_numbers`] numbers and [`exact_indices`]
    /// indices, whatever they hold.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an activation that is not homogeneous or more than two inputs, [`Error::Shape`] for several
    /// outputs or slices of other lengths.
    pub fn new(
        network: &'m mut Network<A, W>,
        samples: usize,
        numbers: &'m mut [T],
        indices: &'m mut [u32],
    ) -> Result<Self, Error> {
        let Shape { inputs, width, outputs } = network.shape();
        check_homogeneous::<T, A>()?;
        if inputs > 2 {
            return Err(Error::OutOfRange { what: "number of inputs", must: "1 or 2 for the exact engine" });
        }
        check_len("outputs for the exact engine", 1, outputs)?;
        check_len("numbers for the exact engine", exact_numbers(samples, width), numbers.len())?;
        check_len("indices for the exact engine", exact_indices(samples, width), indices.len())?;
        let engine = memory::divide(samples, width, numbers, indices);
        Ok(Self { network, engine, samples })
    }

    /// How many units are moved one by one at present.
    #[must_use]
    pub fn loose_units(&self) -> usize {
        self.engine.homes.iter().filter(|&&home| home as usize >= self.engine.arcs.len()).count()
    }
}

impl<T: Scalar> Engine<'_, T> {
    /// What is done every so many steps.
    #[inline(always)]
    fn between_steps(&mut self, units: &mut Units<'_, T>) {
        self.steps = self.steps.wrapping_add(1);
        self.age += 1;
        if self.steps.is_multiple_of(GATHER_EVERY) {
            self.gather(units);
        }
        if self.age > REWRITE_AFTER {
            self.rewrite(units);
        }
    }

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
        (engine.steps, engine.age) = (0, 0);
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

        engine.between_steps(&mut units);
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
