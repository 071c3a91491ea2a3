//! The table of activations. A row says all that the program states about an activation or decides by it: its
//! name on the command line and in files, what `ntk activations` prints, which engine trains it, and its
//! formula in exported source.

use std::f64::consts::FRAC_1_PI;

use ntk_core::{Hermite as Polynomial, RectifiedPower as Power};

use super::ActivationName::{self, *};
use Smoothness::{Bend, Jump, Kink, Linear, Smooth};

/// The properties of an activation.
#[derive(Debug)]
pub struct Entry {
    /// The name on the command line; a parameter follows its colon.
    pub name: &'static str,
    /// phi(z).
    pub formula: &'static str,
    /// How its infinite-width kernels are computed.
    pub kernels: &'static str,
    /// The lengths of inputs for which they are accurate, at depth 1, weight variance 1 and no bias.
    pub lengths: &'static str,
    /// Where its derivatives jump.
    pub smoothness: Smoothness,
    /// Its kernels in exported source, if the templates have them.
    pub source: Option<Source>,
    /// The activation itself. If it takes a parameter, the value here is arbitrary.
    pub activation: ActivationName,
}

/// Where an activation or its derivatives jump, at z = 0 or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Smoothness {
    /// The activation jumps: it has no NTK.
    Jump,
    /// The first derivative jumps; the activation is linear on either side.
    Kink,
    /// The second derivative jumps or a later one.
    Bend,
    /// The activation is linear.
    Linear,
    /// No derivative jumps, and the activation is not linear.
    Smooth,
}

/// The kernels of an activation in the templates of `ntk export`.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The parts of a template that come before its body, in this order.
    pub parts: &'static [&'static str],
    /// Names and values of the constants that these parts need, given the slope of a leaky ReLU.
    pub constants: fn(f64) -> Vec<(&'static str, f64)>,
}

impl Entry {
    /// Returns the name without the parameter.
    #[must_use]
    pub fn short_name(&self) -> &'static str {
        self.name.split(':').next().unwrap_or(self.name)
    }

    /// Returns whether the exact engine trains networks of it: the activation is piecewise linear and does
    /// not jump.
    #[must_use]
    pub fn is_piecewise_linear(&self) -> bool {
        matches!(self.smoothness, Kink | Linear)
    }
}

/// [`Entry::kernels`] of kernels that are integrated numerically.
pub const QUADRATURE: &str = "quadrature";

