//! Order statistics of small samples, and intervals for shares.

use ntk_core::Scalar;

/// The quantile q in [0, 1] by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
///
/// NaN of either sign sorts last, so that a diverged run counts as worse than any other; NaN for no values.
#[must_use]
pub fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.is_nan().cmp(&b.is_nan()).then(a.total_cmp(b)));
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = q.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let part = place - below as f64;
    if part == 0.0 { sorted[below] } else { sorted[below] + part * (sorted[above] - sorted[below]) }
}

/// The quantile 1/2.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The 95 % interval of a share of `holds` in `total` after Wilson (1927): (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) /
/// (1 + z^2/n), z = 1.96; (0, 1) of nothing.
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

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn quantiles_of_small_samples() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(quantile(&[0.0, 10.0], 0.1), 1.0);
        assert_eq!((quantile(&[5.0], 0.9), quantile(&[1.0, 2.0], 1.0)), (5.0, 2.0));
        assert!(median(&[]).is_nan());
        for nan in [f64::NAN, -f64::NAN] {
            assert!(median(&[nan, 1.0, nan]).is_nan());
            assert_eq!(quantile(&[nan, 1.0, 2.0], 0.0), 1.0);
        }
    }
}
