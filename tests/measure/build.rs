//! Hands the linker the memory map that the environment variable `BOARD` names, as for the tests.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=BOARD");
    println!("cargo::rerun-if-changed=../boards");
    let Ok(board) = env::var("BOARD") else { return };
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let map = format!("../boards/{board}.x");
    fs::copy(&map, out.join("memory.x")).unwrap_or_else(|e| panic!("{map}: {e}"));
    println!("cargo::rustc-link-search={}", out.display());
    if env::var("CARGO_CFG_TARGET_ARCH").unwrap() == "riscv32" {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
