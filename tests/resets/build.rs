//! Hands the linker the memory map of the board that the environment variable `BOARD` names. A project for
//! one board needs none of this: a file `memory.x` in its root is found.

use std::path::PathBuf;
use std::{env, fs};

include!("../boards.rs");

fn main() {
    println!("cargo::rerun-if-env-changed=BOARD");
    println!("cargo::rerun-if-changed=../boards.toml");
    println!("cargo::rerun-if-changed=../boards");
    let wanted =
        env::var("BOARD").expect("the environment variable BOARD names a board of tests/boards.toml");
    let text = fs::read_to_string("../boards.toml").unwrap();
    let boards = boards(&text);
    let board = boards.iter().find(|board| board.0 == wanted && field(board, "target").is_some());
    let board = board.unwrap_or_else(|| panic!("boards.toml has no board {wanted}"));
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let path = format!("../boards/{}.x", map(board));
    fs::copy(&path, out.join("memory.x")).unwrap_or_else(|e| panic!("{path}: {e}"));
    println!("cargo::rustc-link-search={}", out.display());
    if env::var("TARGET").unwrap().starts_with("riscv") {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
