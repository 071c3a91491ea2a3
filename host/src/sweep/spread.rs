//! The rows of a width as a distribution over draws, and how it depends on the width.

use std::fmt::Write;

use ntk_core::Scalar;

use super::{Measured, Rows, Tangent, Width, widths};
use crate::statistics::quantile;

/// What a row measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Mean squared error against g.
    TestMse,
    /// Mean squared error on the samples.
    TrainMse,
    /// Steps until target or patience ended the training; NaN, longer than any other, if nothing but the cap did.
    Steps,
    /// See [`Tangent`], as for the rest.
    NtkChange,
    /// Of the ReLU network.
    HessianNorm,
    /// Of its smooth twin.
    HessianNormGelu,
    /// To the NTK with labels as given.
    GapUncorrected,
    /// To the NTK with corrected labels.
    GapCorrected,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::TestMse,
        Self::TrainMse,
        Self::Steps,
        Self::NtkChange,
        Self::HessianNorm,
        Self::HessianNormGelu,
        Self::GapUncorrected,
        Self::GapCorrected,
    ];

    /// Its column in a file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TestMse => "test_mse",
            Self::TrainMse => "train_mse",
            Self::Steps => "steps",
            Self::NtkChange => "ntk_change",
            Self::HessianNorm => "hessian_norm",
            Self::HessianNormGelu => "hessian_norm_gelu",
            Self::GapUncorrected => "gap_uncorrected",
            Self::GapCorrected => "gap_corrected",
        }
    }

    /// Its value in a row, if the row has one.
    #[must_use]
    pub fn of(self, row: &Measured) -> Option<f64> {
        let tangent = |f: fn(&Tangent) -> f64| row.tangent.as_ref().map(f);
        match self {
            Self::TestMse => Some(row.test_mse),
            Self::TrainMse => Some(row.train_mse),
            Self::Steps => match row.stop.as_str() {
                "target" | "patience" => Some(f64::from(row.steps)),
                "max-steps" | "diverged" => Some(f64::NAN),
                _ => None,
            },
            Self::NtkChange => tangent(|t| t.ntk_change),
            Self::HessianNorm => tangent(|t| t.hessian_norm),
            Self::HessianNormGelu => tangent(|t| t.hessian_norm_gelu),
            Self::GapUncorrected => tangent(|t| t.gap_uncorrected),
            Self::GapCorrected => tangent(|t| t.gap_corrected),
        }
    }
}

/// Quantiles over draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// How many draws.
    pub draws: usize,
    /// 10 %, 25 %, 50 %, 75 % and 90 %.
    pub quantiles: [f64; 5],
}

impl Spread {
    /// Those of one width; none without rows.
    #[must_use]
    pub fn of(rows: &Rows, width: Width, quantity: Quantity) -> Option<Self> {
        let of_width = rows.iter().filter(|((_, w), _)| *w == width);
        let values: Vec<f64> = of_width.filter_map(|(_, row)| quantity.of(row)).collect();
        (!values.is_empty()).then(|| Self {
            draws: values.len(),
            quantiles: [0.1, 0.25, 0.5, 0.75, 0.9].map(|q| quantile(&values, q)),
        })
    }

    /// The quantile 1/2.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.quantiles[2]
    }
}

/// All spreads of a quantity by finite width, ascending.
#[must_use]
pub fn spreads(rows: &Rows, quantity: Quantity) -> Vec<(usize, Spread)> {
    let of = |k| Spread::of(rows, Width::Finite(k), quantity).map(|spread| (k, spread));
    widths(rows).into_iter().filter_map(of).collect()
}

/// `quantiles.csv`: a line for each quantity and width.
#[must_use]
pub fn quantiles_csv(rows: &Rows) -> String {
    let mut text = "quantity,width,draws,q10,q25,median,q75,q90\n".to_owned();
    let all = || widths(rows).into_iter().map(Width::Finite).chain([Width::Infinite]);
    for (quantity, width) in Quantity::ALL.into_iter().flat_map(|q| all().map(move |width| (q, width))) {
        if let Some(Spread { draws, quantiles: [a, b, c, d, e] }) = Spread::of(rows, width, quantity) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{},{width},{draws},{a:?},{b:?},{c:?},{d:?},{e:?}", quantity.name());
        }
    }
    text
}

/// A power law c k^slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLaw {
    /// The exponent, mean over draws.
    pub slope: f64,
    /// 1.96 standard errors of it; none for fewer than 20 draws.
    pub half_width: Option<f64>,
    /// ln c, mean over draws.
    pub intercept: f64,
}

