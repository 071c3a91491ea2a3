//! C5, C6: the closed forms of Example 2, on the sphere and off it.

use ntk_core::Kernel;
use ntk_core::random::uniform;
use rayon::prelude::*;
use serde::Deserialize;

use super::Options;
use super::problem::{self, activations, length, limit, normals, relative};
use super::quadrature::expectation;
use super::row::{Cell, Data, Row, largest};
use crate::error::Failure;
use crate::kernels::activations::ActivationName;
use crate::kernels::{Kind, relu_nngp, relu_ntk};

/// Values in 120-digit arithmetic; `host/reference/README.md` has origin and script.
const KERNELS: &str = include_str!("../../reference/kernels.json");
const DUALS: &str = include_str!("../../reference/duals.json");

#[derive(Deserialize)]
struct Kernels {
    f64: Vec<Entry>,
}

/// A pair of inputs with exact values of its kernels.
#[derive(Deserialize)]
struct Entry {
    x: Vec<f64>,
    y: Vec<f64>,
    angle: f64,
    nngp: f64,
    ntk: f64,
}

#[derive(Deserialize)]
struct Duals {
    f64: Vec<Dual>,
}

#[derive(Deserialize)]
struct Dual {
    phi: ActivationName,
    x: Vec<f64>,
    y: Vec<f64>,
    #[serde(default)]
    depth: Option<u16>,
    #[serde(default)]
    w: Option<f64>,
    nngp: [f64; 2],
}

fn entries() -> Result<Vec<Entry>, Failure> {
    let kernels: Kernels = serde_json::from_str(KERNELS).map_err(|e| Failure::new(e.to_string()))?;
    Ok(kernels.f64)
}

/// C5.
///
/// # Errors
/// None.
pub(super) fn c5(options: &Options) -> Result<Vec<Row>, Failure> {
    let on_sphere = |entry: &Entry| {
        let near = |x: &[f64]| (length(x) - 1.0).abs() < 1e-12;
        near(&entry.x) && near(&entry.y)
    };
    let entries: Vec<Entry> = entries()?.into_iter().filter(on_sphere).collect();
    let factor = options.factor();
    let nngp = |x: &[f64], y: &[f64]| factor * relu_nngp().value(x, y);
    let ntk = |x: &[f64], y: &[f64]| factor * relu_ntk().value(x, y);
    Ok(vec![
        closed_form("NNGP of ReLU, in roundings", &entries, |entry| entry.nngp, nngp),
        derivative(factor)?,
        closed_form("NTK of ReLU, in roundings", &entries, |entry| entry.ntk, ntk),
    ])
}

/// Returns the largest error of a closed form in units of 2^-53 |x||y|.
fn closed_form(
    statement: &str,
    entries: &[Entry],
    exact: impl Fn(&Entry) -> f64,
    formula: impl Fn(&[f64], &[f64]) -> f64,
) -> Row {
    let mut data = Data::new(&["angle", "|x|", "|y|", "error in roundings"]);
    let mut errors = Vec::new();
    for entry in entries {
        let unit = 0.5 * f64::EPSILON * length(&entry.x) * length(&entry.y);
        let error = relative(formula(&entry.x, &entry.y) - exact(entry), unit);
        data.push([entry.angle, length(&entry.x), length(&entry.y), error].map(Cell::from));
        errors.push((format!("angle {:.3}", entry.angle), error));
    }
    Row::error(statement, largest(errors), 4.0, data)
}

/// Returns (pi - t) / pi, which is the NNGP of phi' = sqrt 2 [z > 0].
fn derivative(factor: f64) -> Result<Row, Failure> {
    let duals: Duals = serde_json::from_str(DUALS).map_err(|e| Failure::new(e.to_string()))?;
    let step = limit(ActivationName::Step, Kind::Nngp)?;
    let of_one_layer =
        |dual: &&Dual| dual.phi == ActivationName::Step && dual.depth.is_none() && dual.w.is_none();
    let mut data = Data::new(&["exact", "error in roundings"]);
    for dual in duals.f64.iter().filter(of_one_layer) {
        let error = (factor * step.value(&dual.x, &dual.y) - dual.nngp[0]).abs() / (0.5 * f64::EPSILON);
        data.push([dual.nngp[0], error].map(Cell::from));
    }
    let errors = data.rows.iter().filter_map(|row| match row[..] {
        [_, Cell::Number(error)] => Some((String::new(), error)),
        _ => None,
    });
    let worst = largest(errors);
    Ok(Row::error("derivative of the NNGP, in roundings", worst, 4.0, data))
}

