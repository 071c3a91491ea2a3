//! Files that look unusual and are right all the same.

use crate::folder::{Folder, INPUTS};
use crate::numbers::matrix;

/// The same two inputs as in `INPUTS`, as other programs write them.
#[rustfmt::skip]
const SAME: &[(&str, &str)] = &[
    ("Windows line ends", "x0,x1\r\n1,0\r\n3,4\r\n"),
    ("no line end at the end", "x0,x1\n1,0\n3,4"),
    ("blank lines", "\n\nx0,x1\n\n1,0\n\n\n3,4\n\n\n"),
    ("spaces and tabs", " x0 ,\tx1\n 1 , 0 \n3,\t4\t\n"),
    ("a byte order mark", "\u{feff}x0,x1\n1,0\n3,4\n"),
    ("a byte order mark and Windows line ends", "\u{feff}x0,x1\r\n1,0\r\n3,4\r\n"),
    ("a byte order mark before a quoted name", "\u{feff}\"x0\",\"x1\"\n1,0\n3,4\n"),
    ("quoted cells", "\"x0\",\"x1\"\n\"1\",\"0\"\n\"3\",\"4\"\n"),
    ("columns in another order", "x1,x0\n0,1\n4,3\n"),
    ("other columns between", "id,x0,y,x1\n7,1,9,0\n8,3,9,4\n"),
    ("another column twice", "x0,x1,id,id\n1,0,7,7\n3,4,8,8\n"),
    ("a column without a name", ",x0,x1\n0,1,0\n1,3,4\n"),
    ("other ways to write numbers", "x0,x1\n+1.0e0,-0\n.3E1,400e-2\n"),
];

#[test]
fn the_same_numbers_give_the_same_matrix() {
    let folder = Folder::with_good_files();
    let expected = folder.results("kernel --x x.csv");
    for (name, text) in SAME {
        folder.write("p", text);
        assert_eq!(folder.results("kernel --x p"), expected, "{name}");
        assert_eq!(folder.results("kernel --x x.csv --y p"), expected, "{name} as --y");
    }
}

#[test]
fn every_reader_takes_windows_files() {
    let folder = Folder::with_good_files();
    for name in ["w.csv", "x.csv", "d.csv"] {
        folder.write(&format!("win-{name}"), format!("\u{feff}{}", folder.text(name).replace('\n', "\r\n")));
    }
    for command in [
        "network --activation erf --weights w.csv --x x.csv",
        "empirical --activation erf --weights w.csv --x x.csv --y x.csv",
        "hessian --activation erf --weights w.csv --x x.csv",
        "fit --train d.csv --model out",
        "predict --model m.json --x x.csv",
    ] {
        let other =
            command.replace("w.csv", "win-w.csv").replace("x.csv", "win-x.csv").replace("d.csv", "win-d.csv");
        assert_eq!(folder.results(&other), folder.results(command), "{other}");
    }
    folder.results("fit --train win-d.csv --model out");
    assert_eq!(folder.text("out"), folder.text("m.json"));
}

#[test]
fn a_zero_vector_has_the_kernel_zero() {
    let folder = Folder::new();
    folder.write("p", "x0,x1\n0,0\n3,4\n-0.0,0\n");
    for kind in ["ntk", "nngp"] {
        for precision in ["f64", "f32"] {
            let text = folder.results(&format!("kernel --x p --kind {kind} --precision {precision}"));
            let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
            for (i, j) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2)] {
                assert_eq!(rows[i][j], "0.0", "{kind} {precision}, element ({i}, {j})");
            }
            assert!(matrix(&text)[1][1] > 20.0);
        }
    }
}

#[test]
fn what_is_read_from_a_pipe_is_read() {
    let folder = Folder::new();
    folder.write("p", INPUTS);
    let piped = assert_cmd::Command::new(crate::folder::PROGRAM)
        .args(["kernel", "--x", "/dev/stdin"])
        .write_stdin(INPUTS)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), folder.results("kernel --x p"));
}
