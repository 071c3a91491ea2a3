//! Hosts: runs the tests one by one, in the manner of libtest.

pub use std::println;
use std::string::String;
use std::vec::Vec;
use std::{env, panic, process};

/// The `main` of a test program. Arguments without a dash choose tests by a part of their name.
pub fn main(tests: &[(&str, fn())]) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let wanted: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let chosen = tests
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())));
    if arguments.iter().any(|a| a == "--list") {
        chosen.for_each(|(name, _)| println!("{name}: test"));
        return;
    }
    let (mut passed, mut failed) = (0, 0);
    for (name, test) in chosen {
        let fine = panic::catch_unwind(test).is_ok();
        println!("test {name} ... {}", if fine { "ok" } else { "FAILED" });
        if fine { passed += 1 } else { failed += 1 }
    }
    let result = if failed > 0 || tests.is_empty() { "FAILED" } else { "ok" };
    println!("\ntest result: {result}. {passed} passed; {failed} failed\n");
    if result != "ok" {
        process::exit(101);
    }
}
