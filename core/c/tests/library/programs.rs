//! The programs of `tests/c` on this machine.

use std::fs;

use crate::compilers::{answer, folder, has, here};

/// Compilers, and the options of each. Undefined behaviour and memory that is not the caller's end a program.
const BUILDS: [(&str, &[&str]); 3] = [
    ("gcc", &["-std=c99", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]),
    ("gcc", &["-std=c99", "-O3", "-ffast-math"]),
    ("g++", &["-xc++", "-std=c++11", "-O2", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]),
];

/// What a program prints with each compiler that is here.
fn printed(program: &str) -> Vec<String> {
    let present = BUILDS.iter().enumerate().filter(|(_, (compiler, _))| has(compiler, compiler));
    present
        .map(|(i, (compiler, options))| {
            answer(
                &folder(&format!("{program}{i}")),
                compiler,
                options,
                &["c/host.c", &format!("c/{program}.c")],
            )
        })
        .collect()
}

#[test]
fn c_finds_the_bits_of_rust() {
    let expected = fs::read_to_string(here().join("tests/c/answers.txt")).unwrap();
    assert!(expected.lines().count() > 40);
    for found in printed("answers") {
        assert_eq!(found, expected);
    }
}

#[test]
fn misuse_is_a_code() {
    for found in printed("misuse") {
        assert_eq!(found, "");
    }
}

/// `tests/c/answers.txt` is what the core computes.
#[test]
fn the_expected_bits_are_those_of_the_core() {
    let expected = fs::read_to_string(here().join("tests/c/answers.txt")).unwrap();
    assert_eq!(answers::text().unwrap(), expected);
}

#[path = "../../examples/answers.rs"]
mod answers;
