//! Options out of range, unknown or missing: exit code 2, the option named, and nothing written.

use crate::folder::Folder;
use crate::refusals::{assert_none, complaints};

const TRAIN: &str = "train --weights w.csv --data d.csv --activation relu";

/// What follows `TRAIN`, and what must be said.
#[rustfmt::skip]
const TRAINING: &[(&str, &[&str])] = &[
    ("--learning-rate=-0.1 --steps 3", &["-0.1", "--learning-rate", "above 0"]),
    ("--learning-rate -0.1 --steps 3", &["-0.1", "--learning-rate", "above 0"]),
    ("--learning-rate 0 --steps 3", &["--learning-rate", "above 0"]),
    ("--learning-rate nan --steps 3", &["nan", "--learning-rate", "above 0"]),
    ("--learning-rate inf --steps 3", &["inf", "--learning-rate"]),
    ("--learning-rate fast --steps 3", &["fast", "--learning-rate", "number"]),
    ("--learning-rate 0.1 --steps -3", &["-3", "--steps"]),
    ("--learning-rate 0.1 --steps 1.5", &["1.5", "--steps"]),
    ("--learning-rate 0.1 --steps 5000000000", &["5000000000", "--steps"]),
    ("--learning-rate 0.1", &["--steps"]),
    ("--steps 3", &["--learning-rate"]),
    ("--learning-rate 0.1 --steps 3 --every 0", &["--every"]),
    ("--learning-rate 0.1 --steps 3 --target-mse 0", &["--target-mse", "above 0"]),
    ("--learning-rate 0.1 --steps 3 --patience=-1", &["--patience"]),
    ("--learning-rate 0.1 --steps 3 --engine warp", &["warp", "--engine", "plain"]),
];

