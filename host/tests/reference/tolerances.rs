//! Every tolerance of the comparison with reference values, in one table that only tightens.
//!
//! Errors are counted in roundings: u is half the distance from 1 to the next number, 2^-53 for `f64` and 2^-24 for
//! `f32`, and an ulp of a value is the distance between its neighbours, 1 to 2 u of it. The reference values carry up to
//! half an ulp of `f64` themselves, those of `networks.json` more. As the library gives the same bits on every machine,
//! so do these measurements.

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
const TABLE: [Tolerance; 37] = [
    // kernels.json
    row("relu ntk", "f64", "u |x||y|", [8.0, 7.4], "any angle and length; above 4 only where K > |x||y|"),
    row("relu ntk", "f32", "u |x||y|", [6.0, 5.4], "the same"),
    row("relu nngp", "f64", "u |x||y|", [4.0, 3.7], "any angle and length"),
    row("relu nngp", "f32", "u |x||y|", [3.0, 3.0], "the same"),
    row("relu ntk, large", "f64", "ulp", [3.0, 3.0], "where |K| > |x||y| / 2"),
    row("relu ntk, large", "f32", "ulp", [3.0, 2.2], "the same"),
    row("relu ntk, small", "f64", "ulp", [40.0, 39.0], "where |K| > |x||y| / 1000: condition 1 / (pi - t)"),
    row("relu ntk, small", "f32", "ulp", [28.0, 26.9], "the same"),
    row("relu nngp, small", "f64", "ulp", [4.0, 4.0], "where K > |x||y| / 1000"),
    row("relu nngp, small", "f32", "ulp", [4.5, 4.2], "the same"),
    row("relu diagonal", "f64", "ulp", [1.0, 1.0], "K(x, x) = 2 |x|^2 (NTK) and |x|^2 (NNGP)"),
    row("relu diagonal", "f32", "ulp", [1.0, 1.0], "the same"),
    row("deep ntk", "f64", "(L + 1) u scale", [2.0, 1.3], "L hidden layers, scale^2 = K(x, x) K(y, y)"),
    row("deep nngp", "f64", "(L + 1) u scale", [2.0, 1.3], "the same"),
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
    row("regression mean", "f64", "u max |y|", [130.0, 112.3], "the condition number of K + ridge I is up to 11,000"),
    row("regression deviation", "f64", "u K(x, x) / std", [4.0, 3.1], "the variance to a few roundings of the prior's"),
    row("leave-one-out mean", "f64", "u max |y|", [40.0, 36.7], "as the mean"),
    row("leave-one-out deviation", "f64", "u max", [300.0, 254.3], "against the largest one"),
    row("leave-one-out rmse", "f64", "u rmse", [60.0, 51.7], "relative"),
    row("log marginal likelihood", "f64", "u |ln p|", [45.0, 38.6], "relative"),
    // dynamics.json
    row("mean in flow", "f64", "u max |y|", [150.0, 128.2], "samples and queries, from the start to the end"),
    row("variance in flow", "f64", "u max", [24.0, 20.0], "against the largest before training"),
    row("mean in descent", "f64", "u max |y|", [150.0, 129.5], "up to 1,000 steps"),
    row("ntk eigenvalues", "f64", "u |K|", [5.0, 3.9], "against the norm"),
    // normals.json
    row("normal", "f64", "u |z|", [6.0, 5.6], "relative, from 0 to the largest |z|"),
    row("normal", "f32", "u |z|", [5.0, 4.7], "the same"),
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
    // Nothing is 0/0: equal values agree at any scale, and different ones at scale 0 are infinitely far apart.
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
        include_str!("networks.rs"),
        include_str!("traces.rs"),
        include_str!("chwirut2.rs"),
        include_str!("dynamics.rs"),
        include_str!("normals.rs"),
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
