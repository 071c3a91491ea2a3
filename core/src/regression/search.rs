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

/// The search itself; leaves the memory fitted with the best.
///
/// # Errors
/// If nothing that is tried makes the matrix factor and the criterion finite, the reason of the last; K and
/// the factorisation are then of no use.
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

/// The kernel with variances w and b.
pub(super) fn with_variances<T: Scalar, K: VariableKernel<T>>(
    kernel: &K,
    [w, b]: [T; 2],
) -> Result<K, Error> {
    let kernel = kernel.with_architecture(kernel.architecture().weights(w).bias(b));
    kernel.check()?;
    Ok(kernel)
}

/// w and b of a kernel.
fn variances_of<T: Scalar>(kernel: &impl VariableKernel<T>) -> [T; 2] {
    let architecture = kernel.architecture();
    [architecture.weight_variance, architecture.bias_variance]
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
    /// their ends one to the end if it is better. Over both variances, the searches over either first, and
    /// then one over both that goes on from their ends and four other starts: it never ends worse than one of
    /// them. Ridges lie between 1e-12 and 1e3 of the mean diagonal of K, variances between 1e-4 and 1e4. A
    /// descent ends where no small step helps: that no start leads lower is no proof that nothing is lower.
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
