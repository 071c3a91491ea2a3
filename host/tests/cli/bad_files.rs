//! Each option that reads a table, with each fault that a table can have.

use std::fs;

use crate::folder::Folder;
use crate::refusals::{assert_none, complaints};

/// Commands that read the table `bad`, and the columns that they need in it.
#[rustfmt::skip]
const READERS: [(&str, &str); 14] = [
    ("kernel --x bad", "x0,x1"),
    ("kernel --x x.csv --y bad", "x0,x1"),
    ("kernel --precision f32 --x bad", "x0,x1"),
    ("network --activation relu --x x.csv --weights bad", "a,b0,b1"),
    ("network --activation relu --x bad --weights w.csv", "x0,x1"),
    ("empirical --activation erf --x x.csv --weights bad", "a,b0,b1"),
    ("empirical --activation erf --x bad --weights w.csv", "x0,x1"),
    ("empirical --activation erf --x x.csv --weights w.csv --y bad", "x0,x1"),
    ("hessian --activation tanh --x x.csv --weights bad", "a,b0,b1"),
    ("hessian --activation tanh --x bad --weights w.csv --norm", "x0,x1"),
    ("train --activation sin --learning-rate 0.1 --steps 5 --save out --data d.csv --weights bad", "a,b0,b1"),
    ("train --activation sin --learning-rate 0.1 --steps 5 --save out --data bad --weights w.csv", "x0,x1,y"),
    ("fit --train bad --model out", "x0,x1,y"),
    ("predict --model m.json --x bad", "x0,x1"),
];

