//! C8, C15, C16: the Hessian of Proposition 1 and Appendix A.

use ntk_core::{Activation, EmpiricalNtk, Kernel, hessian};
use rayon::prelude::*;

use super::problem::{
    self, Net, STEP, activations, bounded, dense_spectrum, gaussian, on_sphere, relative, smooth,
};
use super::rate::{self, powers_of_two};
use super::row::{Cell, Data, Row, Test, largest};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::kernels::activations::ActivationName;
use crate::statistics::{Estimate, Levels, Mean, Rate};

/// The input of Proposition 1, a scalar.
const X: [f64; 1] = [0.9];

/// C8.
///
/// # Errors
/// None.
pub(super) fn c8(options: &Options) -> Result<Vec<Row>, Failure> {
    let bend = |network: &Net| options.bend(network.shape().width as f64);
    let norm = |network: &Net| Ok(bend(network) * hessian::spectral_norm(network, &X, 0)?);
    let kernel = |network: &Net| Ok(bend(network) * EmpiricalNtk::new(network, 0)?.value(&X, &[-0.6]));
    let confined = |p: f64| (Test::Confined, p, options.choose(0.075, 0.05));
    let bounded =
        |measure: &(dyn Fn(&Net) -> Result<f64, Failure> + Sync)| rates(options, Weights::Bounded, measure);
    let columns = ["width", "rms"];
    Ok(vec![
        rate::judge("K ~ k^p, bounded weights", confined(0.0), &bounded(&kernel)?, columns),
        rate::judge("|H| ~ k^p, bounded weights", confined(-0.5), &bounded(&norm)?, columns),
        logarithm(options, Weights::Gaussian)?,
        spectrum(options, 1, 8, |pair| pair.map(|value| options.factor() * value))?,
    ])
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Weights {
    Bounded,
    Gaussian,
}

/// Returns the exponent in the width of something measured on a network of one input, for every bounded
/// smooth activation.
fn rates(
    options: &Options,
    weights: Weights,
    measure: &(dyn Fn(&Net) -> Result<f64, Failure> + Sync),
) -> Result<Vec<(String, Rate)>, Failure> {
    let phis: Vec<ActivationName> = smooth().collect();
    let one = |(case, phi): (usize, &ActivationName)| {
        let levels = widths(options, weights, case, *phi, (10, options.choose(32, 64)), |network, _| {
            measure(network)
        })?;
        Ok((phi.to_string(), levels.rate(Mean::Square, ALPHA / phis.len() as f64)))
    };
    phis.iter().enumerate().map(one).collect()
}

fn widths(
    options: &Options,
    weights: Weights,
    case: usize,
    phi: ActivationName,
    (first, draws): (u32, u64),
    measure: impl Fn(&Net, f64) -> Result<f64, Failure> + Sync,
) -> Result<Levels, Failure> {
    let last = options.choose(13, 15);
    Levels::measure(&powers_of_two(first, last), draws, |draw, width| {
        let mut rng = problem::rng(options.seed, 8, case << 8 | width.ilog2() as usize, draw);
        let network = match weights {
            Weights::Bounded => bounded(phi, [1, width, 1], &mut rng)?,
            Weights::Gaussian => gaussian(phi, [1, width, 1], &mut rng)?,
        };
        measure(&network, width as f64)
    })
}

/// Returns the exponent q of sqrt k |H| ~ (ln k)^q. Normal weights are not bounded: the largest of k grows as
/// sqrt(2 ln k).
fn logarithm(options: &Options, weights: Weights) -> Result<Row, Failure> {
    let levels = widths(options, weights, 99, ActivationName::Quadratic, (4, 128), |network, k| {
        Ok(options.bend(libm::log(k)) * k.sqrt() * hessian::spectral_norm(network, &X, 0)?)
    })?;
    let rates = [("quadratic".to_owned(), levels.rate_in_logarithm(Mean::Square, ALPHA))];
    let statement = "sqrt k |H| ~ (ln k)^q, normal weights";
    Ok(rate::judge(statement, (Test::Confined, 0.5, 0.2), &rates, ["ln k", "rms"]))
}

/// Compares the 2k block eigenvalues and k (d - 1) zeros with those of the whole Hessian by a dense
/// eigensolver, relative to its norm.
///
/// `change` is applied to each pair of block eigenvalues; the claim is made without a change.
fn spectrum(
    options: &Options,
    inputs: usize,
    claim: u64,
    change: impl Fn([f64; 2]) -> [f64; 2] + Sync,
) -> Result<Row, Failure> {
    const WIDTH: usize = 6;
    let phis: Vec<ActivationName> = activations().collect();
    let draws = options.choose(4, 16);
    let cases: Vec<(usize, u64)> =
        (0..phis.len()).flat_map(|case| (0..draws).map(move |draw| (case, draw))).collect();
    let error = |&(case, draw): &(usize, u64)| -> Result<f64, Failure> {
        let mut rng = problem::rng(options.seed, claim, 1000 + case, draw);
        let network = gaussian(phis[case], [inputs, WIDTH, 1], &mut rng)?;
        let x: Vec<f64> = on_sphere(inputs, &mut rng).iter().map(|v| 1.3 * v).collect();
        if !problem::is_clear_of_kinks(&network, &x, 6.0 * STEP) {
            return Ok(0.0);
        }
        let dense = dense_spectrum(&network, &x)?;
        let mut blocks = vec![0.0; 2 * WIDTH];
        hessian::eigenvalues(&network, &x, 0, &mut blocks)?;
        let mut all: Vec<f64> = blocks.chunks_exact(2).flat_map(|pair| change([pair[0], pair[1]])).collect();
        all.resize(dense.len(), 0.0); // the directions across x
        all.sort_by(|a, b| b.total_cmp(a));
        let norm = dense.iter().fold(0.0f64, |most, e| most.max(e.abs()));
        let errors =
            all.iter().zip(&dense).map(|(found, dense)| (String::new(), relative(found - dense, norm)));
        Ok(largest(errors).1)
    };
    let errors = cases.par_iter().map(error).collect::<Result<Vec<_>, _>>()?;
    let mut data = Data::new(&["activation", "draw", "relative error"]);
    for ((case, draw), error) in cases.iter().zip(&errors) {
        let name = phis[*case].to_string();
        data.push([Cell::from(name.as_str()), (*draw as f64).into(), (*error).into()]);
    }
    let worst =
        largest(cases.iter().zip(&errors).map(|((case, _), error)| (phis[*case].to_string(), *error)));
    let statement = match inputs {
        1 => "2k block eigenvalues = those of the whole Hessian".to_owned(),
        _ => format!("d = {inputs}: 2 a unit and {} zeros = whole Hessian", inputs - 1),
    };
    Ok(Row::error(&statement, worst, 1e-9, data))
}

/// C16.
///
/// # Errors
/// None.
pub(super) fn c16(options: &Options) -> Result<Vec<Row>, Failure> {
    let scaled = |pair: [f64; 2]| pair.map(|value| options.factor() * value);
    Ok(vec![spectrum(options, 2, 16, scaled)?, spectrum(options, 4, 16, scaled)?])
}

/// C15.
///
/// # Errors
/// None.
pub(super) fn c15(options: &Options) -> Result<Vec<Row>, Failure> {
    let (corrected, data) = norms(options, |m, root| options.factor() * (m.abs() + root) / 2.0)?;
    let (_, printed_data) = norms(options, |m, root| options.factor() * ((m + root) / 2.0).abs())?;
    let shares = printed_data.rows.iter().filter_map(|row| match row[..] {
        [_, _, Cell::Number(formula), Cell::Number(dense)] => Some(formula / dense),
        _ => None,
    });
    let least = shares.fold(f64::INFINITY, f64::min);
    let printed = Estimate { value: least, low: least, high: least };
    let printed = Row::judge(
        "as printed, + root only: too small, share of |H|",
        Test::Below,
        0.9,
        printed,
        None,
        printed_data,
    );
    Ok(vec![
        Row { low: None, high: None, ..printed }.refuting(),
        Row::error("|H| = max (|m| + root) / 2 = dense norm", corrected, 1e-9, data),
    ])
}

/// Compares a formula for the norm with the dense spectrum: the maximum over the units of `of(m, sqrt(m^2 + 4
/// p^2))` over sqrt k, with m = A phi''(B x) x^2 and p = phi'(B x) x. Both are formed here from the weights,
/// as in Appendix A.
fn norms(options: &Options, of: impl Fn(f64, f64) -> f64 + Sync) -> Result<((String, f64), Data), Failure> {
    let phis: Vec<ActivationName> = smooth().collect();
    let draws = options.choose(8, 32);
    let cases: Vec<(usize, u64)> =
        (0..phis.len()).flat_map(|case| (0..draws).map(move |draw| (case, draw))).collect();
    let pairs = cases.par_iter().map(|&(case, draw)| -> Result<[f64; 2], Failure> {
        let mut rng = problem::rng(options.seed, 15, case, draw);
        let phi = phis[case];
        let network = gaussian(phi, [1, 3, 1], &mut rng)?;
        let dense = dense_spectrum(&network, &X)?.iter().fold(0.0f64, |most, e| most.max(e.abs()));
        use ntk_core::Parameters;
        let units = network.weights.a_row(0).iter().zip(network.weights.b_row(0));
        let norm = units.map(|(a, b)| {
            let (m, p) = (a * phi.second_derivative(b * X[0]) * X[0] * X[0], phi.derivative(b * X[0]) * X[0]);
            of(m, (m * m + 4.0 * p * p).sqrt())
        });
        Ok([norm.fold(0.0, f64::max) / 3f64.sqrt(), dense])
    });
    let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
    let mut data = Data::new(&["activation", "draw", "formula", "dense"]);
    for ((case, draw), [formula, dense]) in cases.iter().zip(&pairs) {
        let name = phis[*case].to_string();
        data.push([Cell::from(name.as_str()), (*draw as f64).into(), (*formula).into(), (*dense).into()]);
    }
    let error = |((case, _), [formula, dense]): (&(usize, u64), &[f64; 2])| {
        (phis[*case].to_string(), relative(formula - dense, *dense))
    };
    Ok((largest(cases.iter().zip(&pairs).map(error)), data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hessian_without_its_root_of_k_is_seen() {
        let missing = |network: &Net| {
            Ok(hessian::spectral_norm(network, &X, 0)? * (network.shape().width as f64).sqrt())
        };
        let rates = rates(&Options::quick(0), Weights::Bounded, &missing).unwrap();
        assert!(rate::judge("", (Test::Confined, -0.5, 0.05), &rates, ["", ""]).fails());
    }

    #[test]
    fn a_kernel_without_its_1_over_k_is_seen() {
        let missing = |network: &Net| {
            let kernel = EmpiricalNtk::new(network, 0)?.value(&X, &[-0.6]);
            Ok(kernel * network.shape().width as f64)
        };
        let rates = rates(&Options::quick(0), Weights::Bounded, &missing).unwrap();
        assert!(rate::judge("", (Test::Confined, 0.0, 0.05), &rates, ["", ""]).fails());
    }

    #[test]
    fn bounded_weights_have_no_logarithm() {
        assert!(!logarithm(&Options::quick(0), Weights::Gaussian).unwrap().fails());
        assert!(logarithm(&Options::quick(0), Weights::Bounded).unwrap().fails());
    }

    #[test]
    fn the_printed_norm_and_a_lost_root_are_seen() {
        let options = Options::quick(0);
        let printed = norms(&options, |m, root| ((m + root) / 2.0).abs()).unwrap().0;
        assert!(Row::error("", printed, 1e-9, Data::default()).fails());
        let single = |[larger, _]: [f64; 2]| [larger, 0.0];
        assert!(spectrum(&options, 1, 8, single).unwrap().fails());
        assert!(spectrum(&options, 3, 16, single).unwrap().fails());
    }
}
