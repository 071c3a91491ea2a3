//! The descents of a search over the variances, and where they start.

use super::{COARSE_STEPS, GRID, MOST_STARTS, RIDGE_STEPS, Variances, with_variances};
use crate::kernel::VariableKernel;
use crate::regression::algebra::Engine;
use crate::regression::grid::{bias_variances, ridges};
use crate::regression::storage::{Memory, Noise};
use crate::regression::tune::{Aim, power_of_ten};
use crate::regression::unit::{mean_own, solve_in_units};
use crate::{Error, Scalar};

/// A place in the search: base-10 logarithms of the ridge over the mean diagonal of K, of w and of b.
pub(super) type Place<T> = [T; 3];

/// The bounds of each coordinate of a [`Place`].
const LOWEST: [f64; 3] = [-12.0, -4.0, -4.0];
const HIGHEST: [f64; 3] = [3.0, 4.0, 4.0];

/// The steps of a descent: an axis of a [`Place`], and whether the ridge itself stays the same instead of its
/// ratio to K. Both kinds of step are tried for the weights.
const STEPS_ALONG: [(usize, bool); 4] = [(0, false), (1, false), (1, true), (2, false)];

/// A setting that was tried, with its criterion.
#[derive(Clone, Copy)]
pub(super) struct Tried<T> {
    loss: T,
    pub(super) ridge: T,
    place: Place<T>,
    /// w and b.
    pub(super) variances: [T; 2],
}

/// The state that the attempts of a search share, and the memory that they use.
pub(super) struct Search<'s, 'm, T: Scalar, K, V: Noise, E> {
    pub(super) engine: &'s mut E,
    pub(super) aim: Aim<T>,
    pub(super) kernel: &'s K,
    pub(super) which: Variances,
    /// w and b at the start; a variance that is not free keeps this value.
    pub(super) start: [T; 2],
    pub(super) memory: Memory<'m, T, V>,
    pub(super) work: &'s mut [T],
    /// The variances of the K that is in the memory.
    pub(super) filled: Option<[T; 2]>,
    /// Which axes of a [`Place`] a descent goes along.
    pub(super) free: [bool; 3],
    /// The error of the last attempt that failed.
    pub(super) refusal: Error,
}

impl Variances {
    /// Returns which axes of a [`Place`] are free.
    pub(super) fn free(self) -> [bool; 3] {
        [true, self != Self::Bias, self != Self::Weight]
    }
}

/// Returns w and b at a place. A variance that is not free has its value at the start.
pub(super) fn variances<T: Scalar>(which: Variances, [w, b]: [T; 2], [_, log_w, log_b]: Place<T>) -> [T; 2] {
    let [_, free_w, free_b] = which.free();
    [if free_w { power_of_ten(log_w) } else { w }, if free_b { power_of_ten(log_b) } else { b }]
}

/// Returns the places with the kernel's own variances and each of the [`GRID`] ridges.
pub(super) fn grid<T: Scalar>([w, b]: [T; 2]) -> impl DoubleEndedIterator<Item = Place<T>> {
    let (log_w, log_b) = (log10(w), log10(if b > T::ZERO { b } else { w }));
    (0..GRID).map(move |i| [T::from_usize(i) - T::from_f64(12.0), log_w, log_b])
}

/// Returns the places halfway between those of the grid.
fn between<T: Scalar>(start: [T; 2]) -> impl Iterator<Item = Place<T>> {
    grid(start).skip(1).map(|[log10, log_w, log_b]| [log10 - T::HALF, log_w, log_b])
}

/// Returns the first and the last step size of a descent to the end, in decades.
fn fine<T: Scalar>() -> [T; 2] {
    [T::HALF * T::HALF, T::from_f64(0.015)]
}

/// Returns the better of two, or the first if they are equal.
pub(super) fn better<T: Scalar>(a: Option<Tried<T>>, b: Option<Tried<T>>) -> Option<Tried<T>> {
    match (a, b) {
        (Some(old), Some(new)) if new.loss < old.loss => b,
        (None, _) => b,
        _ => a,
    }
}

impl<T: Scalar, K: VariableKernel<T>, V: Noise, E: Engine<T, K, V>> Search<'_, '_, T, K, V, E> {
    /// Fits at a place. If a ridge is given, it replaces the one of the place.
    fn fit(&mut self, mut place: Place<T>, ridge: Option<T>) -> Result<Tried<T>, Error> {
        let variances = variances(self.which, self.start, place);
        let kernel = self.fill(variances)?;
        let unit = mean_own(&kernel, self.aim.n, &self.memory);
        let ridge = match ridge {
            None => power_of_ten(place[0]) * unit,
            Some(ridge) => {
                place[0] = log10(ridge / unit);
                ridge
            }
        };
        let loss = self.solve(&kernel, ridge)?;
        Ok(Tried { loss, ridge, place, variances })
    }

    /// Returns the kernel with these variances, and computes its K unless the memory holds it already.
    pub(super) fn fill(&mut self, variances: [T; 2]) -> Result<K, Error> {
        let kernel = with_variances(self.kernel, variances)?;
        if self.filled != Some(variances) {
            self.filled = None;
            self.engine.refill(&kernel, self.aim.n, &mut self.memory)?;
            self.filled = Some(variances);
        }
        Ok(kernel)
    }

    pub(super) fn solve(&mut self, kernel: &K, ridge: T) -> Result<T, Error> {
        let Aim { criterion, amplitude, n } = self.aim;
        solve_in_units(self.engine, kernel, ridge, n, amplitude, self.memory.reborrow())?;
        self.engine.losses(criterion, amplitude, n, &self.memory, self.work)
    }

