//! An upper bound of the error of the arithmetic in integers, anywhere in the box of inputs: the sum of the
//! largest effects of all roundings.

use ntk_core::Scalar;
use rayon::prelude::*;

use super::arithmetic::ROOT_ERROR;
use super::constants::{DROPPED, GUARD, Numbers, OutputNumbers, UNIT, smooth, unit};
use super::{Model, length};

/// The largest number of inputs for which the corners of the box are examined: 2^10 corners.
const MOST_INPUTS: usize = 10;

/// Returns the corners of a box, or `None` if it has more than [`MOST_INPUTS`] inputs.
pub(super) fn corners(range: &[[f64; 2]]) -> Option<Vec<Vec<f64>>> {
    (range.len() <= MOST_INPUTS).then(|| {
        let corner = |i: usize| range.iter().enumerate().map(|(j, ends)| ends[(i >> j) & 1]).collect();
        (0..1usize << range.len()).map(corner).collect()
    })
}

/// The largest lengths and angles of v in the box.
pub(super) struct Reach {
    /// An upper bound of |v|, and the largest |v_j|.
    pub(super) length: f64,
    pub(super) largest: Vec<f64>,
    /// The largest q of each sample.
    pub(super) half: Vec<f64>,
    /// Whether an angle may be obtuse.
    pub(super) obtuse: bool,
}

impl Reach {
    pub(super) fn new(model: &Model, range: &[[f64; 2]]) -> Self {
        let [low, high] =
            [0, 1].map(|end| model.lifted(&range.iter().map(|ends| ends[end]).collect::<Vec<f64>>()));
        let largest: Vec<f64> = low.iter().zip(&high).map(|(a, b)| a.abs().max(b.abs())).collect();
        let folded = std::f64::consts::FRAC_1_SQRT_2;
        let half = vec![folded; model.samples.len()];
        let worst = Self { length: length(&largest), largest, half, obtuse: true };
        let Some(corners) = corners(range) else { return worst };
        // The vectors whose angle to a sample is at most a given acute angle form a convex cone: if all
        // corners are in it, so is the box.
        let corners: Vec<Vec<f64>> = corners.iter().map(|x| model.lifted(x)).collect();
        let mut half = Vec::with_capacity(model.samples.len());
        for sample in &model.samples {
            let mut most = 0.0f64;
            for v in &corners {
                let inner = v.iter().zip(sample).map(|(a, b)| a * b).sum::<f64>();
                let cosine = inner / (length(v) * length(sample));
                if !(cosine > 1e-6) {
                    return worst;
                }
                most = most.max((0.5 * (1.0 - cosine)).max(0.0).sqrt());
            }
            half.push((most + 1e-6).min(folded));
        }
        Self { half, obtuse: false, ..worst }
    }

    /// Returns the largest max(-cos t_i, 0) + f(q_i).
    fn value(&self, i: usize) -> f64 {
        let q = self.half[i];
        if self.obtuse { 1.0 } else { q * q * q * smooth(q * q) }
    }

    /// Returns the sum over i of |w_i| times the largest max(-cos t_i, 0) + f(q_i).
    pub(super) fn sum(&self, weights: &[f64]) -> f64 {
        weights.iter().enumerate().map(|(i, w)| w.abs() * self.value(i)).sum()
    }
}

/// The largest number of parts that a box is cut into. The largest angles in a part are smaller than those in
/// the box, and so is the sum of the errors.
const MOST_PARTS: usize = 1024;

/// Cuts the box into parts, with each side cut into the same number of equal pieces.
fn parts(range: &[[f64; 2]]) -> Vec<Vec<[f64; 2]>> {
    let power = |sides: usize| range.iter().try_fold(1, |all: usize, _| all.checked_mul(sides));
    let sides = (1..=MOST_PARTS).take_while(|sides| power(*sides).is_some_and(|n| n <= MOST_PARTS)).last();
    let sides = sides.unwrap_or(1);
    let side = |[low, high]: &[f64; 2], i: usize| {
        let at = |i: usize| low + (high - low) * (i as f64 / sides as f64);
        [at(i), at(i + 1)]
    };
    let part = |mut index: usize| {
        let mut ends = Vec::with_capacity(range.len());
        for all in range {
            ends.push(side(all, index % sides));
            index /= sides;
        }
        ends
    };
    (0..power(sides).unwrap_or(1)).map(part).collect()
}

/// Returns the bound of each output, in its units: the largest one of all parts of the box.
pub(super) fn bounds(model: &Model, numbers: &Numbers, range: &[[f64; 2]]) -> Vec<f64> {
    let of_part = |part: &Vec<[f64; 2]>| of_part(model, numbers, &Reach::new(model, part));
    let most =
        |a: Vec<f64>, b: Vec<f64>| a.iter().zip(&b).map(|(a, b)| if a >= b { *a } else { *b }).collect();
    parts(range).par_iter().map(of_part).reduce(|| vec![0.0; numbers.outputs.len()], most)
}

