//! Standard output or error that nobody reads, and results written to what is no ordinary file.
#![cfg(unix)]

use std::io::{BufRead, BufReader, pipe};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::folder::{Folder, PROGRAM};
use crate::numbers::csv;

const TRAIN: &str = "train --weights w.csv --data d.csv --activation relu --learning-rate 0.01 --steps 5";

fn command(folder: &Folder, words: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(words.split_whitespace()).current_dir(folder.path("."));
    command
}

/// A pipe whose reader has gone away.
fn closed() -> Stdio {
    let (_, writer) = pipe().unwrap();
    writer.into()
}

/// `ntk kernel | head -1` with far more rows than a pipe holds.
#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = Folder::new();
    let points: Vec<Vec<f64>> = (0..400).map(|i| vec![f64::from(i) + 0.1, 1.0]).collect();
    folder.write("x.csv", csv("x0,x1", &points));
    let mut child = command(&folder, "kernel --x x.csv");
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.split(',').count(), 400);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn no_reader_at_all_is_no_error_for_any_command() {
    let folder = Folder::with_good_files();
    let line: Vec<Vec<f64>> = (0..12).map(|i| vec![f64::from(i), 2.0 * f64::from(i)]).collect();
    folder.write("line.csv", csv("x0,y", &line));
    let mut found = Vec::new();
    for words in [
        "",
        "--help",
        "kernel --help",
        "kernel --x x.csv",
        "network --weights w.csv --x x.csv --activation relu",
        "empirical --weights w.csv --x x.csv --activation relu",
        "hessian --weights w.csv --x x.csv --activation relu",
        "predict --model m.json --x x.csv --level 0.5",
        "fit --train line.csv --model out.json",
        "sweep --widths 1 --seed 0 --max-steps 5 --out s",
    ] {
        let output = command(&folder, words).stdout(closed()).output().unwrap();
        let (code, said) = (output.status.code(), String::from_utf8(output.stderr).unwrap());
        if code != Some(0) || !said.is_empty() {
            found.push(format!("ntk {words}: {code:?} {said}"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    assert!(folder.holds("out.json") && folder.holds("s/sweep.csv"));
}

/// `ntk train | head -3` with more steps than anybody would wait for: the training ends with its reader.
#[test]
fn training_ends_when_its_reader_goes() {
    let folder = Folder::with_good_files();
    let words = TRAIN.replace("--steps 5", "--steps 4294967295");
    let mut child = command(&folder, &words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: Vec<String> = lines.take(3).map(Result::unwrap).collect();
    assert!(first[0] == "step,loss,mse" && first[2].starts_with("1,"), "{first:?}");
    let ended = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(100)); // a minute in all, so that a failure is not a hanging test
        child.try_wait().unwrap().is_some()
    });
    if !ended {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

/// The weights that are to be saved are the result; the steps on standard output are not.
#[test]
fn training_that_saves_goes_on_without_a_reader() {
    let folder = Folder::with_good_files();
    let words = TRAIN.replace("--steps 5", "--steps 20000");
    let output = command(&folder, &format!("{words} --save out.csv")).stdout(closed()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), said.as_str()),
        (Some(0), "stopped after step 20000: all steps were taken\n")
    );
    command(&folder, &format!("{words} --save read.csv")).output().unwrap();
    assert_eq!(folder.text("out.csv"), folder.text("read.csv"));
}

/// Nobody to read the error: the exit code still tells, and there is no panic (which would be 101).
#[test]
fn errors_that_nobody_reads() {
    let folder = Folder::with_good_files();
    for (words, code) in [("kernel --x missing", 1), ("kernel", 2), ("fit --train x.csv --model m", 1)] {
        let output = command(&folder, words).stderr(closed()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "ntk {words}");
    }
}

/// A remark that cannot be made must not cost the result.
#[test]
fn training_is_saved_though_nobody_reads_the_remark() {
    let folder = Folder::with_good_files();
    let output = command(&folder, &format!("{TRAIN} --save out.csv")).stderr(closed()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(folder.holds("out.csv"), "the trained weights are lost");
}

/// Whatever is no ordinary file (a device, a socket, a named pipe) must not be replaced by one: run by root,
/// `--save /dev/null` would take that device away from the whole machine. A socket stands in for it here.
#[test]
fn what_is_no_ordinary_file_is_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let folder = Folder::with_good_files();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("special")).unwrap();
    for words in [
        format!("{TRAIN} --save special"),
        "fit --train d.csv --model special".to_owned(),
        "fit --train d.csv --model out.json --loo special".to_owned(),
    ] {
        command(&folder, &words).output().unwrap();
        let kind = std::fs::symlink_metadata(folder.path("special")).unwrap().file_type();
        assert!(kind.is_socket(), "replaced by ntk {words}");
    }
}
