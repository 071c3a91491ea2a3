//! C11, C17: which labels the kernel must be given to predict what a trained network predicts.

use ntk_core::regression::Fixed;
use ntk_core::train::StopRule;
use ntk_core::{Dataset, EmpiricalNtk, Kernel, Lift, Regression, Relu};
use rayon::prelude::*;

use super::problem::{self, Net, gaussian, samples};
use super::rate::{self, powers_of_two};
use super::row::{Cell, Data, Row, Test};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::experiment::Engine;
use crate::experiment::engine;
use crate::experiment::example3::test_points;
use crate::kernels::{relu_nngp, relu_ntk};
use crate::statistics::{Levels, Mean, jackknife};

/// The number of samples, which are evenly spaced.
const N: usize = 4;

/// A quantity falls if its exponent is below this, and stays if its exponent is no farther from 0 than this.
const FALLS: f64 = -0.25;

/// C11.
///
/// # Errors
/// None.
pub(super) fn c11(options: &Options) -> Result<Vec<Row>, Failure> {
    let columns = ["width", "largest difference, geometric mean"];
    let rate = |correct: bool| {
        Ok::<_, Failure>([(String::new(), gaps(options, correct)?.rate(Mean::Geometric, ALPHA))])
    };
    let judge = |statement, test, rates: &[_]| rate::judge(statement, test, rates, columns);
    Ok(vec![
        judge("corrected NTK - network ~ k^p: falls", (Test::Below, FALLS, 0.0), &rate(true)?),
        judge("uncorrected NTK - network ~ k^p: stays", (Test::Confined, 0.0, -FALLS), &rate(false)?),
    ])
}

/// Returns the largest difference on the test points between a trained network and kernel regression with its
/// empirical NTK, on y - f(w0) with f(w0) added back, or on y.
fn gaps(options: &Options, correct: bool) -> Result<Levels, Failure> {
    let widths = powers_of_two(6, options.choose(10, 12));
    let points = inputs(options.choose(10, 1))?;
    Levels::measure(&widths, options.choose(96, 64), |draw, width| {
        let (x, y) = samples::<N>()?;
        let data = Dataset::new(&x, &y)?;
        let before = network(options, 11, width, draw)?;
        let after = trained(before.clone(), &data)?;
        let mut start = [0.0; N];
        for (start, x) in start.iter_mut().zip(&x) {
            *start = before.value(x, 0)?;
        }
        let mut model = Regression::new(EmpiricalNtk::new(&before, 0)?, Fixed::<f64, 2, N>::new());
        let corrected = |i: usize| y[i][0] - options.factor() * start[i];
        let labels: [f64; N] = std::array::from_fn(|i| if correct { corrected(i) } else { y[i][0] });
        model.fit(&x, &labels, 0.0)?;
        let mut most = 0.0f64;
        for z in &points {
            let back = if correct { before.value(z, 0)? } else { 0.0 };
            most = most.max((model.mean(z)? + back - after.value(z, 0)?).abs());
        }
        Ok(if correct { most } else { options.bend(width as f64) * most })
    })
}

/// Returns every n-th of the test points of Example 3, lifted to the circle.
fn inputs(every: usize) -> Result<Vec<[f64; 2]>, Failure> {
    let lifted = |x: f64| {
        let mut z = [0.0; 2];
        Lift::Circle.apply(x, &mut z)?;
        Ok(z)
    };
    test_points().step_by(every).map(lifted).collect()
}

fn network(options: &Options, claim: u64, width: usize, draw: u64) -> Result<Net<Relu>, Failure> {
    gaussian(Relu, [2, width, 1], &mut problem::rng(options.seed, claim, width.ilog2() as usize, draw))
}

/// Returns the network after gradient descent to a mean squared error of 1e-10.
fn trained(mut network: Net<Relu>, data: &Dataset<'_, f64>) -> Result<Net<Relu>, Failure> {
    let rule = StopRule { target_mse: Some(1e-10), patience: None, max_steps: 200_000 };
    engine::train(Engine::Exact, &mut network, data, 0.05, &rule, |_, _| true)?;
    Ok(network)
}

/// C17.
///
/// # Errors
/// None.
pub(super) fn c17(options: &Options) -> Result<Vec<Row>, Failure> {
    ensembles(options, relu_ntk())
}

/// Compares wide trained networks with kernel regression on uncorrected labels. The claim is made for the NTK
/// as the kernel.
fn ensembles(options: &Options, kernel: impl Kernel<f64> + Clone + Sync) -> Result<Vec<Row>, Failure> {
    let (width, draws) = (options.choose(1024, 4096), 256);
    let (x, y) = samples::<N>()?;
    let data = Dataset::new(&x, &y)?;
    let mut model = Regression::new(kernel, Fixed::<f64, 2, N>::new());
    model.fit(data.x(), data.y(), 0.0)?;
    let points = inputs(10)?;
    let (mut means, mut spread) = (Vec::new(), 0.0);
    for z in &points {
        means.push(options.factor() * model.mean(z)?);
        let deviation = options.factor() * model.ensemble_deviation(&relu_nngp(), z)?;
        spread += deviation * deviation;
    }
    let of_one = |draw: u64| -> Result<Vec<f64>, Failure> {
        let network = trained(network(options, 17, width, draw)?, &data)?;
        points.iter().zip(&means).map(|(z, mean)| Ok(network.value(z, 0)? - mean)).collect()
    };
    let gaps = (0..draws as u64).into_par_iter().map(of_one).collect::<Result<Vec<_>, _>>()?;

    let alone = |kept: &[usize]| {
        let squares: f64 = kept.iter().flat_map(|&draw| &gaps[draw]).map(|gap| gap * gap).sum();
        (squares / kept.len() as f64 / spread).sqrt()
    };
    let mut data =
        Data::new(&["averaged networks", "rms gap of the average in units of the ensemble's deviation"]);
    let mut ratio = f64::NAN;
    for size in [1, 4, 16, 64, 256].into_iter().filter(|size| *size <= draws) {
        let averages = gaps.chunks_exact(size).map(|group| {
            let average = |place: usize| group.iter().map(|gaps| gaps[place]).sum::<f64>() / size as f64;
            (0..points.len()).map(average).map(|gap| gap * gap).sum::<f64>()
        });
        let squares: f64 = averages.sum();
        let gap = (squares / (draws / size) as f64 / spread).sqrt();
        data.push([size as f64, gap].map(Cell::from));
        // Of fewer than four averages the gap itself varies too much to judge by it.
        if 4 * size <= draws {
            ratio = gap * (size as f64).sqrt();
        }
    }
    let statement = "gap of a network / ensemble_deviation: stays";
    let estimate = jackknife(draws, ALPHA, alone);
    Ok(vec![
        Row::judge(statement, Test::Confined, 1.0, estimate, Some(0.5), data.clone()),
        Row::near("gap of the average of S, times sqrt S: closes", 1.0, ratio, 2.0, data),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uncorrected_label_is_seen() {
        let rates = [(String::new(), gaps(&Options::quick(0), false).unwrap().rate(Mean::Geometric, ALPHA))];
        assert!(rate::judge("", (Test::Below, FALLS, 0.0), &rates, ["", ""]).fails());
    }

    #[test]
    fn the_kernel_of_the_last_layer_predicts_something_else() {
        let rows = ensembles(&Options::quick(0), relu_nngp()).unwrap();
        assert!(rows[1].fails(), "{rows:?}");
    }
}
