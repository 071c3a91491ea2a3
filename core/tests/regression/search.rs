//! The search over variances against a slow one, which fits a new model at each place.

use core::f64::consts::LN_10;

use ntk_core::regression::{Criterion, Fixed, Tuned, Variances};
use ntk_core::{Architecture, Erf, Kernel, Ntk, Regression};

use crate::support::{normal_points, rng};

const N: usize = 8;

type Network = Ntk<Erf, Architecture<f64>>;
type Model = Regression<Network, Fixed<f64, 2, N>>;

/// Base-10 logarithms of the ridge over the mean diagonal of K, of w and of b.
type Place = [f64; 3];

#[derive(Clone, Copy)]
struct Tried {
    loss: f64,
    place: Place,
    found: Tuned<f64>,
}

struct Slow<'p> {
    x: &'p [[f64; 2]; N],
    y: &'p [f64; N],
    amplitude: Option<f64>,
    criterion: Criterion,
    start: [f64; 2],
    which: Variances,
}

fn power(log10: f64) -> f64 {
    libm::exp(log10 * LN_10)
}

fn log10(v: f64) -> f64 {
    libm::log(v) / LN_10
}

/// The first of the smallest losses.
fn best(tried: impl IntoIterator<Item = Option<Tried>>) -> Option<Tried> {
    tried.into_iter().flatten().reduce(|best, new| if new.loss < best.loss { new } else { best })
}

impl Slow<'_> {
    fn is_free(&self, axis: usize) -> bool {
        match self.which {
            Variances::Bias => axis != 1,
            Variances::Weight => axis != 2,
            Variances::Both => true,
        }
    }

    fn model(&self, [w, b]: [f64; 2]) -> Model {
        let kernel = Ntk::with(Erf, Architecture::ONE_LAYER.weights(w).bias(b));
        let mut model = Regression::new(kernel, Fixed::new());
        model.set_amplitude(self.amplitude).unwrap();
        model
    }

    /// A place, or one with this ridge beside it.
    fn see(&self, mut place: Place, ridge: Option<f64>) -> Option<Tried> {
        let w = if self.is_free(1) { power(place[1]) } else { self.start[0] };
        let b = if self.is_free(2) { power(place[2]) } else { self.start[1] };
        let mut model = self.model([w, b]);
        let kernel = *model.kernel();
        let unit = self.x.iter().map(|x| kernel.value(x, x)).sum::<f64>() / N as f64;
        let ridge = match ridge {
            None => power(place[0]) * unit,
            Some(ridge) => {
                place[0] = log10(ridge / unit);
                ridge
            }
        };
        model.fit(self.x, self.y, ridge).ok()?;
        let loss = model.criterion(self.criterion).ok()?;
        let found = Tuned { weight_variance: w, bias_variance: b, ridge };
        Some(Tried { loss, place, found })
    }

    fn best_of(&self, places: impl IntoIterator<Item = Place>) -> Option<Tried> {
        best(places.into_iter().map(|place| self.see(place, None)))
    }

    fn logs(&self) -> [f64; 2] {
        let [w, b] = self.start;
        [log10(w), log10(if b > 0.0 { b } else { w })]
    }

    /// Coordinate search: an axis after the other, up and down; for w also with the ridge as it was.
    fn descend(
        &self,
        from: Option<Tried>,
        axes: [bool; 3],
        [mut step, last]: [f64; 2],
        left: &mut usize,
    ) -> Option<Tried> {
        let mut now = from?;
        while step >= last {
            let mut any = false;
            for (axis, with_ridge) in [(0, false), (1, false), (1, true), (2, false)] {
                for sign in [1.0, -1.0] {
                    let mut place = now.place;
                    place[axis] += sign * step;
                    let inside = (-12.0..=3.0).contains(&place[0])
                        && (-4.0..=4.0).contains(&place[1])
                        && (-4.0..=4.0).contains(&place[2]);
                    if !axes[axis] || !inside || *left == 0 {
                        continue;
                    }
                    *left -= 1;
                    if let Some(seen) = self.see(place, with_ridge.then_some(now.found.ridge))
                        && seen.loss < now.loss
                    {
                        (now, any) = (seen, true);
                    }
                }
            }
            if !any {
                step /= 2.0;
            }
        }
        Some(now)
    }

    /// A search over one variance or both, from its own starts and those that are `given`.
    fn leg(&mut self, which: Variances, given: &[Option<Tried>], left: &mut usize) -> Option<Tried> {
        self.which = which;
        let axes = [0, 1, 2].map(|axis| self.is_free(axis));
        let [log_w, log_b] = self.logs();
        let mut starts = given.to_vec();
        if which != Variances::Both {
            // Ridges a decade apart, those between them, and a descent over the ridge alone.
            let first = self.best_of((0..16).map(|i| [f64::from(i) - 12.0, log_w, log_b]));
            let between = self.best_of((1..16).map(|i| [f64::from(i) - 12.5, log_w, log_b]));
            let mut steps = 16;
            let end = self.descend(best([first, between]), [true, false, false], [0.25, 0.015], &mut steps);
            *left = left.saturating_sub(16 - steps);
            starts.extend([first, end]);
        }
        let few = [-9.0, -6.0, -3.0, 0.0];
        match which {
            Variances::Bias => {
                for b in [4.0, 0.25, 0.015625] {
                    let ridges = [1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
                    starts.push(self.best_of(ridges.map(|ridge| [log10(ridge), log_w, log10(b)])));
                }
            }
            Variances::Weight => {
                for w in [-2.0, 2.0] {
                    starts.push(self.best_of(few.map(|ridge| [ridge, log_w + w, log_b])));
                }
            }
            Variances::Both => {
                for (w, b) in [(-2.0, -2.0), (-2.0, 2.0), (2.0, -2.0), (2.0, 2.0)] {
                    starts.push(self.best_of(few.map(|ridge| [ridge, log_w + w, log_b + b])));
                }
            }
        }
        // To the end from the first start, with all steps but ten for each other one; ten from those.
        let others: Vec<Tried> = starts[1..].iter().flatten().copied().collect();
        let kept = 10 * others.len();
        *left = left.saturating_sub(kept);
        let first = self.descend(starts[0], axes, [1.0, 0.015], left);
        *left += kept;
        let mut ends = Vec::new();
        for start in others {
            let mut steps = 10;
            ends.push(self.descend(Some(start), axes, [1.0, 0.5], &mut steps));
            *left = left.saturating_sub(10 - steps);
        }
        match (first, best(ends)) {
            (Some(first), Some(other)) if first.loss <= other.loss => Some(first),
            (_, Some(other)) => best([first, self.descend(Some(other), axes, [0.25, 0.015], left)]),
            _ => first,
        }
    }

    fn search(&mut self, which: Variances) -> Option<Tuned<f64>> {
        let mut left = 124;
        if which != Variances::Both {
            return Some(self.leg(which, &[], &mut left)?.found);
        }
        let mut left_of_weights = 124;
        let bias = self.leg(Variances::Bias, &[], &mut left);
        let weight = self.leg(Variances::Weight, &[], &mut left_of_weights);
        let better = best([bias, weight]);
        let mut left = 200 + left + left_of_weights;
        let both = self.leg(which, &[better, bias, weight], &mut left);
        Some(best([better, both])?.found)
    }
}

