//! Hands the linker the memory map of the board that the environment variable `BOARD` names. A project for one board needs
//! none of this: a file `memory.x` in its root is found.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=BOARD");
    println!("cargo::rerun-if-changed=../boards");
    let board = env::var("BOARD").expect("the environment variable BOARD names a file in tests/boards");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let map = format!("../boards/{board}.x");
    fs::copy(&map, out.join("memory.x")).unwrap_or_else(|e| panic!("{map}: {e}"));
    println!("cargo::rustc-link-search={}", out.display());
    if env::var("TARGET").unwrap().starts_with("riscv") {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
