//! Inputs far from 0, counts and constants in `f32`: the answers of `f64`, or a refusal that says what to do.

use std::fmt::Write as _;

use crate::export::{answers, compile};
use crate::folder::Folder;
use crate::numbers::{csv, table};
use crate::refusals::{assert_none, complaints};

/// Reads pairs of inputs and prints mean, std, low and high.
const C_MAIN: &str = r#"#include "ntk_model.h"
#include <stdio.h>
int main(void) {
    FILE *file = fopen("inputs.txt", "r");
    double a, b;
    while (file && fscanf(file, "%lf %lf", &a, &b) == 2) {
        ntk_model_real x[2], mean[1], std[1], low[1], high[1];
        x[0] = (ntk_model_real)a;
        x[1] = (ntk_model_real)b;
        if (!ntk_model_predict(x, mean, std, low, high)) return 1;
        printf("%.9g,%.9g,%.9g,%.9g\n", (double)mean[0], (double)std[0], (double)low[0], (double)high[0]);
    }
    return 0;
}
"#;

/// Samples of one input and a constant beside it.
struct Samples {
    x: Vec<f64>,
    constant: f64,
    y: Vec<f64>,
}

/// The answers of the `f32` program in C and those of `ntk predict`, at these inputs.
fn both(folder: &Folder, samples: &Samples, options: &str, queries: &[f64]) -> [Vec<Vec<f64>>; 2] {
    let Samples { x, constant, y } = samples;
    let rows: Vec<Vec<f64>> = x.iter().zip(y).map(|(x, y)| vec![*x, *constant, *y]).collect();
    folder.write("d.csv", csv("x0,x1,y", &rows));
    let queries: Vec<Vec<f64>> = queries.iter().map(|x| vec![*x, *constant]).collect();
    folder.write("x.csv", csv("x0,x1", &queries));
    folder.results(&format!("fit --train d.csv {options} --model m.json"));
    let expected = table(&folder.results("predict --model m.json --x x.csv")).rows;
    let said = folder.results("export --model m.json --lang c --precision f32 --out out");
    assert!(
        said.contains("compared with f64 at") && said.contains("mean: ") && said.contains("in units of y\n"),
        "{said}"
    );
    folder.write("out/main.c", C_MAIN);
    let lines = queries.iter().fold(String::new(), |mut text, x| {
        let _ = writeln!(text, "{:?} {:?}", x[0], x[1]);
        text
    });
    folder.write("out/inputs.txt", lines);
    compile(&folder.path("out"), "cc", &["-std=c99", "-O2", "-o", "in_c", "ntk_model.c", "main.c", "-lm"]);
    [answers(&folder.path("out"), "in_c"), expected]
}

/// The largest difference in a column.
fn apart([found, expected]: &[Vec<Vec<f64>>; 2], column: usize) -> f64 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(a, b)| (a[column] - b[column]).abs()).fold(0.0, f64::max)
}

/// Counts that lie `half` around `base`, unevenly, with a smooth label of +-20.
fn counts(base: f64, half: f64) -> Samples {
    let places: Vec<f64> =
        (0..15).map(|i| f64::from(i) / 7.0 - 1.0 + 0.04 * f64::from(i * i % 7) / 7.0).collect();
    let x: Vec<f64> = places.iter().map(|place| (base + half * place).round()).collect();
    let y = x.iter().map(|x| 20.0 * (2.0 * (x - base) / half).sin()).collect();
    Samples { x, constant: 1.0, y }
}

/// Counts far from 0 in `f32` cost no more than the same counts with the offset removed first.
#[test]
fn counts_far_from_zero() {
    let folder = Folder::new();
    let options = "--kind ntk --scale standard --bias-variance 0 --ridge 0.0001 --amplitude 1";
    for (base, half) in [(1e6, 60.0), (8_388_000.0, 60.0), (8_388_000.0, 2000.0), (16e6, 100.0)] {
        let errors = |base: f64| {
            let place = |i: i32| (base - half + 2.0 * half * f64::from(i) / 60.0).round();
            let both =
                both(&folder, &counts(base, half), options, &(0..=60).map(place).collect::<Vec<f64>>());
            [0, 1].map(|column| apart(&both, column))
        };
        let ([mean, std], [least_mean, least_std]) = (errors(base), errors(0.0));
        let said =
            format!("{base} +- {half}: mean {mean:.2e} ({least_mean:.2e}), std {std:.2e} ({least_std:.2e})");
        assert!(mean <= 3e-5 && mean <= 1.2 * least_mean, "{said}");
        assert!(std <= 2e-3 && std <= 1.2 * least_std + 1e-4, "{said}");
    }
}

