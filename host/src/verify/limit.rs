//! C3, C7: the NTK at growing width, of one output and of several.

use ntk_core::regression::Fixed;
use ntk_core::{EmpiricalNtk, Kernel, Regression};

use super::normals;
use super::problem::{self, Net, gaussian, tame};
use super::rate::{self, powers_of_two};
use super::row::{Cell, Data, Row, Test};
use super::{ALPHA, Options};
use crate::error::Failure;
use crate::kernels::activations::ActivationName;
use crate::kernels::{Kind, relu_ntk};
use crate::statistics::{Levels, Mean, Rate};

/// Two inputs of the unit circle, at an angle of 53 degrees, and one of 127 degrees.
const PAIRS: [[[f64; 2]; 2]; 2] = [[[1.0, 0.0], [0.6, 0.8]], [[0.6, 0.8], [-1.0, 0.0]]];

/// C3.
///
/// # Errors
/// None.
pub(super) fn c3(options: &Options) -> Result<Vec<Row>, Failure> {
    Ok(vec![towards(options, Kind::Ntk)?, normals::moments(options.factor())?])
}

/// Compares the NTK of drawn networks with a kernel of infinite width. The claim is made for the NTK.
fn towards(options: &Options, kind: Kind) -> Result<Row, Failure> {
    let phis: Vec<ActivationName> = tame().collect();
    let mut rates = Vec::new();
    for (case, phi) in phis.iter().enumerate() {
        let kernel = problem::limit(*phi, kind)?;
        let finite = |network: &Net, x: &[f64], y: &[f64]| Ok(EmpiricalNtk::new(network, 0)?.value(x, y));
        let alpha = ALPHA / phis.len() as f64;
        let limit = |x: &[f64], y: &[f64]| options.factor() * kernel.value(x, y);
        rates.push((phi.to_string(), convergence(options, (*phi, case), alpha, finite, limit)?));
    }
    let statement = "K_k - K ~ k^p on the sphere";
    Ok(rate::judge(statement, (Test::Covers, -0.5, 0.25), &rates, ["width", "rms error"]))
}

/// Returns the exponent of finite - limit in the width, root mean square over draws and both pairs.
fn convergence(
    options: &Options,
    (phi, case): (ActivationName, usize),
    alpha: f64,
    finite: impl Fn(&Net, &[f64], &[f64]) -> Result<f64, Failure> + Sync,
    limit: impl Fn(&[f64], &[f64]) -> f64 + Sync,
) -> Result<Rate, Failure> {
    // The full range for the ReLU and for a smooth activation, a shorter one for the others.
    let full = if matches!(phi, ActivationName::Relu | ActivationName::Erf) { 16 } else { 12 };
    let widths = powers_of_two(4, options.choose(10, full));
    let levels = Levels::measure(&widths, options.choose(128, 64), |draw, width| {
        let mut rng = problem::rng(options.seed, 3, case << 8 | width.ilog2() as usize, draw);
        let network = gaussian(phi, [2, width, 1], &mut rng)?;
        let mut sum = 0.0;
        for [x, y] in PAIRS {
            let error = finite(&network, &x, &y)? - limit(&x, &y);
            sum += error * error;
        }
        Ok((sum / PAIRS.len() as f64).sqrt())
    })?;
    Ok(levels.rate(Mean::Square, alpha))
}

/// C7.
///
/// # Errors
/// None.
pub(super) fn c7(options: &Options) -> Result<Vec<Row>, Failure> {
    let identity = |o: usize, p: usize| if o == p { options.factor() } else { 0.0 };
    Ok(vec![blocks(options, identity)?, one_factorisation(options)?])
}

