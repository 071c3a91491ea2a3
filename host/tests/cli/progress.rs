//! Long calculations show how far they are, on a terminal and nowhere else.
#![cfg(unix)]

use std::fs::OpenOptions;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::folder::{Folder, PROGRAM};
use crate::numbers::csv;

/// Starts a command whose standard error is a terminal. Returns it, and what appears there in parts.
fn on_a_terminal(folder: &Folder, words: &str) -> (Child, impl Iterator<Item = String>) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    let theirs = OpenOptions::new().read(true).write(true).open(name).unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(words.split_whitespace()).current_dir(folder.path("."));
    let child = command.stdout(Stdio::null()).stderr(Stdio::from(theirs)).spawn().unwrap();
    let (send, receive) = channel();
    thread::spawn(move || {
        let (mut ours, mut bytes) = (std::fs::File::from(terminal), [0; 4096]);
        // When the program has ended, a read says 0 or fails, as the system has it.
        while let Ok(count @ 1..) = ours.read(&mut bytes) {
            if send.send(String::from_utf8_lossy(&bytes[..count]).into_owned()).is_err() {
                break;
            }
        }
    });
    (child, std::iter::from_fn(move || receive.recv_timeout(Duration::from_secs(60)).ok()))
}

/// Whether a command shows a bar with the time that is left; it is ended then.
fn shows_a_bar(folder: &Folder, words: &str) -> bool {
    let (mut child, mut shown) = on_a_terminal(folder, words);
    let found = shown.any(|part| part.contains("left"));
    let _ = child.kill(); // it may have ended
    let _ = child.wait();
    found
}

/// Inputs of one column, and the same with a target.
fn folder() -> Folder {
    let folder = Folder::new();
    let rows = |n: u32, width: u32| -> Vec<Vec<f64>> {
        (0..n).map(|i| (0..width).map(|j| f64::from(i * 7 + j) / 97.0).collect()).collect()
    };
    folder.write("x.csv", csv("x0", &rows(3000, 1)));
    folder.write("short.csv", csv("x0", &rows(20, 1)));
    folder.write("d.csv", csv("x0,y", &rows(2000, 2)));
    folder.write("few.csv", csv("x0,y", &rows(120, 2)));
    let mut state = 1u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    };
    let log: Vec<Vec<f64>> = (0..5000).map(|_| (0..4).map(|_| random()).collect()).collect();
    folder.write("log.csv", csv("x0,x1,x2,y", &log));
    folder.write("w.csv", csv("a,b0", &rows(1000, 2)));
    folder.write("wide.csv", csv("a,b0", &rows(200_000, 2)));
    folder
}

/// The kernels of these take some 100 microseconds for each pair of inputs.
const SLOW: &str = "--activation silu --kind ntk --bias-variance 0.25";

#[test]
fn long_calculations_show_the_time_that_is_left() {
    let folder = &folder();
    folder.fit(&format!("--train few.csv --model m.json {SLOW} --ridge 0.1"));
    folder.fit("--train d.csv --model many.json --ridge 0.1 --bias-variance 0.25");
    let train = "train --weights w.csv --data few.csv --activation tanh --learning-rate 1e-9 --steps 1000000";
    let commands = [
        format!("kernel --x x.csv {SLOW}"),
        format!("draw --x x.csv {SLOW}"),
        format!("fit --train d.csv --model n.json {SLOW} --ridge 0.1"),
        "predict --model m.json --x x.csv".to_owned(),
        "predict --model many.json --x x.csv --time 10".to_owned(),
        "export --model m.json --lang c --out out --table 16 --codes 0,1".to_owned(),
        "export --model m.json --lang bin --out out".to_owned(),
        "empirical --weights w.csv --x x.csv --activation tanh".to_owned(),
        "network --weights wide.csv --x x.csv --activation tanh".to_owned(),
        "hessian --weights wide.csv --x x.csv --activation tanh --norm".to_owned(),
        "stream --data log.csv --room 1000".to_owned(),
        train.to_owned(),
    ];
    thread::scope(|scope| {
        for words in &commands {
            scope.spawn(move || assert!(shows_a_bar(folder, words), "ntk {words}"));
        }
    });
}

#[test]
fn short_calculations_show_nothing() {
    let folder = folder();
    let (mut child, shown) = on_a_terminal(&folder, "kernel --x short.csv --kind nngp");
    assert_eq!(shown.collect::<String>(), "");
    assert!(child.wait().unwrap().success());
}
