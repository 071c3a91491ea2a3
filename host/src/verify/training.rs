//! C9, C10: steps 2 and 3 of the equivalence, on networks that are trained.

use ntk_core::kernel::gram;
use ntk_core::train::{StopRule, descend, workspace_len};
use ntk_core::{Dataset, EmpiricalNtk, Erf, Linearized, Rows, hessian, largest_eigenvalue, symmetric_eigen};
use rayon::prelude::*;

use super::problem::{self, Net, gaussian, length, samples, zeros};
use super::rate::{self, powers_of_two};
use super::row::{Cell, Data, Row, Test, largest};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::experiment::Engine;
use crate::experiment::engine;
use crate::statistics::{Levels, Mean};

/// Samples of the networks of C9.
const N: usize = 8;
/// Samples of the networks of C10. With fewer samples, the slowest mode is the only one left sooner.
const FEW: usize = 3;

/// What training did to a network.
#[derive(Clone, Copy, Debug)]
struct Drift {
    /// |K_t - K_0|, the root of the sum of squares over all pairs of samples.
    change: f64,
    /// Largest norm of the Hessian, at any sample, on the way.
    hessian: f64,
    /// |w_t - w_0|.
    distance: f64,
    /// Largest |K_t - K_0| of a pair in units of its bound e R (|g_x| + |g_y|) + e^2 R^2.
    of_bound: f64,
}

/// C9.
///
/// # Errors
/// None.
pub(super) fn c9(options: &Options) -> Result<Vec<Row>, Failure> {
    let data = drifts(options)?;
    let change = levels(&data, |k, drift| options.bend(k) * drift.change);
    let ratio = ratio(&data, |k| options.bend(k));
    let statement = "K_t - K_0 ~ k^p in training: O(k^-1/2)";
    let columns = ["width", "geometric mean"];
    let worst = data.1.iter().flatten().map(|drift| (String::new(), options.factor() * drift.of_bound));
    let (_, of_bound) = largest(worst);
    let below = Row::near("K_t - K_0 in units of its bound by e R", 0.0, of_bound, 1.0, table(&data));
    Ok(vec![
        rate::judge(
            statement,
            (Test::Below, -0.4, 0.0),
            &[(String::new(), change.rate(Mean::Geometric, ALPHA))],
            columns,
        ),
        ratio,
        below,
    ])
}

/// |K_t - K_0| / (e R) does not grow, with e the norm of the Hessian. `times` multiplies it, 1 in the
/// claim.
fn ratio((widths, drifts): &Drifts, times: impl Fn(f64) -> f64) -> Row {
    let levels = levels(&(widths.clone(), drifts.clone()), |k, drift| {
        times(k) * drift.change / (drift.hessian * drift.distance)
    });
    let rate = levels.rate(Mean::Geometric, ALPHA);
    let mut data = Data::new(&["width", "geometric mean"]);
    for (k, ratio) in &rate.points {
        data.push([*k, *ratio].map(Cell::from));
    }
    let statement = "(K_t - K_0) / (e R) ~ k^p: bounded";
    Row::judge(statement, Test::Below, 0.15, rate.exponent, None, data)
}

/// Widths, and for each draw the drift at each width.
type Drifts = (Vec<usize>, Vec<Vec<Drift>>);

fn levels((widths, drifts): &Drifts, of: impl Fn(f64, &Drift) -> f64) -> Levels {
    let x: Vec<f64> = widths.iter().map(|&k| k as f64).collect();
    let draws =
        drifts.iter().map(|row| x.iter().zip(row).map(|(k, drift)| of(*k, drift)).collect()).collect();
    Levels { x, draws }
}

fn table((widths, drifts): &Drifts) -> Data {
    let mut data = Data::new(&["draw", "width", "|K_t - K_0|", "e", "R", "of bound"]);
    for (draw, row) in drifts.iter().enumerate() {
        for (k, d) in widths.iter().zip(row) {
            let numbers = [d.change, d.hessian, d.distance, d.of_bound].map(Cell::from);
            data.push([Cell::from(draw), Cell::from(*k)].into_iter().chain(numbers));
        }
    }
    data
}

fn drifts(options: &Options) -> Result<Drifts, Failure> {
    let widths = powers_of_two(6, options.choose(9, 11));
    let one = |draw: u64| widths.iter().map(|&k| drift(options, draw, k)).collect::<Result<Vec<_>, _>>();
    let draws = (0..options.choose(32, 64)).into_par_iter().map(one).collect::<Result<Vec<_>, _>>()?;
    Ok((widths, draws))
}

