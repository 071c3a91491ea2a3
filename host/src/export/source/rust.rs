//! A model as a Rust module.

use std::fmt::Write as _;

use super::{Language, Numbers, constants, is_single, part, refuse, title};
use crate::error::Failure;
use crate::kernels::gram::Real;
use crate::kernels::{KernelSpec, Kind};

const RUST: &str = include_str!("../model.rs.in");

/// Returns a Rust file, `no_std` and without dependencies, for `mod NAME;` or `include!`. It has no inner
/// attributes, because `include!` does not allow them.
///
/// # Errors
/// For a kernel without a template.
pub fn rust<T: Real>(numbers: &Numbers<T>, spec: &KernelSpec, name: &str) -> Result<String, Failure> {
    let (sections, own) = spec.activation.source().ok_or_else(|| refuse(spec))?;
    let real = if is_single::<T>() { "f32" } else { "f64" };
    let of = Language { template: RUST, suffix: "", row: ["[", "]"] };
    let [d, n, c] = numbers.device.shape();
    let everything = numbers.bars.as_ref();
    let mut text = format!(
        "/// The type of all numbers.\npub type Real = {real};\n/// Numbers in an input.\npub const INPUTS: usize = {d};\n\
         /// Numbers in a prediction.\npub const OUTPUTS: usize = {c};\n/// Samples that were learned.\n\
         pub const SAMPLES: usize = {n};\n"
    );
    if let Some(bars) = everything {
        let _ = writeln!(
            text,
            "/// The probability with which a new observation falls into the interval.\npub const LEVEL: f64 = {:?};\n\n\
             /// The interval's ends are the ends with this number, from outside, of the samples'
             /// intervals.\n\
             const RANK: usize = {};",
            bars.level, bars.rank
        ); // writing to a String cannot fail
    }
    let _ =
        writeln!(text, "const DEPTH: usize = {};\nconst NTK: bool = {};", spec.depth, spec.kind == Kind::Ntk);
    for (name, counts, value) in constants(numbers, spec, own, &of, sections) {
        let of_type =
            counts.split_whitespace().rev().fold("Real".to_owned(), |t, count| format!("[{t}; {count}]"));
        let keyword = if counts.is_empty() { "const" } else { "static" };
        let _ = writeln!(text, "{keyword} {name}: {of_type} = {value};");
    }
    text.push('\n');
    text.push_str(part(RUST, "head"));
    text.push_str(&of.code(sections, numbers));
    text.push_str(part(RUST, real));
    let public = if everything.is_some() {
        "INPUTS, LEVEL, OUTPUTS, Prediction, Real, SAMPLES, mean, predict"
    } else {
        "INPUTS, OUTPUTS, Real, SAMPLES, mean"
    };
    let title = title(numbers.device.model.len(), spec, numbers.device.model.ridge());
    Ok(module(&[title], name, public, &text))
}

/// Returns a file for `mod NAME;` or `include!`. It has no inner attributes, because `include!` does not
/// allow them. `public` lists the names of the text that other code sees. The formatting and the lints of the
/// crate that includes the file do not apply to it.
pub(in crate::export) fn module(head: &[String], name: &str, public: &str, text: &str) -> String {
    let head: String = head.iter().map(|line| format!("// {line}\n")).collect();
    let indented: String = text
        .lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") })
        .collect();
    format!(
        "// Written by `ntk export`; do not edit.\n{head}\
         // This file uses `core` alone. It is for `mod {name};`, or for\n\
         // `mod {name} {{ include!(\"{name}.rs\"); }}`, in any crate, `no_std` or not.\n\n\
         #[allow(unused_imports, unreachable_pub)]\n#[rustfmt::skip]\npub use self::model::{{{public}}};\n\n\
         #[allow(dead_code, unused_variables, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]\n\
         #[rustfmt::skip]\nmod model {{\n{indented}}}\n"
    )
}