    /// Evaluates a place. Returns `None` if the matrix does not factor or the criterion is not finite.
    fn see(&mut self, place: Place<T>, ridge: Option<T>) -> Option<Tried<T>> {
        match self.fit(place, ridge) {
            Ok(tried) if tried.loss.is_finite() => Some(tried),
            Ok(_) => None,
            Err(why) => {
                self.refusal = why;
                None
            }
        }
    }

    /// Returns the best of some places.
    fn best_of(&mut self, places: impl Iterator<Item = Place<T>>) -> Option<Tried<T>> {
        places.fold(None, |best, place| better(best, self.see(place, None)))
    }

    /// Returns the best of the grid with the kernel's own variances, and the result of a search over the
    /// ridge alone. A search over more settings that starts from both cannot end worse.
    fn ridge_alone(&mut self, left: &mut usize) -> [Option<Tried<T>>; 2] {
        let first = self.best_of(grid(self.start));
        let best = better(first, self.best_of(between(self.start)));
        let (free, mut steps) = (self.free, RIDGE_STEPS);
        self.free = [true, false, false];
        let end = self.descend(best, fine(), &mut steps);
        self.free = free;
        *left = left.saturating_sub(RIDGE_STEPS - steps);
        [first, end]
    }

    /// Searches over the variances of `which`, from the kernel's own variances and others, with at most
    /// `left` steps. `found` are the results of searches over fewer variances.
    pub(super) fn leg(
        &mut self,
        which: Variances,
        found: &[Option<Tried<T>>],
        left: &mut usize,
    ) -> Option<Tried<T>> {
        (self.which, self.free) = (which, which.free());
        let own = if which == Variances::Both { [None; 2] } else { self.ridge_alone(left) };
        let mut starts = [None; MOST_STARTS];
        let mut places = starts.iter_mut();
        let mut add = |start| {
            if let Some(place) = places.next() {
                *place = start;
            }
        };
        for &found in found {
            add(found);
        }
        let [_, log_w, log_b] = grid(self.start).next().unwrap_or([T::ZERO; 3]);
        let (two, few) = (T::TWO, [T::from_f64(-9.0), T::from_f64(-6.0), T::from_f64(-3.0), T::ZERO]);
        match which {
            Variances::Bias => {
                own.into_iter().for_each(&mut add);
                for b in bias_variances::<T>() {
                    let ridges = ridges::<T>().into_iter();
                    add(self.best_of(ridges.map(|ridge| [log10(ridge), log_w, log10(b)])));
                }
            }
            Variances::Weight => {
                own.into_iter().for_each(&mut add);
                for log_w in [log_w - two, log_w + two] {
                    add(self.best_of(few.into_iter().map(|ridge| [ridge, log_w, log_b])));
                }
            }
            Variances::Both => {
                for (w, b) in [(-two, -two), (-two, two), (two, -two), (two, two)] {
                    add(self.best_of(few.into_iter().map(|ridge| [ridge, log_w + w, log_b + b])));
                }
            }
        }
        let ([_, last], [first, others @ ..]) = (fine(), starts);
        let coarse = COARSE_STEPS * others.iter().flatten().count();
        *left = left.saturating_sub(coarse);
        let first = self.descend(first, [T::ONE, last], left);
        *left += coarse;
        let mut other = None;
        for start in others {
            let mut steps = COARSE_STEPS;
            other = better(other, self.descend(start, [T::ONE, T::HALF], &mut steps));
            *left = left.saturating_sub(COARSE_STEPS - steps);
        }
        match (first, other) {
            (Some(first), Some(other)) if first.loss <= other.loss => Some(first),
            (_, Some(_)) => better(first, self.descend(other, fine(), left)),
            _ => first,
        }
    }

    /// Takes steps up or down, one setting at a time, and keeps those that lower the criterion. If none does,
    /// the step size is halved, from `step` down to `last`. At most `left` steps are tried.
    fn descend(
        &mut self,
        mut now: Option<Tried<T>>,
        [mut step, last]: [T; 2],
        left: &mut usize,
    ) -> Option<Tried<T>> {
        while step >= last {
            let mut any = false;
            for (axis, same_ridge) in STEPS_ALONG {
                for step in [step, -step] {
                    let Tried { ridge, mut place, loss, .. } = now?;
                    let (Some(along), true) = (place.get_mut(axis), self.free.get(axis) == Some(&true))
                    else {
                        continue;
                    };
                    *along += step;
                    if *left > 0 && inside(&place) {
                        *left -= 1;
                        let seen = self.see(place, same_ridge.then_some(ridge));
                        if seen.is_some_and(|seen| seen.loss < loss) {
                            (now, any) = (seen, true);
                        }
                    }
                }
            }
            if !any {
                step *= T::HALF;
            }
        }
        now
    }
}

fn log10<T: Scalar>(v: T) -> T {
    v.ln() / T::from_f64(core::f64::consts::LN_10)
}

fn inside<T: Scalar>(place: &Place<T>) -> bool {
    // Constants are converted one by one; an index would turn this into arithmetic in double precision.
    let [low_0, low_1, low_2] = LOWEST;
    let [high_0, high_1, high_2] = HIGHEST;
    let low = [T::from_f64(low_0), T::from_f64(low_1), T::from_f64(low_2)];
    let high = [T::from_f64(high_0), T::from_f64(high_1), T::from_f64(high_2)];
    place.iter().zip(low.iter().zip(&high)).all(|(p, (low, high))| p >= low && p <= high)
}
