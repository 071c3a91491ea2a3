//! `ntk train` against `traces.json`, its stop rules, and what it says when it cannot go on.

use nalgebra::DMatrix;
use serde::Deserialize;

use crate::folder::{Folder, Run, SAMPLES, WEIGHTS, reference};
use crate::numbers::{U, assert_near, column, csv, largest, matrix, names, table, weights};
use crate::refusals::{assert_none, complaints};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    activation: String,
    rate: f64,
    inputs: usize,
    outputs: usize,
    a: Vec<Vec<f64>>,
    b: Vec<Vec<f64>>,
    x: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    loss: Vec<(usize, f64)>,
    a_final: Vec<Vec<f64>>,
    b_final: Vec<Vec<f64>>,
}

impl Case {
    fn files(&self) -> (Folder, String) {
        let folder = Folder::new();
        folder.write("w.csv", weights(&self.a, &self.b));
        let y = if self.outputs == 1 { "y".to_owned() } else { names("y", self.outputs) };
        let rows: Vec<Vec<f64>> = self.x.iter().zip(&self.y).map(|(x, y)| [&x[..], y].concat()).collect();
        folder.write("d.csv", csv(&format!("{},{y}", names("x", self.inputs)), &rows));
        (folder, format!("--data d.csv --activation {} --learning-rate {:?}", self.activation, self.rate))
    }
}

fn cases() -> Vec<Case> {
    serde_json::from_str::<File>(&reference("traces.json")).unwrap().cases
}

/// The rows `step,loss,mse` of a run that ends well, and the reason given on standard error.
fn train(folder: &Folder, options: &str) -> (Vec<Vec<f64>>, String) {
    let Run { command, code, stdout, stderr } = folder.run(&format!("train {options}"));
    assert_eq!(code, 0, "{command}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{command}: {stderr}");
    let printed = table(&stdout);
    assert_eq!(printed.header, "step,loss,mse");
    (printed.rows, stderr)
}

/// What the exact engine cannot train, it refuses before a word is printed; with a ReLU in its place, and
/// whatever else it can train, for any number of inputs and outputs, it comes to the same numbers.
#[test]
fn the_exact_engine_trains_or_says_why_not() {
    let mut found = Vec::new();
    for case in cases() {
        let (folder, options) = case.files();
        let options = format!("--weights w.csv {options} --steps 200");
        let fits = ["relu", "identity"].contains(&case.activation.as_str());
        if !fits {
            let run = folder.run(&format!("train {options} --engine exact"));
            found.extend(complaints(&run, 1, &["exact engine", "--engine plain"]));
        }
        let options = if fits { options } else { options.replace(&case.activation, "relu") };
        let (exact, _) = train(&folder, &format!("{options} --engine exact"));
        let (plain, _) = train(&folder, &options);
        for (exact, plain) in exact.iter().zip(&plain) {
            assert!((exact[1] - plain[1]).abs() <= 1e-9 * plain[1], "{}: {exact:?}, {plain:?}", case.name);
        }
    }
    assert_none(&found);
    assert!(cases().iter().any(|case| case.activation == "identity"));
    assert!(cases().iter().any(|case| case.inputs > 2) && cases().iter().any(|case| case.outputs > 1));
}

#[test]
fn losses_and_weights_of_two_thousand_steps() {
    for case in cases() {
        let (folder, options) = case.files();
        let (rows, why) = train(&folder, &format!("--weights w.csv {options} --steps 2000 --save out.csv"));
        assert_eq!(why, "stopped after step 2000: all steps were taken\n");
        assert!(rows.iter().enumerate().all(|(step, row)| row[0] == step as f64) && rows.len() == 2001);
        for &(step, expected) in &case.loss {
            assert_near(
                &[rows[step][1]],
                &[expected],
                30.0,
                expected,
                &format!("{}, step {step}", case.name),
            );
        }
        let residuals = (case.x.len() * case.outputs) as f64;
        for row in &rows {
            assert!((row[2] - 2.0 * row[1] / residuals).abs() <= 2.0 * U * row[2], "{}: {row:?}", case.name);
        }
        let found = table(&folder.text("out.csv"));
        let expected = table(&weights(&case.a_final, &case.b_final));
        assert_eq!(found.header, expected.header);
        let expected = expected.rows.concat();
        assert_near(&found.rows.concat(), &expected, 50.0, largest(&expected), &case.name);
    }
}

/// The saved weights hold every bit: training goes on from them as if it had not stopped.
#[test]
fn training_in_two_parts_is_training() {
    for case in cases() {
        let (folder, options) = case.files();
        let (whole, _) = train(&folder, &format!("--weights w.csv {options} --steps 60 --save whole.csv"));
        train(&folder, &format!("--weights w.csv {options} --steps 20 --save part.csv"));
        let (rest, _) = train(&folder, &format!("--weights part.csv {options} --steps 40 --save rest.csv"));
        assert_eq!(column(&whole[20..], 1), column(&rest, 1), "{}", case.name);
        assert_eq!(folder.text("whole.csv"), folder.text("rest.csv"), "{}", case.name);
    }
}

