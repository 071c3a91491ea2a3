//! Hands the linker the chip's memory map, which esp-hal brings along, and the log's table.

fn main() {
    for script in ["linkall.x", "defmt.x"] {
        println!("cargo::rustc-link-arg-bins=-T{script}");
    }
}
