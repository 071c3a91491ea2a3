//! Order statistics of small samples.

/// Returns the quantile q in [0, 1] by linear interpolation between order statistics (type 7 of Hyndman and
/// Fan 1996).
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

/// Returns the quantile 1/2.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// Quantiles of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Size of the sample.
    pub draws: usize,
    /// 10 %, 25 %, 50 %, 75 % and 90 %.
    pub quantiles: [f64; 5],
}

impl Spread {
    /// Returns the quantiles of these values; `None` if there are none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        (!values.is_empty()).then(|| Self {
            draws: values.len(),
            quantiles: [0.1, 0.25, 0.5, 0.75, 0.9].map(|q| quantile(values, q)),
        })
    }

    /// Returns the quantile 1/2.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.quantiles[2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