#[test]
fn every_few_steps_and_the_last() {
    let (folder, options) = cases()[1].files();
    let options = format!("--weights w.csv {options} --steps 20");
    let (all, _) = train(&folder, &options);
    for (every, steps) in [(7, vec![0, 7, 14, 20]), (10, vec![0, 10, 20]), (99, vec![0, 20])] {
        let (some, _) = train(&folder, &format!("{options} --every {every}"));
        assert_eq!(some, steps.iter().map(|&step| all[step].clone()).collect::<Vec<_>>(), "every {every}");
    }
    let (none, why) = train(&folder, &options.replace("--steps 20", "--steps 0"));
    assert_eq!((none, why.as_str()), (vec![all[0].clone()], "stopped after step 0: all steps were taken\n"));
}

#[test]
fn the_target_ends_it() {
    let (folder, options) = cases()[2].files();
    let options = format!("--weights w.csv {options} --steps 2000");
    let (all, _) = train(&folder, &options);
    let target = 0.5 * (all[300][2] + all[301][2]);
    let first = all.iter().position(|row| row[2] < target).unwrap();
    let (some, why) = train(&folder, &format!("{options} --target-mse {target:?} --save out.csv"));
    assert_eq!(some, all[..=first]);
    assert_eq!(why, format!("stopped after step {first}: the target was reached\n"));
    assert!(folder.holds("out.csv"));
}

/// With a rate that makes the loss go up and down, so that there is something to be patient about.
#[test]
fn patience_ends_it() {
    let case = &cases()[2];
    let (folder, options) = case.files();
    let options = options.replace("--learning-rate 0.01", "--learning-rate 0.2");
    let options = format!("--weights w.csv {options} --steps 500");
    let (all, _) = train(&folder, &options);
    for patience in [0, 1, 5] {
        let (mut best, mut stale, mut end) = (f64::INFINITY, 0, None);
        for (step, row) in all.iter().enumerate() {
            (best, stale) = if row[1] < best { (row[1], 0) } else { (best, stale + 1) };
            if stale > patience && end.is_none() {
                end = Some(step);
            }
        }
        let end = end.expect("this case must lose its patience");
        let (some, why) = train(&folder, &format!("{options} --patience {patience}"));
        assert_eq!(some, all[..=end], "patience {patience}");
        let reason = "the loss had not improved for longer than the patience";
        assert_eq!(why, format!("stopped after step {end}: {reason}\n"));
    }
}

#[test]
fn a_rate_that_is_too_large_is_an_error_with_the_bound() {
    let case = &cases()[4];
    let (folder, options) = case.files();
    folder.write("x.csv", csv(&names("x", case.inputs), &case.x));
    let gram =
        folder.results(&format!("empirical --weights w.csv --x x.csv --activation {}", case.activation));
    let gram = matrix(&gram);
    let eigenvalues = DMatrix::from_fn(gram.len(), gram.len(), |i, j| gram[i][j]).symmetric_eigenvalues();
    let bound = format!("{:.3e}", 2.0 / eigenvalues.max());

    let options = options.replace("--learning-rate 0.01", "--learning-rate 1000");
    let run = folder.run(&format!("train --weights w.csv {options} --steps 500 --save out.csv"));
    assert_eq!(run.code, 1, "{}", run.stderr);
    for fragment in ["d.csv diverged at step", "1000.0", "2/lambda_max", &bound, "smaller"] {
        assert!(run.stderr.contains(fragment), "no {fragment} in {}", run.stderr);
    }
    assert!(run.stderr.starts_with("error: ") && run.stderr.lines().count() == 1, "{}", run.stderr);
    assert!(!folder.holds("out.csv"), "weights of no use were saved");
    let rows = table(&run.stdout).rows; // what was streamed until then is finite
    assert!(!rows.is_empty() && rows.concat().iter().all(|v| v.is_finite()));
}

/// Where the first loss already overflows, no rate helps.
#[test]
fn a_smaller_rate_is_not_advised_where_it_cannot_help() {
    let folder = Folder::new();
    folder.write("w.csv", "a,b0,b1\n1e300,1e300,1\n");
    folder.write("d.csv", SAMPLES);
    let run =
        folder.run("train --weights w.csv --data d.csv --activation relu --learning-rate 0.1 --steps 5");
    assert_eq!((run.code, run.stderr.lines().count()), (1, 1), "{}", run.stderr);
    assert!(
        run.stderr.starts_with("error: w.csv: ") && !run.stderr.contains("smaller rate"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("on d.csv overflows; scale"), "{}", run.stderr);
}

#[test]
fn weights_that_have_nowhere_to_go() {
    let folder = Folder::new();
    folder.write("w.csv", WEIGHTS);
    folder.write("d.csv", SAMPLES);
    for place in ["w.csv/out", "nowhere/out", "."] {
        let options = "--weights w.csv --data d.csv --activation relu --learning-rate 0.01 --steps 3";
        let run = folder.run(&format!("train {options} --save {place}"));
        assert_eq!(run.code, 1, "{place}: {}", run.stderr);
        let errors: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        assert!(
            errors.len() == 1 && errors[0].contains(&format!("cannot write {place}: ")),
            "{}",
            run.stderr
        );
        assert!(!run.stderr.contains(".ntk-"), "a temporary file is named: {}", run.stderr);
    }
}
