//! CSV to and fro, and how far two numbers may lie apart.

/// The unit roundoff of `f64`.
pub(crate) const U: f64 = 0.5 * f64::EPSILON;

/// A table as the program prints it.
#[derive(Debug, PartialEq)]
pub(crate) struct Printed {
    pub(crate) header: String,
    pub(crate) rows: Vec<Vec<f64>>,
}

/// Reads a table with a header.
pub(crate) fn table(text: &str) -> Printed {
    let (header, rest) = text.split_once('\n').unwrap();
    Printed { header: header.to_owned(), rows: matrix(rest) }
}

/// Reads a table without one.
pub(crate) fn matrix(text: &str) -> Vec<Vec<f64>> {
    let number = |cell: &str| cell.parse().unwrap_or_else(|e| panic!("'{cell}': {e}"));
    text.lines().map(|line| line.split(',').map(number).collect()).collect()
}

/// A column of a table.
pub(crate) fn column(rows: &[Vec<f64>], i: usize) -> Vec<f64> {
    rows.iter().map(|row| row[i]).collect()
}

/// Writes a table; `{:?}` reads back to the same bits.
pub(crate) fn csv(header: &str, rows: &[Vec<f64>]) -> String {
    let lines = rows.iter().map(|row| row.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(","));
    [header.to_owned()].into_iter().chain(lines).map(|line| line + "\n").collect()
}

/// `x0,x1,...`
pub(crate) fn names(name: &str, count: usize) -> String {
    (0..count).map(|i| format!("{name}{i}")).collect::<Vec<_>>().join(",")
}

/// A network's weights as a file: `a` is outputs by units, `b` units by inputs.
pub(crate) fn weights(a: &[Vec<f64>], b: &[Vec<f64>]) -> String {
    let header = if a.len() == 1 { "a".to_owned() } else { names("a", a.len()) };
    let rows = b.iter().enumerate().map(|(unit, b)| [column(a, unit), b.clone()].concat());
    csv(&format!("{header},{}", names("b", b[0].len())), &rows.collect::<Vec<_>>())
}

/// The largest value in size.
pub(crate) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| value.abs().max(most))
}

/// Asserts that values lie within `roundings` times u times `scale` of what is expected.
pub(crate) fn assert_near(found: &[f64], expected: &[f64], roundings: f64, scale: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}: number of values");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs() / (U * scale);
        assert!(
            found == expected || error <= roundings,
            "{what}, value {i}: {found} for {expected}, {error:.1} roundings of {roundings} apart"
        );
    }
}

/// The same numbers, to the bit.
pub(crate) fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}
