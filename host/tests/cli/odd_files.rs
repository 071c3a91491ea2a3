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
    ("points at the ends", "x0,x1\n1.,.0\n3.,+4.e0\n"),
    ("separators at the ends", "x0,x1,,\n1,0,,\n3,4,,\n"),
    ("separators at the ends of rows", "x0,x1\n1,0,\n3,4,\n"),
    ("an old end of file", "x0,x1\r\n1,0\r\n3,4\r\n\u{1a}"),
    ("an old end of file, filled up", "x0;x1\n1;0\n3;4\u{1a}\u{1a}\u{1a}"),
    ("semicolons", "x0;x1\n1;0\n3;4\n"),
    ("tabs", "x0\tx1\n1\t0\n3\t4\n"),
    ("tabs and an empty name", "\tx0\tx1\n\t1\t0\n\t3\t4\n"),
    ("semicolons and commas in other cells", "p, mbar;x0;x1\n1,5;1;0\n2,5;3;4\n"),
    ("tabs and commas in other cells", "p, mbar\tt; s\tx0\tx1\n1,5\ta;b\t1\t0\n2,5\t\t3\t4\n"),
    ("commas and semicolons in other cells", "x0,x1,p; mbar; hPa;\n1,0,a;b;c;d\n3,4,;;;\n"),
    ("commas in quotes in the header", "x0,x1,\"y, raw\"\n1,0,a\n3,4,\n"),
    ("commas in quotes", "\"p, mbar\",x0,x1\n\"1,5\",1,0\n\"2,5\",3,4\n"),
    ("a line sep=", "sep=,\nx0,x1\n1,0\n3,4\n"),
    ("a line sep= of semicolons", "\u{feff}\"SEP=;\"\r\nx0;x1\r\n1;0\r\n3;4\r\n"),
    ("a line sep= of tabs", "sep=\t\nx0\tx1\n1\t0\n3\t4\n"),
    ("a line sep= of pipes", "sep=|\nx0|x1\n1|0\n3|4\n"),
    ("a line sep= that the header does not follow", "sep=;,\nx0,x1\n1,0\n3,4\n"),
    ("comments above", "# logger v2, x0 in mV, x1 in V\n#\n\n\"# 1, 2\",\nx0,x1\n1,0\n3,4\n"),
    ("a comment of names above", "# x0,x1\nx1,x0\n0,1\n4,3\n"),
    ("a header in a comment", "# made today\n# x0,x1\n1,0\n3,4\n"),
    ("a column named #", "#,x0,x1\n1,1,0\n2,3,4\n"),
    ("a separator at the end of each line", "x0,x1,\n1,0,\n3,4,\n"),
    ("separators at the end of the header", "x0,x1,,\n1,0\n3,4,\n"),
    ("separators at the end of the rows", "x0,x1\n1,0,\n3,4,,\n"),
    ("text in a column without a name", "x0,x1,\n1,0,start\n3,4\n"),
    ("empty rows at the end", "x0,x1\n1,0\n3,4\n,\n , ,,\n\"\"\n"),
    ("empty rows above the header", ",,\n;\nx0,x1\n1,0\n3,4\n"),
    ("lines of blanks", "x0,x1\n  \n1,0\n\t \n3,4\n   \n"),
    ("blanks around quotes", " \"x0\" , \"x1\" \n \" 1\" ,\t\"0 \"\n3, 4\n"),
    ("line ends of carriage returns", "x0,x1\r1,0\r3,4\r"),
    ("line ends doubled", "x0,x1\r\r\n1,0\r\r\n3,4\r\r\n"),
    ("line ends in quotes", "\"remark\n(long)\",x0,x1\n\"shut,\r\nthen open\",1,0\n\"\n\",3,4\n"),
    ("quotes in quotes", "x0,x1,\"5\"\" tube\"\n1,0,\"say \"\"shut\"\", please\"\n3,4,\"\"\"\"\n"),
    ("quotes inside of cells", "x0,x1,note\n1,0,5\" tube\n3,4,\"5\" tube\n"),
    ("no-break spaces", "\u{a0}x0,x1\u{a0}\n1\u{a0},0\n\u{a0}3,4\n"),
    ("another column empty", "note,x0,x1,temp_C\n,1,0,\n,3,4,21.5\n"),
    ("a time", "time,x0,x1\n2026-05-01T10:00:00,1,0\n10:00:10.5 +02:00,3,4\n"),
    ("other columns that are not finite", "r,x0,x1,s\ninf,1,0,nan\n1e400,3,4,-Infinity\n"),
    ("words in other columns", ",sensor,x0,x1,y,x,noise\n0,A,1,0,?,one,0x10\n1,B,3,4,,two,1.2.3\n"),
    ("zero bytes in another column", "x0,x1,note\n1,0,\0\0\n3,4,a\0b\n"),
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

/// Some programs write in Windows-1252, where a degree sign is one byte that is no UTF-8.
#[test]
fn columns_that_are_not_used_need_no_utf_8() {
    let folder = Folder::with_good_files();
    folder.write("p", b"T \xb0C,x0,x1,Pr\xfcfer\n21 \xb0,1,0,J\xfcrgen\n22 \xb0,3,4,\n");
    assert_eq!(folder.results("kernel --x p"), folder.results("kernel --x x.csv"));
}

/// Each command passes over the columns that it does not use.
#[test]
fn columns_that_are_not_used_may_hold_anything() {
    let folder = Folder::with_good_files();
    for name in ["w.csv", "x.csv", "d.csv"] {
        let lines: Vec<String> = folder.text(name).lines().map(str::to_owned).collect();
        let cells = ["time;note", "10:00;\"door; open\"", "nan;", "1,5;inf"];
        let rows = lines.iter().zip(cells).map(|(line, cells)| {
            let (first, last) = cells.split_once(';').unwrap();
            format!("{first};{};{last}\n", line.replace(',', ";"))
        });
        folder.write(&format!("log-{name}"), rows.collect::<String>());
    }
    for command in [
        "network --activation erf --weights w.csv --x x.csv",
        "empirical --activation erf --weights w.csv --x x.csv --y x.csv",
        "hessian --activation erf --weights w.csv --x x.csv",
        "train --activation erf --weights w.csv --data d.csv --learning-rate 0.1 --steps 3 --every 1",
        "fit --train d.csv --model out",
        "predict --model m.json --x x.csv --level 0.5",
    ] {
        let other =
            command.replace("w.csv", "log-w.csv").replace("x.csv", "log-x.csv").replace("d.csv", "log-d.csv");
        let run = folder.run(&other);
        assert_eq!((run.code, &run.stdout), (0, &folder.run(command).stdout), "{other}: {}", run.stderr);
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
        "predict --model m.json --x x.csv --level 0.5",
    ] {
        let other =
            command.replace("w.csv", "win-w.csv").replace("x.csv", "win-x.csv").replace("d.csv", "win-d.csv");
        assert_eq!(folder.results(&other), folder.results(command), "{other}");
    }
    folder.results("fit --train d.csv --model plain");
    folder.results("fit --train win-d.csv --model out");
    assert_eq!(folder.text("out"), folder.text("plain"));
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
