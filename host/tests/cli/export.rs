//! `ntk export`: what it writes compiles without a warning, and predicts as `ntk predict` does.
//!
//! The arithmetic is that of the library but for the order of sums and the last digits of lengths. So a mean
//! may differ by some roundings of the sum of |k_i c_i|, and a variance by some of the prior's, times what
//! the factor makes of an error in k; the ends of an interval by both. Limits stand in `KERNELS`, about three
//! times the largest error seen.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use host::files::model::SavedModel;
use ntk_core::Kernel;

use crate::folder::Folder;
use crate::numbers::{csv, matrix, table};

/// Kernels; the precision that is tried; and the largest errors allowed, of a mean in roundings of sqrt(K(x,
/// x)), of a variance in roundings of K(x, x), and of the end of an interval in roundings of its length and
/// sqrt(K(x, x)). Coefficients that a ridge of 0.01 leaves large magnify those of the mean.
#[rustfmt::skip]
const KERNELS: [(&str, &str, [f64; 3]); 14] = [
    ("", "f64", [150.0, 12.0, 160.0]),
    ("", "f32", [150.0, 12.0, 160.0]),
    ("--kind nngp --scale standard", "f32", [750.0, 12.0, 300.0]),
    ("--depth 3 --weight-variance 1.5 --bias-variance 0.25 --scale standard", "f32", [120.0, 12.0, 70.0]),
    ("--kind nngp --depth 5 --bias-variance 0.5", "f64", [500.0, 12.0, 320.0]),
    ("--activation leaky-relu:-0.3 --depth 2 --bias-variance 0.1", "f32", [60.0, 12.0, 25.0]),
    ("--activation abs --depth 2", "f64", [350.0, 12.0, 150.0]),
    ("--activation step --kind nngp --depth 2 --bias-variance 0.4 --scale standard", "f64", [60.0, 6.0, 200.0]),
    ("--activation erf --bias-variance 0.5", "f32", [150.0, 12.0, 75.0]),
    ("--activation erf --depth 3 --weight-variance 2 --scale standard", "f64", [150.0, 40.0, 80.0]),
    ("--activation gelu --depth 2 --bias-variance 0.2", "f32", [450.0, 18.0, 280.0]),
    ("--activation gaussian --depth 2 --bias-variance 0.2", "f32", [120.0, 15.0, 95.0]),
    ("--activation identity --kind nngp --depth 2 --bias-variance 0.3", "f64", [6000.0, 8.0, 1250.0]),
    ("--activation quadratic --bias-variance 0.3 --scale standard", "f32", [2700.0, 24.0, 2500.0]),
];

/// Samples of two inputs and two outputs, two of them close together.
pub(crate) const SAMPLES: &str = "x0,x1,y0,y1\n0.3,-1.2,0.1,3\n1,0.4,-2,0.7\n-0.3,1.1,1.9,-0.3\n0.3001,-1.2,0.2,2.9\n2.5,0.1,0.6,10\n-1,-2,1,0\n\
                       0.7,0.7,-0.4,1\n1.4,1.3,-0.4,1\n-2,0.2,0.9,-1\n";

/// Sample points, near duplicates, a mirror image, the origin, far ones, and many between.
pub(crate) fn queries() -> Vec<Vec<f64>> {
    let mut queries = vec![
        vec![0.3, -1.2],
        vec![0.3 + 1e-9, -1.2],
        vec![-0.3, 1.2],
        vec![0.0, 0.0],
        vec![1e-9, -1e-9],
        vec![1e3, -4e3],
        vec![-1e6, 1.0],
        vec![2.0, 2.0],
        vec![0.5, 1e-300],
    ];
    for i in 0..300 {
        let t = f64::from(i);
        queries.push(vec![3.0 * (0.7 * t).sin() + 0.001 * t, 2.5 * (0.37 * t + 1.0).cos()]);
    }
    queries
}