/// Trains for 200 steps at the rate 1 / l_max and measures every 50.
fn drift(options: &Options, draw: u64, width: usize) -> Result<Drift, Failure> {
    let (x, y) = samples::<N>()?;
    let data = Dataset::new(&x, &y)?;
    let mut rng = problem::rng(options.seed, 9, width.ilog2() as usize, draw);
    let mut network = gaussian(Erf, [2, width, 1], &mut rng)?;
    let start = network.weights.values().to_vec();
    let (before, mut norm) = (kernel(&network, data.x())?, largest_norm(&network, data.x())?);
    let mut found = Drift { change: 0.0, hessian: norm, distance: 0.0, of_bound: 0.0 };
    let rate = 1.0 / largest_eigenvalue(&before, N, &mut [0.0; 2 * N])?;
    for _ in 0..4 {
        train(&mut network, &data, rate, 50)?;
        norm = norm.max(largest_norm(&network, data.x())?);
        let after = kernel(&network, data.x())?;
        let moved: Vec<f64> = network.weights.values().iter().zip(&start).map(|(w, w0)| w - w0).collect();
        let difference: Vec<f64> = after.iter().zip(&before).map(|(a, b)| a - b).collect();
        let reach = norm * length(&moved);
        for (place, change) in difference.iter().enumerate() {
            let gradient = |i: usize| before[i * N + i].sqrt();
            let bound = reach * (gradient(place / N) + gradient(place % N)) + reach * reach;
            found.of_bound = found.of_bound.max(change.abs() / bound);
        }
        found = Drift { change: length(&difference), hessian: norm, distance: length(&moved), ..found };
    }
    Ok(found)
}

fn train(network: &mut Net<Erf>, data: &Dataset<'_, f64>, rate: f64, steps: u32) -> Result<(), Failure> {
    let rule = StopRule { target_mse: None, patience: None, max_steps: steps };
    engine::train(Engine::Plain, network, data, rate, &rule, |_, _| true)?;
    Ok(())
}

fn kernel(network: &Net<Erf>, x: Rows<'_, f64>) -> Result<Vec<f64>, Failure> {
    let mut matrix = vec![0.0; x.len() * x.len()];
    gram(&EmpiricalNtk::new(network, 0)?, x, &mut matrix)?;
    Ok(matrix)
}

fn largest_norm(network: &Net<Erf>, x: Rows<'_, f64>) -> Result<f64, Failure> {
    let norms = x.iter().map(|x| Ok(hessian::spectral_norm(network, x, 0)?));
    let norms = norms.collect::<Result<Vec<f64>, Failure>>()?;
    Ok(norms.into_iter().fold(0.0, f64::max))
}

/// C10.
///
/// # Errors
/// None.
pub(super) fn c10(options: &Options) -> Result<Vec<Row>, Failure> {
    let decay = |rate: f64, eigenvalue: f64| 1.0 - options.factor() * rate * eigenvalue;
    let mut rows = linear(options, decay)?;
    let norm = |width: f64, moved: &[f64]| options.bend(width) * length(moved);
    rows.extend(networks(options, options.factor(), norm)?);
    Ok(rows)
}

/// Eigenvalues of K_0, largest first, and the residual at the start along each eigenvector.
struct Modes {
    eigenvalues: Vec<f64>,
    residuals: Vec<f64>,
    /// The learning rate, 1 / l_max.
    rate: f64,
    /// Steps after which only the slowest mode is left.
    alone: u32,
}

fn modes(network: &Net<Erf>, data: &Dataset<'_, f64>) -> Result<Modes, Failure> {
    let mut matrix = kernel(network, data.x())?;
    let (mut eigenvalues, mut vectors) = (vec![0.0; FEW], vec![0.0; FEW * FEW]);
    symmetric_eigen(&mut matrix, FEW, &mut eigenvalues, &mut vectors)?;
    let mut residual = Vec::new();
    for (x, y) in data.x().iter().zip(data.y().values()) {
        residual.push(network.value(x, 0)? - y);
    }
    let along = |v: &[f64]| v.iter().zip(&residual).map(|(v, r)| v * r).sum();
    let residuals = vectors.chunks_exact(FEW).map(along).collect();
    let rate = 1.0 / eigenvalues[0];
    let alone = (12.0 / (rate * (eigenvalues[FEW - 2] - eigenvalues[FEW - 1]))).min(20_000.0) as u32;
    Ok(Modes { eigenvalues, residuals, rate, alone })
}

fn few(options: &Options, width: usize, draw: u64) -> Result<Net<Erf>, Failure> {
    gaussian(Erf, [2, width, 1], &mut problem::rng(options.seed, 10, width.ilog2() as usize, draw))
}

