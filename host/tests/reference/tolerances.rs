//! Every tolerance of the comparison with reference values, in one table that only tightens.
//!
//! Errors are counted in roundings: u is half the distance from 1 to the next number, 2^-53 for `f64` and
//! 2^-24 for `f32`, and an ulp of a value is the distance between its neighbours, 1 to 2 u of it. The
//! reference values carry up to half an ulp of `f64` themselves, those of `networks.json` more. As the
//! library gives the same bits on every machine, so do these measurements.

use std::any::type_name;
use std::fmt::Display;

use ntk_core::Scalar;

/// How far a quantity may lie from its reference value.
struct Tolerance {
    /// The quantity. With `scalar` the key of the table.
    name: &'static str,
    /// The type in which it is computed.
    scalar: &'static str,
    /// What one unit of error is.
    unit: &'static str,
    /// The largest error that passes, in units.
    allowed: f64,
    /// The largest error found when the row was written, in units.
    measured: f64,
    /// Which values the row speaks of.
    says: &'static str,
}

const fn row(
    name: &'static str,
    scalar: &'static str,
    unit: &'static str,
    [allowed, measured]: [f64; 2],
    says: &'static str,
) -> Tolerance {
    Tolerance { name, scalar, unit, allowed, measured, says }
}

#[rustfmt::skip]
const TABLE: [Tolerance; 99] = [
    // kernels.json
    row("relu ntk", "f64", "u |x||y|", [4.0, 3.9], "any angle and length"),
    row("relu ntk", "f32", "u |x||y|", [4.0, 2.7], "the same"),
    row("relu nngp", "f64", "u |x||y|", [3.0, 2.0], "any angle and length"),
    row("relu nngp", "f32", "u |x||y|", [2.0, 1.5], "the same"),
    row("relu ntk, large", "f64", "ulp", [1.0, 1.0], "where |K| > |x||y| / 2"),
    row("relu ntk, large", "f32", "ulp", [1.5, 1.4], "the same"),
    row("relu ntk, small", "f64", "ulp", [1.0, 1.0], "where |K| > |x||y| / 1000"),
    row("relu ntk, small", "f32", "ulp", [1.5, 1.4], "the same"),
    row("relu nngp, small", "f64", "ulp", [2.0, 2.0], "where K > |x||y| / 1000"),
    row("relu nngp, small", "f32", "ulp", [2.5, 2.4], "the same"),
    row("relu diagonal", "f64", "ulp", [1.0, 1.0], "K(x, x) = 2 |x|^2 (NTK) and |x|^2 (NNGP)"),
    row("relu diagonal", "f32", "ulp", [1.0, 1.0], "the same"),
    // sign_changes.json
    row("relu ntk, sign change", "f64", "ulp", [1.0, 1.0], "from 1e-7 on either side of the angle where it changes its sign, and up to 1e-7 from 180 degrees"),
    row("relu ntk, sign change", "f32", "ulp", [1.0, 0.8], "from 1e-5, and up to 2e-3"),
    row("leaky ntk, sign change", "f64", "ulp", [1.0, 1.0], "from 1e-3 on either side, slopes 0 to 3/4"),
    row("leaky ntk, sign change", "f32", "ulp", [1.0, 1.0], "the same"),
    // gram.json, and the NTK of ReLU and leaky ReLU in the other files, as `ntk kernel` computes it;
    // scale^2 = K(x, x) K(y, y)
    row("ntk in vectors", "f64", "u scale", [2.0, 2.0], "one hidden layer, 2, 3 and 8 inputs, any angle and length"),
    row("ntk in vectors", "f32", "u scale", [2.5, 2.4], "the same"),
    row("ntk in vectors, 64 inputs", "f64", "u scale", [2.0, 2.0], "one hidden layer"),
    row("ntk in vectors, 64 inputs", "f32", "u scale", [2.5, 2.2], "the same"),
    row("ntk in vectors, 2 to 20 layers", "f64", "(L + 1) u scale", [1.0, 0.7], "L hidden layers, any variances"),
    row("ntk in vectors, 2 to 20 layers", "f32", "(L + 1) u scale", [1.0, 0.4], "the same"),
    row("deep ntk", "f64", "(L + 1) u scale", [1.0, 0.8], "L hidden layers, scale^2 = K(x, x) K(y, y)"),
    row("deep nngp", "f64", "(L + 1) u scale", [1.0, 1.0], "the same"),
    // duals.json; scale^2 = K(x, x) K(y, y)
    row("arc-cosine family", "f64", "u |x||y|", [2.0, 1.6], "leaky ReLU, absolute value, ReLU, identity; any angle and length"),
    row("arc-cosine family", "f32", "u |x||y|", [3.0, 2.3], "the same"),
    row("step", "f64", "u", [2.0, 1.3], "step and sign, NNGP only"),
    row("step", "f32", "u", [1.0, 0.9], "the same"),
    row("erf", "f64", "u scale", [5.0, 4.5], "any length"),
    row("erf", "f32", "u scale", [3.0, 2.1], "the same"),
    row("gelu", "f64", "u |x||y|", [2.0, 1.3], "or of the scale, where that is larger; obtuse angles cancel"),
    row("gelu", "f32", "u |x||y|", [2.0, 1.2], "the same"),
    row("sin, cos", "f64", "u scale", [4.0, 3.2], "lengths up to 2"),
    row("sin, cos", "f32", "u scale", [2.0, 1.6], "the same"),
    row("exp", "f64", "u K (1 + |x + y|^2 / 2)", [2.0, 1.6], "relative; the exponent's error counts"),
    row("exp", "f32", "u K (1 + |x + y|^2 / 2)", [2.0, 1.7], "the same"),
    row("gaussian", "f64", "u scale", [3.0, 2.0], "any length"),
    row("gaussian", "f32", "u scale", [1.0, 0.8], "the same"),
    row("quadratic", "f64", "u scale", [5.0, 4.2], "lengths up to 2"),
    row("quadratic", "f32", "u scale", [3.0, 2.5], "the same"),
    row("rectified power", "f64", "u scale", [4.0, 3.8], "orders 2 and 3, any angle and length"),
    row("rectified power", "f32", "u scale", [7.0, 6.3], "the same"),
    row("hermite", "f64", "u scale", [8.0, 8.0], "degrees 2, 3 and 8, lengths up to 2"),
    row("hermite", "f32", "u scale", [4.0, 3.4], "the same"),
    row("rbf", "f64", "u scale", [1.0, 1.0], "lengths up to 2"),
    row("rbf", "f32", "u scale", [1.0, 0.9], "the same"),
    row("arc-cosine family, 2 to 5 layers", "f64", "u scale", [4.0, 3.2], "any variances"),
    row("arc-cosine family, 2 to 5 layers", "f32", "u scale", [4.0, 3.7], "the same"),
    row("step, 2 to 5 layers", "f64", "u", [700.0, 679.4], "an angle t becomes sqrt t, and near 0 its error shows"),
    row("step, 2 to 5 layers", "f32", "u", [110.0, 107.0], "an angle t becomes sqrt t, and near 0 its error shows"),
    row("step, 20 layers", "f64", "u", [4.0, 3.3], "there all angles of a step are large"),
    row("step, 20 layers", "f32", "u", [3.0, 3.0], "the same"),
    row("arc-cosine family, 20 layers", "f64", "u scale", [25.0, 22.2], "with and without biases"),
    row("arc-cosine family, 20 layers", "f32", "u scale", [12.0, 11.9], "the same"),
    row("other activations, 2 to 5 layers", "f64", "u scale", [5.0, 3.9], "any variances"),
    row("other activations, 2 to 5 layers", "f32", "u scale", [6.0, 5.2], "the same"),
    row("rectified power, hermite, rbf, 2 to 5 layers", "f64", "u scale", [7.0, 6.1], "any variances; two layers of those that grow"),
    row("rectified power, hermite, rbf, 2 to 5 layers", "f32", "u scale", [16.0, 15.4], "the same"),
    row("tanh, sigmoid, softplus, silu", "f64", "u scale", [20.0, 17.3], "by quadrature, lengths up to 6"),
    row("tanh, sigmoid, softplus, silu", "f32", "u scale", [10.0, 8.5], "the same"),
    // gradients.json; scale^2 = w K(x, x) K(y, y) / (w |x|^2 + b)
    row("kernel gradient, family", "f64", "u scale", [4.0, 3.9], "NNGP of the arc-cosine family, 1 to 5 layers"),
    row("kernel gradient, family", "f32", "u scale", [3.0, 2.5], "the same"),
    row("kernel gradient, kinked", "f64", "u scale / sin t", [2.0, 1.6], "its NTK, angles from 1e-4; t that between x and y"),
    row("kernel gradient, kinked", "f32", "u scale / sin t", [2.0, 1.9], "the same"),
    row("kernel gradient, others", "f64", "u scale", [14.0, 13.6], "closed forms, 1 to 5 layers"),
    row("kernel gradient, others", "f32", "u scale", [13.0, 12.1], "the same"),
    row("kernel gradient, rectified power, hermite, rbf", "f64", "u scale", [11.0, 10.5], "1 to 5 layers; one and two of those that grow"),
    row("kernel gradient, rectified power, hermite, rbf", "f32", "u scale", [18.0, 17.9], "the same"),
    row("kernel gradient, by quadrature", "f64", "u scale", [6.0, 6.0], "one and two layers"),
    row("kernel gradient, by quadrature", "f32", "u scale", [6.0, 5.3], "the same"),
    // networks.json, itself accurate to about 10 u
    row("output", "f64", "u max", [8.0, 6.6], "against the largest output of the network"),
    row("loss", "f64", "u L", [3.0, 2.7], "relative"),
    row("gradient", "f64", "u max", [7.0, 6.7], "against its largest entry; 5.9 are the file's own"),
    row("loss gradient", "f64", "u max", [4.0, 3.1], "against its largest entry"),
    row("tangent", "f64", "u sum", [2.0, 1.9], "against the sum of the sizes of its terms"),
    row("linearisation", "f64", "u max", [5.0, 4.4], "against the largest output, linearised or not"),
    row("empirical ntk", "f64", "u max", [5.0, 4.2], "Gram matrix against its largest entry"),
    row("hessian eigenvalues", "f64", "u |H|", [14.0, 13.6], "against the norm; 13.0 are the file's own"),
    row("hessian norm", "f64", "u |H|", [14.0, 13.6], "the same"),
    // traces.json
    row("training loss", "f64", "u L", [11.0, 9.8], "relative; an ulp of noise a step moves it by up to 100 u"),
    row("trained weights", "f64", "u max", [18.0, 16.1], "after 2,000 steps, against the largest weight"),
    // chwirut2.json
    row("regression mean", "f64", "u max |y|", [130.0, 123.0], "the condition number of K + ridge I is up to 11,000"),
    row("regression deviation", "f64", "u K(x, x) / std", [3.0, 2.4], "the variance to a few roundings of the prior's"),
    row("leave-one-out mean", "f64", "u max |y|", [50.0, 48.6], "as the mean"),
    row("leave-one-out deviation", "f64", "u max", [220.0, 217.9], "against the largest one"),
    row("leave-one-out rmse", "f64", "u rmse", [30.0, 26.8], "relative"),
    row("log marginal likelihood", "f64", "u |ln p|", [22.0, 20.7], "relative"),
    // dynamics.json
    row("mean in flow", "f64", "u max |y|", [520.0, 518.6], "up to 284 are the reference's own, by 50-digit arithmetic"),
    row("variance in flow", "f64", "u max", [24.0, 20.0], "against the largest before training"),
    row("mean in descent", "f64", "u max |y|", [260.0, 258.2], "up to 1,000 steps; up to 40 are the reference's own"),
    row("ntk eigenvalues", "f64", "u |K|", [5.0, 3.9], "against the norm"),
    // normals.json
    row("normal", "f64", "u |z|", [6.0, 5.6], "relative, from 0 to the largest |z|"),
    row("normal", "f32", "u |z|", [5.0, 4.7], "the same"),
    // peers.json
    row("kernels of neural-tangents", "f64", "u scale", [20.0, 17.9], "1 to 10 layers, different inputs"),
    row("its kernels of equal inputs", "f64", "u scale", [8e8, 7.64e8], "its arccos of 1; ours to a few u, see the rows above"),
    row("newer kernels of neural-tangents", "f64", "u scale", [6.0, 5.6], "sign, rectified powers, sines, Hermite polynomials on the sphere"),
    row("arc-cosine kernels", "f64", "u scale", [2.0, 1.0], "orders 0 and 1, 1 to 3 layers, by 50-digit arithmetic"),
    row("arc-cosine kernels of equal inputs", "f64", "u scale", [2.0, 1.6], "the same"),
    row("training by neural-tangents", "f64", "u max", [4.3e6, 4.2e6], "three times; its kernels' own errors"),
];

