//! The ridge and the variances of the kernel that the data ask for, found in the memory of the model.

use super::fit::{refill, solve};
use super::refit::rehearse;
use super::tune::{Criterion, NO_CRITERION, diagonal, loss, mean_diagonal, power_of_ten};
use super::{Memory, Regression, first_mut};
use crate::activation::Dual;
use crate::cholesky::Factor;
use crate::{Deep, Error, Kernel, Scalar};

/// Which variances of the kernel a search moves beside the ridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variances {
    /// That of the biases.
    Bias,
    /// That of the weights.
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

/// Steps go along an axis of that space; those of the weights also with the ridge itself as it was, not its ratio to K.
const STEPS_ALONG: [(usize, bool); 4] = [(0, false), (1, false), (1, true), (2, false)];

/// What was tried, and how good it is.
#[derive(Clone, Copy)]
struct Tried<T> {
    loss: T,
    ridge: T,
    place: Place<T>,
}

/// What stays the same from attempt to attempt, and the memory that all of them use.
struct Search<'s, 'm, T, F> {
    criterion: Criterion,
    kernel: F,
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

impl<T: Scalar, K: Kernel<T>, F: Fn([T; 2]) -> Result<K, Error>> Search<'_, '_, T, F> {
    /// Fits at a place, or beside it with this very ridge.
    fn fit(&mut self, mut place: Place<T>, ridge: Option<T>) -> Result<Tried<T>, Error> {
        let variances = variances(self.which, self.start, place);
        let memory = &mut self.memory;
        if self.filled != Some(variances) {
            self.filled = None;
            refill(&(self.kernel)(variances)?, self.n, memory)?;
            self.filled = Some(variances);
        }
        let Memory { matrix, stride, inverse, labels, coefficients, .. } = memory;
        let (inverse, unit) = (first_mut(inverse, self.n), mean_diagonal(diagonal(matrix, *stride), self.n));
        let ridge = match ridge {
            None => power_of_ten(place[0]) * unit,
            Some(ridge) => {
                place[0] = log10(ridge / unit);
                ridge
            }
        };
        let outputs = labels.len().checked_div(*stride).unwrap_or(0);
        solve(ridge, outputs, (matrix, *stride, inverse), labels, coefficients)?;
        let factor = Factor::new(matrix, *stride, inverse)?;
        let loss = loss(self.criterion, &factor, labels, coefficients, self.work)?;
        Ok(Tried { loss, ridge, place })
    }
}

fn log10<T: Scalar>(v: T) -> T {
    v.ln() / T::from_f64(core::f64::consts::LN_10)
}

/// Searches ridge and variances of a kernel in at most [`MOST_FACTORISATIONS`] factorisations; leaves the model fitted with the best.
///
/// `kernel` makes the kernel of variances w and b, `start` is where they start, a b of 0 at w. First the best of 16
/// ridges, a decade apart; then steps of a decade up or down, one setting at a time, kept if they lower the criterion, halved when
/// none does, down to 2^-6 decades (4 %). Ridges lie between 1e-12 and 1e3 of the mean diagonal of K,
/// variances between 1e-4 and 1e4. It is a descent: it ends where no small step helps, and another start may end elsewhere.
///
/// `memory` is as [`super::fit()`] left it with n samples; `work` lends n numbers. Cost: at most so many times n^2/2 kernel
/// values and n^3/6 multiply-adds, for [`Criterion::LeaveOneOut`] n^3/3.
///
/// # Errors
/// If nothing that is tried makes the matrix factor and the criterion finite, the reason of the last; K and the factorisation
/// are then of no use.
pub fn tune_variances<T: Scalar, K: Kernel<T>>(
    criterion: Criterion,
    which: Variances,
    start: [T; 2],
    kernel: impl Fn([T; 2]) -> Result<K, Error>,
    n: usize,
    memory: Memory<'_, T>,
    work: &mut [T],
) -> Result<Tuned<T>, Error> {
    let mut search = Search { criterion, kernel, which, start, n, memory, work, filled: None };
    let (mut best, mut refusal) = (None::<Tried<T>>, NO_CRITERION);
    let mut see = |search: &mut Search<'_, '_, T, _>, place, ridge| match search.fit(place, ridge) {
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

impl<A: Dual<T>, T: Scalar, const D: usize, const N: usize, const C: usize>
    Regression<T, Deep<A, T>, D, N, C>
{
    /// Sets ridge and variances of the kernel that the samples ask for, see [`tune_variances`]. Cost: as there, and a
    /// factorisation and n^2/2 kernel values to know beforehand that it ends well. Uses N (C + 1) numbers of stack.
    ///
    /// # Errors
    /// [`Error::NotFitted`] without samples; as [`tune_variances`], not one bit of what the model knows being different.
    pub fn tune_variances(&mut self, criterion: Criterion, which: Variances) -> Result<Tuned<T>, Error> {
        let (n, old) = (self.len, self.kernel);
        let (mut work, mut coefficients) = ([T::ZERO; N], [[T::ZERO; N]; C]);
        if n == 0 {
            return Err(Error::NotFitted);
        }
        let (start, work) = (old.variances(), first_mut(&mut work, n));
        let kernel = |[w, b]: [T; 2]| old.with_variances(w, b);
        let first = grid(start).next().map_or(start, |place| variances(which, start, place));
        let (_, mut memory) = self.memory();
        let attempt = (criterion, coefficients.as_flattened_mut(), &mut *work);
        let ridges = grid(start).map(|[log10, ..]| log10);
        rehearse([&old, &kernel(first)?], ridges, n, &mut memory, attempt)?;
        let found = tune_variances(criterion, which, start, kernel, n, memory, work)?;
        self.kernel = kernel([found.weight_variance, found.bias_variance])?;
        self.ridge = found.ridge;
        Ok(found)
    }
}
