//! Prints src/expected.rs: fingerprints, and the lecture's job in `f64`, as this machine computes them.

use device::bits::{formulas, learning, sensors, streams};
use device::lecture::{RUNS, predict, train};
use ntk_core::scalar::Micro;

fn main() {
    println!("//! Written by `cargo run --features generate` on a host, see README.md; not to be edited.");
    println!();
    println!(
        "/// Name of each operation, its fingerprint in `f32`, in `f64` and in `Micro`; 0 where it does not compile for\n/// `Micro`."
    );
    println!("pub const FINGERPRINTS: &[(&str, u64, u64, u64)] = &[");
    let singles = formulas::<f32>().iter().chain(learning::<f32>());
    let doubles = formulas::<f64>().iter().chain(learning::<f64>());
    let micros = formulas::<Micro>().iter().chain(learning::<Micro>());
    for ((name, single), ((_, double), (_, micro))) in singles.zip(doubles.zip(micros)) {
        println!("    ({name:?}, 0x{:016x}, 0x{:016x}, 0x{:016x}),", single(), double(), micro());
    }
    let singles = sensors::<f32>().iter().chain(streams::<f32>());
    let doubles = sensors::<f64>().iter().chain(streams::<f64>());
    for ((name, single), (_, double)) in singles.zip(doubles) {
        println!("    ({name:?}, 0x{:016x}, 0x{:016x}, 0),", single(), double());
    }
    println!("];");
    println!();
    println!("/// Of each run in `f64`: steps, loss, trace of the NTK and norm of the Hessian.");
    println!("pub const TRAINED: &[(u32, [f64; 3])] = &[");
    for (width, target) in RUNS {
        let trained = train::<f64>(width, target);
        let numbers = [trained.outcome.loss, trained.ntk_trace, trained.hessian_norm];
        println!("    ({}, {}),", trained.outcome.steps, bits(&numbers));
    }
    println!("];");
    println!();
    println!("/// Mean and standard deviation at each point, in units of the labels, in `f64`.");
    println!("pub const PREDICTED: &[[f64; 2]] = &[");
    for point in predict::<f64>() {
        println!("    {},", bits(&point));
    }
    println!("];");
}

fn bits(numbers: &[f64]) -> String {
    let each: Vec<_> = numbers.iter().map(|x| format!("f64::from_bits(0x{:016x})", x.to_bits())).collect();
    format!("[{}]", each.join(", "))
}
