//! The search for variances beside the ridge: [`ntk_core::Regression::tune_variances`], by blocks.

use ntk_core::kernel::VariableKernel;
use ntk_core::regression::Variances;
use ntk_core::{Dataset, Error, Scalar};

use super::system::System;
use super::{Aim, NO_CRITERION, Refused, power_of_ten};
use crate::kernels::AnyKernel;

/// A place in the search of [`variances`]: base-10 logarithms of the ridge over the mean diagonal of K, of w
/// and b.
type Place = [f64; 3];

const LOWEST: Place = [-12.0, -4.0, -4.0];
const HIGHEST: Place = [3.0, 4.0, 4.0];
/// Steps tried after the 16 ridges of the start.
pub(super) const STEPS: usize = 160;
/// Steps go along an axis; those of the weights also with the ridge itself as it was, not its ratio to K.
const STEPS_ALONG: [(usize, bool); 4] = [(0, false), (1, false), (1, true), (2, false)];

#[derive(Clone, Copy)]
struct Tried {
    loss: f64,
    ridge: f64,
    place: Place,
}

/// One search for variances.
struct Descent<'d> {
    system: System<'d>,
    kernel: AnyKernel<f64>,
    which: Variances,
    /// w and b where it starts; what is not free stays there.
    start: [f64; 2],
    /// Those of the K that is in the system.
    filled: Option<[f64; 2]>,
    best: Option<Tried>,
    refusal: Error,
}

impl Descent<'_> {
    fn free(&self) -> [bool; 3] {
        [true, self.which != Variances::Bias, self.which != Variances::Weight]
    }

    fn variances(&self, [_, w, b]: Place) -> [f64; 2] {
        let ([_, free_w, free_b], [own_w, own_b]) = (self.free(), self.start);
        [if free_w { power_of_ten(w) } else { own_w }, if free_b { power_of_ten(b) } else { own_b }]
    }

    fn with(&self, [w, b]: [f64; 2]) -> AnyKernel<f64> {
        self.kernel.with_architecture(self.kernel.architecture().weights(w).bias(b))
    }

    /// Fits at a place, or beside it with this very ridge.
    fn fit(&mut self, mut place: Place, ridge: Option<f64>) -> Result<Tried, Refused> {
        let variances = self.variances(place);
        if self.filled != Some(variances) {
            self.filled = None;
            self.system.fill(&self.with(variances))?;
            self.filled = Some(variances);
        }
        let unit = self.system.mean_diagonal();
        let ridge = match ridge {
            None => power_of_ten(place[0]) * unit,
            Some(ridge) => {
                place[0] = log10(ridge / unit);
                ridge
            }
        };
        Ok(Tried { loss: self.system.loss(ridge)?, ridge, place })
    }

    /// Whether this is better than all before.
    fn see(&mut self, place: Place, ridge: Option<f64>) -> Result<bool, Refused> {
        match self.fit(place, ridge) {
            Ok(tried) if tried.loss.is_finite() && self.best.is_none_or(|best| tried.loss < best.loss) => {
                self.best = Some(tried);
                Ok(true)
            }
            Ok(_) => Ok(false),
            Err(Refused::Samples(why)) => {
                self.refusal = why;
                Ok(false)
            }
            Err(why) => Err(why),
        }
    }
}

fn log10(v: f64) -> f64 {
    Scalar::ln(v) / std::f64::consts::LN_10
}

/// The variances and the ridge of [`ntk_core::Regression::tune_variances`].
///
/// # Errors
/// As there, or if there is no memory.
pub fn variances(
    kernel: &AnyKernel<f64>,
    data: &Dataset<'_, f64>,
    aim: Aim,
    which: Variances,
) -> Result<(AnyKernel<f64>, f64), Refused> {
    let architecture = kernel.architecture();
    let start @ [w, b] = [architecture.weight_variance, architecture.bias_variance];
    let (log_w, log_b) = (log10(w), log10(if b > 0.0 { b } else { w }));
    let mut system = System::new(data, aim)?;
    system.fill(kernel)?;
    system.loss(system.largest_diagonal())?;
    let (kernel, refusal) = (kernel.clone(), NO_CRITERION);
    let mut search = Descent { system, kernel, which, start, filled: None, best: None, refusal };
    for i in 0..16 {
        search.see([f64::from(i) - 12.0, log_w, log_b], None)?;
    }
    let (mut step, mut left) = (1.0, STEPS);
    while step > 0.01 {
        let mut any = false;
        for (axis, same_ridge) in STEPS_ALONG {
            for step in [step, -step] {
                let Some(Tried { ridge, mut place, .. }) = search.best else { break };
                if !search.free()[axis] {
                    continue;
                }
                place[axis] += step;
                let inside = place
                    .iter()
                    .zip(LOWEST.iter().zip(&HIGHEST))
                    .all(|(p, (low, high))| p >= low && p <= high);
                if left > 0 && inside {
                    left -= 1;
                    any |= search.see(place, same_ridge.then_some(ridge))?;
                }
            }
        }
        if !any {
            step *= 0.5;
        }
    }
    let Tried { ridge, place, .. } = search.best.ok_or(search.refusal)?;
    let kernel = search.with(search.variances(place));
    Ok((kernel, ridge))
}
