//! Tables in Rust.

use std::fmt::Write as _;

use super::{Curve, Table};

const BETWEEN: &str = "
/// Returns the mean of a and b with weights 2^shift - u and u, rounded.
fn between(a: u32, b: u32, u: u32, shift: u32) -> u32 {
    (a * ((1 << shift) - u) + b * u + ((1 << shift) >> 1)) >> shift
}

/// Returns an entry of a table.
fn entry<T: Copy + Into<u32>>(table: &[T], i: u32) -> u32 {
    table.get(i as usize).map_or(0, |v| (*v).into())
}
";

/// Formats numbers on as few lines as 100 columns allow.
pub(super) fn row(values: &[u32], [open, close]: [&str; 2]) -> String {
    let (mut text, mut column) = (open.to_owned(), 100);
    for value in values {
        let number = format!(" {value},");
        if column + number.len() > 100 {
            text.push_str("\n   ");
            column = 3;
        }
        column += number.len();
        text.push_str(&number);
    }
    format!("{text}\n{close}")
}

fn curve(kind: &str, output: usize, curve: &Curve) -> String {
    let (name, shift, width) = (format!("{kind}_{output}"), curve.shift(), curve.width());
    let upper = name.to_uppercase();
    let entries = curve.entries();
    let mut text = format!(
        "\nstatic {upper}: [u{width}; {}] = {};\n\nfn {name}(code: u32) -> i32 {{\n",
        entries.len(),
        row(entries, ["[", "]"])
    );
    let mask = (1u32 << shift) - 1;
    let between = |a: &str, b: &str| format!("between({a}, {b}, u, {shift})");
    let entry = |i: &str| format!("entry(&{upper}, i{i})");
    let start = if curve.degree() == 1 { "" } else { "2 * " };
    let _ = writeln!(text, "    let (i, u) = ({start}(code >> {shift}), code & {mask});");
    let sum = if curve.degree() == 1 {
        between(&entry(""), &entry(" + 1"))
    } else {
        let _ = writeln!(text, "    let (a, b, c) = ({}, {}, {});", entry(""), entry(" + 1"), entry(" + 2"));
        between(&between("a", "b"), &between("b", "c"))
    };
    let _ = writeln!(text, "    {sum} as i32 + ({})\n}}", curve.offset());
    text
}

/// Returns a Rust file, `no_std` and without dependencies.
#[must_use]
pub fn rust(table: &Table, name: &str) -> String {
    let (bits, c) = (table.request.bits, table.outputs.len());
    let fractions: Vec<String> = table.outputs.iter().map(|output| output.fraction.to_string()).collect();
    let mut text = format!(
        "/// Bits of a code.\npub const BITS: u32 = {bits};\n/// Numbers in a prediction.\npub const OUTPUTS: usize = {c};\n\
         /// A value of an output is an integer times 2^-FRACTION.\n\
         pub const FRACTION: [i32; OUTPUTS] = [{}];\n",
        fractions.join(", ")
    );
    let kinds: Vec<_> = table.kinds().collect();
    let list = |kind: &str| {
        let calls: Vec<String> = (0..c).map(|i| format!("{kind}_{i}(u32::from(code))")).collect();
        format!("[{}]", calls.join(", "))
    };
    let refuse = if bits < 16 {
        format!("    if code > {} {{\n        return None;\n    }}\n", (1u32 << bits) - 1)
    } else {
        String::new()
    };
    let _ = write!(
        text,
        "\n/// The mean of each output; `None` if the code has more than {bits} bits.\n\
         pub fn mean(code: u16) -> Option<[i32; OUTPUTS]> {{\n{refuse}    Some({})\n}}\n",
        list("mean")
    );
    let mut public = "BITS, FRACTION, OUTPUTS, mean";
    if let Some(level) = table.request.level {
        public = "BITS, FRACTION, LEVEL, OUTPUTS, Prediction, mean, predict";
        let _ = write!(
            text,
            "\n/// The probability with which a new observation falls into the interval.\npub const LEVEL: f64 = {level:?};\n\n\
             /// A prediction, output by output.\n\
             #[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub struct Prediction {{\n    \
             /// The mean.\n    pub mean: [i32; OUTPUTS],\n    /// The lower end of the interval.\n    \
             pub low: [i32; OUTPUTS],\n    /// Its upper end.\n    pub high: [i32; OUTPUTS],\n}}\n\n\
             /// The mean of each output and the ends of its interval; `None` if the code has more than \
             {bits} bits.\n\
             pub fn predict(code: u16) -> Option<Prediction> {{\n{refuse}    \
             Some(Prediction {{ mean: {}, low: {}, high: {} }})\n}}\n",
            list("mean"),
            list("low"),
            list("high")
        );
    }
    text.push_str(BETWEEN);
    for (kind, curves) in &kinds {
        for (output, of_output) in curves.iter().enumerate() {
            text.push_str(&curve(kind, output, of_output));
        }
    }
    crate::export::source::module(&table.head(), name, public, &text)
}