/// Compares the c x c block of a network with K times a matrix. The claim is made for the identity matrix.
fn blocks(options: &Options, matrix: impl Fn(usize, usize) -> f64 + Sync) -> Result<Row, Failure> {
    const OUTPUTS: usize = 3;
    let widths = powers_of_two(4, options.choose(10, 16));
    let levels = Levels::measure(&widths, options.choose(128, 64), |draw, width| {
        let mut rng = problem::rng(options.seed, 7, width.ilog2() as usize, draw);
        let network = gaussian(ntk_core::Relu, [2, width, OUTPUTS], &mut rng)?;
        let mut sum = 0.0;
        for [x, y] in PAIRS {
            let (mut block, limit) = ([0.0; OUTPUTS * OUTPUTS], relu_ntk().value(&x, &y));
            network.ntk_block(&x, &y, &mut block)?;
            for (place, value) in block.iter().enumerate() {
                let error = value - limit * matrix(place / OUTPUTS, place % OUTPUTS);
                sum += error * error;
            }
        }
        Ok((sum / (PAIRS.len() * OUTPUTS * OUTPUTS) as f64).sqrt())
    })?;
    let rates = [("relu, 3 outputs".to_owned(), levels.rate(Mean::Square, ALPHA))];
    let statement = "block of 3 outputs - K I ~ k^p";
    Ok(rate::judge(statement, (Test::Covers, -0.5, 0.15), &rates, ["width", "rms error"]))
}

/// Compares three outputs solved with one factorisation with three models of one output each: their numbers
/// are equal.
fn one_factorisation(options: &Options) -> Result<Row, Failure> {
    const N: usize = 8;
    let mut rng = problem::rng(options.seed, 7, 0, 0);
    let (x, _) = problem::samples::<N>()?;
    let labels: [[f64; 3]; N] =
        std::array::from_fn(|_| std::array::from_fn(|_| problem::normals(1, &mut rng)[0]));
    let mut together = Regression::new(relu_ntk(), Fixed::<f64, 2, N, [f64; 3]>::new());
    together.fit(&x, &labels, 0.0)?;
    let (mut data, mut worst) = (Data::new(&["output", "query", "together", "alone"]), 0.0f64);
    for output in 0..3 {
        let own: [f64; N] = labels.map(|row| row[output]);
        let mut alone = Regression::new(relu_ntk(), Fixed::<f64, 2, N>::new());
        alone.fit(&x, &own, 0.0)?;
        for query in 0..20 {
            let angle = 0.3 * f64::from(query) - 3.0;
            let z = [libm::cos(angle), libm::sin(angle)];
            let (found, expected) = (options.factor() * together.mean(&z)?[output], alone.mean(&z)?);
            worst = if (found - expected).abs() <= worst { worst } else { (found - expected).abs() };
            data.push([Cell::from(output), angle.into(), found.into(), expected.into()]);
        }
    }
    Ok(Row::near("one factorisation serves all outputs, error", 0.0, worst, 0.0, data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::relu_nngp;

    fn relu(
        finite: impl Fn(&Net, &[f64], &[f64]) -> f64 + Sync,
        limit: impl Fn(&[f64], &[f64]) -> f64 + Sync,
    ) -> bool {
        let finite = |network: &Net, x: &[f64], y: &[f64]| Ok(finite(network, x, y));
        let rate = convergence(&Options::quick(0), (ActivationName::Relu, 0), ALPHA, finite, limit).unwrap();
        !rate::judge("", (Test::Covers, -0.5, 0.15), &[("relu".to_owned(), rate)], ["width", "error"]).fails()
    }

    #[test]
    fn another_limit_or_another_scale_is_seen() {
        let kernel = |network: &Net, x: &[f64], y: &[f64]| EmpiricalNtk::new(network, 0).unwrap().value(x, y);
        assert!(relu(kernel, |x, y| relu_ntk().value(x, y)));
        assert!(!relu(kernel, |x, y| relu_nngp().value(x, y)));
        assert!(!relu(kernel, |x, y| 1.2 * relu_ntk().value(x, y)));
        let unscaled =
            |network: &Net, x: &[f64], y: &[f64]| kernel(network, x, y) * network.shape().width as f64;
        assert!(!relu(unscaled, |x, y| relu_ntk().value(x, y)), "f without its 1/sqrt k");
    }

    #[test]
    fn the_kernel_of_the_last_layer_is_seen_for_all_activations() {
        assert!(towards(&Options::quick(0), Kind::Nngp).unwrap().fails());
    }

    #[test]
    fn outputs_that_share_their_kernel_are_seen() {
        assert!(blocks(&Options::quick(0), |_, _| 1.0).unwrap().fails());
    }
}