/// The resistance of a thermistor as a count of this full scale.
fn thermistor(full: f64) -> Samples {
    let celsius = |count: f64| {
        let ohms = 1e4 * (1023.0 - count) / count;
        1.0 / (1.0 / 298.15 + (ohms / 1e4).ln() / 3950.0) - 273.15
    };
    let x: Vec<f64> =
        (0..15).map(|i| ((40.0 + 942.0 * f64::from(i) / 14.0) * full / 1023.0).round()).collect();
    let y = x.iter().map(|x| celsius(x * 1023.0 / full)).collect();
    Samples { x, constant: 1.0, y }
}

/// Counts as they come: scaled, the answers of `f64`.
#[test]
fn raw_counts() {
    let folder = Folder::new();
    for full in [1023.0, 4095.0, 65535.0] {
        let queries: Vec<f64> =
            (0..57).map(|i| ((40.0 + 942.0 * f64::from(i) / 56.0) * full / 1023.0).round()).collect();
        let both = both(&folder, &thermistor(full), "", &queries);
        for (column, most) in [0.05, 0.05, 0.1, 0.1].into_iter().enumerate() {
            let apart = apart(&both, column);
            assert!(apart <= most, "{full}, column {column}: {apart:.1e}");
        }
        assert!(both[0].iter().all(|row| row[1] > 0.0));
    }
}

/// Not scaled, 65535 counts beside a 1 leave nothing of the difference between samples in `f32`.
#[test]
fn a_mean_that_f32_cannot_give_is_refused() {
    let folder = Folder::new();
    let Samples { x, constant, y } = thermistor(65535.0);
    let rows: Vec<Vec<f64>> = x.iter().zip(y).map(|(x, y)| vec![*x, constant, y]).collect();
    folder.write("d.csv", csv("x0,x1,y", &rows));
    folder.results("fit --train d.csv --kind ntk --scale none --bias-variance 0 --ridge 0.01 --model m.json");
    let mut found = Vec::new();
    for lang in ["c", "rust", "bin"] {
        let run = folder.run(&format!("export --model m.json --lang {lang} --precision f32 --out none"));
        let fragments =
            ["m.json: ", "mean of y ", "sample", "error bar", "--precision f64", "--scale standard"];
        found.extend(complaints(&run, 1, &fragments));
    }
    assert!(!folder.holds("none"));
    folder.results("export --model m.json --lang c --out out");
    assert_none(&found);
}

/// A constant column becomes 1 or -1, whatever its value, on the device too.
#[test]
fn constant_columns() {
    let folder = Folder::new();
    let mut all = Vec::new();
    for constant in [1.0, 1013.25, 1e-10, -40.0] {
        let samples = Samples { constant, ..counts(20.0, 10.0) };
        let queries: Vec<f64> = (0..58).map(|i| 10.0 + 20.0 * f64::from(i) / 57.0).collect();
        let both =
            both(&folder, &samples, "--kind ntk --bias-variance 0 --ridge 0.001 --amplitude 1", &queries);
        let source = folder.text("out/ntk_model.c");
        let one = if constant < 0.0 { "-1.0f" } else { "1.0f" };
        let table = source.split("NTK_MODEL_X[").nth(1).unwrap().split(';').next().unwrap();
        assert_eq!(
            table.matches(&format!(", {one} }}")).count() + table.matches(&format!(", {one}}}")).count(),
            15
        );
        let (mean, std) = (apart(&both, 0), apart(&both, 1));
        assert!(mean <= 1e-4 && std <= 1e-3, "{constant}: mean {mean:.2e}, std {std:.2e}");
        assert!(both[0].iter().all(|row| row[1] > 0.0));
        all.push(both);
    }
    for other in &all[1..] {
        assert!(apart(&[all[0][0].clone(), other[0].clone()], 0) <= 4e-5);
        assert!(apart(&[all[0][1].clone(), other[1].clone()], 0) <= 1e-9);
    }
}