/// On the linearised network every mode decays by 1 - rate l in a step, so the loss is known at every step,
/// and in the end its root falls by 1 - rate l_min.
fn linear(options: &Options, decay: impl Fn(f64, f64) -> f64) -> Result<Vec<Row>, Failure> {
    let (x, y) = samples::<FEW>()?;
    let data = Dataset::new(&x, &y)?;
    let network = few(options, 256, 0)?;
    let modes = modes(&network, &data)?;
    let mut line = Linearized::new(&network, zeros(network.shape())?)?;
    let mut losses = Vec::new();
    let rule = StopRule { target_mse: Some(1e-12), patience: None, max_steps: modes.alone + 1 };
    let mut memory = vec![0.0; workspace_len(FEW, 2, 1)];
    descend(&mut line, &data, modes.rate, &rule, &mut memory, |_, loss| {
        losses.push(loss);
        true
    })?;
    let mut squares: Vec<f64> = modes.residuals.iter().map(|r| r * r).collect();
    let mut points = Data::new(&["step", "loss", "expected"]);
    let mut errors = Vec::new();
    for (step, loss) in losses.iter().enumerate() {
        let expected = 0.5 * squares.iter().sum::<f64>();
        errors.push((format!("step {step}"), (loss / expected - 1.0).abs()));
        if step % 100 == 0 {
            points.push([step as f64, *loss, expected].map(Cell::from));
        }
        for (square, l) in squares.iter_mut().zip(&modes.eigenvalues) {
            let factor = decay(modes.rate, *l);
            *square *= factor * factor;
        }
    }
    let slowest = decay(modes.rate, modes.eigenvalues[FEW - 1]);
    let measured = match losses[..] {
        [.., before, after] => (after / before).sqrt(),
        _ => f64::NAN,
    };
    Ok(vec![
        Row::error("linearised: each mode falls by 1 - rate l", largest(errors), 1e-9, points.clone()),
        Row::near(
            "linearised: (1 - last rate) / (rate l_min)",
            1.0,
            (1.0 - measured) / (1.0 - slowest),
            1e-4,
            points,
        ),
    ])
}

/// Trains networks until only the slowest mode is left. The decay of the last step is compared with 1 - rate
/// l_min of K_0, from which its distance falls with the width; |w_t - w_0| does not grow. The claim is made
/// for 1 times l_min, and for the Euclidean norm.
fn networks(
    options: &Options,
    times: f64,
    norm: impl Fn(f64, &[f64]) -> f64 + Sync,
) -> Result<[Row; 2], Failure> {
    let (x, y) = samples::<FEW>()?;
    let data = Dataset::new(&x, &y)?;
    let widths = powers_of_two(7, options.choose(11, 13));
    let one = |draw: u64, width: usize| -> Result<[f64; 2], Failure> {
        let mut network = few(options, width, draw)?;
        let start = network.weights.values().to_vec();
        let modes = modes(&network, &data)?;
        let rule = StopRule { target_mse: None, patience: None, max_steps: modes.alone };
        let mut last = [f64::NAN; 2];
        engine::train(Engine::Plain, &mut network, &data, modes.rate, &rule, |_, loss| {
            last = [last[1], loss];
            true
        })?;
        let measured = (1.0 - (last[1] / last[0]).sqrt()) / (modes.rate * times * modes.eigenvalues[FEW - 1]);
        let moved: Vec<f64> = network.weights.values().iter().zip(&start).map(|(w, w0)| w - w0).collect();
        Ok([measured - 1.0, norm(width as f64, &moved)])
    };
    let of_draw = |draw: u64| widths.iter().map(|&width| one(draw, width)).collect::<Result<Vec<_>, _>>();
    let draws = (0..options.choose(96, 128)).into_par_iter().map(of_draw).collect::<Result<Vec<_>, _>>()?;
    let rate = |part: usize| {
        let draws = draws.iter().map(|row| row.iter().map(|pair| pair[part]).collect()).collect();
        let levels = Levels { x: widths.iter().map(|&k| k as f64).collect(), draws };
        [(String::new(), levels.rate(Mean::Geometric, ALPHA))]
    };
    let columns = ["width", "geometric mean"];
    let statement = "networks: rate off 1 - rate l_min ~ k^p";
    Ok([
        rate::judge(statement, (Test::Below, -0.25, 0.0), &rate(0), columns),
        rate::judge(
            "|w_t - w_0| ~ k^p: bounded",
            (Test::Confined, 0.0, options.choose(0.35, 0.2)),
            &rate(1),
            columns,
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hessian_that_falls_as_1_over_k_is_seen() {
        let drifts = drifts(&Options::quick(0)).unwrap();
        assert!(!ratio(&drifts, |_| 1.0).fails());
        assert!(ratio(&drifts, f64::sqrt).fails());
    }

    #[test]
    fn networks_of_another_rate_and_another_norm_are_seen() {
        let sum = |_: f64, moved: &[f64]| moved.iter().map(|v| v.abs()).sum();
        assert!(networks(&Options::quick(0), 2.0, sum).unwrap().iter().all(Row::fails));
    }

    #[test]
    fn another_rate_is_seen() {
        for wrong in
            [|rate: f64, l: f64| 1.0 - 2.0 * rate * l, |rate: f64, l: f64| 1.0 - rate * l * (1.0 + 1e-3)]
        {
            assert!(linear(&Options::quick(0), wrong).unwrap().iter().all(Row::fails));
        }
    }
}
