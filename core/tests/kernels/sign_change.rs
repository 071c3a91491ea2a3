//! NTKs of ReLU and leaky ReLU where they change their sign: `f32` against `f64` at the same inputs.
//!
//! Terms cancel there to a hundred thousandth of them; `f64` has digits enough left to judge `f32`.

use ntk_core::kernel::PerLayer;
use ntk_core::{Kernel, LeakyRelu, Ntk, Relu, Scalar};

/// A kernel in both precisions. Without a slope it is that of the ReLU.
struct Pair {
    slope: Option<f32>,
    w: f32,
    b: f32,
}

impl Pair {
    fn value<T: Scalar>(&self, [x, y]: &[[f32; 3]; 2]) -> f64 {
        let number = |v: f32| T::from_f64(f64::from(v));
        let (x, y) = (x.map(number), y.map(number));
        // The last layer has no bias, so that what cancels is the whole kernel.
        let layers = PerLayer::new([number(self.w), number(self.b)], [[T::ONE, T::ZERO]]);
        match self.slope {
            None => Ntk::with(Relu, layers).value(&x, &y).to_f64(),
            Some(slope) => Ntk::with(LeakyRelu { slope: number(slope) }, layers).value(&x, &y).to_f64(),
        }
    }

    /// Inputs at this angle, in a plane that contains no axis.
    fn inputs(angle: f64, lengths: [f64; 2]) -> [[f32; 3]; 2] {
        let (along, across) = ([0.6, -0.48, 0.64], [0.0, 0.8, 0.6]);
        let at = |angle: f64, length: f64| {
            core::array::from_fn(|i| (length * (angle.cos() * along[i] + angle.sin() * across[i])) as f32)
        };
        [at(0.3, lengths[0]), at(0.3 + angle, lengths[1])]
    }

    /// The angles at which the kernel changes its sign.
    fn changes(&self, lengths: [f64; 2]) -> Vec<f64> {
        let at = |angle: f64| self.value::<f64>(&Self::inputs(angle, lengths));
        let grid: Vec<f64> = (0..=60).map(|i| f64::from(i) * core::f64::consts::PI / 60.0).collect();
        let mut found = Vec::new();
        for ends in grid.windows(2) {
            let (mut low, mut high) = (ends[0], ends[1]);
            if at(low) * at(high) >= 0.0 {
                continue;
            }
            for _ in 0..40 {
                let middle = 0.5 * (low + high);
                if at(low) * at(middle) > 0.0 { low = middle } else { high = middle }
            }
            found.push(low);
        }
        found
    }

    /// The largest error in ulp of the value at angles from `nearest` to a tenth away from a change.
    fn error(&self, lengths: [f64; 2], nearest: f64) -> Option<f64> {
        let angles = self.changes(lengths).into_iter().flat_map(|change| {
            let away = move |step: u32| nearest * (0.1 / nearest).powf(f64::from(step) / 299.0);
            (0..300).flat_map(move |step| [change + away(step), change - away(step)])
        });
        let error = |angle| {
            let inputs = Self::inputs(angle, lengths);
            let (found, expected) = (self.value::<f32>(&inputs), self.value::<f64>(&inputs));
            let size = expected.abs() as f32;
            (found - expected).abs() / f64::from(size.next_up() - size)
        };
        angles.map(error).reduce(f64::max)
    }
}

#[test]
fn single_precision_is_good_to_an_ulp_of_a_value_that_cancels() {
    let mut changes = 0;
    for (w, b) in [(1.0, 0.0), (0.7, 0.0), (1.0, 0.11), (1.9, 0.37)] {
        for slope in [None, Some(0.0), Some(0.01), Some(0.2), Some(0.7), Some(-0.3)] {
            for lengths in [[1.0, 1.3], [0.2, 5.0], [3.1, 2.9]] {
                let nearest = if slope.is_none() { 1e-5 } else { 1e-3 };
                let Some(error) = (Pair { slope, w, b }).error(lengths, nearest) else { continue };
                changes += 1;
                // Half an ulp is the rounding of the value itself. With a slope of a hundredth the change is
                // so near 113 degrees that the error of the coefficients shows beside the value.
                let bound = if slope == Some(0.01) { 1.2 } else { 0.54 };
                assert!(error <= bound, "{slope:?}, w = {w}, b = {b}, {lengths:?}: {error} ulp");
            }
        }
    }
    assert_eq!(changes, 57, "kernels that change their sign");
}
