//! The ridge and the variances of the kernel that the data ask for, found in the memory of the model.
//!
//! A criterion may have several valleys, so a search has several starts: from the first a descent to the end,
//! from each other a coarse one, which goes on if it leads lower. A search over both variances contains the
//! searches over either and goes on from what they found, so it never ends worse than one of them.

use super::Regression;
use super::fit::{Amplitude, refill};
use super::grid::{bias_variances, ridges};
use super::refit::{Trial, try_search};
use super::storage::{Memory, Noise, Scratch, StorageMut};
use super::tune::{Criterion, NO_CRITERION, losses, power_of_ten};
use super::unit::{mean_own, solve_in_units};
use crate::kernel::VariableKernel;
use crate::slices::first_mut;
use crate::{Error, Scalar};

/// Which variances of the kernel a search moves beside the ridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variances {
    /// The variance of the biases.
    Bias,
    /// The variance of the weights.
    Weight,
    /// Both.
    Both,
}

/// What a search has found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuned<T> {
    /// Variance of the weights, w.
    pub weight_variance: T,
    /// Variance of the biases, b.
    pub bias_variance: T,
    /// The ridge.
    pub ridge: T,
}

/// Factorisations of a search at most, the last with what was found: 177 over one variance. Over both, 569:
/// it consists of the searches over either, so that it cannot end worse, and of a third that goes on from
/// their ends in one dimension more.
pub const MOST_FACTORISATIONS: usize = 2 * LEG + STARTS_OF_BOTH + STEPS_OF_BOTH + 1;

/// Those of a search over one variance, less the last.
const LEG: usize = 2 * GRID - 1 + STARTS + STEPS;
/// Ridges tried where the search starts, 10^-12 to 10^3 of the mean diagonal; then those between them.
const GRID: usize = 16;
/// Those tried at the other starts: 3 bias variances with 7 ridges each are the most.
const STARTS: usize = 21;
/// Steps tried after that, and how many of them in one coarse descent.
const STEPS: usize = 124;
const COARSE_STEPS: usize = 10;
/// Steps of a descent over the ridge alone.
const RIDGE_STEPS: usize = 16;
/// The same of the third search over both: 4 starts with 4 ridges each, and steps beside those that the
/// others have left.
const STARTS_OF_BOTH: usize = 16;
const STEPS_OF_BOTH: usize = 200;
/// Starts of a search at most: the ends of others, the better one first, and four of its own.
const MOST_STARTS: usize = 7;

/// A place in the search: base-10 logarithms of the ridge over the mean diagonal of K, of w and of b.
type Place<T> = [T; 3];

/// Bounds of each.
const LOWEST: [f64; 3] = [-12.0, -4.0, -4.0];
const HIGHEST: [f64; 3] = [3.0, 4.0, 4.0];

/// Steps go along an axis of that space; those of the weights also with the ridge itself as it was, not its
/// ratio to K.
const STEPS_ALONG: [(usize, bool); 4] = [(0, false), (1, false), (1, true), (2, false)];

/// What was tried, and how good it is.
#[derive(Clone, Copy)]
struct Tried<T> {
    loss: T,
    ridge: T,
    place: Place<T>,
    /// w and b.
    variances: [T; 2],
}

/// What stays the same from attempt to attempt, and the memory that all of them use.
struct Search<'s, 'm, T: Scalar, K, V: Noise> {
    criterion: Criterion,
    amplitude: Amplitude<T>,
    kernel: &'s K,
    which: Variances,
    /// Where it starts; what is not free stays there.
    start: [T; 2],
    n: usize,
    memory: Memory<'m, T, V>,
    work: &'s mut [T],
    /// The variances of the K that is in the memory.
    filled: Option<[T; 2]>,
    /// Which axes of a [`Place`] a descent goes along.
    free: [bool; 3],
    /// Why the last that did not factor did not.
    refusal: Error,
}

impl Variances {
    /// Which axes of a [`Place`] are free.
    fn free(self) -> [bool; 3] {
        [true, self != Self::Bias, self != Self::Weight]
    }
}

/// w and b at a place.
fn variances<T: Scalar>(which: Variances, [w, b]: [T; 2], [_, log_w, log_b]: Place<T>) -> [T; 2] {
    let [_, free_w, free_b] = which.free();
    [if free_w { power_of_ten(log_w) } else { w }, if free_b { power_of_ten(log_b) } else { b }]
}

/// The kernel's own place, with the ridges that are tried there.
fn grid<T: Scalar>([w, b]: [T; 2]) -> impl DoubleEndedIterator<Item = Place<T>> {
    let (log_w, log_b) = (log10(w), log10(if b > T::ZERO { b } else { w }));
    (0..GRID).map(move |i| [T::from_usize(i) - T::from_f64(12.0), log_w, log_b])
}

