//! C13: the sentences of Section 5, each as the share of draws in which it is true.

use rayon::prelude::*;

use super::row::{Cell, Data, Row, Test};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::experiment::example3::Settings;
use crate::experiment::interrupt::Interrupt;
use crate::experiment::{Engine, LiftName};
use crate::statistics::share;
use crate::sweep::{Measured, Runner, Width};

/// The widths of the lecture, and those of a quick run.
const WIDTHS: [usize; 18] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 32, 64, 128, 256, 512, 1024];
const FEW: [usize; 4] = [1, 5, 15, 1024];

/// Returns the settings of Example 3. Narrow networks improve by less and less without an end, so the steps
/// have a cap.
#[must_use]
pub(super) fn settings(lift: LiftName, max_steps: u32) -> Settings {
    Settings {
        lift,
        engine: Engine::Exact,
        samples: 15,
        learning_rate: 0.01,
        target_mse: 2e-3,
        patience: 50,
        max_steps,
    }
}

/// Test errors of a draw: at each finite width, and of the NTK.
struct Draw {
    finite: Vec<(usize, Measured)>,
    ntk: f64,
}

impl Draw {
    fn at(&self, k: usize) -> f64 {
        self.finite.iter().find(|(width, _)| *width == k).map_or(f64::NAN, |(_, measured)| measured.test_mse)
    }

    fn least(&self) -> f64 {
        self.finite.iter().fold(f64::INFINITY, |least, (_, measured)| least.min(measured.test_mse))
    }
}

/// C13.
///
/// The lecture shows one draw. Here a sentence is judged by many draws: it holds if it is true in more than
/// half of them. The rarest true sentence is true in about 3 draws of 4. With n draws the interval excludes
/// one half unless fewer than n/2 + 2.2 sqrt n of them agree, so that n = 200 misses it once in 10^5 runs.
///
/// # Errors
/// None.
pub(super) fn c13(options: &Options) -> Result<Vec<Row>, Failure> {
    let draws = draws(options)?;
    let share = |statement, test, holds: fn(&Draw, f64) -> bool| {
        sentence(statement, &draws, test, |draw| holds(draw, options.factor()))
    };
    let mut rows = vec![
        share("test error falls from k = 1 to 5, share of draws", Test::Above, |d, f| f * d.at(5) < d.at(1)),
        share("as printed: it rises from 5 to 15, share of draws", Test::Below, |d, f| {
            f * d.at(15) > d.at(5)
        })
        .refuting(),
        share("it falls from k = 15 to 1024, share of draws", Test::Above, |d, f| f * d.at(1024) < d.at(15)),
        share("the NTK's is below that of k = 15, share", Test::Above, |d, f| f * d.ntk < d.at(15)),
    ];
    if !options.quick {
        let statement = "as printed: the NTK's is the lowest, share";
        rows.push(share(statement, Test::Below, |d, f| d.ntk < f * d.least()).refuting());
    }
    if let Some(first) = rows.first_mut() {
        first.data = table(&draws); // once, for all of them
    }
    Ok(rows)
}

/// Returns the share of draws in which a sentence is true, against one half.
fn sentence(statement: &str, draws: &[Draw], test: Test, holds: impl Fn(&Draw) -> bool) -> Row {
    let count = draws.iter().filter(|draw| holds(draw)).count();
    let mut data = Data::new(&["draws", "in which it is true"]);
    data.push([draws.len().into(), count.into()]);
    Row::judge(statement, test, 0.5, share(count, draws.len(), ALPHA), None, data)
}

fn draws(options: &Options) -> Result<Vec<Draw>, Failure> {
    let settings = settings(LiftName::Circle, options.choose(30_000, 100_000));
    let widths: &[usize] = if options.quick { &FEW } else { &WIDTHS };
    // Seed 0 gives the data of `ntk sweep`.
    let seeds: Vec<u64> = (0..options.choose(224, 320)).map(|draw| (options.seed << 32) + draw).collect();
    let interrupt = Interrupt::default();
    let runner = Runner::new(&settings, &interrupt);
    let errors = |&seed: &u64| -> Result<Draw, Failure> {
        let measure = |width: Width| runner.run((seed, width));
        let finite = widths.iter().map(|&k| Ok((k, measure(Width::Finite(k))?)));
        let finite = finite.collect::<Result<Vec<_>, Failure>>()?;
        Ok(Draw { finite, ntk: measure(Width::Infinite)?.test_mse })
    };
    seeds.par_iter().map(errors).collect()
}

/// Returns a row for each draw and width, and for the NTK.
fn table(draws: &[Draw]) -> Data {
    let mut data = Data::new(&["draw", "width", "test error", "steps", "stop"]);
    for (number, draw) in draws.iter().enumerate() {
        for (k, m) in &draw.finite {
            let how = [Cell::from(f64::from(m.steps)), Cell::from(m.stop.as_str())];
            data.push([Cell::from(number), (*k).into(), m.test_mse.into()].into_iter().chain(how));
        }
        data.push([Cell::from(number), "inf".into(), draw.ntk.into(), 0usize.into(), "solved".into()]);
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The opposite of each sentence must fail, and so must a sentence that is true by chance in half of the
    /// draws.
    #[test]
    fn false_sentences_are_seen() {
        let draws = draws(&Options::quick(0)).unwrap();
        let fails = |test, holds: fn(&Draw) -> bool| sentence("", &draws, test, holds).fails();
        assert!(fails(Test::Above, |d| d.at(1) < d.at(5)));
        assert!(fails(Test::Above, |d| d.at(15) > d.at(5)));
        assert!(fails(Test::Above, |d| d.at(1024) > d.at(15)));
        assert!(
            fails(Test::Above, |d| d.ntk.to_bits() % 2 == 0)
                && fails(Test::Below, |d| d.ntk.to_bits() % 2 == 0)
        );
    }
}