const fn entry(
    name: &'static str,
    activation: ActivationName,
    smoothness: Smoothness,
    [formula, kernels, lengths]: [&'static str; 3],
    source: Option<Source>,
) -> Entry {
    Entry { name, formula, kernels, lengths, smoothness, source, activation }
}

const fn source(
    parts: &'static [&'static str],
    constants: fn(f64) -> Vec<(&'static str, f64)>,
) -> Option<Source> {
    Some(Source { parts, constants })
}

/// Returns the [`Source`] of an activation l z + c |z|. `constants` maps the slope for z < 0 to l^2 and c^2.
const fn bent(constants: fn(f64) -> Vec<(&'static str, f64)>) -> Option<Source> {
    source(&["polynomial", "bent"], constants)
}

fn line_and_bend(line: f64, bend: f64) -> Vec<(&'static str, f64)> {
    vec![("LINE", line), ("BEND", bend)]
}

/// All activations, in the order in which they are listed.
#[rustfmt::skip]
pub const TABLE: &[Entry] = &[
    entry("relu", Relu, Kink, ["sqrt(2) max(0, z)", "closed (arc-cosine)", "any"],
        bent(|_| line_and_bend(0.5, 0.5))),
    entry("leaky-relu:SLOPE", LeakyRelu(0.01), Kink, ["z for z > 0, else SLOPE z", "closed (arc-cosine)", "any"],
        bent(|slope| line_and_bend((0.5 + 0.5 * slope).powi(2), (0.5 - 0.5 * slope).powi(2)))),
    entry("abs", Abs, Kink, ["|z|", "closed (arc-cosine)", "any"],
        bent(|_| line_and_bend(0.0, 1.0))),
    entry("step", Step, Jump, ["sqrt(2) for z > 0, else 0", "closed (arc-cosine), NNGP only", "any"],
        source(&["polynomial", "step"], |_| vec![])),
    entry("erf", Erf, Smooth, ["erf z", "closed (arcsine)", "any (f32: below 1e9)"],
        source(&["polynomial", "determinant", "erf", "moments"], |_| vec![("FOUR_OVER_PI", 4.0 * FRAC_1_PI)])),
    entry("gelu", Gelu, Smooth, ["z Phi(z), Phi the normal distribution", "closed (arcsine)", "any (f32: below 1e9)"],
        source(&["polynomial", "determinant", "gelu", "moments"], |_| vec![("HALF_OVER_PI", 0.5 * FRAC_1_PI)])),
    entry("sin", Sin, Smooth, ["sin z", "closed", "error grows as the length squared"], None),
    entry("cos", Cos, Smooth, ["cos z", "closed", "error grows as the length squared"], None),
    entry("exp", Exp, Smooth, ["e^z", "closed", "below 18 (f32: below 6)"], None),
    entry("gaussian", Gaussian, Smooth, ["exp(-z^2)", "closed", "any (f32: below 1e9)"],
        source(&["determinant", "gaussian", "moments"], |_| vec![])),
    entry("identity", Identity, Linear, ["z", "closed", "any"],
        source(&["identity"], |_| vec![])),
    entry("quadratic", Quadratic, Smooth, ["z^2", "closed", "1e-70 to 1e70 (f32: 1e-9 to 1e9)"],
        source(&["quadratic", "moments"], |_| vec![])),
    entry("tanh", Tanh, Smooth, ["tanh z", QUADRATURE, "up to 6 to the last digits, 12 to 1e-7"], None),
    entry("sigmoid", Sigmoid, Smooth, ["1 / (1 + e^-z)", QUADRATURE, "up to 6 to the last digits"], None),
    entry("softplus", Softplus, Smooth, ["ln(1 + e^z)", QUADRATURE, "up to 6 to the last digits"], None),
    entry("silu", Silu, Smooth, ["z / (1 + e^-z)", QUADRATURE, "up to 6 to the last digits"], None),
    entry("sign", Sign, Jump, ["-1, 0 or 1", "closed (arcsine), NNGP only", "any"], None),
    entry("rectified-power:ORDER", RectifiedPower(Power::Square), Bend, ["max(0, z)^ORDER, 2 or 3", "closed (arc-cosine)", "1e-50 to 1e50 (f32: 1e-6 to 1e6)"], None),
    entry("hermite:DEGREE", Hermite(CUBIC), Smooth, ["he_DEGREE(z), normalised, 1 to 8", "closed", "up to 1e18 (f32: up to 100)"], None),
    entry("rbf:GAMMA", Rbf(0.5), Smooth, ["sqrt(2) sin(sqrt(2 GAMMA) z + pi/4)", "closed (squared exponential)", "error grows as the length times sqrt(GAMMA)"], None),
];

const CUBIC: Polynomial = Polynomial::new(3).expect("a degree of 1 to 8");

/// Joins names by commas, with `word` before the last one: "relu, abs or erf".
#[must_use]
pub fn list(names: impl IntoIterator<Item = &'static str>, word: &str) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Returns all names, each with its parameter.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|entry| entry.name)
}

/// Returns the names of the activations that the exact engine trains.
pub fn exactly_trained() -> impl Iterator<Item = &'static str> {
    TABLE.iter().filter(|entry| entry.is_piecewise_linear()).map(Entry::short_name)
}

/// Returns the names of the activations that `ntk export` writes as source.
pub fn exported_as_source() -> impl Iterator<Item = &'static str> {
    TABLE.iter().filter(|entry| entry.source.is_some()).map(Entry::short_name)
}
