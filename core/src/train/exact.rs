//! The exact engine: full-batch gradient descent whose step hardly grows with the width.
//!
//! For a piecewise linear phi, phi'(z) = s+ for z > 0 and s- below, a unit w = (a, b) depends on the samples
//! only through the set S of those with b . z > 0. Let g(S) = sum_i phi'_i r_i z_i over all samples, with r
//! the residuals, and h = rate / sqrt k g(S). A step of the unit is
//!
//! ```text
//! a <- a - h . b,    b <- b - a h,    that is    w <- T(h) w,    T(h) = I - [[0, h'], [h, 0]],
//! ```
//!
//! a linear map that is the same for all units with the same S. The outputs need only sums of a b over such
//! units: f(z) = 1/sqrt k sum over S of phi'_z (sum of a b over the units of S) . z. So a step moves one
//! small matrix for each S instead of all units.
//!
//! # Glossary
//!
//! * **Active sample** of a unit: one with b . z > 0. The set of them is the unit's **pattern** S.
//! * **Kink**: the directions b with b . z = 0 for a sample z, where phi'(b . z) jumps.
//! * **Arc**: the directions between two neighbouring kinks, for two inputs. All b in an arc have the same
//!   pattern.
//! * **Group**: units of the same pattern that are moved together.
//! * **Transport** P of a group: the product of its steps T(h). **Stored coordinates** u of a unit in a
//!   group: the unit has the weights w = P u. They stand in the network's memory in place of the weights.
//! * **Path length** of a group: the sum of ||h|| over its steps.
//! * **Margin** of a unit: a path length within which it cannot meet a kink. It follows from the unit's
//!   distance from the nearest kink (`margin.rs`).
//! * **Recheck**: when the path of its group has used up a unit's margin, the unit's distance is measured
//!   again. A queue for each group tells which unit comes first (`queue.rs`); no other unit is read.
//! * **Free unit**: a unit in no group, moved by itself, because it is so close to a kink that it would be
//!   rechecked every few steps. Free units are what is left of the width in the cost of a step: about a third
//!   of 1,024 units, one in a hundred of 2^20 (Example 3, near its end).
//! * **Escaped unit**: a free unit that has crossed a kink other than the one it was near, and is assigned
//!   anew.
//! * **Gather**: every 64 steps, free units whose margin has become large join groups.
//! * **Rewrite**: u <- P u and P <- I. It may be done at any time. It is done so that rounding errors in P do
//!   not accumulate, and before P is so far from I that its inverse, which a unit needs to join, would lose
//!   digits.
//!
//! # The two cases
//!
//! * One output and one or two inputs (`circle.rs`): groups are arcs, and h and the outputs are prefix sums
//!   over arcs.
//! * All other shapes (`patterns.rs`): groups are entries of a table of bounded size, found by their pattern.
//!
//! # Accuracy
//!
//! In real arithmetic a step is the plain engine's step: there is no tolerance, and nothing is skipped. In
//! floating point the two differ by rounding, as two orders of summation do. They agree to rounding until a
//! unit comes so close to a kink that rounding decides its side. From then on the training of a narrow
//! network can be chaotic, and the plain engine differs as much from itself when one weight is changed in its
//! last bit. `core/tests/training/exact.rs` measures both.
//!
//! A step with ||h|| >= 1 makes T(h) singular or its determinant negative. The plain engine takes such a step
//! too, so the group is rewritten and training goes on. A step that may be longer than [`LONGEST`] is taken
//! by the plain engine itself and all units are assigned anew: sums over a group could overflow where those
//! over its units do not.

mod circle;
mod list;
mod margin;
mod memory;
mod patterns;
mod queue;
#[cfg(test)]
mod tests;

use self::circle::ArcEngine;
use self::patterns::PatternEngine;
use super::{Trainable, Workspace};
use crate::error::{Setting, check_len};
use crate::vector::length;
use crate::{Activation, Dataset, Error, Network, ParametersMut, Scalar, Shape};

/// The number of steps between two gatherings.
const GATHER_EVERY: u32 = 64;

/// All groups are rewritten when they are older than this many steps, whatever their path lengths.
const REWRITE_AFTER: u32 = 1 << 14;

/// A unit in a group whose margin is worth fewer steps than this becomes free.
const STEPS_TO_STAY: f64 = 16.0;

/// A free unit whose margin is worth more steps than this may join a group.
const STEPS_TO_ENTER: f64 = 48.0;

/// The bound of ||h|| from which on the plain engine takes a step. Descents that converge have steps far
/// below.
const LONGEST: f64 = 1024.0;

/// Returns the path length at which a group is rewritten: P's condition number is then below (3/2) / (1/2) e
/// or so.
fn transport_limit<T: Scalar>() -> T {
    T::HALF
}

