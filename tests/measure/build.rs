//! Hands the linker the memory map of a small board, and for images that count instructions and for `rough`,
//! which need more, that of a large one.

use std::path::PathBuf;
use std::{env, fs};

include!("../boards.rs");

const SMALL: [&str; 11] = [
    "fit-predict",
    "fit-again-predict",
    "predict",
    "train",
    "solve",
    "solve-nalgebra",
    "stack",
    "stack-stream",
    "sensor",
    "read-sensor",
    "stream",
];

fn main() {
    println!("cargo::rerun-if-changed=../boards.toml");
    println!("cargo::rerun-if-changed=../boards");
    let target = env::var("TARGET").unwrap();
    let text = fs::read_to_string("../boards.toml").unwrap();
    let boards = boards(&text);
    let of = |key| boards.iter().find(|b| field(b, key) == Some(&target)).map(map);
    let Some(large) = of("counts_of") else { return }; // a host has no memory map
    let small = of("sizes_of").unwrap_or(large);
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    for (map, images) in
        [(small, SMALL.as_slice()), (large, &["instructions", "instructions-stream", "rough"])]
    {
        let (path, place) = (format!("../boards/{map}.x"), out.join(map));
        fs::create_dir_all(&place).unwrap();
        fs::copy(&path, place.join("memory.x")).unwrap_or_else(|e| panic!("{path}: {e}"));
        for image in images {
            println!("cargo::rustc-link-arg-bin={image}=-L{}", place.display());
            if env::var("CARGO_CFG_TARGET_ARCH").unwrap() == "riscv32" {
                println!("cargo::rustc-link-arg-bin={image}=-Tmemory.x");
            }
            println!("cargo::rustc-link-arg-bin={image}=-Tlink.x");
        }
    }
}