/// The ridges between those of the grid.
fn between<T: Scalar>(start: [T; 2]) -> impl Iterator<Item = Place<T>> {
    grid(start).skip(1).map(|[log10, log_w, log_b]| [log10 - T::HALF, log_w, log_b])
}

/// The first and the last step of a descent to the end, in decades.
fn fine<T: Scalar>() -> [T; 2] {
    [T::HALF * T::HALF, T::from_f64(0.015)]
}

/// The better of two, the first if they are equal.
fn better<T: Scalar>(a: Option<Tried<T>>, b: Option<Tried<T>>) -> Option<Tried<T>> {
    match (a, b) {
        (Some(old), Some(new)) if new.loss < old.loss => b,
        (None, _) => b,
        _ => a,
    }
}

impl<T: Scalar, K: VariableKernel<T>, V: Noise> Search<'_, '_, T, K, V> {
    /// Fits at a place, or beside it with this very ridge.
    fn fit(&mut self, mut place: Place<T>, ridge: Option<T>) -> Result<Tried<T>, Error> {
        let variances = variances(self.which, self.start, place);
        let kernel = self.fill(variances)?;
        let unit = mean_own(&kernel, self.n, &self.memory);
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

    /// K of these variances.
    fn fill(&mut self, variances: [T; 2]) -> Result<K, Error> {
        let kernel = with_variances(self.kernel, variances)?;
        if self.filled != Some(variances) {
            self.filled = None;
            refill(&kernel, self.n, &mut self.memory)?;
            self.filled = Some(variances);
        }
        Ok(kernel)
    }

    fn solve(&mut self, kernel: &K, ridge: T) -> Result<T, Error> {
        solve_in_units(kernel, ridge, self.n, self.amplitude, self.memory.reborrow())?;
        losses(self.criterion, self.amplitude, self.n, &self.memory, self.work)
    }

    /// What a place is worth; nothing if it does not factor or its criterion is no number.
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

    /// The best of some ridges at the variances of a place.
    fn best_of(&mut self, places: impl Iterator<Item = Place<T>>) -> Option<Tried<T>> {
        places.fold(None, |best, place| better(best, self.see(place, None)))
    }

    /// Whether a search over one variance has other starts than the first: not by the mean square of the
    /// errors left out, whose results docs/measured.md has.
    fn has_others(&self) -> bool {
        self.criterion != Criterion::LeaveOneOut
    }

    /// The best of the grid with the kernel's own variances, and where a search for the ridge alone ends:
    /// what is found over more is then no worse.
    fn ridge_alone(&mut self, left: &mut usize) -> [Option<Tried<T>>; 2] {
        let first = self.best_of(grid(self.start));
        if !self.has_others() {
            return [first, None];
        }
        let best = better(first, self.best_of(between(self.start)));
        let (free, mut steps) = (self.free, RIDGE_STEPS);
        self.free = [true, false, false];
        let end = self.descend(best, fine(), &mut steps);
        self.free = free;
        *left = left.saturating_sub(RIDGE_STEPS - steps);
        [first, end]
    }

    /// One search, over what `which` says, from the kernel's own variances and others, with the steps that
    /// are left; `found` are the ends of searches over less.
    fn leg(&mut self, which: Variances, found: &[Option<Tried<T>>], left: &mut usize) -> Option<Tried<T>> {
        (self.which, self.free) = (which, which.free());
        let has_others = self.has_others();
        if which != Variances::Both && !has_others {
            *left += GRID - 1 + STARTS; // steps in the place of what is not tried elsewhere
        }
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
                for b in bias_variances::<T>().into_iter().filter(|_| has_others) {
                    let ridges = ridges::<T>().into_iter();
                    add(self.best_of(ridges.map(|ridge| [log10(ridge), log_w, log10(b)])));
                }
            }
            Variances::Weight => {
                own.into_iter().for_each(&mut add);
                for log_w in [log_w - two, log_w + two].into_iter().filter(|_| has_others) {
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

    /// Steps up or down, one setting at a time, kept if they lower the criterion, halved when none does, from
    /// the first length to the last; at most so many as are left.
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

/// The kernel with variances w and b.
fn with_variances<T: Scalar, K: VariableKernel<T>>(kernel: &K, [w, b]: [T; 2]) -> Result<K, Error> {
    let kernel = kernel.with_architecture(kernel.architecture().weights(w).bias(b));
    kernel.check()?;
    Ok(kernel)
}

fn log10<T: Scalar>(v: T) -> T {
    v.ln() / T::from_f64(core::f64::consts::LN_10)
}

/// The search itself; leaves the memory fitted with the best.
///
/// # Errors
/// If nothing that is tried makes the matrix factor and the criterion finite, the reason of the last; K and
/// the factorisation are then of no use.
fn search<T: Scalar, K: VariableKernel<T>, V: Noise>(
    mut search: Search<'_, '_, T, K, V>,
) -> Result<Tuned<T>, Error> {
    let found = match search.which {
        Variances::Both => {
            let mut left = [STEPS; 2]; // of which a search over one variance has no more than alone
            let [of_biases, of_weights] = &mut left;
            let bias = search.leg(Variances::Bias, &[], of_biases);
            let weight = search.leg(Variances::Weight, &[], of_weights);
            let mut left = STEPS_OF_BOTH + *of_biases + *of_weights;
            let best = better(bias, weight);
            better(best, search.leg(Variances::Both, &[best, bias, weight], &mut left))
        }
        one => search.leg(one, &[], &mut { STEPS }),
    };
    let Tried { ridge, variances, .. } = found.ok_or(search.refusal)?;
    let kernel = search.fill(variances)?;
    search.solve(&kernel, ridge)?;
    let [weight_variance, bias_variance] = variances;
    Ok(Tuned { weight_variance, bias_variance, ridge })
}

fn inside<T: Scalar>(place: &Place<T>) -> bool {
    // Converted one by one: constants, which an index would turn into arithmetic in double precision.
    let [low_0, low_1, low_2] = LOWEST;
    let [high_0, high_1, high_2] = HIGHEST;
    let low = [T::from_f64(low_0), T::from_f64(low_1), T::from_f64(low_2)];
    let high = [T::from_f64(high_0), T::from_f64(high_1), T::from_f64(high_2)];
    place.iter().zip(low.iter().zip(&high)).all(|(p, (low, high))| p >= low && p <= high)
}

impl<T: Scalar, K: VariableKernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Sets ridge and variances of the kernel that the samples ask for, in at most [`MOST_FACTORISATIONS`]
    /// factorisations.
    ///
    /// First the best of some ridges at several starts: 16 ridges, a decade apart, at the kernel's variances,
    /// a b of 0 at w; the best ridge with these, to 2^-6 decades; for the biases the grid of
    /// [`Regression::fit_tuned`]; for the weights a hundredth and a hundredfold of w. From the first a
    /// descent: steps of a decade up or down, one setting at a time, kept if they lower the criterion, halved
    /// when none does, down to 2^-6 decades (4 %). From each other one of a few steps, and from the best of
    /// their ends one to the end if it is better; by [`Criterion::LeaveOneOut`] over one variance from the
    /// first alone. Over both variances, the searches over either first, and then one over both that goes on
    /// from their ends and four other starts: it never ends worse than one of them. Ridges lie between 1e-12
    /// and 1e3 of the mean diagonal of K, variances between 1e-4 and 1e4. A descent ends where no small step
    /// helps: that no start leads lower is no proof that nothing is lower.
    ///
    /// A criterion may go on falling to an end of the range: the likelihood of labels that are all noise is
    /// best with the largest ridge, where the model is their noise and nothing else. The result is then that
    /// end, and [`Regression::leave_one_out`] says that the mean explains nothing.
    ///
    /// Cost: at most so many times n^2/2 kernel values and n^3/6 multiply-adds, for the leave-one-out
    /// criteria n^3/3, and one factorisation more to know beforehand that it ends well; a third of it over
    /// one variance. With noise of the samples' own and the amplitude of the labels, about five times as
    /// much.
    ///
    /// # Errors
    /// [`Error::NotFitted`] without samples; if nothing that is tried makes the matrix factor and the
    /// criterion finite, the reason of one. Then not one bit of what the model knows is different.
    pub fn tune_variances(&mut self, criterion: Criterion, which: Variances) -> Result<Tuned<T>, Error> {
        let (n, kernel, amplitude) = (self.len, &self.kernel, self.amplitude);
        if n == 0 {
            return Err(Error::NotFitted);
        }
        let architecture = kernel.architecture();
        let start = [architecture.weight_variance, architecture.bias_variance];
        let first_leg = if which == Variances::Both { Variances::Bias } else { which };
        let first = grid(start).next().map_or(start, |place| variances(first_leg, start, place));
        let tried = with_variances(kernel, first)?;
        let found = self.storage.with_scratch(|mut memory, scratch| {
            let Scratch { vectors: [work, ..], coefficients } = scratch;
            let work = first_mut(work, n);
            let trial = Trial { criterion, amplitude, coefficients, work: &mut *work };
            let ridges = grid(start).map(|[log10, ..]| log10);
            try_search([kernel, &tried], ridges, n, &mut memory, trial)?;
            let (filled, refusal, free) = (None, NO_CRITERION, which.free());
            let all =
                Search { criterion, amplitude, kernel, which, start, n, memory, work, filled, free, refusal };
            search(all)
        })?;
        self.kernel = with_variances(&self.kernel, [found.weight_variance, found.bias_variance])?;
        self.ridge = found.ridge;
        Ok(found)
    }
}