/// Below this many units a row need not be tighter: the reference values are rounded too.
const FLOOR: f64 = 1.0;

/// A row may allow this many times what is measured.
const SLACK: f64 = 4.0;

/// Asserts that the largest error of a quantity passes its row, and that the row is not needlessly loose.
pub(crate) fn check<T: Scalar>(name: &str, worst: &Worst) {
    let scalar = type_name::<T>();
    let found = TABLE.iter().find(|row| row.name == name && row.scalar == scalar);
    let row = found.unwrap_or_else(|| panic!("no row for {name} in {scalar}"));
    let Worst { error, place, count } = worst;
    let heading = format!("{name} in {scalar}");
    println!(
        "{heading:32} {error:9.3} of {:9.3} {:24} {count} values, worst: {place}",
        row.allowed, row.unit
    );
    assert!(*count > 0, "{heading}: nothing was compared");
    assert!(*error <= row.allowed, "{heading}: {error} {} at {place}, allowed {}", row.unit, row.allowed);
    assert!(row.allowed <= (SLACK * error).max(FLOOR), "{heading}: only {error} {}, tighten it", row.unit);
}

/// The largest error of a quantity, in units, and where it occurred.
pub(crate) struct Worst {
    error: f64,
    place: String,
    count: usize,
}

impl Worst {
    pub(crate) const fn new() -> Self {
        Self { error: 0.0, place: String::new(), count: 0 }
    }