/// A program that reads inputs from a file of numbers, one a line, and prints a line of answers for each.
const RUST_MAIN: &str = r#"mod ntk_model;
fn main() {
    let text = std::fs::read_to_string("inputs.txt").unwrap();
    let numbers: Vec<ntk_model::Real> = text.lines().map(|line| line.parse().unwrap()).collect();
    for x in numbers.as_chunks::<{ ntk_model::INPUTS }>().0 {
        let ntk_model::Prediction { mean, std, low, high } = ntk_model::predict(x).unwrap();
        assert_eq!(ntk_model::mean(x), Some(mean));
        let all: Vec<String> = [mean, std, low, high].iter().flatten().map(|v| format!("{v:?}")).collect();
        println!("{}", all.join(","));
    }
    let (nan, far) = ([ntk_model::Real::NAN; ntk_model::INPUTS], [ntk_model::Real::MAX; ntk_model::INPUTS]);
    assert!(ntk_model::mean(&nan).is_none() && ntk_model::predict(&nan).is_none());
    assert!(ntk_model::predict(&far).is_none() && ntk_model::LEVEL == 0.9);
}
"#;

/// The same in C. NaN and infinity are bytes of a file, since a compiler with -ffast-math may not be asked
/// for them.
const C_MAIN: &str = r#"#include "ntk_model.h"
#include <float.h>
#include <stdio.h>
#include <string.h>
static ntk_model_real special(int negative, int nan) {
    unsigned char bytes[sizeof(ntk_model_real)];
    ntk_model_real value;
    size_t last = sizeof bytes - 1;
    memset(bytes, 0, sizeof bytes);
    bytes[last] = (unsigned char)(negative ? 0xff : 0x7f);
    bytes[last - 1] = (unsigned char)((sizeof bytes == 4 ? 0x80 : 0xf0) + (nan ? 8 : 0));
    memcpy(&value, bytes, sizeof value);
    return value;
}
int main(void) {
    FILE *file = fopen("inputs.txt", "r");
    double a, b;
    int i, j;
    ntk_model_real x[NTK_MODEL_INPUTS], mean[NTK_MODEL_OUTPUTS], same[NTK_MODEL_OUTPUTS], std[NTK_MODEL_OUTPUTS];
    ntk_model_real low[NTK_MODEL_OUTPUTS], high[NTK_MODEL_OUTPUTS];
    while (file && fscanf(file, "%lf %lf", &a, &b) == 2) {
        x[0] = (ntk_model_real)a;
        x[1] = (ntk_model_real)b;
        if (!ntk_model_predict(x, mean, std, low, high) || !ntk_model_mean(x, same)) return 1;
        if (!(same[0] == mean[0] && same[1] == mean[1])) return 2;
        printf("%.17g,%.17g,%.17g,%.17g,", (double)mean[0], (double)mean[1], (double)std[0], (double)std[1]);
        printf("%.17g,%.17g,%.17g,%.17g\n", (double)low[0], (double)low[1], (double)high[0], (double)high[1]);
    }
    for (i = 0; i < 2; ++i) {
        for (j = 0; j < 5; ++j) {
            x[0] = x[1] = 1;
            x[i] = j < 4 ? special(j & 1, j & 2) : sizeof(ntk_model_real) == 4 ? (ntk_model_real)FLT_MAX : (ntk_model_real)DBL_MAX;
            if (ntk_model_predict(x, mean, std, low, high) || ntk_model_mean(x, mean)) return 3 + j;
        }
    }
    return 0;
}
"#;

pub(crate) fn compile(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|e| panic!("{program}: {e}; install it"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{program} {arguments:?}: {said}");
}

pub(crate) fn rustc() -> String {
    std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned())
}

/// What a compiled program prints, a table without a header.
pub(crate) fn answers(folder: &Path, program: &str) -> Vec<Vec<f64>> {
    let output = Command::new(folder.join(program)).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {:?} {said}", output.status);
    matrix(&String::from_utf8(output.stdout).unwrap())
}

/// What generated C must pass without a word.
pub(crate) const WARNINGS: [&str; 8] =
    ["-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wdouble-promotion", "-Wshadow", "-Wundef"];

/// The exported sources of a model, compiled and asked: Rust, then C with each of these options.
fn exported(folder: &Folder, precision: &str, options: &[&str]) -> Vec<Vec<Vec<f64>>> {
    for lang in ["rust", "c"] {
        folder.results(&format!("export --model m.json --lang {lang} --precision {precision} --out out"));
    }
    let out = folder.path("out");
    folder.write("out/main.rs", RUST_MAIN);
    folder.write("out/main.c", C_MAIN);
    let inputs = queries().concat().iter().fold(String::new(), |mut text, v| {
        let _ = writeln!(text, "{v:?}");
        text
    });
    folder.write("out/inputs.txt", inputs);
    compile(&out, &rustc(), &["--edition=2024", "-Dwarnings", "-o", "in_rust", "main.rs"]);
    let mut found = vec![answers(&out, "in_rust")];
    for option in options {
        let files = ["-std=c99", "-O2", option, "-o", "in_c", "ntk_model.c", "main.c", "-lm"];
        compile(&out, "cc", &[&WARNINGS[..], &files].concat());
        found.push(answers(&out, "in_c"));
    }
    found
}