#[test]
fn every_step_is_that_of_the_slow_search() {
    const CRITERIA: [Criterion; 3] =
        [Criterion::LeaveOneOut, Criterion::LeaveOneOutDensity, Criterion::MarginalLikelihood];
    for seed in 0..12 {
        let (x, noise) = (normal_points(&mut rng(seed)), normal_points::<f64, 1, N>(&mut rng(seed + 100)));
        let bend =
            |x: &[f64; 2]| [x[0] * x[1], (3.0 * x[0]).sin() - x[1], 0.1 * x[0], 0.0][seed as usize % 4];
        let y: [f64; N] = core::array::from_fn(|i| bend(&x[i]) + 0.3 * noise[i][0]);
        let start = [[1.0, 0.0], [0.5, 0.3], [30.0, 200.0]][seed as usize % 3];
        for (i, criterion) in CRITERIA.into_iter().enumerate() {
            let amplitude = [None, Some(1.5)][(seed as usize + i) % 2];
            for which in [Variances::Bias, Variances::Weight, Variances::Both] {
                let mut slow = Slow { x: &x, y: &y, amplitude, criterion, start, which };
                let expected = slow.search(which).unwrap();
                let mut model = slow.model(start);
                model.fit(&x, &y, 0.1).unwrap();
                let found = model.tune_variances(criterion, which).unwrap();
                assert_eq!(found, expected, "{seed}, {criterion:?}, {which:?}, from {start:?}");
            }
        }
    }
}
