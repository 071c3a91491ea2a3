//! The numbers of a model in integers. Each has as many bits behind the point as its largest value leaves
//! room for.

use ntk_core::Scalar;

use super::bound::Reach;
use super::{Model, length};

/// Bits behind the point of unit vectors and of H.
pub(super) const UNIT: u32 = 30;
/// Bits that are cut off of a product with a weight before it is added.
pub(super) const DROPPED: u32 = 12;
/// Additional bits that an answer has before it is rounded.
pub(super) const GUARD: u32 = 6;

/// Returns 2^-k.
pub(super) fn unit(k: i32) -> f64 {
    f64::from_bits(((1023 - i64::from(k.clamp(-1000, 1000))) as u64) << 52)
}

/// The numbers of an output.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OutputNumbers {
    /// An answer is the value times 2^fraction.
    pub(super) fraction: i32,
    /// The factors of v, and the number of bits by which the sum of the products is shifted.
    pub(super) linear: Vec<i32>,
    pub(super) linear_shift: u32,
    /// The factors of f(q_i), the number of bits by which the sum of the products is shifted to have room in
    /// 32 bits, and the number of bits by which the product of this sum with r is shifted.
    pub(super) weights: Vec<i32>,
    pub(super) sum_shift: u32,
    pub(super) product_shift: u32,
    /// The constant with GUARD bits more than an answer, and half of the last bit of an answer.
    pub(super) constant: i64,
}

/// The numbers of a model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Numbers {
    /// An input is the reading times 2^fraction.
    pub(super) x_fraction: Vec<i32>,
    /// The smallest and the largest input.
    pub(super) low: Vec<i32>,
    pub(super) high: Vec<i32>,
    /// v_j = (x_j - centre) factor 2^-shift + offset, times 2^v_fraction.
    pub(super) centre: Vec<i32>,
    pub(super) factor: Vec<i32>,
    pub(super) shift: Vec<u32>,
    /// The offset of each entry of v; the last offset is the last entry itself.
    pub(super) offset: Vec<i32>,
    pub(super) v_fraction: i32,
    /// Unit vectors of the samples.
    pub(super) units: Vec<Vec<i32>>,
    /// Whether an angle may be obtuse.
    pub(super) obtuse: bool,
    /// Bits behind the point of q, 32 or more. q^2 has 2 place - 32 bits behind the point, and f(q) has
    /// `small`.
    pub(super) place: u32,
    pub(super) small: u32,
    /// H, and the largest error of its values.
    pub(super) polynomial: Vec<i32>,
    pub(super) polynomial_error: f64,
    pub(super) outputs: Vec<OutputNumbers>,
}

/// Returns the k for which v 2^k lies below 2^bits, and at 2^(bits - 1) or above.
fn exponent(v: f64, bits: i32) -> i32 {
    let mut k = 0;
    while v * unit(-k) < unit(1 - bits) && k < 900 {
        k += 1;
    }
    while v * unit(-k) >= unit(-bits) && k > -900 {
        k -= 1;
    }
    k
}

fn rounded(v: f64) -> Option<i32> {
    let v = v.round();
    (v.abs() < 2_147_483_648.0).then_some(v as i32)
}

fn shift(k: i32) -> Option<u32> {
    u32::try_from(k).ok().filter(|k| (1..=62).contains(k))
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(1e-300, |most: f64, v| most.max(v.abs()))
}

/// Returns H(s), the core's polynomial in `f64`.
pub(super) fn smooth(s: f64) -> f64 {
    coefficients::<f64>().iter().rev().fold(0.0, |sum, c| sum * s + c)
}

fn coefficients<T: Scalar>() -> &'static [T] {
    T::NNGP
}

/// Returns the coefficients of a polynomial in units of 2^-UNIT, and the largest error of its values. The
/// polynomial interpolates H(q^2) at Chebyshev nodes, up to slightly more than q = half. It is the shortest
/// one that changes f(q) by less than a third of a unit, or the best one with up to 14 coefficients.
fn polynomial(half: f64) -> Option<(Vec<i32>, f64)> {
    let most = 1.005 * half * half;
    let mut best: Option<(Vec<i32>, f64)> = None;
    for count in 2..=14usize {
        let angle = |i: usize| (i as f64 + 0.5) / count as f64 * std::f64::consts::PI;
        let nodes: Vec<f64> = (0..count).map(|i| 0.5 * most * (1.0 + Scalar::cos(angle(i)))).collect();
        let mut newton: Vec<f64> = nodes.iter().map(|s| smooth(*s)).collect();
        for step in 1..count {
            for i in (step..count).rev() {
                newton[i] = (newton[i] - newton[i - 1]) / (nodes[i] - nodes[i - step]);
            }
        }
        let mut coefficients = vec![0.0; count];
        for (value, node) in newton.iter().zip(&nodes).rev() {
            for i in (1..count).rev() {
                coefficients[i] = coefficients[i - 1] - node * coefficients[i];
            }
            coefficients[0] = value - node * coefficients[0];
        }
        let one = unit(UNIT as i32);
        let Some(integers) = coefficients.iter().map(|c| rounded(c / one)).collect::<Option<Vec<i32>>>()
        else {
            continue;
        };
        let value = |s: f64| integers.iter().rev().fold(0.0, |sum, c| sum * s + f64::from(*c) * one);
        let places = (0..=2000).map(|i| most * f64::from(i) / 2000.0);
        let error = places.map(|s| (value(s) - smooth(s)).abs()).fold(0.0, f64::max);
        if best.as_ref().is_none_or(|(_, least)| error < *least) {
            best = Some((integers, error));
        }
        if error * half * half * half < 0.3 * one {
            break;
        }
    }
    best
}

