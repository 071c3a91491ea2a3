//! `ntk export`: what it writes compiles without a warning, and predicts as `ntk predict` does.
//!
//! The arithmetic is that of the library but for the order of sums and the last digits of lengths. So a mean may differ by some
//! roundings of the sum of |k_i c_i|, and a variance by some of the prior's, times what the factor makes of an error in k. Limits stand in
//! `KERNELS`, about three times the largest error seen.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use host::model::SavedModel;
use ntk_core::regression::bytes::Stored;
use ntk_core::{Deep, DeepRelu, Erf, Kernel, Tanh};

use crate::folder::Folder;
use crate::numbers::{csv, table};
use crate::refusals::{assert_none, complaints};

/// Kernels; the precision that is tried; and the largest errors allowed, of a mean in roundings of sqrt(K(x, x)) and of a variance in
/// roundings of K(x, x). Coefficients that a ridge of 0.01 leaves large magnify those of the mean.
#[rustfmt::skip]
const KERNELS: [(&str, &str, [f64; 2]); 14] = [
    ("", "f64", [150.0, 12.0]),
    ("", "f32", [150.0, 12.0]),
    ("--kind nngp --scale standard", "f32", [750.0, 12.0]),
    ("--depth 3 --weight-variance 1.5 --bias-variance 0.25 --scale standard", "f32", [120.0, 12.0]),
    ("--kind nngp --depth 5 --bias-variance 0.5", "f64", [500.0, 12.0]),
    ("--activation leaky-relu:-0.3 --depth 2 --bias-variance 0.1", "f32", [60.0, 12.0]),
    ("--activation abs --depth 2", "f64", [350.0, 12.0]),
    ("--activation step --kind nngp --depth 2 --bias-variance 0.4 --scale standard", "f64", [60.0, 6.0]),
    ("--activation erf --bias-variance 0.5", "f32", [150.0, 12.0]),
    ("--activation erf --depth 3 --weight-variance 2 --scale standard", "f64", [150.0, 40.0]),
    ("--activation gelu --depth 2 --bias-variance 0.2", "f32", [450.0, 18.0]),
    ("--activation gaussian --depth 2 --bias-variance 0.2", "f32", [120.0, 15.0]),
    ("--activation identity --kind nngp --depth 2 --bias-variance 0.3", "f64", [6000.0, 8.0]),
    ("--activation quadratic --bias-variance 0.3 --scale standard", "f32", [2700.0, 24.0]),
];

/// Samples of two inputs and two outputs, two of them close together.
const SAMPLES: &str = "x0,x1,y0,y1\n0.3,-1.2,0.1,3\n1,0.4,-2,0.7\n-0.3,1.1,1.9,-0.3\n0.3001,-1.2,0.2,2.9\n2.5,0.1,0.6,10\n-1,-2,1,0\n\
                       0.7,0.7,-0.4,1\n1.4,1.3,-0.4,1\n-2,0.2,0.9,-1\n";

