//! Inputs that need more memory than there is: one line that says how much, and exit code 1.
#![cfg(unix)]

use std::fmt::Write;
use std::process::Command;

use crate::folder::{Folder, PROGRAM, SAMPLES, WEIGHTS};

/// Runs the program with so many megabytes of address space: exit code, output and what it said.
fn within(folder: &Folder, megabytes: usize, words: &str) -> (Option<i32>, usize, String) {
    let limited = format!("ulimit -v {}; exec timeout 60 \"$@\"", megabytes * 1024);
    let mut shell = Command::new("sh");
    shell.args(["-c", &limited, "sh", PROGRAM]).args(words.split_whitespace());
    let output = shell.current_dir(folder.path(".")).output().unwrap();
    (output.status.code(), output.stdout.len(), String::from_utf8(output.stderr).unwrap())
}

fn samples(rows: usize) -> String {
    let mut text = "x0,x1,y\n".to_owned();
    for i in 0..rows {
        let _ = writeln!(text, "{},{},{}", i as f64 / 7.0, (i * i % 1009) as f64 / 3.0, i % 5);
    }
    text
}

#[test]
fn what_does_not_fit_is_one_line_with_its_size() {
    let folder = Folder::new();
    folder.write("d50000.csv", samples(50_000));
    folder.write("d20000.csv", samples(20_000));
    folder.write("d9000.csv", samples(9_000));
    folder.write("w.csv", WEIGHTS);
    let units: String = (0..200_000).map(|_| "1,0.5,0.5\n").collect();
    folder.write("wide.csv", format!("a,b0,b1\n{units}"));
    #[rustfmt::skip]
    let rows = [
        (4000, "kernel --x d50000.csv", "a matrix of 50000 x 50000 takes 20.0 GB"),
        (4000, "kernel --x d50000.csv --precision f32 --jobs 1", "a matrix of 50000 x 50000 takes 10.0 GB"),
        (1000, "kernel --x d20000.csv --y d20000.csv", "a matrix of 20000 x 20000 takes 3.2 GB"),
        (1000, "empirical --activation relu --weights w.csv --x d20000.csv", "a matrix of 20000 x 20000 takes 3.2 GB"),
        (400, "hessian --activation relu --weights wide.csv --x d20000.csv", "a result of 8000000000 x 2 numbers takes 400.0 GB"),
        (2000, "fit --train d20000.csv --model out", "a model of 20000 samples takes 3.2 GB"),
        (1000, "sweep --widths 16777216 --seed 0 --max-steps 1 --jobs 1 --out s", "a network of 16777216 units takes 0.4 GB"),
        (1000, "sweep --widths 16777216,1 --seeds 3 --max-steps 1 --out t", "a network of 16777216 units takes 0.4 GB"),
        (1000, "sweep --seeds 1000000 --out u", "a sweep of 19000000 rows takes "),
    ];
    let mut found = Vec::new();
    for (megabytes, words, said) in rows {
        let (code, printed, error) = within(&folder, megabytes, words);
        let is_one_line = error.starts_with("error: ") && error.trim_end().lines().count() == 1;
        let is_right = error.contains(said) && error.contains("GB of memory, more than there is");
        if code != Some(1) || printed > 0 || !is_one_line || !is_right {
            found.push(format!("ntk {words}: {code:?}, {printed} bytes, {error}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(!folder.holds("out"));
}

/// The same commands with enough of it, so that no limit is in the way of what fits.
#[test]
fn what_fits_is_done() {
    let folder = Folder::new();
    folder.write("d.csv", SAMPLES);
    folder.write("d1500.csv", samples(1500));
    for words in
        ["kernel --x d1500.csv", "fit --train d.csv --model m", "sweep --widths 4 --seed 0 --max-steps 1"]
    {
        let (code, printed, said) = within(&folder, 1000, words);
        assert!(code == Some(0) && printed > 0, "ntk {words}: {code:?} {said}");
    }
}

/// Whatever the limit, the end is an answer or an error: never a signal.
#[test]
fn no_limit_ends_the_program_by_a_signal() {
    let folder = Folder::new();
    folder.write("d.csv", samples(1000));
    folder.write("w.csv", WEIGHTS);
    let commands = [
        "kernel --x d.csv",
        "fit --train d.csv --model m --ridge 0.1 --bias-variance 0.1",
        "predict --model m --x d.csv", // the model that the last limit had room for
        "fit --train d.csv --model n --ridge auto --activation erf",
        "sweep --widths 300000 --seed 0 --max-steps 1 --out s --jobs 1",
        "empirical --activation relu --weights w.csv --x d.csv",
    ];
    let mut found = Vec::new();
    for words in commands {
        for megabytes in [48, 64, 96, 128, 192, 320] {
            let (code, _, said) = within(&folder, megabytes, words);
            if !matches!(code, Some(0 | 1)) || said.lines().count() > 1 {
                found.push(format!("{megabytes} MB: ntk {words}: {code:?} {said}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
