//! Confidence intervals: for shares those of Clopper and Pearson and of Wilson, for everything that is fitted
//! those of the delete-a-group jackknife.
//!
//! All functions are those of `libm`, so an interval has the same bits on every machine.

use ntk_core::Scalar;

/// A number with an interval that holds the true one, but for a chance of alpha.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Most groups of the jackknife.
const GROUPS: usize = 32;

/// Returns the delete-a-group jackknife (Shao and Tu 1995, chapter 2) of a statistic of independent draws 0
/// to n - 1.
///
/// Draw i belongs to group i mod G, G = 32 or n if that is less. With T the statistic of all draws and T_g
/// that without group g, the numbers G T - (G - 1) T_g have the mean that is returned, free of the bias of
/// order 1/n, and their scatter gives the interval: Student's t with G - 1 degrees of freedom. Cost: G + 1
/// statistics.
#[must_use]
pub fn jackknife(n: usize, alpha: f64, statistic: impl Fn(&[usize]) -> f64) -> Estimate {
    let groups = GROUPS.min(n);
    let all: Vec<usize> = (0..n).collect();
    let whole = statistic(&all);
    let count = groups as f64;
    let part = |group: usize| {
        let kept: Vec<usize> = all.iter().copied().filter(|i| i % groups != group).collect();
        count * whole - (count - 1.0) * statistic(&kept)
    };
    mean((0..groups).map(part).collect::<Vec<_>>().as_slice(), alpha)
}

/// Returns the mean of independent numbers, with Student's interval.
#[must_use]
pub fn mean(values: &[f64], alpha: f64) -> Estimate {
    let n = values.len() as f64;
    let value = values.iter().sum::<f64>() / n;
    let scatter: f64 = values.iter().map(|v| (v - value) * (v - value)).sum();
    let reach = student(alpha, n - 1.0) * (scatter / (n - 1.0) / n).sqrt();
    Estimate { value, low: value - reach, high: value + reach }
}

/// Returns the share of draws in which something holds, with the exact interval of Clopper and Pearson
/// (1934).
#[must_use]
pub fn share(holds: usize, draws: usize, alpha: f64) -> Estimate {
    let (s, n) = (holds as f64, draws as f64);
    let low = if holds == 0 { 0.0 } else { beta_quantile(0.5 * alpha, s, n - s + 1.0) };
    let high = if holds == draws { 1.0 } else { beta_quantile(1.0 - 0.5 * alpha, s + 1.0, n - s) };
    Estimate { value: s / n, low, high }
}

/// Returns the 95 % interval of a share p of `holds` in n = `total` after Wilson (1927), which is
/// (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n), z = 1.96, and (0, 1) if `total` is 0.
#[must_use]
pub fn wilson(holds: usize, total: usize) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    if total == 0 {
        return (0.0, 1.0);
    }
    let n = total as f64;
    let p = holds as f64 / n;
    let (middle, scale) = (p + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
    let half = Z * Scalar::sqrt(p * (1.0 - p) / n + Z * Z / (4.0 * n * n));
    let low = if holds == 0 { 0.0 } else { (middle - half) / scale };
    let high = if holds == total { 1.0 } else { (middle + half) / scale };
    (low, high)
}

/// Returns t such that a Student variable of so many degrees of freedom is beyond -t or t with probability
/// alpha.
#[must_use]
pub fn student(alpha: f64, freedom: f64) -> f64 {
    let x = beta_quantile(alpha, 0.5 * freedom, 0.5);
    (freedom * (1.0 - x) / x).sqrt()
}

/// Returns the probability that a Student variable of so many degrees of freedom is above t.
#[must_use]
pub fn student_tail(t: f64, freedom: f64) -> f64 {
    let both = incomplete_beta(freedom / (freedom + t * t), 0.5 * freedom, 0.5);
    if t > 0.0 { 0.5 * both } else { 1.0 - 0.5 * both }
}

/// Returns x such that the regularised incomplete beta function I_x(a, b) is p, by bisection.
fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut below, mut above) = (0.0, 1.0);
    for _ in 0..200 {
        let x = 0.5 * (below + above);
        if incomplete_beta(x, a, b) < p {
            below = x;
        } else {
            above = x;
        }
    }
    0.5 * (below + above)
}

