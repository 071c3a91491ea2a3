//! The ridge and the variances of the kernel that the data ask for, found in the memory of the model.

use super::Regression;
use super::fit::{Amplitude, refill, solve};
use super::refit::{Trial, refit, try_search};
use super::storage::{Memory, Scratch, StorageMut};
use super::tune::{Criterion, NO_CRITERION, diagonal, losses, mean_diagonal, power_of_ten};
use crate::kernel::VariableKernel;
use crate::slices::first_mut;
use crate::{Dataset, Error, Rows, Scalar};

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

/// Factorisations of one search at most, the last with what was found.
pub const MOST_FACTORISATIONS: usize = GRID + STEPS + 1;

/// Ridges tried where the search starts, 10^-12 to 10^3 of the mean diagonal.
const GRID: usize = 16;
/// Steps tried after that.
const STEPS: usize = 160;

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
}

/// What stays the same from attempt to attempt, and the memory that all of them use.
struct Search<'s, 'm, T, K> {
    criterion: Criterion,
    amplitude: Amplitude<T>,
    kernel: &'s K,
    which: Variances,
    /// Where it starts; what is not free stays there.
    start: [T; 2],
    n: usize,
    memory: Memory<'m, T>,
    work: &'s mut [T],
    /// The variances of the K that is in the memory.
    filled: Option<[T; 2]>,
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

/// The places that are tried first.
fn grid<T: Scalar>([w, b]: [T; 2]) -> impl DoubleEndedIterator<Item = Place<T>> {
    let (log_w, log_b) = (log10(w), log10(if b > T::ZERO { b } else { w }));
    (0..GRID).map(move |i| [T::from_usize(i) - T::from_f64(12.0), log_w, log_b])
}

impl<T: Scalar, K: VariableKernel<T>> Search<'_, '_, T, K> {
    /// Fits at a place, or beside it with this very ridge.
    fn fit(&mut self, mut place: Place<T>, ridge: Option<T>) -> Result<Tried<T>, Error> {
        let variances = variances(self.which, self.start, place);
        let (n, memory) = (self.n, &mut self.memory);
        if self.filled != Some(variances) {
            self.filled = None;
            refill(&with_variances(self.kernel, variances)?, n, memory)?;
            self.filled = Some(variances);
        }
        let unit = mean_diagonal(diagonal(memory.matrix, memory.stride), n);
        let ridge = match ridge {
            None => power_of_ten(place[0]) * unit,
            Some(ridge) => {
                place[0] = log10(ridge / unit);
                ridge
            }
        };
        solve(ridge, n, self.amplitude, memory.reborrow())?;
        let loss = losses(self.criterion, self.amplitude, n, memory, self.work)?;
        Ok(Tried { loss, ridge, place })
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
fn search<T: Scalar, K: VariableKernel<T>>(mut search: Search<'_, '_, T, K>) -> Result<Tuned<T>, Error> {
    let (which, start) = (search.which, search.start);
    let (mut best, mut refusal) = (None::<Tried<T>>, NO_CRITERION);
    let mut see = |search: &mut Search<'_, '_, T, K>, place, ridge| match search.fit(place, ridge) {
        Ok(tried) if tried.loss.is_finite() && best.is_none_or(|best| tried.loss < best.loss) => {
            best = Some(tried);
            (best, true)
        }
        Ok(_) => (best, false),
        Err(why) => {
            refusal = why;
            (best, false)
        }
    };
    let mut now = None;
    for place in grid(start) {
        (now, _) = see(&mut search, place, None);
    }
    let (mut step, mut left) = (T::ONE, STEPS);
    while step > T::from_f64(0.01) {
        let mut any = false;
        for (axis, same_ridge) in STEPS_ALONG {
            for step in [step, -step] {
                let Some(Tried { ridge, mut place, .. }) = now else { break };
                let (Some(along), true) = (place.get_mut(axis), which.free().get(axis) == Some(&true)) else {
                    continue;
                };
                *along += step;
                if left > 0 && inside(&place) {
                    left -= 1;
                    let moved;
                    (now, moved) = see(&mut search, place, same_ridge.then_some(ridge));
                    any |= moved;
                }
            }
        }
        if !any {
            step *= T::HALF;
        }
    }
    let Tried { ridge, place, .. } = now.ok_or(refusal)?;
    let [weight_variance, bias_variance] = variances(which, start, place);
    search.fit(place, Some(ridge))?;
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
    /// First the best of 16 ridges, a decade apart; then steps of a decade up or down, one setting at a time,
    /// kept if they lower the criterion, halved when none does, down to 2^-6 decades (4 %). Ridges lie
    /// between 1e-12 and 1e3 of the mean diagonal of K, variances between 1e-4 and 1e4. It is a descent: it
    /// ends where no small step helps, and another start may end elsewhere. It starts at the kernel's
    /// variances, a b of 0 at w.
    ///
    /// Cost: at most so many times n^2/2 kernel values and n^3/6 multiply-adds, for the leave-one-out
    /// criteria n^3/3, and one factorisation more to know beforehand that it ends well.
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
        let first = grid(start).next().map_or(start, |place| variances(which, start, place));
        let tried = with_variances(kernel, first)?;
        let found = self.storage.with_scratch(|mut memory, scratch| {
            let Scratch { vectors: [work, ..], coefficients } = scratch;
            let work = first_mut(work, n);
            let trial = Trial { criterion, amplitude, coefficients, work: &mut *work };
            let ridges = grid(start).map(|[log10, ..]| log10);
            try_search([kernel, &tried], ridges, n, &mut memory, trial)?;
            search(Search { criterion, amplitude, kernel, which, start, n, memory, work, filled: None })
        })?;
        self.kernel = with_variances(&self.kernel, [found.weight_variance, found.bias_variance])?;
        self.ridge = found.ridge;
        Ok(found)
    }
}

/// Variances of the biases that [`Regression::fit_tuned`] tries; the figures behind it are in
/// `docs/defaults.md`. Each is converted by itself, when compiled: in a loop `f32` would need double
/// precision on the device.
fn bias_variances<T: Scalar>() -> [T; 3] {
    [T::from_f64(4.0), T::from_f64(0.25), T::from_f64(1.0 / 64.0)]
}

/// Ridges that it tries with each, in units of the mean diagonal of K. Smaller ones do not factor in `f32`.
fn ridges<T: Scalar>() -> [T; 7] {
    let [a, b, c] = [T::from_f64(1e-1), T::from_f64(1e-2), T::from_f64(1e-3)];
    [T::ONE, a, b, c, T::from_f64(1e-4), T::from_f64(1e-5), T::from_f64(1e-6)]
}

/// Whether a loss is below the least so far; anything is below NaN, and NaN below nothing.
fn less<T: Scalar>(loss: T, least: T) -> bool {
    loss < least || (least.partial_cmp(&least).is_none() && loss.partial_cmp(&loss).is_some())
}

impl<T: Scalar, K: VariableKernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Fits n samples in place of all that the model knows, with the bias variance and the ridge that are
    /// best by a criterion.
    ///
    /// Tries 7 ridges from 1e-6 to 1 of the mean diagonal of K with each of the bias variances 1/64, 1/4 and
    /// 4; those with which the matrix does not factor are passed over. Meant for inputs and labels of mean 0
    /// and standard deviation 1, as [`crate::Calibration`] makes them. Cost: 24 factorisations and solves,
    /// n^3/6 + c n^2 multiply-adds each, for the leave-one-out criteria twice that, and 3 n^2 kernel values.
    ///
    /// # Errors
    /// As [`Regression::fit`]; whatever the reason, not one bit of what the model knew is different.
    pub fn fit_tuned<'d>(
        &mut self,
        x: impl Into<Rows<'d, T>>,
        y: impl Into<Rows<'d, T>>,
        criterion: Criterion,
    ) -> Result<Tuned<T>, Error> {
        self.fit_most_regular(&Dataset::new(x, y)?)?;
        self.tune_grid(criterion)
    }

