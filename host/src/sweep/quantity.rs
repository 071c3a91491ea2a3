//! What the rows of a width measure, as a distribution over draws and as a function of the width.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Measured, Rows, Tangent, Width, widths};
use crate::statistics::{MeanLaw, Spread};

/// What a row measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Mean squared error against g.
    TestMse,
    /// Mean squared error on the samples.
    TrainMse,
    /// Steps until target or patience ended the training. A run that the cap ended has NaN, which sorts as
    /// longer than any other.
    Steps,
    /// Change of the NTK by training; see [`Tangent`] for this and the following.
    NtkChange,
    /// Norm of the Hessian of the ReLU network.
    HessianNorm,
    /// Norm of the Hessian of the GELU network with the same weights.
    HessianNormGelu,
    /// Distance to the NTK's prediction with labels as given.
    GapUncorrected,
    /// Distance to the prediction with corrected labels.
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

/// Returns the quantiles of a quantity over the draws at one width; `None` without rows.
#[must_use]
pub fn spread(rows: &Rows, width: Width, quantity: Quantity) -> Option<Spread> {
    let of_width = rows.iter().filter(|((_, w), _)| *w == width);
    let values: Vec<f64> = of_width.filter_map(|(_, row)| quantity.of(row)).collect();
    Spread::of(&values)
}

/// Returns all spreads of a quantity by finite width, ascending.
#[must_use]
pub fn spreads(rows: &Rows, quantity: Quantity) -> Vec<(usize, Spread)> {
    let of = |k| spread(rows, Width::Finite(k), quantity).map(|spread| (k, spread));
    widths(rows).into_iter().filter_map(of).collect()
}

/// Returns the text of `quantiles.csv`: a line for each quantity and width.
#[must_use]
pub fn quantiles_csv(rows: &Rows) -> String {
    let mut text = "quantity,width,draws,q10,q25,median,q75,q90\n".to_owned();
    let all = || widths(rows).into_iter().map(Width::Finite).chain([Width::Infinite]);
    for (quantity, width) in Quantity::ALL.into_iter().flat_map(|q| all().map(move |width| (q, width))) {
        if let Some(Spread { draws, quantiles: [a, b, c, d, e] }) = spread(rows, width, quantity) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{},{width},{draws},{a:?},{b:?},{c:?},{d:?},{e:?}", quantity.name());
        }
    }
    text
}

/// Returns the power law of a quantity in the width, over widths from `least` up. Values that are not
/// positive and finite are left out; `None` if no draw has two widths.
#[must_use]
pub fn power_law(rows: &Rows, quantity: Quantity, least: usize) -> Option<MeanLaw> {
    let mut draws: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
    for ((seed, width), row) in rows {
        if let (Width::Finite(k), Some(v)) = (width, quantity.of(row))
            && *k >= least
            && v > 0.0
            && v.is_finite()
        {
            draws.entry(*seed).or_default().push((*k as f64, v));
        }
    }
    MeanLaw::of(draws.values().map(Vec::as_slice))
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
        assert!(
            exact.is_some_and(
                |m| (m.mean.exponent + 0.5).abs() < 1e-12 && m.half_width.is_some_and(|h| h < 1e-12)
            ),
            "{exact:?}"
        );
        // Slopes -1 and 0 in turn: mean -1/2, standard deviation 0.513, of the mean 0.1147.
        let mixed = law(&rows(20, |seed, k| if seed % 2 == 0 { 1.0 / k } else { 3.0 }), 16);
        assert!(
            mixed.is_some_and(|m| (m.mean.exponent + 0.5).abs() < 1e-12
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
        let steps = spread(&some, Width::Finite(4), Quantity::Steps);
        assert!(
            steps.is_some_and(|s| s.draws == 4 && s.median() == 9.0 && s.quantiles[4].is_nan()),
            "{steps:?}"
        );
        let test = spread(&some, Width::Finite(16), Quantity::TestMse);
        assert_eq!(test.map(|s| s.quantiles[1..4].to_vec()), Some(vec![0.75, 1.5, 2.25]));
        assert_eq!(spread(&some, Width::Infinite, Quantity::TestMse), None);
        assert!(quantiles_csv(&some).contains("\ntest_mse,16,4,"));
    }
}