/// Fits `d.csv`, by default in the units of the file and with an amplitude of 1: limits are in roundings of
/// the kernel.
pub(crate) fn fit(folder: &Folder, options: &str) {
    let defaults = "--kind ntk --scale none --bias-variance 0 --ridge 0.01 --amplitude 1";
    let words: Vec<&str> = defaults.split_whitespace().collect();
    let left = words.chunks(2).filter(|pair| !options.contains(pair[0])).flatten();
    let left: Vec<&str> = left.copied().collect();
    let run = folder.run(&format!("fit --train d.csv {} {options} --model m.json", left.join(" ")));
    assert_eq!(run.code, 0, "{}", run.stderr); // that it explains little is said there, and no matter here
}

/// K(x, x) and the scales of the outputs.
fn prior(model: &SavedModel, x: &[f64]) -> (f64, Vec<f64>) {
    let (kernel, x) = (model.kernel.build::<f64>().unwrap(), model.x_scaling.apply(x));
    (kernel.value(&x[..2], &x[..2]), model.y_scaling.scale.clone())
}

/// The largest errors of one program's answers, as in `KERNELS`.
fn worst(model: &SavedModel, unit: f64, found: &[Vec<f64>], expected: &[Vec<f64>]) -> [f64; 3] {
    assert_eq!(found.len(), expected.len());
    let mut worst = [0f64; 3];
    for ((found, expected), x) in found.iter().zip(expected).zip(queries()) {
        let (prior, scales) = prior(model, &x);
        for (i, scale) in scales.into_iter().enumerate() {
            let prior = (prior * scale * scale).max(f64::MIN_POSITIVE);
            let deviation = prior.sqrt().max(1e-3);
            let apart = |column: usize| (found[column + i] - expected[column + i]).abs();
            worst[0] = worst[0].max(apart(0) / (unit * deviation));
            let variances = (found[2 + i].powi(2) - expected[2 + i].powi(2)).abs();
            worst[1] = worst[1].max(variances / (unit * prior));
            let length = expected[6 + i] - expected[4 + i];
            worst[2] = worst[2].max(apart(4).max(apart(6)) / (unit * (length + deviation)));
        }
    }
    worst
}

#[test]
fn sources_predict_as_the_program_does() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.write("x.csv", csv("x0,x1", &queries()));
    let mut wrong = String::new();
    for (kernel, precision, limits) in KERNELS {
        fit(&folder, kernel);
        let model = SavedModel::read(&folder.path("m.json")).unwrap();
        let expected = table(&folder.results("predict --model m.json --x x.csv")).rows;
        let unit = if precision == "f64" { f64::EPSILON } else { f64::from(f32::EPSILON) };
        for (language, found) in ["Rust", "C"].into_iter().zip(exported(&folder, precision, &["-g0"])) {
            let worst = worst(&model, unit, &found, &expected);
            if worst.iter().zip(&limits).any(|(worst, limit)| !(worst <= limit)) {
                let _ = writeln!(wrong, "{kernel}, {precision}, {language}: {worst:.1?}, allowed {limits:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Options under which a compiler takes it that every number is finite: what is not is refused all the same.
#[test]
fn c_with_fast_arithmetic() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.write("x.csv", csv("x0,x1", &queries()));
    for (kernel, precision) in
        [("--bias-variance 0.25", "f32"), ("--activation erf --bias-variance 0.5", "f64")]
    {
        fit(&folder, kernel);
        let model = SavedModel::read(&folder.path("m.json")).unwrap();
        let expected = table(&folder.results("predict --model m.json --x x.csv")).rows;
        let unit = if precision == "f64" { f64::EPSILON } else { f64::from(f32::EPSILON) };
        for found in exported(&folder, precision, &["-ffast-math", "-Ofast", "-ffinite-math-only"]) {
            let worst = worst(&model, unit, &found, &expected);
            assert!(worst.iter().all(|worst| *worst <= 500.0), "{kernel}, {precision}: {worst:.1?}");
        }
    }
}
