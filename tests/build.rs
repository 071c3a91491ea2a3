//! Hands the linker the memory map of the board: that of the environment variable `BOARD`, or the target's
//! usual one.

use std::path::PathBuf;
use std::{env, fs};

include!("boards.rs");

fn main() {
    println!("cargo::rerun-if-env-changed=BOARD");
    println!("cargo::rerun-if-changed=boards.toml");
    println!("cargo::rerun-if-changed=boards");
    println!("cargo::rustc-check-cfg=cfg(rust_analyzer)"); // embedded-test asks for it
    let target = env::var("TARGET").unwrap();
    let text = fs::read_to_string("boards.toml").unwrap();
    let boards = boards(&text);
    let wanted = env::var("BOARD").unwrap_or_default();
    let usual = boards.iter().find(|b| field(b, "target") == Some(&target) && field(b, "qemu").is_some());
    let Some(usual) = usual else { return }; // a host or WebAssembly: no memory map
    let board = boards.iter().find(|b| b.0 == wanted).unwrap_or(usual);
    assert!(wanted.is_empty() || board.0 == wanted, "boards.toml has no board {wanted}");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let path = format!("boards/{}.x", map(board));
    fs::copy(&path, out.join("memory.x")).unwrap_or_else(|e| panic!("{path}: {e}"));
    println!("cargo::rustc-link-arg-tests=-L{}", out.display());
    if target.starts_with("riscv") {
        println!("cargo::rustc-link-arg-tests=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-tests=-Tlink.x");
    println!("cargo::rustc-link-arg-tests=-Tembedded-test.x");
}