    /// Takes one error into account.
    pub(crate) fn see(&mut self, error: f64, place: impl Display) {
        assert!(error.is_finite(), "an error of {error} at {place}");
        self.count += 1;
        if self.count == 1 || error > self.error {
            (self.error, self.place) = (error, place.to_string());
        }
    }

    /// Compares `f64` values; the unit is u times `scale`.
    pub(crate) fn compare(&mut self, found: &[f64], expected: &[f64], scale: f64, place: impl Display) {
        assert_eq!(found.len(), expected.len(), "number of values of {place}");
        for (i, (&found, &expected)) in found.iter().zip(expected).enumerate() {
            self.see(roundings::<f64>(found, expected, scale), format_args!("{place}, value {i}"));
        }
    }
}

/// |found - expected| in units of u times `scale`, u that of T.
pub(crate) fn roundings<T: Scalar>(found: T, expected: f64, scale: f64) -> f64 {
    let error = (found.to_f64() - expected).abs();
    // Nothing is 0/0: equal values agree at any scale, and different ones at scale 0 are infinitely far
    // apart.
    if error == 0.0 { 0.0 } else { error / (0.5 * T::EPSILON.to_f64() * scale) }
}

/// |found - expected| in ulps of T at `expected`.
pub(crate) fn ulps<T: Scalar>(found: T, expected: f64) -> f64 {
    let power = f64::from_bits(expected.to_bits() & (0x7ff << 52)); // the mantissa cleared: 2^e <= |expected|
    (found.to_f64() - expected).abs() / (T::EPSILON.to_f64() * power)
}