/// Contents and what must be said of them. H is the header that is needed, R a row of ones, L a row that
/// lacks its last cell; C is the number of the last column, whose name is N.
#[rustfmt::skip]
const FAULTS: [(&str, &str, &[&str]); 56] = [
    ("empty", "", &["bad: ", "empty", "header"]),
    ("line ends only", "\n\r\n\n", &["bad: ", "empty", "header"]),
    ("header only", "H\n", &["bad: ", "no rows", "add"]),
    ("header only, no line end", "H", &["bad: ", "no rows", "add"]),
    ("no header", "1,2,3\n4,5,6\n", &["bad:1: ", "no column", "1, 2, 3", "write a header row"]),
    ("other columns", "u,v,w\n1,2,3\n", &["bad:1: ", "no column", "u, v, w", "add or rename"]),
    ("two headers", "H\nH\nR\n", &["bad:2:1: ", "not a number"]),
    ("a word", "H\nR\nL,one\n", &["bad:3:C: ", "'one'", "'N'", "not a number", "correct it or remove the row"]),
    ("an empty cell", "H\nL,\n", &["bad:2:C: ", "''", "'N'", "not a number"]),
    ("hexadecimal", "H\nL,0x10\n", &["bad:2:C: ", "'0x10'", "not a number"]),
    ("two points", "H\nL,1.2.3\n", &["bad:2:C: ", "'1.2.3'", "not a number"]),
    ("nan", "H\nR\nL,nan\n", &["bad:3:C: ", "'nan'", "'N'", "not finite"]),
    ("NaN", "H\nR\nL,NaN\n", &["bad:3:C: ", "'NaN'", "'N'", "not finite"]),
    ("inf", "H\nR\nL,inf\n", &["bad:3:C: ", "'inf'", "'N'", "not finite"]),
    ("-Infinity", "H\nR\nL,-Infinity\n", &["bad:3:C: ", "'-Infinity'", "not finite"]),
    ("beyond f64", "H\nL,1e999\n", &["bad:2:C: ", "'1e999'", "not finite"]),
    ("a short row", "H\nR\nL\n", &["bad:3: ", "header has C", "cell"]),
    ("a long row", "H\nR\nR,1\n", &["bad:3: ", "header has C", "cell"]),
    ("semicolons", "H\nR\nL;1\n", &["bad:3: ", "cell"]),
    ("another separator in a row", "H\nR\nL\t1\n", &["bad:3: ", "cell", "separate them by commas"]),
    ("a cell too much", "H\nR\nR,1,\n", &["bad:3: ", "header has C", "remove some"]),
    ("a comma in a text", "H,note\nR,\"shut, open\"\nR,shut, open\n", &["bad:3: ", "header has ", "in quotes"]),
    ("a comment between the rows", "H\nR\n# restarted\nR\n", &["bad:3: ", "cell", "comment, remove it"]),
    ("a row that is commented out", "H\n#R\nR\n", &["bad:2:1: ", "'#1'", "not a number"]),
    ("a title above", "Logger export\n\nH\nR\n", &["bad:1: ", "header row is line 3", "remove what is above"]),
    ("another mark for comments", "// 17, 4\n% a\nH\nR\n", &["bad:1: ", "header row is line 3", "remove what is above"]),
    ("a title above a header in a comment", "Logger export\n# H\nR\n", &["bad:1: ", "header row is line 2"]),
    ("units below the header", "H\n[V],L\nR\n", &["bad:2:1: ", "'[V]'", "not a number"]),
    ("only comments", "# made\n# today\n", &["bad: ", "no names", "header row is needed"]),
    ("only separators", ",,\n;;\n", &["bad: ", "no names", "header row is needed"]),
    ("an empty row", "H\nR\n,,,\nR\n", &["bad:3"]),
    ("only empty rows", "H\n,,\n,\n\n", &["bad: ", "no rows", "add"]),
    ("a decimal comma in quotes", "H\nL,\"1,5\"\n", &["bad:2:C: ", "'1,5'", "write a decimal point"]),
    ("decimal commas", "H\nR\nL,0,5\n", &["bad:3: ", "header has C", "decimal points for commas"]),
    ("thousands by commas", "H\nL,\"1,234.5\"\n", &["bad:2:C: ", "'1,234.5'", "no thousands separators"]),
    ("thousands by quotes", "H\nL,1'234.5\n", &["bad:2:C: ", "'1'234.5'", "no thousands separators"]),
    ("thousands by blanks", "H\nL,-1\u{a0}234.5\n", &["bad:2:C: ", "no thousands separators"]),
    ("a long minus sign", "H\nL,−1.5\n", &["bad:2:C: ", "'−1.5'", "as a hyphen"]),
    ("below f64, then beyond", "H\nL,1e-400\nL,-1e400\n", &["bad:3:C: ", "'-1e400'", "not finite"]),
    ("a unit in a cell", "H\nL,21.5 °C\n", &["bad:2:C: ", "'21.5 °C'", "not a number"]),
    ("a unit that is no UTF-8", "H\nL,21.5 \u{fffd}C\n", &["bad:2:C: ", "'21.5 ", "not a number"]),
    ("a quote that stays open", "H\nR\nL,\"1\nR\n", &["bad:3:C: ", "quote", "not closed"]),
    ("a quote closed in another row", "H,note\nR,\"shut\nR,ok\nR,\"open\"\n", &["bad:2:", "quote", "not closed"]),
    ("a quote open in the header", "\"H\nR\n", &["bad:1:1: ", "quote", "not closed"]),
    ("a header in one pair of quotes", "\"H\"\nR\n", &["bad:1: ", "'H' in the header is several names"]),
    ("an old end of file among the rows", "H\nR\n\u{1a}\nR\n", &["bad:3: ", "the end of an older file", "remove it"]),
    ("zero bytes at the end", "H\nR\n\0\0\0\0", &["bad:3: ", "zero bytes", "loss of power"]),
    ("a zero byte in a number", "H\nL,1\0\n", &["bad:2:C: ", "not a number"]),
    ("pipes", "H|u\nR|1\n", &["bad:1: ", "|u", "separate all cells by commas, or all"]),
    ("a column twice", "H,N\nR,1\n", &["bad:1: "]),
    ("Windows line ends", "H\r\nR\r\nL,one\r\n", &["bad:3:C: ", "'one'"]),
    ("blank lines count", "H\n\n\nR\n\nL,one\n", &["bad:6:C: ", "'one'"]),
    ("a line end in a cell", "H\nR\nL,\"2\n3\"\n", &["bad:3:C: ", "not a number"]),
    ("a colour code in a cell", "H\nL,\u{1b}[31mred\n", &["bad:2:C: ", "red", "not a number"]),
    ("zero bytes", "\0\0\0\0\0\0\0\n\0\0\0\n", &["bad:"]),
    ("a byte that is no text", "H\nR\n\u{fffd}\n", &["bad", "not a text file"]),
];

