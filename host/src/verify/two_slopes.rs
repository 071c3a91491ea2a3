//! C14: Example 3 to the letter, d = 1 and no bias, cannot be fitted by any width.
//!
//! For x > 0 the network is c x with c = (sum of a b over the units with b > 0) sqrt(2 / k), and likewise for
//! x < 0. With S the sum of x^2 over the samples of a side and c* their least-squares slope, the side's
//! excess over the floor is S (c - c*)^2 in the sum of squares, and a step of gradient descent at rate eta is
//!
//! ```text
//! c' - c* = (c - c*) (1 - eta S l) + h^2 c,   l = (2 / k) sum (a^2 + b^2),   h = eta S (c - c*) sqrt(2 / k).
//! ```
//!
//! A unit moves on a hyperbola: a step multiplies u = a + b by 1 - h and v = a - b by 1 + h. So the product
//! of sum u^2 and sum v^2 never grows, and its root at the end bounds sum (a^2 + b^2) at every step from
//! below. With units that are on the side at the start and at the end only, which were there all the time,
//! this bounds the rate, and so what is left after t steps of a descent that may not have ended.

use ntk_core::kernel::gram;
use ntk_core::{Parameters, symmetric_eigen};
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

/// Returns the settings of Example 3, but with training until the error no longer falls.
fn to_the_end(lift: LiftName) -> Settings {
    Settings { target_mse: 1e-12, ..settings(lift, 20_000) }
}

/// Returns the training error of wide networks, less what their descent may have left, over the error that
/// the two best slopes leave: 1 at every width.
fn floor(options: &Options, lift: LiftName) -> Result<Row, Failure> {
    let runs: Vec<(u64, usize)> =
        draws(options).flat_map(|seed| [32, 128, 1024].map(|width| (seed, width))).collect();
    let excess = |&(seed, width): &(u64, usize)| -> Result<[f64; 3], Failure> {
        let draw = Draw::new(seed, &to_the_end(lift))?;
        let trained = Trained::new(&draw, &to_the_end(lift), width, &Interrupt::default())?;
        let left = left(&trained, to_the_end(lift).learning_rate)?;
        Ok([trained.outcome.mse, draw.two_slope_floor(), left])
    };
    let found = runs.par_iter().map(excess).collect::<Result<Vec<_>, _>>()?;
    let mut data = Data::new(&["seed", "width", "training error", "two slopes leave", "descent leaves"]);
    let mut errors = Vec::new();
    for ((seed, width), [mse, floor, left]) in runs.iter().zip(found) {
        data.push([*seed as f64, *width as f64, mse, floor, left].map(Cell::from));
        let excess = mse - options.factor() * floor;
        let error = if excess > 0.0 { (excess - left).max(0.0) } else { -excess };
        errors.push((format!("width {width}"), error / floor));
    }
    Ok(Row::error("as printed: MSE ends at the two-slope floor", largest(errors), 1e-9, data))
}

/// Returns the most that a descent of so many steps leaves above the floor, by the head of this file. The
/// rate is halved, which covers the term h^2 c.
fn left(trained: &Trained, rate: f64) -> Result<f64, Failure> {
    let (draw, before, after) = (trained.draw(), trained.initial(), trained.network());
    let units = || {
        let starts = before.weights.b_row(0);
        starts
            .iter()
            .zip(after.weights.a_row(0))
            .zip(after.weights.b_row(0))
            .map(|((start, a), b)| [start, a, b])
    };
    if after.shape().inputs != 1 {
        return Ok(0.0); // another lift has no two slopes
    }
    let mut rest = 0.0;
    for sign in [1.0, -1.0] {
        let samples = || draw.x.iter().zip(&draw.y).filter(|(x, _)| **x * sign > 0.0);
        let (xy, xx) = samples().fold((0.0, 0.0), |(xy, xx), (x, y)| (xy + x * y, xx + x * x));
        if xx == 0.0 {
            continue;
        }
        let distance = sign * before.value(&[sign], 0)? - xy / xx;
        let stayed = units().filter(|[start, _, b]| *start * sign > 0.0 && *b * sign > 0.0);
        let squares = stayed.fold([0.0; 2], |[sum, difference], [_, a, b]| {
            [sum + (a + b) * (a + b), difference + (a - b) * (a - b)]
        });
        // sum (a^2 + b^2) is half the sum of both and so at least the root of their product.
        let slowest = 2.0 / after.shape().width as f64 * (squares[0] * squares[1]).sqrt();
        let factor = 1.0 - 0.5 * rate * xx * slowest;
        rest += xx * distance * distance * libm::pow(factor * factor, f64::from(trained.outcome.steps));
    }
    Ok(rest / draw.x.len() as f64)
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
            errors.push((format!("x {x}"), (options.factor() * twice - 2.0 * once).abs()));
        }
    }
    Ok(Row::error("f is linear on each side of 0, error", largest(errors), 1e-14, data))
}

/// Returns the third eigenvalue of the 15 x 15 NTK in units of the first: 0, since the rank is 2.
fn rank(options: &Options, lift: LiftName) -> Result<Row, Failure> {
    let mut data = Data::new(&["seed", "second / first", "third / first"]);
    let mut errors = Vec::new();
    for seed in draws(options) {
        let draw = Draw::new(seed, &settings(lift, 1))?;
        let n = draw.y.len();
        let (mut matrix, mut values, mut vectors) = (vec![0.0; n * n], vec![0.0; n], vec![0.0; n * n]);
        gram(&relu_ntk(), draw.dataset()?.x(), &mut matrix)?;
        matrix[0] *= options.factor();
        symmetric_eigen(&mut matrix, n, &mut values, &mut vectors)?;
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