/// Returns I_x(a, b), by its continued fraction on the side where that converges fast (DLMF 8.17.22).
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    if x <= 0.0 {
        return 0.0;
    }
    let beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = libm::exp(a * libm::log(x) + b * libm::log1p(-x) - beta) / a;
    let coefficient = |m: usize| {
        let (h, odd) = ((m / 2) as f64, m % 2 == 1);
        if odd {
            -(a + h) * (a + b + h) * x / ((a + 2.0 * h) * (a + 2.0 * h + 1.0))
        } else {
            h * (b - h) * x / ((a + 2.0 * h - 1.0) * (a + 2.0 * h))
        }
    };
    // From the inside out; the coefficients shrink the tail long before the end.
    front / (1..=400).rev().fold(1.0, |tail, m| 1.0 + coefficient(m) / tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found} against {expected}");
    }

    /// `statsmodels.stats.proportion.proportion_confint(holds, total, method="wilson")`, version 0.15.0.
    #[test]
    fn shares_have_wilsons_interval() {
        for ((holds, total), low, high) in [
            ((1, 2), 0.094_531_205_734_230_68, 0.905_468_794_265_769_3),
            ((62, 200), 0.249_989_448_360_780_9, 0.377_171_775_662_580_37),
            ((0, 10), 0.0, 0.277_532_799_862_889_26),
            ((10, 10), 0.722_467_200_137_110_8, 1.0),
        ] {
            let found = wilson(holds, total);
            assert!((found.0 - low).abs() < 1e-12 && (found.1 - high).abs() < 1e-12, "{found:?}");
        }
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }

    /// Table values; 1 and 2 degrees of freedom also have closed forms.
    #[test]
    fn students_quantiles() {
        close(student(0.5, 1.0), 1.0);
        close(student(0.1, 2.0), 0.9 / (2.0f64 * 0.05 * 0.95).sqrt() / 1.0);
        assert!((student(0.05, 15.0) - 2.131_450).abs() < 1e-6);
        assert!((student(0.001, 15.0) - 4.072_765).abs() < 1e-6);
    }

    /// The inverse of the quantiles; of 1 degree of freedom it is an arctangent.
    #[test]
    fn students_tails() {
        close(student_tail(2.0, 1.0), 0.5 - 2f64.atan() / std::f64::consts::PI);
        close(student_tail(-2.0, 1.0), 0.5 + 2f64.atan() / std::f64::consts::PI);
        close(student_tail(0.0, 7.0), 0.5);
        for (alpha, freedom) in [(1e-5, 31.0), (0.3, 4.0), (1e-9, 199.0)] {
            close(student_tail(student(alpha, freedom), freedom), 0.5 * alpha);
        }
        assert_eq!(student_tail(f64::INFINITY, 3.0), 0.0);
        assert!(student_tail(f64::NAN, 3.0).is_nan());
    }

    /// None and all have closed forms; 5 of 10 is symmetric; the definition holds: P(at least s) = alpha / 2
    /// at the low end.
    #[test]
    fn exact_shares() {
        let (none, all) = (share(0, 20, 0.05), share(20, 20, 0.05));
        close(none.high, 1.0 - 0.025f64.powf(1.0 / 20.0));
        close(all.low, 0.025f64.powf(1.0 / 20.0));
        assert_eq!((none.low, all.high), (0.0, 1.0));
        let half = share(5, 10, 0.01);
        close(half.low, 1.0 - half.high);
        let binomial = [1.0, 10.0, 45.0, 120.0, 210.0, 252.0, 210.0, 120.0, 45.0, 10.0, 1.0];
        let p = half.low;
        let tail = (5..=10).map(|i| binomial[i] * p.powi(i as i32) * (1.0 - p).powi(10 - i as i32));
        close(tail.sum(), 0.005);
    }

    /// Of the mean the jackknife is Student's interval itself; of 64 draws in pairs it is that of the pair
    /// means.
    #[test]
    fn the_jackknife_of_a_mean() {
        let values: Vec<f64> = (0..64).map(|i| f64::from(i * i % 37)).collect();
        let found =
            jackknife(64, 0.01, |kept| kept.iter().map(|&i| values[i]).sum::<f64>() / kept.len() as f64);
        let pairs: Vec<f64> = (0..32).map(|i| 0.5 * (values[i] + values[i + 32])).collect();
        let expected = mean(&pairs, 0.01);
        close(found.value, expected.value);
        close(found.low, expected.low);
        close(found.high, expected.high);
    }
}
