//! Readable files that do not fit together, cannot be fitted, overflow, or have nowhere to go: exit code 1.

use std::fs;

use crate::folder::{Folder, lecture};
use crate::refusals::{assert_none, complaints};

/// What is wrong, the files `p` and `q`, the command, and what the error must say.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const DIMENSIONS: &[Row] = &[
    ("kernel", "x0,x1\n1,2\n", "x0\n1\n", "kernel --x p --y q", &["q:1: ", "dimension 1", "p", "dimension 2"]),
    ("network", "a,b0,b1,b2\n1,1,1,1\n", "", "network --activation relu --weights p --x x.csv", &["x.csv:1: ", "dimension 2", "dimension 3"]),
    ("empirical x", "x0\n1\n", "", "empirical --activation relu --weights w.csv --x p", &["p:1: ", "dimension 1", "dimension 2"]),
    ("empirical y", "x0\n1\n", "", "empirical --activation relu --weights w.csv --x x.csv --y p", &["p:1: ", "dimension 1", "dimension 2"]),
    ("hessian", "x0\n1\n", "", "hessian --activation relu --weights w.csv --x p", &["p:1: ", "dimension 1", "dimension 2"]),
    ("hessian output", "", "", "hessian --activation relu --weights w.csv --x x.csv --output 1", &["--output 1", "w.csv", "1 output"]),
    ("train inputs", "x0,y\n1,1\n", "", "train --activation relu --weights w.csv --data p --learning-rate 0.1 --steps 1", &["p:1: ", "dimension 1", "dimension 2"]),
    ("train targets", "x0,x1,y0,y1\n1,1,1,1\n", "", "train --activation relu --weights w.csv --data p --learning-rate 0.1 --steps 1", &["p:1: ", "dimension 2", "1 output"]),
    ("train outputs", "a0,a1,b0,b1\n1,1,1,1\n", "", "train --activation relu --weights p --data d.csv --learning-rate 0.1 --steps 1", &["d.csv:1: ", "dimension 1", "2 outputs"]),
    ("predict", "x0\n1\n", "", "predict --model m.json --x p", &["p:1: ", "dimension 1", "dimension 2"]),
];

#[rustfmt::skip]
const COLUMNS: &[Row] = &[
    ("a gap", "x0,x2\n1,2\n", "", "kernel --x p", &["p:1: ", "no column 'x1'", "x0, x2"]),
    ("not from 0", "x1,x2\n1,2\n", "", "kernel --x p", &["p:1: ", "no column 'x0'", "x1, x2"]),
    ("capitals", "X0,X1\n1,2\n", "", "kernel --x p", &["p:1: ", "no column 'x0'", "rename 'X0' to 'x0'", "X0, X1"]),
    ("a unit", "x0 [mV],y\n1,2\n", "", "kernel --x p", &["p:1: ", "no column 'x0'", "rename 'x0 [mV]' to 'x0'"]),
    ("a unit of y", "x0,x1,\"y (°C)\"\n1,2,3\n", "", "fit --train p --model out", &["p:1: ", "no column 'y'", "rename 'y (°C)' to 'y'"]),
    ("blanks between", "x0 x1 y\n1 2 3\n", "", "kernel --x p", &["p:1: ", "no column 'x0'", "separate all cells by commas"]),
    ("semicolons between some", "x0,x1;y\n1,2;3\n", "", "kernel --x p", &["p:1: ", "'x1;y' in the header is several names", "separate all cells by commas"]),
    ("pipes between", "x0|x1\n1|2\n", "", "kernel --x p", &["p:1: ", "'x0|x1' in the header is several names", "separate all cells by commas"]),
    ("lines in quotes", "\"x0,x1\"\n\"1,2\"\n", "", "kernel --x p", &["p:1: ", "'x0,x1' in the header is several names", "separate all cells by commas"]),
    ("below blank lines", "\n\nx1\n1\n", "", "kernel --x p", &["p:3: ", "no column 'x0'"]),
    ("twice", "x0,x0\n1,2\n", "", "kernel --x p", &["p:1: ", "'x0'", "twice"]),
    ("a twice", "a,a,b0\n1,2,3\n", "", "network --activation relu --weights p --x x.csv", &["p:1: ", "'a'", "twice"]),
    ("a gap in b", "a,b0,b2\n1,2,3\n", "", "network --activation relu --weights p --x x.csv", &["p:1: ", "no column 'b1'"]),
    ("no b", "a\n1\n", "", "network --activation relu --weights p --x x.csv", &["p:1: ", "no column 'b0'"]),
    ("no y", "x0,x1\n1,2\n", "", "fit --train p --model out", &["p:1: ", "no column 'y'", "x0, x1"]),
    ("a gap in y", "x0,y0,y2\n1,2,3\n", "", "fit --train p --model out", &["p:1: ", "no column 'y1'"]),
    ("y twice", "x0,y,y\n1,2,3\n", "", "fit --train p --model out", &["p:1: ", "'y'", "twice"]),
];

