//! Hands the linker a memory map of a small board, and for `instructions` and `rough`, which need more, that of a large one.

use std::path::PathBuf;
use std::{env, fs};

const SMALL: [&str; 7] =
    ["fit-predict", "fit-again-predict", "predict", "train", "solve", "solve-nalgebra", "stack"];

fn main() {
    println!("cargo::rerun-if-changed=../boards");
    let (small, large) = match env::var("TARGET").unwrap().as_str() {
        "thumbv6m-none-eabi" => ("microbit", "mps2-an385"), // a Cortex-M3 runs the same instructions
        "thumbv7em-none-eabihf" => ("netduinoplus2", "mps2-an386"),
        "riscv32imac-unknown-none-elf" => ("sifive_e", "riscv-virt"),
        "riscv32imafc-unknown-none-elf" => ("riscv-virt", "riscv-virt"),
        _ => return, // nothing to link
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    for (board, images) in [(small, SMALL.as_slice()), (large, &["instructions", "rough"])] {
        let (map, place) = (format!("../boards/{board}.x"), out.join(board));
        fs::create_dir_all(&place).unwrap();
        fs::copy(&map, place.join("memory.x")).unwrap_or_else(|e| panic!("{map}: {e}"));
        for image in images {
            println!("cargo::rustc-link-arg-bin={image}=-L{}", place.display());
            if env::var("CARGO_CFG_TARGET_ARCH").unwrap() == "riscv32" {
                println!("cargo::rustc-link-arg-bin={image}=-Tmemory.x");
            }
            println!("cargo::rustc-link-arg-bin={image}=-Tlink.x");
        }
    }
}