/// Returns the bound of each output in a part of the box.
fn of_part(model: &Model, numbers: &Numbers, reach: &Reach) -> Vec<f64> {
    let (v_unit, one) = (unit(numbers.v_fraction), unit(UNIT as i32));
    // v_j has the errors of a shift, an offset and a factor, all rounded to nearest; the centre is exact.
    let moved = numbers
        .high
        .iter()
        .zip(&numbers.low)
        .map(|(high, low)| 0.5 * (f64::from(*high) - f64::from(*low)) + 1.0);
    let of_input = moved.zip(&numbers.shift).map(|(moved, s)| v_unit * (1.0 + 0.5 * moved * unit(*s as i32)));
    let v_errors: Vec<f64> = of_input.chain([0.5 * v_unit]).collect();
    let v_error = length(&v_errors);
    // Unit vectors, of input and sample: rounded to nearest, which changes half their difference by at most
    // half of it. Root and inverse (31 bits) change their length, which has an effect of q times that; the
    // root of the difference has the same error, and little is cut off of q.
    let root = f64::from(ROOT_ERROR) * unit(31);
    let rounding = 0.5 * f64::from_usize(v_errors.len()).sqrt() * one + unit(numbers.place as i32);
    let length_error = 0.5 * (root + one);
    let near = |q: f64| if q < 2e-3 { length_error } else { q * length_error }; // equal vectors of other lengths are apart
    let q_errors = reach.half.iter().map(|q| rounding + near(*q) + q * root).collect();
    // An error of v turns it by at most twice its size over |v| and what |v| has become, q by half of that.
    let turned = if v_error < 1e-3 * model.last { 0.501 * v_error } else { v_error };
    let sizes = Sizes { v_errors, turned, r_error: v_error + 2.0 * v_unit, q_errors };
    let outputs = numbers.outputs.iter().enumerate();
    outputs.map(|(o, of)| of_output(model, numbers, reach, &sizes, (o, of))).collect()
}

/// Errors of the parts that all outputs share.
struct Sizes {
    v_errors: Vec<f64>,
    /// |v| times the error of q.
    turned: f64,
    r_error: f64,
    q_errors: Vec<f64>,
}

fn of_output(
    model: &Model,
    numbers: &Numbers,
    reach: &Reach,
    sizes: &Sizes,
    (o, of): (usize, &OutputNumbers),
) -> f64 {
    let ((linear, _), weights) = (&model.linear[o], &model.weights[o]);
    let (one, small) = (unit(UNIT as i32), unit(numbers.small as i32));
    let fine = of.fraction + GUARD as i32;
    let linear_unit = unit(of.linear_shift as i32 + fine - numbers.v_fraction);
    let kept = of.product_shift as i32 + fine - numbers.v_fraction;
    let sum_bits = kept + of.sum_shift as i32;
    let weight_unit = unit(sum_bits + DROPPED as i32 - numbers.small as i32);
    let mut error = 0.0;
    for ((w, v), v_error) in linear.iter().zip(&reach.largest).zip(&sizes.v_errors) {
        error += 0.5 * linear_unit * (v + v_error) + w.abs() * v_error;
    }
    for (i, w) in weights.iter().enumerate() {
        let (q, value) = (reach.half[i], reach.value(i));
        // df / dq = 8 q asin(q) / pi; where angles are obtuse, 4 q is subtracted.
        let slope = if reach.obtuse { 4.0 * q } else { 8.0 * q * libm::asin(q) / std::f64::consts::PI };
        // The error of H: that of its fit, that of cutting off bits of q^2, and one unit for each product,
        // which add up to two.
        let h_error = numbers.polynomial_error + 3.0 * one;
        // The bits that are cut off of q^2, q^3 and q^3 H, and of 1 - 2 q^2.
        let square = unit(2 * numbers.place as i32 - 32);
        let cut = q * square + 2.0 * small + if numbers.obtuse { square } else { 0.0 };
        let f_error = slope * sizes.q_errors[i] + q * q * q * h_error + cut;
        error += w.abs() * (reach.length * f_error + slope * sizes.turned + value * sizes.r_error);
        error += reach.length * (0.5 * weight_unit * value + unit(sum_bits));
    }
    error += unit(kept) * reach.length;
    // Two shifts and the constant, and the last rounding; all of it to first order.
    1.01 * (error + 2.5 * unit(fine) + 0.5 * unit(of.fraction))
}