/// Returns whether the groups of a network of this shape are arcs.
#[inline(always)]
const fn has_arcs(shape: Shape) -> bool {
    shape.inputs <= 2 && shape.outputs == 1
}

/// The engine for the network's shape.
#[derive(Debug)]
enum Engine<'m, T> {
    Arcs(ArcEngine<'m, T>),
    Patterns(PatternEngine<'m, T>),
}

/// A network that is trained by groups of units: the same descent as that of the [`Network`] itself, for wide
/// networks many times as fast.
///
/// The activation must be piecewise linear with its kink at 0 ([`Activation::HOMOGENEOUS`]).
///
/// With one output and one or two inputs a step costs O(n) and a few operations for each free unit, and the
/// start O(k log n + n^2). For other shapes a step costs O(n c d + m^2 c) for each group, m = c + d, and for
/// each free unit as much as in the plain engine. This pays where there are many more units than patterns,
/// that is for few inputs or few samples.
///
/// ```
/// use ntk_core::train::{Exact, StopRule, descend, workspace_len};
/// use ntk_core::{Dataset, Network, Params, Relu, Shape};
/// const SHAPE: Shape = Shape { inputs: 2, width: 3, outputs: 1 };
/// let (x, y) = ([[-1.0, 1.0], [0.5, 1.0]], [[0.0], [1.0]]);
/// let weights = Params { a: [[1.0, -0.5, 0.7]], b: [[0.3, -0.2, 1.1], [0.1, 0.9, -0.4]] };
/// let mut network = Network::new(Relu, weights);
/// let mut floats = [0.0; Exact::floats_len(2, SHAPE, 0)];
/// let mut indices = [0; Exact::indices_len(2, SHAPE, 0)];
/// let mut exact = Exact::new(&mut network, 2, 0, &mut floats, &mut indices)?;
/// let rule = StopRule { target_mse: Some(1e-6), patience: None, max_steps: 10_000 };
/// descend(&mut exact, &Dataset::new(&x, &y)?, 0.1, &rule, &mut [0.0; workspace_len(2, 2, 1)], |_, _| true)?;
/// assert!((network.value(&[0.5, 1.0], 0)? - 1.0f64).abs() < 2e-3);
/// # Ok::<(), ntk_core::Error>(())
/// ```
///
/// With two outputs groups stand in a table, here of eight:
///
/// ```
/// # use ntk_core::train::{Exact, StopRule, descend, workspace_len};
/// # use ntk_core::{Dataset, Network, Params, Relu, Shape};
/// const SHAPE: Shape = Shape { inputs: 2, width: 3, outputs: 2 };
/// let (x, y) = ([[-1.0, 1.0], [0.5, 1.0]], [[0.0, 1.0], [1.0, 0.0]]);
/// let weights = Params { a: [[1.0, -0.5, 0.7], [0.2, 0.4, -0.6]], b: [[0.3, -0.2, 1.1], [0.1, 0.9, -0.4]] };
/// let mut network = Network::new(Relu, weights);
/// let mut floats = [0.0; Exact::floats_len(2, SHAPE, 8)];
/// let mut indices = [0; Exact::indices_len(2, SHAPE, 8)];
/// let mut exact = Exact::new(&mut network, 2, 8, &mut floats, &mut indices)?;
/// let rule = StopRule { target_mse: Some(1e-6), patience: None, max_steps: 10_000 };
/// descend(&mut exact, &Dataset::new(&x, &y)?, 0.1, &rule, &mut [0.0; workspace_len(2, 2, 2)], |_, _| true)?;
/// assert!((network.value(&[0.5, 1.0], 0)? - 1.0f64).abs() < 4e-3);
/// # Ok::<(), ntk_core::Error>(())
/// ```
///
/// Training refuses samples other than 0 with no coordinate that is a normal number:
/// [`crate::Error::OutOfRange`].
///
/// Whoever calls [`Trainable::step`] directly must call [`Trainable::finish`] before reading the weights.
#[derive(Debug)]
pub struct Exact<'m, T, A, W> {
    network: &'m mut Network<A, W>,
    engine: Engine<'m, T>,
    samples: usize,
    /// ||h|| over the rate and the length of all residuals, at most.
    reach: T,
}

/// The memory that [`Exact::new`] needs.
impl Exact<'_, (), (), ()> {
    /// Returns the number of floats for n samples and at most G groups.
    ///
    /// With one output and one or two inputs these are about 4 k + 120 n, whatever G; otherwise about
    /// k + G (n + 2 m^2 + 2 c d), with m = c + d weights to a unit.
    #[must_use]
    pub const fn floats_len(samples: usize, shape: Shape, groups: usize) -> usize {
        if has_arcs(shape) {
            circle::memory::floats(samples, shape.width)
        } else {
            patterns::memory::floats(samples, shape, groups)
        }
    }

    /// Returns the number of indices: about 8 k + 30 n with one output and one or two inputs; otherwise about
    /// 6 k + 6 G.
    #[must_use]
    pub const fn indices_len(samples: usize, shape: Shape, groups: usize) -> usize {
        if has_arcs(shape) {
            circle::memory::indices(samples, shape.width)
        } else {
            patterns::memory::indices(shape, groups)
        }
    }
}

