//! C18: kernel regression read as a Gaussian process (lecture, Section 2, where the NTK's regression is
//! defined): each number that the library derives from one factorisation against its definition.

use ntk_core::regression::Fixed;
use ntk_core::{Kernel, Regression};
use rayon::prelude::*;

use super::dense::{gram, inner, quadratic, root, solve};
use super::problem::{self, normals};
use super::row::{Cell, Data, Row, Test, largest};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::kernels::{ActivationName, AnyKernel, KernelSpec, Kind};
use crate::statistics::mean;

const N: usize = 8;
const RIDGE: f64 = 0.05;
/// The amplitude s: s^2 K is the prior's covariance.
const AMPLITUDE: f64 = 1.3;
const TOLERANCE: f64 = 1e-9;

type Model = Regression<AnyKernel<f64>, Fixed<f64, 2, N>>;

/// Samples with their kernels, and an input.
struct Case {
    x: [[f64; 2]; N],
    y: [f64; N],
    query: [f64; 2],
    ntk: AnyKernel<f64>,
    nngp: AnyKernel<f64>,
}

impl Case {
    fn new(options: &Options, draw: u64) -> Result<Self, Failure> {
        let mut rng = problem::rng(options.seed, 18, 0, draw);
        let mut pair = || -> [f64; 2] { std::array::from_fn(|_| normals(1, &mut rng)[0]) };
        let (x, query) = (std::array::from_fn(|_| pair()), pair());
        let y = std::array::from_fn(|_| normals(1, &mut rng)[0]);
        let activation = if draw.is_multiple_of(2) { ActivationName::Relu } else { ActivationName::Erf };
        let spec = KernelSpec { bias_variance: 0.1, ..KernelSpec::one_layer(Kind::Ntk, activation) };
        Ok(Self { x, y, query, ntk: spec.build()?, nngp: KernelSpec { kind: Kind::Nngp, ..spec }.build()? })
    }

    fn fit(&self, y: &[f64; N], amplitude: Option<f64>) -> Result<Model, Failure> {
        let mut model = Regression::new(self.ntk.clone(), Fixed::new());
        model.set_amplitude(amplitude)?;
        model.fit(&self.x, y, RIDGE)?;
        Ok(model)
    }

    /// Returns the weights that the library's mean gives the labels: its means of unit labels.
    fn weights(&self) -> Result<Vec<f64>, Failure> {
        let unit = |i: usize| std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 });
        (0..N).map(|i| Ok(self.fit(&unit(i), None)?.mean(&self.query)?)).collect()
    }

    /// Returns K(x, x_i) of a kernel.
    fn row(&self, kernel: &AnyKernel<f64>, x: &[f64; 2]) -> Vec<f64> {
        self.x.iter().map(|sample| kernel.value(x, sample)).collect()
    }
}

/// Relative errors of a draw: what the library says against its definition, for each row.
type Errors = [f64; 6];

const STATEMENTS: [&str; 6] = [
    "leave-one-out mean = that of a refit, error",
    "leave-one-out deviation = that of a refit, error",
    "ln p(y) = logarithm of the normal density, error",
    "amplitude = that of the largest density, error",
    "variance = E(f - mean)^2 by its definition, error",
    "ensemble's variance = that of f - w . f(X), error",
];

/// C18.
///
/// # Errors
/// None.
pub(super) fn c18(options: &Options) -> Result<Vec<Row>, Failure> {
    let one = |draw: u64| errors(&Case::new(options, draw)?, options.factor());
    let found = (0..options.choose(8, 64)).into_par_iter().map(one).collect::<Result<Vec<Errors>, _>>()?;
    let mut data = Data::new(&["draw", "mean", "deviation", "ln p", "amplitude", "variance", "ensemble"]);
    for (draw, errors) in found.iter().enumerate() {
        data.push([Cell::from(draw)].into_iter().chain(errors.map(Cell::from)));
    }
    let rows = STATEMENTS.iter().enumerate().map(|(column, statement)| {
        let worst = largest(found.iter().map(|errors| (String::new(), errors[column])));
        Row::error(statement, worst, TOLERANCE, if column == 0 { data.clone() } else { Data::default() })
    });
    Ok(rows.chain([sampled(options, options.factor())?]).collect())
}

