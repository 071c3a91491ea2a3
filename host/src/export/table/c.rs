//! Tables in C99.

use std::fmt::Write as _;

use super::{Curve, Table};
use crate::export::source::named;

const BETWEEN: &str = "\
/* The mean of a and b with weights 2^shift - u and u, rounded. */
static inline uint32_t @between(uint32_t a, uint32_t b, uint32_t u, unsigned shift) {
    const uint32_t whole = (uint32_t)1 << shift;
    return (a * (whole - u) + b * u + (whole >> 1)) >> shift;
}
";

/// Returns the C function of one kind of number of one output, with its table.
fn curve(kind: &str, output: usize, curve: &Curve) -> String {
    let (name, shift, width) = (format!("{kind}_{output}"), curve.shift(), curve.width());
    let mut text = format!(
        "\nstatic const uint{width}_t @{}[{}] = {};\n\nstatic inline int32_t @{name}(uint32_t code) {{\n",
        name.to_uppercase(),
        curve.entries().len(),
        super::rust::row(curve.entries(), ["{", "}"]),
    );
    let first = if curve.degree() == 1 { String::new() } else { "2 * ".to_owned() };
    let _ = write!(
        text,
        "    const uint{width}_t *const t = @{} + {first}(code >> {shift});\n    const uint32_t u = code & {};\n    return ",
        name.to_uppercase(),
        (1u32 << shift) - 1,
    );
    let between = |a: &str, b: &str| format!("@between({a}, {b}, u, {shift})");
    let sum = if curve.degree() == 1 {
        between("t[0]", "t[1]")
    } else {
        between(&between("t[0]", "t[1]"), &between("t[1]", "t[2]"))
    };
    let _ = writeln!(text, "(int32_t){sum} + ({});\n}}", curve.offset());
    text
}

/// Returns a C file and its header.
#[must_use]
pub fn c(table: &Table, name: &str) -> [String; 2] {
    let (bits, c) = (table.request.bits, table.outputs.len());
    let head = format!("/* Written by `ntk export`; do not edit.\n * {}\n", table.head().join("\n * "));
    let fractions: Vec<String> = table
        .outputs
        .iter()
        .enumerate()
        .map(|(i, output)| {
            let number = if c == 1 { String::new() } else { i.to_string() };
            format!("@FRACTION{number} = {}", output.fraction)
        })
        .collect();
    let kinds: Vec<_> = table.kinds().collect();
    let results = |count: usize| -> String {
        kinds.iter().take(count).map(|(kind, _)| format!(", int32_t *{kind}")).collect()
    };
    let mut header = format!(
        "{head} */\n#ifndef @H\n#define @H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n\
         enum {{ @BITS = {bits}, @OUTPUTS = {c} }};\nenum {{ {} }};\n\n\
         /* The mean of each output. Returns 1, or 0 if the code has more than {bits} bits; then nothing is written. */\n\
         int @mean(uint16_t code{});\n",
        fractions.join(", "),
        results(1)
    );
    if kinds.len() > 1 {
        let _ = write!(
            header,
            "\n/* The mean of each output and the ends of its interval. Returns as @mean. */\nint @predict(uint16_t code{});\n",
            results(3)
        );
    }
    header.push_str("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
    let mut text = format!(
        "{head} * C99, in integers: this needs nothing of the C library. */\n#include \"{name}.h\"\n\n{BETWEEN}"
    );
    for (kind, curves) in &kinds {
        for (output, of_output) in curves.iter().enumerate() {
            text.push_str(&curve(kind, output, of_output));
        }
    }
    let functions = [("mean", 1), ("predict", 3)];
    for (function, count) in functions.into_iter().filter(|(_, count)| *count <= kinds.len()) {
        let _ = writeln!(text, "\nint @{function}(uint16_t code{}) {{", results(count));
        if bits < 16 {
            let _ = writeln!(text, "    if (code > {}) {{\n        return 0;\n    }}", (1u32 << bits) - 1);
        }
        for (kind, curves) in kinds.iter().take(count) {
            for output in 0..curves.len() {
                let _ = writeln!(text, "    {kind}[{output}] = @{kind}_{output}(code);");
            }
        }
        text.push_str("    return 1;\n}\n");
    }
    [named(&text, name), named(&header, name)]
}