/// Least squares of ln(value) on ln(k), in each draw apart, over widths from `least` up; draws are independent, so their spread gives
/// the error. Values that are not positive and finite are passed over; none without two widths.
#[must_use]
pub fn power_law(rows: &Rows, quantity: Quantity, least: usize) -> Option<PowerLaw> {
    let mut lines: Vec<(f64, f64)> = Vec::new();
    let all: Vec<(u64, f64, f64)> = rows
        .iter()
        .filter_map(|((seed, width), row)| match (width, quantity.of(row)) {
            (Width::Finite(k), Some(v)) if *k >= least && v > 0.0 && v.is_finite() => {
                Some((*seed, Scalar::ln(*k as f64), Scalar::ln(v)))
            }
            _ => None,
        })
        .collect();
    for draw in all.chunk_by(|a, b| a.0 == b.0) {
        let n = draw.len() as f64;
        let (x, y) = draw.iter().fold((0.0, 0.0), |(x, y), p| (x + p.1 / n, y + p.2 / n));
        let (xx, xy) = draw
            .iter()
            .fold((0.0, 0.0), |(xx, xy), p| (xx + (p.1 - x) * (p.1 - x), xy + (p.1 - x) * (p.2 - y)));
        if xx > 0.0 {
            lines.push((xy / xx, y - xy / xx * x));
        }
    }
    let n = lines.len() as f64;
    let (slope, intercept) = lines.iter().fold((0.0, 0.0), |(s, i), line| (s + line.0 / n, i + line.1 / n));
    let variance = lines.iter().map(|line| (line.0 - slope) * (line.0 - slope)).sum::<f64>() / (n - 1.0);
    let half_width = (lines.len() >= 20).then(|| 1.96 * Scalar::sqrt(variance / n));
    (!lines.is_empty()).then_some(PowerLaw { slope, half_width, intercept })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(draws: u64, value: impl Fn(u64, f64) -> f64) -> Rows {
        let keys = (0..draws).flat_map(|seed| [4, 16, 64, 256].map(|k| (seed, k)));
        keys.map(|(seed, k)| {
            let test_mse = value(seed, k as f64);
            let row =
                Measured { steps: 9, stop: "target".to_owned(), train_mse: 0.0, test_mse, tangent: None };
            ((seed, Width::Finite(k)), row)
        })
        .collect()
    }

    #[test]
    fn a_power_law_is_found_again() {
        let law = |rows: &Rows, least| power_law(rows, Quantity::TestMse, least);
        let exact = law(&rows(20, |seed, k| (seed as f64 + 1.0) / k.sqrt()), 0);
        let PowerLaw { slope, half_width, .. } =
            exact.unwrap_or(PowerLaw { slope: 0.0, half_width: None, intercept: 0.0 });
        assert!((slope + 0.5).abs() < 1e-12 && half_width.is_some_and(|h| h < 1e-12), "{exact:?}");
        // Slopes -1 and 0 in turn: mean -1/2, standard deviation 0.513, of the mean 0.1147.
        let mixed = law(&rows(20, |seed, k| if seed % 2 == 0 { 1.0 / k } else { 3.0 }), 16);
        assert!(
            mixed.is_some_and(|m| (m.slope + 0.5).abs() < 1e-12
                && m.half_width.is_some_and(|h| (h - 1.96 * 0.114_707_866_935).abs() < 1e-9)),
            "{mixed:?}"
        );
        assert!(law(&rows(3, |_, k| k), 0).is_some_and(|m| m.half_width.is_none()));
        assert_eq!(law(&rows(3, |_, _| 0.0), 0), None);
        assert_eq!(law(&rows(3, |_, k| k), 256), None);
    }

    #[test]
    fn a_run_without_an_end_is_longer_than_any_other() {
        let mut some = rows(4, |seed, _| seed as f64);
        for ((seed, _), row) in &mut some {
            if *seed == 0 {
                row.stop = "max-steps".to_owned();
            }
        }
        let steps = Spread::of(&some, Width::Finite(4), Quantity::Steps);
        assert!(
            steps.is_some_and(|s| s.draws == 4 && s.median() == 9.0 && s.quantiles[4].is_nan()),
            "{steps:?}"
        );
        let test = Spread::of(&some, Width::Finite(16), Quantity::TestMse);
        assert_eq!(test.map(|s| s.quantiles[1..4].to_vec()), Some(vec![0.75, 1.5, 2.25]));
        assert_eq!(Spread::of(&some, Width::Infinite, Quantity::TestMse), None);
        assert!(quantiles_csv(&some).contains("\ntest_mse,16,4,"));
    }
}
