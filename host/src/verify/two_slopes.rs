//! C14: Example 3 to the letter, d = 1 and no bias, cannot be fitted by any width.

use ntk_core::eigen;
use ntk_core::kernel::gram;
use rayon::prelude::*;

use super::Options;
use super::double_descent::settings;
use super::row::{Cell, Data, Row, largest};
use crate::error::Failure;
use crate::experiment::LiftName;
use crate::experiment::example3::{Draw, Settings, Trained};
use crate::experiment::interrupt::Interrupt;
use crate::kernels::relu_ntk;

/// C14.
///
/// # Errors
/// None.
pub(super) fn c14(options: &Options) -> Result<Vec<Row>, Failure> {
    let raw = LiftName::Raw;
    Ok(vec![floor(options, raw)?.refuting(), slopes(options, raw)?, rank(options, raw)?])
}

fn draws(options: &Options) -> impl Iterator<Item = u64> {
    let first = options.seed << 32;
    (0..options.choose(4, 16)).map(move |draw| first + draw)
}

/// The settings of Example 3, but with training until the error no longer falls.
fn to_the_end(lift: LiftName) -> Settings {
    Settings { target_mse: 1e-12, ..settings(lift, 20_000) }
}

/// The training error of wide networks in units of the error that the two best slopes leave: 1 at every
/// width.
fn floor(options: &Options, lift: LiftName) -> Result<Row, Failure> {
    let runs: Vec<(u64, usize)> =
        draws(options).flat_map(|seed| [32, 128, 1024].map(|width| (seed, width))).collect();
    let excess = |&(seed, width): &(u64, usize)| -> Result<[f64; 2], Failure> {
        let draw = Draw::new(seed, &to_the_end(lift))?;
        Ok([
            Trained::new(&draw, &to_the_end(lift), width, &Interrupt::default())?.outcome.mse,
            draw.two_slope_floor(),
        ])
    };
    let found = runs.par_iter().map(excess).collect::<Result<Vec<_>, _>>()?;
    let mut data = Data::new(&["seed", "width", "training error", "two slopes leave"]);
    let mut errors = Vec::new();
    for ((seed, width), [mse, floor]) in runs.iter().zip(found) {
        data.push([*seed as f64, *width as f64, mse, floor].map(Cell::from));
        errors.push((format!("width {width}"), (mse / floor - 1.0).abs()));
    }
    Ok(Row::error("as printed: MSE ends at the two-slope floor", largest(errors), 1e-6, data))
}

/// f(2 x) = 2 f(x) for either sign, before and after training.
fn slopes(options: &Options, lift: LiftName) -> Result<Row, Failure> {
    let mut data = Data::new(&["seed", "x", "f(x)", "f(2 x)"]);
    let mut errors = Vec::new();
    for seed in draws(options) {
        let settings = Settings { max_steps: 100, ..to_the_end(lift) };
        let draw = Draw::new(seed, &settings)?;
        let trained = Trained::new(&draw, &settings, 64, &Interrupt::default())?;
        for x in [-0.5, -0.1, 0.2, 0.4] {
            let (once, twice) = (trained.predict(x)?, trained.predict(2.0 * x)?);
            data.push([seed as f64, x, once, twice].map(Cell::from));
            errors.push((format!("x {x}"), (twice - 2.0 * once).abs()));
        }
    }
    Ok(Row::error("f is linear on each side of 0, error", largest(errors), 1e-14, data))
}

/// The third eigenvalue of the 15 x 15 NTK in units of the first: 0, since the rank is 2.
fn rank(options: &Options, lift: LiftName) -> Result<Row, Failure> {
    let mut data = Data::new(&["seed", "second / first", "third / first"]);
    let mut errors = Vec::new();
    for seed in draws(options) {
        let draw = Draw::new(seed, &settings(lift, 1))?;
        let n = draw.y.len();
        let (mut matrix, mut values, mut vectors) = (vec![0.0; n * n], vec![0.0; n], vec![0.0; n * n]);
        gram(&relu_ntk(), draw.dataset()?.x(), &mut matrix)?;
        eigen(&mut matrix, n, &mut values, &mut vectors)?;
        data.push([seed as f64, values[1] / values[0], values[2] / values[0]].map(Cell::from));
        errors.push((format!("seed {seed}"), (values[2] / values[0]).abs()));
    }
    Ok(Row::error("the NTK of the samples has rank 2: l_3 / l_1", largest(errors), 1e-13, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_a_second_coordinate_there_is_no_floor() {
        assert!(!floor(&Options::quick(0), LiftName::Raw).unwrap().fails());
        assert!(floor(&Options::quick(0), LiftName::Circle).unwrap().fails());
    }

    #[test]
    fn with_a_second_coordinate_nothing_is_two_slopes() {
        for lift in [LiftName::Circle, LiftName::Bias] {
            assert!(slopes(&Options::quick(0), lift).unwrap().fails());
            assert!(rank(&Options::quick(0), lift).unwrap().fails());
        }
    }
}
