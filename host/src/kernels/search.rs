//! The core's searches for ridge and variances, for many samples.
//!
//! [`tuned`] and [`ridge`] try what [`ntk_core::Regression::fit_tuned`] and
//! [`ntk_core::Regression::tune_ridge`] try, in that order, and every criterion has the core's bits: it comes
//! from a factor by blocks ([`super::dense`]). So they find the same settings. What is found is for the
//! caller to fit with. The search over the kernel's variances is the core's alone.

use ntk_core::kernel::VariableKernel;
use ntk_core::regression::Criterion;
use ntk_core::{Dataset, Error, Scalar};

use super::AnyKernel;
use system::System;

mod system;

#[cfg(test)]
mod tests;

pub use super::regression::Refused;

/// Bias variances of [`tuned`] and of [`bias`], in the order in which they are tried.
pub const BIAS_VARIANCES: [f64; 3] = [4.0, 0.25, 1.0 / 64.0];
/// Ridges of [`tuned`], in units of the mean diagonal of K.
const RIDGES: [f64; 7] = [1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
/// Fits that [`tuned`] tries.
pub const TUNED: usize = BIAS_VARIANCES.len() * RIDGES.len();
/// Fits that [`bias`] tries.
pub const BIASES: usize = BIAS_VARIANCES.len();
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
    for b in BIAS_VARIANCES {
        let filled = system.fill(&with_bias(kernel, b));
        let unit = system.mean_diagonal();
        for ridge in RIDGES {
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
    for b in BIAS_VARIANCES.into_iter().rev() {
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
    let mut score = |log10: f64| match system.loss(unit * power_of_ten(log10)) {
        Ok(loss) => loss.is_finite().then_some(loss),
        Err(Refused::Samples(why)) => {
            refusal = why;
            None
        }
        Err(why) => {
            memory = Some(why);
            None
        }
    };
    let mut best = None;
    for log10 in grid() {
        if let Some(loss) = score(log10)
            && best.is_none_or(|(_, least)| loss < least)
        {
            best = Some((log10, loss));
        }
    }
    let found = best.map(|(centre, least)| {
        let (log10, loss) = golden_section(centre, &mut score);
        unit * power_of_ten(if below(loss, Some(least)) { log10 } else { centre })
    });
    match memory {
        Some(why) => Err(why),
        None => found.ok_or(refusal.into()),
    }
}

/// Logarithms of the ridges that are tried first.
fn grid() -> impl Iterator<Item = f64> {
    (0..31).map(|i| 0.5 * f64::from(i) - 12.0)
}

fn power_of_ten(log10: f64) -> f64 {
    Scalar::exp(log10 * std::f64::consts::LN_10)
}

/// Thirty evaluations within half a decade of the centre.
fn golden_section(centre: f64, score: &mut impl FnMut(f64) -> Option<f64>) -> (f64, Option<f64>) {
    const GOLDEN: f64 = 0.618_033_988_749_894_8;
    let (mut low, mut high) = (centre - 0.5, centre + 0.5);
    let (mut left, mut right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut at_left, mut at_right) = (score(left), score(right));
    for _ in 0..28 {
        if below(at_left, at_right) {
            (high, right, at_right) = (right, left, at_left);
            left = high - GOLDEN * (high - low);
            at_left = score(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + GOLDEN * (high - low);
            at_right = score(right);
        }
    }
    if below(at_left, at_right) { (left, at_left) } else { (right, at_right) }
}

/// Smaller, where what could not be evaluated is larger than anything.
fn below(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a < b,
        (a, _) => a.is_some(),
    }
}