#[rustfmt::skip]
const UNFITTABLE: &[Row] = &[
    ("squares that underflow", "x0,y\n1e-170,1\n-1e-170,2\n", "", "fit --train p --model out", &["p:3: ", "underflow", "--scale standard"]),
    ("a sample twice", "x0,x1,y\n1,0,1\n0,1,2\n1,0,3\n", "", "fit --train p --model out", &["p:4: ", "samples 0 and 2", "lines 2 and 4", "remove", "--ridge"]),
    ("the same twice", "x0,x1,y\n1,0,1\n1,0,1\n", "", "fit --train p --model out --kind nngp", &["p:3: ", "samples 0 and 1", "lines 2 and 3", "--ridge"]),
    ("twice, with blank lines", "\nx0,x1,y\n\n1,0,1\n\n\n1,0,1\n", "", "fit --train p --model out", &["p:7: ", "samples 0 and 1", "lines 4 and 7", "--ridge"]),
    ("twice after scaling", "x0,x1,y\n1,7,1\n2,7,2\n2,7,3\n", "", "fit --train p --model out --scale standard --bias-variance 1", &["p:4: ", "samples 1 and 2", "lines 3 and 4", "--ridge"]),
    ("parallel samples", "x0,x1,y\n1,0,1\n0,1,2\n2,0,0.5\n", "", "fit --train p --model out", &["p:4: ", "sample 2", "nearly depends on the samples before", "--ridge"]),
    ("a sample at zero", "x0,x1,y\n1,0,1\n0,1,2\n0,0,0.5\n", "", "fit --train p --model out", &["p:4: ", "sample 2", "zero vector", "remove", "--bias-variance", "--ridge"]),
    ("only the zero vector", "x0,x1,y\n0,0,0.5\n", "", "fit --train p --model out", &["p:2: ", "sample 0", "zero vector", "--bias-variance", "--ridge"]),
    ("only the zero vector, scaled", "x0,x1,y\n0,0,0.5\n", "", "fit --train p --model out --scale standard", &["p:2: ", "zero vector", "--bias-variance"]),
    ("columns of zeros", "x0,x1,y\n0,0,1\n0,0,2\n", "", "fit --train p --model out", &["p:3: ", "samples 0 and 1", "lines 2 and 3", "--ridge"]),
];

