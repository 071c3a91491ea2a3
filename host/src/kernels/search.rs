//! The core's searches for ridge and variances, for many samples.
//!
//! [`tuned`] and [`ridge`] try what [`ntk_core::Regression::fit_tuned`] and
//! [`ntk_core::Regression::tune_ridge`] try, in that order, and every criterion has the core's bits: it comes
//! from a factor by blocks ([`super::dense`]). So they find the same settings. What is found is for the
//! caller to fit with. The search over the kernel's variances is the core's alone.

use ntk_core::kernel::VariableKernel;
use ntk_core::regression::{Criterion, bias_variances, least_ridge, ridges};
use ntk_core::{Dataset, Error};

use super::AnyKernel;
use system::System;

mod system;

#[cfg(test)]
mod tests;

pub use super::regression::Refused;

/// Fits that [`tuned`] tries.
pub const TUNED: usize = 21;
/// Fits that [`bias`] tries.
pub const BIASES: usize = 3;
/// Fits that [`ridge`] tries: one to see whether there is any, a grid, and golden sections.
pub const RIDGES_TRIED: usize = 1 + 31 + 30;
/// What a search ends with if every matrix factors and no criterion is a number.
const NO_CRITERION: Error = Error::NotFinite { what: ntk_core::Quantity::Criterion, row: 0, column: 0 };

/// What a search is to make as good as possible.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    /// The criterion.
    pub criterion: Criterion,
    /// The amplitude of all outputs; `None`: the one of largest likelihood, for each.
    pub amplitude: Option<f64>,
}

fn with_bias(kernel: &AnyKernel<f64>, b: f64) -> AnyKernel<f64> {
    kernel.with_architecture(kernel.architecture().bias(b))
}

/// The bias variance and the ridge of [`ntk_core::Regression::fit_tuned`]: 21 factorisations.
///
/// # Errors
/// As there, or if there is no memory.
pub fn tuned(
    kernel: &AnyKernel<f64>,
    data: &Dataset<'_, f64>,
    aim: Aim,
) -> Result<(AnyKernel<f64>, f64), Refused> {
    let mut system = System::new(data, aim)?;
    let (mut best, mut refusal, mut first) = (None::<(f64, f64, f64)>, NO_CRITERION, true);
    for b in bias_variances() {
        let filled = system.fill(&with_bias(kernel, b));
        let unit = system.mean_diagonal();
        for ridge in ridges::<f64>() {
            let ridge = ridge * unit;
            match filled.map_err(Refused::from).and_then(|()| system.loss(ridge)) {
                // Of targets that are all 0 every loss is minus infinity, and the first pair serves.
                Ok(loss) => {
                    let is_lower =
                        |(least, ..): (f64, f64, f64)| loss < least || (least.is_nan() && !loss.is_nan());
                    if best.is_none_or(is_lower) {
                        best = Some((loss, b, ridge));
                    }
                }
                // The largest pair decides whether there is a fit at all.
                Err(Refused::Samples(why)) if !first => refusal = why,
                Err(why) => return Err(why),
            }
            first = false;
        }
    }
    let (_, b, ridge) = best.ok_or(refusal)?;
    Ok((with_bias(kernel, b), ridge))
}

/// The best of the bias variances 1/64, 1/4 and 4 for a given ridge: three factorisations.
///
/// # Errors
/// As [`ntk_core::Regression::fit`], the reason of the first if there is none that fits; or if there is no
/// memory.
pub fn bias(
    kernel: &AnyKernel<f64>,
    data: &Dataset<'_, f64>,
    ridge: f64,
    aim: Aim,
) -> Result<AnyKernel<f64>, Refused> {
    let mut system = System::new(data, aim)?;
    let (mut best, mut refusal) = (None::<(f64, f64)>, None);
    for b in bias_variances::<f64>().into_iter().rev() {
        let loss = match system.fill(&with_bias(kernel, b)) {
            Ok(()) => system.loss(ridge),
            Err(why) => Err(why.into()),
        };
        match loss {
            Ok(loss) if best.is_none_or(|(least, _)| loss < least) => best = Some((loss, b)),
            Ok(_) => (),
            Err(Refused::Samples(why)) => refusal = refusal.or(Some(why)),
            Err(why) => return Err(why),
        }
    }
    best.map(|(_, b)| with_bias(kernel, b)).ok_or(refusal.unwrap_or(Error::NotFitted).into())
}

/// The ridge of [`ntk_core::Regression::tune_ridge`]: 61 factorisations.
///
/// # Errors
/// As there, or if there is no memory.
pub fn ridge(kernel: &AnyKernel<f64>, data: &Dataset<'_, f64>, aim: Aim) -> Result<f64, Refused> {
    let mut system = System::new(data, aim)?;
    system.fill(kernel)?;
    system.loss(system.largest_diagonal())?;
    let unit = system.mean_diagonal();
    let (mut refusal, mut memory) = (NO_CRITERION, None);
    let found = least_ridge(unit, |ridge| match system.loss(ridge) {
        Ok(loss) => loss.is_finite().then_some(loss),
        Err(Refused::Samples(why)) => {
            refusal = why;
            None
        }
        Err(why) => {
            memory = Some(why);
            None
        }
    });
    match memory {
        Some(why) => Err(why),
        None => found.ok_or(refusal.into()),
    }
}
