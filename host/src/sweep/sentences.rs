//! Section 5 of the lecture on Example 3 and Figure 1, sentence by sentence: the share of draws in which each
//! sentence holds.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Measured, Rows, Width};
use crate::experiment::example3::Settings;
use crate::statistics::wilson;

/// One draw at all of its widths.
struct Draw<'r> {
    /// Networks narrower than the number of samples, and the others; ascending.
    narrow: Vec<&'r Measured>,
    wide: Vec<&'r Measured>,
    networks: BTreeMap<usize, &'r Measured>,
    ntk: Option<&'r Measured>,
    target: f64,
}

/// A sentence, what a program can check of it, and the check; `None` if a draw lacks what the check needs.
struct Sentence {
    lecture: &'static str,
    checked: &'static str,
    holds: fn(&Draw<'_>) -> Option<bool>,
}

const SENTENCES: [Sentence; 10] = [
    Sentence {
        lecture: "networks of width 1 and 10 are unable to fit the data exactly",
        checked: "both stay above the target MSE",
        holds: |d| Some(!d.fits(d.networks.get(&1)?) && !d.fits(d.networks.get(&10)?)),
    },
    Sentence {
        lecture: "the network of width 128 and the NTK interpolate the data",
        checked: "both come below it",
        holds: |d| Some(d.fits(d.networks.get(&128)?) && d.fits(d.ntk?)),
    },
    Sentence {
        lecture: "for k >= 15, we simply train until the MSE is less than 2e-3",
        checked: "every network with k >= n comes below it within the cap on the steps",
        holds: |d| (!d.wide.is_empty()).then(|| d.wide.iter().all(|m| d.fits(m))),
    },
    Sentence {
        lecture: "the test loss decreases for models of width k > 15",
        checked: "it is lower at each width from n up than at the one before",
        holds: |d| {
            at_least_two(&d.wide).then(|| d.wide.windows(2).all(|pair| pair[1].test_mse < pair[0].test_mse))
        },
    },
    Sentence {
        lecture: "increasing network width leads to lower test loss",
        checked: "it is lower at the widest network than at k = n",
        holds: |d| ends(&d.wide).map(|(first, last)| last < first),
    },
    Sentence {
        lecture: "the test error initially decreases and then increases for k < 15",
        checked: "among k < n it is least neither at the first width nor at the last",
        holds: |d| {
            let (first, last) = ends(&d.narrow)?;
            Some(least(&d.narrow) < first && least(&d.narrow) < last)
        },
    },
    Sentence {
        lecture: "the test error again follows the double descent model",
        checked: "at k = n it is above the least of k < n and above the widest network",
        holds: |d| {
            let (first, last) = ends(&d.wide)?;
            (!d.narrow.is_empty()).then(|| least(&d.narrow) < first && last < first)
        },
    },
    Sentence {
        lecture: "the NTK provides the lowest test error",
        checked: "it is lower than that of every network",
        holds: |d| {
            d.wide.first()?;
            Some(d.ntk?.test_mse < least(&d.narrow).min(least(&d.wide)))
        },
    },
    Sentence {
        lecture: "increasing width .. the model with lowest test loss corresponds to the NTK",
        checked: "it is lower than that of the widest network",
        holds: |d| Some(d.ntk?.test_mse < d.wide.last()?.test_mse),
    },
    Sentence {
        lecture: "the finite width network is not limiting to the NTK used here",
        checked: "the widest network is nearer to the NTK with corrected labels",
        holds: |d| d.wide.last()?.tangent.map(|t| t.gap_corrected < t.gap_uncorrected),
    },
];

/// In how many draws a sentence holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The sentence.
    pub lecture: &'static str,
    /// What of it was checked, n the number of samples.
    pub checked: &'static str,
    /// Draws in which it holds.
    pub holds: usize,
    /// Draws that have all that it needs.
    pub draws: usize,
    /// Wilson's 95 % interval for the share.
    pub interval: (f64, f64),
}

/// Returns the shares of all sentences that any draw can answer.
#[must_use]
pub fn shares(rows: &Rows, settings: &Settings) -> Vec<Share> {
    let mut seeds: Vec<u64> = rows.keys().map(|(seed, _)| *seed).collect();
    seeds.dedup();
    let draws: Vec<Draw<'_>> = seeds.iter().map(|seed| Draw::of(rows, *seed, settings)).collect();
    let share = |sentence: &Sentence| {
        let answers: Vec<bool> = draws.iter().filter_map(|draw| (sentence.holds)(draw)).collect();
        let holds = answers.iter().filter(|holds| **holds).count();
        let Sentence { lecture, checked, .. } = *sentence;
        Share { lecture, checked, holds, draws: answers.len(), interval: wilson(holds, answers.len()) }
    };
    SENTENCES.iter().map(share).filter(|share| share.draws > 0).collect()
}

/// Returns the text of `sentences.csv`.
#[must_use]
pub fn sentences_csv(shares: &[Share]) -> String {
    let mut text = "lecture,checked,holds,draws,share,low,high\n".to_owned();
    for Share { lecture, checked, holds, draws, interval: (low, high) } in shares {
        let share = *holds as f64 / *draws as f64;
        let _ = writeln!(text, "\"{lecture}\",\"{checked}\",{holds},{draws},{share:?},{low:?},{high:?}");
    }
    text
}