/// Sample points, near duplicates, a mirror image, the origin, far ones, and many between.
fn queries() -> Vec<Vec<f64>> {
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

/// A program that reads inputs from a file of numbers, one a line, and prints a line of means and deviations for each.
const RUST_MAIN: &str = r#"mod ntk_model;
fn main() {
    let text = std::fs::read_to_string("inputs.txt").unwrap();
    let numbers: Vec<ntk_model::Real> = text.lines().map(|line| line.parse().unwrap()).collect();
    for x in numbers.as_chunks::<{ ntk_model::INPUTS }>().0 {
        let (mean, deviation) = ntk_model::predict(x).unwrap();
        assert_eq!(ntk_model::mean(x), Some(mean));
        let all: Vec<String> = mean.iter().chain(&deviation).map(|v| format!("{v:?}")).collect();
        println!("{}", all.join(","));
    }
    let (nan, far) = ([ntk_model::Real::NAN; ntk_model::INPUTS], [ntk_model::Real::MAX; ntk_model::INPUTS]);
    assert!(ntk_model::mean(&nan).is_none() && ntk_model::predict(&nan).is_none());
    assert!(ntk_model::predict(&far).is_none());
}
"#;

const C_MAIN: &str = r#"#include "ntk_model.h"
#include <math.h>
#include <stdio.h>
int main(void) {
    FILE *file = fopen("inputs.txt", "r");
    double a, b;
    while (file && fscanf(file, "%lf %lf", &a, &b) == 2) {
        ntk_real x[NTK_MODEL_INPUTS], mean[NTK_MODEL_OUTPUTS], same[NTK_MODEL_OUTPUTS], std[NTK_MODEL_OUTPUTS];
        x[0] = (ntk_real)a;
        x[1] = (ntk_real)b;
        if (!ntk_model_predict(x, mean, std) || !ntk_model_mean(x, same)) return 1;
        if (!(same[0] == mean[0] && same[1] == mean[1])) return 2;
        printf("%.17g,%.17g,%.17g,%.17g\n", (double)mean[0], (double)mean[1], (double)std[0], (double)std[1]);
        x[0] = (ntk_real)NAN;
        if (ntk_model_predict(x, mean, std) || ntk_model_mean(x, mean)) return 3;
        x[0] = (ntk_real)INFINITY;
        if (ntk_model_predict(x, mean, std)) return 4;
    }
    return 0;
}
"#;

fn compile(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|e| panic!("{program}: {e}; install it"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{program} {arguments:?}: {said}");
}

fn rustc() -> String {
    std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned())
}

fn predictions(folder: &Path, program: &str) -> Vec<Vec<f64>> {
    let output = Command::new(folder.join(program)).current_dir(folder).output().unwrap();
    assert!(
        output.status.success(),
        "{program}: {:?} {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
}

const CC: [&str; 8] =
    ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "ntk_model.c", "main.c", "-lm"];

/// The exported sources of a model, compiled and asked.
fn exported(folder: &Folder, precision: &str) -> [Vec<Vec<f64>>; 2] {
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
    compile(&out, "cc", &[&CC[..], &["-o", "in_c"]].concat());
    [predictions(&out, "in_rust"), predictions(&out, "in_c")]
}

/// K(x, x) and the scales of the outputs.
fn prior(model: &SavedModel, x: &[f64]) -> (f64, [f64; 2]) {
    let (kernel, x) = (model.kernel.build::<f64>().unwrap(), model.x_scaling.apply(x));
    (kernel.value(&x, &x), [0, 1].map(|i| model.y_scaling.column(i).1))
}

#[test]
fn sources_predict_as_the_program_does() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.write("x.csv", csv("x0,x1", &queries()));
    let mut wrong = String::new();
    for (kernel, precision, limits) in KERNELS {
        folder.results(&format!("fit --train d.csv --ridge 0.01 {kernel} --model m.json"));
        let model = SavedModel::read(&folder.path("m.json")).unwrap();
        let expected = table(&folder.results("predict --model m.json --x x.csv")).rows;
        let unit = if precision == "f64" { f64::EPSILON } else { f64::from(f32::EPSILON) };
        for (language, found) in ["Rust", "C"].into_iter().zip(exported(&folder, precision)) {
            assert_eq!(found.len(), expected.len());
            let mut worst = [0f64; 2];
            for ((found, expected), x) in found.iter().zip(&expected).zip(queries()) {
                let (prior, scales) = prior(&model, &x);
                for (i, scale) in scales.into_iter().enumerate() {
                    let prior = (prior * scale * scale).max(f64::MIN_POSITIVE);
                    worst[0] = worst[0].max((found[i] - expected[i]).abs() / (unit * prior.sqrt().max(1e-3)));
                    let variances = (found[2 + i].powi(2) - expected[2 + i].powi(2)).abs();
                    worst[1] = worst[1].max(variances / (unit * prior));
                }
            }
            if !(worst[0] <= limits[0] && worst[1] <= limits[1]) {
                let _ = writeln!(wrong, "{kernel}, {precision}, {language}: {worst:.1?}, allowed {limits:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Without `std`, and means alone, which leaves the factor out.
#[test]
fn sources_for_firmware() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.results("fit --train d.csv --ridge 0.01 --bias-variance 1 --model m.json");
    for (precision, means) in [("f32", ""), ("f64", "--means")] {
        folder
            .results(&format!("export --model m.json --lang rust --precision {precision} {means} --out out"));
        folder.results(&format!("export --model m.json --lang c --precision {precision} {means} --out out"));
        for name in ["ntk_model.rs", "ntk_model.c"] {
            let text = folder.text(&format!("out/{name}"));
            assert_eq!(text.contains("FACTOR"), means.is_empty(), "{name}");
            assert!(!text.contains("NaN") && !text.contains("inf,") && !text.contains("//#"), "{name}");
        }
        folder.write("out/lib.rs", "#![no_std]\n#![forbid(unsafe_code)]\npub mod ntk_model;\n");
        let library =
            ["--edition=2024", "--crate-type=lib", "-Dwarnings", "--emit=metadata", "-o", "lib", "lib.rs"];
        compile(&folder.path("out"), &rustc(), &library);
        let object = [&CC[..5], &["-Wdouble-promotion", "-Wstrict-prototypes", "-c", "ntk_model.c"]].concat();
        compile(&folder.path("out"), "cc", &object);
    }
}

/// The file is read in place by the library and predicts as the program does, to the bit in `f64`.
#[test]
fn files_for_flash() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.write("x.csv", csv("x0,x1", &queries()));
    type Single<'b> = Stored<'b, f32, DeepRelu<f32>, 2, 9, 2>;
    for options in ["--depth 2 --bias-variance 0.3", "--scale standard --kind nngp"] {
        folder.results(&format!("fit --train d.csv --ridge 0.01 {options} --model m.json"));
        let expected = table(&folder.results("predict --model m.json --x x.csv")).rows;
        folder.results("export --model m.json --lang bin --out out");
        let double = folder.read("out/ntk_model.ntk");
        folder.results("export --model m.json --lang bin --precision f32 --out out");
        let single = folder.read("out/ntk_model.ntk");
        assert!(single.len() < double.len());
        let double = Stored::<f64, DeepRelu<f64>, 2, 9, 2>::new(&double).unwrap();
        let single = Single::new(&single).unwrap();
        for (x, expected) in queries().iter().zip(&expected) {
            let x = [x[0], x[1]];
            let found = double.predict(&x).unwrap();
            assert_eq!([found.mean, found.deviation].concat(), *expected);
            let narrow = single.predict(&x.map(|v| v as f32)).unwrap();
            let scale = 1.0 + x[0].abs().max(x[1].abs());
            for (found, expected) in narrow.mean.iter().zip(expected) {
                assert!((f64::from(*found) - expected).abs() < 1e-4 * scale, "{found} {expected}");
            }
        }
        folder.results("export --model m.json --lang bin --precision f32 --means --out out");
        assert!(Single::new(&folder.read("out/ntk_model.ntk")).unwrap().predict(&[0.0; 2]).is_err());
    }
    // Every kernel has a name in files.
    folder.results("fit --train d.csv --ridge 0.01 --activation tanh --bias-variance 0.3 --model m.json");
    folder.results("export --model m.json --lang bin --out out");
    let file = folder.read("out/ntk_model.ntk");
    assert!(Stored::<f64, Deep<Tanh, f64>, 2, 9, 2>::new(&file).is_ok());
    assert!(Stored::<f64, Deep<Erf, f64>, 2, 9, 2>::new(&file).is_err());
}

#[test]
fn what_cannot_be_exported() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.write("big.csv", "x0,x1,y\n1e30,1,1\n1,1e30,2\n");
    folder.write("w.csv", "");
    let mut found = Vec::new();
    for activation in ["sin", "cos", "exp", "tanh", "sigmoid", "softplus", "silu"] {
        folder.results(&format!("fit --train d.csv --ridge 0.1 --activation {activation} --model m.json"));
        for lang in ["rust", "c"] {
            let run = folder.run(&format!("export --model m.json --lang {lang} --out none"));
            found.extend(complaints(&run, 1, &["m.json: ", activation, "--lang bin", "relu"]));
        }
    }
    folder.results("fit --train big.csv --model big.json");
    let run = folder.run("export --model big.json --lang c --precision f32 --out none");
    found.extend(complaints(
        &run,
        1,
        &["big.json: ", "too large or too small", "--precision f64", "--scale standard"],
    ));
    found.extend(complaints(
        &folder.run("export --model d.csv --lang c --out none"),
        1,
        &["d.csv: ", "not a model"],
    ));
    assert!(!folder.holds("none"));
    let run = folder.run("export --model big.json --lang c --out w.csv");
    found.extend(complaints(&run, 1, &["cannot create w.csv: ", "choose another"]));
    let run = folder.run("export --model big.json --lang c --out w.csv/out");
    found.extend(complaints(&run, 1, &["cannot create w.csv/out: ", "choose another"]));
    assert_none(&found);
}