/// The largest value in size.
pub(crate) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| value.abs().max(most))
}

#[test]
fn every_row_is_used_and_stands_once() {
    let sources = [
        include_str!("kernels.rs"),
        include_str!("duals.rs"),
        include_str!("gradients.rs"),
        include_str!("sign_changes.rs"),
        include_str!("gram.rs"),
        include_str!("networks.rs"),
        include_str!("traces.rs"),
        include_str!("chwirut2.rs"),
        include_str!("dynamics.rs"),
        include_str!("normals.rs"),
        include_str!("peers.rs"),
    ];
    for row in &TABLE {
        let quoted = format!("\"{}\"", row.name);
        assert!(sources.iter().any(|source| source.contains(&quoted)), "{} is checked nowhere", row.name);
        let twins = TABLE.iter().filter(|other| (other.name, other.scalar) == (row.name, row.scalar));
        assert_eq!(twins.count(), 1, "{} in {}", row.name, row.scalar);
    }
}

#[test]
fn every_row_was_measured() {
    for Tolerance { name, scalar, allowed, measured, says, .. } in &TABLE {
        assert!(
            measured <= allowed && *allowed <= (SLACK * measured).max(FLOOR),
            "{name} in {scalar}: {says}"
        );
    }
}

/// Lines of the table in docs/accuracy.md, by how they begin, and the row of this table that each quotes.
const QUOTED: [(&str, &str); 30] = [
    ("ReLU NTK, angles", "relu ntk"),
    ("ReLU NTK near its change of sign,", "relu ntk, sign change"),
    ("leaky ReLU NTK near its change of sign,", "leaky ntk, sign change"),
    ("ReLU NNGP,", "relu nngp"),
    ("leaky ReLU, absolute value, identity,", "arc-cosine family"),
    ("the family,", "arc-cosine family, 2 to 5 layers"),
    ("the family, 20 layers", "arc-cosine family, 20 layers"),
    ("step and sign,", "step"),
    ("erf,", "erf"),
    ("GELU,", "gelu"),
    ("sin and cos,", "sin, cos"),
    ("exp,", "exp"),
    ("Gaussian,", "gaussian"),
    ("square,", "quadratic"),
    ("powers max(0, z)²", "rectified power"),
    ("Hermite polynomials", "hermite"),
    ("squared exponential,", "rbf"),
    ("these three, 2 to 5 layers", "rectified power, hermite, rbf, 2 to 5 layers"),
    ("these, 2 to 5 layers", "other activations, 2 to 5 layers"),
    ("tanh, sigmoid, softplus, SiLU,", "tanh, sigmoid, softplus, silu"),
    ("ReLU to depth 20,", "deep ntk"),
    ("ReLU and leaky ReLU NTK of `ntk kernel`,", "ntk in vectors"),
    ("the same, 64 inputs", "ntk in vectors, 64 inputs"),
    ("the same, 2 to 20 layers", "ntk in vectors, 2 to 20 layers"),
    ("gradients of", "gradient"),
    ("eigenvalues of the full Hessian", "hessian eigenvalues"),
    ("loss after 2,000 steps", "training loss"),
    ("kernel regression on Chwirut2: mean", "regression mean"),
    ("leave-one-out means", "leave-one-out mean"),
    ("standard normal numbers", "normal"),
];

/// What docs/accuracy.md says was measured is what this table says.
#[test]
fn the_docs_quote_this_table() {
    let page = std::fs::read_to_string(crate::data::path("../../docs/accuracy.md")).unwrap();
    for (start, name) in QUOTED {
        let line =
            page.lines().find(|line| line.strip_prefix("| ").is_some_and(|line| line.starts_with(start)));
        let line = line.unwrap_or_else(|| panic!("no line of docs/accuracy.md begins with {start}"));
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        for (scalar, cell) in [("f64", cells[2]), ("f32", cells[3])] {
            let row = TABLE.iter().find(|row| row.name == name && row.scalar == scalar);
            let measured = row.map_or(String::new(), |row| format!("{:.1}", row.measured));
            assert_eq!(cell, measured, "{start} in {scalar}");
        }
    }
}