impl<'r> Draw<'r> {
    fn of(rows: &'r Rows, seed: u64, settings: &Settings) -> Self {
        let (mut narrow, mut wide, mut networks, mut ntk) = (Vec::new(), Vec::new(), BTreeMap::new(), None);
        for ((_, width), row) in rows.range((seed, Width::Finite(0))..=(seed, Width::Infinite)) {
            if let Width::Finite(k) = width {
                networks.insert(*k, row);
            }
            match width {
                Width::Finite(k) if *k < settings.samples => narrow.push(row),
                Width::Finite(_) => wide.push(row),
                Width::Infinite => ntk = Some(row),
            }
        }
        Self { narrow, wide, networks, ntk, target: settings.target_mse }
    }

    fn fits(&self, row: &Measured) -> bool {
        row.train_mse < self.target
    }
}

fn at_least_two(rows: &[&Measured]) -> bool {
    rows.len() >= 2
}

/// Returns the test errors of the first and the last width, if these differ.
fn ends(rows: &[&Measured]) -> Option<(f64, f64)> {
    at_least_two(rows)
        .then(|| (rows.first().map_or(0.0, |m| m.test_mse), rows.last().map_or(0.0, |m| m.test_mse)))
}

/// Returns the least test error; a run that diverged has none.
fn least(rows: &[&Measured]) -> f64 {
    rows.iter().map(|m| m.test_mse).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Engine, LiftName};
    use crate::sweep::Tangent;

    const SETTINGS: Settings = Settings {
        lift: LiftName::Circle,
        engine: Engine::Exact,
        samples: 15,
        learning_rate: 0.01,
        target_mse: 2e-3,
        patience: 50,
        max_steps: 100,
    };

    /// Widths 1, 5, 10, 15, 32, 128 and the NTK with these test errors; the first three do not fit.
    fn draw(seed: u64, errors: [f64; 7]) -> Rows {
        let widths = [1, 5, 10, 15, 32, 128].map(Width::Finite).into_iter().chain([Width::Infinite]);
        let row = |(width, test_mse): (Width, f64)| {
            let train_mse = if width < Width::Finite(15) { 0.1 } else { 1e-3 };
            let tangent = (width != Width::Infinite).then_some(Tangent {
                ntk_change: 1.0,
                hessian_norm: 1.0,
                hessian_norm_gelu: 1.0,
                gap_uncorrected: 0.5,
                gap_corrected: 0.1,
            });
            ((seed, width), Measured { steps: 1, stop: String::new(), train_mse, test_mse, tangent })
        };
        widths.zip(errors).map(row).collect()
    }

    fn answers(rows: &Rows) -> Vec<bool> {
        shares(rows, &SETTINGS).iter().map(|share| share.holds == share.draws).collect()
    }

    #[test]
    fn a_draw_like_the_figure_has_all_and_each_change_costs_its_sentences() {
        let figure = [0.9, 0.5, 0.8, 1.0, 0.4, 0.3, 0.2];
        assert_eq!(answers(&draw(0, figure)), [true; 10]);
        #[rustfmt::skip]
        let changes: [(usize, f64, &[usize]); 6] = [
            (4, 1.1, &[3]),                // rises on the way down
            (5, 1.2, &[3, 4, 6]),          // ends above k = n
            (0, 0.4, &[5]),                // least at the first width
            (3, 0.45, &[6]),               // no peak
            (6, 0.35, &[7, 8]),            // the widest network is better
            (1, 0.1, &[7]),                // a narrow one is
        ];
        for (place, error, lost) in changes {
            let mut errors = figure;
            errors[place] = error;
            let expected: Vec<bool> = (0..10).map(|i| !lost.contains(&i)).collect();
            assert_eq!(answers(&draw(0, errors)), expected, "{place} {error}");
        }
        let mut rows = draw(0, figure);
        for ((_, width), row) in &mut rows {
            match width {
                Width::Finite(1) => row.train_mse = 1e-3,
                Width::Finite(32) => row.train_mse = f64::NAN,
                Width::Finite(128) => row.tangent = row.tangent.map(|t| Tangent { gap_corrected: 0.6, ..t }),
                _ => (),
            }
        }
        assert_eq!(answers(&rows), [false, true, false, true, true, true, true, true, true, false]);
    }

    #[test]
    fn shares_count_draws_and_leave_out_what_cannot_be_said() {
        let mut rows = draw(0, [0.9, 0.5, 0.8, 1.0, 0.4, 0.3, 0.2]);
        rows.extend(draw(1, [0.9, 0.5, 0.8, 1.0, 0.4, 0.3, 0.35]));
        let all = shares(&rows, &SETTINGS);
        assert_eq!((all.len(), all[7].holds, all[7].draws, all[4].holds), (10, 1, 2, 2));
        assert!(sentences_csv(&all).contains(",1,2,0.5,0.0945"), "{}", sentences_csv(&all));
        rows.retain(|(_, width), _| *width == Width::Infinite);
        assert_eq!(shares(&rows, &SETTINGS), []);
        assert_eq!(shares(&Rows::new(), &SETTINGS), []);
    }
}