/// `factor` multiplies what the library says, 1 in the claim.
fn errors(case: &Case, factor: f64) -> Result<Errors, Failure> {
    let model = case.fit(&case.y, Some(AMPLITUDE))?;
    let (square, whole) = (AMPLITUDE * AMPLITUDE, gram(&case.ntk, &case.x, RIDGE));
    let error = |found: f64, exact: f64| (factor * found - exact).abs() / exact.abs().max(1e-3);

    let (mut of_mean, mut of_deviation) = (0.0f64, 0.0f64);
    for i in 0..N {
        let others = |values: &[f64]| -> Vec<f64> { [&values[..i], &values[i + 1..]].concat() };
        let rest: Vec<[f64; 2]> = [&case.x[..i], &case.x[i + 1..]].concat();
        let k = others(&case.row(&case.ntk, &case.x[i]));
        let (weights, _) = solve(&gram(&case.ntk, &rest, RIDGE), &k);
        let variance = square * (whole[i][i] - inner(&k, &weights));
        let left_out = model.leave_one_out(i)?;
        of_mean = of_mean.max(error(left_out.mean, inner(&weights, &others(&case.y))));
        of_deviation = of_deviation.max(error(left_out.deviation, variance.sqrt()));
    }

    let (coefficients, log_determinant) = solve(&whole, &case.y);
    let fit = inner(&case.y, &coefficients);
    let count = N as f64;
    let density = |s: f64| {
        let constant = log_determinant + count * libm::log(2.0 * std::f64::consts::PI * s * s);
        -0.5 * (fit / (s * s) + constant)
    };
    let automatic = case.fit(&case.y, None)?;
    let best = (fit / count).sqrt();
    let of_density = error(model.log_marginal_likelihood(0)?, density(AMPLITUDE))
        .max(error(automatic.log_marginal_likelihood(0)?, density(best)));

    // The definitions hold for any weights, so they take those of the library's own mean.
    let (weights, own) = (case.weights()?, case.ntk.value(&case.query, &case.query));
    let variance =
        own - 2.0 * inner(&weights, &case.row(&case.ntk, &case.query)) + quadratic(&whole, &weights);
    let said = model.predict(&case.query)?;
    let of_variance = error(said.deviation * said.deviation, square * variance)
        .max(error(said.observation_deviation * said.observation_deviation, square * (variance + RIDGE)));
    let start = gram(&case.nngp, &case.x, 0.0);
    let spread = case.nngp.value(&case.query, &case.query)
        - 2.0 * inner(&weights, &case.row(&case.nngp, &case.query))
        + quadratic(&start, &weights);
    let ensemble = model.ensemble_deviation(&case.nngp, &case.query)?;
    Ok([
        of_mean,
        of_deviation,
        of_density,
        error(automatic.amplitude(0)?, best),
        of_variance,
        error(ensemble * ensemble, spread),
    ])
}

/// Draws functions from the prior at the samples and the input, and noise: the mean square of f - mean is the
/// variance that the model states.
fn sampled(options: &Options, factor: f64) -> Result<Row, Failure> {
    const BLOCKS: u64 = 64;
    let case = Case::new(options, 1)?;
    let points: Vec<[f64; 2]> = case.x.iter().copied().chain([case.query]).collect();
    let (root, weights) = (root(&gram(&case.ntk, &points, 0.0)), case.weights()?);
    let deviation = case.fit(&case.y, Some(1.0))?.predict(&case.query)?.deviation;
    let variance = factor * deviation * deviation;
    let count = options.choose(1 << 11, 1 << 15);
    let block = |block: u64| {
        let mut rng = problem::rng(options.seed, 18, 1, block);
        let mut sum = 0.0;
        for _ in 0..count {
            let z = normals(2 * N + 1, &mut rng);
            let f = |i: usize| inner(&root[i][..=i], &z[..=i]);
            let label = |i: usize| f(i) + RIDGE.sqrt() * z[N + 1 + i];
            let rest = f(N) - (0..N).map(|i| weights[i] * label(i)).sum::<f64>();
            sum += rest * rest;
        }
        sum / f64::from(count) / variance
    };
    let blocks: Vec<f64> = (0..BLOCKS).into_par_iter().map(block).collect();
    let mut data = Data::new(&["block", "mean square / variance"]);
    for (number, ratio) in blocks.iter().enumerate() {
        data.push([Cell::from(number), (*ratio).into()]);
    }
    let statement = "mean square of sampled f - mean / variance";
    let tolerance = options.choose(0.05, 0.01);
    Ok(Row::judge(statement, Test::Confined, 1.0, mean(&blocks, ALPHA), Some(tolerance), data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_that_is_wrong_by_a_thousandth_is_seen() {
        for draw in 0..4 {
            let case = Case::new(&Options::quick(0), draw).unwrap();
            let [right, wrong] = [1.0, 1.001].map(|factor| errors(&case, factor).unwrap());
            assert!(right.iter().all(|error| *error < TOLERANCE), "{right:?}");
            assert!(wrong.iter().all(|error| *error > 1e-4), "{wrong:?}");
        }
    }

    #[test]
    fn another_variance_than_that_of_the_functions_is_seen() {
        assert!(!sampled(&Options::quick(0), 1.0).unwrap().fails());
        assert!(sampled(&Options::quick(0), 1.1).unwrap().fails());
    }
}
