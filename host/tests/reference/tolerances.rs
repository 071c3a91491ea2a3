//! Every tolerance of the comparison with reference values, in one table that only tightens.
//!
//! Errors are counted in roundings: u is half the distance from 1 to the next number, 2^-53 for `f64` and 2^-24 for `f32`,
//! and an ulp of a value is the distance between its neighbours, 1 to 2 u of it. The reference values carry up to half an
//! ulp of `f64` themselves. As the library gives the same bits on every machine, so do these measurements.

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

const TABLE: [Tolerance; 31] = [
    row("relu ntk", "f64", "u |x||y|", [4.0, 0.0], "one hidden layer, any angle and length"),
    row("relu ntk", "f32", "u |x||y|", [4.0, 0.0], "the same"),
    row("relu nngp", "f64", "u |x||y|", [4.0, 0.0], "the same"),
    row("relu nngp", "f32", "u |x||y|", [4.0, 0.0], "the same"),
    row("relu ntk, relative", "f64", "ulp", [4.0, 0.0], "where |K| > |x||y| / 1000"),
    row("relu ntk, relative", "f32", "ulp", [4.0, 0.0], "the same"),
    row("relu nngp, relative", "f64", "ulp", [4.0, 0.0], "the same"),
    row("relu nngp, relative", "f32", "ulp", [4.0, 0.0], "the same"),
    row("relu diagonal", "f64", "ulp", [4.0, 0.0], "K(x, x) = 2 |x|^2 (NTK), |x|^2 (NNGP)"),
    row("relu diagonal", "f32", "ulp", [4.0, 0.0], "the same"),
    row("deep ntk", "f64", "(L+1) u |x||y|", [2.0, 0.0], "L hidden layers"),
    row("deep nngp", "f64", "(L+1) u |x||y|", [2.0, 0.0], "the same"),
    row("output", "f64", "u max", [2.0, 0.0], "f(w; x)"),
    row("gradient", "f64", "u max", [2.0, 0.0], "the same"),
    row("loss", "f64", "u max", [2.0, 0.0], "the same"),
    row("loss gradient", "f64", "u max", [2.0, 0.0], "the same"),
    row("tangent", "f64", "u max", [2.0, 0.0], "the same"),
    row("linearisation", "f64", "u max", [2.0, 0.0], "the same"),
    row("empirical ntk", "f64", "u max", [2.0, 0.0], "the same"),
    row("hessian eigenvalues", "f64", "u max", [2.0, 0.0], "the same"),
    row("hessian norm", "f64", "u max", [2.0, 0.0], "the same"),
    row("training loss", "f64", "u max", [2.0, 0.0], "the same"),
    row("trained weights", "f64", "u max", [2.0, 0.0], "the same"),
    row("regression mean", "f64", "u max", [2.0, 0.0], "the same"),
    row("regression deviation", "f64", "u max", [2.0, 0.0], "the same"),
    row("leave-one-out mean", "f64", "u max", [2.0, 0.0], "the same"),
    row("leave-one-out deviation", "f64", "u max", [2.0, 0.0], "the same"),
    row("leave-one-out rmse", "f64", "u max", [2.0, 0.0], "the same"),
    row("log marginal likelihood", "f64", "u max", [2.0, 0.0], "the same"),
    row("normal", "f64", "u max", [2.0, 0.0], "the same"),
    row("normal", "f32", "u max", [2.0, 0.0], "the same"),
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
    if std::env::var("X").is_ok() {
        return;
    }
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
