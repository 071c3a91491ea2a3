//! `ntk export --integer`: C and Rust give the same integers, no further from `ntk predict` than their bound.

use std::fmt::Write as _;

use crate::export::{WARNINGS, answers, compile, rustc};
use crate::folder::Folder;
use crate::numbers::{csv, table};
use crate::refusals::{assert_none, complaints};

/// Samples of d inputs and two outputs, one of which is hardly curved.
fn samples(folder: &Folder, d: usize, options: &str) {
    let rows: Vec<Vec<f64>> = (0..15)
        .map(|i| {
            let t = f64::from(i);
            let x: Vec<f64> =
                (0..d).map(|j| 10.0 + 3.0 * (t * (0.7 + 0.31 * j as f64)).sin() + 0.1 * t).collect();
            let sum: f64 = x.iter().sum();
            let labels = [(0.3 * sum).sin() + 0.01 * (7.0 * t).cos(), 100.0 + 3.0 * sum];
            x.into_iter().chain(labels).collect()
        })
        .collect();
    let names: Vec<String> =
        (0..d).map(|j| format!("x{j}")).chain(["y0".to_owned(), "y1".to_owned()]).collect();
    folder.write("d.csv", csv(&names.join(","), &rows));
    let run = folder.run(&format!("fit --train d.csv --model m.json {options}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
}

const C_MAIN: &str = r#"#include "ntk_model.h"
#include <stdio.h>
int main(void) {
    int32_t x[NTK_MODEL_INPUTS], mean[NTK_MODEL_OUTPUTS];
    FILE *file = fopen("inputs.txt", "r");
    long value;
    int i, all = 0;
    while (file && fscanf(file, "%ld", &value) == 1) {
        x[all++] = (int32_t)value;
        if (all == NTK_MODEL_INPUTS) {
            all = 0;
            if (!ntk_model_mean(x, mean)) return 1;
            for (i = 0; i < NTK_MODEL_OUTPUTS; ++i) printf("%s%ld", i ? "," : "", (long)mean[i]);
            printf("\n");
        }
    }
    for (i = 0; i < 2; ++i) {
        x[0] = i ? INT32_MAX : INT32_MIN;
        if (ntk_model_mean(x, mean)) return 2;
    }
    return 0;
}
"#;

const RUST_MAIN: &str = r#"mod other { include!("ntk_model.rs"); }
fn main() {
    let text = std::fs::read_to_string("inputs.txt").unwrap();
    let numbers: Vec<i32> = text.lines().map(|line| line.parse().unwrap()).collect();
    for x in numbers.as_chunks::<{ other::INPUTS }>().0 {
        let mean: Vec<String> = other::mean(x).unwrap().iter().map(|v| v.to_string()).collect();
        println!("{}", mean.join(","));
    }
    let mut x = [0; other::INPUTS];
    for far in [i32::MIN, i32::MAX] {
        x[0] = far;
        assert!(other::mean(&x).is_none());
    }
}
"#;

/// The number behind a marker.
fn said(text: &str, marker: &str) -> f64 {
    let rest = text.split_once(marker).unwrap_or_else(|| panic!("no {marker:?} in {text}")).1;
    rest.split([' ', ',', '\n']).next().unwrap().parse().unwrap()
}

/// Exports, compiles, asks at many places of the box, the corners among them, and returns the bounds.
fn check(folder: &Folder, d: usize, options: &str) -> Vec<f64> {
    let mut report = String::new();
    for lang in ["c", "rust"] {
        report =
            folder.results(&format!("export --model m.json --lang {lang} --integer --out out {options}"));
    }
    let ends: Vec<[f64; 3]> = (0..d)
        .map(|j| {
            let line = report.lines().find(|line| line.starts_with(&format!("  x{j}: "))).unwrap();
            [said(line, "k = "), said(line, "from "), said(line, "to ")]
        })
        .collect();
    let (mut inputs, mut text, mut state) = (Vec::new(), String::new(), 1u64);
    for place in 0..3000u32 {
        let mut row = Vec::new();
        for (j, [k, low, high]) in ends.iter().enumerate() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let share =
                if place < 8 { f64::from((place >> j) & 1) } else { (state >> 11) as f64 / 2f64.powi(53) };
            let (from, to) = ((low * 2f64.powf(*k)).ceil(), (high * 2f64.powf(*k)).floor());
            let integer = (from + share * (to - from)).round().clamp(from, to);
            let _ = writeln!(text, "{integer}");
            row.push(integer * 2f64.powf(-k));
        }
        inputs.push(row);
    }
    folder.write("out/inputs.txt", text);
    folder.write("out/main.c", C_MAIN);
    folder.write("out/main.rs", RUST_MAIN);
    let out = folder.path("out");
    for (program, optimise) in [("in_c", "-O2"), ("in_c_plain", "-O0")] {
        let files = ["-std=c99", optimise, "-o", program, "ntk_model.c", "main.c"];
        compile(&out, "cc", &[&WARNINGS[..], &files].concat());
    }
    let debug = ["--edition=2024", "-Dwarnings", "-Cdebug-assertions", "-O", "-o", "in_rust", "main.rs"];
    compile(&out, &rustc(), &debug);
    let found = answers(&out, "in_c");
    assert!(found == answers(&out, "in_c_plain") && found == answers(&out, "in_rust"));
    assert_eq!(found.len(), inputs.len());

    let names: Vec<String> = (0..d).map(|j| format!("x{j}")).collect();
    folder.write("x.csv", csv(&names.join(","), &inputs));
    let expected = table(&folder.results("predict --model m.json --x x.csv --level 0.5")).rows;
    let header = folder.text("out/ntk_model.h");
    let mut bounds = Vec::new();
    for i in 0..2 {
        let line = report.lines().find(|line| line.starts_with(&format!("  y{i}: "))).unwrap();
        let (fraction, bound, seen) = (said(line, "k = "), said(line, "above "), said(line, "found is "));
        let errors = found.iter().zip(&expected);
        let errors = errors.map(|(found, expected)| (found[i] * 2f64.powf(-fraction) - expected[i]).abs());
        let largest = errors.fold(0.0, f64::max);
        // The bound is printed with three digits; it may not be beyond all measure either.
        assert!(largest <= 1.01 * bound, "{options}: {largest} {bound}");
        assert!(seen <= 1.01 * bound && largest >= 0.3 * seen, "{options}: {largest} {seen} {bound}");
        assert!((said(&header, &format!("mean of y{i}: no error above ")) - bound).abs() < 0.01 * bound);
        assert!(header.contains(&format!("NTK_MODEL_FRACTION{i} = {fraction}")));
        bounds.push(bound);
    }
    for (name, comment) in [("ntk_model.c", '*'), ("ntk_model.rs", '/')] {
        let text = folder.text(&format!("out/{name}"));
        let code =
            text.lines().filter(|line| !line.trim_start().trim_start_matches('/').starts_with(comment));
        for line in code.filter(|line| !line.contains(" /// ") && !line.starts_with("//")) {
            assert!(!["float", "double", "f32", "f64"].iter().any(|word| line.contains(word)), "{line}");
        }
    }
    bounds
}

#[test]
fn means_in_integers() {
    let folder = Folder::new();
    for (d, fit, options) in [
        (1, "--ridge 0.003", ""),
        (2, "--ridge 0.001", ""),
        (3, "", "--box 5,15,6,16,8,14"),
        (2, "--activation leaky-relu:0.2 --ridge 0.001", ""),
        (1, "--activation abs --ridge 0.1", "--box -20,40 --max-error 0.0001,0.01"), // obtuse angles
        (2, "--bias-variance 0 --ridge 0.1", ""), // no bias: the origin has no direction
        (1, "--scale none --bias-variance 1 --ridge 0.01", "--max-error 0.001"),
        (2, "--weight-variance 2 --bias-variance 0.5 --ridge 0.001", "--box 0,20,0,20 --max-error 0.001,0.1"),
    ] {
        samples(&folder, d, fit);
        let bounds = check(&folder, d, options);
        if !options.contains("--max-error") {
            assert!(bounds[0] <= 2.1e-5 && bounds[1] < 2e-3, "{fit} {options}: {bounds:?}");
        }
    }
}

#[test]
fn integers_that_are_refused() {
    let folder = Folder::new();
    samples(&folder, 2, "");
    let mut found = Vec::new();
    for (options, code, fragments) in [
        ("--box 1,2", 1, &["--box", "2 numbers", "2 inputs"][..]),
        ("--box 1,2,4,3", 1, &["--box", "x1", "before"]),
        ("--box 1,1,4,5", 1, &["--box", "x0", "before"]),
        ("--box 1,nan,4,5", 2, &["--box", "number"]),
        ("--max-error 1,2,3", 1, &["--max-error", "3 numbers", "2 outputs"]),
        ("--max-error 1e-12", 1, &["y0", "1.0e-12", "--max-error", "--box", "--ridge"]),
        ("--level 0.9", 2, &["--integer", "--level"]),
        ("--precision f32", 2, &["--integer", "--precision"]),
        ("--table 10 --codes 0,1", 2, &["--integer", "--table"]),
    ] {
        let run = folder.run(&format!("export --model m.json --lang c --integer --out none {options}"));
        found.extend(complaints(&run, code, fragments));
    }
    let run = folder.run("export --model m.json --lang c --box 1,2,3,4 --out none");
    found.extend(complaints(&run, 2, &["--integer"]));
    let run = folder.run("export --model m.json --lang bin --integer --out none");
    found.extend(complaints(&run, 1, &["--lang bin", "--lang c or rust"]));
    for fit in ["--kind ntk", "--depth 2", "--activation erf", "--activation step"] {
        samples(&folder, 1, fit);
        let run = folder.run("export --model m.json --lang c --integer --out none");
        found.extend(complaints(
            &run,
            1,
            &["m.json: ", "nngp of relu, leaky-relu and abs", "depth 1", "--integer"],
        ));
    }
    assert!(!folder.holds("none"));
    assert_none(&found);
}