#[rustfmt::skip]
const OTHERS: &[(&str, &[&str])] = &[
    ("fit --train d.csv --model out --ridge=-1", &["-1", "--ridge", "0 or more", "auto"]),
    ("fit --train d.csv --model out --ridge -1", &["-1", "--ridge", "0 or more", "auto"]),
    ("fit --train d.csv --model out --ridge nan", &["nan", "--ridge"]),
    ("fit --train d.csv --model out --ridge none", &["none", "--ridge", "auto"]),
    ("fit --train d.csv --model out --tune bias --ridge 1", &["--tune", "--ridge"]),
    ("fit --train d.csv --model out --tune depth", &["depth", "--tune", "weight"]),
    ("fit --train d.csv --model out --ridge auto --criterion aic", &["aic", "--criterion", "likelihood"]),
    ("fit --train d.csv --model out --scale log", &["log", "--scale", "standard"]),
    ("fit --train d.csv --model out --amplitude 0", &["0", "--amplitude", "above 0", "auto"]),
    ("fit --train d.csv --model out --amplitude best", &["best", "--amplitude", "auto"]),
    ("fit --train d.csv --model out --bias-variance -1", &["-1", "--bias-variance", "0 or more", "auto"]),
    ("fit --train d.csv --model out --depth 0", &["0", "--depth"]),
    ("fit --train d.csv", &["--model"]),
    ("stream", &["--data"]),
    ("stream --data d.csv --room 0", &["0", "--room", "1 to 1024"]),
    ("stream --data d.csv --room 1025", &["1025", "--room"]),
    ("stream --data d.csv --forget 0", &["0", "--forget", "none, auto", "at most 1"]),
    ("stream --data d.csv --forget -1", &["-1", "--forget"]),
    ("stream --data d.csv --forget 1.01", &["1.01", "--forget"]),
    ("stream --data d.csv --level 1", &["1", "--level", "below 1"]),
    ("kernel", &["--x"]),
    ("kernel --x x.csv --depth 0", &["0", "--depth"]),
    ("kernel --x x.csv --depth 70000", &["70000", "--depth"]),
    ("kernel --x x.csv --kind ntkk", &["ntkk", "--kind", "nngp"]),
    ("kernel --x x.csv --activation hinge", &["hinge", "--activation", "relu"]),
    ("kernel --x x.csv --precision f16", &["f16", "--precision", "f32"]),
    ("kernel --x x.csv --weight-variance 0", &["--weight-variance", "above 0"]),
    ("kernel --x x.csv --weight-variance -1", &["-1", "--weight-variance", "above 0"]),
    ("kernel --x x.csv --bias-variance=-1", &["-1", "--bias-variance", "0 or more"]),
    ("kernel --x x.csv --bias-variance -1", &["-1", "--bias-variance", "0 or more"]),
    ("kernel --x", &["--x"]),
    ("kernel --x x.csv x.csv", &["x.csv"]),
    ("kernel --x x.csv --x x.csv", &["--x"]),
    ("network --weights w.csv --x x.csv", &["--activation"]),
    ("network --weights w.csv --x x.csv --activation hinge", &["hinge", "--activation", "identity"]),
    ("hessian --weights w.csv --x x.csv --activation tanh --output=-1", &["-1", "--output"]),
    ("predict --x x.csv", &["--model"]),
    ("predict --model m.json --x x.csv --ridge 1", &["--ridge"]),
    ("predict --model m.json --x x.csv --time -1", &["-1", "--time", "0 or more"]),
    ("predict --model m.json --x x.csv --time nan", &["nan", "--time", "inf"]),
    ("predict --model m.json --x x.csv --time long", &["long", "--time", "0 or more"]),
    ("predict --model m.json --x x.csv --level 0", &["0", "--level", "above 0", "below 1"]),
    ("predict --model m.json --x x.csv --level 1", &["1", "--level", "above 0", "below 1"]),
    ("predict --model m.json --x x.csv --level 1.5", &["1.5", "--level", "above 0", "below 1"]),
    ("predict --model m.json --x x.csv --level -0.5", &["--level"]),
    ("predict --model m.json --x x.csv --level nan", &["nan", "--level", "above 0", "below 1"]),
    ("predict --model m.json --x x.csv --level most", &["most", "--level", "above 0", "below 1"]),
    ("predict --model m.json --x x.csv --time 1 --level 0.5", &["--time", "--level"]),
    ("predict --model m.json --x x.csv --time 1 --noise", &["--time", "--noise"]),
    ("export --model m.json --lang ada --out out", &["ada", "--lang", "rust", "bin"]),
    ("export --model m.json --out out", &["--lang"]),
    ("export --model m.json --lang c", &["--out"]),
    ("export --lang c --out out", &["--model"]),
    ("export --model m.json --lang c --out out --precision f16", &["f16", "--precision"]),
    ("sweep --out out --widths 0", &["0", "--widths", "from 1"]),
    ("sweep --out out --widths 1,0,2", &["0", "--widths", "from 1"]),
    ("sweep --out out --widths 1,,2", &["--widths"]),
    ("sweep --out out --widths 1..5", &["1..5", "--widths"]),
    ("sweep --out out --widths 99999999999", &["99999999999", "--widths"]),
    ("sweep --out out --seeds 0", &["0", "--seeds"]),
    ("sweep --out out --seed=-1", &["-1", "--seed"]),
    ("sweep --out out --seeds 2 --seed 1", &["--seeds", "--seed"]),
    ("sweep --out out --seeds 18446744073709551615 --widths 1", &["--seeds"]),
    ("sweep --out out --samples 0", &["0", "--samples"]),
    ("sweep --out out --learning-rate 0", &["--learning-rate", "above 0"]),
    ("sweep --out out --learning-rate -1", &["--learning-rate", "above 0"]),
    ("sweep --out out --target-mse=-1", &["--target-mse", "above 0"]),
    ("sweep --out out --jobs 0", &["0", "--jobs"]),
    ("sweep --out out --shard 0/2", &["0/2", "--shard", "I/N"]),
    ("sweep --out out --shard 3/2", &["3/2", "--shard", "I/N"]),
    ("sweep --out out --shard 1", &["1", "--shard", "I/N"]),
    ("sweep --out out --lift cube", &["cube", "--lift", "circle"]),
    ("merge --out out", &["<DIR>..."]),
    ("merge a b", &["--out"]),
    ("report", &["--out"]),
    ("verify --json out --only C24", &["C24", "--only", "C1 to C23"]),
    ("verify --json out --only C1,,C2", &["--only", "C1 to C23"]),
    ("verify --json out --only", &["--only"]),
    ("verify --json out --seed=-1", &["-1", "--seed"]),
    ("verify --json out --seed 4294967296", &["4294967296", "--seed"]),
    ("verify --json out --jobs 0", &["0", "--jobs"]),
    ("verify --json out --error=-0.1", &["-0.1", "--error"]),
    ("verify --json out --error NaN", &["NaN", "--error"]),
    ("verify --repeat 1", &["1", "--repeat", "from 2"]),
    ("verify --json out --repeat 3", &["--json", "--repeat"]),
    ("verify --json", &["--json"]),
    ("kernl --x x.csv", &["kernl", "kernel"]),
    ("--frobnicate", &["--frobnicate"]),
];

#[test]
fn options_that_make_no_sense() {
    let folder = Folder::with_good_files();
    let training = TRAINING.iter().map(|(options, fragments)| (format!("{TRAIN} {options}"), *fragments));
    let others = OTHERS.iter().map(|(command, fragments)| ((*command).to_owned(), *fragments));
    let mut found = Vec::new();
    for (command, fragments) in training.chain(others) {
        found.extend(complaints(&folder.run(&command), 2, fragments));
        assert!(!folder.holds("out"), "{command} wrote a result");
    }
    assert_none(&found);
}
