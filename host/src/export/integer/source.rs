//! A model in integers as source.

use std::fmt::{Display, Write as _};

use super::{Integer, Numbers, OutputNumbers};
use crate::export::source::{module, named};

const C: &str = include_str!("model.c.in");
const RUST: &str = include_str!("model.rs.in");

/// The name of a constant of the device, its type in C and in Rust, its counts, and its numbers.
type Constant = (&'static str, [&'static str; 2], Vec<&'static str>, Vec<String>);

fn texts<T: Display>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|v| v.to_string()).collect()
}

fn constants(numbers: &Numbers) -> Vec<Constant> {
    const WORD: [&str; 2] = ["int32_t", "i32"];
    const BYTE: [&str; 2] = ["uint8_t", "u8"];
    let of = |get: fn(&OutputNumbers) -> u32| texts(numbers.outputs.iter().map(get));
    vec![
        ("LOW", WORD, vec!["INPUTS"], texts(&numbers.low)),
        ("HIGH", WORD, vec!["INPUTS"], texts(&numbers.high)),
        ("CENTRE", WORD, vec!["INPUTS"], texts(&numbers.centre)),
        ("FACTOR", WORD, vec!["INPUTS"], texts(&numbers.factor)),
        ("SHIFT", BYTE, vec!["INPUTS"], texts(&numbers.shift)),
        ("OFFSET", WORD, vec!["INPUTS + 1"], texts(&numbers.offset)),
        ("POLYNOMIAL", WORD, vec!["TERMS"], texts(&numbers.polynomial)),
        ("UNIT", WORD, vec!["SAMPLES", "INPUTS + 1"], texts(numbers.units.iter().flatten())),
        (
            "LINEAR",
            WORD,
            vec!["OUTPUTS", "INPUTS + 1"],
            texts(numbers.outputs.iter().flat_map(|o| &o.linear)),
        ),
        ("WEIGHT", WORD, vec!["OUTPUTS", "SAMPLES"], texts(numbers.outputs.iter().flat_map(|o| &o.weights))),
        ("LINEAR_SHIFT", BYTE, vec!["OUTPUTS"], of(|o| o.linear_shift)),
        ("SUM_SHIFT", BYTE, vec!["OUTPUTS"], of(|o| o.sum_shift)),
        ("PRODUCT_SHIFT", BYTE, vec!["OUTPUTS"], of(|o| o.product_shift)),
        ("CONSTANT", ["int64_t", "i64"], vec!["OUTPUTS"], texts(numbers.outputs.iter().map(|o| o.constant))),
    ]
}

/// Formats numbers on as few lines as 100 columns allow, in rows of `width`.
fn table(values: &[String], width: Option<usize>, [open, close]: [&str; 2]) -> String {
    let row = |values: &[String]| {
        let (mut text, mut column) = (format!("    {open}"), 5);
        for (i, value) in values.iter().enumerate() {
            if column + value.len() + 2 > 100 {
                text.push_str("\n     ");
                column = 5;
            } else if i > 0 {
                text.push(' ');
            }
            column += value.len() + 2;
            text.push_str(value);
            if i + 1 < values.len() {
                text.push(',');
            }
        }
        text + close
    };
    match width {
        None => row(values).trim_start().to_owned(),
        Some(width) => {
            let rows: Vec<String> = values.chunks(width.max(1)).map(row).collect();
            format!("{open}\n{}\n{close}", rows.join(",\n"))
        }
    }
}

/// Returns "" if there is only one of its kind, else its number.
fn number(i: usize, count: usize) -> String {
    if count == 1 { String::new() } else { i.to_string() }
}

/// Returns a C file and its header.
#[must_use]
pub fn c(model: &Integer, name: &str) -> [String; 2] {
    let numbers = &model.numbers;
    let (d, n, c) = (numbers.low.len(), numbers.units.len(), numbers.outputs.len());
    let head = format!("/* Written by `ntk export`; do not edit.\n * {}\n", model.head().join("\n * "));
    let mut fractions: Vec<String> = Vec::new();
    for (i, fraction) in numbers.x_fraction.iter().enumerate() {
        fractions.push(format!("@X_FRACTION{} = {fraction}", number(i, d)));
    }
    for (i, of) in numbers.outputs.iter().enumerate() {
        fractions.push(format!("@FRACTION{} = {}", number(i, c), of.fraction));
    }
    let header = format!(
        "{head} */\n#ifndef @H\n#define @H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n\
         enum {{ @INPUTS = {d}, @OUTPUTS = {c} }};\nenum {{ {} }};\n\n\
         /* The mean of each output. Returns 1, or 0 if an input is out of its range; then nothing is written. */\n\
         int @mean(const int32_t *x, int32_t *mean);\n\n#ifdef __cplusplus\n}}\n#endif\n\n#endif\n",
        fractions.join(", ")
    );
    let mut text = format!(
        "{head} * C99, in integers: this needs nothing of the C library. */\n#include \"{name}.h\"\n\n\
         #if (-1 >> 1) != -1\n#error \"this needs a compiler that shifts negative integers right as most do\"\n#endif\n\n\
         enum {{ @SAMPLES = {n}, @TERMS = {}, @OBTUSE = {}, @PLACE = {} }};\n\n",
        numbers.polynomial.len(),
        u8::from(numbers.obtuse),
        numbers.place
    );
    for (name, [kind, _], counts, values) in constants(numbers) {
        let width = (counts.len() > 1).then(|| if counts[1] == "SAMPLES" { n } else { d + 1 });
        let suffixed: Vec<String> =
            if kind == "int64_t" { values.iter().map(|v| format!("INT64_C({v})")).collect() } else { values };
        let counts: String = counts.iter().map(|count| format!("[@{count}]")).collect();
        let _ =
            writeln!(text, "static const {kind} @{name}{counts} = {};", table(&suffixed, width, ["{", "}"]));
    }
    let text = format!("{text}\n{C}");
    [named(&text, name), named(&header, name)]
}

/// Returns a Rust file, `no_std` and without dependencies.
#[must_use]
pub fn rust(model: &Integer, name: &str) -> String {
    let numbers = &model.numbers;
    let (d, n, c) = (numbers.low.len(), numbers.units.len(), numbers.outputs.len());
    let list = |values: Vec<String>| values.join(", ");
    let mut text = format!(
        "/// Numbers in an input.\npub const INPUTS: usize = {d};\n/// Numbers in a prediction.\npub const OUTPUTS: usize = {c};\n\
         /// Input j is the reading times 2^X_FRACTION\\[j\\].\npub const X_FRACTION: [i32; INPUTS] = [{}];\n\
         /// An answer is the value times 2^FRACTION.\npub const FRACTION: [i32; OUTPUTS] = [{}];\n\
         const SAMPLES: usize = {n};\nconst TERMS: usize = {};\nconst OBTUSE: bool = {};\nconst PLACE: u32 = {};\n",
        list(texts(&numbers.x_fraction)),
        list(texts(numbers.outputs.iter().map(|o| o.fraction))),
        numbers.polynomial.len(),
        numbers.obtuse,
        numbers.place
    );
    for (name, [_, kind], counts, values) in constants(numbers) {
        let width = (counts.len() > 1).then(|| if counts[1] == "SAMPLES" { n } else { d + 1 });
        let of_type = counts.iter().rev().fold(kind.to_owned(), |t, count| format!("[{t}; {count}]"));
        let _ = writeln!(text, "static {name}: {of_type} = {};", table(&values, width, ["[", "]"]));
    }
    text.push_str(RUST);
    module(&model.head(), name, "FRACTION, INPUTS, OUTPUTS, X_FRACTION, mean", &text)
}