#[rustfmt::skip]
const OVERFLOWS: &[Row] = &[
    ("kernel", "x0\n1\n1e300\n", "", "kernel --x p", &["p:2: ", "p:3 ", "overflow", "scale"]),
    ("kernel in f32", "x0\n1\n1e20\n", "", "kernel --x p --precision f32", &["p:2: ", "p:3 ", "overflow"]),
    ("no number in f32", "x0\n1e39\n", "", "kernel --x p --precision f32", &["p:2: ", "overflow"]),
    ("kernel with y", "x0\n1\n1e300\n", "x0\n1\n2\n1e300\n", "kernel --x p --y q", &["p:2: ", "q:4 ", "overflow"]),
    ("deep kernel", "x0\n1\n", "", "kernel --x p --depth 1000 --weight-variance 10", &["p:2: ", "overflow", "variances"]),
    ("network", "a,b0\n1e300,1e300\n", "x0\n1\n1e300\n", "network --activation identity --weights p --x q", &["q:2: ", "output", "overflow", "scale"]),
    ("empirical", "x0,x1\n1e300,1e300\n", "", "empirical --activation identity --weights w.csv --x p", &["p:2: ", "NTK", "overflow", "scale"]),
    ("empirical of two outputs", "a0,a1,b0\n1,1,1\n", "x0\n1\n1e300\n", "empirical --activation identity --weights p --x q", &["q:3: ", "NTK", "overflow"]),
    ("hessian", "x0,x1\n1e300,1e300\n", "", "hessian --activation sin --weights w.csv --x p", &["p:2: ", "Hessian", "overflow", "scale"]),
    ("hessian norm", "x0,x1\n1e300,1e300\n", "", "hessian --activation sin --weights w.csv --x p --norm", &["p:2: ", "Hessian", "overflow", "scale"]),
    ("fit", "x0,x1,y\n1,0,1\n1e300,1,2\n", "", "fit --train p --model out", &["p:3: ", "overflow", "scale"]),
    ("fit scaled", "x0,x1,y\n1.7e308,0,1\n-1.7e308,1,2\n2,2,2\n", "", "fit --train p --model out --scale standard", &["p: ", "column x0", "overflows", "scale"]),
    ("fit scaled targets", "x0,x1,y\n1,0,1.7e308\n0,1,-1.7e308\n3,4,7\n", "", "fit --train p --model out --scale standard", &["p: ", "column y overflows", "scale"]),
    ("fit one of two scaled targets", "x0,y0,y1\n1,0,1.7e308\n0,1,-1.7e308\n3,4,7\n", "", "fit --train p --model out --scale standard", &["p: ", "column y1 overflows"]),
    ("fit targets, any ridge", "x0,x1,y\n1,0,1e300\n0,1,-1e300\n3,4,7\n", "", "fit --train p --model out --ridge auto", &["p: ", "overflow", "scale the targets"]),
    ("predict", "x0,x1\n1,2\n1e300,1e300\n", "", "predict --model m.json --x p --level 0.5", &["p:3: ", "overflow", "remove"]),
];

#[rustfmt::skip]
const NOWHERE: &[Row] = &[
    ("fit below a file", "", "", "fit --train d.csv --model w.csv/out", &["cannot write w.csv/out: "]),
    ("fit into no folder", "", "", "fit --train d.csv --model nowhere/out", &["cannot write nowhere/out: ", "No such file", "make the folder first"]),
    ("fit onto a folder", "", "", "fit --train d.csv --model folder", &["cannot write folder: ", "name a file"]),
    ("loo below a file", "", "", "fit --train d.csv --model out --loo w.csv/loo", &["cannot write w.csv/loo: "]),
    ("loo into no folder", "", "", "fit --train d.csv --model out --loo nowhere/loo", &["cannot write nowhere/loo: "]),
    ("sweep below a file", "", "", "sweep --widths 1 --seed 0 --max-steps 1 --out w.csv/out", &["w.csv/out"]),
    ("sweep onto a file", "", "", "sweep --widths 1 --seed 0 --max-steps 1 --out w.csv", &["w.csv", "choose another"]),
];

fn check(rows: &[Row]) {
    let mut found = Vec::new();
    for (name, p, q, command, fragments) in rows {
        let folder = Folder::with_good_files();
        folder.write("p", p);
        folder.write("q", q);
        fs::create_dir(folder.path("folder")).unwrap();
        let command = if command.starts_with("fit ") { lecture(command) } else { (*command).to_owned() };
        let wrong = complaints(&folder.run(&command), 1, fragments);
        found.extend(wrong.into_iter().map(|why| format!("{name}: {why}")));
        if folder.holds("out") {
            found.push(format!("{name}: a model was written in spite of the error"));
        }
    }
    assert_none(&found);
}

#[test]
fn dimensions_that_differ() {
    check(DIMENSIONS);
}

#[test]
fn columns_that_are_missing_or_stand_twice() {
    check(COLUMNS);
}

#[test]
fn samples_that_no_kernel_can_tell_apart() {
    check(UNFITTABLE);
}

#[test]
fn results_that_are_no_numbers() {
    check(OVERFLOWS);
}

#[test]
fn results_that_have_nowhere_to_go() {
    check(NOWHERE);
}