/// C6.
///
/// # Errors
/// None.
pub(super) fn c6(options: &Options) -> Result<Vec<Row>, Failure> {
    let entries = entries()?;
    let factor = options.factor();
    let ntk = |x: &[f64], y: &[f64]| factor * relu_ntk().value(x, y);
    let statement = "NTK of ReLU, lengths 1e-3 to 1e3, in roundings";
    Ok(vec![
        closed_form(statement, &entries, |entry| entry.ntk, ntk),
        homogeneous(options, |x, y| relu_ntk().value(x, y)),
        lengths(factor)?,
    ])
}

/// K(s x, t y) = s t K(x, y), in units of 2^-53 s t |x||y|.
fn homogeneous(options: &Options, kernel: impl Fn(&[f64], &[f64]) -> f64) -> Row {
    let mut rng = problem::rng(options.seed, 6, 0, 0);
    let mut data = Data::new(&["s", "t", "K(x, y)", "error in roundings"]);
    let mut errors = Vec::new();
    for _ in 0..options.choose(100, 1000) {
        let (x, y) = (normals(3, &mut rng), normals(3, &mut rng));
        let [s, t] = [(); 2].map(|()| libm::pow(10.0, 3.0 * uniform::<f64, _>(&mut rng)));
        let scaled = |x: &[f64], s: f64| x.iter().map(|v| s * v).collect::<Vec<_>>();
        let expected = options.factor() * s * t * kernel(&x, &y);
        let unit = 0.5 * f64::EPSILON * s * t * length(&x) * length(&y);
        let error = (kernel(&scaled(&x, s), &scaled(&y, t)) - expected).abs() / unit;
        data.push([s, t, kernel(&x, &y), error].map(Cell::from));
        errors.push((String::new(), error));
    }
    Row::error("K(s x, t y) = s t K(x, y) for ReLU, in roundings", largest(errors), 16.0, data)
}

/// Returns the NTK of every activation for inputs of lengths 1/4 to 2 against its definition, integrated.
/// `factor` multiplies the kernel, 1 in the claim.
fn lengths(factor: f64) -> Result<Row, Failure> {
    let cases: Vec<(ActivationName, [f64; 3])> = activations()
        .flat_map(|phi| [[0.25, 2.0, 0.7], [0.5, 0.5, 2.0], [2.0, 1.5, 1.2]].map(|case| (phi, case)))
        .collect();
    let errors = cases.par_iter().map(|&(phi, [x, y, t])| {
        use ntk_core::Activation;
        let kernel = limit(phi, Kind::Ntk)?;
        let at = |x: f64, y: f64, t: f64| {
            let inner = x * y * libm::cos(t);
            expectation([x, y, t], |z| phi.value(z)) + inner * expectation([x, y, t], |z| phi.derivative(z))
        };
        let found = factor * kernel.value(&[x, 0.0], &[y * libm::cos(t), y * libm::sin(t)]);
        Ok((found - at(x, y, t)).abs() / (at(x, x, 0.0) * at(y, y, 0.0)).sqrt())
    });
    let errors = errors.collect::<Result<Vec<f64>, Failure>>()?;
    let mut data = Data::new(&["activation", "|x|", "|y|", "angle", "relative error"]);
    for ((phi, [x, y, t]), error) in cases.iter().zip(&errors) {
        let numbers = [*x, *y, *t, *error].map(Cell::from);
        data.push([Cell::from(phi.to_string().as_str())].into_iter().chain(numbers));
    }
    let named = cases.iter().zip(errors).map(|((phi, _), error)| (phi.to_string(), error));
    Ok(Row::error("NTK off the sphere = its integral", largest(named), 1e-12, data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::KernelSpec;

    #[test]
    fn other_formulas_are_seen() {
        let fails = |formula: fn(&[f64], &[f64]) -> f64| {
            closed_form("", &entries().unwrap(), |entry| entry.ntk, formula).fails()
        };
        assert!(!fails(|x, y| relu_ntk().value(x, y)));
        assert!(fails(|x, y| relu_nngp().value(x, y)), "without the second term");
        // The printed formula with its arccos loses half the digits near its ends.
        assert!(fails(|x, y| {
            let n = length(x) * length(y);
            let xi = (x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / n).clamp(-1.0, 1.0);
            let slope = (std::f64::consts::PI - xi.acos()) / std::f64::consts::PI;
            n * (2.0 * xi * slope + (1.0 - xi * xi).sqrt() / std::f64::consts::PI)
        }));
    }

    #[test]
    fn a_kernel_with_a_bias_is_not_homogeneous() {
        let biased =
            KernelSpec { bias_variance: 0.01, ..KernelSpec::one_layer(Kind::Ntk, ActivationName::Relu) };
        let biased = biased.build::<f64>().unwrap();
        assert!(homogeneous(&Options::quick(0), |x, y| biased.value(x, y)).fails());
    }
}