    /// Fits with the first bias variance and the first ridge that are tried, both the largest: whether this
    /// succeeds decides whether a search does.
    fn fit_most_regular(&mut self, data: &Dataset<'_, T>) -> Result<(), Error> {
        self.check_shape(data)?;
        let ([b, ..], [ridge, ..]) = (bias_variances::<T>(), ridges::<T>());
        let kernel = self.kernel.with_architecture(self.kernel.architecture().bias(b));
        let diagonal = data.x().iter().map(|x| kernel.diagonal(&kernel.prepare(x)));
        let mean = diagonal.fold(T::ZERO, |sum, k| sum + k) / T::from_usize(data.len());
        let ridge = ridge * mean;
        let (own, amplitude, old) = (&self.kernel, self.amplitude, self.len);
        self.storage
            .with_work(|memory, work| refit([own, &kernel], data, ridge, amplitude, memory, old, work))?;
        (self.kernel, self.ridge, self.len) = (kernel, ridge, data.len());
        Ok(())
    }

    /// The search, after [`Self::fit_most_regular`].
    fn tune_grid(&mut self, criterion: Criterion) -> Result<Tuned<T>, Error> {
        let (n, amplitude, architecture) = (self.len, self.amplitude, self.kernel.architecture());
        let with = |b| self.kernel.with_architecture(architecture.bias(b));
        let found = self.storage.with_scratch(|mut memory, scratch| {
            let Scratch { vectors: [work, ..], .. } = scratch;
            let (work, mut best, mut refusal) = (first_mut(work, n), None::<(T, T, T)>, NO_CRITERION);
            for b in bias_variances() {
                if let Err(why) = refill(&with(b), n, &mut memory) {
                    refusal = why;
                    continue;
                }
                let unit = mean_diagonal(diagonal(memory.matrix, memory.stride), n);
                for ridge in ridges::<T>() {
                    let ridge = ridge * unit;
                    let loss = solve(ridge, n, amplitude, memory.reborrow())
                        .and_then(|()| losses(criterion, amplitude, n, &memory, work));
                    match loss {
                        // Of labels that are all 0 every loss is minus infinity, and the first pair serves.
                        Ok(loss) if best.is_none_or(|(least, ..)| less(loss, least)) => {
                            best = Some((loss, b, ridge));
                        }
                        Ok(_) => (),
                        Err(why) => refusal = why,
                    }
                }
            }
            let (_, b, ridge) = best.ok_or(refusal)?;
            refill(&with(b), n, &mut memory)?;
            solve(ridge, n, amplitude, memory)?;
            let weight_variance = architecture.weight_variance;
            Ok(Tuned { weight_variance, bias_variance: b, ridge })
        })?;
        self.kernel = self.kernel.with_architecture(architecture.bias(found.bias_variance));
        self.ridge = found.ridge;
        Ok(found)
    }
}
