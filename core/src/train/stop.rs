//! When to stop (Example 3 and its footnote 1).

use crate::Scalar;

/// The conditions that end a training run. Any one of them suffices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StopRule<T> {
    /// Stop when the mean squared error is below this value.
    pub target_mse: Option<T>,
    /// Stop when more than this many consecutive steps have not lowered the smallest loss so far.
    pub patience: Option<u32>,
    /// Stop after this many steps.
    pub max_steps: u32,
}

impl<T: Scalar> StopRule<T> {
    /// Creates the rule of Example 3: a network of at least as many units as samples is trained to
    /// `target_mse`, a narrower one with `patience`.
    ///
    /// The lecture has 15 samples, a target of 2e-3 and a patience of 50.
    #[must_use]
    pub fn example_3(width: usize, samples: usize, target_mse: T, patience: u32, max_steps: u32) -> Self {
        let wide = width >= samples;
        Self { target_mse: wide.then_some(target_mse), patience: (!wide).then_some(patience), max_steps }
    }
}

/// Why a training run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum StopReason {
    /// The mean squared error fell below the target.
    Target,
    /// The loss did not improve for more steps than the patience.
    Patience,
    /// The largest number of steps was reached.
    MaxSteps,
    /// The loss is NaN or infinite: the learning rate is too large.
    Diverged,
    /// The observer returned `false`.
    Observer,
}

/// The smallest loss so far, and how many steps ago it was reached.
pub(super) struct Watch<'r, T> {
    rule: &'r StopRule<T>,
    best: Option<T>,
    stale: u32,
}

impl<'r, T: Scalar> Watch<'r, T> {
    pub(super) fn new(rule: &'r StopRule<T>) -> Self {
        Self { rule, best: None, stale: 0 }
    }

    /// Returns the reason to stop after this many steps, if there is one.
    #[inline(always)]
    pub(super) fn check(&mut self, steps: u32, loss: T, mse: T) -> Option<StopReason> {
        if !loss.is_finite() {
            return Some(StopReason::Diverged);
        }
        if self.rule.target_mse.is_some_and(|target| mse < target) {
            return Some(StopReason::Target);
        }
        if let Some(patience) = self.rule.patience {
            if self.best.is_none_or(|best| loss < best) {
                (self.best, self.stale) = (Some(loss), 0);
            } else {
                self.stale += 1;
            }
            if self.stale > patience {
                return Some(StopReason::Patience);
            }
        }
        (steps >= self.rule.max_steps).then_some(StopReason::MaxSteps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rule: &StopRule<f64>, losses: &[f64]) -> Option<(usize, StopReason)> {
        let mut watch = Watch::new(rule);
        let mut steps = 0..;
        losses
            .iter()
            .enumerate()
            .find_map(|(i, &l)| watch.check(steps.next().unwrap_or(0), l, 2.0 * l).map(|reason| (i, reason)))
    }

    #[test]
    fn patience_counts_from_the_last_improvement_on_the_best() {
        let rule = StopRule { target_mse: None, patience: Some(2), max_steps: 100 };
        // 2.0 after 1.0 is not an improvement. 0.9 is one and restarts the count. An equal loss is not one.
        let losses = [3.0, 1.0, 2.0, 1.5, 0.9, 0.9, 0.95, 0.91, 0.1];
        assert_eq!(run(&rule, &losses), Some((7, StopReason::Patience)));
        assert_eq!(run(&rule, &losses[..7]), None);
    }

    #[test]
    fn target_steps_and_divergence() {
        let rule = StopRule { target_mse: Some(1.0), patience: None, max_steps: 3 };
        assert_eq!(run(&rule, &[2.0, 0.5, 0.49]), Some((2, StopReason::Target)));
        assert_eq!(run(&rule, &[2.0, 2.0, 2.0, 2.0, 2.0]), Some((3, StopReason::MaxSteps)));
        assert_eq!(run(&rule, &[2.0, f64::NAN]), Some((1, StopReason::Diverged)));
        assert_eq!(run(&rule, &[f64::INFINITY]), Some((0, StopReason::Diverged)));
    }

    #[test]
    fn example_3_changes_its_rule_at_as_many_units_as_samples() {
        let narrow = StopRule::example_3(14, 15, 2e-3, 50, 9);
        assert_eq!((narrow.target_mse, narrow.patience), (None, Some(50)));
        let wide = StopRule::example_3(15, 15, 2e-3, 50, 9);
        assert_eq!((wide.target_mse, wide.patience), (Some(2e-3), None));
    }
}
