//! Hands the linker the memory map of the board: that of the environment variable `BOARD`, or the target's usual one.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=BOARD");
    println!("cargo::rerun-if-changed=boards");
    println!("cargo::rustc-check-cfg=cfg(rust_analyzer)"); // embedded-test asks for it
    let target = env::var("TARGET").unwrap();
    let usual = match target.as_str() {
        "thumbv6m-none-eabi" => "microbit",
        "thumbv7m-none-eabi" => "mps2-an385",
        "thumbv7em-none-eabihf" => "mps2-an386",
        "thumbv8m.main-none-eabihf" => "mps2-an505",
        "riscv32imac-unknown-none-elf" | "riscv32imafc-unknown-none-elf" => "riscv-virt",
        _ => return, // a host or WebAssembly: no memory map
    };
    let board = env::var("BOARD").ok().filter(|b| !b.is_empty()).unwrap_or_else(|| usual.to_string());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let map = format!("boards/{board}.x");
    fs::copy(&map, out.join("memory.x")).unwrap_or_else(|e| panic!("{map}: {e}"));
    println!("cargo::rustc-link-arg-tests=-L{}", out.display());
    if target.starts_with("riscv") {
        println!("cargo::rustc-link-arg-tests=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-tests=-Tlink.x");
    println!("cargo::rustc-link-arg-tests=-Tembedded-test.x");
}