impl<'m, T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> Exact<'m, T, A, W> {
    /// Lends a network and memory for training on n = `samples` samples.
    ///
    /// The memory is [`Exact::floats_len`] floats and [`Exact::indices_len`] indices, whatever they hold.
    /// `groups` bounds the number of groups and is rounded up to a multiple of eight; with one output and one
    /// or two inputs it is not used.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an activation that is not homogeneous, [`Error::Shape`] for slices of other
    /// lengths.
    pub fn new(
        network: &'m mut Network<A, W>,
        samples: usize,
        groups: usize,
        floats: &'m mut [T],
        indices: &'m mut [u32],
    ) -> Result<Self, Error> {
        if !A::HOMOGENEOUS {
            return Err(Setting::Activation.out_of_range());
        }
        let shape = network.shape();
        check_len("floats for the exact engine", Exact::floats_len(samples, shape, groups), floats.len())?;
        check_len("indices for the exact engine", Exact::indices_len(samples, shape, groups), indices.len())?;
        let engine = if has_arcs(shape) {
            Engine::Arcs(circle::memory::divide(samples, shape.width, floats, indices))
        } else {
            Engine::Patterns(patterns::memory::divide(samples, shape, groups, floats, indices))
        };
        Ok(Self { network, engine, samples, reach: T::ZERO })
    }

    fn assign(&mut self, data: &Dataset<'_, T>, work: &mut Workspace<'_, T>) {
        match &mut self.engine {
            Engine::Arcs(engine) if has_arcs(self.network.shape()) => engine.start(self.network, data, work),
            Engine::Patterns(engine) if !has_arcs(self.network.shape()) => {
                engine.start(self.network, data, work);
            }
            _ => {}
        }
    }

    /// Takes a step by the plain engine. In place: a call that got the engine could change which one it is,
    /// for all that a compiler sees, and the image would contain both.
    #[inline(always)]
    fn long_step(&mut self, data: &Dataset<'_, T>, rate: T, work: &mut Workspace<'_, T>) {
        self.finish();
        self.network.step(data, rate, work);
        self.assign(data, work);
    }
}

// The matches below compare the shape, too: where it is a constant, an image contains one of the two engines
// only.
impl<T: Scalar, A: Activation<T>, W: ParametersMut<Scalar = T>> Trainable<T> for Exact<'_, T, A, W> {
    #[inline(always)]
    fn shape(&self) -> Shape {
        self.network.shape()
    }

    fn check(&self, data: &Dataset<'_, T>) -> Result<(), Error> {
        check_len("number of samples", self.samples, data.len())?;
        // Directions are samples over their lengths, whose reciprocals have to be finite.
        for x in data.x().iter() {
            let largest = x.iter().fold(T::ZERO, |most, v| if v.abs() > most { v.abs() } else { most });
            if largest > T::ZERO && largest < T::SMALLEST {
                return Err(Setting::Length.out_of_range());
            }
        }
        Ok(())
    }

    fn start(&mut self, data: &Dataset<'_, T>, work: &mut Workspace<'_, T>) {
        let (phi, scale) = (self.network.activation, self.network.scale());
        let (low, high) = (phi.derivative(-T::ONE).abs(), phi.derivative(T::ONE).abs());
        self.reach = scale * if low > high { low } else { high } * length(data.x().values());
        self.assign(data, work);
    }

    #[inline(always)]
    fn step(&mut self, data: &Dataset<'_, T>, rate: T, work: &mut Workspace<'_, T>) {
        // By Cauchy and Schwarz; what overflows is long.
        if !(rate * self.reach * length(work.residuals) < T::from_f64(LONGEST)) {
            return self.long_step(data, rate, work);
        }
        match &mut self.engine {
            Engine::Arcs(engine) if has_arcs(self.network.shape()) => {
                engine.step(self.network, data, rate, work);
            }
            Engine::Patterns(engine) if !has_arcs(self.network.shape()) => {
                engine.step(self.network, data, rate, work);
            }
            _ => {}
        }
    }

    fn finish(&mut self) {
        match &mut self.engine {
            Engine::Arcs(engine) if has_arcs(self.network.shape()) => {
                engine.finish(&mut self.network.weights);
            }
            Engine::Patterns(engine) if !has_arcs(self.network.shape()) => {
                engine.finish(&mut self.network.weights);
            }
            _ => {}
        }
    }
}
