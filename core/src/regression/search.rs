//! The ridge and the variances of the kernel that the data ask for, found in the memory of the model.
//!
//! A criterion may have several valleys, so a search has several starts: from the first a descent to the end,
//! from each other a coarse one, which goes on if it leads lower. A search over both variances contains the
//! searches over either and goes on from what they found, so it never ends worse than one of them.

use super::Regression;
use super::algebra::{Engine, Own};
use super::refit::{Trial, try_search};
use super::storage::{Memory, Noise, Scratch, StorageMut};
use super::tune::{Aim, Criterion, NO_CRITERION};
use crate::kernel::VariableKernel;
use crate::slices::first_mut;
use crate::{Error, Scalar};

mod descent;

use descent::{Search, Tried, better, grid, variances};

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

/// The result of a search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuned<T> {
    /// The variance w of the weights.
    pub weight_variance: T,
    /// The variance b of the biases.
    pub bias_variance: T,
    /// The ridge.
    pub ridge: T,
}

/// The largest number of factorisations of a search, including the last one with the result. A search over
/// one variance takes at most 177. A search over both takes at most 569: it runs the search over each
/// variance, so that it cannot end worse, and then one over both from their results.
#[doc(hidden)]
pub const MOST_FACTORISATIONS: usize = 2 * LEG + STARTS_OF_BOTH + STEPS_OF_BOTH + 1;

/// The largest number of factorisations of a search over one variance, without the last one.
const LEG: usize = 2 * GRID - 1 + STARTS + STEPS;
/// The number of ridges tried at the first start, from 10^-12 to 10^3 of the mean diagonal. Those halfway
/// between them follow.
const GRID: usize = 16;
/// The number of ridges tried at the other starts: at most 3 bias variances with 7 ridges each.
const STARTS: usize = 21;
/// The number of steps tried after that, and of those in one coarse descent.
const STEPS: usize = 124;
const COARSE_STEPS: usize = 10;
/// The number of steps in a descent over the ridge alone.
const RIDGE_STEPS: usize = 16;
/// The same numbers for the third search, which is over both variances: 4 starts with 4 ridges each, and the
/// steps in addition to those that the first two searches have left.
const STARTS_OF_BOTH: usize = 16;
const STEPS_OF_BOTH: usize = 200;
/// The largest number of starts of a search: the results of other searches, the better one first, and four of
/// its own.
const MOST_STARTS: usize = 7;

/// Runs the search, and fits with the best settings.
///
/// # Errors
/// The error of the last tried setting, if none gives a factor and a finite criterion. The contents of K and
/// of the factorisation are then unspecified.
pub(super) fn tune_variances<T: Scalar, K: VariableKernel<T>, V: Noise>(
    engine: &mut impl Engine<T, K, V>,
    kernel: &K,
    aim: Aim<T>,
    which: Variances,
    memory: Memory<'_, T, V>,
    work: &mut [T],
) -> Result<Tuned<T>, Error> {
    let (start, free) = (variances_of(kernel), which.free());
    let (filled, refusal) = (None, NO_CRITERION);
    let mut search = Search { engine, aim, kernel, which, start, memory, work, filled, free, refusal };
    let found = match which {
        Variances::Both => {
            let mut left = [STEPS; 2]; // as many as for a search over one variance alone
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

/// Returns the kernel with variances w and b.
pub(super) fn with_variances<T: Scalar, K: VariableKernel<T>>(
    kernel: &K,
    [w, b]: [T; 2],
) -> Result<K, Error> {
    let kernel = kernel.with_architecture(kernel.architecture().weights(w).bias(b));
    kernel.check()?;
    Ok(kernel)
}

/// Returns w and b of a kernel.
fn variances_of<T: Scalar>(kernel: &impl VariableKernel<T>) -> [T; 2] {
    let architecture = kernel.architecture();
    [architecture.weight_variance, architecture.bias_variance]
}

impl<T: Scalar, K: VariableKernel<T>, M: StorageMut<Scalar = T>> Regression<K, M> {
    /// Chooses the ridge and the kernel's variances that are best by a criterion, with at most
    /// [`MOST_FACTORISATIONS`] factorisations.
    ///
    /// The search has several starts, at each of which it takes the best of some ridges. The starts are the
    /// kernel's variances (a b of 0 counts as w) with 16 ridges a decade apart; the best ridge for these, to
    /// 2^-6 decades; for the biases the grid of [`Regression::fit_tuned`]; for the weights w / 100 and 100 w.
    ///
    /// From the first start it descends by coordinate search: steps of a decade up or down, one setting at a
    /// time, which are kept if they lower the criterion. If no step does, they are halved, down to 2^-6
    /// decades (4 %). From each other start it takes a few steps, and it continues from the best of their
    /// results if that is better. A search over both variances first searches over each, and then over both
    /// from their results and four other starts, so it never ends worse than either.
    ///
    /// Ridges lie between 1e-12 and 1e3 of the mean diagonal of K, variances between 1e-4 and 1e4. The result
    /// is a local minimum; the search does not prove that it is the global one.
    ///
    /// The best value may lie at an end of the range. For example, if the labels are only noise, the
    /// likelihood is best at the largest ridge. [`Regression::leave_one_out`] then shows that the mean
    /// explains nothing.
    ///
    /// Cost: for each factorisation n^2/2 kernel values and n^3/6 multiply-adds, for the leave-one-out
    /// criteria n^3/3. One more factorisation at the start ensures that the search succeeds. A search over
    /// one variance costs a third. With noise per sample and an amplitude from the labels, the cost is about
    /// five times as high.
    ///
    /// # Errors
    /// [`Error::NotFitted`] without samples; if no tried setting gives a factor and a finite criterion, the
    /// error of one of them. After an error the model is as it was, to the bit.
    pub fn tune_variances(&mut self, criterion: Criterion, which: Variances) -> Result<Tuned<T>, Error> {
        let (n, kernel, amplitude) = (self.len, &self.kernel, self.amplitude);
        if n == 0 {
            return Err(Error::NotFitted);
        }
        let start = variances_of(kernel);
        let first_leg = if which == Variances::Both { Variances::Bias } else { which };
        let first = grid(start).next().map_or(start, |place| variances(first_leg, start, place));
        let tried = with_variances(kernel, first)?;
        let found = self.storage.with_scratch(|mut memory, scratch| {
            let Scratch { vectors: [work, ..], coefficients } = scratch;
            let work = first_mut(work, n);
            let trial = Trial { criterion, amplitude, coefficients, work: &mut *work };
            let ridges = grid(start).map(|[log10, ..]| log10);
            try_search([kernel, &tried], ridges, n, &mut memory, trial)?;
            let aim = Aim { criterion, amplitude, n };
            tune_variances(&mut Own, kernel, aim, which, memory, work)
        })?;
        self.kernel = with_variances(&self.kernel, [found.weight_variance, found.bias_variance])?;
        self.ridge = found.ridge;
        Ok(found)
    }
}
