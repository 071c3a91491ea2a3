//! Full-batch gradient descent on the loss 1/2 sum (f - y)^2, with the stop rules of Example 3.

use crate::error::{Setting, check_len};
use crate::vector::{LANES, across_lanes, dot, sum_lanes};
use crate::{Dataset, Error, Scalar, Shape};

mod exact;
mod general;
mod linear;
mod one_output;
mod plain;
mod stop;

pub use exact::Exact;
pub use stop::{StopReason, StopRule};

/// How a training run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Outcome<T> {
    /// The number of steps taken.
    pub steps: u32,
    /// Half the sum of squared residuals after the last step; not finite after a divergence.
    pub loss: T,
    /// The mean squared residual, 2 loss / (n c).
    pub mse: T,
    /// The rule that ended the run.
    pub reason: StopReason,
}

/// The memory that training needs, borrowed from the caller: residuals and partial sums.
#[derive(Debug)]
#[doc(hidden)]
pub struct Workspace<'w, T> {
    /// The residuals f(x_i) - y_i, n rows of c.
    pub(crate) residuals: &'w mut [T],
    /// Partial sums of the n c outputs f(x_i).
    pub(crate) sums: &'w mut [[T; LANES]],
    /// The gradient of [`LANES`] units, c + d rows.
    pub(crate) gradient: &'w mut [[T; LANES]],
}

/// Returns the number of floats that [`Workspace::new`] needs for n samples of d inputs and c outputs, which
/// is 9 n c + 8 (c + d).
#[must_use]
pub const fn workspace_len(samples: usize, inputs: usize, outputs: usize) -> usize {
    let n = samples.saturating_mul(outputs);
    n.saturating_mul(1 + LANES).saturating_add(outputs.saturating_add(inputs).saturating_mul(LANES))
}

impl<'w, T: Scalar> Workspace<'w, T> {
    /// Divides a slice of [`workspace_len`] floats.
    ///
    /// # Errors
    /// [`Error::Shape`] if the slice has another length.
    pub fn new(memory: &'w mut [T], data: &Dataset<'_, T>) -> Result<Self, Error> {
        let (d, c) = (data.x().columns(), data.y().columns());
        check_len("workspace", workspace_len(data.len(), d, c), memory.len())?;
        let n = data.y().values().len();
        let (residuals, rest) = memory.split_at_mut_checked(n).unwrap_or((&mut [], &mut []));
        let (lanes, _) = rest.as_chunks_mut::<LANES>();
        let (sums, gradient) = lanes.split_at_mut_checked(n).unwrap_or((&mut [], &mut []));
        Ok(Self { residuals, sums, gradient })
    }

    /// Computes the residuals from the partial sums of the outputs; `scale` is 1/sqrt k.
    #[inline(always)]
    fn residuals_of_sums(&mut self, data: &Dataset<'_, T>, scale: T) {
        for ((residual, sums), &y) in self.residuals.iter_mut().zip(&*self.sums).zip(data.y().values()) {
            across_lanes();
            *residual = scale * sum_lanes(sums) - y;
        }
    }

    /// Returns half the sum of squared residuals.
    #[inline(always)]
    fn loss(&self) -> T {
        T::HALF * dot(self.residuals, self.residuals)
    }
}

/// A model that gradient descent can train: a [`crate::Network`] or a [`crate::Linearized`] one.
pub trait Trainable<T: Scalar> {
    /// Returns d, k and c.
    fn shape(&self) -> Shape;

    /// Checks whether the model can be trained on these data. [`descend`] calls it before it changes
    /// anything.
    ///
    /// # Errors
    /// Whatever the model requires of its data beyond d and c.
    #[doc(hidden)]
    fn check(&self, _data: &Dataset<'_, T>) -> Result<(), Error> {
        Ok(())
    }

    /// Computes the residuals f(x_i) - y_i.
    #[doc(hidden)]
    fn start(&mut self, data: &Dataset<'_, T>, work: &mut Workspace<'_, T>);

    /// Takes one step, w <- w - rate sum_i residual_i (gradient of f at x_i), and computes the residuals of
    /// the new weights.
    #[doc(hidden)]
    fn step(&mut self, data: &Dataset<'_, T>, rate: T, work: &mut Workspace<'_, T>);

    /// Is called once after the last step. An engine that stores the weights in another form writes them back
    /// here.
    #[doc(hidden)]
    fn finish(&mut self) {}
}

/// Trains until a stop rule holds (Example 3) or `observe` returns `false`.
///
/// `observe` is called with the number of steps taken and the loss: at the start with 0, and after every
/// step.
///
/// Cost of a step of a network, for each unit and sample: 6 (d + c) multiplications and additions and two
/// evaluations of phi; for ReLU with one output and d up to 4, 6 d + 4 operations in all. Each weight is read
/// and written once.
///
/// After a divergence ([`StopReason::Diverged`]) the weights are useless. Lower the rate below 2 / lambda_max
/// of the NTK's Gram matrix ([`crate::largest_eigenvalue`]), and start again from the initial weights.
///
/// ```
/// use ntk_core::{Dataset, Network, Params, Tanh, train::{StopReason, StopRule, descend, workspace_len}};
/// let (x, y) = ([[-1.0], [0.0], [1.0]], [[-0.5], [0.0], [0.5]]);
/// let mut network = Network::new(Tanh, Params { a: [[1.0, 0.5]], b: [[0.3, -0.2]] });
/// let rule = StopRule { target_mse: Some(1e-6), patience: None, max_steps: 10_000 };
/// let mut memory = [0.0; workspace_len(3, 1, 1)];
/// let outcome = descend(&mut network, &Dataset::new(&x, &y)?, 0.1, &rule, &mut memory, |_, _| true)?;
/// assert_eq!(outcome.reason, StopReason::Target);
/// assert!((network.value(&[1.0], 0)? - 0.5f64).abs() < 3e-3);
/// # Ok::<(), ntk_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`] for a rate that is not above 0 and finite, [`Error::Shape`] if data or memory do not
/// fit. In either case nothing has changed.
pub fn descend<T: Scalar, M: Trainable<T>>(
    model: &mut M,
    data: &Dataset<'_, T>,
    rate: T,
    rule: &StopRule<T>,
    memory: &mut [T],
    mut observe: impl FnMut(u32, T) -> bool,
) -> Result<Outcome<T>, Error> {
    check_len("number of inputs", model.shape().inputs, data.x().columns())?;
    check_len("number of outputs", model.shape().outputs, data.y().columns())?;
    if !(rate > T::ZERO && rate.is_finite()) {
        return Err(Setting::LearningRate.out_of_range());
    }
    model.check(data)?;
    let mut work = Workspace::new(memory, data)?;
    let per_residual = T::TWO / T::from_usize(data.y().values().len());
    model.start(data, &mut work);
    let mut watch = stop::Watch::new(rule);
    let mut steps = 0;
    loop {
        let loss = work.loss();
        let mse = loss * per_residual;
        let goes_on = observe(steps, loss);
        let reason = watch.check(steps, loss, mse).or((!goes_on).then_some(StopReason::Observer));
        if let Some(reason) = reason {
            model.finish();
            return Ok(Outcome { steps, loss, mse, reason });
        }
        model.step(data, rate, &mut work);
        steps += 1;
    }
}
