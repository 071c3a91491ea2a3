//! The program `ntk`.
fn main() {}