impl OutputNumbers {
    /// Returns the numbers of output o, or `None` if one of them has no room.
    fn new(
        model: &Model,
        reach: &Reach,
        o: usize,
        allowed: f64,
        v_fraction: i32,
        small: u32,
    ) -> Option<Self> {
        let ((linear, constant), weights) = (&model.linear[o], &model.weights[o]);
        let straight = linear.iter().zip(&reach.largest).map(|(w, v)| (w * v).abs()).sum::<f64>();
        let size = straight + constant.abs() + reach.length * reach.sum(weights);
        let fraction = (exponent(allowed, 4) + 1).min(exponent(size, 30));
        let fine = fraction + GUARD as i32;
        let linear_bits = exponent(largest(linear), 29).min(62 + fine - v_fraction);
        let weight_bits = exponent(largest(weights), 30);
        // Bits behind the point of the sum of products, and of this sum when it is shifted to 32 bits.
        let sum_bits = weight_bits + small as i32 - DROPPED as i32;
        let kept =
            exponent(1.01 * reach.sum(weights) + 1e-300, 30).min(sum_bits - 1).min(62 + fine - v_fraction);
        let scaled = |values: &[f64], bits: i32| -> Option<Vec<i32>> {
            values.iter().map(|w| rounded(w * unit(-bits))).collect()
        };
        Some(Self {
            fraction,
            linear: scaled(linear, linear_bits)?,
            linear_shift: shift(linear_bits + v_fraction - fine)?,
            weights: scaled(weights, weight_bits)?,
            sum_shift: shift(sum_bits - kept)?,
            product_shift: shift(kept + v_fraction - fine)?,
            constant: (constant * unit(-fine)).round() as i64 + (1 << (GUARD - 1)),
        })
    }
}

impl Numbers {
    /// Returns the numbers of a model for inputs of this range, or `None` if one of them has no room.
    pub(super) fn new(model: &Model, range: &[[f64; 2]], allowed: &[f64]) -> Option<Self> {
        let reach = Reach::new(model, range);
        let v_fraction = exponent(1.001 * reach.length, UNIT as i32);
        let units = model.samples.iter().map(|v| {
            let length = length(v);
            v.iter()
                .map(|v| if length > 0.0 { rounded(v / length / unit(UNIT as i32)) } else { Some(0) })
                .collect()
        });
        let half = largest(&reach.half).max(0.01);
        let place = u32::try_from(exponent(1.01 * half, 32)).ok()?;
        let small = 3 * place - 65;
        let (polynomial, polynomial_error) = polynomial(half)?;
        let outputs =
            (0..allowed.len()).map(|o| OutputNumbers::new(model, &reach, o, allowed[o], v_fraction, small));
        let mut numbers = Self {
            x_fraction: vec![],
            low: vec![],
            high: vec![],
            centre: vec![],
            factor: vec![],
            shift: vec![],
            offset: vec![],
            v_fraction,
            units: units.collect::<Option<_>>()?,
            obtuse: reach.obtuse,
            place,
            small,
            polynomial,
            polynomial_error,
            outputs: outputs.collect::<Option<_>>()?,
        };
        for (ends, map) in range.iter().zip(&model.maps) {
            numbers.add_input(ends, map)?;
        }
        numbers.offset.push(rounded(model.last * unit(-v_fraction))?);
        Some(numbers)
    }

    /// Adds the numbers of an input of this range, where v_j = (x - shift) slope. Returns `None` if one has
    /// no room.
    fn add_input(&mut self, [low, high]: &[f64; 2], [shift_of, slope]: &[f64; 2]) -> Option<()> {
        let fraction = exponent(0.5 * (high - low), 30).min(exponent(low.abs().max(high.abs()), 30));
        let (l, h) = (rounded(low * unit(-fraction))?, rounded(high * unit(-fraction))?);
        let middle = ((i64::from(l) + i64::from(h)) / 2) as i32;
        let gain = slope * unit(fraction - self.v_fraction);
        let bits = exponent(gain, 31).min(62);
        self.x_fraction.push(fraction);
        self.low.push(l);
        self.high.push(h);
        self.centre.push(middle);
        self.factor.push(rounded(gain * unit(-bits))?);
        self.shift.push(shift(bits)?);
        let offset = (f64::from(middle) * unit(fraction) - shift_of) * slope;
        self.offset.push(rounded(offset * unit(-self.v_fraction))?);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents() {
        for v in [1e-9, 0.3, 0.5, 1.0, 7.9, 8.0, 1e12] {
            let k = exponent(v, 30);
            assert!(v * unit(-k) < 1_073_741_824.0 && v * unit(-k) >= 536_870_912.0, "{v}");
        }
    }

    /// f(q) = (sin t - t cos t) / pi at q = sin(t / 2).
    #[test]
    fn the_polynomial_is_that_of_the_kernel() {
        for half in [0.01, 0.1, 0.3, std::f64::consts::FRAC_1_SQRT_2] {
            let (coefficients, error) = polynomial(half).unwrap();
            assert!(error * half.powi(3) < 0.31 * unit(30), "{half}: {error} {}", coefficients.len());
        }
        for q in [0.05f64, 0.3, 0.7] {
            let t = 2.0 * q.asin();
            let f = (t.sin() - t * t.cos()) / std::f64::consts::PI;
            assert!((q.powi(3) * smooth(q * q) - f).abs() < 1e-15);
        }
    }
}
