//! The model as source that needs nothing: constants, and the kernel's own arithmetic from a template.
//!
//! The formulas are the core's, angles by half their sine included. Sums run in another order and the length of an input has no
//! more digits than its type, so results differ from the core's by roundings.

use std::fmt::{Debug, Write as _};

use ntk_core::regression::bytes::Contents;

use super::Numbers;
use crate::activation::Named;
use crate::error::Failure;
use crate::gram::Real;
use crate::model::KernelSpec;

const RUST: &str = include_str!("model.rs.in");
const C: &str = include_str!("model.c.in");

/// Names of parts, and names and values of constants.
type Parts = (&'static [&'static str], Vec<(&'static str, f64)>);

/// The parts of a template that an activation needs before the body, the last its own; and numbers of its own.
fn parts(activation: Named) -> Option<Parts> {
    let bent = |line: f64, bend: f64| vec![("LINE", line), ("BEND", bend)];
    let arc = &["polynomial", "bent"][..];
    Some(match activation {
        Named::Relu => (arc, bent(0.5, 0.5)),
        Named::LeakyRelu(s) => (arc, bent((0.5 + 0.5 * s).powi(2), (0.5 - 0.5 * s).powi(2))),
        Named::Abs => (arc, bent(0.0, 1.0)),
        Named::Step => (&["polynomial", "step"], vec![]),
        Named::Erf => (
            &["polynomial", "determinant", "erf", "moments"],
            vec![("FOUR_OVER_PI", 4.0 * std::f64::consts::FRAC_1_PI)],
        ),
        Named::Gelu => (
            &["polynomial", "determinant", "gelu", "moments"],
            vec![("HALF_OVER_PI", 0.5 * std::f64::consts::FRAC_1_PI)],
        ),
        Named::Gaussian => (&["determinant", "gaussian", "moments"], vec![]),
        Named::Identity => (&["identity"], vec![]),
        Named::Quadratic => (&["quadratic", "moments"], vec![]),
        _ => return None,
    })
}

fn refuse(spec: &KernelSpec) -> Failure {
    Failure::new(format!(
        "the kernel of {} is not exported as source: it needs functions that neither C nor Rust without a library has in one form; \
         use --lang bin and ntk_core on the device, or fit with relu, leaky-relu, abs, step, erf, gelu, gaussian, identity or quadratic",
        spec.activation
    ))
}

/// A part of a template.
fn part(template: &'static str, name: &str) -> &'static str {
    let marker = format!("//# {name}\n");
    let start = template.find(&marker).map_or(template.len(), |i| i + marker.len());
    let rest = &template[start..];
    &rest[..rest.find("//# ").unwrap_or(rest.len())]
}

/// How a language writes constants.
struct Language {
    template: &'static str,
    real: &'static str,
    /// Behind each number.
    suffix: &'static str,
    /// Around the numbers of a row.
    row: [&'static str; 2],
}

impl Language {
    fn number<T: Debug>(&self, value: T) -> String {
        format!("{value:?}{}", self.suffix)
    }

    /// A row on as few lines as 100 columns allow.
    fn row<T: Copy + Debug>(&self, values: &[T], indent: &str) -> String {
        let mut text = format!("{indent}{}", self.row[0]);
        let mut column = text.len();
        for (i, &value) in values.iter().enumerate() {
            let number = self.number(value);
            if column + number.len() + 2 > 100 {
                text.push_str(&format!("\n{indent} "));
                column = indent.len() + 1;
            } else if i > 0 {
                text.push(' ');
            }
            column += number.len() + 2;
            text.push_str(&number);
            text.push(if i + 1 < values.len() { ',' } else { ' ' });
        }
        format!("{}{}", text.trim_end(), self.row[1])
    }

    fn rows<T: Copy + Debug>(&self, values: &[T], width: usize) -> String {
        let rows: Vec<String> = values.chunks_exact(width).map(|row| self.row(row, "    ")).collect();
        format!("{}\n{}\n{}", self.row[0], rows.join(",\n"), self.row[1])
    }

    /// The parts in their order.
    fn code(&self, activation: &[&str], contents: Contents) -> String {
        let mut code = String::new();
        for name in activation.iter().chain(&["body"]) {
            code.push_str(part(self.template, name));
        }
        if contents == Contents::Everything {
            code.push_str(part(self.template, "deviation"));
        }
        code
    }
}

/// Each row of R with its reciprocal in front.
fn factor<T: Real>(numbers: &Numbers<T>) -> Vec<T> {
    let rows = numbers.matrix.chunks_exact(numbers.len()).zip(&numbers.inverse).enumerate();
    rows.flat_map(|(i, (row, &inverse))| [inverse].into_iter().chain(row[i + 1..].iter().copied())).collect()
}

fn is_single<T>() -> bool {
    size_of::<T>() == 4
}

/// One line that says what the model is.
fn title<T: Real>(numbers: &Numbers<T>, spec: &KernelSpec) -> String {
    let kind = if spec.kind == crate::cli::Kind::Ntk { "NTK" } else { "NNGP" };
    format!(
        "Kernel regression on {} samples: {kind} of {}, depth {}, weight variance {:?}, bias variance {:?}, ridge {:?}.",
        numbers.len(),
        spec.activation,
        spec.depth,
        spec.weight_variance,
        spec.bias_variance,
        numbers.ridge
    )
}

/// Names, types and values of the constants but the counts.
fn constants<T: Real>(
    numbers: &Numbers<T>,
    spec: &KernelSpec,
    own: Vec<(&'static str, f64)>,
    of: &Language,
    sections: &[&str],
) -> Vec<(&'static str, String, String)> {
    let scalar = |name, value: f64| (name, String::new(), of.number(T::from_f64(value)));
    let mut list =
        vec![scalar("WEIGHT_VARIANCE", spec.weight_variance), scalar("BIAS_VARIANCE", spec.bias_variance)];
    list.extend(own.into_iter().map(|(name, value)| scalar(name, value)));
    if sections.contains(&"polynomial") {
        list.push(("ANGLE_TABLE", T::ANGLE.len().to_string(), of.row(T::ANGLE, "")));
    }
    if sections.contains(&"bent") {
        list.push(("NNGP_TABLE", T::NNGP.len().to_string(), of.row(T::NNGP, "")));
    }
    let (n, d) = (numbers.len(), numbers.inputs);
    let names = ["X_SHIFT", "X_SCALE", "Y_SHIFT", "Y_SCALE"];
    for ((name, column), count) in
        names.into_iter().zip(&numbers.scaling).zip(["INPUTS", "INPUTS", "OUTPUTS", "OUTPUTS"])
    {
        list.push((name, count.to_owned(), of.row(column, "")));
    }
    let lengths: Vec<T> = numbers.lengths.iter().map(|[norm, _]| *norm).collect();
    list.push(("X", "SAMPLES INPUTS".to_owned(), of.rows(&numbers.x, d)));
    list.push(("LENGTH", "SAMPLES".to_owned(), of.row(&lengths, "")));
    list.push(("COEFFICIENT", "OUTPUTS SAMPLES".to_owned(), of.rows(&numbers.coefficients, n)));
    if numbers.contents == Contents::Everything {
        list.push(("FACTOR", (n * (n + 1) / 2).to_string(), of.row(&factor(numbers), "")));
    }
    list
}

/// A Rust file, `no_std` and without dependencies.
///
/// # Errors
/// For a kernel without a template.
pub fn rust<T: Real>(numbers: &Numbers<T>, spec: &KernelSpec) -> Result<String, Failure> {
    let (sections, own) = parts(spec.activation).ok_or_else(|| refuse(spec))?;
    let real = if is_single::<T>() { "f32" } else { "f64" };
    let of = Language { template: RUST, real, suffix: "", row: ["[", "]"] };
    let mut text = format!(
        "// Written by `ntk export`; do not edit.\n// {}\n// Uses `core` alone: `mod ntk_model;` in any crate, `no_std` or not.\n\n\
         #![allow(dead_code, unused_variables, clippy::all, clippy::pedantic)]\n\n\
         /// The type of all numbers.\npub type Real = {};\n/// Numbers in an input.\npub const INPUTS: usize = {};\n\
         /// Numbers in a prediction.\npub const OUTPUTS: usize = {};\n/// Samples that were learned.\n\
         pub const SAMPLES: usize = {};\n\nconst DEPTH: usize = {};\nconst NTK: bool = {};\n",
        title(numbers, spec),
        of.real,
        numbers.inputs,
        numbers.scaling[2].len(),
        numbers.len(),
        spec.depth,
        spec.kind == crate::cli::Kind::Ntk
    );
    for (name, counts, value) in constants(numbers, spec, own, &of, sections) {
        let of_type =
            counts.split_whitespace().rev().fold("Real".to_owned(), |t, count| format!("[{t}; {count}]"));
        let keyword = if counts.is_empty() { "const" } else { "static" };
        let _ = writeln!(text, "{keyword} {name}: {of_type} = {value};"); // writing to a String cannot fail
    }
    text.push('\n');
    text.push_str(part(RUST, "head"));
    text.push_str(&of.code(sections, numbers.contents));
    text.push_str(part(RUST, real));
    Ok(text)
}

/// A C file and its header, C99.
///
/// # Errors
/// For a kernel without a template.
pub fn c<T: Real>(numbers: &Numbers<T>, spec: &KernelSpec) -> Result<[String; 2], Failure> {
    let (sections, own) = parts(spec.activation).ok_or_else(|| refuse(spec))?;
    let (real, precision) = if is_single::<T>() { ("float", "f32") } else { ("double", "f64") };
    let of = Language { template: C, real, suffix: if is_single::<T>() { "f" } else { "" }, row: ["{", "}"] };
    let (d, c) = (numbers.inputs, numbers.scaling[2].len());
    let head = format!("/* Written by `ntk export`; do not edit.\n * {}\n", title(numbers, spec));
    let deviation = if numbers.contents == Contents::Everything {
        "\n/* Mean and standard deviation of the function, both in the units of each output; returns as ntk_model_mean. */\n\
         int ntk_model_predict(const ntk_real *x, ntk_real *mean, ntk_real *deviation);\n"
    } else {
        ""
    };
    let header = format!(
        "{head} */\n#ifndef NTK_MODEL_H\n#define NTK_MODEL_H\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n\
         typedef {} ntk_real;\n\nenum {{ NTK_MODEL_INPUTS = {d}, NTK_MODEL_OUTPUTS = {c} }};\n\n\
         /* The mean of each output at x. Returns 1, or 0 if x is not finite or lies so far out that a number overflows:\n   \
         what is in the results then is of no use. */\nint ntk_model_mean(const ntk_real *x, ntk_real *mean);\n{deviation}\n\
         #ifdef __cplusplus\n}}\n#endif\n\n#endif\n",
        of.real
    );
    let mut text = format!(
        "{head} * C99; needs the square root of <math.h> and nothing else. */\n#include \"ntk_model.h\"\n\n#include <math.h>\n\n\
         typedef ntk_real real;\n\nenum {{ INPUTS = {d}, OUTPUTS = {c}, SAMPLES = {}, DEPTH = {}, NTK = {} }};\n\n",
        numbers.len(),
        spec.depth,
        u8::from(spec.kind == crate::cli::Kind::Ntk)
    );
    for (name, value) in [("HALF", 0.5), ("THREE_QUARTERS", 0.75)] {
        let _ = writeln!(text, "#define {name} {}", of.number(T::from_f64(value)));
    }
    for (name, counts, value) in constants(numbers, spec, own, &of, sections) {
        let _ = if counts.is_empty() {
            writeln!(text, "#define {name} {value}")
        } else {
            let counts: String = counts.split_whitespace().map(|count| format!("[{count}]")).collect();
            writeln!(text, "static const real {name}{counts} = {value};")
        };
    }
    text.push('\n');
    text.push_str(part(C, precision));
    text.push('\n');
    text.push_str(part(C, "head"));
    text.push_str(&of.code(sections, numbers.contents));
    Ok([text, header])
}
