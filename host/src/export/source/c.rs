//! A model as a C file and its header.

use std::fmt::Write as _;

use super::{Language, Numbers, constants, is_single, part, refuse, title};
use crate::error::Failure;
use crate::kernels::gram::Real;
use crate::kernels::{KernelSpec, Kind};

const C: &str = include_str!("../model.c.in");

/// Replaces each `@` of the text by the model's name and `_`. The name is in capitals in front of a capital
/// letter.
///
/// All names have this prefix, including those that are visible in their own file only, so that sources of
/// several models may form one translation unit.
pub(in crate::export) fn named(text: &str, name: &str) -> String {
    let capitals = name.to_ascii_uppercase();
    let mut parts = text.split('@');
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        result.push_str(if part.starts_with(|c: char| c.is_ascii_uppercase()) { &capitals } else { name });
        result.push('_');
        result.push_str(part);
    }
    result
}

/// Returns a C file and its header, in C99.
///
/// # Errors
/// For a kernel without a template.
pub fn c<T: Real>(numbers: &Numbers<T>, spec: &KernelSpec, name: &str) -> Result<[String; 2], Failure> {
    let (sections, own) = spec.activation.source().ok_or_else(|| refuse(spec))?;
    let (real, precision) = if is_single::<T>() { ("float", "f32") } else { ("double", "f64") };
    // On some 8-bit processors `double` is the same as `float`.
    let (digits, bits, remedy) = if is_single::<T>() {
        ("FLT_MANT_DIG != 24 || FLT_MAX_EXP != 128", 32, "export it with --integer")
    } else {
        ("DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024", 64, "export it with --precision f32")
    };
    let of = Language { template: C, suffix: if is_single::<T>() { "f" } else { "" }, row: ["{", "}"] };
    let [d, n, c] = numbers.device.shape();
    let everything = numbers.bars.as_ref();
    let head = format!(
        "/* Written by `ntk export`; do not edit.\n * {}\n",
        title(numbers.device.model.len(), spec, numbers.device.model.ridge())
    );
    let predict = everything.map_or_else(String::new, |bars| {
        format!(
            "\n/* Of each output at x, in its units: the mean, the standard deviation of the function, and the ends of the interval that a\n   \
             new observation falls into with probability {:?}. Returns as @mean. */\n\
             int @predict(const @real *x, @real *mean, @real *std, @real *low, @real *high);\n",
            bars.level
        )
    });
    let header = format!(
        "{head} */\n#ifndef @H\n#define @H\n\n#include <float.h>\n\n\
         #if FLT_RADIX != 2 || {digits}\n#error \"the numbers of this model are of type {real} with {bits} bits, as in IEEE 754, and \
         this compiler has others; {remedy}\"\n#endif\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n\
         typedef {real} @real;\n\nenum {{ @INPUTS = {d}, @OUTPUTS = {c} }};\n\n\
         /* The mean of each output at x. Returns 1, or 0 if x is not finite or lies so far out that a number overflows:\n   \
         what is in the results then is of no use. */\nint @mean(const @real *x, @real *mean);\n{predict}\n\
         #ifdef __cplusplus\n}}\n#endif\n\n#endif\n",
    );
    let mut text = format!(
        "{head} * C99; this needs a square root and memcpy of the C library and nothing else. */\n#include \"{name}.h\"\n\n\
         #include <math.h>\n#include <stdint.h>\n#include <string.h>\n\n\
         enum {{ @SAMPLES = {n}, @DEPTH = {}, @NTK = {} }};\n\n",
        spec.depth,
        u8::from(spec.kind == Kind::Ntk)
    );
    if let Some(bars) = everything {
        let _ = writeln!(text, "enum {{ @RANK = {} }};\n", bars.rank); // writing to a String cannot fail
    }
    for (name, value) in [("HALF", 0.5), ("THREE_QUARTERS", 0.75)] {
        let _ = writeln!(text, "#define @{name} {}", of.number(T::from_f64(value)));
    }
    for (name, counts, value) in constants(numbers, spec, own, &of, sections) {
        let _ = if counts.is_empty() {
            writeln!(text, "#define @{name} {value}")
        } else {
            let counts = counts.split_whitespace().map(|count| {
                let of_model = if count.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "@" };
                format!("[{of_model}{count}]")
            });
            writeln!(text, "static const @real @{name}{} = {value};", counts.collect::<String>())
        };
    }
    text.push('\n');
    text.push_str(part(C, precision));
    text.push('\n');
    text.push_str(part(C, "head"));
    text.push_str(&of.code(sections, numbers));
    Ok([named(&text, name), named(&header, name)])
}
