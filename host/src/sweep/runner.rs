//! One row: a draw at one width.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ntk_core::train::StopReason;

use super::tangent::MOST_SAMPLES;
use super::{Key, Measured, Tangent, Width};
use crate::error::Failure;
use crate::experiment::example3::{Draw, KernelPredictor, Settings, Trained, test_mse};
use crate::experiment::interrupt::Interrupt;

/// The number of draws whose limit is kept, at 8 KB each. The limit of further draws is computed again for
/// each width.
const KEPT: usize = 1024;

/// The NTK of a draw, with which its networks of all widths are compared.
#[derive(Debug)]
struct Limit {
    /// The number that was added to the diagonal so that the matrix factors.
    jitter: f64,
    train_mse: f64,
    /// Predictions at the test points.
    values: Vec<f64>,
}

/// Runs rows, for several threads at once. What all widths of a draw share is computed once.
#[derive(Debug)]
pub struct Runner<'r> {
    settings: &'r Settings,
    interrupt: &'r Interrupt,
    limits: Mutex<BTreeMap<u64, Arc<Limit>>>,
}

impl<'r> Runner<'r> {
    /// Creates a runner for rows that share settings and an interrupt.
    #[must_use]
    pub fn new(settings: &'r Settings, interrupt: &'r Interrupt) -> Self {
        Self { settings, interrupt, limits: Mutex::default() }
    }

    /// Runs one draw at one width.
    ///
    /// # Errors
    /// If the settings are out of range, or the training is interrupted.
    pub fn run(&self, (seed, width): Key) -> Result<Measured, Failure> {
        let draw = Draw::new(seed, self.settings)?;
        match width {
            Width::Infinite => {
                let limit = self.limit(seed, &draw)?;
                Ok(Measured {
                    steps: 0,
                    stop: if limit.jitter == 0.0 { "solved" } else { "jitter" }.to_owned(),
                    train_mse: limit.train_mse,
                    test_mse: test_mse(&limit.values),
                    tangent: None,
                })
            }
            Width::Finite(k) => {
                let trained = Trained::new(&draw, self.settings, k, self.interrupt)?;
                let stop = match trained.outcome.reason {
                    StopReason::Target => "target",
                    StopReason::Patience => "patience",
                    StopReason::MaxSteps => "max-steps",
                    StopReason::Diverged => "diverged",
                    StopReason::Observer => "interrupted", // never seen: then there is no trained network
                };
                let values = trained.values()?;
                let tangent = if self.settings.samples > MOST_SAMPLES {
                    None
                } else {
                    let limit = self.limit(seed, &draw)?;
                    Some(Tangent::of(&trained, self.settings, &values, &limit.values)?)
                };
                Ok(Measured {
                    steps: trained.outcome.steps,
                    stop: stop.to_owned(),
                    train_mse: trained.outcome.mse,
                    test_mse: test_mse(&values),
                    tangent,
                })
            }
        }
    }

    fn limit(&self, seed: u64, draw: &Draw) -> Result<Arc<Limit>, Failure> {
        let limits = || self.limits.lock().unwrap_or_else(PoisonError::into_inner); // a panic leaves them whole
        if let Some(kept) = limits().get(&seed) {
            return Ok(kept.clone());
        }
        // The lock is not held here: at worst two threads compute the same limit.
        let kernel = KernelPredictor::new(draw)?;
        let limit = Limit { jitter: kernel.jitter, train_mse: kernel.train_mse()?, values: kernel.values()? };
        let (limit, mut limits) = (Arc::new(limit), limits());
        if limits.len() < KEPT {
            limits.insert(seed, limit.clone());
        }
        Ok(limit)
    }
}