/// The text of a template, with the stand-in for a byte that is no UTF-8 put in last.
fn contents(template: &str, header: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (i, part) in filled(template, header).split('\u{fffd}').enumerate() {
        if i > 0 {
            bytes.push(0xff);
        }
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

fn filled(template: &str, header: &str) -> String {
    let names: Vec<&str> = header.split(',').collect();
    let ones = vec!["1"; names.len()];
    let values = [
        ("H", header.to_owned()),
        ("R", ones.join(",")),
        ("L", ones[1..].join(",")),
        ("C", names.len().to_string()),
        ("'N'", format!("'{}'", names[names.len() - 1])),
        (",N\n", format!(",{}\n", names[names.len() - 1])),
    ];
    // `NaN` is a value, not the name: hence the neighbours of N above.
    values.iter().fold(template.to_owned(), |text, (letter, value)| text.replace(letter, value))
}

#[test]
fn every_fault_of_a_table_is_named_with_its_place() {
    let folder = Folder::with_good_files();
    let mut found = Vec::new();
    for (fault, template, fragments) in FAULTS {
        for (command, header) in READERS {
            folder.write("bad", contents(template, header));
            let fragments: Vec<String> = fragments.iter().map(|f| filled(f, header)).collect();
            let fragments: Vec<&str> = fragments.iter().map(String::as_str).collect();
            let wrong = complaints(&folder.run(command), 1, &fragments);
            assert!(!folder.holds("out"), "{fault}: {command} wrote a result");
            if !wrong.is_empty() {
                found.extend(wrong.into_iter().map(|why| format!("{fault}: {why}")));
                break; // one reader shows it; the others read alike
            }
        }
    }
    assert_none(&found);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Folder::with_good_files();
    let mut found = Vec::new();
    for (command, _) in READERS {
        found.extend(complaints(
            &folder.run(command),
            1,
            &["cannot read bad: ", "No such file", "check the name"],
        ));
        let below = command.replace("bad", "w.csv/bad");
        found.extend(complaints(&folder.run(&below), 1, &["cannot read w.csv/bad: "]));
    }
    fs::create_dir(folder.path("bad")).unwrap();
    for (command, _) in READERS {
        found.extend(complaints(&folder.run(command), 1, &["cannot read bad: ", "directory"]));
    }
    assert_none(&found);
}

#[test]
fn binary_files_are_no_tables() {
    let folder = Folder::with_good_files();
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0".as_slice();
    let sheet = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0".as_slice();
    let wide: &[u8] = b"\xff\xfex\x000\0\n\x001\0\n\0"; // UTF-16, as some spreadsheets save
    let wide_high_first: &[u8] = b"\xfe\xff\0x\x000\0\n\x001\0\n";
    let wide_without_mark = &wide[2..];
    let mut found = Vec::new();
    for (command, _) in READERS {
        for (bytes, format) in [
            (picture, "invalid UTF-8"),
            (sheet, "spreadsheet"),
            (wide, "UTF-16"),
            (wide_high_first, "UTF-16"),
            (wide_without_mark, "UTF-16"),
        ] {
            folder.write("bad", bytes);
            let fragments = ["bad: ", "not a text file", format, "save it as CSV"];
            let fragments = if bytes == picture { &fragments[1..] } else { &fragments };
            found.extend(complaints(&folder.run(command), 1, fragments));
        }
    }
    assert_none(&found);
}

/// Names and numbers that a table of semicolons or tabs can have; S is the separator.
#[rustfmt::skip]
const OTHER_SEPARATORS: &[(&str, &str, &[&str])] = &[
    ("a decimal comma", "x0Sx1Sy\n0.1S1S1\n0,5S1S2\n", &["bad:3:1: ", "'0,5'", "'x0'", "decimal comma", "write a decimal point"]),
    ("a decimal comma and an exponent", "x0Sx1Sy\n-1,5e-3S1S1\n", &["bad:2:1: ", "'-1,5e-3'", "decimal comma"]),
    ("thousands and a decimal comma", "x0Sx1Sy\n1.234,5S1S1\n", &["bad:2:1: ", "'1.234,5'", "no thousands"]),
    ("commas in a row", "x0Sx1Sy\n1S1S1\n1,2,3\n", &["bad:3: ", "1 cell", "header has 3", "separate them by "]),
    ("a long row", "x0Sx1Sy\n1S1S1S1\n", &["bad:2: ", "4 cells", "header has 3", "remove some"]),
    ("a short row", "x0Sx1Sy\n1S1\n", &["bad:2: ", "2 cells", "header has 3", "complete the row"]),
    ("an empty cell", "x0Sx1Sy\n1SS1\n", &["bad:2:2: ", "''", "'x1'", "not a number"]),
    ("no header", "0,1S1S1,2\n0,5S1S1,9\n", &["bad:1: ", "no column 'x0'", "write a header row"]),
    ("mixed separators", "x0Sx1,y\n1S2,3\n", &["bad:1: ", "in the header is several names", "separate all cells"]),
];

#[test]
fn semicolons_and_tabs_have_the_same_faults() {
    let folder = Folder::with_good_files();
    let mut found = Vec::new();
    for (fault, template, fragments) in OTHER_SEPARATORS {
        for separator in [";", "\t"] {
            folder.write("bad", template.replace('S', separator));
            let wrong = complaints(&folder.run("fit --train bad --model out"), 1, fragments);
            found.extend(wrong.into_iter().map(|why| format!("{fault}: {why}")));
        }
    }
    assert_none(&found);
}

#[test]
fn a_row_of_any_length_is_read_without_overflow() {
    let folder = Folder::with_good_files();
    let mut found = Vec::new();
    let (quotes, cells) = ("\"".repeat(3_000_001), ",".repeat(3_000_000));
    for (text, fragment) in [
        (format!("x0,note\n1,{quotes}\n"), "not closed"),
        (format!("x0,note\n1,{}\n1\n", "9".repeat(3_000_000)), "bad:3: "),
        (format!("x0,note\n1,2{cells}1\n"), "3000002 cells"),
        (format!("{}x0\n1\n", "\"# \n".repeat(10_000)), "bad:"),
    ] {
        folder.write("bad", text);
        found.extend(complaints(&folder.run("kernel --x bad"), 1, &["bad:", fragment]));
    }
    assert_none(&found);
}

/// A hundred thousand columns take a hundred times as long as a thousand, and not ten thousand times.
#[test]
fn very_many_columns_are_read() {
    let folder = Folder::with_good_files();
    for count in [1_000, 100_000] {
        let line = |cell: &dyn Fn(usize) -> String| (0..count).map(cell).collect::<Vec<_>>().join(",");
        let names = line(&|i| format!("x{}", (i * 7919) % count)); // a prime, so each number once
        let cells = line(&|i| format!("{}", i % 3));
        folder.write("wide.csv", format!("{names}\n{cells}\n"));
        let squares: usize = (0..count).map(|i| (i % 3) * (i % 3)).sum();
        assert_eq!(
            folder.results("kernel --x wide.csv --kind nngp --activation identity"),
            format!("{squares}.0\n")
        );
        folder.write("twice.csv", format!("{names},x7\n{cells},1\n"));
        let found =
            complaints(&folder.run("kernel --x twice.csv"), 1, &["twice.csv:1: ", "'x7' occurs twice"]);
        assert_none(&found);
    }
}

#[test]
fn the_error_stays_short_whatever_the_file_holds() {
    let folder = Folder::with_good_files();
    let names: Vec<String> = (0..3000).map(|i| format!("c{i}")).collect();
    let (wide, long) = (names.join(","), format!("x0\n{}z\n", "9".repeat(10_000)));
    let mut found = Vec::new();
    for text in [format!("{wide}\n{}\n", vec!["1"; names.len()].join(",")), long] {
        folder.write("bad", text);
        found.extend(complaints(&folder.run("kernel --x bad"), 1, &["bad:"]));
    }
    assert_none(&found);
}
